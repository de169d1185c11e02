"""Settings of local policy that analytics declares."""

from __future__ import annotations

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
