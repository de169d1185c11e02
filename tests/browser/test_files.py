"""Files in a real browser: several at once, a line that breaks, a preview, a removal taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from suqing.cases.actions import dispatching
from suqing.cases.models import CaseAttachment
from suqing.files.models import Upload
from suqing.files.queries import opened
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.files import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def drawn(page: Any, selector: str, count: int) -> None:
    """Wait until pictures are there and could be decoded."""
    found = page.locator(selector)
    found.nth(count - 1).wait_for()
    for number in range(count):
        found.nth(number).evaluate("picture => picture.decode()")


def test_two_files_over_a_broken_line_are_attached_seen_removed_and_brought_back(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None], tmp_path: Path
) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    large = samples.jpg("teal", (800, 600)) + bytes(3 * 1024 * 1024 + 17)  # four pieces
    receipt, photograph = tmp_path / "小票.jpg", tmp_path / "现场 <b>.jpg"
    receipt.write_bytes(samples.receipt())
    photograph.write_bytes(large)
    page = open_page(centre.handler)
    broken: list[str] = []

    def cut(route: Any) -> None:
        """The line breaks at the third piece, after the server had it: its answer is lost."""
        if "offset=2097152" in route.request.url and not broken:
            broken.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/**", cut)
    page.goto(f"/cases/{case.number}/")
    page.set_input_files("#uploads-file", [str(receipt), str(photograph)])
    page.get_by_role("button", name="附上").click()  # it waits for the files by itself
    page.get_by_text("已附上 2 个文件").wait_for(timeout=20_000)
    assert broken, "the line was broken once"
    assert Upload.objects.count() == 2, "no file was begun anew"
    row = CaseAttachment.objects.get(name="现场 <b>.jpg")
    assert row.file is not None
    with opened(row.file) as stream:
        assert stream.read() == large
    panel = page.locator("#files")
    panel.scroll_into_view_if_needed()
    drawn(page, ".sq-file-small img", 2)
    shoot(page, "files-panel")
    panel.get_by_role("link", name="小票.jpg", exact=True).click()
    drawn(page, ".sq-file-pages img", 1)
    shoot(page, "files-viewer")
    page.goto(f"/cases/{case.number}/")
    panel.get_by_role("button", name="移除 小票.jpg").click()
    page.get_by_role("button", name="撤销").click()
    page.locator(".sq-files > li").nth(1).wait_for()
    assert CaseAttachment.objects.filter(removed_at=None).count() == 2


def test_a_file_that_was_broken_off_goes_on_when_it_is_chosen_again(
    centre: Cast, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    photograph = tmp_path / "a.jpg"
    photograph.write_bytes(samples.jpg() + bytes(2 * 1024 * 1024))
    page = open_page(centre.handler)
    page.route("**/uploads/*/?offset=1048576", lambda route: route.abort())
    page.goto(f"/cases/{case.number}/")
    page.set_input_files("#uploads-file", str(photograph))
    page.get_by_text("连接中断，恢复后自动从这里续传。").wait_for()
    page.unroute("**/uploads/*/?offset=1048576")
    page.goto(f"/cases/{case.number}/")
    page.set_input_files("#uploads-file", str(photograph))
    page.locator(".sq-upload-row.is-done").wait_for(timeout=15_000)
    assert Upload.objects.count() == 1


def test_a_refused_file_says_why_and_the_form_is_not_sent(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None], tmp_path: Path
) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    (tmp_path / "图.jpg").write_bytes(samples.HTML)
    page = open_page(centre.handler, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"/cases/{case.number}/")
    page.set_input_files("#uploads-file", str(tmp_path / "图.jpg"))
    page.locator(".sq-upload-row.is-wrong").get_by_text("内容是网页").wait_for()
    page.locator("#files").scroll_into_view_if_needed()
    shoot(page, "files-phone")
    assert page.locator("#files .sq-upload-camera").is_visible()
    assert not CaseAttachment.objects.exists()
