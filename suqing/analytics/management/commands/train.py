"""``suqing train``: learn classes from the centre's closed cases, the radar's model from decided flags, or labels from a
csv into a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from suqing.analytics.actions.class_training import FIELDS, TooFew, Trained, train
from suqing.analytics.actions.radar_training import Trained as TrainedRadar
from suqing.analytics.actions.radar_training import train_radar
from suqing.ledger.queries import centre_now
from suqing.taxonomy.models import RADAR
from suqing.taxonomy.text.classify.model_file import digest_of, written
from suqing.taxonomy.text.classify.table import BadTable, read_table
from suqing.taxonomy.text.classify.training import CannotLearn, learn

SYSTEM = "system:training"
KINDS = (*FIELDS, RADAR)
WRONG = 2  # the file was wrong, not the centre


class Command(BaseCommand):
    help = (
        "Learn classes from closed cases, and the radar's model from decided flags; a new model goes into use only if it"
        " wins on cases no model has seen."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; all without")
        parser.add_argument(
            "--rehearsed", action="store_true", help="from the synthetic cases of a rehearsal"
        )
        parser.add_argument("--data", type=Path, metavar="FILE", help="learn a csv with a heading instead")
        parser.add_argument("--out", type=Path, metavar="FILE", help="where its model is written")
        parser.add_argument("--text", default="", metavar="COLUMN", help="the csv's column of texts")
        parser.add_argument("--label", default="", metavar="COLUMN", help="the csv's column of labels")
        parser.add_argument("--encoding", default="utf-8-sig", help="of the csv, default utf-8")

    def handle(self, *_args: Any, kind: list[str], **options: Any) -> None:
        if unknown := set(kind) - set(KINDS):
            raise CommandError(
                _("no such kind: %(kinds)s") % {"kinds": ", ".join(sorted(unknown))}, returncode=WRONG
            )
        if options["data"]:
            self._from_file(**options)
            return
        for one in kind or KINDS:
            self._from_cases(str(one), options["rehearsed"])

    def _from_cases(self, kind: str, rehearsed: bool) -> None:
        try:
            line = self._learnt(kind, rehearsed)
        except TooFew as fault:
            why = _(fault.message) % fault.values
            self.stdout.write(_("%(kind)s: nothing changes: %(why)s") % {"kind": kind, "why": why})
            return
        self.stdout.write(f"{kind}: {line}")

    def _learnt(self, kind: str, rehearsed: bool) -> str:
        now, say = centre_now(), self.stderr.write
        if kind == RADAR:
            return told_radar(train_radar(by=SYSTEM, at=now, rehearsed=rehearsed, say=say))
        return told(train(kind=kind, by=SYSTEM, at=now, rehearsed=rehearsed, say=say))

    def _from_file(self, **options: Any) -> None:
        if not options["out"]:
            raise CommandError(_("say with --out where the model is written"), returncode=WRONG)
        try:
            found = read_table(options["data"], options["text"], options["label"], options["encoding"])
            data = written(learn(found.texts, found.labels, say=self.stderr.write))
            half = options["out"].with_name(f".{options['out'].name}.half")
            half.write_bytes(data)
            half.replace(options["out"])
        except BadTable as fault:
            raise CommandError(_(fault.message) % fault.values, returncode=WRONG) from fault
        except CannotLearn as fault:
            raise CommandError(_(str(fault)), returncode=WRONG) from fault
        except OSError as fault:
            raise CommandError(str(fault), returncode=WRONG) from fault
        self.stdout.write(
            _("%(file)s: %(size)s bytes, SHA-256 %(digest)s")
            % {"file": options["out"], "size": f"{len(data):,}", "digest": digest_of(data)}
        )


def told(found: Trained) -> str:
    """What came of it, in a sentence."""
    values = {
        "taught": f"{found.taught:,}",
        "macro": f"{found.macro:.4f}",
        "held": f"{found.held:,}",
        "against": _("word lists") if found.against == "rules" else _("the model in use"),
        "ahead": found.ahead,
    }
    compared = _(
        "taught by %(taught)s cases; macro-F1 %(macro)s on %(held)s held out, %(ahead)s against %(against)s"
    )
    if found.adopted is None:
        return compared % values + _("; not better: what suggested before stays")
    return compared % values + _("; in use as no. %(number)s") % {"number": found.adopted.number}


def told_radar(found: TrainedRadar) -> str:
    """What came of teaching the radar, in a sentence."""
    values = {
        "taught": f"{found.taught:,}",
        "found": found.found,
        "sensitive": found.sensitive,
        "recall": found.recall,
        "told": found.told,
        "precision": found.precision,
        "rang": found.rang,
        "ordinary": f"{found.ordinary:,}",
        "ahead": found.ahead,
    }
    tested = _(
        "taught by %(taught)s cases; held out, it found %(found)s of %(sensitive)s sensitive ones, recall %(recall)s;"
        " precision of %(told)s flags %(precision)s; it flagged %(rang)s of %(ordinary)s cases assumed ordinary; recall"
        " %(ahead)s against the model in use"
    )
    if found.adopted is None:
        return tested % values + _("; not good enough: nothing changes")
    return tested % values + _("; in use as no. %(number)s") % {"number": found.adopted.number}
