"""The figures of a draft: put in, taken out, counted anew at a later moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import override

from suqing.accounts.models import Person
from suqing.analytics.actions.snapshots import snapshot
from suqing.analytics.dimensions import NoSuchCut, UnknownDimension, cut
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Filters
from suqing.analytics.registry import UnknownMeasure, get
from suqing.bulletins import queries, sections
from suqing.bulletins.actions.editing import open_draft, store_draft
from suqing.bulletins.gathering import Gathered, counted, counted_again, fact_of
from suqing.bulletins.models import Bulletin, BulletinFigure
from suqing.bulletins.refusals import CannotDo
from suqing.bulletins.wording import FigureFact, number, part_text
from suqing.cases.models import Case, Submission
from suqing.kit.dates import local_day
from suqing.ledger.queries import is_rehearsal

N_ = str

MOST_FIGURES = 300


@dataclass(frozen=True, slots=True)
class Change:
    """What a refresh does to one figure: its number and name, before and after, as printed."""

    number: int
    label: str
    before: str
    after: str
    sections: tuple[int, ...]
    is_turned: bool  # a comparison changed its direction: the sentence has to be read again

    def to_json(self) -> dict[str, Any]:
        """JSON-safe data for the event."""
        return {"number": self.number, "label": self.label, "before": self.before, "after": self.after}


def add_figure(
    *,
    bulletin: Bulletin,
    measure: str,
    period: Period,
    filters: Filters,
    label: str,
    by: Person,
    at: datetime,
) -> BulletinFigure:
    """Count a figure now and keep it with the draft, whose texts may then name it.  Raise CannotDo."""
    _check(measure, period, filters, at)
    with override("zh-hans"), snapshot(at=at) as kept:
        row = open_draft(bulletin, by)
        names = queries.figure_names(row)
        if len(names) >= MOST_FIGURES:
            raise CannotDo(N_("A bulletin takes at most %(limit)s figures."), limit=MOST_FIGURES)
        last = max((one.number for one in names), default=0) + 1
        taken = counted(
            f"own.{last}", label.strip()[:120], measure, filters, period, ("previous", "last_year")
        )
        made = taken.row()
        made.bulletin, made.number, made.counted_at, made.snapshot = row, last, at, kept
        made.save()
        row.is_synthetic = row.is_synthetic or holds_synthetic([taken])
        store_draft(
            row, "bulletin.figure_added", by=by, at=at,
            data={"figure": last, "measure": measure, "value": None if made.value is None else str(made.value)},
        )  # fmt: skip
    return made


def _check(measure: str, period: Period, filters: Filters, at: datetime) -> None:
    try:
        source = get(measure).source
        for one in filters:
            cut(one.dimension, source)
    except UnknownMeasure as error:
        raise CannotDo(N_("Choose a measure."), field="measure") from error
    except (UnknownDimension, NoSuchCut) as error:
        raise CannotDo(N_("This measure cannot be narrowed that way."), field="measure") from error
    if period.last > local_day(at, CENTRE_ZONE):
        raise CannotDo(N_("The period has not begun or is not over yet."), field="to")


@transaction.atomic
def remove_figure(*, bulletin: Bulletin, key: str, by: Person, at: datetime) -> None:
    """Take a figure out that no text prints any more.  Raise CannotDo while one does."""
    row = open_draft(bulletin, by)
    found = next((one for one in queries.figures_without_rows(row) if one.key == key), None)
    if found is None:
        raise CannotDo(N_("This figure is no longer there."))
    if sections.places_of(row.text, key):
        raise CannotDo(N_("This figure still stands in the text. Take it out there first."))
    named = next(one for one in queries.figure_names(row) if one.key == key)
    found.delete()
    store_draft(
        row, "bulletin.figure_removed", by=by, at=at, data={"figure": named.number, "label": named.label}
    )


def refresh_figures(*, bulletin: Bulletin, by: Person, at: datetime, is_trial: bool = False) -> list[Change]:
    """Count all figures anew in one moment and write their numbers into the texts; give what changes.

    A trial changes nothing.
    """
    with override("zh-hans"), snapshot(at=at) as taken:
        row = open_draft(bulletin, by)
        names = {one.key: one for one in queries.figure_names(row)}
        old = {one.key: one for one in queries.figures_without_rows(row)}
        gathered = [counted_again(one, at) for one in old.values()]
        changes = [
            made
            for one in gathered
            if (made := _change(row.text, names[one.key], fact_of(old[one.key]), one.fact()))
        ]
        if is_trial:
            return changes
        _write(row, gathered, {key: one.number for key, one in names.items()})
        _rewrite(row, old, gathered)
        row.snapshot = taken
        row.is_synthetic = is_rehearsal() or holds_synthetic(gathered)
        data = {"position": taken.position, "changes": [one.to_json() for one in changes]}
        store_draft(row, "bulletin.refreshed", by=by, at=at, data=data)
    return changes


def holds_synthetic(gathered: Iterable[Gathered]) -> bool:
    """Whether any counted row is marked synthetic: then the whole bulletin is."""
    gathered = list(gathered)
    cases = {pk for one in gathered for pk in one.rows.cases}
    contacts = {pk for one in gathered for pk in one.rows.submissions}
    return (
        Case.objects.filter(pk__in=cases, is_synthetic=True).exists()
        or Submission.objects.filter(pk__in=contacts, is_synthetic=True).exists()
    )


def _change(
    text: sections.Stored, name: sections.FigureName, before: FigureFact, after: FigureFact
) -> Change | None:
    parts = [part for part in sections.PARTS if part_text(before, part) != part_text(after, part)]
    if not parts:
        return None
    part = "" if "" in parts else parts[0]
    told = [f"{sections.PARTS[part]}{part_text(fact, part)}" for fact in (before, after)]
    if not part:
        told = [number(fact.value, fact.unit) for fact in (before, after)]
    is_turned = any(_turn(before, which) != _turn(after, which) for which in ("previous", "last_year"))
    return Change(
        name.number, name.label, told[0], told[1], tuple(sections.places_of(text, name.key)), is_turned
    )


def _turn(fact: FigureFact, which: str) -> tuple[str, int]:
    """Whether there is a comparison, and which way it goes."""
    base = fact.base(which)
    if base is None:
        return "none", 0
    moved = base.difference or Decimal(0)
    return base.missing, (moved > 0) - (moved < 0)


def _write(row: Bulletin, gathered: Iterable[Gathered], numbers: Mapping[str, int]) -> None:
    BulletinFigure.objects.filter(bulletin=row).delete()
    made = []
    for one in gathered:
        fresh = one.row()
        fresh.bulletin, fresh.number = row, numbers[one.key]
        made.append(fresh)
    BulletinFigure.objects.bulk_create(made)


def _rewrite(row: Bulletin, old: Mapping[str, BulletinFigure], gathered: Iterable[Gathered]) -> None:
    """Print the new numbers; words that go with a number (上升, 截至) follow it."""
    gathered = list(gathered)
    facts = {one.key: one.fact() for one in gathered}
    text = _with_moment(row.text, old, gathered)
    for runs in sections.runs_of((*text["blocks"], *text["aside"])):
        for place, run in enumerate(runs):
            if "key" not in run:
                continue
            key, _colon, part = run["key"].partition(":")
            run["text"] = part_text(facts[key], part)
            if place and part.endswith((".ratio", ".points")):
                _turn_verb(runs[place - 1], facts[key], part)
    row.text = text


def _turn_verb(before: dict[str, Any], fact: FigureFact, part: str) -> None:
    base = fact.base(part.partition(".")[0])
    moved = (base.difference if base else None) or Decimal(0)
    for verb, other in (("上升", "下降"), ("下降", "上升")):
        if (
            "key" not in before
            and before["text"].endswith(verb)
            and (moved > 0) != (verb == "上升")
            and moved
        ):
            before["text"] = before["text"].removesuffix(verb) + other
            return


def _with_moment(
    text: sections.Stored, old: Mapping[str, BulletinFigure], gathered: Iterable[Gathered]
) -> sections.Stored:
    """The text with the hour it is counted until; without it once the day is over."""
    moments = {(old[one.key].period.get("until"), one.figure.period.until) for one in gathered}
    written = json.dumps(text, ensure_ascii=False)
    for was, now in moments:
        if was is None:
            continue
        hour = f"{datetime.fromisoformat(was).astimezone(CENTRE_ZONE):%H:%M}"
        if now is not None:
            written = written.replace(f"截至{hour}", f"截至{now.astimezone(CENTRE_ZONE):%H:%M}")
            continue
        for gone in (f"（截至{hour}）", f"，末日截至{hour}", "（同时段）"):
            written = written.replace(gone, "")
        written = written.replace("前一日同期", "前一日").replace("上年同日同期", "上年同日")
    made: sections.Stored = json.loads(written)
    return made
