"""Leads of a violation found in a mediation: a report of its own, unseen from the complaint."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from suqing.accounts.models import Person
from suqing.cases.actions import (
    leads,
    mediation,
    reports,
)
from suqing.cases.actions.moving import NotYours
from suqing.cases.models import (
    Case,
    CaseLink,
    Clock,
    TopicMembership,
)
from suqing.cases.queries import case_for, siblings, visible_cases
from suqing.cases.queries.mediation import leads_of, origin_of_leads
from suqing.cases.vocabulary import Kind, LinkKind, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.mediating import NEW, accepted, mediating, refusal_of, suspended
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


# Leads found on the way


def leads_in(centre: Cast, case: Case, text: str = "该店还销售三无口罩", at: datetime = AT) -> Case:
    return leads.find_leads(case=case, text=text, by=centre.handler, at=at)


@pytest.mark.parametrize("state", ["accepted", "mediating", "suspended"])
def test_leads_become_a_report_in_check_with_their_own_limit(centre: Cast, state: str) -> None:
    case = {"accepted": accepted, "mediating": mediating, "suspended": suspended}[state](centre)
    report = leads_in(centre, case)
    report.refresh_from_db()
    assert (report.kind, report.state, report.number[:2]) == (Kind.REPORT, State.CHECKING, "JB")
    assert (report.submission_id, report.entity_id, report.party) == (
        case.submission_id,
        case.entity_id,
        None,
    )
    assert (report.responsible_unit, report.handler, report.is_real_name) == (
        centre.gusu,
        centre.handler,
        False,
    )
    assert report.received_at == AT
    clock = Clock.objects.get(case=report)
    assert (clock.limit, clock.article, clock.state) == ("D4", "O20:23", "running")
    link = CaseLink.objects.get()
    assert (link.case, link.other, link.kind) == (report, case, LinkKind.LEADS)
    filed = reports.file_case(case=report, note="三无产品", by=centre.handler, at=AT + timedelta(days=1))
    assert filed.state == State.FILED
    assert {c.limit: c.state for c in Clock.objects.filter(case=report)}["D4"] == "met"
    assert not Clock.objects.filter(case=report, limit="D6").exists(), "nobody reported, nobody is told"


def test_the_limit_of_leads_follows_the_day_they_were_found(centre: Cast) -> None:
    report = leads_in(centre, mediating(centre, NEW), at=NEW)
    assert (report.regime, Clock.objects.get(case=report).article) == ("O121", "O121:27")


def test_nothing_of_the_leads_is_written_to_the_complaint(centre: Cast) -> None:
    case = mediating(centre)
    before = Case.objects.filter(pk=case.pk).values().get()
    events = Event.objects.filter(subject_type="case", subject_id=str(case.pk)).count()
    clocks = list(Clock.objects.filter(case=case).values())
    topics = TopicMembership.objects.filter(case=case).count()
    report = leads_in(centre, case)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert list(Clock.objects.filter(case=case).values()) == clocks
    assert TopicMembership.objects.filter(case=case).count() == topics
    assert not CaseLink.objects.filter(case=case).exists()
    assert Event.objects.filter(subject_type="case", subject_id=str(case.pk)).count() == events
    found = Event.objects.get(verb="case.leads_found")
    assert (found.subject_id, found.data["complaint"]) == (str(report.pk), case.number)
    assert "三无" not in str(found.data), "what was written lies encrypted"


@pytest.mark.parametrize("name", ["inspector", "leader"])
def test_who_may_not_see_reports_does_not_see_leads(centre: Cast, name: str) -> None:
    case = mediating(centre)
    person: Person = getattr(centre, name)
    before = visible_cases(person).count()
    report = leads_in(centre, case)
    assert visible_cases(person).count() == before
    assert leads_of(person, case) == []
    assert siblings(person, case) == []
    with pytest.raises(Case.DoesNotExist):
        case_for(person, report.number)


def test_who_may_see_reports_sees_the_link_from_both_sides(centre: Cast) -> None:
    case = mediating(centre)
    report = leads_in(centre, case)
    assert leads_of(centre.handler, case) == [report]
    assert origin_of_leads(centre.handler, report) == case
    assert leads_of(centre.other_handler, case) == []
    assert origin_of_leads(centre.other_handler, report) is None


def test_the_same_leads_sent_twice_are_one_report(centre: Cast) -> None:
    case = mediating(centre)
    report = leads_in(centre, case)
    assert leads_in(centre, case) == report
    assert leads_in(centre, case, "另有虚假广告") != report
    assert CaseLink.objects.count() == 2


def test_leads_need_words_and_a_complaint_under_way(centre: Cast) -> None:
    case = mediating(centre)
    assert refusal_of(lambda: leads_in(centre, case, "  "))[0] == "text"
    mediation.terminate(case=case, ground="withdrawn", note="撤回", by=centre.handler, at=AT)
    with pytest.raises(NotAllowed):
        leads_in(centre, case)
    with pytest.raises(NotYours):
        leads.find_leads(case=accepted(centre), text="线索", by=centre.other_handler, at=AT)
