"""What the law forbids is refused on the page with its article; what was typed stays, the database does not change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqing.cases.actions import complaints, extensions, reports
from suqing.cases.models import Case, Clock, ExtensionRequest, Mediation
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.models import Event
from tests.browser.walking import (
    AFTER,
    BEFORE,
    choose,
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
Shoot = Callable[[Any, str], None]


def everything(case: Case) -> tuple[Any, ...]:
    """What the database holds of a case: its row, its limits, its mediation, its story."""
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(Clock.objects.filter(case=case).order_by("pk").values()),
        list(Mediation.objects.filter(case=case).values()),
        list(ExtensionRequest.objects.filter(case=case).order_by("pk").values()),
        Event.objects.filter(subject_type="case", subject_id=str(case.pk), verb__startswith="case.").count(),
    )


def checking(centre: Cast) -> Case:
    case = with_gusu(centre, AFTER, Kind.REPORT)
    return reports.check(case=case, by=centre.handler, at=AFTER)


def test_an_extension_asked_for_after_the_limit_is_refused(
    open_page: OpenPage, centre: Cast, shoot: Shoot
) -> None:
    let_it_be(AFTER)
    case = checking(centre)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "ask_extension")
    page.keyboard.type("需向生产厂家核实批次")
    let_it_be(AFTER + timedelta(days=40))
    before = everything(case)
    told = send_in_vain(page)
    shoot(page, "bad-extension-late")
    assert "行政处罚程序规定" in told
    assert "第十八条" in told
    assert "届满" in told
    assert "6月1日" in told, "a day is told as everywhere"
    assert page.input_value("#id_reason") == "需向生产厂家核实批次"
    assert everything(case) == before


def test_an_extension_granted_after_the_limit_is_refused_and_can_only_be_declined(
    open_page: OpenPage, centre: Cast
) -> None:
    let_it_be(AFTER)
    case = extensions.ask_extension(case=checking(centre), reason="待厂家回函", by=centre.handler, at=AFTER)
    page = open_page(centre.head)
    see(page, case)
    take(page, "decide_extension")
    choose(page, "is_granted", "yes")
    write(page, note="同意延长")
    let_it_be(AFTER + timedelta(days=40))
    before = everything(case)
    told = send_in_vain(page)
    assert "第十八条" in told
    assert page.input_value("#id_note") == "同意延长"
    assert everything(case) == before
    choose(page, "is_granted", "no")
    page.focus("#id_note")
    send(page)
    assert ExtensionRequest.objects.get(case=case).is_granted is False


@pytest.mark.parametrize(("now", "article"), [(BEFORE, "第十六条"), (AFTER, "第十八条")])
def test_a_mediation_without_consent_is_refused(
    open_page: OpenPage, centre: Cast, shoot: Shoot, now: Any, article: str
) -> None:
    let_it_be(now)
    case = complaints.accept(case=with_gusu(centre, now), by=centre.handler, at=now)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "mediate")
    write(page, note="约定周三上午")
    before = everything(case)
    told = send_in_vain(page)
    shoot(page, "bad-mediation-without-consent")
    assert article in told
    assert "双方" in told
    assert page.input_value("#id_note") == "约定周三上午"
    assert everything(case) == before


def test_a_second_decision_by_somebody_else_is_refused(
    open_page: OpenPage, centre: Cast, shoot: Shoot
) -> None:
    let_it_be(AFTER)
    case = with_gusu(centre, AFTER)
    first, second = open_page(centre.handler), open_page(centre.head)
    see(second, case)
    take(second, "refuse")
    choose(second, "ground", "too_late")
    write(second, note="2022年购买，已超过三年")
    see(first, case)
    take(first, "accept")
    send(first)
    before = everything(case)
    told = send_in_vain(second)
    shoot(second, "bad-second-decision")
    assert "投诉举报处理办法" in told
    assert "第十五条" in told, "what the first decision rests on"
    kept = [box.input_value() for box in second.locator("#decide textarea").all()]
    assert "2022年购买，已超过三年" in kept
    assert any("三年" in text and "第十六条" in text for text in kept), "the ground that was chosen"
    assert everything(case) == before
    assert stands(case) == (State.ACCEPTED, "", "")


def test_of_two_decisions_sent_at_once_one_stands(open_page: OpenPage, centre: Cast) -> None:
    let_it_be(AFTER)
    case = reports.check(case=with_gusu(centre, AFTER, Kind.REPORT), by=centre.handler, at=AFTER)
    pages = {"file": open_page(centre.handler), "not_file": open_page(centre.head)}
    for step, page in pages.items():
        see(page, case)
        take(page, step)
        write(page, note=f"{step}：核查结论")
    for page in pages.values():
        page.evaluate(
            "setTimeout(() => document.querySelector('#decide form button[data-key]').click(), 50), undefined"
        )
    lost = []
    for step, page in pages.items():
        page.wait_for_selector("#decide [data-error-summary], .sq-toast")
        if page.locator("#decide [data-error-summary]").count():
            lost.append(step)
    assert len(lost) == 1
    beaten = pages[lost[0]]
    told = beaten.locator("#decide").inner_text()
    assert "第十八条" in told
    kept = [box.input_value() for box in beaten.locator("#decide textarea").all()]
    assert f"{lost[0]}：核查结论" in kept
    decided = {"file": State.NOT_FILED, "not_file": State.FILED}[lost[0]]
    assert stands(case)[0] == decided
    verbs = Event.objects.filter(subject_id=str(case.pk), verb__in=("case.filed", "case.not_filed"))
    assert verbs.count() == 1


def test_a_step_of_a_page_that_is_out_of_date_keeps_every_field(open_page: OpenPage, centre: Cast) -> None:
    """Not only notes: the words of an application must not be lost either."""
    let_it_be(AFTER)
    case = checking(centre)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "ask_extension")
    page.keyboard.type("需向生产厂家核实批次")
    reports.not_file(case=case, note="不属实", by=centre.head, at=AFTER)
    told = send_in_vain(page)
    assert "第十八条" in told
    assert "需向生产厂家核实批次" in [box.input_value() for box in page.locator("#decide textarea").all()]
    assert stands(case) == (State.NOT_FILED, "", "")
