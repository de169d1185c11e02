"""Amounts as tables write them: 1,200.50, ￥300, 1.2万元, full width."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from suqing.cases.importing.cells import Cell, plain
from suqing.taxonomy.text import numerals

_FIGURES = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_UNITS = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])\s*|\s*(?:人民币|RMB|CNY|元整|元|圆|块)$", re.IGNORECASE)
_STEPPED = re.compile(r"[0-9]+(?:\.[0-9]+)?[千万亿]")
_CENT = Decimal("0.01")


class NoAmount(ValueError):
    """The text is no amount that can be read without guessing."""


def amount_of(cell: Cell) -> Decimal:
    """Read an amount in yuan, rounded to cents.  Raise NoAmount; the sign is kept for the caller to judge."""
    text = str(cell) if isinstance(cell, (int, float)) else plain(cell if isinstance(cell, str) else "")
    for _ in range(2):  # a sign before and a word behind
        text = _UNITS.sub("", text).strip()
    try:
        value = _value(text, is_number=isinstance(cell, (int, float)))
        return value.quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation as bad:
        raise NoAmount(text) from bad


def amount_text(value: Decimal | None) -> str:
    """Write an amount as the national export does: figures only, no needless decimals, blank for none."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _value(text: str, *, is_number: bool) -> Decimal:
    if is_number or _FIGURES.fullmatch(text):
        value = Decimal(text.replace(",", ""))
        if not value.is_finite():
            raise NoAmount(text)
        return value
    if _STEPPED.fullmatch(text) or (text and all(one in numerals.CHARACTERS for one in text)):
        spoken = numerals.parse(text)
        if spoken is not None:
            return spoken
    raise NoAmount(text)
