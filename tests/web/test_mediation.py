"""The steps of a mediation on the case page, what is shown of them, and that leads show only to who may see reports."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from suqing.cases.actions import complaints, dispatching, leads, mediation, mediation_sessions
from suqing.cases.models import Case, CaseResult, Mediation, MediationSession, Recusal
from suqing.cases.queries import timeline
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks.timeline_words import tell
from tests.cases.examples import WANG, one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
LEADS = "该店另售过期消毒液"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on the morning of 27 January 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def accepted(centre: Cast) -> Case:
    case = one_case(centre.call_taker)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    return complaints.accept(case=case, by=centre.handler, at=AT)


def mediating(centre: Cast, **given: Any) -> Case:
    return mediation.mediate(case=accepted(centre), both_consent=True, by=centre.handler, at=AT, **given)


def page_of(person: Any, case: Case) -> str:
    answer = seat(person).get(f"/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def form_of(person: Any, case: Case, code: str) -> str:
    answer = seat(person).get(f"/cases/{case.number}/steps/{code}/", headers=HTMX)
    assert answer.status_code == 200, code
    return answer.content.decode()


def step(person: Any, case: Case, code: str, **typed: Any):  # type: ignore[no-untyped-def]
    case.refresh_from_db()
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


def test_a_mediation_is_carried_through_by_the_page(centre: Cast) -> None:
    case = accepted(centre)
    begins = (AT + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    session = {
        "mode": "on_site",
        "begins_at": begins,
        "place": "平江所调解室",
        "mediators": "林调解",
        "told_at": AT.strftime("%Y-%m-%dT%H:%M"),
        "recusal_until": "2020-01-29",
    }
    recusal = {"side": "complainant", "mediator": "林调解", "ground": "relative", "note": f"电话{WANG.phone}"}
    for person, code, typed in (
        (centre.handler, "consent", {"complainant": "on", "way": "phone", "note": "来电同意调解"}),
        (centre.handler, "consent", {"respondent": "on", "way": "writing"}),
        (centre.handler, "mediate", {"mode": "on_site", "mediators": "林调解"}),
        (centre.handler, "delegate", {"to": "姑苏区消费者协会", "note": "本案"}),
        (centre.handler, "schedule", session),
        (centre.handler, "ask_recusal", recusal),
        (centre.head, "decide_recusal", {"is_granted": "yes", "new_mediators": "何调解", "note": "应当回避"}),
    ):
        answer = step(person, case, code, **typed)
        assert answer.status_code == 200, (code, answer.content.decode())
    page = page_of(centre.handler, case)
    for words in (
        "来电同意调解",
        "姑苏区消费者协会",
        "平江所调解室",
        "何调解",
        "回避",
        "现场调解",
        WANG.phone,
    ):
        assert words in page
    masked = page_of(centre.analyst, case)
    assert WANG.phone not in masked
    assert "平江所调解室" in masked
    typed = {
        "note": "当场退货退款",
        "mode": "on_site",
        "is_performed_at_once": "on",
        "paper": "record",
        "recovered_amount": "30.00",
        "compensation_way": "退货退款",
        "evidence": ["invoice", "audio"],
    }
    assert step(centre.handler, case, "close", **typed).status_code == 200
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.MEDIATED)
    assert Mediation.objects.get(case=case).paper == "record"
    assert CaseResult.objects.get(case=case).evidence == ["invoice", "audio"]
    assert "调解记录" in page_of(centre.handler, case)


def test_a_mediation_without_consent_is_refused_with_its_article_and_keeps_what_was_typed(
    centre: Cast,
) -> None:
    case = accepted(centre)
    answer = step(centre.handler, case, "mediate", note="双方均在场")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_both_consent_error"' in page
    assert "第十六条" in page
    assert "双方均在场" in page
    assert Case.objects.get(pk=case.pk).state == State.ACCEPTED


def test_the_grounds_of_termination_stand_with_their_articles(centre: Cast) -> None:
    case = mediating(centre)
    form = form_of(centre.handler, case, "terminate")
    assert form.count('name="ground"') == 9
    assert "第二十一条第一款第（三）项" in form
    assert "被投诉人明确拒绝调解" in form
    assert "投诉人明确拒绝调解" not in form.replace("被投诉人明确拒绝调解", "")
    early = step(centre.handler, case, "terminate", ground="expired", note="逾期")
    assert early.status_code == 422
    assert "第二十一条第一款第（五）项" in early.content.decode()
    unsaid = step(centre.handler, case, "terminate", ground="found_later", note="经查")
    assert 'id="id_found_error"' in unsaid.content.decode()
    done = step(
        centre.handler, case, "terminate", ground="settled", note="自行和解", recovered_amount="12.50"
    )
    assert done.status_code == 200
    case.refresh_from_db()
    assert (case.outcome, str(case.recovered_amount)) == (Outcome.SETTLED, "12.50")
    page = page_of(centre.handler, case)
    assert "终止调解" in page
    assert "双方自行和解" in page
    assert "双方自行和解（《市场监督管理投诉举报处理暂行办法》第二十一条第一款第（一）项）" in page
    assert "/steps/notice/" in page, "both sides must be told"


def test_the_ground_that_both_lists_have_is_told_from_the_right_one(centre: Cast) -> None:
    case = mediating(centre)
    assert step(centre.handler, case, "terminate", ground="other", note="终止").status_code == 200
    case.refresh_from_db()
    page = page_of(centre.handler, case)
    assert "应当终止调解的其他情形" in page
    assert "不予受理的其他情形" not in page


def test_an_agreement_on_site_without_a_statement_is_refused_beside_the_field(centre: Cast) -> None:
    case = mediating(centre, mode="on_site")
    answer = step(centre.handler, case, "close", note="达成协议", mode="on_site", paper="record")
    assert answer.status_code == 422
    assert 'id="id_paper_error"' in answer.content.decode()
    assert "第二十二条" in answer.content.decode()
    form = form_of(centre.handler, case, "close")
    assert 'name="outcome"' not in form
    assert "调解书" in form


def test_a_meeting_on_site_shows_what_is_missing(centre: Cast) -> None:
    case = mediating(centre)
    answer = step(
        centre.handler, case, "schedule", mode="on_site", begins_at="2020-01-30T09:00", mediators="林调解"
    )
    assert answer.status_code == 422
    assert 'id="id_place_error"' in answer.content.decode()
    assert not MediationSession.objects.exists()


def test_only_who_approves_decides_on_a_recusal(centre: Cast) -> None:
    case = mediation_sessions.ask_recusal(
        case=mediating(centre),
        side="respondent",
        mediator="林调解",
        ground="interest",
        by=centre.handler,
        at=AT,
    )
    assert "/steps/decide_recusal/" not in page_of(centre.handler, case)
    assert "/steps/decide_recusal/" in page_of(centre.head, case)
    typed = {"is_granted": "no", "note": "无利害关系"}
    assert step(centre.handler, case, "decide_recusal", **typed).status_code == 403
    assert Recusal.objects.get().is_granted is None
    assert "中止调解" in page_of(centre.handler, case)


def test_a_second_decision_meets_the_first(centre: Cast) -> None:
    case = mediating(centre)
    seen = case.revision
    mediation.terminate(case=case, ground="withdrawn", note="撤回投诉", by=centre.head, at=AT)
    late = seat(centre.handler).post(
        f"/cases/{case.number}/steps/close/", {"revision": seen, "note": "已达成协议"}, headers=HTMX
    )
    assert late.status_code == 409
    assert "已达成协议" in late.content.decode(), "what was typed can be copied"
    case.refresh_from_db()
    assert case.outcome == Outcome.WITHDRAWN


def test_leads_become_a_report_by_the_page(centre: Cast) -> None:
    case = mediating(centre)
    assert step(centre.handler, case, "find_leads", text=LEADS).status_code == 200
    report = Case.objects.get(kind=Kind.REPORT)
    page = page_of(centre.handler, case)
    assert page.count(report.number) >= 2, "in the part of the mediation and beside the contact's other cases"
    theirs = page_of(centre.handler, report)
    assert case.number in theirs
    assert LEADS in theirs
    assert "调解中发现" in theirs


@pytest.mark.parametrize("name", ["inspector", "leader"])
def test_no_page_tells_of_leads_to_who_may_not_see_reports(centre: Cast, name: str) -> None:
    case, client = mediating(centre), seat(getattr(centre, name))
    addresses = [
        f"/cases/{case.number}/",
        f"/cases/{case.number}/preview/",
        f"/cases/{case.number}/?story=steps",
        "/cases/",
        "/cases/?kind=report",
        f"/cases/?q={LEADS[:6]}",
        "/",
        "/figures/",
    ]
    addresses += [f"/submissions/{case.submission.number}/"] if name == "inspector" else []

    def seen() -> list[tuple[int, str]]:
        answers = [client.get(address) for address in addresses]
        return [(one.status_code, _still(one.content.decode())) for one in answers]

    before = seen()
    report = leads.find_leads(case=case, text=LEADS, by=centre.handler, at=AT)
    after = seen()
    for address, old, new in zip(addresses, before, after, strict=True):
        assert new == old, address
        assert report.number not in new[1]
    for address in ("", "preview/", "steps/check/", "clocks/1/"):
        assert client.get(f"/cases/{report.number}/{address}").status_code in (403, 404)
    assert "/steps/" not in client.get(f"/cases/{case.number}/").content.decode()


def _still(page: str) -> str:
    """A page without what changes with every answer: tokens and the running clock."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": ?"[^"]+"', "", page)
    page = re.sub(r'nonce="[^"]+"|data-csrf="[^"]+"', "", page)
    return re.sub(r"\d\d(:|%3A)\d\d(:|%3A)\d\d(\.\d+)?", "", page)


def test_the_page_of_a_mediation_asks_few_questions(centre: Cast) -> None:
    case, client = mediating(centre), seat(centre.handler)

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/cases/{case.number}/").status_code == 200
        return len(caught)

    count()
    short = count()
    for days in range(1, 4):
        mediation_sessions.schedule(
            case=case,
            mode="phone",
            begins_at=AT + timedelta(days=days),
            mediators="林",
            by=centre.handler,
            at=AT,
        )
    assert count() == short


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_event_of_a_mediation_has_its_sentence(centre: Cast, language: str) -> None:
    case = accepted(centre)
    act = {"case": case, "by": centre.handler, "at": AT}
    mediation.record_consent(**act, complainant=True, respondent=True)
    mediation.mediate(**act, mediators="林调解")
    mediation.delegate(**act, to="消费者协会")
    mediation_sessions.schedule(**act, mode="video", begins_at=AT, mediators="林调解")
    mediation_sessions.ask_recusal(**act, side="respondent", mediator="林调解", ground="interest")
    decision = {"case": case, "by": centre.head, "at": AT, "note": "核实"}
    mediation_sessions.decide_recusal(**decision, is_granted=True, new_mediators="何调解")
    mediation_sessions.ask_recusal(**act, side="complainant", mediator="何调解", ground="relative")
    mediation_sessions.decide_recusal(**decision, is_granted=False)
    report = leads.find_leads(**act, text=LEADS)
    mediation.terminate(**act, ground="no_agreement", note="谈不拢")
    with translation.override(language):
        told = [one.title for one in tell(case, timeline(case, with_texts=False), group="", now=AT)]
        found = tell(report, timeline(report, with_texts=True), group="", now=AT)
    assert all("%(" not in title for title in told)
    if language == "en":
        assert told[3:] == [
            "顾办理 recorded the consent to mediation: The complainant、The respondent",
            "顾办理 began the mediation",
            "顾办理 delegated the mediation to 消费者协会",
            "顾办理 arranged a mediation session at 2020-01-27 10:00: By video",
            "顾办理 suspended the mediation: The respondent applies for the recusal of 林调解",
            "顾局长 granted the recusal of 林调解; 何调解 mediates now",
            "顾办理 suspended the mediation: The complainant applies for the recusal of 何调解",
            "顾局长 rejected the recusal of 何调解",
            "顾办理 terminated the mediation: After mediation a side clearly says that no agreement can be reached",
        ]
        assert found[0].title == f"顾办理 found these leads in the mediation of {case.number}"
        assert found[0].text == LEADS
    else:
        assert told[-1] == "顾办理终止调解：经组织调解，投诉人或者被投诉人明确表示无法达成调解协议"
        assert "中止调解" in told[7]
        assert "回避" in told[8]
