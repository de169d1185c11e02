"""One row's cells by field, and what is wrong with each: the message is for the person who corrects the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from suqing.cases.importing.amounts import NoAmount, amount_of
from suqing.cases.importing.cells import Cell, has_lost_digits, plain, raw_text, text_of
from suqing.cases.importing.fields import FIELDS
from suqing.cases.importing.layouts import PROBLEM_COLUMN, Layout, plain_header
from suqing.cases.importing.moments import NoMoment, moment_of
from suqing.cases.importing.safe_cells import restored
from suqing.cases.intake import FIRST_YEAR, LOCAL_ZONE, MAX_AMOUNT
from suqing.kit.dates import local_day

N_ = str

LONGEST_SHOWN = 200  # characters of a cell that a problem repeats

MISSING = N_("This cell is empty, but every row needs it.")
NO_COLUMN = N_("The table has no column for “%(field)s”.")
TOO_LONG = N_("The text has %(length)s characters; at most %(limit)s can be kept.")
NO_MOMENT = N_("This is no date that can be read: write it like 2020-01-27 or 2020-01-27 10:05.")
TOO_EARLY = N_("This date lies too far in the past.")
FUTURE = N_("This date lies in the future.")
NO_AMOUNT = N_("This is no amount that can be read; the row is taken without it.")
NEGATIVE = N_("An amount cannot be negative.")
TOO_MUCH = N_("An amount is at most %(limit)s yuan.")
LOST_DIGITS = N_(
    "The spreadsheet has rounded this number and lost its last digits: format the column as text and enter the number again."
)
UNKNOWN_WORD = N_("This word is not known here; the row is taken without it.")
UNKNOWN_KIND = N_("This kind of matter is not known: complaint, report or consultation.")
MERGED = N_("This cell is merged with another one: only the first of them has the value.")
CELLS_BEYOND = N_(
    "The row has more cells than the header has columns: a separator inside a text is not quoted."
)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell: header, text, English message id and its values.

    ``rejects``: the row is not imported.  ``once``: the same for many rows; telling it once a run for each column and
    value is enough.
    """

    column: str
    value: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    rejects: bool = True
    once: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its number as the table shows it, its cells, which of them are merged with another one."""

    number: int
    cells: tuple[Cell, ...]
    merged: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """Which cells hold which field, for one header and one layout."""

    header: tuple[str, ...]
    width: int
    places: Mapping[str, tuple[int, ...]]
    words: Mapping[str, Mapping[str, str]]  # field -> plain text -> our word
    read: tuple[int, ...]  # every column that is read, in the order of their names: for fingerprints
    single: Mapping[str, int]  # field -> its only column


@lru_cache(maxsize=32)
def plan_of(header: tuple[str, ...], layout: Layout) -> Plan:
    """Find each field's columns.  The same header and layout give the same plan."""
    where: dict[str, int] = {}
    for index, name in enumerate(header):
        where.setdefault(plain_header(name), index)
    where.pop(plain_header(PROBLEM_COLUMN), None)
    where.pop("", None)
    places = {
        code: found
        for code, names in layout.columns.items()
        if (found := tuple(where[key] for name in names if (key := plain_header(name)) in where))
    }
    words = {
        code: {plain(text): word for text, word in known.items()} for code, known in layout.values.items()
    }
    read = sorted({index for found in places.values() for index in found}, key=lambda index: header[index])
    single = {code: found[0] for code, found in places.items() if len(found) == 1}
    return Plan(header, len(header), places, words, tuple(read), single)


def _said(cell: Cell) -> str:
    if type(cell) is str and cell.isprintable() and cell[:1] != "'":
        return cell  # nearly every cell, at a third of the cost
    return restored(raw_text(cell))


class RowReader:
    """Reads the fields of one row and gathers what is wrong."""

    def __init__(self, row: Row, plan: Plan, now: datetime) -> None:
        self.problems: list[CellProblem] = []
        self._row, self._plan, self._now = row, plan, now
        cells = (
            row.cells if len(row.cells) >= plan.width else row.cells + (None,) * (plan.width - len(row.cells))
        )
        self._cells = cells
        # What each cell that is read says, with its own spaces and without.
        self._raw = {index: _said(cells[index]) for index in plan.read}
        self._texts = {index: text.strip() for index, text in self._raw.items()}

    @property
    def is_rejected(self) -> bool:
        """True once something was found that forbids the row."""
        return any(problem.rejects for problem in self.problems)

    def has_column(self, code: str) -> bool:
        """Say whether the table has a column for the field."""
        return code in self._plan.places

    def column(self, code: str) -> str:
        """Give the header of the field's cell that counts; "" where there is none."""
        index = self._index(code)
        return "" if index is None else self._plan.header[index]

    def cell(self, code: str) -> Cell:
        """Give the field's first cell that holds something."""
        index = self._index(code)
        return None if index is None else self._cells[index]

    def text(self, code: str) -> str:
        """Give a field's text without spaces around; too long a text rejects the row."""
        index = self._index(code)
        return "" if index is None else self._bounded(code, self._texts[index])

    def whole_text(self, code: str) -> str:
        """Give a field's text with its own line breaks and spaces; "" where there is nothing but spaces."""
        index = self._index(code)
        return "" if index is None or not self._texts[index] else self._bounded(code, self._raw[index])

    def word(self, code: str) -> str:
        """Give our word for the cell's; an unknown one is told and gives "" (an unknown kind rejects)."""
        known = self._plan.words.get(code, {})
        text = self._shown(code)
        found = known.get(text)
        if found is None and text:
            found = known.get(plain(text)) or known.get(plain(text).casefold())
        if found is None and text:
            if code == "kind":
                self.problem(code, UNKNOWN_KIND)
            else:
                self.remark(code, UNKNOWN_WORD)
        return found or ""

    def moment(self, code: str) -> datetime | None:
        """Give a field's time; an unreadable, too early or future one rejects the row."""
        index = self._index(code)
        if index is None or not self._texts[index]:
            return None
        cell = self._cells[index]
        try:
            moment = moment_of(self._texts[index] if isinstance(cell, str) else cell)
        except NoMoment:
            self.problem(code, NO_MOMENT)
            return None
        if moment.astimezone(LOCAL_ZONE).year < FIRST_YEAR:
            self.problem(code, TOO_EARLY)
        elif moment > self._now:
            self.problem(code, FUTURE)
        return moment

    def day(self, code: str) -> date | None:
        """Give a field's day, with the problems of ``moment``."""
        moment = self.moment(code)
        return local_day(moment, LOCAL_ZONE) if moment else None

    def amount(self, code: str) -> Decimal | None:
        """Give a field's amount; a negative or monstrous one rejects, words are told and left out."""
        index = self._index(code)
        if index is None or not self._texts[index]:
            return None
        cell = self._cells[index]
        try:
            value = amount_of(self._texts[index] if isinstance(cell, str) else cell)
        except NoAmount:
            self.remark(code, NO_AMOUNT, once=False)
            return None
        if value < 0:
            self.problem(code, NEGATIVE)
        elif value > MAX_AMOUNT:
            self.problem(code, TOO_MUCH, limit=str(MAX_AMOUNT))
        return value

    def number(self) -> str:
        """Give the registration number; "" with the problem told."""
        cell = self.cell("number")
        if has_lost_digits(cell):
            self.problem("number", LOST_DIGITS)
            return ""
        text = "".join(plain(self._shown("number")).split())
        if not text:
            self.missing("number")
        return self._bounded("number", text)

    def check_shape(self) -> None:
        """Tell merged cells, and a row that is wider than the header."""
        read = set(self._plan.read)
        for index in self._row.merged:
            if index in read:
                self.problems.append(CellProblem(self._plan.header[index], "", MERGED, rejects=False))
        if any(text_of(cell) for cell in self._row.cells[self._plan.width :]):
            beyond = next(text for cell in self._row.cells[self._plan.width :] if (text := text_of(cell)))
            self.problems.append(CellProblem("", beyond[:LONGEST_SHOWN], CELLS_BEYOND))

    def missing(self, code: str) -> None:
        """Tell that a field every row needs is empty."""
        if self.has_column(code):
            self.problems.append(CellProblem(self._plan.header[self._plan.places[code][0]], "", MISSING))
        else:
            self.problems.append(CellProblem("", "", NO_COLUMN, {"field": FIELDS[code].label}))

    def problem(self, code: str, message: str, **values: object) -> None:
        """Reject the row for a field's cell."""
        self.problems.append(
            CellProblem(self.column(code), self._shown(code)[:LONGEST_SHOWN], message, values)
        )

    def remark(self, code: str, message: str, *, once: bool = True, **values: object) -> None:
        """Tell something of a field's cell that does not stand in the way."""
        self.problems.append(
            CellProblem(self.column(code), self._shown(code)[:LONGEST_SHOWN], message, values, False, once)
        )

    def said(self) -> dict[str, str]:
        """Give header -> text of every cell that is read."""
        header = self._plan.header
        return {header[index]: text for index, text in self._raw.items()}

    def _index(self, code: str) -> int | None:
        """Give the field's column that counts: the only one, else the first that holds something."""
        index = self._plan.single.get(code)
        if index is not None:
            return index
        places = self._plan.places.get(code)
        if places is None:
            return None
        return next((place for place in places if self._texts[place]), places[0])

    def _bounded(self, code: str, text: str) -> str:
        limit = FIELDS[code].limit
        if limit and len(text) > limit:
            self.problem(code, TOO_LONG, length=len(text), limit=limit)
        return text

    def _shown(self, code: str) -> str:
        index = self._index(code)
        return "" if index is None else self._texts[index]
