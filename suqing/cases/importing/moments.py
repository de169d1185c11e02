"""Days and times as tables write them: 2020-01-27 10:05, 2020年1月27日, 20200127, Excel's serial numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from suqing.cases.importing.cells import Cell, plain
from suqing.cases.intake import LOCAL_ZONE

_EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001  (a serial is local time; the zone is put on at the end)
_FIRST_SERIAL, _LAST_SERIAL = 32_874, 73_415  # 1990-01-01 to 2100-12-31: other numbers are no dates
_PARTED = re.compile(
    r"(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*日?"
    r"(?:\s*(?:星期|周)[一二三四五六日天])?"
    r"(?:[T\s]*(?P<half>上午|下午|早上|晚上|AM|PM)?\s*(?P<h>[0-9]{1,2})\s*[:时点]\s*(?P<i>[0-9]{1,2})?"
    r"\s*[:分]?\s*(?:(?P<s>[0-9]{1,2})(?:\.[0-9]+)?\s*秒?)?\s*(?P<half2>AM|PM)?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_SOLID = re.compile(
    r"(?P<y>[12][0-9]{3})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?:[T\s]?(?P<h>[0-9]{2})(?P<i>[0-9]{2})(?P<s>[0-9]{2})?)?"
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_OURS = re.compile(r"(?:ZX|TS|JB)([0-9]{8})[0-9]{6,8}")
_NUMBER = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


class NoMoment(ValueError):
    """The text is no day or time that can be read without guessing."""


def moment_of(cell: Cell) -> datetime:
    """Read a time as an aware datetime; a day alone is its first moment.  Raise NoMoment."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=LOCAL_ZONE)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=LOCAL_ZONE)
    if isinstance(cell, (int, float)):
        return _serial(float(cell)) if cell < _LAST_SERIAL + 1 else _written(str(int(cell)))
    return _written(plain(cell or ""))


def day_in_number(number: str) -> date | None:
    """Give the day that digits 11 to 18 of a 26-digit registration number say, if they say one; of a number of ours
    the day behind its two letters.

    The national ones are known of a single number only (domain 5.1): whoever uses it tells that the day was inferred.
    """
    if (ours := _OURS.fullmatch(number)) is not None:
        day = ours[1]
    elif len(number) == 26 and number.isascii() and number.isdigit():
        day = number[10:18]
    else:
        return None
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:8]))
    except ValueError:
        return None


def _written(text: str) -> datetime:
    if _ISO.fullmatch(text):  # what most tables write, read without looking at the rest
        try:
            return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)
        except ValueError as bad:
            raise NoMoment(text) from bad
    if _NUMBER.fullmatch(text):
        return _serial(float(text))
    found = _PARTED.fullmatch(text) or _SOLID.fullmatch(text)
    if found is None:
        raise NoMoment(text)
    parts = found.groupdict()
    try:
        moment = datetime(
            int(parts["y"]), int(parts["m"]), int(parts["d"]), _hour(parts), int(parts["i"] or 0), int(parts["s"] or 0),
            tzinfo=_zone(parts.get("zone")) or LOCAL_ZONE,
        )  # fmt: skip
    except ValueError as bad:
        raise NoMoment(text) from bad
    return moment.astimezone(LOCAL_ZONE)


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts["h"] or 0)
    half = (parts.get("half") or parts.get("half2") or "").upper()
    if half in ("下午", "晚上", "PM"):
        return hour + 12 if hour < 12 else hour
    return 0 if half == "AM" and hour == 12 else hour


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(shift if text[0] == "+" else -shift)


def _serial(number: float) -> datetime:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        raise NoMoment(str(number))
    seconds = round((number % 1) * 86_400)
    return (_EXCEL_DAY_0 + timedelta(days=int(number), seconds=seconds)).replace(tzinfo=LOCAL_ZONE)
