"""The call desk by keyboard in a real browser: register, split, restore, mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from suqing.cases.models import Case, Draft, Submission
from tests.cases.examples import registered
from tests.cast import Cast

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"desk": (1280, 800), "wide": (1920, 1080)}
WORDS = (
    "您好，我昨天在姑苏区观前街平江大药房买N95口罩，一只要三十元，平时只卖五元，找店员退款店员不肯，要求退还差价。"
    "另外这家店卖的酒精没有生产日期，我要举报。"
)
REPORT = "另外这家店卖的酒精没有生产日期，我要举报。"


def take_call(page: Any, number: str = "13800001234") -> None:
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready] #id_narrative")


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def choose(page: Any, shortcut: str, words: str, found: str) -> None:
    """Type into the look-up that the shortcut reaches and take the first that is found."""
    press(page, shortcut)
    page.keyboard.type(words)
    page.wait_for_selector(f".ts-dropdown .option.active:has-text('{found}')")
    press(page, "Enter")


def tell_a_complaint(page: Any) -> None:
    """What a call taker does, hands on the keyboard."""
    page.keyboard.insert_text(WORDS)
    press(page, "Tab")
    page.keyboard.insert_text("王小明")
    press(page, "Alt+k", "2")
    page.wait_for_selector("[data-fill]:visible")
    choose(page, "Alt+l", "gsq", "姑苏区")
    page.wait_for_selector("[data-fill*='m0-place']", state="detached")  # an offer that is filled in goes
    press(page, "Alt+b")
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector(".ts-dropdown .create:visible")
    press(page, "Enter")


def saved(page: Any) -> None:
    page.wait_for_selector("[data-autosave-status][data-state=saved]", timeout=10000)


def test_a_complaint_is_registered_by_keyboard_only(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    registered(centre.call_taker)
    page = open_page(centre.call_taker)
    take_call(page)
    assert focused(page) == "narrative"
    tell_a_complaint(page)
    press(page, "Alt+q")
    page.wait_for_selector("#m0 .ts-wrapper .item >> nth=0")
    press(page, "Alt+m")
    page.keyboard.type("30")
    shoot(page, "call-filled")
    press(page, "Control+Enter")
    page.wait_for_url("**/done/")
    page.wait_for_selector("html[data-ready]")
    shoot(page, "call-done")
    case = Case.objects.order_by("-id").first()
    assert case is not None
    assert (case.kind, case.entity_name, case.place_id) == ("complaint", "平江大药房", "320508")
    assert case.issue_class is not None
    assert str(case.amount) == "30.00"
    assert case.number in page.inner_text("main")
    assert not Draft.objects.exists()
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('suqing:draft'))") == []


def test_a_call_is_split_in_two_and_a_removed_matter_comes_back(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    tell_a_complaint(page)
    press(page, "Alt+s")
    page.evaluate(
        "(words) => { const t = document.activeElement; const at = t.value.indexOf(words); t.setSelectionRange(at, at + words.length); }",
        REPORT,
    )
    press(page, "Alt+n")
    page.wait_for_selector("#m1:visible")
    assert page.input_value("#id_m1-narrative") == REPORT
    assert page.input_value("#id_m0-narrative") == WORDS.replace(REPORT, "")
    press(page, "Alt+k", "3", "Alt+b")
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector(".ts-dropdown .create:visible")
    press(page, "Enter")
    shoot(page, "call-split")
    press(page, "Alt+x")
    page.wait_for_selector("[data-matter-removed]:visible")
    assert page.is_visible("#m0")
    press(page, "Alt+z")
    page.wait_for_selector("#m1:visible")
    page.wait_for_load_state("networkidle")  # htmx reports a look-up that the next page cuts short
    press(page, "Control+Enter")
    page.wait_for_url("**/done/")
    kinds = {case.kind: case.narrative for case in Case.objects.all()}
    assert kinds == {"complaint": WORDS.replace(REPORT, ""), "report": REPORT}


def test_what_was_typed_is_there_after_a_reload_and_after_a_crash(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    tell_a_complaint(page)
    press(page, "Alt+n")
    page.keyboard.insert_text("第二件事")
    saved(page)
    address = page.url
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.input_value("#id_narrative") == WORDS
    assert page.input_value("#id_m1-narrative") == "第二件事"
    assert "平江大药房" in page.inner_text("[data-matter-tab='0']")
    page.wait_for_selector("[data-fill]:visible")  # what the words offer comes back too
    other_seat = open_page(centre.call_taker)
    other_seat.goto("/desk/")
    other_seat.wait_for_selector("html[data-ready]")
    press(other_seat, "Tab", "Tab")
    other_seat.evaluate("document.activeElement.blur()")
    press(other_seat, "d")
    other_seat.wait_for_url(address)
    other_seat.wait_for_selector("html[data-ready]")
    assert other_seat.input_value("#id_narrative") == WORDS


def test_a_lost_connection_is_said_and_the_copy_on_this_computer_comes_back(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    page.route("**/draft/", lambda route: route.abort())
    page.keyboard.insert_text(WORDS)
    press(page, "Alt+k", "2", "Alt+n")
    page.keyboard.insert_text("第二件事")
    page.wait_for_selector("[data-autosave-status][data-state=unsaved]", timeout=10000)
    assert not Draft.objects.exists()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.input_value("#id_narrative") == WORDS
    assert page.input_value("#id_m1-narrative") == "第二件事"
    assert page.is_checked("[name='m0-kind'][value='complaint']")
    page.unroute("**/draft/")
    saved(page)
    assert Draft.objects.count() == 1


def test_a_session_that_ended_costs_no_word(open_page: Callable[..., Any], centre: Cast) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.insert_text(WORDS)
    page.wait_for_selector("#session-ended[open]", timeout=10000)
    page.click("#session-ended [data-dialog-close]")
    press(page, "Control+Enter")
    page.wait_for_selector("#session-ended[open]")
    page.click("#session-ended [data-dialog-close]")
    assert page.input_value("#id_narrative") == WORDS
    page.context.add_cookies(cookies)
    page.evaluate("document.dispatchEvent(new CustomEvent('session-renewed'))")
    saved(page)
    assert Draft.objects.count() == 1


def test_errors_lead_to_their_fields_and_everything_typed_is_kept(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.call_taker)
    take_call(page, "")
    page.keyboard.insert_text(WORDS)
    press(page, "Alt+k", "2", "Alt+m")
    page.keyboard.type("abc")
    press(page, "Control+Enter")
    page.wait_for_selector("[data-error-summary]:focus")
    shoot(page, "call-errors")
    assert page.input_value("#id_narrative") == WORDS
    assert page.input_value("#id_m0-amount") == "abc"
    page.click("[data-error-summary] a[href='#id_m0-entity']")
    assert focused(page) == "id_m0-entity-ts-control"
    page.keyboard.insert_text("平江大药房")
    page.wait_for_selector(".ts-dropdown .create:visible")
    press(page, "Enter", "Alt+m")
    page.keyboard.type("30")
    page.fill("#id_party-name", "王小明")
    page.fill("#id_party-phone", "13800001234")
    press(page, "Control+Enter")
    page.wait_for_url("**/done/")
    assert Case.objects.get().party is not None


def test_one_key_closes_a_silent_call(open_page: Callable[..., Any], centre: Cast) -> None:
    page = open_page(centre.call_taker)
    take_call(page, "")
    page.fill("#id_narrative", "无人说话")
    press(page, "Alt+g")
    page.wait_for_selector("#no-case[open]")
    press(page, "2")
    page.wait_for_url("**/done/")
    assert Submission.objects.get().outcome == "silent"


def test_a_known_caller_is_taken_over_by_one_key_and_facts_fill_the_ring(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    registered(centre.other_call_taker)
    page = open_page(centre.call_taker)
    take_call(page)
    page.keyboard.insert_text(WORDS)
    press(page, "Alt+k", "2")
    before = page.inner_text("[data-checks-of='0'] [data-count]")
    press(page, "Alt+f")
    expect(page.locator("#id_party-name")).to_have_value("王小明")
    after = page.inner_text("[data-checks-of='0'] [data-count]")
    assert int(after.split("/")[0]) == int(before.split("/")[0]) + 2
    page.click("[data-checks-of='0'] a[href='#id_m0-amount']")
    assert focused(page) == "m0-amount"


def test_the_sheet_lists_the_keys_of_the_desk(open_page: Callable[..., Any], centre: Cast) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    page.evaluate("document.activeElement.blur()")
    press(page, "?")
    page.wait_for_selector("#keyboard-sheet[open]")
    sheet = page.inner_text("#keyboard-sheet")
    for words in ("登记", "投诉", "经营者", "结束通话"):
        assert words in sheet


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_the_desk_fits_every_screen_in_both_themes(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None], size: str, scheme: str
) -> None:
    for _ in range(3):
        registered(centre.other_call_taker)
    width, height = SIZES[size]
    page = open_page(centre.call_taker, viewport={"width": width, "height": height}, color_scheme=scheme)
    take_call(page)
    shoot(page, f"call-empty-{size}-{scheme}")
    tell_a_complaint(page)
    page.wait_for_timeout(700)
    press(page, "Alt+e")
    shoot(page, f"call-told-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    saved(page)
    page.goto("/desk/")
    page.wait_for_selector("html[data-ready]")
    shoot(page, f"start-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_place_of_a_typed_address_is_taken_by_one_key_and_names_the_unit(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    page = open_page(centre.call_taker)
    take_call(page)
    page.keyboard.insert_text("药店的口罩卖得太贵，要求退款")
    press(page, "Alt+k", "2")
    page.fill("[name=m0-address]", "吴中区木渎镇金山路88号")
    chip = page.locator("[data-fill*='m0-place']")
    chip.wait_for()
    expect(chip).to_contain_text(centre.wuzhong.name)
    key = str(chip.get_attribute("data-key"))
    page.locator("#id_narrative").focus()
    press(page, key.replace("alt", "Alt"))
    expect(page.locator("[name=m0-place]")).to_have_value("320506103")
    chip.wait_for(state="detached")
