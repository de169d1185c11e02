"""Groups of price cases as rows of a table: every number with the address of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.analytics.rises import is_rise
from suqing.cases.queries.price_cases import PriceCase
from suqing.cases.queries.price_focus import WEEK, Focus, Group, Prices
from suqing.web.desks.price_question import STANDINGS, Asked, share_text
from suqing.web.wording import number_text


def labels_of(focus: Focus) -> dict[str, Mapping[str, str]]:
    """How goods, districts and operators are called: a natural person by no name."""
    operators = {key: name or _("natural person") for key, name in focus.operator_names().items()}
    return {"district": focus.districts, "operator": operators, "goods": {}}


def label(names: Mapping[str, Mapping[str, str]], dimension: str, key: str) -> str:
    return names[dimension].get(key, key) if key else _("not known")


def rows_of(
    groups: Sequence[Group], asked: Asked, names: Mapping[str, Mapping[str, str]], least: int
) -> list[dict[str, Any]]:
    """The rows of a table.  Of a group of fewer than ``least`` cases no number is told."""
    return [row_of(group, asked, names, least) for group in groups]


def row_of(
    group: Group, asked: Asked, names: Mapping[str, Mapping[str, str]], least: int = 0
) -> dict[str, Any]:
    """One row; ``raw`` are its numbers for a file."""
    here = asked.about(**dict(zip(group.by, group.key, strict=True)))
    facts = {
        "labels": [label(names, name, key) for name, key in zip(group.by, group.key, strict=True)],
        "is_withheld": 0 < group.cases < least,
        "least": least,
    }
    if facts["is_withheld"]:
        return facts
    return facts | {
        "cases": cell(number_text(group.cases), here, not group.cases),
        "people": cell(number_text(group.people), here, not group.people),
        "nameless": group.nameless,
        "day_before": cell(number_text(group.day_before), here.before(1), not group.day_before),
        "change": signed(group.cases - group.day_before),
        "mean": cell(_one_place(group.week_mean), here.before(WEEK), not group.week_before),
        "is_rising": is_rise(group.cases, group.week_before, WEEK),
        "prices": _prices(group.prices, here) if group.prices else None,
        "highest": cell(share_text(group.highest), here.about(is_marked=True))
        if group.highest is not None
        else None,
        "reached": cell(number_text(group.reached), here.about(is_reached=True), not group.reached),
        "compared": cell(number_text(group.compared), here.about(is_compared=True), not group.compared),
        "group": group,
    }


def cell(value: str, asked: Asked, is_zero: bool = False) -> dict[str, Any]:
    """A number and where its cases stand."""
    return {"value": value, "url": f"{reverse('price-cases')}?{asked.query()}", "is_zero": is_zero}


def _prices(prices: Prices, asked: Asked) -> dict[str, Any]:
    return {
        "text": " / ".join(_plain(one) for one in (prices.low, prices.median, prices.high)),
        "unit": prices.unit,
        "count": cell(number_text(prices.count), asked.about(unit=prices.unit)),
        "others": prices.others,
    }


def _plain(price: Decimal) -> str:
    """A price with as many places as it has, two at most shown as money is."""
    return f"{price:,.2f}".rstrip("0").rstrip(".")


def _one_place(value: Decimal) -> str:
    return f"{value:,.1f}"


def signed(change: int) -> str:
    return f"{change:+,d}" if change else "±0"


def case_row(case: PriceCase, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """One case with its price, the earlier one, the mark-up and where that stands."""
    told = case.told
    return {
        "url": reverse("case", args=[case.number]),
        "number": case.number,
        "received_at": case.received_at,
        "labels": [label(names, name, getattr(case, name)) for name in ("goods", "district", "operator")],
        "asked": _plain(told.asked) if told.asked is not None else "",
        "earlier": _plain(told.earlier) if told.earlier is not None else "",
        "earlier_on": told.earlier_on,
        "unit": told.unit,
        "is_read": told.is_read,
        "rise": share_text(case.rise.share) if case.rise else "",
        "standing": _(STANDINGS[case.standing]),
        "is_reached": case.standing == "reached",
        "source": case.line.source if case.line else "",
    }
