"""Mark-ups, units and lines of provinces: no database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suqing.cases.price_facts import (
    BadLine,
    Line,
    Standing,
    Told,
    line_for,
    mark_up,
    per_common_unit,
    read_lines,
    standing,
    written,
)
from suqing.cases.price_lines import LINES
from suqing.taxonomy.text.packs import find_packs

# Made up for the tests: no line ships.
BASELINE = date(2020, 1, 10)
LINE = Line("99", BASELINE, Decimal("0.5"), date(2020, 1, 25), date(2020, 3, 31), "test text")


def told(asked: object, earlier: object, on: date | None = None, unit: str = "只") -> Told:
    prices = [None if price is None else Decimal(str(price)) for price in (asked, earlier)]
    return Told("口罩", unit, prices[0], prices[1], on)


@pytest.mark.parametrize(
    ("asked", "earlier", "share"),
    [
        (30, 10, "2"), (10, 10, "0"), (5, 10, "-0.5"), (1, 3, "-0.6667"), ("0.35", "0.2", "0.75"),
        (None, 10, None), (30, None, None), (30, 0, None),
    ],
)  # fmt: skip
def test_a_mark_up_is_asked_over_earlier_less_one(asked: object, earlier: object, share: str | None) -> None:
    found = mark_up(told(asked, earlier))
    assert (found and found.share) == (Decimal(share) if share else None)


@pytest.mark.parametrize(
    ("asked", "earlier", "on", "expected"),
    [
        (15, 10, BASELINE, Standing.REACHED),  # at the line, on the baseline day itself
        ("14.99", 10, BASELINE, Standing.BELOW),
        (30, 10, date(2020, 1, 2), Standing.REACHED),
        (30, 10, date(2020, 1, 11), Standing.NO_REFERENCE),  # after the baseline
        (30, 10, None, Standing.NO_REFERENCE),  # nobody told when
        (30, None, BASELINE, Standing.NO_REFERENCE),
        (None, 10, BASELINE, Standing.NO_REFERENCE),
    ],
)
def test_only_an_earlier_price_up_to_the_baseline_is_compared(
    asked: object, earlier: object, on: date | None, expected: Standing
) -> None:
    assert standing(told(asked, earlier, on), LINE) == expected
    assert standing(told(asked, earlier, on), None) == Standing.NO_LINE


@pytest.mark.parametrize(
    ("division", "day", "found"),
    [
        ("990102", date(2020, 1, 25), True), ("990102", date(2020, 3, 31), True), ("99", date(2020, 2, 1), True),
        ("990102", date(2020, 1, 24), False), ("990102", date(2020, 4, 1), False),
        ("980102", date(2020, 2, 1), False), ("", date(2020, 2, 1), False),
    ],
)  # fmt: skip
def test_a_line_holds_in_its_province_while_it_is_valid(division: str, day: date, found: bool) -> None:
    assert (line_for([LINE], division, day) is LINE) is found


@pytest.mark.parametrize(
    ("text", "unit", "asked", "earlier", "expected"),
    [
        ("一包50只 130元", "包", 130, None, ("只", "2.6", None)),
        ("一盒20片，10片一袋", "袋", 5, 4, ("片", "0.5", "0.4")),
        ("一包50只", "只", 3, 1, ("只", "3", "1")),  # told by the piece already
        ("一包130元", "包", 130, 50, ("包", "130", "50")),  # nobody said how many
        ("", "公斤", 20, 8, ("斤", "10", "4")),
        ("", "千克", 20, None, ("斤", "10", None)),
        ("", "KG", 20, None, ("斤", "10", None)),
        ("", " 斤 ", 20, None, ("斤", "20", None)),
        ("", "克", 20, None, ("克", "20", None)),
        ("", "", 20, None, ("", "20", None)),
    ],
)
def test_prices_come_to_a_common_unit_only_where_it_is_told(
    text: str, unit: str, asked: int, earlier: int | None, expected: tuple[str, str, str | None]
) -> None:
    found = per_common_unit(told(asked, earlier, unit=unit), find_packs(text))
    assert (found.unit, found.asked) == (expected[0], Decimal(expected[1]))
    assert found.earlier == (Decimal(expected[2]) if expected[2] else None)


@given(
    st.decimals("0.01", "9999", places=2),
    st.decimals("0.01", "9999", places=2),
    st.sampled_from(["公斤", "斤"]),
)
def test_the_unit_changes_no_mark_up(asked: Decimal, earlier: Decimal, unit: str) -> None:
    plain, common = Told("", unit, asked, earlier), per_common_unit(Told("", unit, asked, earlier))
    before, after = mark_up(plain), mark_up(common)
    assert before is not None
    if after is not None and earlier >= 1:
        assert abs(before.share - after.share) <= before.share.copy_abs() * Decimal("0.001") + Decimal(
            "0.001"
        )


def row(**changes: Any) -> dict[str, Any]:
    return {**written(LINE), **changes}


def test_lines_are_written_and_read_back() -> None:
    assert read_lines([written(LINE)]) == (LINE,)
    open_end = row(valid_from="2020-04-01", valid_to=None)
    assert len(read_lines([written(LINE), open_end, row(province="98")])) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        "99", {}, [1], [{}], [row(province="9901")], [row(province=99)], [row(threshold=0.5)], [row(threshold="x")],
        [row(threshold="-0.1")], [row(threshold="NaN")], [row(threshold="101")], [row(baseline="2020-02-30")],
        [row(valid_to="2020-01-24")], [row(valid_from=None)], [row(source=" ")], [row(more=1)],
        [row(), row()], [row(valid_to=None), row(valid_from="2021-01-01", valid_to=None)],
    ],
)  # fmt: skip
def test_what_is_no_line_is_refused(wrong: Any) -> None:
    with pytest.raises(BadLine):
        read_lines(wrong)


def test_no_line_ships() -> None:
    assert LINES.default == [] and LINES.is_local
