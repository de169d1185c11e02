"""How cases ended: results, money, time taken, and what people said of it, by the time of closing."""

from __future__ import annotations

from suqing.analytics.measures.populations import (
    AGREED,
    AGREES_TO_PUBLICITY,
    CLOSED,
    COMPLAINT,
    ENDED,
    MATTERS,
    MEDIATIONS_ENDED,
    NOT_LATE,
    PENALISED,
    PUBLIC,
    REPORT,
    SATISFIED,
    VISITED,
    known,
)
from suqing.analytics.measures.shapes import mean_days, money, number, share
from suqing.analytics.registry import Basis, Stage

N_ = str

CASES_CLOSED = number(
    "cases_closed",
    N_("Cases closed"),
    N_(
        "Cases closed, by the time of closing, whenever they were registered; complaints not accepted are left out."
    ),
    CLOSED,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="办结量",
)
CLOSING_RATE = share(
    "closing_rate",
    N_("Closing rate"),
    N_(
        "Of the complaints and reports received in the period, those that have ended by now, not accepted ones too."
    ),
    N_("Ended ÷ received × 100, as it stands now. The formula is not published; this one is local policy."),
    MATTERS,
    ENDED,
    reference="办结率",
)
CLOSED_IN_TIME = share(
    "closed_in_time_rate",
    N_("Share of cases closed within their limits"),
    N_("Complaints and reports closed in the period of which no binding limit was fulfilled too late, among all "
       "complaints and reports closed in the period."),
    N_("Closed without a late limit ÷ closed × 100. The formula is not published; this one is local policy."),
    MATTERS & CLOSED,
    NOT_LATE,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="按期办结率",
)  # fmt: skip
RECOVERED_LOSS = money(
    "recovered_loss",
    N_("Recovered loss"),
    N_("Money that consumers got back through cases closed in the period, as entered with the result."),
    N_("Sum of the recovered amounts."),
    CLOSED,
    "recovered_amount",
    reference="挽回经济损失",
)
MEDIATION_SUCCESS = share(
    "mediation_success_rate",
    N_("Mediation success rate"),
    N_(
        "Complaints closed with an agreement of both sides, among complaints closed in the period after mediation."
    ),
    N_("Agreements ÷ mediations ended × 100. The formula is not published; this one is local policy."),
    MEDIATIONS_ENDED,
    AGREED,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="投诉调解成功率",
)
REPORTS_PENALISED = number(
    "reports_penalised",
    N_("Reports that ended with a penalty"),
    N_("Reports closed with a penalty, by the time of closing, whenever they were registered."),
    PENALISED,
    stage=Stage.CLOSED,
    moment="closed_at",
)
PENALTIES = money(
    "penalties",
    N_("Penalties"),
    N_("Penalties in money on reports closed in the period, as entered with the result."),
    N_("Sum of the penalties."),
    PENALISED,
    "penalty_amount",
)
FINED = money(
    "penalties_and_confiscations",
    N_("Penalties and confiscations"),
    N_(
        "Penalties in money and money confiscated on reports closed in the period, as entered with the result."
    ),
    N_("Sum of the penalties and of what was confiscated."),
    PENALISED,
    "fined_amount",
    reference="罚没金额",
)
COMPLAINTS_TO_PUBLISH = number(
    "complaints_to_publish",
    N_("Complaints that may be made public"),
    N_("Complaints closed in the period whose complainant agreed that the complaint is made public."),
    AGREES_TO_PUBLICITY,
    stage=Stage.CLOSED,
    moment="closed_at",
    basis=Basis.LOCAL,
    reference="消费投诉信息公示",
)
PUBLICITY_RATE = share(
    "publicity_rate",
    N_("Publicity rate of complaints"),
    N_(
        "Complaints made public by now, among complaints closed in the period whose complainant agreed to it."
    ),
    N_("Made public ÷ to be made public × 100. The formula is not published; this one is local policy."),
    AGREES_TO_PUBLICITY,
    PUBLIC,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="消费投诉信息公示率; O20 art. 34, O121 art. 38",
)
MEAN_DAYS_TO_CLOSE = mean_days(
    "mean_days_to_close",
    N_("Mean time until a complaint is closed"),
    N_("From receipt to the end, of complaints closed in the period; complaints not accepted are left out."),
    COMPLAINT & CLOSED & known("closing_seconds"),
    "closing_seconds",
    stage=Stage.CLOSED,
    moment="closed_at",
)
MEAN_DAYS_TO_CLOSE_REPORTS = mean_days(
    "mean_days_to_close_reports",
    N_("Mean time until a report is closed"),
    N_("From receipt to the end, of reports closed in the period."),
    REPORT & CLOSED & known("closing_seconds"),
    "closing_seconds",
    stage=Stage.CLOSED,
    moment="closed_at",
)
RETURN_VISITS = number(
    "cases_visited",
    N_("Cases with a return visit"),
    N_("Cases that ended in the period and whose caller was reached by a return visit since."),
    VISITED,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="回访",
)
SATISFACTION = share(
    "satisfaction_rate",
    N_("Satisfaction in return visits"),
    N_("Cases whose caller was satisfied or very satisfied, among those that ended in the period and whose caller was "
       "reached by a return visit since; the last visit counts."),
    N_("(Very satisfied + satisfied) ÷ visited × 100. The formula is not published; this one is local policy."),
    VISITED,
    SATISFIED,
    stage=Stage.CLOSED,
    moment="closed_at",
    reference="回访满意率; O121 art. 26",
)  # fmt: skip
