"""How limits were kept, by the day they end.

What ends in the period is due, whenever it began and however early it was done; what was withdrawn, returned or stands
still is not due.  No authority publishes the formulas: these are on time ÷ due.
"""

from __future__ import annotations

from datetime import timedelta

from suqing.analytics.conditions import AtLeast, Below, Condition, Missing
from suqing.analytics.facts import CLOCKS
from suqing.analytics.measures.populations import (
    ACCEPTANCE_LIMITS,
    BINDING,
    FILING_LIMITS,
    MEDIATION_LIMITS,
    MET,
    due,
)
from suqing.analytics.measures.shapes import share
from suqing.analytics.periods import Period
from suqing.analytics.registry import Counts, Measure, Stage, Unit, register

N_ = str

MICROSECOND = timedelta(microseconds=1)  # what moments are told apart by
ON_TIME = N_("On time ÷ due × 100. The formula is not published; this one is local policy.")


def _on_time(code: str, name: str, definition: str, limits: tuple[str, ...], reference: str) -> Measure:
    return share(
        code, name, definition, ON_TIME, due(*limits), MET, source=CLOCKS, stage=Stage.DUE, moment="due_at",
        reference=reference,
    )  # fmt: skip


ON_TIME_ACCEPTANCE = _on_time(
    "on_time_acceptance_rate",
    N_("On-time first check rate of complaints"),
    N_(
        "Decisions on the acceptance of complaints taken in time, among those whose limit ended in the period."
    ),
    ACCEPTANCE_LIMITS,
    "投诉按时初查率; D1: O20 art. 14, O121 art. 15",
)
ON_TIME_COMPLETION = _on_time(
    "on_time_completion_rate",
    N_("On-time completion rate of complaints"),
    N_(
        "Accepted complaints whose mediation was ended in time, among those whose limit for it ended in the period."
    ),
    MEDIATION_LIMITS,
    "投诉按时办结率; D2a, D2b: O20 art. 21, XBLR art. 46, O121 art. 23",
)
ON_TIME_CHECK = _on_time(
    "on_time_check_rate",
    N_("On-time check rate of reports"),
    N_(
        "Reports checked and decided upon, to file a case or not, in time, among those whose limit for it ended in the period."
    ),
    FILING_LIMITS,
    "举报按时核查率; D4, D5: O20 art. 23, O121 art. 27, PROC art. 18",
)


def overdue_at_end(period: Period) -> Condition:
    """Limits that had run out by the end of the period and were not fulfilled by then."""
    after = period.bounds[1] + MICROSECOND
    return Below("due_at", after) & (Missing("ended_at") | AtLeast("ended_at", after))


OVERDUE_CASES = register(
    Measure(
        "overdue_cases", N_("Cases overdue"),
        N_("Cases with a limit that had run out by the end of the period and was not fulfilled by then."),
        N_("Number of cases, each once."), Unit.CASES, Counts.CASES, Stage.DUE, CLOCKS, "due_at", BINDING,
        stock=overdue_at_end, distinct="case_id",
    )
)  # fmt: skip
