"""A joint supervision with the price division by keyboard, as the centre did on 25 January 2020 (domain S20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.cases.actions.visits import visit
from suqing.cases.models import Case, SupervisedReply, SupervisionOrder
from suqing.cases.oversight import OrderState, ReplyState
from suqing.cases.queries.orders import bound_units
from suqing.ledger.actions import set_centre_clock
from tests.cases.endings import LATER, refused, sent
from tests.cast import SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "phone": (390, 844)}


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def press(page: Any, key: str, form: str) -> None:
    """Press the letter of a step and wait until its form stands open."""
    ready(page).keyboard.press(key)
    page.wait_for_selector(form)
    ready(page)


def send(page: Any, toast: str) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f".sq-toast >> text={toast}")


def issue(page: Any, case: Case) -> SupervisionOrder:
    """Open the case, choose the order among its steps, name the price division as assistant; keyboard only."""
    page.goto(f"/cases/{case.number}/")
    button = ready(page).locator("a[href*='/steps/supervise/']")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#decide form #id_title:focus")
    page.keyboard.type("口罩价格联动督办")
    page.keyboard.press("Tab")
    page.keyboard.type("请会同价格监管部门核查辖区药店口罩价格并书面报告。")
    division = page.get_by_label("价格监管部门")
    division.focus()
    page.keyboard.press("Space")
    assert division.is_checked()
    send(page, "督办单已发出")
    return SupervisionOrder.objects.get()


def reply(page: Any, order: SupervisionOrder, words: str) -> None:
    """Find the order under the rail's entry, open it by Enter, reply."""
    page.goto("/")
    ready(page).keyboard.press("Alt+4")
    page.wait_for_url("**/supervision/")
    ready(page).keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == order.number
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 >> text=苏市监督")
    press(page, "r", "#act textarea#id_reply:focus")
    page.keyboard.type(words)
    send(page, "回复已发出")


def test_a_joint_supervision_with_the_price_division_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = sent(centre)
    supervisor = open_page(centre.supervisor)
    order = issue(supervisor, case)
    assert order.number == "苏市监督〔2020〕1号"
    assert [bound.unit.code for bound in bound_units(order)] == ["sz-gusu", "sz-price"]
    assert order.number in supervisor.content(), "the case names the order"
    shoot(supervisor, "supervision-case")

    reply(open_page(centre.handler), order, "已检查药店两家，立案一起。")
    reply(open_page(centre.price_handler), order, "已约谈三家经营者，责令明码标价。")
    texts = SupervisedReply.objects.order_by("bound__role").values_list("text", flat=True)
    assert sorted(texts) == sorted(["已检查药店两家，立案一起。", "已约谈三家经营者，责令明码标价。"])

    supervisor.goto("/supervision/?view=mine")
    ready(supervisor).keyboard.press("j")
    supervisor.keyboard.press("Enter")
    supervisor.wait_for_selector("h1 >> text=苏市监督")
    shoot(supervisor, "supervision-order")
    for key in ("v", "v"):
        press(supervisor, key, "#act [name=decision]:focus")
        supervisor.keyboard.press("Space")
        shoot(supervisor, "supervision-review")
        send(supervisor, "审核意见已记录")
    assert {bound.state for bound in bound_units(order)} == {ReplyState.ACCEPTED}
    press(supervisor, "c", "#act textarea#id_note:focus")
    send(supervisor, "督办单已办结")
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED
    shoot(supervisor, "supervision-closed")


def test_a_return_visit_and_the_redo_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = refused(centre)
    set_centre_clock(mode="rehearsal", centre=LATER, speed=1.0, by=SYSTEM)
    taker = open_page(centre.call_taker)
    taker.goto("/")
    ready(taker).keyboard.press("Alt+3")
    taker.wait_for_url("**/visits/")
    show = ready(taker).locator("td button >> text=显示").first
    show.focus()
    taker.keyboard.press("Enter")
    taker.wait_for_selector("td >> text=13800001234")
    shoot(taker, "visits")
    taker.locator("a[href*='/steps/visit/']").first.focus()
    taker.keyboard.press("Enter")
    taker.wait_for_selector("#decide form")
    ready(taker)
    for _grade in range(3):
        taker.keyboard.press("ArrowDown")
    taker.locator("#id_note").focus()
    taker.keyboard.type("商家仍不退款")
    shoot(taker, "visit-form")
    send(taker, "回访已记录")
    case.refresh_from_db()
    assert case.visit_grade == "dissatisfied"

    supervisor = open_page(centre.supervisor)
    supervisor.goto("/visits/?view=dissatisfied")
    ready(supervisor).locator("a[href*='/steps/reopen/']").first.focus()
    supervisor.keyboard.press("Enter")
    supervisor.wait_for_selector("#decide form #id_note:focus")
    supervisor.keyboard.type("请重新核实退款情况")
    shoot(supervisor, "reopen-form")
    send(supervisor, "工单已重新办理")
    case.refresh_from_db()
    assert case.state == "dispatched"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_fit_every_screen(
    open_page: Callable[..., Any], centre: Cast, size: str, scheme: str, shoot: Callable[[Any, str], None]
) -> None:
    case = refused(centre)
    visit(case=case, grade="dissatisfied", note="x", by=centre.call_taker, at=LATER)
    refused(centre)
    set_centre_clock(mode="rehearsal", centre=LATER, speed=1.0, by=SYSTEM)
    width, height = SIZES[size]
    page = open_page(centre.supervisor, viewport={"width": width, "height": height}, color_scheme=scheme)
    pages = {
        "supervision-new": "/supervision/new/?view=open&kind=complaint",
        "supervision-register": "/supervision/",
        "visits-queue": "/visits/",
        "visits-dissatisfied": "/visits/?view=dissatisfied",
        "case-ended": f"/cases/{case.number}/",
    }
    for name, address in pages.items():
        page.goto(address)
        ready(page)
        shoot(page, f"{name}-{size}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
