"""Settings of local policy that the pages declare."""

from __future__ import annotations

from suqing.ledger.policy import declare

N_ = str

CENTRE_NAME = N_("12315 Consumer Complaint and Report Centre")

declare("web.centre_name", CENTRE_NAME, N_("Name of the centre, as it stands on every page"))
