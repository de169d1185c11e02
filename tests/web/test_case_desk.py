"""The case page: who sees what of it, what can be done, what is refused and how it is said."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person, PersonalLook
from suqing.cases import queries
from suqing.cases.actions import complaints, dispatching
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.lawclock.queries import say, say_day
from suqing.ledger.actions import set_centre_clock
from suqing.web.desks.steps.registry import STEPS
from tests.cases.examples import NARRATIVE, WANG, matter, one_case, registered
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
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


def page_of(person: Person, case: Case, **options: object) -> str:
    answer = seat(person).get(f"/cases/{case.number}/", **options)
    assert answer.status_code == 200
    return answer.content.decode()


def step(person: Person, case: Case, code: str, **typed: object):  # type: ignore[no-untyped-def]
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


# Who opens it


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("call_taker", 200),
        ("dispatcher", 200),
        ("handler", 200),
        ("other_handler", 404),
        ("supervisor", 200),
        ("analyst", 200),
        ("editor", 200),
        ("leader", 200),
        ("inspector", 200),
        ("administrator", 403),
        ("stranger", 403),
    ],
)
def test_who_opens_a_complaint_of_gusu(centre: Cast, name: str, status: int) -> None:
    case = dispatched(centre)
    assert seat(getattr(centre, name)).get(f"/cases/{case.number}/").status_code == status


def test_a_report_is_not_there_for_those_who_may_not_see_reports(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    assert seat(centre.leader).get(f"/cases/{case.number}/").status_code == 404
    assert seat(centre.analyst).get(f"/cases/{case.number}/").status_code == 200


def test_another_units_number_and_one_that_does_not_exist_look_the_same(centre: Cast) -> None:
    case = dispatched(centre)
    client = seat(centre.other_handler)
    foreign = client.get(f"/cases/{case.number}/").content.decode()
    missing = client.get("/cases/TS20200127999999/").content.decode()
    assert "不存在，或者不在您的单位" in foreign
    assert foreign.replace(case.number, "TS20200127999999").count("TS20200127999999") == missing.count(
        "TS20200127999999"
    )
    for address in ("preview/", "steps/accept/", "clocks/1/"):
        assert client.get(f"/cases/{case.number}/{address}").status_code == 404


# What it shows


def test_words_and_person_are_masked_without_the_right(centre: Cast) -> None:
    page = page_of(centre.analyst, dispatched(centre))
    assert WANG.phone not in page
    assert WANG.name not in page
    assert "王**" in page
    assert "口罩" in page


def test_the_handler_sees_what_was_said(centre: Cast) -> None:
    page = page_of(centre.handler, dispatched(centre))
    assert WANG.phone in page
    assert WANG.name in page
    assert "姑苏区平江路1号" in page


def test_unmasking_needs_a_reason_and_is_logged(centre: Cast) -> None:
    case = dispatched(centre)
    client = seat(centre.call_taker)
    address = f"/cases/{case.number}/person/"
    refused = client.post(address, {"reason": "看"}, headers=HTMX)
    assert refused.status_code == 422
    assert 'value="看"' in refused.content.decode()
    assert WANG.phone not in refused.content.decode()
    assert not PersonalLook.objects.exists()
    shown = client.post(address, {"reason": "当事人来电补充证据"}, headers=HTMX).content.decode()
    assert WANG.phone in shown
    assert "hx-swap-oob" in shown
    look = PersonalLook.objects.get()
    assert (look.person, look.reason) == (centre.call_taker, "当事人来电补充证据")
    assert case.party is not None
    assert look.subject == f"party:{case.party.pk}"


def test_unmasking_without_scripts_shows_the_whole_page(centre: Cast) -> None:
    case = dispatched(centre)
    page = seat(centre.call_taker).post(f"/cases/{case.number}/person/", {"reason": "当事人来电"})
    assert WANG.phone in page.content.decode()
    assert "办理期限" in page.content.decode()


@pytest.mark.parametrize("name", ["analyst", "editor", "inspector", "leader"])
def test_those_without_the_right_cannot_unmask(centre: Cast, name: str) -> None:
    case = dispatched(centre)
    answer = seat(getattr(centre, name)).post(f"/cases/{case.number}/person/", {"reason": "想看一看"})
    assert answer.status_code == 403
    assert not PersonalLook.objects.exists()


def test_amounts_stand_out_and_nothing_is_lost(centre: Cast) -> None:
    page = page_of(centre.handler, dispatched(centre))
    assert "<mark>" in page
    plain = page.replace("<mark>", "").replace("</mark>", "")
    assert NARRATIVE in plain


def test_the_other_case_of_a_contact_shows_only_to_those_who_may_see_it(centre: Cast) -> None:
    contact = registered(
        centre.call_taker, matter(narrative="投诉口罩"), matter(Kind.REPORT, narrative="举报口罩")
    )
    complaint, report = contact.cases.order_by("kind")
    assert report.number in page_of(centre.analyst, complaint)
    assert report.number not in page_of(centre.leader, complaint)


def test_the_page_asks_the_same_number_of_queries_however_long_the_story(centre: Cast) -> None:
    client = seat(centre.handler)

    def count(case: Case) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/cases/{case.number}/").status_code == 200
        return len(caught)

    case = dispatched(centre)
    for _turn in range(5):
        short = count(case)
        case.refresh_from_db()
        dispatching.send_back(case=case, reason="unclear", note="说不清", by=centre.handler, at=AT)
        case = dispatching.uphold(case=case, by=centre.dispatcher, at=AT)
        case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert count(case) == short
    assert short <= 45


# What can be done


def test_each_step_stands_with_its_article(centre: Cast) -> None:
    page = page_of(centre.handler, dispatched(centre))
    assert "《市场监督管理投诉举报处理暂行办法》第十四条" in page
    assert "《市场监督管理投诉举报处理暂行办法》第十五条" in page
    assert "/steps/accept/" in page
    assert "/steps/close/" not in page


def test_the_analyst_can_do_nothing(centre: Cast) -> None:
    assert "/steps/" not in page_of(centre.analyst, dispatched(centre))


def test_dispatch_proposes_the_unit_of_the_place_and_a_day(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    form = seat(centre.dispatcher).get(f"/cases/{case.number}/steps/dispatch/", headers=HTMX).content.decode()
    assert f'<option value="{centre.gusu.pk}" selected>' in form
    assert 'value="2020-02-1' in form, "seven working days on, past the long holiday"
    answer = step(centre.dispatcher, case, "dispatch", to_unit=centre.gusu.pk, report_back_on="2020-02-10")
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == f"/cases/{case.number}/"
    case.refresh_from_db()
    assert case.responsible_unit == centre.gusu


def test_an_action_that_refuses_speaks_beside_the_field_and_keeps_what_was_typed(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    answer = step(
        centre.dispatcher,
        case,
        "dispatch",
        to_unit=centre.gusu.pk,
        report_back_on="2020-01-01",
        note="尽快核实",
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="id_report_back_on_error"' in page
    assert "尽快核实" in page
    case.refresh_from_db()
    assert case.state == State.REGISTERED


def test_the_grounds_of_refusal_are_those_of_the_regime(centre: Cast) -> None:
    case = dispatched(centre)
    form = seat(centre.handler).get(f"/cases/{case.number}/steps/refuse/", headers=HTMX).content.decode()
    assert form.count('name="ground"') == 6
    assert "第十五条第一款第（四）项" in form
    answer = step(centre.handler, case, "refuse", ground="too_late", note="超过三年")
    assert answer.status_code == 200
    case.refresh_from_db()
    assert (case.state, case.ground) == (State.REFUSED, "too_late")
    page = page_of(centre.handler, case)
    assert "第十五条第一款第（四）项" in page
    steps = set(re.findall(r"/steps/(\w+)/", page))
    # Consent to publicity can still be taken back: what is made public is made so after the end.
    assert steps == {"archive", "publicity"}, "an ended case is read-only until somebody has it handled anew"


def test_a_complaint_is_carried_through_by_the_page(centre: Cast) -> None:
    case = dispatched(centre)
    for code, typed in (
        ("assign", {"unit": centre.gusu.pk, "handler": centre.handler.pk}),
        ("accept", {"note": ""}),
        ("mediate", {"both_consent": "on"}),
        ("close", {"outcome": "mediated", "note": "退还差价", "recovered_amount": "25.00"}),
    ):
        case.refresh_from_db()
        answer = step(centre.handler, case, code, **typed)
        assert answer.status_code == 200, (code, answer.content.decode())
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.MEDIATED)
    page = page_of(centre.handler, case)
    assert "退还差价" in page
    assert "25.00 元" in page


def test_a_report_is_carried_through_and_the_notice_is_recorded(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    notice = {"matters": "filing", "way": "phone", "given_on": "2020-01-27"}
    for code, typed in (("check", {}), ("file", {"note": "线索属实"}), ("notice", notice)):
        case.refresh_from_db()
        assert step(centre.handler, case, code, **typed).status_code == 200, code
    case.refresh_from_db()
    assert (
        step(centre.handler, case, "close", outcome="penalty", note="罚款", penalty_amount="5000").status_code
        == 200
    )
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_a_consultation_is_answered(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.CONSULTATION)
    assert step(centre.call_taker, case, "answer", text="请拨打12345").status_code == 200
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_a_returned_case_leaves_the_handlers_sight(centre: Cast) -> None:
    case = dispatched(centre)
    answer = step(centre.handler, case, "return", reason="unclear", note="说不清哪家店")
    assert answer["HX-Redirect"] == "/cases/"
    assert seat(centre.handler).get(f"/cases/{case.number}/").status_code == 404
    assert "说不清哪家店" in page_of(centre.dispatcher, case)


def test_a_step_that_the_state_does_not_have_is_a_conflict_in_plain_words(centre: Cast) -> None:
    case = dispatched(centre)
    crafted = step(centre.handler, case, "close", outcome="mediated", note="糊弄过去")
    assert crafted.status_code == 409
    page = crafted.content.decode()
    assert "没有任何改动" in page
    assert "糊弄过去" in page
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    whole = seat(centre.handler).post(f"/cases/{case.number}/steps/close/", {"outcome": "mediated"})
    assert whole.status_code == 409
    assert "办理期限" in whole.content.decode(), "without scripts the whole page answers"


def test_a_step_of_somebody_elses_role_is_refused(centre: Cast) -> None:
    case = dispatched(centre)
    assert step(centre.dispatcher, case, "accept").status_code == 403
    assert step(centre.analyst, case, "accept").status_code == 403
    assert seat(centre.dispatcher).get(f"/cases/{case.number}/steps/accept/").status_code == 403
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def test_who_comes_second_is_told_what_happened_and_keeps_the_text(centre: Cast) -> None:
    case = dispatched(centre)
    seen = case.revision
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    answer = step(centre.handler, case, "refuse", revision=seen, ground="other", note="一长段理由")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "一长段理由" in page
    assert "交由顾办理" in page, "what happened since"
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    again = step(centre.handler, case, "refuse", revision=case.revision, ground="other", note="一长段理由")
    assert again.status_code == 200


def test_who_comes_second_to_a_step_that_is_gone_can_copy_the_text(centre: Cast) -> None:
    case = dispatched(centre)
    seen = case.revision
    complaints.refuse(case=case, ground="other", note="不受理", by=centre.handler, at=AT)
    answer = step(centre.handler, case, "accept", revision=seen, note="我写的备注")
    assert answer.status_code == 409
    assert "我写的备注" in answer.content.decode()


@pytest.mark.parametrize("code", sorted(STEPS))
def test_no_form_breaks_on_nothing_typed(centre: Cast, code: str) -> None:
    case = dispatched(centre)
    assert seat(centre.handler).post(f"/cases/{case.number}/steps/{code}/", {}).status_code in (
        302,
        403,
        409,
        422,
    )


def test_a_notice_that_nothing_waits_for_is_not_recorded(centre: Cast) -> None:
    case = dispatched(centre)
    answer = step(centre.handler, case, "notice")
    assert answer.status_code == 422
    assert "没有等待告知的期限" in answer.content.decode()


def test_an_unknown_step_is_no_page(centre: Cast) -> None:
    case = dispatched(centre)
    assert seat(centre.handler).get(f"/cases/{case.number}/steps/burn/").status_code == 404


# Clocks


def test_the_count_on_the_page_is_that_of_the_law_clock(centre: Cast) -> None:
    case = dispatched(centre)
    clock = case.clocks.get(limit="D1")
    page = seat(centre.handler).get(f"/cases/{case.number}/clocks/{clock.pk}/", headers=HTMX).content.decode()
    found = queries.explanation(clock, AT.date())
    assert page.count("<tr") == len(found.days)
    for sentence in found.sentences:
        assert say(sentence) in page
    for line in found.days:
        assert say_day(line) in page
    assert "春节" in page


def test_an_overdue_clock_says_so_in_words(centre: Cast) -> None:
    case = dispatched(centre)
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=60), speed=1.0, by=SYSTEM)
    page = page_of(centre.handler, case)
    assert "已超期" in page
    assert "is-breach" in page


# The contact


def test_the_contact_shows_its_cases_and_masks_the_words(centre: Cast) -> None:
    case = dispatched(centre)
    address = f"/submissions/{case.submission.number}/"
    page = seat(centre.analyst).get(address).content.decode()
    assert case.number in page
    assert WANG.phone not in page
    assert case.number in seat(centre.handler).get(address).content.decode()
    assert seat(centre.other_handler).get(address).status_code == 404
    assert seat(centre.leader).get(address).status_code == 403


def test_the_words_of_a_contact_do_not_betray_a_report(centre: Cast) -> None:
    contact = registered(
        centre.call_taker,
        matter(narrative="口罩太贵要退款"),
        matter(Kind.REPORT, narrative="隔壁店没有执照"),
        narrative="口罩太贵要退款，隔壁店没有执照",
    )
    page = seat(centre.inspector).get(f"/submissions/{contact.number}/").content.decode()
    assert "没有执照" not in page
    assert "只向可查看全部工单的人员显示" in page


def test_a_contact_with_a_hidden_report_looks_like_one_without(centre: Cast) -> None:
    said = "口罩太贵要退款"
    report = matter(Kind.REPORT, narrative="隔壁店没有执照", is_real_name=False)
    mixed = registered(centre.call_taker, matter(narrative=said), report, narrative=said)
    alone = registered(centre.call_taker, matter(narrative=said), narrative=said)
    pages = []
    for contact in (mixed, alone):
        page = seat(centre.inspector).get(f"/submissions/{contact.number}/").content.decode()
        for number in (contact.number, contact.cases.get(kind=Kind.COMPLAINT).number):
            page = page.replace(number, "")
        moving = ("csrf", "sq-clock", "sq-live")  # a key of the form, and the moment of the look
        pages.append([line for line in page.splitlines() if not any(one in line for one in moving)])
    assert pages[0] == pages[1]


def test_an_anonymous_report_and_its_contact_cannot_be_traced_to_each_other(centre: Cast) -> None:
    report = matter(Kind.REPORT, narrative="隔壁店没有执照", is_real_name=False)
    contact = registered(centre.call_taker, matter(narrative="口罩太贵"), report)
    found, complaint = (contact.cases.get(kind=kind) for kind in (Kind.REPORT, Kind.COMPLAINT))
    for case in (found, complaint):
        dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    page = page_of(centre.handler, found)
    assert "匿名" in page
    assert contact.number not in page
    assert complaint.number not in page
    assert found.number not in page_of(centre.handler, complaint)
    assert found.number not in seat(centre.handler).get(f"/submissions/{contact.number}/").content.decode()
    # The desks that took it down go from one to the other.
    assert found.number in seat(centre.dispatcher).get(f"/submissions/{contact.number}/").content.decode()


def test_who_names_himself_in_an_anonymous_report_is_not_named_by_role(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.REPORT, is_real_name=False)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    page = page_of(centre.handler, case)
    assert WANG.phone not in page
    assert not PersonalLook.objects.filter(person=centre.handler).exists()
    asked = {"reason": "核对举报线索中的电话"}
    shown = seat(centre.handler).post(f"/cases/{case.number}/person/", asked, headers=HTMX).content.decode()
    assert WANG.phone in shown
    assert PersonalLook.objects.filter(person=centre.handler).count() == 1


@pytest.mark.parametrize("address", ["", "preview/", "steps/accept/", "steps/mediate/"])
def test_every_page_that_shows_a_case_in_plain_logs_it(centre: Cast, address: str) -> None:
    case = dispatched(centre)
    page = seat(centre.handler).get(f"/cases/{case.number}/{address}").content.decode()
    assert ("13800001234" in page) == PersonalLook.objects.filter(person=centre.handler).exists()
    assert PersonalLook.objects.filter(person=centre.handler).count() <= 1


# Erasing


def test_erasing_says_what_goes_needs_a_reason_and_is_the_supervisors(centre: Cast) -> None:
    case = dispatched(centre)
    address = f"/cases/{case.number}/person/erase/"
    assert seat(centre.handler).get(address).status_code == 403
    client = seat(centre.supervisor)
    assert "身份证件号码" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "本人依法申请删除", "understood": "on"}).status_code == 302
    page = page_of(centre.handler, case)
    assert WANG.phone not in page
    assert "个人信息已删除" in page
    assert client.get(address).status_code == 404


def test_no_case_page_holds_inline_script_or_style(centre: Cast) -> None:
    case = dispatched(centre)
    client = seat(centre.handler)
    for address in ("", "steps/accept/", "steps/refuse/", f"clocks/{case.clocks.first().pk}/", "preview/"):  # type: ignore[union-attr]
        page = client.get(f"/cases/{case.number}/{address}").content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
