"""Settings of local policy that accounts declares."""

from __future__ import annotations

from suqing.ledger.policy import BadSetting, declare

N_ = str


def _at_least_two(value: int) -> None:
    if not 2 <= value <= 200:
        raise BadSetting("the shortest reason has 2 to 200 characters")


declare(
    "accounts.look_reason_min",
    4,
    N_("Shortest reason for looking at personal data, in characters"),
    check=_at_least_two,
)
