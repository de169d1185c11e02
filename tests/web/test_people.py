"""The people of a complaint on the case page: recorded by forms, masked, one reason away; decisions with their routes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person, PersonalLook
from suqing.cases.actions import complaints, dispatching, people
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, IdentityRequest, JointComplainant, Representation
from suqing.cases.other_routes import ROUTES
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.actions import change_setting, set_centre_clock
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cast import AT, SHANGHAI, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
IN_121 = datetime(2026, 5, 6, 10, 0, tzinfo=SHANGHAI)
AGENT = {
    "name": "赵代理",
    "phone": "13900002222",
    "id_number": "320508198001011234",
    "matters": "代为投诉口罩价格",
    "authority": "general",
    "has_original": "on",
    "has_agent_identity": "on",
}


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def dispatched(centre: Cast, *, at: datetime = AT) -> Case:
    if at != AT:
        set_centre_clock(mode="rehearsal", centre=at, speed=1.0, by=SYSTEM)
    case = one_case(centre.call_taker, at=at)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def taken(person: Person, case: Case, code: str, **typed: object) -> Any:
    case.refresh_from_db()
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


def page_of(person: Person, case: Case) -> str:
    answer = seat(person).get(f"/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def joined(centre: Cast, case: Case, name: str = "李小红", phone: str = "13700003333") -> JointComplainant:
    return people.join(
        case=case, party=PartyInput(name, phone), consented_on=AT.date(), by=centre.handler, at=AT
    )


# Agents


def test_an_agent_is_recorded_by_the_form_and_shown_masked(centre: Cast) -> None:
    case = dispatched(centre)
    assert taken(centre.handler, case, "agent", **AGENT).status_code == 200
    assert Representation.objects.get(case=case).agent.name_masked == "赵**"
    for person in (centre.handler, centre.analyst):
        page = page_of(person, case)
        assert "赵**" in page
        assert AGENT["name"] not in page
        assert AGENT["phone"] not in page
        assert "代理人不得代为和解" in page or "特别授权" in page


def test_the_missing_original_is_refused_beside_its_box_with_the_article(centre: Cast) -> None:
    case = dispatched(centre)
    answer = taken(centre.handler, case, "agent", **{**AGENT, "has_original": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_has_original_error"' in page
    assert "第十条" in page
    assert 'value="赵代理"' in page
    assert not Representation.objects.exists()


def test_the_agents_data_are_one_logged_reason_away(centre: Cast) -> None:
    case = dispatched(centre)
    taken(centre.handler, case, "agent", **AGENT)
    agent = Representation.objects.get(case=case).agent
    address = f"/cases/{case.number}/people/{agent.pk}/"
    client = seat(centre.handler)
    refused = client.post(address, {"reason": "看"}, headers=HTMX)
    assert refused.status_code == 422
    assert AGENT["phone"] not in refused.content.decode()
    shown = client.post(address, {"reason": "联系代理人补充材料"}, headers=HTMX).content.decode()
    assert AGENT["name"] in shown
    assert AGENT["phone"] in shown
    assert AGENT["id_number"] in shown
    look = PersonalLook.objects.get(reason="联系代理人补充材料")
    assert (look.person, look.subject) == (centre.handler, f"party:{agent.pk}")
    whole = client.post(address, {"reason": "联系代理人补充材料"}).content.decode()
    assert AGENT["name"] in whole
    assert "<html" in whole


def test_nobody_else_is_shown_through_the_address_of_a_case(centre: Cast) -> None:
    case, other = dispatched(centre), dispatched(centre)
    taken(centre.handler, other, "agent", **AGENT)
    agent = Representation.objects.get(case=other).agent
    client = seat(centre.handler)
    for party in (agent.pk, case.party_id):
        assert client.post(f"/cases/{case.number}/people/{party}/", {"reason": "看看而已"}).status_code == 404
    foreign = seat(centre.other_handler)
    assert (
        foreign.post(f"/cases/{other.number}/people/{agent.pk}/", {"reason": "看看而已"}).status_code == 404
    )
    assert not PersonalLook.objects.filter(subject=f"party:{agent.pk}").exists()


def test_an_agents_part_is_ended(centre: Cast) -> None:
    case = dispatched(centre)
    taken(centre.handler, case, "agent", **AGENT)
    assert "steps/end-agent/" in page_of(centre.handler, case)
    assert taken(centre.handler, case, "end-agent").status_code == 200
    page = page_of(centre.handler, case)
    assert "steps/agent/" in page
    assert "赵**" not in page


# Joint complaints


def test_people_join_choose_consent_and_leave_by_forms(centre: Cast) -> None:
    case = dispatched(centre)
    day = "2020-01-27"
    assert "steps/representatives/" not in page_of(centre.handler, case)
    for name, phone in (("李小红", "13700003333"), ("周小强", "13600004444")):
        answer = taken(centre.handler, case, "joint", name=name, phone=phone, consented_on=day)
        assert answer.status_code == 200
    first, second, third = JointComplainant.objects.filter(case=case).order_by("id")
    page = page_of(centre.handler, case)
    assert "李**" in page
    assert "李小红" not in page
    assert (
        taken(
            centre.handler, case, "representatives", complainants=[first.pk, second.pk], chosen_on=day
        ).status_code
        == 200
    )
    too_many = taken(
        centre.handler,
        case,
        "representatives",
        complainants=[first.pk, second.pk, third.pk],
        chosen_on=day,
    )
    assert too_many.status_code == 422
    assert "第十一条" in too_many.content.decode()
    assert taken(centre.handler, case, "withdraw", note="撤回").status_code == 422
    assert (
        taken(
            centre.handler, case, "joint-consent", act="give_up", complainants=[third.pk], given_on=day
        ).status_code
        == 200
    )
    assert "1 / 1" in page_of(centre.handler, case)
    assert taken(centre.handler, case, "withdraw", note="撤回").status_code == 200
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_somebody_leaves_by_the_form(centre: Cast) -> None:
    case = dispatched(centre)
    going = joined(centre, case)
    form = seat(centre.handler).get(f"/cases/{case.number}/steps/leave/", headers=HTMX).content.decode()
    assert "李**" in form
    assert "王**" not in form.split("sq-step-form", 1)[1].split("</form>", 1)[0]
    assert taken(centre.handler, case, "leave", complainant=going.pk).status_code == 200
    going.refresh_from_db()
    assert going.left_at is not None


# Who may, and what it costs


@pytest.mark.parametrize("code", ["agent", "joint", "publicity"])
def test_before_dispatch_the_centre_records_and_afterwards_the_unit(centre: Cast, code: str) -> None:
    case = one_case(centre.call_taker)
    assert f"steps/{code}/" in page_of(centre.call_taker, case)
    assert f"steps/{code}/" in page_of(centre.dispatcher, case)
    assert f"steps/{code}/" not in page_of(centre.analyst, case)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert f"steps/{code}/" not in page_of(centre.call_taker, case)
    assert f"steps/{code}/" in page_of(centre.handler, case)
    data = {"agent": AGENT, "joint": {"name": "李", "phone": "13700003333", "consented_on": "2020-01-27"}}
    given = data.get(code, {"consent": "yes"})
    assert taken(centre.call_taker, case, code, **given).status_code == 403


@pytest.mark.parametrize("kind", [Kind.CONSULTATION, Kind.REPORT])
def test_other_kinds_have_none_of_it_and_cost_no_query(centre: Cast, kind: Kind) -> None:
    case = one_case(centre.call_taker, kind)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = page_of(centre.dispatcher, case)
    assert "steps/agent/" not in page
    assert not [one for one in asked.captured_queries if "cases_representation" in one["sql"]]


def test_a_complaint_of_one_person_costs_one_query(centre: Cast) -> None:
    case = dispatched(centre)
    with CaptureQueriesContext(connection) as asked:
        page_of(centre.handler, case)
    assert len([one for one in asked.captured_queries if "cases_representation" in one["sql"]]) == 1


def test_two_people_at_once_do_not_overwrite_each_other(centre: Cast) -> None:
    case = dispatched(centre)
    taken(centre.handler, case, "agent", **AGENT)
    seen = {"revision": case.revision, "consent": "yes"}
    late = seat(centre.head).post(f"/cases/{case.number}/steps/publicity/", seen, headers=HTMX)
    assert late.status_code == 409
    case.refresh_from_db()
    assert case.publicity_consent is None


# Decisions


def test_a_late_acceptance_is_said_to_be_late_and_is_possible(centre: Cast) -> None:
    case = dispatched(centre)
    late = case.clocks.get(limit="D1").due_at + timedelta(days=1)
    set_centre_clock(mode="rehearsal", centre=late, speed=1.0, by=SYSTEM)
    form = seat(centre.handler).get(f"/cases/{case.number}/steps/accept/", headers=HTMX).content.decode()
    assert "已于" in form
    assert taken(centre.handler, case, "accept").status_code == 200
    assert "超过期限作出" in page_of(centre.handler, case)


def test_a_refusal_under_order_121_names_the_routes_and_shows_signs(centre: Cast) -> None:
    change_setting("risk.complaints", 2, by=SYSTEM, at=AT)
    one_case(centre.call_taker, at=IN_121)
    case = dispatched(centre, at=IN_121)
    form = seat(centre.handler).get(f"/cases/{case.number}/steps/refuse/", headers=HTMX).content.decode()
    assert form.count('name="routes"') == 5
    assert form.count("sq-sign") == 1
    assert "第十七条" in form
    left_out = taken(centre.handler, case, "refuse", ground="too_late", note="逾三年", routes=["court"])
    assert left_out.status_code == 422
    assert 'id="id_routes_error"' in left_out.content.decode()
    assert (
        taken(
            centre.handler, case, "refuse", ground="too_late", note="逾三年", routes=list(ROUTES)
        ).status_code
        == 200
    )
    assert Event.objects.get(verb="case.refused").data["routes"] == list(ROUTES)
    assert "向人民法院提起诉讼" in page_of(centre.handler, case)


def test_identity_is_asked_for_and_recorded_by_forms(centre: Cast) -> None:
    case = dispatched(centre, at=IN_121)
    asked = taken(centre.handler, case, "ask_identity", wanted="身份证正反面", deadline_on="2026-05-11")
    assert asked.status_code == 200
    page = page_of(centre.handler, case)
    assert "身份证正反面" in page
    assert "steps/ask_identity/" not in page
    assert taken(centre.handler, case, "record_identity", is_proved="no").status_code == 422
    assert (
        taken(centre.handler, case, "record_identity", is_proved="no", note="逾期未提供").status_code == 200
    )
    assert IdentityRequest.objects.get().is_proved is False


def test_consent_to_publicity_is_changed_and_told(centre: Cast) -> None:
    case = dispatched(centre)
    assert taken(centre.handler, case, "publicity", consent="yes").status_code == 200
    page = page_of(centre.handler, case)
    assert "是否同意公示投诉信息" in page
    ended = complaints.withdraw(case=case, note="撤回", by=centre.handler, at=AT)
    assert "steps/publicity/" in page_of(centre.handler, ended)
    assert "steps/agent/" not in page_of(centre.handler, ended)


def test_the_day_of_publicity_is_recorded_and_told(centre: Cast) -> None:
    case = dispatched(centre)
    taken(centre.handler, case, "publicity", consent="yes")
    assert "steps/publication/" not in page_of(centre.handler, case)
    ended = complaints.withdraw(case=case, note="撤回", by=centre.handler, at=AT)
    assert "steps/publication/" in page_of(centre.handler, ended)
    wrong = taken(centre.handler, ended, "publication", publicised_on="2020-01-01")
    assert "公示日期应在办结日与今日之间" in wrong.content.decode()
    assert taken(centre.handler, ended, "publication", publicised_on=AT.date().isoformat()).status_code == 200
    page = page_of(centre.handler, ended)
    assert "登记投诉信息于2020-01-27公示" in page
    assert "公示日期" in page
