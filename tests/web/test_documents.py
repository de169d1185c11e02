"""Documents on the case page: what is offered, the form with its paper, the file, the void."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse

from suqing.accounts.models import Person, PersonalLook
from suqing.cases.actions import complaints, dispatching, mediation
from suqing.cases.actions.documents import issue_document
from suqing.cases.forms import FORMS
from suqing.cases.models import Case, CaseDocument
from suqing.cases.queries.documents import offered
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks.document_offers import offer_after
from tests.cases.examples import WANG, one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
HTMX = {"hx-request": "true"}


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on the morning of 27 January 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT) -> Case:
    case = one_case(centre.call_taker, kind)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def accepted(centre: Cast) -> Case:
    return complaints.accept(case=dispatched(centre), by=centre.handler, at=AT)


def issued(centre: Cast) -> CaseDocument:
    return issue_document(case=accepted(centre), form="acceptance", fields={}, by=centre.handler, at=LATER)


def address(case: Case, rest: str) -> str:
    return f"/cases/{case.number}/documents/{rest}/"


def filled(case: Case, form: str, person: Person, **typed: str) -> dict[str, str]:
    """What the browser sends when the form is sent as it came, but for what was typed."""
    page = seat(person).get(address(case, form)).content.decode()
    sent = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    sent |= {
        key: text.strip()
        for key, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', page)
    }
    for key, choices in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        sent[key] = "".join(re.findall(r'value="([^"]*)" selected', choices))
    return {**sent, "do": "issue", **typed}


def text_of(answer: HttpResponse) -> str:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


# What is offered


def test_the_case_page_offers_the_forms_that_fit_to_who_may_issue_them(centre: Cast) -> None:
    case = accepted(centre)
    page = seat(centre.handler).get(f"/cases/{case.number}/").content.decode()
    for form in ("complaint_registration", "acceptance", "mediation_notice"):
        assert address(case, form) in page
    assert address(case, "refusal") not in page
    assert "受理决定书" in page
    assert "/documents/" not in seat(centre.analyst).get(f"/cases/{case.number}/").content.decode()


def test_a_consultation_has_no_documents(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.CONSULTATION)
    assert 'id="documents"' not in seat(centre.supervisor).get(f"/cases/{case.number}/").content.decode()


OFFERS = {
    "handler": {"complaint_registration", "acceptance", "mediation_notice"},
    "head": {"complaint_registration", "acceptance", "mediation_notice"},
    "superior": {"complaint_registration", "acceptance", "mediation_notice"},
    "dispatcher": {"complaint_registration"},
    "supervisor": {"complaint_registration"},
    **{
        name: set()
        for name in ("call_taker", "other_handler", "price_handler", "analyst", "editor", "leader")
    },
    **{name: set() for name in ("inspector", "administrator", "stranger")},
}


@pytest.mark.parametrize("name", sorted(OFFERS))
def test_each_person_issues_exactly_the_own_forms_of_an_accepted_complaint_of_gusu(
    centre: Cast, name: str
) -> None:
    case, person = accepted(centre), getattr(centre, name)
    assert {form.code for form in offered(person, case)} == OFFERS[name]
    for code in FORMS:
        status = seat(person).get(address(case, code)).status_code
        assert (status == 200) is (code in OFFERS[name]), f"{name} {code}: {status}"
        assert status in (200, 403, 404, 409), f"{name} {code}: {status}"


def test_after_a_step_the_message_leads_to_its_form(centre: Cast) -> None:
    case = dispatched(centre)
    client = seat(centre.handler)
    typed = {"revision": case.revision, "ground": "not_competent", "note": "属于其他部门职责"}
    answer = client.post(f"/cases/{case.number}/steps/refuse/", typed, headers=HTMX)
    assert "HX-Redirect" in answer.headers
    page = client.get(f"/cases/{case.number}/").content.decode()
    toasts = page[page.index('id="toasts"') :]
    assert address(case, "refusal") in toasts[:1500]


def test_each_step_that_is_told_in_writing_leads_to_its_form(centre: Cast) -> None:
    sent = dispatched(centre)
    assert address(sent, "dispatch_notice") in offer_after(centre.dispatcher, sent.number, "dispatch")
    assert offer_after(centre.handler, sent.number, "dispatch") == ""  # the centre's to issue
    taken = accepted(centre)
    assert address(taken, "acceptance") in offer_after(centre.handler, taken.number, "accept")
    assert offer_after(centre.other_handler, taken.number, "accept") == ""
    ended = accepted(centre)
    mediation.terminate(case=ended, ground="withdrawn", note="撤回", by=centre.handler, at=LATER)
    assert address(ended, "termination") in offer_after(centre.handler, ended.number, "terminate")
    new = dispatched(centre)
    Case.objects.filter(pk=new.pk).update(regime="O121")
    assert address(new, "identity_notice") in offer_after(centre.handler, new.number, "ask_identity")


def test_a_termination_comes_filled_with_the_ground_that_ended_the_mediation(centre: Cast) -> None:
    case = accepted(centre)
    mediation.terminate(case=case, ground="withdrawn", note="双方已经和好", by=centre.handler, at=LATER)
    page = seat(centre.handler).get(address(case, "termination")).content.decode()
    assert 'value="O20:21.1.1" selected' in page
    assert "投诉人撤回投诉或者双方自行和解的" in page
    assert "双方已经和好" in page


def test_a_step_without_a_form_says_only_that_it_was_taken(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    client = seat(centre.handler)
    client.post(f"/cases/{case.number}/steps/check/", {"revision": case.revision}, headers=HTMX)
    page = client.get(f"/cases/{case.number}/").content.decode()
    toasts = page[page.index('id="toasts"') :]
    assert "/documents/" not in toasts[:1500]


# The form


def test_the_form_comes_filled_with_its_paper_beside_it(centre: Cast) -> None:
    case = accepted(centre)
    page = seat(centre.handler).get(address(case, "acceptance")).content.decode()
    assert 'value="王小明"' in page
    assert 'value="2020-01-27"' in page
    assert "王小明：" in page
    assert "《市场监督管理投诉举报处理暂行办法》第十四条" in page
    assert "与官方文书式样核对" in page
    assert not CaseDocument.objects.exists()


def test_looking_shows_the_paper_anew_and_issues_nothing(centre: Cast) -> None:
    case = accepted(centre)
    typed = filled(case, "acceptance", centre.handler, respondent="平江新药房", accepted_on="", do="look")
    answer = seat(centre.handler).post(address(case, "acceptance"), typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("平江新药房") >= 2  # typed, and on the paper
    assert not CaseDocument.objects.exists()


def test_issuing_gives_the_number_and_leads_back_to_the_case(centre: Cast) -> None:
    case = accepted(centre)
    client = seat(centre.handler)
    answer = client.post(address(case, "acceptance"), filled(case, "acceptance", centre.handler))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/cases/{case.number}/#documents"
    document = CaseDocument.objects.get()
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert document.number in page
    assert address(case, f"{document.pk}/file") in page
    assert "制发了" in page  # the story


def test_errors_stand_beside_their_fields_and_what_was_typed_is_kept(centre: Cast) -> None:
    case = accepted(centre)
    typed = filled(case, "mediation_notice", centre.handler, mediators="", dispute=f"口罩，找{WANG.phone}")
    answer = seat(centre.handler).post(address(case, "mediation_notice"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_mediators"' in page
    assert f"口罩，找{WANG.phone}" in page
    full = typed | {"mediators": "顾办理", "session_at": "2020-02-03T14:30", "mode": "on_site"}
    told = seat(centre.handler).post(address(case, "mediation_notice"), full)
    assert told.status_code == 422
    assert 'href="#id_dispute"' in told.content.decode()
    assert "第三十五条" in told.content.decode()
    assert not CaseDocument.objects.exists()


def test_a_page_that_is_out_of_date_keeps_what_was_typed(centre: Cast) -> None:
    case = accepted(centre)
    typed = filled(case, "acceptance", centre.handler, respondent="平江新药房")
    Case.objects.filter(pk=case.pk).update(revision=case.revision + 1)
    answer = seat(centre.handler).post(address(case, "acceptance"), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "平江新药房" in page
    assert f'name="revision" value="{case.revision + 1}"' in page
    assert not CaseDocument.objects.exists()


def test_who_may_not_see_the_person_gets_them_masked_and_cannot_type_them(centre: Cast) -> None:
    case = dispatched(centre)
    page = seat(centre.dispatcher).get(address(case, "dispatch_told")).content.decode()
    assert WANG.name not in page
    assert "王**" in page
    assert 'name="person_name"' not in page
    typed = filled(case, "dispatch_told", centre.dispatcher, person_name="李四")
    assert seat(centre.dispatcher).post(address(case, "dispatch_told"), typed).status_code == 302
    document = CaseDocument.objects.get()
    client = seat(centre.dispatcher)
    asked = client.get(address(case, f"{document.pk}/file"))
    assert asked.status_code == 200
    assert WANG.name not in asked.content.decode()
    given = client.post(address(case, f"{document.pk}/file"), {"reason": "送达分送情况告知书"})
    assert "王小明：" in text_of(given)


@pytest.mark.parametrize("typed", ["昨天", "2020-13-45", "x" * 5000, "\x00", "2020-01-27T99:99"])
def test_strange_values_are_refused_not_broken(centre: Cast, typed: str) -> None:
    case = accepted(centre)
    client = seat(centre.handler)
    for do in ("look", "issue"):
        data = {"do": do, "accepted_on": typed, "person_name": typed, "revision": "abc"}
        answer = client.post(address(case, "acceptance"), data)
        assert answer.status_code in (200, 422)
        data = {"do": do, "session_at": typed, "mode": typed, "to_side": typed, "recusal_until": typed}
        assert client.post(address(case, "mediation_notice"), data).status_code in (200, 422)
    assert not CaseDocument.objects.exists()


# The file


def test_the_file_is_sent_to_be_kept_by_nobody_and_each_look_is_logged(centre: Cast) -> None:
    document = issued(centre)
    looks = PersonalLook.objects.count()
    answer = seat(centre.handler).get(address(document.case, f"{document.pk}/file"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].endswith("wordprocessingml.document")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "王小明：" in text_of(answer)
    assert PersonalLook.objects.count() == looks + 1


def test_a_short_reason_is_not_enough_and_shows_nothing(centre: Cast) -> None:
    document = issued(centre)
    answer = seat(centre.supervisor).post(address(document.case, f"{document.pk}/file"), {"reason": "看"})
    assert answer.status_code == 422
    assert WANG.name not in answer.content.decode()
    assert not PersonalLook.objects.filter(person=centre.supervisor).exists()


READS = {
    **dict.fromkeys(("handler", "head", "superior", "call_taker", "dispatcher", "supervisor"), 200),
    **dict.fromkeys(("other_handler", "price_handler"), 404),
    **dict.fromkeys(("analyst", "editor", "leader", "inspector", "administrator", "stranger"), 403),
}


@pytest.mark.parametrize("name", sorted(READS))
def test_who_reads_a_document_of_gusu(centre: Cast, name: str) -> None:
    document = issued(centre)
    client = seat(getattr(centre, name))
    assert client.get(address(document.case, f"{document.pk}/file")).status_code == READS[name]


def test_a_document_of_a_report_is_not_there_for_who_may_not_see_reports(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    document = issue_document(case=case, form="report_registration", fields={}, by=centre.handler, at=LATER)
    for name in ("other_handler", "leader", "inspector"):
        for rest in (f"{document.pk}/file", f"{document.pk}/void", "report_registration"):
            assert seat(getattr(centre, name)).get(address(case, rest)).status_code in (403, 404)
    other = accepted(centre)
    assert seat(centre.handler).get(address(other, f"{document.pk}/file")).status_code == 404


# Void


def test_voiding_asks_for_a_reason_and_is_told_on_the_page(centre: Cast) -> None:
    document = issued(centre)
    client = seat(centre.handler)
    there = address(document.case, f"{document.pk}/void")
    assert client.post(there, {"reason": " "}).status_code == 422
    assert client.post(there, {"reason": "受理日期有误"}).status_code == 302
    page = client.get(f"/cases/{document.case.number}/").content.decode()
    assert "受理日期有误" in page
    assert "作废" in page
    assert there not in page
    assert client.get(there).status_code == 409
    assert client.get(address(document.case, f"{document.pk}/file")).status_code == 200


def test_only_who_may_issue_it_voids_it(centre: Cast) -> None:
    document = issued(centre)
    there = address(document.case, f"{document.pk}/void")
    for name, status in (("dispatcher", 403), ("supervisor", 403), ("other_handler", 404), ("analyst", 403)):
        assert seat(getattr(centre, name)).post(there, {"reason": "有误"}).status_code == status, name
    document.refresh_from_db()
    assert document.voided_at is None


def test_the_panel_costs_one_query_however_many_documents_there_are(
    centre: Cast, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    from suqing.web.desks.case_facts import Sight
    from suqing.web.desks.panels.documents import documents_panel

    document = issued(centre)
    case = Case.objects.select_related("party", "responsible_unit").get(pk=document.case_id)
    for _number in range(3):
        issue_document(case=case, form="complaint_registration", fields={}, by=centre.handler, at=LATER)
    sight = Sight.of(centre.handler, case.responsible_unit)
    with django_assert_max_num_queries(1):
        panel = documents_panel(centre.handler, case, sight, LATER)
    assert panel is not None
    assert len(panel.facts["rows"]) == 4


def test_a_form_that_is_sent_without_having_been_opened_is_a_look_too(centre: Cast) -> None:
    case = accepted(centre)
    assert seat(centre.handler).post(address(case, "acceptance"), {"do": "look"}).status_code == 200
    look = PersonalLook.objects.get(person=centre.handler)
    assert look.subject == f"party:{case.party_id}"


def test_one_click_too_many_issues_one_document(centre: Cast) -> None:
    case = accepted(centre)
    form = "complaint_registration"
    sent = filled(case, form, centre.handler)
    first = seat(centre.handler).post(address(case, form), sent)
    again = seat(centre.handler).post(address(case, form), sent)
    assert (first.status_code, again.status_code) == (302, 422)
    assert CaseDocument.objects.get().number in again.content.decode()
