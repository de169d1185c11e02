"""Settings of local policy that the pages declare."""

from __future__ import annotations

from suqing.ledger.policy import BadSetting, declare

N_ = str

CENTRE_NAME = N_("12315 Consumer Complaint and Report Centre")

declare("web.centre_name", CENTRE_NAME, N_("Name of the centre, as it stands on every page"))

# The law asks the unit to report back and leaves the day to whoever dispatches (form 3: "report to us by …").
REPORT_BACK_DAYS = "web.report_back_days"


def _some_days(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 90:
        raise BadSetting(f"{REPORT_BACK_DAYS} must be 1 to 90 working days")


declare(
    REPORT_BACK_DAYS,
    7,
    N_("Working days after which a unit is asked to report back on a dispatched case"),
    check=_some_days,
)
