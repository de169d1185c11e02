"""What the address of a page of prices asks: the day and until when, which prices, narrowed to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from suqing.cases.intake import FIRST_YEAR, LOCAL_ZONE
from suqing.cases.price_facts import Standing
from suqing.cases.queries.price_cases import Window
from suqing.cases.queries.price_focus import DIMENSIONS, WEEK, Choice, window_of
from suqing.kit.dates import DAY
from suqing.web.wording import day_text

N_ = str
NONE = "-"  # in an address: what is not known
LONGEST = 100  # characters of goods or a unit
FLAGS = ("marked", "compared", "reached")
DIMENSION_NAMES = {"goods": N_("Goods"), "district": N_("District"), "operator": N_("Operator")}
STANDINGS = {
    Standing.NO_LINE: N_("no line set"),
    Standing.NO_REFERENCE: N_("no earlier price to compare with"),
    Standing.BELOW: N_("below the line of the province"),
    Standing.REACHED: N_("at or above the line of the province"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about prices.  ``days`` is 1, or 7 for the cases behind a mean."""

    window: Window
    choice: Choice
    with_read: bool = False

    @property
    def day(self) -> date:
        return self.window.last

    def about(self, **changes: Any) -> Asked:
        """The same question with another choice."""
        return replace(self, choice=replace(self.choice, **changes))

    def before(self, days: int) -> Asked:
        """The same question about the days before, up to the same time of day."""
        window = Window(self.day - days * DAY, self.day - DAY, self.window.until)
        return replace(self, window=window)

    def query(self) -> str:
        """The question as it stands in an address."""
        window, choice = self.window, self.choice
        given = {
            "day": window.last.isoformat(),
            "days": "" if window.first == window.last else str((window.last - window.first).days + 1),
            "until": window.until.isoformat("seconds") if window.until else "",
            "read": "1" if self.with_read else "",
            **{name: _said(getattr(choice, name)) for name in (*DIMENSIONS, "unit")},
            **{name: "1" if getattr(choice, f"is_{name}") else "" for name in FLAGS},
        }
        return urlencode({name: value for name, value in given.items() if value})


def read(given: Mapping[str, str], now: datetime) -> Asked:
    """Read the question of an address; what cannot be read is left out, the day is then today so far."""
    today = now.astimezone(LOCAL_ZONE).date()
    day = _day(given.get("day", ""), today)
    window = window_of(day, now)
    if until := _time(given.get("until", "")):
        window = replace(window, until=until)
    if given.get("days") == str(WEEK):
        window = replace(window, first=day - (WEEK - 1) * DAY)
    goods, district, operator, unit = (_wanted(given.get(name, "")) for name in (*DIMENSIONS, "unit"))
    marked, compared, reached = (given.get(name) == "1" for name in FLAGS)
    choice = Choice(goods, district, operator, unit, marked, compared, reached)
    return Asked(window, choice, given.get("read") == "1")


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year >= FIRST_YEAR and day <= today else today


def _time(text: str) -> time | None:
    try:
        until = time.fromisoformat(text)
    except ValueError:
        return None
    return None if until.tzinfo else until


def _wanted(text: str) -> str | None:
    text = text.strip()[:LONGEST].replace("\0", "")
    return None if not text else "" if text == NONE else text


def _said(value: str | None) -> str:
    return "" if value is None else value or NONE


# Words


def window_text(window: Window, today: date) -> str:
    """The days as people say them, and until when."""
    text = day_text(window.last, today)
    if window.first != window.last:
        text = _("%(first)s to %(last)s") % {"first": day_text(window.first, today), "last": text}
    if window.until is None:
        return text
    return _("%(days)s, until %(time)s") % {"days": text, "time": window.until.isoformat("minutes")}


def share_text(share: Any) -> str:
    """A mark-up in per cent, with its sign."""
    return f"{share * 100:+,.0f} %"
