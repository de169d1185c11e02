"""The pages of supervision orders: who sees what, issuing from a case and from a list, replies, reviews, the end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.accounts.models import Person, Unit
from suqing.cases.actions.orders import issue_order, reply_order
from suqing.cases.models import Case, SupervisedReply, SupervisionOrder
from suqing.cases.oversight import OrderState, ReplyState
from suqing.cases.queries import Filters
from suqing.cases.queries.orders import bound_units
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.cases.endings import sent
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on the morning of 27 January 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def price() -> Unit:
    return Unit.objects.get(code="sz-price")


def issued(centre: Cast, **changes: Any) -> SupervisionOrder:
    given = {
        "title": "口罩价格联动督办",
        "text": "请会同价格监管处核查，联系人13800001234。",
        "trigger": "hot_topic",
        "due_on": date(2020, 2, 3),
        "lead": centre.gusu,
        "assistants": [price()],
        "by": centre.supervisor,
        "at": AT,
    }
    return issue_order(**{**given, **changes})


def act(person: Person, order: SupervisionOrder, code: str, unit: Unit | None = None, **typed: Any) -> Any:
    address = reverse("supervision-act", args=[order.number, code])
    return seat(person).post(f"{address}?unit={unit.pk}" if unit else address, typed)


def page_of(person: Person, order: SupervisionOrder) -> str:
    answer = seat(person).get(reverse("supervision-order", args=[order.number]))
    assert answer.status_code == 200
    return answer.content.decode()


# Who sees it


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("supervisor", 200),
        ("handler", 200),
        ("head", 200),
        ("price_handler", 200),
        ("superior", 200),
        ("other_handler", 404),
        ("call_taker", 403),
        ("dispatcher", 403),
        ("analyst", 403),
        ("leader", 403),
        ("inspector", 403),
        ("administrator", 403),
        ("stranger", 403),
    ],
)
def test_who_opens_an_order_to_gusu_and_the_price_division(centre: Cast, name: str, status: int) -> None:
    order = issued(centre)
    person = getattr(centre, name)
    assert seat(person).get(reverse("supervision-order", args=[order.number])).status_code == status
    register = seat(person).get("/supervision/")
    assert (order.number in register.content.decode()) is (status == 200)


def test_each_act_is_offered_to_whom_it_belongs(centre: Cast) -> None:
    order = issued(centre)
    reply_order(order=order, unit=centre.gusu, reply="已核查", by=centre.handler, at=AT)
    acts = {
        name: {
            code
            for code in ("reply", "review", "close", "withdraw")
            if f"/{code}/" in page_of(getattr(centre, name), order)
        }
        for name in ("supervisor", "handler", "head", "price_handler", "superior")
    }
    assert acts == {
        "supervisor": {"review", "close", "withdraw"},
        "handler": set(),
        "head": set(),
        "price_handler": {"reply"},
        "superior": {"reply"},
    }


@pytest.mark.parametrize("code", ["review", "close", "withdraw"])
def test_units_are_refused_what_is_the_issuers(centre: Cast, code: str) -> None:
    order = issued(centre)
    reply_order(order=order, unit=centre.gusu, reply="已核查", by=centre.handler, at=AT)
    answer = act(centre.head, order, code, centre.gusu, decision="accept", note="x")
    assert answer.status_code == 403
    order.refresh_from_db()
    assert order.state == OrderState.OPEN


def test_a_report_under_an_order_shows_only_to_who_may_see_it(centre: Cast) -> None:
    complaint, report = sent(centre), sent(centre, Kind.REPORT)
    order = issued(centre, cases=[complaint, report])
    assert report.number in page_of(centre.handler, order)
    price_page = page_of(centre.price_handler, order)
    assert report.number not in price_page
    assert complaint.number not in price_page
    assert "您能看到0件" in price_page


def test_replies_are_read_by_all_bound_units_and_masked_for_the_others(centre: Cast) -> None:
    order = issued(centre)
    reply_order(order=order, unit=centre.gusu, reply="王先生13800001234已退款", by=centre.handler, at=AT)
    assert "13800001234已退款" in page_of(centre.handler, order)
    for person in (centre.supervisor, centre.price_handler):
        page = page_of(person, order)
        assert "已退款" in page
        assert "13800001234" not in page


# Issuing


def typed(centre: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "title": "口罩价格联动督办",
        "text": "请核查并报告",
        "trigger": "hot_topic",
        "due_on": "2020-02-03",
        "lead": centre.gusu.pk,
        "assistants": [price().pk],
        **changes,
    }


def test_an_order_is_issued_from_the_case_page(centre: Cast) -> None:
    case = sent(centre)
    client = seat(centre.supervisor)
    assert "/steps/supervise/" in client.get(f"/cases/{case.number}/").content.decode()
    form = client.get(f"/cases/{case.number}/steps/supervise/").content.decode()
    assert f'<option value="{centre.gusu.pk}" selected>' in form, "who has the case leads"
    assert 'value="2020-01-30"' in form, "a day is proposed as the browser reads it"
    answer = client.post(f"/cases/{case.number}/steps/supervise/", typed(centre, revision=case.revision))
    assert answer.status_code == 302
    order = SupervisionOrder.objects.get()
    assert [one.unit for one in bound_units(order)] == [centre.gusu, price()]
    assert list(Case.objects.filter(supervised_by__order=order)) == [case]
    page = seat(centre.handler).get(f"/cases/{case.number}/").content.decode()
    assert order.number in page
    assert "督办1次" in page
    assert "发出督办单" in page


def test_only_supervisors_are_offered_the_order_over_a_case(centre: Cast) -> None:
    case = sent(centre)
    for name in ("handler", "head", "dispatcher", "call_taker", "analyst"):
        assert (
            "/steps/supervise/"
            not in seat(getattr(centre, name)).get(f"/cases/{case.number}/").content.decode()
        )
    answer = seat(centre.head).post(f"/cases/{case.number}/steps/supervise/", typed(centre))
    assert answer.status_code == 403
    assert not SupervisionOrder.objects.exists()


def test_an_order_is_issued_over_the_filter_of_the_list(centre: Cast) -> None:
    sent(centre)
    client = seat(centre.supervisor)
    page = client.get("/cases/?view=open&kind=complaint").content.decode()
    assert "/supervision/new/?view=open&amp;kind=complaint" in page
    form = client.get("/supervision/new/?view=open&kind=complaint").content.decode()
    assert 'name="freeze"' in form
    assert 'name="cases"' not in form
    answer = client.post("/supervision/new/?view=open&kind=complaint", typed(centre))
    assert answer.status_code == 302
    order = SupervisionOrder.objects.get()
    assert order.filter == {"kind": "complaint", "open_only": True}
    sent(centre)
    shown = page_of(centre.supervisor, order)
    assert "您能看到2件" in shown
    assert "/cases/?view=open&amp;kind=complaint" in shown


def test_cases_can_be_held_fast_at_issue(centre: Cast) -> None:
    case = sent(centre)
    seat(centre.supervisor).post("/supervision/new/?view=open", typed(centre, freeze="on"))
    sent(centre)
    shown = page_of(centre.supervisor, SupervisionOrder.objects.get())
    assert "您能看到1件" in shown
    assert case.number in shown


def test_numbers_can_be_typed_and_one_that_is_not_there_is_named(centre: Cast) -> None:
    first, second = sent(centre), sent(centre)
    client = seat(centre.supervisor)
    form = client.get(f"/supervision/new/?case={first.number}").content.decode()
    assert first.number in form
    wrong = client.post("/supervision/new/", typed(centre, cases="TS20200127999999"))
    assert wrong.status_code == 422
    assert "TS20200127999999" in wrong.content.decode()
    assert "口罩价格联动督办" in wrong.content.decode(), "what was typed is kept"
    right = client.post("/supervision/new/", typed(centre, cases=f"{first.number.lower()}，{second.number}"))
    assert right.status_code == 302
    assert Case.objects.filter(supervised_by__order=SupervisionOrder.objects.get()).count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"text": ""}, "text"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"lead": "999999"}, "lead"),
        ({"trigger": "boredom"}, "trigger"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(centre: Cast, changes: dict[str, str], field: str) -> None:
    answer = seat(centre.supervisor).post("/supervision/new/", typed(centre, **changes))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not SupervisionOrder.objects.exists()


def test_a_unit_named_twice_is_refused_in_words(centre: Cast) -> None:
    answer = seat(centre.supervisor).post("/supervision/new/", typed(centre, assistants=[centre.gusu.pk]))
    assert answer.status_code == 422
    assert "重复出现" in answer.content.decode()


# Replies, review, end


def test_a_joint_order_goes_its_whole_way_by_the_pages(centre: Cast) -> None:
    order = issued(centre)
    assert act(centre.handler, order, "reply", centre.gusu, reply="立案一起").status_code == 302
    assert act(centre.price_handler, order, "reply", price(), reply="已约谈").status_code == 302
    back = act(centre.supervisor, order, "review", centre.gusu, decision="back", note="")
    assert back.status_code == 422
    assert 'id="id_note_error"' in back.content.decode()
    assert (
        act(centre.supervisor, order, "review", centre.gusu, decision="back", note="附笔录").status_code
        == 302
    )
    assert "附笔录" in page_of(centre.handler, order)
    assert act(centre.handler, order, "reply", centre.gusu, reply="附笔录三份").status_code == 302
    early = act(centre.supervisor, order, "close")
    assert early.status_code == 422
    assert "尚未认可" in early.content.decode()
    assert act(centre.supervisor, order, "review", centre.gusu, decision="accept").status_code == 302
    assert act(centre.supervisor, order, "close").status_code == 302
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED
    page = page_of(centre.price_handler, order)
    assert "附笔录三份" in page
    assert "/reply/" not in page


def test_who_comes_second_is_told_and_keeps_the_text(centre: Cast) -> None:
    order = issued(centre)
    seen = bound_units(order)[0].revision
    reply_order(order=order, unit=centre.gusu, reply="先到的", by=centre.head, at=AT)
    answer = act(centre.handler, order, "reply", centre.gusu, reply="后到的一长段", revision=seen)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "后到的一长段" in page
    assert "先到的" in page
    assert SupervisedReply.objects.get().text == "先到的"


def test_two_supervisors_closing_at_once_do_not_overwrite(centre: Cast) -> None:
    order = issued(centre)
    assert act(centre.supervisor, order, "close", note="并入专项", revision=order.revision).status_code == 302
    late = act(centre.supervisor, order, "withdraw", note="重复了", revision=order.revision)
    assert late.status_code == 409
    assert "重复了" in late.content.decode()
    order.refresh_from_db()
    assert (order.state, order.closing_note) == (OrderState.CLOSED, "并入专项")


def test_an_act_that_is_none_and_a_unit_that_is_not_bound_are_not_found(centre: Cast) -> None:
    order = issued(centre)
    assert act(centre.supervisor, order, "burn").status_code == 404
    assert act(centre.handler, order, "reply", centre.wuzhong, reply="x").status_code == 404
    assert act(centre.handler, order, "reply", reply="x").status_code == 404


# The register


def test_the_register_has_views_an_empty_state_and_pages(centre: Cast) -> None:
    client = seat(centre.supervisor)
    assert "这里没有督办单" in client.get("/supervision/?view=overdue").content.decode()
    for number in range(51):
        issued(centre, title=f"第{number}件", assistants=[], at=AT + timedelta(minutes=number))
    first = client.get("/supervision/").content.decode()
    assert "第50件" in first
    assert "第0件" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "第0件" in client.get(older).content.decode()


def test_the_rail_counts_what_waits_for_the_person(centre: Cast) -> None:
    order = issued(centre)
    rail = seat(centre.handler).get("/supervision/?view=mine").content.decode()
    assert order.number in rail
    assert 'class="sq-count">1' in rail
    assert bound_units(order)[0].state == ReplyState.OWED


def test_the_register_and_the_order_ask_the_same_number_of_queries_however_long(centre: Cast) -> None:
    client = seat(centre.supervisor)

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    order = issued(centre, filters=Filters(kind="complaint"), freeze=True)
    address = reverse("supervision-order", args=[order.number])
    sent(centre)
    few, short = count("/supervision/"), count(address)
    for _number in range(4):
        issued(centre)
        sent(centre)
        reply_order(order=order, unit=centre.gusu, reply="x", by=centre.handler, at=AT)
        act(centre.supervisor, order, "review", centre.gusu, decision="back", note="再来")
    assert count("/supervision/") == few <= 20
    assert count(address) <= short + 6, "replies and people are read at once"
