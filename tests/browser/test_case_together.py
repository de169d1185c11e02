"""Two people at one case in real browsers, forms by keyboard that lose nothing, files in the page, the page on paper."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from suqing.cases.actions import attachments, notes
from suqing.cases.actions.corrections import correct_facts
from suqing.cases.models import Case, CaseLook
from suqing.cases.vocabulary import State
from suqing.files.actions import keep
from suqing.ledger.actions import LIVE_CHANNEL
from tests.browser.test_case_desk import busy, ready
from tests.browser.walking import see, take
from tests.cast import AT, Cast
from tests.files import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS_OF_CASE = (
    ((1280, 800), "light", "zh-hans"),
    ((1280, 800), "dark", "en"),
    ((390, 844), "light", "zh-hans"),
    ((390, 844), "dark", "zh-hans"),
)


def come_back(person: Any, case: Case) -> None:
    """Let the last visit of a person lie an hour back."""
    CaseLook.objects.filter(case=case, person=person).update(heard_at=timezone.now() - timedelta(hours=1))


def until(page: Any, holds: str) -> None:
    """Wait until an expression holds; Playwright's own way of waiting for one is closed by our policy."""
    for _turn in range(80):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it never came to hold: {holds}")


def hint(page: Any) -> None:
    """What the stream of hints says when somebody comes to this case."""
    page.evaluate(
        "document.body.dispatchEvent(new CustomEvent('live:present', {detail: "
        "{present: document.querySelector('[data-present]').dataset.presentToken}}))"
    )


def test_two_people_see_each_other_come_change_and_go(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    mine, theirs = see(open_page(centre.handler), case), open_page(centre.head)
    assert mine.locator(".sq-others").count() == 0
    see(theirs, case)
    assert centre.handler.display_name in theirs.locator(".sq-others").inner_text()
    hint(mine)
    mine.locator(".sq-others", has_text=centre.head.display_name).wait_for()
    shoot(mine, "case-others")
    theirs.keyboard.press("a")
    theirs.wait_for_selector("#decide form")
    theirs.keyboard.press("Control+Enter")
    theirs.wait_for_selector(".sq-toast >> text=已受理")
    hint(mine)
    mine.locator(".sq-present >> text=案件已有变动").wait_for()
    shoot(mine, "case-together")
    theirs.goto("/cases/")
    hint(mine)
    until(mine, "document.querySelector('.sq-others') === null")
    mine.keyboard.press(".")
    ready(mine).locator(".sq-case-head >> text=已受理").first.wait_for()


def test_coming_is_told_to_every_open_page_by_a_word_only_that_case_knows(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    case = busy(centre)
    known = connection.get_connection_params()
    place = {name: known[name] for name in ("host", "port", "dbname", "user", "password") if known.get(name)}
    with psycopg.connect(**place, autocommit=True) as line:
        line.execute(f"listen {LIVE_CHANNEL}")
        page = see(open_page(centre.handler), case)
        word = page.locator("[data-present]").get_attribute("data-present-token")
        told = [json.loads(one.payload) for one in line.notifies(timeout=5, stop_after=1)]
    assert {"present": word} in told
    assert word and str(case.pk) != word and case.number not in json.dumps(told)


def test_what_is_new_is_jumped_to_by_a_key(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = see(open_page(centre.head), case)
    notes.note(case=case, note="商家来电，愿意退款。", by=centre.handler, at=AT)
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.handler, at=AT)
    come_back(centre.head, case)
    see(page, case)
    assert "2 条新记录" in page.locator(".sq-news").inner_text()
    shoot(page, "case-news")
    page.keyboard.press(".")
    until(page, "location.hash === '#new'")
    until(
        page,
        "(({ top }) => top >= 0 && top < innerHeight)(document.querySelector('#new').getBoundingClientRect())",
    )
    shoot(page, "case-news-jumped")
    page.get_by_role("button", name="已阅").press("Enter")
    until(ready(page), "document.querySelector('.sq-news') === null")


def test_escape_closes_a_form_and_keeps_what_was_typed(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = see(open_page(centre.handler), case)
    take(page, "accept")
    page.keyboard.type("来电核实，予以受理")
    page.keyboard.press("Escape")
    page.wait_for_selector("#decide form", state="detached")
    until(page, "document.activeElement?.href?.includes('/steps/accept/')")
    take(page, "refuse")
    assert page.evaluate("document.activeElement.name") == "ground", "the first field has the focus"
    page.keyboard.press("Escape")
    page.wait_for_selector("#decide form", state="detached")
    page.reload()
    take(ready(page), "accept")
    until(page, "document.querySelector('#id_note').value === '来电核实，予以受理'")
    assert page.locator("[data-step-kept]").is_visible()
    shoot(page, "case-kept")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已受理")
    case.refresh_from_db()
    assert case.state == State.ACCEPTED
    assert (
        page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('suqing:step')).length")
        == 0
    )


def test_both_texts_stand_side_by_side(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = busy(centre)
    page = see(open_page(centre.handler), case)
    take(page, "accept")
    page.keyboard.type("我写的理由：证据齐全，予以受理。")
    notes.note(case=case, note="商家称已经退款，请先核实再受理。", by=centre.head, at=AT)
    correct_facts(case=case, amount=Decimal("30"), incident_on=case.incident_on, by=centre.head, at=AT)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#decide .sq-both")
    both = page.locator("#decide .sq-both").first
    assert "商家称已经退款" in both.inner_text()
    assert both.locator("textarea").input_value().startswith("我写的理由")
    assert page.input_value("#id_note").startswith("我写的理由")
    shoot(page, "case-both")


def test_every_key_of_the_panel_opens_its_form_and_stands_in_the_sheet(
    open_page: Callable[..., Any], centre: Cast
) -> None:
    case = busy(centre)
    page = see(open_page(centre.handler), case)
    buttons = page.locator("#decide a.btn")
    wanted = [(one.get_attribute("data-key"), one.get_attribute("href")) for one in buttons.all()]
    assert len(wanted) > 5 and all(key for key, _address in wanted)
    page.keyboard.press("?")
    sheet = page.locator("#keyboard-sheet").inner_text()
    assert all((key or "").upper() in sheet for key, _address in wanted)
    page.keyboard.press("Escape")
    for key, address in wanted:
        page.keyboard.press(key or "")
        page.wait_for_selector(f'#decide form[action="{(address or "").split("#")[0]}"]')
        until(page, "document.querySelector('#decide form').contains(document.activeElement)")
        page.keyboard.press("Escape")
        page.wait_for_selector("#decide form", state="detached")


@pytest.mark.parametrize(("size", "scheme", "language"), SHOTS_OF_CASE)
def test_files_and_documents_show_in_the_page_of_the_case(
    open_page: Callable[..., Any],
    centre: Cast,
    shoot: Callable[[Any, str], None],
    size: tuple[int, int],
    scheme: str,
    language: str,
) -> None:
    case = busy(centre)
    files = {
        "现场照片.jpg": samples.jpg("teal", (800, 600)),
        "小票.pdf": samples.pdf(),
        "通话录音.mp3": samples.mp3(),
    }
    given = [
        (keep(BytesIO(data), purpose="attachment", name=name, by=centre.handler, at=AT), name)
        for name, data in files.items()
    ]
    attachments.attach(case=case, files=given, by=centre.handler, at=AT)
    page = open_page(
        centre.handler,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        has_touch=size[0] < 900,
    )
    page.goto("/")
    if language == "en":
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    see(page, case)
    panel = page.locator("#files")
    panel.locator(".sq-here summary").first.press("Enter")
    panel.locator(".sq-here .sq-file-pages img").first.evaluate("picture => picture.decode()")
    assert panel.locator("audio").count() == 1
    middles = panel.locator(".sq-document-links").first.evaluate(
        "line => [...line.querySelectorAll('a, button')].map((one) => one.getBoundingClientRect())"
        ".map(({ top, height }) => Math.round(top + height / 2))"
    )
    steps = [below - above for above, below in pairwise(sorted(set(middles)))]
    assert all(step >= 20 for step in steps), f"what stands in one line stands at one height: {middles}"
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] < 900:
        camera = page.locator("[data-upload-camera]")
        assert camera.get_attribute("capture") == "environment"
        assert page.locator(".sq-upload-camera").is_visible()
    name = f"case-files-{size[0]}-{scheme}-{language}"
    panel.scroll_into_view_if_needed()
    shoot(page, name)
    if os.environ.get("SUQING_SHOTS"):
        page.screenshot(path=str(Path(os.environ["SUQING_SHOTS"]) / f"{name}-whole.png"), full_page=True)
        page.emulate_media(media="print")
        page.pdf(path=str(Path(os.environ["SUQING_SHOTS"]) / f"{name}.pdf"), format="A4")


def test_the_case_prints_without_controls(open_page: Callable[..., Any], centre: Cast) -> None:
    case = busy(centre)
    page = see(open_page(centre.handler), case)
    page.emulate_media(media="print")
    for control in (
        ".btn",
        "#decide",
        ".sq-present",
        ".sq-top",
        ".sq-rail",
        "kbd",
        "input:not([type=hidden])",
    ):
        shown = page.locator(f".sq-frame {control}").all()
        assert not [one for one in shown if one.is_visible()], control
    assert page.locator("#case-words .narrative").is_visible()
    assert page.locator(".sq-timeline").is_visible()
