"""What a figure asked for in words is answered: the number, its bases, its table, and where and when it was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from suqing.analytics.engine.questions import Number
from suqing.analytics.figure_words import Wanted
from suqing.analytics.periods import Against, Period
from suqing.analytics.queries import NO_DATA, Base, Figure, Table, TableRow, against, compare, figure, table
from suqing.analytics.standing import Place as Where
from suqing.analytics.standing import Standing
from suqing.analytics.withholding import withhold
from suqing.ledger.queries import centre_clock, sealed_position


@dataclass(frozen=True, slots=True)
class Place:
    """Where figures were counted: which executor, up to which event, at which moment."""

    engine: str
    position: int
    as_of: datetime


def place_of(standing: Standing) -> Place:
    """The place of a standing, its moment in the centre's time; of the living tables, as it is now."""
    position = sealed_position() if standing.position is None else standing.position
    as_of = standing.as_of or timezone.now()
    if standing.place in (
        Where.LIVE,
        Where.MIRROR,
    ):  # by the clock of the machine, which a rehearsal does not follow
        as_of = timezone.localtime(centre_clock().read(as_of))
    return Place(standing.place.value, position, as_of)


@dataclass(frozen=True, slots=True)
class Leading:
    """The first lines of a table, and what became of the others: how many, and their sum where parts add up."""

    rows: tuple[TableRow, ...]
    left_out: int = 0
    rest: Number | None = None


def leading(found: Table, limit: int) -> Leading:
    """At most ``limit`` lines of a table.  The sum of the others is told only where it gives nothing away."""
    if len(found.rows) <= limit:
        return Leading(found.rows)
    others = found.rows[limit:]
    is_told = adds_up(found) and not found.is_withheld_somewhere
    rest = sum((row.figure.value or 0 for row in others), 0) if is_told else None
    return Leading(found.rows[:limit], len(others), rest)


def adds_up(found: Table) -> bool:
    """Whether the parts of the table make up its total."""
    return not (found.overlaps or found.measure.is_ratio or found.measure.distinct)


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure with its bases and, where it was asked to be cut, its table and the same table of each base."""

    wanted: Wanted
    figure: Figure
    place: Place
    bases: Mapping[Against, Base]
    table: Table | None = None
    base_lines: Mapping[Against, Mapping[tuple[str, ...], Figure]] = field(default_factory=dict)

    def base_of(self, row: TableRow, switch: Against) -> Base | None:
        """What a line of the table is compared with; None where there is no such period or a number is withheld."""
        lines, whole = self.base_lines.get(switch), self.bases[switch]
        if lines is None or whole.missing == NO_DATA or row.figure.is_withheld:
            return None
        old = lines.get(row.values)
        if old is not None and old.is_withheld:
            return None
        value = old.value if old else None if self.figure.measure.is_ratio else 0
        return against(row.figure.value, value, whole.period, is_share=self.figure.measure.is_share)


def answer(wanted: Wanted, standing: Standing, least: int = 0) -> Answer:
    """Count what is wanted in a block that counts there; numbers below ``least`` are withheld from its table."""
    place = place_of(standing)
    if not wanted.by:
        found = figure(wanted.measure, period=wanted.period, filters=wanted.filters)
        return Answer(wanted, found, place, _bases(found, wanted.against))
    cut = _cut(wanted, wanted.period, least)
    bases = _bases(cut.total, wanted.against)
    lines = {
        switch: {row.values: row.figure for row in _cut(wanted, base.period, least).rows}
        for switch, base in bases.items()
        if base.missing != NO_DATA
    }
    return Answer(wanted, cut.total, place, bases, cut, lines)


def _bases(found: Figure, switches: Sequence[Against]) -> Mapping[Against, Base]:
    if not switches or found.is_withheld:
        return {}
    return compare(found, switches=switches).bases


def _cut(wanted: Wanted, period: Period, least: int) -> Table:
    found = table(wanted.measure, by=wanted.by, period=period, filters=wanted.filters)
    return withhold(found, least)
