"""Writes synthetic rows into a file as the national platform exports them, for practising imports.

How to recognise them: the file's name and its first row say that all is made up, and each registration number begins
with 00 (no province has that code).  Of the 26 digits only two things are known from one number that was seen (domain
5.1): 3 to 8 look like a division code and 11 to 18 are the day; the rest is invented.  The same city, seed and numbers
give the same file, byte for byte.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random

import xlsxwriter

import suqing.accounts
from suqing.cases.importing.national import COLUMNS, SHEET, NationalFacts, row_of
from suqing.cases.importing.safe_cells import neutral
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.days import days
from suqing.rehearsal.script.history import MOST, Quiet, cases_of, quiet_days
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.taxonomy.reference import divisions, trees

N_ = str
LAYOUTS = ("national",)
YEARS = 2
SYNTHETIC = "模拟数据：本表全部内容均为虚构，仅供练习导入"
_SAYS_SO = re.compile("模拟|synthetic", re.IGNORECASE)
# Beside the columns that are known of the platform's export: without them nobody could tell when something happened.
MOMENTS = ("登记时间", "初查时间", "办结时间")
HEADER = (*COLUMNS, *MOMENTS)
MOST_IN_A_SHEET = 1_048_576 - 2
_SHARE = 0.4  # of the script's matters are complaints and reports; consultations are not in such an export
_UNITS = Path(suqing.accounts.__file__).parent / "data" / "units.json"
Cells = list[str]


class CannotWrite(ValueError):
    """The file cannot be written as asked: an English message id and its values."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Written:
    """What was written; ``faults`` says how often each mistake was made."""

    path: Path
    rows: int
    faults: Mapping[str, int]

    @property
    def faulty(self) -> int:
        """How many rows have a mistake."""
        return sum(self.faults.values())


def write_rows(
    path: Path, *, city: City, seed: int, rows: int, layout: str = "national", encoding: str = "utf-8", faulty: float = 0.0
) -> Written:  # fmt: skip
    """Write a new file; where its name does not say that it is synthetic, the name gets that word.

    ``encoding`` (utf-8 with its mark, or gb18030) is of a .csv; ``faulty`` the share of rows with a mistake that
    whoever imports has to deal with.  Raise CannotWrite.
    """
    kind = path.suffix.casefold()
    if layout not in LAYOUTS or kind not in (".csv", ".xlsx"):
        raise CannotWrite(N_("A file of rows is a .csv or an .xlsx."))
    if not 1 <= rows <= (MOST_IN_A_SHEET if kind == ".xlsx" else MOST) or not 0 <= faulty <= 1:
        raise CannotWrite(
            N_("Up to 10,000,000 rows in a .csv, 1,048,574 in an .xlsx; faulty is a share of 0 to 1.")
        )
    if not _SAYS_SO.search(path.stem):
        path = path.with_name(f"{path.stem}-模拟数据{path.suffix}")
    if path.exists():
        raise CannotWrite(N_("%(file)s exists already; nothing was written."), file=path.name)
    faults = dict.fromkeys(FAULTS, 0)
    made = _spoilt(table_rows(city, seed, rows), seed, faulty, faults)
    if kind == ".csv":
        _write_csv(path, made, "utf-8-sig" if encoding == "utf-8" else encoding)
    else:
        _write_xlsx(path, made)
    return Written(path, rows, faults)


def table_rows(city: City, seed: int, rows: int) -> Iterator[Cells]:
    """Yield the cells of so many rows, in order of time."""
    first, last = quiet_days(city, YEARS)
    horizon = datetime.combine(last, time.max, SHANGHAI).replace(microsecond=0)
    quiet = Quiet(city.code, seed, first, last, int(rows / _SHARE) + 50, horizon)
    cases = (case for day in days(first, last) for case in cases_of(quiet, day))
    wanted = (case for case in cases if case.kind != Kind.CONSULTATION)
    for serial, case in enumerate(islice(wanted, rows), 1):
        yield _cells(case, serial)


def _cells(case: PastCase, serial: int) -> Cells:
    facts = _facts(case, f"00{case.place[:6]:0<6}00{case.received_at:%Y%m%d}{serial:08d}")
    moments = (case.received_at, case.decided_at, case.closed_at)
    return [
        *row_of(facts),
        *(f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else "" for at in moments),
    ]


def _facts(case: PastCase, number: str) -> NationalFacts:
    issues = _paths("report_issue" if case.kind == Kind.REPORT else "issue")
    return NationalFacts(
        number=number,
        kind=case.kind,
        state=case.state,
        outcome=case.outcome,
        channel=case.channel,
        narrative=case.narrative,
        entity_name=case.entity.name,
        entity_address=case.entity_address,
        requests=tuple(_paths("request")[code].rpartition("->")[2] for code in case.requests),
        issue_path=issues.get(case.issue_class, ""),
        object_path=_paths("object").get(case.object_class, ""),
        place_name=_place_names().get(case.place, ""),
        address=case.address,
        unit_name=_unit_names().get(case.unit, ""),
        result_note=case.result_note,
        amount=case.amount,
        recovered_amount=case.recovered_amount,
        penalty_amount=case.penalty_amount,
        was_accepted=case.decided_at is not None if case.kind == Kind.COMPLAINT else None,
        was_filed=case.filed_at is not None if case.kind == Kind.REPORT else None,
    )


@lru_cache(maxsize=8)
def _paths(kind: str) -> Mapping[str, str]:
    return {node.code: node.path_name for tree in trees() if tree.kind == kind and tree.is_active for node in tree.nodes}  # fmt: skip


@lru_cache(maxsize=1)
def _place_names() -> Mapping[str, str]:
    return {row.code: row.full_name for row in divisions()}


@lru_cache(maxsize=1)
def _unit_names() -> Mapping[str, str]:
    return {unit["code"]: unit["name"] for unit in json.loads(_UNITS.read_text(encoding="utf-8"))["units"]}


# -- mistakes ----------------------------------------------------------------------------------------------------------


def _put(column: str, text: str) -> Callable[[Cells, Cells], None]:
    place = HEADER.index(column)

    def spoil(cells: Cells, _before: Cells) -> None:
        cells[place] = text

    return spoil


def _twice(cells: Cells, before: Cells) -> None:
    cells[0] = before[0] if before else ""


FAULTS: Mapping[str, Callable[[Cells, Cells], None]] = {
    "missing number": _put("登记编号", ""),
    "bad date": _put("登记时间", "2019年13月45日"),
    "unknown status": _put("初查受理状态", "待定"),
    "unknown kind": _put("类型", "其他来件"),
    "negative amount": _put("消费金额(单位:元)", "-88.00"),
    "number twice": _twice,
}


def _spoilt(rows: Iterable[Cells], seed: int, share: float, faults: dict[str, int]) -> Iterator[Cells]:
    rng, names = Random(f"{seed}:faults"), list(FAULTS)
    before: Cells = []
    for cells in rows:
        whole = list(cells)
        if share and rng.random() < share:
            name = rng.choice(names if before else names[:-1])
            FAULTS[name](cells, before)
            faults[name] += 1
        before = whole
        yield cells


# -- files -------------------------------------------------------------------------------------------------------------


def _write_csv(path: Path, rows: Iterable[Cells], encoding: str) -> None:
    with path.open("x", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([SYNTHETIC])
        writer.writerow(HEADER)
        writer.writerows([neutral(cell) for cell in cells] for cells in rows)


def _write_xlsx(path: Path, rows: Iterable[Cells]) -> None:
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {"title": SYNTHETIC, "comments": SYNTHETIC, "created": datetime(2020, 1, 20, tzinfo=UTC)}
        )
        sheet = book.add_worksheet(SHEET)
        sheet.write_string(0, 0, SYNTHETIC)
        for column, name in enumerate(HEADER):
            sheet.write_string(1, column, name)
        for number, cells in enumerate(rows, 2):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, column, neutral(cell))
