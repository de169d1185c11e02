"""The measures over contacts, cases and clocks.

Registered is placed by the moment of receipt, accepted by the decision, closed by the end of the case: three numbers
that the press release of January 2020 mixed up.
"""

from __future__ import annotations

from functools import partial

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from suqing.analytics.dimensions import CASES, CLOCKS, SUBMISSIONS, in_topics
from suqing.analytics.periods import Period
from suqing.analytics.registry import Counts, Measure, Population, Stage, Unit, register
from suqing.cases.models import GroupMember
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State
from suqing.taxonomy.models import ClassKind, ClassNode

N_ = str

EPIDEMIC = "epidemic"
ACCEPTANCE_LIMIT = "D1"  # decide on acceptance within 7 working days (O20 art. 14, O121 art. 15)

# Price matters by class: the head 价格 of the issue tree and 价格违法行为 of the report tree.
PRICE_CLASSES = {ClassKind.ISSUE: ("价格",), ClassKind.REPORT_ISSUE: ("价格违法行为",)}
# … and by topic: what the caller said, whatever class was chosen.
PRICE_TOPICS = ("mask_price", "price_surge")


def everything() -> Q:
    """All rows of the source."""
    return Q()


def of_kind(kind: Kind) -> Q:
    """Cases of one kind."""
    return Q(kind=kind)


def about_prices() -> Q:
    """Cases whose issue class is one of price, or which belong to a price topic."""
    heads = Q()
    for kind, names in PRICE_CLASSES.items():
        for path in ("", "parent__", "parent__parent__"):
            heads |= Q(**{"tree__kind": kind, f"{path}name__in": names, f"{path}parent": None})
    return Q(issue_class__in=ClassNode.objects.filter(heads).values("pk")) | in_topics(PRICE_TOPICS)


def price_reports() -> Q:
    """Reports about prices (价格举报)."""
    return of_kind(Kind.REPORT) & about_prices()


def epidemic(*parts: Population) -> Q:
    """Epidemic-related cases for which all the parts hold."""
    found = in_topics([EPIDEMIC])
    for part in parts:
        found &= part()
    return found


def accepted() -> Q:
    """Complaints that were decided upon and not refused."""
    return of_kind(Kind.COMPLAINT) & ~Q(state=State.REFUSED)


def refused() -> Q:
    return of_kind(Kind.COMPLAINT) & Q(state=State.REFUSED)


def closed() -> Q:
    """Cases that ended otherwise than by refusal."""
    return Q(state=State.CLOSED)


# How a mediation ends: with an agreement before the mediator or between the two, or without one.
AGREED = (Outcome.MEDIATED, Outcome.SETTLED)
MEDIATION_ENDS = (*AGREED, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED)


def mediations_ended() -> Q:
    """Complaints whose mediation ended; those that were withdrawn are left out."""
    return of_kind(Kind.COMPLAINT) & closed() & Q(outcome__in=MEDIATION_ENDS)


def agreed() -> Q:
    return Q(outcome__in=AGREED)


def penalised() -> Q:
    """Reports that ended with a penalty."""
    return closed() & Q(outcome=Outcome.PENALTY)


def acceptance_due() -> Q:
    """Limits for the decision on acceptance that bind and were not made void."""
    return Q(limit=ACCEPTANCE_LIMIT, is_binding=True) & ~Q(state=ClockState.VOID)


def met() -> Q:
    return Q(state=ClockState.MET)


def binding() -> Q:
    """Limits that bind and neither were made void nor stand still."""
    return Q(is_binding=True) & ~Q(state__in=(ClockState.VOID, ClockState.PAUSED))


def overdue_at_end(period: Period) -> Q:
    """Limits that had run out by the end of the period and were not fulfilled by then."""
    end = period.bounds[1]
    return Q(due_at__lte=end) & (Q(ended_at=None) | Q(ended_at__gt=end))


def _cases(
    code: str, name: str, definition: str, population: Population, *,
    stage: Stage = Stage.REGISTERED, moment: str = "received_at", is_local: bool = False,
) -> Measure:  # fmt: skip
    return register(
        Measure(code, name, definition, N_("Number of cases."), Unit.CASES, Counts.CASES, stage, CASES, moment,
                population, is_local=is_local)
    )  # fmt: skip


def _share(code: str, name: str, definition: str, population: Population, numerator: Population) -> Measure:
    return register(
        Measure(code, name, definition, N_("Epidemic-related cases ÷ all cases of the population × 100."),
                Unit.PERCENT, Counts.SHARE, Stage.REGISTERED, CASES, "received_at", population,
                numerator=numerator, places=1)
    )  # fmt: skip


CONTACTS = register(
    Measure(
        "contacts", N_("Contacts"),
        N_("Contacts with the centre on every channel, by the time of receipt, also those that became no case."),
        N_("Number of contacts."), Unit.PERSON_TIMES, Counts.SUBMISSIONS, Stage.RECEIVED, SUBMISSIONS, "received_at",
        everything,
    )
)  # fmt: skip
CASES_REGISTERED = _cases(
    "cases_registered", N_("Cases registered"),
    N_("Consultations, complaints and reports registered, by the time of receipt."), everything,
)  # fmt: skip
CONSULTATIONS = _cases(
    "consultations_registered", N_("Consultations registered"),
    N_("Consultations registered, by the time of receipt."), partial(of_kind, Kind.CONSULTATION),
)  # fmt: skip
COMPLAINTS = _cases(
    "complaints_registered", N_("Complaints registered"),
    N_("Complaints registered, by the time of receipt, whether accepted or not."), partial(of_kind, Kind.COMPLAINT),
)  # fmt: skip
REPORTS = _cases(
    "reports_registered", N_("Reports registered"),
    N_("Reports registered, by the time of receipt."), partial(of_kind, Kind.REPORT),
)  # fmt: skip
PRICE_REPORTS = _cases(
    "price_reports_registered", N_("Price reports registered"),
    N_("Reports registered whose issue class is one of price or which belong to a price topic, by the time of receipt."),
    price_reports, is_local=True,
)  # fmt: skip
EPIDEMIC_CASES = _cases(
    "epidemic_cases_registered", N_("Epidemic-related cases registered"),
    N_("Cases registered that belong to the topic of the epidemic or one below it, by the time of receipt."), epidemic,
)  # fmt: skip
EPIDEMIC_REPORTS = _cases(
    "epidemic_reports_registered", N_("Epidemic-related reports registered"),
    N_("Reports registered that belong to the topic of the epidemic or one below it, by the time of receipt."),
    partial(epidemic, partial(of_kind, Kind.REPORT)),
)  # fmt: skip
EPIDEMIC_PRICE_REPORTS = _cases(
    "epidemic_price_reports_registered", N_("Epidemic-related price reports registered"),
    N_("Price reports registered that belong to the topic of the epidemic or one below it, by the time of receipt."),
    partial(epidemic, price_reports), is_local=True,
)  # fmt: skip
EPIDEMIC_SHARE = _share(
    "epidemic_share", N_("Share of epidemic-related cases"),
    N_("Epidemic-related cases among all cases registered, by the time of receipt."), everything, epidemic,
)  # fmt: skip
EPIDEMIC_REPORT_SHARE = _share(
    "epidemic_report_share", N_("Share of epidemic-related reports"),
    N_("Epidemic-related reports among all reports registered, by the time of receipt."),
    partial(of_kind, Kind.REPORT), epidemic,
)  # fmt: skip
COMPLAINTS_ACCEPTED = _cases(
    "complaints_accepted", N_("Complaints accepted"),
    N_("Complaints accepted, by the time of the decision, whenever they were registered."), accepted,
    stage=Stage.ACCEPTED, moment="decided_at",
)  # fmt: skip
COMPLAINTS_REFUSED = _cases(
    "complaints_refused", N_("Complaints not accepted"),
    N_("Complaints not accepted, by the time of the decision, whenever they were registered."), refused,
    stage=Stage.REFUSED, moment="decided_at",
)  # fmt: skip
REPORTS_FILED = _cases(
    "reports_filed", N_("Reports filed for investigation"),
    N_("Reports on which a case was filed, by the time of the decision, whenever they were registered."),
    partial(of_kind, Kind.REPORT), stage=Stage.FILED, moment="filed_at",
)  # fmt: skip
CASES_CLOSED = _cases(
    "cases_closed", N_("Cases closed"),
    N_("Cases closed, by the time of closing, whenever they were registered; complaints not accepted are left out."),
    closed, stage=Stage.CLOSED, moment="closed_at",
)  # fmt: skip
RECOVERED_LOSS = register(
    Measure(
        "recovered_loss", N_("Recovered loss"),
        N_("Money that consumers got back through cases closed in the period, as entered with the result."),
        N_("Sum of the recovered amounts."), Unit.YUAN, Counts.MONEY, Stage.CLOSED, CASES, "closed_at", closed,
        summed="recovered_amount", places=2,
    )
)  # fmt: skip
ON_TIME_ACCEPTANCE = register(
    Measure(
        "on_time_acceptance_rate", N_("On-time acceptance rate"),
        N_("Decisions on the acceptance of complaints taken in time, among those whose limit ended in the period."),
        N_("On time ÷ due × 100. The formula is not published; this one is local policy."), Unit.PERCENT, Counts.SHARE,
        Stage.DUE, CLOCKS, "due_at", acceptance_due, numerator=met, places=2, is_local=True,
    )
)  # fmt: skip
OVERDUE_CASES = register(
    Measure(
        "overdue_cases", N_("Cases overdue"),
        N_("Cases with a limit that had run out by the end of the period and was not fulfilled by then."),
        N_("Number of cases, each once."), Unit.CASES, Counts.CASES, Stage.DUE, CLOCKS, "due_at", binding,
        stock=overdue_at_end, distinct="case_id",
    )
)  # fmt: skip
MEDIATION_SUCCESS = register(
    Measure(
        "mediation_success_rate", N_("Mediation success rate"),
        N_("Complaints closed with an agreement of both sides, among complaints closed in the period after mediation."),
        N_("Agreements ÷ mediations ended × 100. The formula is not published; this one is local policy."),
        Unit.PERCENT, Counts.SHARE, Stage.CLOSED, CASES, "closed_at", mediations_ended, numerator=agreed, places=2,
        is_local=True,
    )
)  # fmt: skip
REPORTS_PENALISED = _cases(
    "reports_penalised", N_("Reports that ended with a penalty"),
    N_("Reports closed with a penalty, by the time of closing, whenever they were registered."), penalised,
    stage=Stage.CLOSED, moment="closed_at",
)  # fmt: skip
PENALTIES = register(
    Measure(
        "penalties", N_("Penalties"),
        N_("Penalties in money on reports closed in the period, as entered with the result."),
        N_("Sum of the penalties."), Unit.YUAN, Counts.MONEY, Stage.CLOSED, CASES, "closed_at", penalised,
        summed="penalty_amount", places=2,
    )
)  # fmt: skip


# Cases, persons and events: three counts of the same period that are never added.

# The event a case is in now, as a number below zero; a case in no event is an event by itself.
_EVENT = Coalesce(
    Subquery(
        GroupMember.objects.filter(case=OuterRef("pk"), removed_at=None).values(key=-F("group_id")),
        output_field=BigIntegerField(),
    ),
    F("pk"),
)
PERSONS = register(
    Measure(
        "persons_registered", N_("Persons with cases registered"),
        N_("Different people who turned to the centre with the cases registered, by the time of receipt. A person is "
           "known by phone number and name together; who gave only one of them is counted anew with each contact, and "
           "a report without a name counts nobody."),
        N_("Number of people, each once."), Unit.PERSONS, Counts.PERSONS, Stage.REGISTERED, CASES, "received_at",
        everything, distinct="party_id", is_local=True,
    )
)  # fmt: skip
EVENTS = register(
    Measure(
        "events_registered", N_("Events of the cases registered"),
        N_("What the cases registered are about, by the time of receipt: the cases of one event count once, a case in "
           "no event is one by itself. Events are taken as they are grouped now."),
        N_("Number of events, each once."), Unit.EVENTS, Counts.EVENTS, Stage.REGISTERED, CASES, "received_at",
        everything, distinct=_EVENT, is_local=True,
    )
)  # fmt: skip
