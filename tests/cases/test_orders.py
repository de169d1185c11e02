"""Supervision orders: numbers, who is bound, replies and their review, how one ends, who sees what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.order_messages import warn_of_orders
from suqing.cases.actions.orders import (
    StaleOrder,
    close_order,
    issue_order,
    reply_order,
    review_reply,
    withdraw_order,
)
from suqing.cases.models import Case, SupervisedReply, SupervisionOrder
from suqing.cases.oversight import OrderState, Part, ReplyState, Trigger
from suqing.cases.queries import Filters
from suqing.cases.queries.filters import filters_of, to_json
from suqing.cases.queries.orders import (
    bound_units,
    cases_of,
    is_overdue,
    order_for,
    orders_over,
    register,
    visible_orders,
    waiting_orders,
)
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from tests.cases.endings import sent
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
DUE = date(2020, 2, 3)


def price(centre: Cast) -> Unit:
    return Unit.objects.get(code="sz-price")


def issued(centre: Cast, **changes: Any) -> SupervisionOrder:
    """A joint order to Gusu, assisted by the price division."""
    given = {
        "title": "口罩价格投诉联动督办",
        "text": "请会同价格监管处核查辖区药店口罩价格并书面报告。",
        "trigger": "hot_topic",
        "due_on": DUE,
        "lead": centre.gusu,
        "assistants": [price(centre)],
        "by": centre.supervisor,
        "at": AT,
    }
    return issue_order(**{**given, **changes})


def replied(centre: Cast, order: SupervisionOrder, text: str = "已立案一起") -> SupervisedReply:
    return reply_order(order=order, unit=centre.gusu, reply=text, by=centre.handler, at=AT)


def reviewed(centre: Cast, order: SupervisionOrder, *, is_accepted: bool, note: str = "") -> SupervisedReply:
    return review_reply(
        order=order, unit=centre.gusu, is_accepted=is_accepted, note=note, by=centre.supervisor, at=AT
    )


def states(order: SupervisionOrder) -> dict[str, str]:
    return {bound.unit.code: bound.state for bound in bound_units(order)}


# Issuing


def test_a_joint_order_has_number_deadline_lead_and_assistant(centre: Cast) -> None:
    order = issued(centre)
    assert order.number == "苏市监督〔2020〕1号"
    assert (order.state, order.due_on, order.issuing_unit) == (OrderState.OPEN, DUE, centre.centre)
    assert [(b.unit.code, b.role) for b in bound_units(order)] == [
        ("sz-gusu", Part.LEAD),
        ("sz-price", Part.ASSISTANT),
    ]
    event = Event.objects.get(verb="supervision_order.issued")
    assert event.data["units"] == {"sz-gusu": "lead", "sz-price": "assistant"}
    assert "核查" not in str(event.data), "the words of an order stay in its row"


def test_numbers_run_per_unit_and_year_without_gaps(centre: Cast) -> None:
    first = issued(centre)
    with pytest.raises(Refused):
        issued(centre, due_on=date(2020, 1, 1))
    assert [first.serial, issued(centre).serial] == [1, 2]
    next_year = AT.replace(year=2021)
    assert issued(centre, at=next_year, due_on=date(2021, 3, 1)).number == "苏市监督〔2021〕1号"


def test_the_pattern_is_local_policy(centre: Cast) -> None:
    change_setting("orders.number_pattern", "{word}督字[{year}]第{serial}号", by=SYSTEM, at=AT)
    change_setting("orders.words", {"sz-12315": "苏"}, by=SYSTEM, at=AT)
    assert issued(centre).number == "苏督字[2020]第1号"
    for bad in ("{word}", "{year}{serial}{who}", "{year}/{serial}"):
        with pytest.raises(BadSetting):
            change_setting("orders.number_pattern", bad, by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"text": ""}, "text"),
        ({"trigger": "boredom"}, "trigger"),
        ({"due_on": date(2020, 1, 26)}, "due_on"),
        ({"filters": Filters(words="13800001234")}, "cases"),
    ],
)
def test_an_order_says_what_why_and_until_when(centre: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        issued(centre, **changes)
    assert refusal.value.field == field
    assert not SupervisionOrder.objects.exists()


def test_each_trigger_is_known_to_the_database(centre: Cast) -> None:
    assert len({issued(centre, trigger=str(one)).number for one in Trigger}) == 7


def test_an_order_binds_units_of_the_own_authority_once(centre: Cast) -> None:
    nanjing = Unit.objects.get(code="nj")
    for changes in (
        {"lead": nanjing},
        {"lead": centre.centre},
        {"assistants": [centre.gusu]},
        {"assistants": [price(centre), price(centre)]},
    ):
        with pytest.raises(Refused):
            issued(centre, **changes)
    assert len(bound_units(issued(centre, assistants=[price(centre), centre.wuzhong]))) == 3


@pytest.mark.parametrize(
    "name", ["call_taker", "dispatcher", "handler", "head", "analyst", "leader", "stranger"]
)
def test_only_supervisors_issue(centre: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        issued(centre, by=getattr(centre, name))


# Cases


def test_named_cases_are_counted_on_the_case_and_told_in_its_story(centre: Cast) -> None:
    case = sent(centre)
    for count in (1, 2):
        order = issued(centre, cases=[case])
        case.refresh_from_db()
        assert case.supervise_count == count
    assert Event.objects.filter(verb="case.supervised", subject_id=str(case.pk)).count() == 2
    assert orders_over(centre.handler, case)[0] == order
    assert orders_over(centre.other_handler, case) == []


def test_a_filter_is_asked_anew_unless_the_cases_are_held_fast(centre: Cast) -> None:
    first = sent(centre)
    kept = issued(centre, filters=Filters(kind="complaint"), freeze=True)
    live = issued(centre, filters=Filters(kind="complaint"))
    second = sent(centre)
    assert list(cases_of(centre.supervisor, kept, AT)) == [first]
    assert set(cases_of(centre.supervisor, live, AT)) == {first, second}
    first.refresh_from_db()
    assert first.supervise_count == 1, "only what is held fast is counted"


def test_what_comes_after_the_end_of_an_order_is_not_under_it(centre: Cast) -> None:
    first = sent(centre)
    live = issued(centre, filters=Filters(kind="complaint"))
    close_order(order=live, note="已无需督办", by=centre.supervisor, at=AT + timedelta(hours=1))
    live.refresh_from_db()
    one_case(centre.call_taker, at=AT + timedelta(hours=2))
    assert list(cases_of(centre.supervisor, live, AT + timedelta(hours=3))) == [first]


def test_a_filter_survives_being_written_down() -> None:
    asked = Filters(kind="report", unit=3, received_from=date(2020, 1, 20), parties=(1, 2), open_only=True)
    assert filters_of(to_json(asked)) == asked
    assert filters_of({"kind": "report", "of_old": 1}) == Filters(kind="report")


def test_over_a_report_only_those_see_it_who_may(centre: Cast) -> None:
    """O20 art. 33: the order is read by units that must not know of the report."""
    complaint, report = sent(centre), sent(centre, Kind.REPORT)
    order = issued(centre, cases=[complaint, report])
    assert set(cases_of(centre.supervisor, order, AT)) == {complaint, report}
    assert set(cases_of(centre.handler, order, AT)) == {complaint, report}
    assert set(cases_of(centre.leader, order, AT)) == {complaint}
    assert set(cases_of(centre.price_handler, order, AT)) == set()


def test_nobody_names_cases_out_of_sight(centre: Cast) -> None:
    report = one_case(centre.call_taker, Kind.REPORT)
    Case.objects.filter(pk=report.pk).update(archived_at=AT)
    with pytest.raises(Refused, match="archive"):
        issued(centre, cases=[report])


# Replies


def test_each_unit_replies_and_the_supervisor_reviews(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    reply_order(order=order, unit=price(centre), reply="已约谈", by=centre.price_handler, at=AT)
    assert states(order) == {"sz-gusu": ReplyState.WAITING, "sz-price": ReplyState.WAITING}
    reviewed(centre, order, is_accepted=False, note="请附检查笔录")
    assert states(order)["sz-gusu"] == ReplyState.SENT_BACK
    replied(centre, order, "附检查笔录三份")
    reviewed(centre, order, is_accepted=True)
    rounds = SupervisedReply.objects.filter(bound__unit=centre.gusu).order_by("round")
    assert [(one.round, one.text, one.is_accepted) for one in rounds] == [
        (1, "已立案一起", False),
        (2, "附检查笔录三份", True),
    ]
    assert rounds[0].review_note == "请附检查笔录"


def test_a_reply_is_of_the_own_unit_only(centre: Cast) -> None:
    order = issued(centre)
    with pytest.raises(Refused):
        reply_order(order=order, unit=centre.gusu, reply="x", by=centre.price_handler, at=AT)
    with pytest.raises(Refused):
        reply_order(order=order, unit=centre.wuzhong, reply="x", by=centre.other_handler, at=AT)
    with pytest.raises(NotPermitted):
        reply_order(order=order, unit=centre.gusu, reply="x", by=centre.supervisor, at=AT)
    assert not SupervisedReply.objects.exists()


def test_a_head_above_both_replies_for_either(centre: Cast) -> None:
    order = issued(centre)
    reply_order(order=order, unit=price(centre), reply="市局答复", by=centre.superior, at=AT)
    assert states(order)["sz-price"] == ReplyState.WAITING


def test_a_waiting_or_accepted_reply_is_not_written_over(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    with pytest.raises(Refused, match="waits for its review"):
        replied(centre, order, "另一份")
    reviewed(centre, order, is_accepted=True)
    with pytest.raises(Refused, match="accepted"):
        replied(centre, order, "另一份")
    with pytest.raises(Refused, match="No reply"):
        reviewed(centre, order, is_accepted=False, note="x")
    assert SupervisedReply.objects.count() == 1


def test_sending_back_needs_words(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    with pytest.raises(Refused) as refusal:
        reviewed(centre, order, is_accepted=False)
    assert refusal.value.field == "note"


def test_who_comes_second_is_told_but_other_units_do_not_hinder(centre: Cast) -> None:
    order = issued(centre)
    seen = {bound.unit.code: bound.revision for bound in bound_units(order)}
    replied(centre, order)
    with pytest.raises(StaleOrder):
        reply_order(order=order, unit=centre.gusu, reply="x", by=centre.head, at=AT, revision=seen["sz-gusu"])
    reply_order(
        order=order, unit=price(centre), reply="x", by=centre.price_handler, at=AT, revision=seen["sz-price"]
    )
    with pytest.raises(StaleOrder):
        close_order(order=order, note="够了", by=centre.supervisor, at=AT, revision=order.revision)
    order.refresh_from_db()
    assert order.state == OrderState.OPEN


# The end


def test_an_order_closes_when_the_leads_reply_is_accepted_or_with_a_reason(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    with pytest.raises(Refused) as refusal:
        close_order(order=order, by=centre.supervisor, at=AT)
    assert refusal.value.field == "note"
    reviewed(centre, order, is_accepted=True)
    assert close_order(order=order, by=centre.supervisor, at=AT).state == OrderState.CLOSED
    other = close_order(order=issued(centre), note="并入专项行动", by=centre.supervisor, at=AT)
    assert (other.state, other.closing_note, other.closed_by) == ("closed", "并入专项行动", centre.supervisor)


def test_an_order_is_withdrawn_with_a_reason_and_keeps_its_number(centre: Cast) -> None:
    order = issued(centre)
    with pytest.raises(Refused):
        withdraw_order(order=order, note=" ", by=centre.supervisor, at=AT)
    assert withdraw_order(order=order, note="重复", by=centre.supervisor, at=AT).state == OrderState.WITHDRAWN
    assert issued(centre).serial == 2


def test_nothing_is_done_to_an_order_that_has_ended(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    close_order(order=order, note="x", by=centre.supervisor, at=AT)
    again: tuple[Callable[[], object], ...] = (
        lambda: replied(centre, order),
        lambda: reviewed(centre, order, is_accepted=True),
        lambda: close_order(order=order, note="x", by=centre.supervisor, at=AT),
        lambda: withdraw_order(order=order, note="x", by=centre.supervisor, at=AT),
    )
    for act in again:
        with pytest.raises(Refused, match="no longer open"):
            act()


def test_units_neither_review_nor_close(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    for act in (close_order, withdraw_order):
        with pytest.raises(NotPermitted):
            act(order=order, note="x", by=centre.head, at=AT)
    with pytest.raises(NotPermitted):
        review_reply(order=order, unit=centre.gusu, is_accepted=True, by=centre.head, at=AT)


# The register


def test_units_see_only_orders_that_bind_them_or_what_is_below(centre: Cast) -> None:
    joint, other = issued(centre), issued(centre, lead=centre.wuzhong, assistants=[])
    sight = {
        name: set(visible_orders(getattr(centre, name)))
        for name in (
            "supervisor",
            "handler",
            "price_handler",
            "other_handler",
            "superior",
            "leader",
            "analyst",
        )
    }
    assert sight["supervisor"] == sight["superior"] == {joint, other}
    assert sight["handler"] == sight["price_handler"] == {joint}
    assert sight["other_handler"] == {other}
    assert sight["leader"] == sight["analyst"] == set()
    with pytest.raises(SupervisionOrder.DoesNotExist):
        order_for(centre.other_handler, joint.number)


def test_the_register_has_open_overdue_closed_and_mine(centre: Cast) -> None:
    late, fresh, ended = issued(centre), issued(centre, due_on=date(2020, 3, 1)), issued(centre)
    close_order(order=ended, note="x", by=centre.supervisor, at=AT)
    now = datetime(2020, 2, 4, 9, tzinfo=AT.tzinfo)

    def numbers(view: str, person: Any = None) -> set[int]:
        return {row.serial for row in register(person or centre.supervisor, view, now)}

    assert numbers("open") == {late.serial, fresh.serial}
    assert numbers("overdue") == {late.serial}
    assert numbers("closed") == {ended.serial}
    assert numbers("mine") == set(), "no reply waits for a review yet"
    assert numbers("mine", centre.handler) == {late.serial, fresh.serial}
    replied(centre, late)
    assert numbers("mine") == {late.serial}
    assert (waiting_orders(centre.supervisor), waiting_orders(centre.handler)) == (1, 1)
    assert is_overdue(late, now)
    assert not is_overdue(late, AT + timedelta(days=7))


# What people are told


def told(person: Person) -> list[tuple[str, str]]:
    return list(Message.objects.filter(recipient=person).order_by("id").values_list("code", "level"))


def test_units_are_told_of_the_order_and_of_what_became_of_their_reply(centre: Cast) -> None:
    order = issued(centre)
    replied(centre, order)
    reviewed(centre, order, is_accepted=False, note="请补充")
    assert told(centre.handler) == [("order.issued", "info"), ("order.reply_sent_back", "info")]
    assert told(centre.price_handler) == [("order.issued", "info")]
    assert told(centre.supervisor) == [("order.replied", "info")]
    assert told(centre.other_handler) == []
    message = Message.objects.get(recipient=centre.price_handler)
    assert (message.link_name, message.link_args) == ("supervision-order", [order.number])


def test_who_owes_a_reply_is_warned_48_and_24_hours_before_and_when_it_is_late(centre: Cast) -> None:
    order = issued(centre, due_on=date(2020, 2, 3))
    Message.objects.all().delete()
    end = datetime(2020, 2, 4, tzinfo=AT.tzinfo)
    reply_order(order=order, unit=price(centre), reply="已约谈", by=centre.price_handler, at=AT)
    Message.objects.all().delete()
    for hours, expected in ((49, 0), (48, 1), (47, 0), (24, 1), (1, 0), (0, 1), (-30, 0)):
        assert warn_of_orders(by=SYSTEM, at=end - timedelta(hours=hours)) == expected, hours
    assert told(centre.handler) == [("order.near", "soon")] * 2 + [("order.overdue", "breach")]
    assert told(centre.supervisor) == [("order.overdue", "breach")]
    assert told(centre.price_handler) == [], "its reply waits for the review"
    assert Event.objects.filter(verb="supervision_order.warned").count() == 3


def test_a_unit_without_handlers_is_told_through_the_next_rung(centre: Cast) -> None:
    medical = Unit.objects.get(code="sz-medical-device")
    issued(centre, assistants=[medical])
    assert ("order.issued", "info") in told(centre.superior), "the supervisor issued it"


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_take_numbers_side_by_side(centre: Cast) -> None:
    faults: list[BaseException] = []

    def issue() -> None:
        try:
            issued(centre)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=issue) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(SupervisionOrder.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("words", ["王小明 13800001234", "平江花园3幢502室", "口" * 300])
def test_a_filter_that_names_somebody_is_not_kept(centre: Cast, words: str) -> None:
    with pytest.raises(Refused):
        issued(centre, filters=Filters(words=words))
    assert not Event.objects.filter(verb="supervision_order.issued").exists()


def test_one_click_too_many_issues_one_order(centre: Cast) -> None:
    order = issued(centre, from_a_form=True)
    with pytest.raises(Refused) as refused:
        issued(centre, at=AT + timedelta(seconds=5), from_a_form=True)
    assert refused.value.values == {"number": order.number}
    assert issued(centre, at=AT + timedelta(minutes=2), from_a_form=True).serial == order.serial + 1
    assert issued(centre, title="另一份", at=AT, from_a_form=True).serial == order.serial + 2
