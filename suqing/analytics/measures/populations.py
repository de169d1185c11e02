"""Which rows the measures speak of: conditions over the flat facts, each with one name.  Pure."""

from __future__ import annotations

from datetime import datetime

from suqing.analytics.conditions import AtLeast, Below, Condition, Has, Is, Missing
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State, VisitGrade

EPIDEMIC = "epidemic"


def known(column: str) -> Condition:
    """Rows of which the fact is known."""
    return ~Missing(column)


# Kinds and topics


def of_kind(*kinds: Kind) -> Condition:
    """Cases of these kinds."""
    return Is("kind", kinds)


CONSULTATION, COMPLAINT, REPORT = map(of_kind, (Kind.CONSULTATION, Kind.COMPLAINT, Kind.REPORT))
MATTERS = of_kind(Kind.COMPLAINT, Kind.REPORT)
# Reports about prices (价格举报): by class or by topic, see ``facts.about_prices``.
PRICE_REPORT = REPORT & Is("is_price", (True,))
EPIDEMIC_RELATED = Has("topics_above", (EPIDEMIC,))


# Decisions


def of_state(*states: State) -> Condition:
    """Cases in one of these states."""
    return Is("state", states)


def of_outcome(*outcomes: Outcome) -> Condition:
    """Cases that ended in one of these ways."""
    return Is("outcome", outcomes)


NOT_REFUSED = ~of_state(State.REFUSED)
# Complaints on whose acceptance was decided; whom another authority is named to is neither accepted nor refused.
DECIDED_COMPLAINT = COMPLAINT & ~of_outcome(Outcome.TOLD_ELSEWHERE)
ACCEPTED = DECIDED_COMPLAINT & NOT_REFUSED
REFUSED = DECIDED_COMPLAINT & of_state(State.REFUSED)
# Reports on whose filing was decided; a repeated report and one that another authority handles need no such decision.
DECIDED_REPORT = REPORT & ~of_outcome(Outcome.TOLD_ELSEWHERE, Outcome.REPEAT)
FILED = known("filed_at")
# Reports that came of leads found in a mediation (诉转案).
OF_LEADS = REPORT & Is("is_of_leads", (True,))


# Ends

# Cases that ended otherwise than by refusal, and with it.
CLOSED = of_state(State.CLOSED)
ENDED = of_state(State.CLOSED, State.REFUSED)
# How a mediation ends: with an agreement before the mediator or between the two, or without one.
AGREED = of_outcome(Outcome.MEDIATED, Outcome.SETTLED)
# Complaints whose mediation ended; those that were withdrawn are left out.
MEDIATIONS_ENDED = (
    COMPLAINT
    & CLOSED
    & of_outcome(Outcome.MEDIATED, Outcome.SETTLED, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED)
)
PENALISED = CLOSED & of_outcome(Outcome.PENALTY)
NOT_LATE = Is("has_breach", (False,))
VISITED = ENDED & Is("visit_grade", tuple(VisitGrade))
SATISFIED = Is("visit_grade", (VisitGrade.VERY_SATISFIED, VisitGrade.SATISFIED))
PUBLIC = Is("is_public", (True,))
AGREES_TO_PUBLICITY = COMPLAINT & CLOSED & Is("publicity_consent", (True,))


# Limits

ACCEPTANCE_LIMITS = ("D1",)  # decide on acceptance within 7 working days (O20 art. 14, O121 art. 15)
MEDIATION_LIMITS = ("D2a", "D2b")  # end the mediation (O20 art. 21(1)(5), XBLR art. 46, O121 art. 23(1)(5))
FILING_LIMITS = ("D4", "D5")  # check and decide on filing within 15 working days (O20 art. 23, PROC art. 18)
# Limits that bind and neither were made void nor stand still.
BINDING = Is("is_binding", (True,)) & ~Is("clock_state", (ClockState.VOID, ClockState.PAUSED))
MET = Is("clock_state", (ClockState.MET,))


def due(*limits: str) -> Condition:
    """Limits of these codes that bind, were not made void and do not stand still."""
    return Is("limit_code", limits) & BINDING


# Calls

INBOUND, OUTBOUND = Is("direction", ("in",)), Is("direction", ("out",))
ANSWERED = known("answered_at")
ABANDONED = Missing("answered_at") & known("ended_at")
# Of a call that a person typed in only the answer is known, so it tells nothing about those not answered.
SWITCHED = Is("call_source", ("switch",))
RANG = SWITCHED & INBOUND & (ANSWERED | ABANDONED)


def answered_within(seconds: int) -> Condition:
    """Calls answered within so many whole seconds."""
    return ANSWERED & Below("waited_seconds", seconds + 1)


def abandoned_within(seconds: int) -> Condition:
    """Calls that the caller ended before so many whole seconds had passed, unanswered."""
    return ABANDONED & Below("lasted_seconds", seconds)


def began_within(since: datetime, until: datetime) -> Condition:
    """Calls that began in this time."""
    return AtLeast("started_at", since) & Below("started_at", until)
