"""Small numbers withheld from tables, so that none of them can be worked out from what is shown.  Pure.

A count of 1 to ``least`` - 1 is withheld; zeros are shown.  Where parts add up to totals that are shown too, more is
withheld beside it, as little as will do: whoever knows all that is shown, and that no withheld number is zero, must
find at least two possible values for every small number.  If nothing else helps, totals are withheld.

Not covered: tables of other filters or days whose difference gives a small number away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

Cell = tuple[str, str]
TOTAL = "\0total"  # the name of the margin; no value of a dimension has this character
_DEAR = 10**12  # what it costs to withhold a margin, against any number of cells
MOST_CELLS = 4000  # of a larger table all margins are withheld, rather than the fewest cells looked for


def is_small(count: int, least: int) -> bool:
    """Whether the count is withheld."""
    return 0 < count < least


# One dimension


@dataclass(frozen=True, slots=True)
class WithheldList:
    """Which places of a list are withheld, and whether its total is."""

    places: frozenset[int] = frozenset()
    total: bool = False


def withheld_of_list(counts: Sequence[int], least: int, *, adds_up: bool = True) -> WithheldList:
    """What to withhold of counts and their total.  Where they do not add up, only what is small."""
    small = {place for place, count in enumerate(counts) if is_small(count, least)}
    whole = sum(counts)
    if not small:
        return WithheldList()
    if not adds_up:
        return WithheldList(frozenset(small))
    found = set(small)
    more = iter(sorted((count, place) for place, count in enumerate(counts) if count and place not in small))
    while not _is_open(counts[place] for place in found):
        following = next(more, None)
        if following is None:
            return WithheldList(frozenset(found), total=True)
        found.add(following[1])
    return WithheldList(frozenset(found), total=is_small(whole, least))


def _is_open(counts: Iterable[int]) -> bool:
    """Whether two or more numbers, none of them zero, are not told by their sum: they are where all of them are 1."""
    known = list(counts)
    return len(known) >= 2 and sum(known) > len(known)


# Two dimensions, with the totals of lines and columns


@dataclass(frozen=True, slots=True)
class WithheldTable:
    """Which cells, line totals and column totals of a table are withheld, and whether its whole is."""

    cells: frozenset[Cell] = frozenset()
    lines: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    total: bool = False


def withheld_of_table(counts: Mapping[Cell, int], least: int, *, adds_up: bool = True) -> WithheldTable:
    """What to withhold of a table given by its cells, and of its margins; cells not given are zero."""
    small = {cell for cell, count in counts.items() if is_small(count, least)}
    if not adds_up:
        return WithheldTable(frozenset(small))
    board = _Board(_with_margins({cell: count for cell, count in counts.items() if count}))
    found = {cell for cell, count in board.counts.items() if is_small(count, least)}
    if len(board.counts) > MOST_CELLS and found:
        return _table(found | {cell for cell in board.counts if TOTAL in cell})
    for cell in sorted(found):
        if not board.can_move(cell, found):
            found |= board.cheapest_way(cell, found) or set(board.counts)
    return _table(found)


def _with_margins(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    found = dict(counts)
    for (line, column), count in counts.items():
        for margin in ((line, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            found[margin] = found.get(margin, 0) + count
    return found


def _table(found: Collection[Cell]) -> WithheldTable:
    return WithheldTable(
        cells=frozenset(cell for cell in found if TOTAL not in cell),
        lines=frozenset(line for line, column in found if column == TOTAL != line),
        columns=frozenset(column for line, column in found if line == TOTAL != column),
        total=(TOTAL, TOTAL) in found,
    )


class _Board:
    """A table with its margins.  With the totals of lines and columns counted negative every line and every column adds
    up to zero, so a number moves only along a closed way of withheld cells that rise and fall in turn, from line to
    column to line (D. Gusfield, A graph theoretic approach to statistical data security, 1988)."""

    def __init__(self, counts: Mapping[Cell, int]) -> None:
        self.counts = counts
        self._lines = sorted({line for line, _column in counts})
        self._columns = sorted({column for _line, column in counts})

    def _may(self, cell: Cell, *, rise: bool) -> bool:
        """Whether the signed number may move by one so: no count goes below 1."""
        goes_up = rise != (cell.count(TOTAL) == 1)
        return goes_up or self.counts[cell] > 1

    def can_move(self, start: Cell, found: Collection[Cell]) -> bool:
        """Whether the cell can have another value with all that is shown unchanged."""
        return any(self._may(start, rise=rise) and self._closes(start, found, rise) for rise in (True, False))

    def _closes(self, start: Cell, found: Collection[Cell], rise: bool) -> bool:
        """Whether a way leads from the column of the cell back to its line: cells that a column is balanced by move
        against it, those that a line is balanced by move with it."""
        in_column: dict[str, list[str]] = {}
        in_line: dict[str, list[str]] = {}
        for line, column in found:
            if (line, column) != start:
                in_column.setdefault(column, []).append(line)
                in_line.setdefault(line, []).append(column)
        columns, seen = deque([start[1]]), {start[1]}
        lines_seen: set[str] = set()
        while columns:
            column = columns.popleft()
            for line in in_column.get(column, ()):
                if line in lines_seen or not self._may((line, column), rise=not rise):
                    continue
                if line == start[0]:
                    return True
                lines_seen.add(line)
                following = [one for one in in_line.get(line, ()) if self._may((line, one), rise=rise)]
                columns.extend(one for one in following if one not in seen)
                seen.update(following)
        return False

    def cheapest_way(self, start: Cell, found: Collection[Cell]) -> set[Cell]:
        """The cells of the rectangle through ``start`` that withholds least more; none if there is no rectangle."""
        best, least = set[Cell](), 0
        line, column = start
        for other_line, other_column in product(self._lines, self._columns):
            if other_line == line or other_column == column:
                continue
            with_it, against = (other_line, other_column), ((line, other_column), (other_line, column))
            cells = {with_it, *against}
            if not all(cell in self.counts for cell in cells):
                continue
            if not any(
                self._may(start, rise=rise)
                and self._may(with_it, rise=rise)
                and all(self._may(cell, rise=not rise) for cell in against)
                for rise in (True, False)
            ):
                continue
            cost = sum(self._cost(cell) for cell in cells if cell not in found)
            if not best or cost < least:
                best, least = cells, cost
        return best

    def _cost(self, cell: Cell) -> int:
        return _DEAR if TOTAL in cell else self.counts[cell]
