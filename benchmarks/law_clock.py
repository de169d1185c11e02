"""Deadlines a second: every limit of both regimes from every day of 2019 to 2024, plain, paused and explained.

python benchmarks/law_clock.py [--record]
"""

from __future__ import annotations

from datetime import date, timedelta
from time import perf_counter

from ground.telling import tell

from suqing.lawclock.arithmetic import due, explain
from suqing.lawclock.calendars import shipped_calendar
from suqing.lawclock.limits import limit, limits
from suqing.lawclock.spans import Span

FIRST, LAST = date(2019, 1, 1), date(2024, 6, 30)


def main() -> None:
    calendar = shipped_calendar()
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    every = limits()

    began = perf_counter()
    for one in every:
        for day in days:
            due(one, day, calendar)
    plain = len(every) * len(days) / (perf_counter() - began)

    pausable = limit("D5", "O121")
    began = perf_counter()
    for day in days:
        spans = [Span("testing", day + timedelta(days=n), day + timedelta(days=n + 3)) for n in (2, 9, 16)]
        due(pausable, day, calendar, spans)
    paused = len(days) / (perf_counter() - began)

    began = perf_counter()
    for day in days:
        explain(limit("D2b", "O121"), day, calendar)
    explained = len(days) / (perf_counter() - began)
    tell(
        "law_clock",
        f"{len(every)} limits × {len(days):,} start days",
        [
            f"{plain:,.0f} deadlines/s",
            f"{paused:,.0f} deadlines/s with three pauses",
            f"{explained:,.0f} day-by-day explanations/s (60 days)",
        ],
    )


if __name__ == "__main__":
    main()
