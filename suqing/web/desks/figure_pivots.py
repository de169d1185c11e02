"""A measure by one dimension against another, with the totals of lines and columns.

Where parts add up, totals are their sums.  Of shares, means, people, events and topics they are counted by themselves,
for the whole is not the sum of its parts there, and the page says so.  Long tables are cut: what is left out stands
together in one more line or column where it adds up, and is told in any case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from suqing.analytics import dimensions
from suqing.analytics.facts import UNKNOWN
from suqing.analytics.figure_answers import adds_up
from suqing.analytics.queries import Figure, Filter, Table
from suqing.analytics.registry import Measure
from suqing.analytics.withholding import withhold
from suqing.web.desks.figure_panels import Counter, number_facts

LINES, COLUMNS = 50, 12


@dataclass(slots=True)
class _Board:
    """The cells of a table, its margins, and the order of its lines and columns."""

    found: Table
    cells: Mapping[tuple[str, ...], Figure]
    lines: dict[str, Figure]
    columns: dict[str, Figure]
    least: int
    adds: bool

    @property
    def is_withheld(self) -> bool:
        margins = (*self.lines.values(), *self.columns.values())
        return self.found.is_withheld_somewhere or any(one.is_withheld for one in margins)

    def cell(self, line: Sequence[str], column: Sequence[str]) -> dict[str, Any]:
        """The number of some lines and columns together."""
        known = [self.cells[key] for one in line for other in column if (key := (one, other)) in self.cells]
        empty = None if self.found.measure.is_ratio else 0  # no case is nought, a share of nothing is none
        value = sum(one.value or 0 for one in known) if self.adds else known[0].value if known else empty
        narrower = (Filter(self.found.by[0], tuple(line)), Filter(self.found.by[1], tuple(column)))
        made = replace(
            self.found.total, value=value, filters=(*self.found.filters, *narrower), numerator=None, denominator=None,
            is_withheld=any(one.is_withheld for one in known),
        )  # fmt: skip
        return number_facts(made, self.least) | {"raw": self.raw(made)}

    def margin(self, of: Mapping[str, Figure], values: Sequence[str]) -> dict[str, Any]:
        """The total of some lines, or columns."""
        known = [of[one] for one in values]
        code = self.found.by[0] if of is self.lines else self.found.by[1]
        made = replace(
            self.found.total,
            value=sum(one.value or 0 for one in known) if len(known) > 1 else known[0].value,
            filters=(*self.found.filters, Filter(code, tuple(values))),
            numerator=None, denominator=None,
            is_withheld=any(one.is_withheld for one in known),
        )  # fmt: skip
        return number_facts(made, self.least) | {"raw": self.raw(made)}

    def raw(self, found: Figure) -> Any:
        return f"<{self.least}" if found.is_withheld else found.value


def pivot(
    counter: Counter, measure: Measure, by: Sequence[str], *, lines: int = LINES, columns: int = COLUMNS
) -> dict[str, Any]:
    """The table; every cell, empty ones too, opens its list."""
    board = _board(counter, measure, by)
    names = [_names(board.found, place) for place in (0, 1)]
    line_groups = _groups(_order(by[0], board.lines), lines, board)
    column_groups = _groups(_order(by[1], board.columns), columns, board)
    return {
        "by": list(by),
        "names": [_(dimensions.get(code).name) for code in by],
        "kinds": [_label(values, names[1]) for values in column_groups],
        "lines": [
            {
                "label": _label(values, names[0]),
                "is_unknown": values == (UNKNOWN,),
                "cells": [board.cell(values, column) for column in column_groups],
                "total": board.margin(board.lines, values),
            }
            for values in line_groups
        ],
        "totals": [board.margin(board.columns, values) for values in column_groups],
        "total": number_facts(board.found.total, board.least) | {"raw": board.raw(board.found.total)},
        "adds_up": board.adds,
        "left_lines": len(board.lines) - sum(map(len, line_groups)),
        "left_columns": len(board.columns) - sum(map(len, column_groups)),
        "least": board.least if board.is_withheld else 0,
    }


def _board(counter: Counter, measure: Measure, by: Sequence[str]) -> _Board:
    whole = counter.whole(measure, by)
    found, adds = withhold(whole, counter.least, person=counter.person), adds_up(whole)
    if adds:
        hidden = found.withheld_margins or (frozenset(), frozenset())
        lines, columns = (_summed(whole, place, hidden[place]) for place in (0, 1))
    else:
        lines, columns = (
            {row.values[0]: row.figure for row in counter.cut(measure, [code]).rows} for code in by
        )
    cells = {row.values: row.figure for row in found.rows}
    return _Board(found, cells, lines, columns, counter.least, adds)


def _summed(whole: Table, place: int, hidden: frozenset[str]) -> dict[str, Figure]:
    """The totals of lines or columns as sums of their cells; those that would tell a small number are withheld."""
    sums: dict[str, Any] = {}
    for row in whole.rows:
        sums[row.values[place]] = sums.get(row.values[place], 0) + (row.figure.value or 0)
    return {
        value: replace(whole.total, value=None if value in hidden else number, is_withheld=value in hidden)
        for value, number in sums.items()
    }


def _names(found: Table, place: int) -> dict[str, str]:
    return {row.values[place]: row.labels[place] for row in found.rows}


def _order(code: str, margins: Mapping[str, Figure]) -> list[str]:
    """In the order of a closed list or of time; else most first.  What is not known comes last."""
    cut = dimensions.get(code)
    listed = {value: number for number, value in enumerate(cut.closed_list)}

    def place(value: str) -> tuple[Any, ...]:
        if listed:
            return (listed.get(value, len(listed)),)
        if cut.time:
            return (value.zfill(2),)
        return margins[value].is_withheld, -(margins[value].value or 0)

    return sorted(margins, key=lambda value: (value == UNKNOWN, *place(value), value))


def _groups(values: Sequence[str], most: int, board: _Board) -> list[tuple[str, ...]]:
    """Each value by itself, and those beyond the most together as one, if they add up and give nothing away."""
    if len(values) <= most + 1:
        return [(value,) for value in values]
    unknown = [value for value in values if value == UNKNOWN]
    known = [value for value in values if value != UNKNOWN]
    shown, rest = known[:most], tuple(known[most:])
    together = [rest] if board.adds and not board.is_withheld else []
    return [*((value,) for value in shown), *together, *((value,) for value in unknown)]


def _label(values: Sequence[str], names: Mapping[str, str]) -> str:
    if len(values) > 1:
        return _("Other (%(count)d)") % {"count": len(values)}
    return names.get(values[0], values[0])
