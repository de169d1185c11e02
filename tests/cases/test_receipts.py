"""What the text of a receipt offers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from suqing.cases.receipts import offers

TODAY = date(2020, 1, 27)


@pytest.mark.parametrize(
    ("text", "amounts", "days"),
    [
        (
            "平江大药房\n日期：2020-01-26 14:05\n口罩 4只 32.00\n合计：128.00元",
            ["128.00"],
            [date(2020, 1, 26)],
        ),
        ("日期：2020-01-2614:05\n合计128.00", ["128.00"], [date(2020, 1, 26)]),
        ("实收 ¥1,280.50\n2020年1月5日", ["1280.50"], [date(2020, 1, 5)]),
        ("口罩每只32元", ["32"], []),
        ("2020/1/3 总计 5", ["5"], [date(2020, 1, 3)]),
        ("2020-02-26 合计 0.00", [], []),
        ("2020-13-45", [], []),
        ("订单号 2020012612345678", [], []),
        ("", [], []),
    ],
)
def test_totals_and_days_are_offered(text: str, amounts: list[str], days: list[date]) -> None:
    found = offers(text, today=TODAY)
    assert found.amounts == tuple(Decimal(amount) for amount in amounts)
    assert found.days == tuple(days)


def test_the_total_comes_before_the_single_price() -> None:
    found = offers("单价32元 4只\n合计 128元", today=TODAY)
    assert found.amounts[0] == Decimal(128)
    assert Decimal(32) in found.amounts
