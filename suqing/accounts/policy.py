"""Settings of local policy that accounts declares."""

from __future__ import annotations

from suqing.accounts.duty_hours import BadHours, read_week
from suqing.ledger.policy import BadSetting, declare

N_ = str


def _at_least_two(value: int) -> None:
    if not 2 <= value <= 200:
        raise BadSetting("the shortest reason has 2 to 200 characters")


def _week(value: object) -> None:
    try:
        read_week(value)
    except BadHours as bad:
        raise BadSetting(str(bad)) from bad


declare(
    "accounts.look_reason_min",
    4,
    N_("Shortest reason for looking at personal data, in characters"),
    check=_at_least_two,
)
# No published source fixes the hours of a centre; who works beyond them is entered as duty.
DUTY_HOURS = declare(
    "duty.hours",
    [*([["09:00", "17:30"]] * 5), [], []],
    N_("Ordinary duty hours, Monday to Sunday; they hold on working days of the calendar"),
    check=_week,
)
