"""Return visits: which ended cases are still to be called back, which await their redo or their second visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Mod

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in
from suqing.cases.models import Case, CaseQuerySet, ReturnVisit
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import Kind, VisitGrade
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting

N_ = str


def _share(value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= 100:
        raise BadSetting("the share of return visits is 0 to 100 per cent")


def _attempts(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 20:
        raise BadSetting("1 to 20 attempts")


def _kinds(value: object) -> None:
    if not isinstance(value, list) or not set(value) <= set(Kind):
        raise BadSetting("a list of complaint, report, consultation")


def _days(value: object) -> None:
    if not isinstance(value, int) or not 1 <= value <= 3660:
        raise BadSetting("1 to 3660 days")


# O121 art. 26 names spot checks and return visits as a means and fixes neither how many nor how often.
SHARE = declare(
    "visits.share",
    100,
    N_("Per cent of the ended cases that are called back; redone cases always are"),
    check=_share,
)
ATTEMPTS = declare(
    "visits.attempts",
    3,
    N_("How often a person who is not reached is called back again"),
    check=_attempts,
)
KINDS = declare(
    "visits.kinds",
    ["complaint", "report"],
    N_("Kinds of cases that are called back; consultations are answered to the person already"),
    check=_kinds,
)
DAYS = declare(
    "visits.within_days",
    30,
    N_("Days after the end of a case within which the person is first called back"),
    check=_days,
)
# A factor without a divisor in common with 100 spreads neighbouring keys over all hundredths.
_SPREAD = 37


@dataclass(frozen=True, slots=True)
class VisitState:
    """How the return visits of a case stand, counted from its last end."""

    visits: list[ReturnVisit]
    attempts: int  # calls since the last end that reached nobody
    reached: ReturnVisit | None  # the visit since the last end, if somebody was reached
    is_second: bool  # an earlier visit found dissatisfaction: this end is that of a redo


def visits_of(case: Case) -> VisitState:
    """The visits of a case, oldest first; one query."""
    rows = list(ReturnVisit.objects.filter(case=case).select_related("by").order_by("round"))
    since = [row for row in rows if case.closed_at is not None and row.at >= case.closed_at]
    earlier = [row for row in rows if row not in since and row.is_reached]
    reached = next((row for row in since if row.is_reached), None)
    is_second = bool(earlier) and earlier[-1].grade == VisitGrade.DISSATISFIED
    return VisitState(rows, sum(not row.is_reached for row in since), reached, is_second)


def queue(person: Person, view: str, now: datetime | None = None) -> CaseQuerySet:
    """Ended cases for the page of return visits: to_visit, second, dissatisfied, not_reached.

    With ``now`` first visits are left out that policy no longer asks for: the case ended too long ago.
    """
    cases = _callable(visible_cases(person)).filter(closed_at__isnull=False, archived_at=None)
    since = ReturnVisit.objects.filter(case=OuterRef("pk"), at__gte=OuterRef("closed_at"))
    if view == "dissatisfied":
        return cases.filter(Exists(since.filter(grade=VisitGrade.DISSATISFIED)))
    cases = cases.filter(~Exists(since.filter(is_reached=True)))
    earlier = ReturnVisit.objects.filter(case=OuterRef("pk"), at__lt=OuterRef("closed_at"), is_reached=True)
    tried = _count(since.filter(is_reached=False))
    cases = cases.annotate(attempts=tried)
    if view == "not_reached":
        return cases.filter(attempts__gte=setting(ATTEMPTS.key))
    cases = cases.filter(attempts__lt=setting(ATTEMPTS.key))
    if view == "second":
        return cases.filter(Exists(earlier))
    first = cases.filter(~Exists(earlier), kind__in=setting(KINDS.key))
    if now is not None:
        first = first.filter(closed_at__gte=now - timedelta(days=setting(DAYS.key)))
    return _sampled(first)


QUEUES = ("to_visit", "second", "dissatisfied", "not_reached")


def is_queued(person: Person, case: Case, now: datetime) -> bool:
    """Whether the case stands in one of the queues of this person, so that its person is to be called."""
    return any(queue(person, view, now).filter(pk=case.pk).exists() for view in QUEUES)


def can_be_called(case: Case) -> bool:
    """Whether the person of the case can be called back at all: known, not erased, with a number, not anonymous."""
    party = case.party
    is_anonymous = case.kind == Kind.REPORT and not case.is_real_name
    return party is not None and party.erased_at is None and bool(party.phone_hash) and not is_anonymous


def _callable(cases: CaseQuerySet) -> CaseQuerySet:
    """Keep the cases whose person can be called: known, not erased, with a number, not anonymous."""
    return cases.filter(party__erased_at=None).exclude(
        Q(party=None) | Q(party__phone_hash="") | Q(kind=Kind.REPORT, is_real_name=False)
    )


def _sampled(cases: CaseQuerySet) -> CaseQuerySet:
    share = setting(SHARE.key)
    if share >= 100:
        return cases
    return cases.annotate(hundredth=Mod(F("id") * _SPREAD, Value(100))).filter(hundredth__lt=share)


def _count(rows: QuerySet[ReturnVisit]) -> Coalesce:
    counted = rows.order_by().values("case").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def may_see_number(person: Person, case: Case) -> bool:
    """Whether this person may see the number of the case's person: by role, or one at a time with a logged look."""
    unit = case.responsible_unit
    return can_in(person, Permission.PERSONAL_SEE, unit) or can_in(person, Permission.PERSONAL_UNMASK, unit)
