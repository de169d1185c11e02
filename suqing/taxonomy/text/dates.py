"""The days that a narrative names, against the day of the contact: 2020年1月27日, 九月五号, 去年, 上周六, 三个月前.

A day without a year is the last such day up to the contact, because people tell what has happened.  A month or a
year is a range of days.  What cannot be a date (2月30日) is left out; bare years (2020的招生) are not read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from suqing.taxonomy.text import numerals
from suqing.taxonomy.text.normalise import normalise

_N = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2}|[二一][零〇九][零〇一二三四五六七八九]{2})"
FULL = re.compile(
    rf"(?<![0-9]){_YEAR}年(?:度|[底末初中]|(?P<month>{_N})月份?(?:(?P<day>{_N})(?:日|号|(?![0-9元块个人天点%])))?)?"
)
WRITTEN = re.compile(
    r"(?<![0-9.\-/])(?P<year>(?:19|20)[0-9]{2})(?P<s>[\-/.])(?P<month>[0-9]{1,2})(?P=s)(?P<day>[0-9]{1,2})(?![0-9])"
)
DAY = re.compile(rf"(?<![0-9年个十])(?P<month>{_N})月(?:份?(?P<day>{_N})(?:日|号)|份)")
SAME_YEAR = re.compile(
    rf"(?P<said>今年|去年|前年|明年|上年)(?:(?P<month>{_N})月份?(?:(?P<day>{_N})(?:日|号))?)?"
)
NEAR_DAY = re.compile(r"大前天|前天|昨天|昨日|昨晚|今天|今日|今早|今晚|明天|后天")
WEEK = re.compile(r"(?P<said>上周|上个?星期|这周|本周|这个?星期)(?P<day>[一二三四五六日天])?")
MONTH = re.compile(rf"(?P<said>上个月|上月|本月|这个月)(?:(?P<day>{_N})(?:日|号))?")
AGO = re.compile(
    r"(?P<count>[0-9]{1,3}|[一二两三四五六七八九十半]{1,3})(?P<unit>天|个?星期|周|个月|年)(?:以前|之前|前)"
)

_YEARS = {"今年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "明天": 1, "后天": 2}

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class DateMention:
    """The days from ``first`` to ``last`` (both meant), named at a place of the given text."""

    first: date
    last: date
    start: int
    end: int


def find_dates(text: str, at: date) -> tuple[DateMention, ...]:
    """Give the days named in a text told on the day ``at``, in order; of readings that overlap the first and longest."""
    plain = normalise(text)
    found: list[DateMention] = []
    past = 0
    for start, end, days in sorted(_all(plain.text, at), key=lambda one: (one[0], -one[1])):
        if start >= past:
            found.append(DateMention(*days, *plain.original(start, end)))
            past = end
    return tuple(found)


def _all(plain: str, at: date) -> Iterator[tuple[int, int, Days]]:
    for pattern, read in READERS:
        for match in pattern.finditer(plain):
            try:
                days = read(match, at)
            except (ValueError, OverflowError):  # no such day
                continue
            if days is not None:
                yield *match.span(), days


def _number(said: str) -> int:
    value = numerals.parse(said)
    if value is None:
        raise ValueError(said)
    return int(value)


def _range(year: int, month: str | None, day: str | None) -> Days:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    number = _number(month)
    if day is None:
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])
    exact = date(year, number, _number(day))
    return exact, exact


def _full(match: re.Match[str], _at: date) -> Days:
    said = match["year"]
    year = int(said.translate(_FIGURES))
    return _range(year, match["month"], match["day"])


def _day(match: re.Match[str], at: date) -> Days:
    year = at.year
    days = _range(year, match["month"], match["day"])
    return days if days[0] <= at else _range(year - 1, match["month"], match["day"])


def _same_year(match: re.Match[str], at: date) -> Days:
    return _range(at.year + _YEARS[match["said"]], match["month"], match["day"])


def _near(match: re.Match[str], at: date) -> Days:
    day = at + timedelta(days=_DAYS.get(match.group(), 0))
    return day, day


def _week(match: re.Match[str], at: date) -> Days:
    monday = at - timedelta(days=at.weekday() + (7 if match["said"].startswith("上") else 0))
    if match["day"] is None:
        return monday, monday + timedelta(days=6)
    day = monday + timedelta(days="一二三四五六日".index(match["day"].replace("天", "日")))
    return day, day


def _month(match: re.Match[str], at: date) -> Days:
    first = at.replace(day=1)
    if match["said"].startswith("上"):
        first = (first - timedelta(days=1)).replace(day=1)
    return _range(first.year, str(first.month), match["day"])


def _ago(match: re.Match[str], at: date) -> Days | None:
    """Read "three months ago": a day back for days and weeks, the month or year for what is told in them."""
    if "半" in match["count"]:
        return None
    count, unit = _number(match["count"]), match["unit"]
    if unit == "天":
        day = at - timedelta(days=count)
        return day, day
    if unit == "年":
        return _range(at.year - count, None, None)
    if unit == "个月":
        months = at.year * 12 + at.month - 1 - count
        return _range(months // 12, str(months % 12 + 1), None)
    day = at - timedelta(weeks=count)
    return day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday())


READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None]], ...] = (
    (FULL, _full),
    (WRITTEN, _full),
    (DAY, _day),
    (SAME_YEAR, _same_year),
    (NEAR_DAY, _near),
    (WEEK, _week),
    (MONTH, _month),
    (AGO, _ago),
)
PATTERNS = tuple(pattern for pattern, _read in READERS)
_FIGURES = str.maketrans("零〇一二三四五六七八九", "00123456789")
