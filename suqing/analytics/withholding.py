"""Tables in which small numbers are withheld, so that nobody can be found in a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from suqing.accounts.models import Person
from suqing.analytics.conditions import Missing
from suqing.analytics.policy import LEAST_PUBLISHED, LEAST_SHOWN
from suqing.analytics.queries import Figure, Table, table
from suqing.analytics.registry import Measure
from suqing.analytics.suppression import WithheldTable, withheld_of_list, withheld_of_table
from suqing.ledger.queries import setting

Values = tuple[str, ...]
Counts = Mapping[Values, int]


def least_shown() -> int:
    """The smallest number that pages show beside zero, by local policy; 0 where all are shown."""
    return int(setting(LEAST_SHOWN.key))


def least_published() -> int:
    """The smallest number beside zero in tables written to files, by local policy; 0 where all are shown."""
    return int(setting(LEAST_PUBLISHED.key))


def withhold(found: Table, least: int, *, person: Person | None = None) -> Table:
    """The table without its small numbers and what would give them away; the same table where none is small.

    A share is withheld where its part, its whole or the rest is small, a sum or a mean where few cases lie behind it.
    Withheld lines stand last, in the order of their values: their place in the order would tell too.  ``person`` is
    whom the table was counted for.  One more query for a sum.
    """
    if least < 2 or not found.rows:
        return found
    hidden, total, margins = _together(found, _counts_behind(found, person), least)
    rows = [replace(row, figure=_without(row.figure)) if row.values in hidden else row for row in found.rows]
    rows.sort(key=lambda row: (row.figure.is_withheld, row.values if row.figure.is_withheld else ()))
    return replace(
        found,
        rows=tuple(rows),
        total=_without(found.total) if total else found.total,
        keys={values: keys for values, keys in found.keys.items() if values not in hidden},
        withheld_margins=margins,
    )


def _without(figure: Figure) -> Figure:
    return replace(figure, value=None, numerator=None, denominator=None, is_withheld=True)


def _counts_behind(found: Table, person: Person | None) -> list[Counts]:
    """The counts that a line must not give away: of a share its part, its whole and the rest."""
    measure = found.measure
    if measure.summed:
        counted = table(
            _number_of(measure), by=found.by, period=found.period, filters=found.filters, person=person
        )
        return [{row.values: int(row.figure.value or 0) for row in counted.rows}]
    wholes = {row.values: row.figure.denominator or 0 for row in found.rows}
    if measure.averaged:
        return [wholes]
    if measure.is_share:
        parts = {row.values: row.figure.numerator or 0 for row in found.rows}
        return [wholes, parts, {values: wholes[values] - parts[values] for values in wholes}]
    return [{row.values: int(row.figure.value or 0) for row in found.rows}]


def _number_of(measure: Measure) -> Measure:
    """How many rows a sum is made of."""
    return replace(measure, population=measure.population & ~Missing(measure.summed), summed="", places=0)


def _together(
    found: Table, counts: Sequence[Counts], least: int
) -> tuple[set[Values], bool, tuple[frozenset[str], ...]]:
    """The lines that any of the counts withholds, whether the total is, and the margins of two dimensions."""
    adds_up = not found.overlaps
    if len(found.by) == 2:
        tables = [_of_table(one, least, adds_up=adds_up) for one in counts]
        lines = frozenset().union(*(one.lines for one in tables))
        columns = frozenset().union(*(one.columns for one in tables))
        return (
            {cell for one in tables for cell in one.cells},
            any(one.total for one in tables),
            (lines, columns),
        )
    hidden, total = set[Values](), False
    for one in counts:
        order = list(one)
        withheld = withheld_of_list([one[values] for values in order], least, adds_up=adds_up)
        hidden |= {order[place] for place in withheld.places}
        total = total or withheld.total
    return hidden, total, ()


def _of_table(counts: Counts, least: int, *, adds_up: bool) -> WithheldTable:
    cells = {(values[0], values[1]): count for values, count in counts.items()}
    return withheld_of_table(cells, least, adds_up=adds_up)
