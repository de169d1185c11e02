"""How numbers and changes are written."""

from decimal import Decimal

import pytest

from suqing.bulletins.wording import BaseFact, FigureFact, change, number, part_text, unit_word

D = Decimal


def fact(value: str | None, base: BaseFact | None, unit: str = "件") -> FigureFact:
    return FigureFact("reports", "", unit, None if value is None else D(value), previous=base)


def said(given: FigureFact) -> str:
    return "".join(run.text for run in change(given, "previous", "前一日"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (fact("88", BaseFact(D(60), D(28), D("46.7"))), "环比上升46.7%（前一日60件）"),
        (fact("60", BaseFact(D(66), D(-6), D("-9.1"))), "环比下降9.1%（前一日66件）"),
        (fact("66", BaseFact(D(66), D(0), D("0.0"))), "环比持平（前一日66件）"),
        (fact("5", BaseFact(D(0), D(5), None, "zero")), "前一日为零，环比不可比"),
        (fact("0", BaseFact(D(0), D(0), None, "zero")), "环比持平（前一日为零）"),
        (fact("94", BaseFact(D(2), D(92), D("4600.0"))), "环比上升46倍（前一日2件）"),
        (fact("5", BaseFact(missing="no_data")), "环比无可比数据"),
        (fact("5", None), "环比无可比数据"),
        (fact("69.5", BaseFact(D("60.2"), D("9.3"), None), "%"), "环比上升9.3个百分点"),
        (fact("69.5", BaseFact(D("69.5"), D("0.0"), None), "%"), "环比持平"),
    ],
)
def test_a_change_is_said_with_its_base_or_not_at_all(given: FigureFact, expected: str) -> None:
    assert said(given) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (D("1404.00"), "件", "1404"),
        (D("388.5"), "元", "388.50元"),
        (D("102700"), "元", "10.27万元"),
        (D("0"), "元", "0.00元"),
        (D("69.50"), "%", "69.5%"),
        (D("100.00"), "%", "100.0%"),
        (None, "件", "—"),
    ],
)
def test_numbers_are_written_with_their_unit(value: Decimal | None, unit: str, expected: str) -> None:
    written = number(value, unit) + (unit_word(value, unit) if unit == "元" else "")
    assert written == expected


def test_a_part_that_does_not_exist_is_a_dash_and_never_a_zero() -> None:
    for part in ("mean", "numerator", "previous.ratio", "previous.value", "last_year.signed"):
        assert part_text(fact("5", None), part) == "—"
