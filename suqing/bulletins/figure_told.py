"""A figure of a bulletin in facts: as it was counted, what it rests on, and what counting it again gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from suqing.analytics import pinned
from suqing.analytics.engine.questions import Filter, Number, Rows
from suqing.analytics.figure_explaining import Fact, measure_told, question_told, rows_told, value_told
from suqing.analytics.figure_printing import DASH, aligned, printable
from suqing.analytics.mirror.pins import PinDamaged
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import rounded
from suqing.analytics.registry import get
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.bulletins.queries import figures_without_rows, recomputed
from suqing.bulletins.recounting import recount, snapshot_of


class NoSuchFigure(ValueError):
    """No bulletin has this figure; the message says how to name one."""


def found_figure(text: str) -> BulletinFigure | list[BulletinFigure]:
    """The figure with this key of its row, or DAY/NUMBER or DAY/KEY of the bulletin of a day; all of a DAY."""
    rows = BulletinFigure.objects.select_related("bulletin__series", "bulletin__snapshot", "snapshot").defer(
        "bulletin__document"
    )
    if text.isascii() and text.isdecimal() and len(text) < 19:
        row = rows.filter(pk=int(text)).first()
        if row is None:
            raise NoSuchFigure(f"No figure of a bulletin has the number {text}.")
        return row
    day, _slash, name = text.partition("/")
    bulletin = _of_day(day)
    if not name:
        return figures_without_rows(bulletin)
    for one in figures_without_rows(bulletin):
        if name in (str(one.number), one.key):
            return rows.get(pk=one.pk)
    raise NoSuchFigure(
        f"The bulletin of {day} has no figure {name!r}. `suqing explain-figure {day}` lists them."
    )


def _of_day(text: str) -> Bulletin:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchFigure(
            f"{text!r} is no figure. Write 123, 2020-01-27/4, or 2020-01-27 for a list."
        ) from None
    found = (
        Bulletin.objects.filter(day=day)
        .exclude(state=State.WITHDRAWN)
        .defer("document")
        .order_by("pk")
        .first()
    )
    if found is None:
        raise NoSuchFigure(f"There is no bulletin of {day}.")
    return found


def figures_told(rows: Sequence[BulletinFigure]) -> list[str]:
    """A line each: the key of its row, its number, its key, its value, and what it is called."""
    lines = [
        (str(row.pk), str(row.number), row.key, f"{_number(row) if row.value is not None else DASH} {row.unit}",
         printable(row.label or _(get(row.measure).name)))
        for row in rows
    ]  # fmt: skip
    return aligned(lines, 5)


def stored_told(row: BulletinFigure, limit: int) -> list[Fact]:
    """Everything about one of them."""
    measure, period = get(row.measure), Period.from_json(row.period)
    filters = tuple(Filter.from_json(one) for one in row.filters)
    bulletin = row.bulletin
    rows = Rows(tuple(row.case_ids), tuple(row.submission_ids), (), tuple(row.numerator_ids))
    return [
        (_("Figure"), f"#{row.pk}: {bulletin.series.name} {bulletin.day}, {row.number or row.key}, {row.label or _(measure.name)}"),
        *measure_told(measure),
        *question_told(period, filters),
        value_told(measure, _number(row), row.numerator, row.denominator),
        *_snapshot_told(row),
        *_again(row),
        *rows_told(rows, limit),
    ]  # fmt: skip


def _number(row: BulletinFigure) -> Number | None:
    return None if row.value is None else rounded(row.value, get(row.measure))


def _snapshot_told(row: BulletinFigure) -> list[Fact]:
    snapshot = snapshot_of(row)
    at = (row.counted_at or snapshot.at).astimezone(CENTRE_ZONE)
    facts = [(_("Snapshot"), f"s{snapshot.pk}, #{snapshot.position}, {at:%Y-%m-%d %H:%M:%S}")]
    if not _has_snapshot(row):
        return [*facts, (_("Counted"), _("by itself, later than the snapshot of the bulletin"))]
    if not snapshot.files:
        return [*facts, (_("Pinned files"), _("none: no mirror could be kept when it was counted"))]
    files = pinned.pinned_files(snapshot)
    text = _("%(count)d, with %(rows)s rows, %(size)s bytes")
    size, rows = sum(one.size for one in files), sum(one.rows for one in files)
    return [
        *facts,
        (_("Pinned files"), text % {"count": len(files), "rows": f"{rows:,}", "size": f"{size:,}"}),
    ]


def _has_snapshot(row: BulletinFigure) -> bool:
    """Whether it was counted in the snapshot that it names."""
    return row.counted_at is None or row.snapshot is not None


def _again(row: BulletinFigure) -> list[Fact]:
    """Its number once more: from the rows that were stored with it, and from the files that were pinned."""
    facts = []
    if not get(row.measure).averaged:
        facts.append((_("From its rows"), _compared(row, recomputed(row))))
    if _has_snapshot(row) and snapshot_of(row).files:
        facts.append((_("From the pinned files"), _from_pin(row)))
    return facts


def _from_pin(row: BulletinFigure) -> str:
    try:
        found = recount(row)
    except PinDamaged as fault:
        return _("cannot be counted: %(fault)s") % {"fault": str(fault)}
    return _compared(row, None if found is None else found.value)


def _compared(row: BulletinFigure, found: Number | None) -> str:
    number = DASH if found is None else f"{rounded(found, get(row.measure)):,}"
    return (
        _("%(number)s, the same") % {"number": number}
        if found == row.value
        else _("%(number)s, another number") % {"number": number}
    )
