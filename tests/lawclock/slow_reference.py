"""The law clock again, slow and obvious: walk one day at a time and count.  Shares no code with the product.

Reads the holiday files itself.  Days outside 2007-2026 raise LookupError with the year.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "suqing" / "lawclock" / "data" / "calendars"
FIRST_YEAR, LAST_YEAR = 2007, 2026


@cache
def notices() -> dict[date, bool]:
    """Day -> declared off (True) or declared working (False)."""
    found = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for entry in json.loads((FOLDER / f"{year}.json").read_text())["days"]:
            found[date.fromisoformat(entry["date"])] = entry["isOffDay"]
    return found


def works(day: date) -> bool:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise LookupError(day.year)
    if day in notices():
        return not notices()[day]
    return day.isoweekday() not in (6, 7)


def walk(start: date, number: int, only_working: bool, spans: list[tuple[date, date]]) -> date:
    """Step forward from the start day until ``number`` days were counted; give the last one counted."""
    day = start
    while number > 0:
        day = day + timedelta(days=1)
        inside = False
        for first, last in spans:
            if first <= day <= last:
                inside = True
        if inside:
            continue
        if only_working and not works(day):
            continue
        number = number - 1
    return day


def move_on(day: date) -> date:
    """Move a last day that is declared off to the first later day that is not."""
    works(day)
    while notices().get(day) is True:
        day = day + timedelta(days=1)
        works(day)
    return day


def move_on_every_day_off(day: date) -> date:
    """Move a last day that nobody works on to the next day somebody does."""
    while not works(day):
        day = day + timedelta(days=1)
    return day


def day_by_day(
    start: date,
    amount: int,
    only_working: bool,
    declared: dict[date, bool],
    inside: Callable[[date], bool],
    moves: str = "declared_off_days",
) -> date:
    """The last day of a limit whose left-out days are told one at a time and whose calendar was corrected by hand.

    ``declared`` holds local corrections: day -> off (True) or working (False); they stand above the notices.
    """
    known = {**notices(), **declared}

    def is_off(day: date) -> bool:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise LookupError(day.year)
        return known[day] if day in known else day.isoweekday() in (6, 7)

    day, number = start, 0
    while number < amount:
        day = day + timedelta(days=1)
        if inside(day):
            continue
        if only_working and is_off(day):
            continue
        number = number + 1
    while (moves == "declared_off_days" and known.get(day) is True) or (
        moves == "every_off_day" and is_off(day)
    ):
        day = day + timedelta(days=1)
    return day
