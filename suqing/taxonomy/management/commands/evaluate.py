"""``suqing evaluate``: how well the classifier learns the labels of a csv, by cross-validation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from suqing.taxonomy.text.classify.evaluation import Evaluation, cross_validated, evaluated
from suqing.taxonomy.text.classify.table import BadTable, read_table
from suqing.taxonomy.text.classify.training import CannotLearn

WRONG = 2  # the file was wrong, not the centre


class Command(BaseCommand):
    requires_system_checks: tuple[str, ...] = ()  # it reads a file and no database
    help = "Learn the labels of a csv in five folds and say how well the held-out texts were told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_table(parser)

    def handle(self, *_args: Any, data: Path, **options: Any) -> None:
        try:
            found = read_table(data, options["text"], options["label"], options["encoding"])
            self.stdout.write(
                _("%(texts)s texts; left out: %(repeats)s repeated, %(contradictory)s with two labels")
                % {
                    "texts": f"{len(found.texts):,}",
                    "repeats": f"{found.repeats:,}",
                    "contradictory": f"{found.contradictory:,}",
                }
            )
            told = cross_validated(found.texts, found.labels, say=lambda line: self.stderr.write(line))
        except BadTable as fault:
            raise CommandError(_(fault.message) % fault.values, returncode=WRONG) from fault
        except CannotLearn as fault:
            raise CommandError(_(str(fault)), returncode=WRONG) from fault
        for line in lines(evaluated(told)):
            self.stdout.write(line)


def add_table(parser: ArgumentParser) -> None:
    """Which file, and which of its columns."""
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="a csv with a heading")
    parser.add_argument(
        "--text", default="", metavar="COLUMN", help="the column of texts, where its name is unusual"
    )
    parser.add_argument("--label", default="", metavar="COLUMN", help="the column of labels")
    parser.add_argument("--encoding", default="utf-8-sig", help="default utf-8")


def lines(figures: Evaluation) -> list[str]:
    """The figures in words."""
    found = [
        f"macro-F1 {figures.macro}",
        f"micro-F1 {figures.micro}",
        _("folds: %(folds)s") % {"folds": ", ".join(f"{fold:.4f}" for fold in figures.folds)},
        _("the right one among the first three: %(share)s") % {"share": f"{figures.top_three:.1%}"},
        _("expected calibration error: %(error)s") % {"error": f"{figures.calibration:.4f}"},
        "",
        _("   F1  precision  recall   texts  label"),
    ]
    found += [
        f"{one.f1:5.3f}  {one.precision:9.3f}  {one.recall:6.3f}  {one.texts:6,}  {one.label}"
        for one in figures.classes
    ]
    found += ["", _("answers only from  answered  of these right")]
    found += [f"{one.threshold:17.1f}  {one.answered:8.1%}  {one.right:14.1%}" for one in figures.abstention]
    return found
