"""What the text of a receipt or a price tag offers to fill in.  Pure; best effort, a person decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from suqing.taxonomy.text.extract import extract
from suqing.taxonomy.text.normalise import normalise

MOST = 3

_TOTAL = re.compile(
    r"(?:合计|总计|总额|总价|实收|实付|应收|应付|支付金额|付款金额|消费金额|交易金额|金额|小计)(?:金额|人民币)?"
    r"[^0-9\n]{0,6}?(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|[0-9]{1,9}(?:\.[0-9]{1,2})?)"
)
_DAY = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})\s?(?:[-/.年])\s?(?P<month>[0-9]{1,2})\s?(?:[-/.月])\s?(?P<day>[0-9]{1,2})"
    r"(?!\.[0-9])(?=[日号\sT]|[0-9]{2}:|[^0-9]|$)"
)


@dataclass(frozen=True, slots=True)
class Offers:
    """Amounts in yuan, likelier ones first, and days."""

    amounts: tuple[Decimal, ...]
    days: tuple[date, ...]


def offers(text: str, *, today: date) -> Offers:
    """Totals first, then other sums of money; days that are not after today, as they stand."""
    plain = normalise(text).text
    totals = [Decimal(match["number"].replace(",", "")) for match in _TOTAL.finditer(plain)]
    others = [one.value for one in extract(text).amounts]
    amounts = [amount for amount in (*totals, *others) if 0 < amount < 10**10]
    days = [day for match in _DAY.finditer(plain) if (day := _day(match)) is not None and day <= today]
    return Offers(tuple(dict.fromkeys(amounts))[:MOST], tuple(dict.fromkeys(days))[:MOST])


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
