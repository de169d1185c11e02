"""What a rule asks of a case beside its words: kind, class, district, operator, amount, time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from suqing.taxonomy.text.normalise import normalise, normalise_word
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.tree import Between, FactName, Is, Rule, Span

NAMES: Mapping[str, FactName] = {
    **{one.value: one for one in FactName},
    "类型": FactName.KIND,
    "类别": FactName.CLASS,
    "区县": FactName.DISTRICT,
    "地区": FactName.DISTRICT,
    "经营者": FactName.OPERATOR,
    "金额": FactName.AMOUNT,
    "时间": FactName.TIME,
}
_FACT = re.compile(r"([A-Za-z_\u4e00-\u9fff]+)([:：=]|[<>]=?|[≥≤])(.*)", re.DOTALL)
_QUOTES = '"“”'
_MOST_YUAN = Decimal(10) ** 12
_SIGNS = {"：": ":", "=": ":", "≥": ">=", "≤": "<="}


def read_fact(text: str, at: Span, values: Mapping[FactName, Mapping[str, str]]) -> Rule:
    """Read ``name:value``, ``name>=value`` or ``name:least..most``.  Raise BadRule."""
    found = _FACT.fullmatch(text)
    assert found is not None  # the grammar lets nothing else through
    name, sign, value = found.groups()
    sign, value = _SIGNS.get(sign, sign), value.strip(_QUOTES).strip()
    fact = NAMES.get(name.lower())
    if fact is None:
        raise BadRule(Reason.UNKNOWN_FACT, at, name)
    if fact in _BOUNDS:
        return _range(fact, sign, normalise(value).text, at)
    if sign != ":":
        raise BadRule(Reason.NO_RANGE, at, name)
    if fact is FactName.OPERATOR:
        word = normalise_word(value)
        if not word:
            raise BadRule(Reason.EMPTY_WORD, at)
        return Is(fact, word, at)
    code = values.get(fact, {}).get(value)
    if code is None:
        raise BadRule(Reason.UNKNOWN_VALUE, at, value)
    return Is(fact, code, at)


def _range(fact: FactName, sign: str, value: str, at: Span) -> Between:
    read, step, unreadable = _BOUNDS[fact]
    least, dots, most = value.partition("..")
    if sign == ":":
        most = most if dots else least
    elif dots:
        raise BadRule(unreadable, at, value)
    else:
        least, most = ("", least) if sign in ("<", "<=") else (least, "")
    if not least and not most:
        raise BadRule(unreadable, at, value)
    low = read(least, at) + (step if sign == ">" else step * 0) if least else None
    high = read(most, at) - (step if sign == "<" else step * 0) if most else None
    if low is not None and high is not None and low > high:
        raise BadRule(Reason.UPSIDE_DOWN, at)
    return Between(fact, low, high, at)


def _amount(written: str, at: Span) -> Decimal:
    try:
        amount = Decimal(written.removesuffix("元"))
    except InvalidOperation:
        raise BadRule(Reason.BAD_NUMBER, at, written) from None
    if not amount.is_finite() or not 0 <= amount < _MOST_YUAN:
        raise BadRule(Reason.BAD_NUMBER, at, written)
    return amount


def _day(written: str, at: Span) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        raise BadRule(Reason.BAD_DAY, at, written) from None
    if not date(1949, 10, 1) < found < date(2200, 1, 1):
        raise BadRule(Reason.BAD_DAY, at, written)
    return found


# How a bound is read, the smallest step from it, and what an unreadable one is called.
_BOUNDS: Mapping[FactName, tuple[Callable[[str, Span], Any], Any, Reason]] = {
    FactName.AMOUNT: (_amount, Decimal("0.01"), Reason.BAD_NUMBER),
    FactName.TIME: (_day, timedelta(days=1), Reason.BAD_DAY),
}
