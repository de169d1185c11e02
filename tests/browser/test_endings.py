"""A complaint brought to every kind of ending that the two regulations know, at the case page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from suqing.cases import other_routes
from suqing.cases.actions import complaints, mediation, mediation_sessions
from suqing.cases.grounds import EXPIRED, FOUND_LATER, refusal, termination
from suqing.cases.models import Case, Mediation
from suqing.cases.vocabulary import Outcome, State
from suqing.ledger.queries import events_of
from tests.browser.walking import (
    AFTER,
    BEFORE,
    choose,
    food,
    let_it_be,
    see,
    send,
    send_in_vain,
    stands,
    take,
    with_gusu,
    write,
)
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenPage = Callable[..., Any]
# The regulation in force, and how the page cites it.
TIMES = pytest.mark.parametrize(
    ("regime", "now"), [("O20", BEFORE), ("O121", AFTER)], ids=["order20", "order121"]
)
NAME = {"O20": "投诉举报处理暂行办法", "O121": "投诉举报处理办法"}


def accepted(centre: Cast, now: datetime) -> Case:
    return complaints.accept(case=with_gusu(centre, now), by=centre.handler, at=now)


def mediated(centre: Cast, now: datetime, **changes: object) -> Case:
    case = accepted(centre, now)
    return mediation.mediate(case=case, both_consent=True, by=centre.handler, at=now, **changes)


@TIMES
def test_a_complaint_is_refused_on_each_ground(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    page = open_page(centre.handler)
    for ground in refusal(regime):
        case = with_gusu(centre, now)
        assert case.regime == regime
        see(page, case)
        take(page, "refuse")
        choose(page, "ground", ground)
        write(page, note="经审查不符合受理条件")
        if regime == "O20":
            for route in other_routes.ROUTES:
                choose(page, "routes", route)
        elif ground == "other":
            page.uncheck('#decide [name="routes"][value="court"]')
            page.focus("#id_note")
            told = send_in_vain(page)
            assert "第十五条第二款" in told
            assert page.input_value("#id_note") == "经审查不符合受理条件"
            assert stands(case) == (State.DISPATCHED, "", "")
            choose(page, "routes", "court")
        send(page)
        assert stands(case) == (State.REFUSED, Outcome.REFUSED, ground)
        event = events_of("case", [str(case.pk)]).get(verb="case.refused")
        assert event.data["routes"] == list(other_routes.ROUTES), ground
        assert NAME[regime] in page.locator("main").inner_text()


@TIMES
def test_a_complaint_is_withdrawn_before_it_is_decided_on(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    case = with_gusu(centre, now)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "withdraw")
    page.keyboard.type("投诉人来电撤回，商家已退款")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.WITHDRAWN, "")
    assert "投诉人撤回" in page.locator("main").inner_text()


@TIMES
def test_an_agreement_leaves_a_statement_or_a_record(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    page = open_page(centre.handler)
    case = mediated(centre, now, mode="on_site")
    see(page, case)
    take(page, "close")
    page.keyboard.type("商家退还差价二十五元")
    write(page, recovered_amount="25")
    choose(page, "paper", "record")
    page.focus("#id_note")
    told = send_in_vain(page)
    assert {"O20": "第二十二条", "O121": "第二十四条"}[regime] in told
    assert page.input_value("#id_note") == "商家退还差价二十五元"
    assert stands(case)[0] == State.MEDIATING
    choose(page, "paper", "statement")
    send(page)
    assert stands(case)[:2] == (State.CLOSED, Outcome.MEDIATED)
    assert Mediation.objects.get(case=case).paper == "statement"
    assert case.recovered_amount == 25

    other = mediated(centre, now, mode="on_site")
    see(page, other)
    take(page, "close")
    page.keyboard.type("当场退款，双方都不要调解书")
    page.check("#id_is_performed_at_once")
    choose(page, "paper", "record")
    send(page)
    assert stands(other)[:2] == (State.CLOSED, Outcome.MEDIATED)
    assert Mediation.objects.get(case=other).paper == "record"


@TIMES
def test_a_mediation_is_terminated_on_every_ground(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    page = open_page(centre.handler)
    for ground, ending in termination(regime).items():
        if ground == EXPIRED:
            continue
        case = mediated(centre, now)
        see(page, case)
        take(page, "terminate")
        choose(page, "ground", ground)
        write(page, note="终止调解")
        if ground == FOUND_LATER:
            told = send_in_vain(page)
            assert {"O20": "第二十一条", "O121": "第二十三条"}[regime] in told
            page.select_option("#id_found", "too_late")
            page.focus("#id_note")
        send(page)
        assert stands(case) == (State.CLOSED, ending.outcome, ground)
        assert page.locator('#decide a[href*="/steps/notice/"]').count() == 1, "both sides must be told"


@TIMES
def test_a_mediation_ends_by_the_limit_only_once_it_has_run_out(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    case = mediated(centre, now)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "terminate")
    choose(page, "ground", EXPIRED)
    write(page, note="逾期未达成一致")
    told = send_in_vain(page)
    assert {"O20": "第二十一条", "O121": "第二十三条"}[regime] in told
    assert stands(case)[0] == State.MEDIATING
    assert page.input_value("#id_note") == "逾期未达成一致"
    assert page.is_checked(f'#decide [name="ground"][value="{EXPIRED}"]')
    let_it_be(now + timedelta(days=100))
    page.focus("#id_note")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.MEDIATION_ENDED, EXPIRED)


def test_a_suspended_mediation_can_still_be_terminated(open_page: OpenPage, centre: Cast) -> None:
    let_it_be(AFTER)
    case = mediated(centre, AFTER, mediators="林调解")
    mediation_sessions.ask_recusal(
        case=case, side="complainant", mediator="林调解", ground="interest", by=centre.handler, at=AFTER
    )
    page = open_page(centre.handler)
    see(page, case)
    take(page, "terminate")
    choose(page, "ground", "settled")
    write(page, note="双方自行和解")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.SETTLED, "settled")


@TIMES
def test_a_food_complaint_is_transferred_with_written_notice(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now)
    case = with_gusu(centre, now, object_class=food())
    page = open_page(centre.handler)
    see(page, case)
    take(page, "transfer")
    write(page, to_authority="姑苏区农业农村局", note="种植环节，属农业农村部门职责")
    told = send_in_vain(page)
    assert "食品安全法" in told
    assert "第一百一十五条" in told
    assert page.input_value("#id_to_authority") == "姑苏区农业农村局"
    assert page.input_value("#id_note") == "种植环节，属农业农村部门职责"
    assert stands(case)[0] == State.DISPATCHED
    page.check("#id_notice_given")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.TRANSFERRED, "")
    assert "姑苏区农业农村局" in page.locator("main").inner_text()


@TIMES
def test_a_complaint_is_handled_anew_and_ends_once_more(
    open_page: OpenPage, centre: Cast, regime: str, now: datetime
) -> None:
    let_it_be(now + timedelta(days=1))
    case = with_gusu(centre, now)
    complaints.refuse(case=case, ground="too_late", note="已超过三年", by=centre.handler, at=now)
    supervisor = open_page(centre.supervisor)
    see(supervisor, case)
    take(supervisor, "reopen")
    supervisor.keyboard.type("投诉人补交票据，未超过三年")
    send(supervisor)
    assert stands(case) == (State.DISPATCHED, "", "")
    page = open_page(centre.handler)
    see(page, case)
    take(page, "accept")
    send(page)
    take(page, "mediate")
    page.keyboard.press("Space")
    send(page)
    take(page, "close")
    page.keyboard.type("商家全额退款")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.MEDIATED, "")
    story = page.locator("#case-story").inner_text()
    assert "不予受理" in story, "the first decision stays in the story"
    assert "已超过三年" in story, "and so do its words"
