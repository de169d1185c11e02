"""The case desk by keyboard only, and how it looks on every screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, Outcome, State, Step, Urgency
from suqing.cases.workflow import TABLES, steps_from
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from suqing.web.desks.steps.registry import STEPS
from tests.cases.examples import EntityInput, PartyInput, matter, registered
from tests.cast import AT, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}
STORIES = (
    (
        "平江大药房",
        "昨天在观前街一家药店买口罩，一只要三十元，平时只要五元，价格太高了，要求退款25元。我姓王，电话13800001234，住在平江路1号。",
    ),
    (
        "苏城生鲜超市（观前店）",
        "超市的大白菜卖到每斤12元，前两天才3.5元一斤，属于哄抬价格，希望查处，我电话是13900005678。",
    ),
    ("姑苏春天国际旅行社", "报名的春节日本团因疫情取消，团费12800元旅行社只肯退一半，要求全额退还。"),
    ("百年老店酒楼", "年夜饭订金3000元，因疫情不能聚餐，酒楼说只能改期不能退，要求退还订金。"),
    ("康宁医疗器械经营部", "网上买的额温枪，收到后测温误差超过2℃，商家不肯退货，花了498元。"),
    ("新区健身会所", "预付卡还剩6000元，门店关门，联系不上负责人，想要退卡。"),
)


def people(number: int) -> PartyInput:
    names = ("王小明", "陈建国", "赵丽华", "钱多多", "孙大圣", "李清照")
    return PartyInput(names[number % 6], f"1380000{1000 + number}", "姑苏区平江路1号")


def one(centre: Cast, number: int, kind: Kind = Kind.COMPLAINT, **changes: Any) -> Case:
    shop, words = STORIES[number % len(STORIES)]
    node = ClassNode.objects.filter(tree__kind="issue", tree__code="issue-sd-2020").order_by("order")[
        number % 8
    ]
    given = {"entity": EntityInput(shop), "issue_class": node.pk, "narrative": words, **changes}
    at = AT - timedelta(hours=7 * number)
    contact = registered(
        centre.call_taker,
        matter(kind, **given),
        at=at,
        narrative=words,
        party=people(number),
        is_synthetic=True,
    )
    return contact.cases.get()


def busy(centre: Cast) -> Case:
    """A dozen cases in different states; the one returned has the longest story."""
    kinds = (Kind.COMPLAINT, Kind.REPORT, Kind.COMPLAINT, Kind.CONSULTATION, Kind.COMPLAINT)
    for number in range(1, 14):
        case = one(centre, number, kinds[number % 5])
        if number % 3 and case.kind != Kind.CONSULTATION:
            dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = one(
        centre,
        0,
        amount=Decimal("25"),
        goods="口罩",
        price_unit="只",
        price_asked=Decimal("30"),
        price_earlier=Decimal("5"),
        urgency=Urgency.URGENT,
    )
    case = dispatching.dispatch(case=case, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    case = dispatching.send_back(
        case=case, reason="unclear", note="门店在观前街，属姑苏区。", by=centre.other_handler, at=AT
    )
    case = dispatching.uphold(case=case, by=centre.dispatcher, at=AT)
    return dispatching.dispatch(
        case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT, note="请尽快核实。"
    )


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def test_a_handler_works_a_case_off_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = open_page(centre.handler)
    page.goto("/")
    ready(page).keyboard.press("Alt+2")
    page.wait_for_url("**/cases/")
    ready(page).keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == case.number
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.number}/")
    ready(page).keyboard.press("a")
    page.wait_for_selector("#decide form")
    page.keyboard.type("来电核实，予以受理")
    shoot(page, "case-accept-form")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已受理")
    ready(page).keyboard.press("m")
    page.wait_for_selector("#decide form")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=调解已开始")
    ready(page).keyboard.press("c")
    page.wait_for_selector("#decide form")
    page.keyboard.type("商家退还差价25元，双方和解")
    shoot(page, "case-close-form")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已办结")
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.MEDIATED)
    shoot(page, "case-closed")


def test_a_form_that_is_refused_keeps_its_text_and_takes_the_focus(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    ready(page).keyboard.press("x")
    page.wait_for_selector("#decide form")
    page.fill("#id_note", "超过三年")
    # The browser would ask for the ground itself; whoever sends without it is told by the server.
    page.evaluate("document.querySelector('#decide form').noValidate = true")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#decide [data-error-summary]:focus")
    assert page.input_value("#id_note") == "超过三年"
    shoot(page, "case-refuse-errors")


def test_who_comes_second_is_told_in_the_panel(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    ready(page).keyboard.press("a")
    page.wait_for_selector("#decide form")
    page.keyboard.type("我写的备注")
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#decide .sq-notice")
    assert page.input_value("#id_note") == "我写的备注"
    shoot(page, "case-stale")


def test_a_clock_explains_itself_and_the_story_narrows(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    summary = ready(page).locator(".sq-reckon summary").first
    summary.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".sq-reckoning tr")
    shoot(page, "case-explained")
    entries = page.locator(".sq-event").count()
    page.locator("#case-story nav a").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#case-story nav a:nth-child(3)[aria-current]")
    assert 0 < page.locator(".sq-event").count() < entries


def test_unmasking_shows_words_and_person_after_a_reason(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = open_page(centre.dispatcher)
    page.goto(f"/cases/{case.number}/")
    ready(page)
    assert "13800001234" not in page.content()
    page.locator(".sq-person summary").focus()
    page.keyboard.press("Enter")
    page.fill(".sq-unmask input[name=reason]", "当事人来电补充")
    page.keyboard.press("Enter")
    page.wait_for_selector("#case-words >> text=13800001234")
    assert page.get_by_text("王小明").first.is_visible()
    shoot(page, "case-unmasked")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_every_page_fits_every_screen(
    open_page: Callable[..., Any], centre: Cast, size: str, scheme: str, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=12), speed=1.0, by=SYSTEM)
    width, height = SIZES[size]
    handler = open_page(centre.handler, viewport={"width": width, "height": height}, color_scheme=scheme)
    supervisor = open_page(
        centre.supervisor, viewport={"width": width, "height": height}, color_scheme=scheme
    )
    pages = (
        (handler, "home", "/"),
        (supervisor, "home-supervisor", "/"),
        (supervisor, "list", "/cases/?view=open&unit=&kind=complaint"),
        (handler, "case", f"/cases/{case.number}/"),
        (supervisor, "case-masked", f"/cases/{case.number}/"),
        (handler, "case-refuse", f"/cases/{case.number}/steps/refuse/"),
        (supervisor, "contact", f"/submissions/{case.submission.number}/"),
        (supervisor, "erase", f"/cases/{case.number}/person/erase/"),
        (handler, "not-here", "/cases/TS20200127999999/"),
    )
    for page, name, address in pages:
        page.goto(address)
        ready(page)
        if name == "list":
            page.keyboard.press("j")
            if size == "wide":
                page.wait_for_selector("#preview")
        shoot(page, f"{name}-{size}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_no_two_steps_that_stand_together_share_a_key() -> None:
    """A step without a letter is numbered where it stands; the letters of the table's steps may come back elsewhere."""
    beside = [desk for code, desk in STEPS.items() if code not in set(Step)]
    for kind, table in TABLES.items():
        for state in {source for source, _ in table}:
            rows = [STEPS[row.step] for row in steps_from(kind, state) if row.step in STEPS]
            keys = [desk.key for desk in rows + beside if desk.key]
            assert len(set(keys)) == len(keys), (kind, state, sorted(keys))
            assert not {"j", "k", "/", "?", *"123456789"} & set(keys)
