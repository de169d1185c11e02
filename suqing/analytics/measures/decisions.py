"""What was decided: complaints accepted or not, reports filed, by the time of the decision."""

from __future__ import annotations

from suqing.analytics.measures.populations import (
    ACCEPTED,
    DECIDED_COMPLAINT,
    DECIDED_REPORT,
    FILED,
    NOT_REFUSED,
    OF_LEADS,
    REFUSED,
    REPORT,
    known,
)
from suqing.analytics.measures.shapes import mean_days, number, share
from suqing.analytics.registry import Basis, Stage

N_ = str

COMPLAINTS_ACCEPTED = number(
    "complaints_accepted",
    N_("Complaints accepted"),
    N_("Complaints accepted, by the time of the decision, whenever they were registered."),
    ACCEPTED,
    stage=Stage.ACCEPTED,
    moment="decided_at",
    reference="受理量",
)
COMPLAINTS_REFUSED = number(
    "complaints_refused",
    N_("Complaints not accepted"),
    N_("Complaints not accepted, by the time of the decision, whenever they were registered."),
    REFUSED,
    stage=Stage.REFUSED,
    moment="decided_at",
)
ACCEPTANCE_RATE = share(
    "acceptance_rate",
    N_("Acceptance rate of complaints"),
    N_(
        "Complaints accepted among those on whose acceptance was decided in the period, whenever they were registered."
    ),
    N_("Accepted ÷ (accepted + not accepted) × 100. The formula is not published; this one is local policy."),
    DECIDED_COMPLAINT,
    NOT_REFUSED,
    stage=Stage.ACCEPTED,
    moment="decided_at",
    reference="受理率",
)
REPORTS_FILED = number(
    "reports_filed",
    N_("Reports filed for investigation"),
    N_("Reports on which a case was filed, by the time of the decision, whenever they were registered."),
    REPORT,
    stage=Stage.FILED,
    moment="filed_at",
)
FILING_RATE = share(
    "filing_rate",
    N_("Filing rate of reports"),
    N_("Reports on which a case was filed among those on whose filing was decided in the period; repeated reports and "
       "those that another authority handles are left out."),
    N_("Filed ÷ (filed + not filed) × 100. The formula is not published; this one is local policy."),
    DECIDED_REPORT,
    FILED,
    stage=Stage.FILED,
    moment="decided_at",
    reference="立案率",
)  # fmt: skip
COMPLAINTS_TURNED_CASES = number(
    "complaints_turned_cases",
    N_("Complaints that led to a case"),
    N_(
        "Reports made of leads that were found in the mediation of a complaint, on which a case was filed in the period."
    ),
    OF_LEADS,
    stage=Stage.FILED,
    moment="filed_at",
    basis=Basis.NAMED,
    reference="诉转案; O20 art. 23, O121 art. 27",
)
MEAN_DAYS_TO_DECIDE = mean_days(
    "mean_days_to_decide",
    N_("Mean time until the decision on acceptance"),
    N_("From receipt to the decision on acceptance, of complaints decided upon in the period."),
    DECIDED_COMPLAINT & known("decision_seconds"),
    "decision_seconds",
    stage=Stage.ACCEPTED,
    moment="decided_at",
)
MEAN_DAYS_TO_FILE = mean_days(
    "mean_days_to_filing_decision",
    N_("Mean time until the decision on filing"),
    N_("From receipt to the decision on filing, of reports decided upon in the period."),
    DECIDED_REPORT & known("decision_seconds"),
    "decision_seconds",
    stage=Stage.FILED,
    moment="decided_at",
)
