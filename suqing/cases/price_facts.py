"""What is known of one price: per what unit, by how much it rose, and where that stands to the line of a province.  Pure.

A line is local policy.  SAMR's guidance 国市监竞争〔2020〕21号 art. 6(3) compares the margin rate with that of the last
actual deal on or before a baseline day, knows no national percentage, and leaves percentages and days to the provinces
(domain.md, SAMR notices of 2020).  A consumer tells prices, not margins: to stand at or above a line is a sign where to
look first, never a judgement; the law and the bureau decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from suqing.taxonomy.text.packs import Pack

PLACES = Decimal("0.0001")
# What one of these weighs in 斤, by definition: 1 公斤 = 1 千克 = 2 斤.
IN_JIN = {"斤": 1, "市斤": 1, "公斤": 2, "千克": 2, "kg": 2}
JIN = "斤"
MOST_THRESHOLD = Decimal(100)  # as a share: ten thousand per cent is a slip of the keyboard
PROVINCE = re.compile(r"[1-9][0-9]")


@dataclass(frozen=True, slots=True)
class Told:
    """A price as somebody told it, in yuan a unit.  ``is_read``: read from the words, entered by nobody."""

    goods: str = ""
    unit: str = ""
    asked: Decimal | None = None
    earlier: Decimal | None = None
    earlier_on: date | None = None
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class MarkUp:
    """Asked over earlier price, less one, and the earlier price that it was reckoned with."""

    share: Decimal
    reference: Decimal
    reference_on: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a province: a share above the price of the last deal on or before ``baseline`` (inclusive)."""

    province: str  # the first two digits of its division codes
    baseline: date
    threshold: Decimal
    valid_from: date
    valid_to: date | None  # inclusive
    source: str

    @property
    def percent(self) -> str:
        """The threshold in per cent, as written."""
        return f"{(self.threshold * 100).normalize():f}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Standing(StrEnum):
    """Where a price stands to the line of its province."""

    NO_LINE = "no_line"  # the province has set none for that day
    NO_REFERENCE = "no_reference"  # no earlier price of a day on or before the baseline
    BELOW = "below"
    REACHED = "reached"  # at or above the line


class BadLine(ValueError):
    """What was written is no line of a province."""


def mark_up(told: Told) -> MarkUp | None:
    """By how much the price rose; None where one of both is not known or the earlier one is nothing."""
    if told.asked is None or not told.earlier:
        return None
    share = (told.asked / told.earlier - 1).quantize(PLACES)
    return MarkUp(share, told.earlier, told.earlier_on)


def standing(told: Told, line: Line | None) -> Standing:
    """Compare with the line.  An earlier price without a day, or of a day after the baseline, is no reference."""
    if line is None:
        return Standing.NO_LINE
    rise = mark_up(told)
    if rise is None or rise.reference_on is None or rise.reference_on > line.baseline:
        return Standing.NO_REFERENCE
    return Standing.REACHED if rise.share >= line.threshold else Standing.BELOW


def line_for(lines: Iterable[Line], division: str, day: date) -> Line | None:
    """The line in force on a day in the province of a division code; None where none is set."""
    return next((one for one in lines if one.province == division[:2] and one.holds_on(day)), None)


# Units


def per_common_unit(told: Told, packs: Iterable[Pack] = ()) -> Told:
    """The same price per piece where the text says how many a pack holds, and per 斤 where it was told by weight."""
    unit = told.unit.strip()
    for pack in packs:
        if pack.outer == unit:
            return _divided(told, pack.piece, pack.count)
    factor = IN_JIN.get(unit.lower())
    return replace(told, unit=unit) if factor is None else _divided(told, JIN, Decimal(factor))


def _divided(told: Told, unit: str, by: Decimal) -> Told:
    asked, earlier = (
        None if price is None else (price / by).quantize(PLACES) for price in (told.asked, told.earlier)
    )
    return replace(told, unit=unit, asked=asked, earlier=earlier)


# Lines as they are written down


def read_lines(written: Any) -> tuple[Line, ...]:
    """Read the lines of all provinces.  Raise BadLine for what is none, or for two of a province that hold at once."""
    if not isinstance(written, list):
        raise BadLine("a list of lines is wanted")
    lines = tuple(_line(one) for one in written)
    for place, one in enumerate(lines):
        for other in lines[:place]:
            if one.province == other.province and _overlap(one, other):
                raise BadLine(f"two lines of {one.province} hold on the same day")
    return lines


def written(line: Line) -> dict[str, str | None]:
    """A line as settings keep it."""
    return {
        "province": line.province,
        "baseline": line.baseline.isoformat(),
        "threshold": f"{line.threshold:f}",
        "valid_from": line.valid_from.isoformat(),
        "valid_to": line.valid_to.isoformat() if line.valid_to else None,
        "source": line.source,
    }


def _line(one: Any) -> Line:
    if not isinstance(one, Mapping) or set(one) != set(Line.__slots__):
        raise BadLine(f"a line has {', '.join(Line.__slots__)}")
    province, source = one["province"], one["source"]
    if not isinstance(province, str) or not PROVINCE.fullmatch(province):
        raise BadLine("a province is the first two digits of its division code")
    if not isinstance(source, str) or not source.strip():
        raise BadLine("a line names the text it rests on")
    try:
        threshold = Decimal(one["threshold"]) if isinstance(one["threshold"], str) else None
        days = [date.fromisoformat(one[name]) for name in ("baseline", "valid_from")]
        valid_to = None if one["valid_to"] is None else date.fromisoformat(one["valid_to"])
    except (InvalidOperation, TypeError, ValueError) as error:
        raise BadLine(f"a day or a share cannot be read: {error}") from error
    if threshold is None or not threshold.is_finite() or not 0 <= threshold <= MOST_THRESHOLD:
        raise BadLine("the threshold is a share from 0 to 100, as a text")
    if valid_to is not None and valid_to < days[1]:
        raise BadLine("a line ends before it begins")
    return Line(province, days[0], threshold, days[1], valid_to, source.strip())


def _overlap(one: Line, other: Line) -> bool:
    return (other.valid_to is None or one.valid_from <= other.valid_to) and (
        one.valid_to is None or other.valid_from <= one.valid_to
    )
