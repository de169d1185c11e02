"""The price lines of the provinces: local policy, empty until a centre writes down its own province's text."""

from __future__ import annotations

from typing import Any

from suqing.cases.price_facts import BadLine, Line, read_lines
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting

N_ = str


def _lines(value: Any) -> None:
    try:
        read_lines(value)
    except BadLine as error:
        raise BadSetting(str(error)) from error


# No default: no national percentage is known, and baseline days differed from province to province (domain.md).
LINES = declare(
    "prices.lines",
    [],
    N_("Price lines of the provinces: baseline day, mark-up, validity and the text it rests on"),
    check=_lines,
)


def price_lines() -> tuple[Line, ...]:
    """The lines of all provinces as they are written down now; one query."""
    return read_lines(setting(LINES.key))
