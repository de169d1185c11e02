"""Settings of local policy that analytics declares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from suqing.ledger.policy import BadSetting, declare

N_ = str


def _days(value: int) -> None:
    if not 1 <= value <= 90:
        raise BadSetting("a file is kept for 1 to 90 days")


# No published source says how long a list may lie about as a file; with people's data in it, as short as can be worked with.
KEPT_DAYS = declare(
    "exports.kept_days", 7, N_("Days for which a list written to a file can be downloaded"), check=_days
)
KEPT_DAYS_PLAIN = declare(
    "exports.kept_days_plain",
    1,
    N_("Days for which a file with unmasked personal data can be downloaded"),
    check=_days,
)


def _rows(value: int) -> None:
    if not 1_000 <= value <= 10_000_000:
        raise BadSetting("between 1,000 and 10,000,000 rows")


FOLD_ROWS = declare(
    "mirror.fold_rows",
    200_000,
    N_("Changed rows that the mirror keeps beside its months before it writes them into these"),
    check=_rows,
)


# Rates of calls


def _seconds(value: int) -> None:
    if not 0 <= value <= 600:
        raise BadSetting("a call rings for 0 to 600 seconds")


def _times(value: list[Any]) -> None:
    if len(value) > MOST_TIMES:
        raise BadSetting(f"at most {MOST_TIMES} times can be left out")
    for one in value:
        if not isinstance(one, list) or len(one) != 3 or not all(isinstance(text, str) for text in one):
            raise BadSetting("each time to leave out is a list of its begin, its end and the reason")
        _check_time(*one)


def _check_time(begin: str, end: str, reason: str) -> None:
    try:
        since, until = datetime.fromisoformat(begin), datetime.fromisoformat(end)
    except ValueError:
        raise BadSetting(f"{begin} or {end} is no moment") from None
    if since.tzinfo is None or until.tzinfo is None:
        raise BadSetting("a moment needs its time zone, as in 2020-01-27T10:00+08:00")
    if until <= since or not reason.strip():
        raise BadSetting("a time to leave out ends after it begins and has a reason")


MOST_TIMES = 200
ANSWER_SECONDS = declare(
    "calls.answer_seconds",
    15,
    N_("Seconds within which a call is answered in time"),
    "GB/T 33358-2016",
    check=_seconds,
)
# No published source says how soon a caller must give up for the call not to count.
SHORT_SECONDS = declare(
    "calls.short_seconds",
    5,
    N_("A call that the caller gives up before so many seconds does not count in adjusted rates"),
    check=_seconds,
)
LEFT_OUT = declare(
    "calls.times_left_out",
    [],
    N_("Times that the adjusted connect rate leaves out, each as begin, end and reason"),
    check=_times,
)


# Small numbers


def _least(value: int) -> None:
    if not 0 <= value <= 100:
        raise BadSetting("numbers below 0 to 100 can be withheld")


# No law of the field names a threshold.  Off: inside a bureau every number opens its cases anyway.  Bulletins are not
# touched: their editor chooses every figure, and those of such centres print single cases.
LEAST_SHOWN = declare(
    "figures.least_shown",
    0,
    N_("Numbers of cases from 1 up to below this are withheld in tables on pages; 0 withholds none"),
    check=_least,
)
LEAST_PUBLISHED = declare(
    "figures.least_published",
    0,
    N_("Numbers of cases from 1 up to below this are withheld in tables written to files; 0 withholds none"),
    check=_least,
)
