"""A reminder from the case page to the inbox and back, by keyboard, and a duty entered for the night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from suqing.accounts.models import Duty
from suqing.cases.actions import dispatching
from suqing.cases.models import Case, Reminder
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, SYSTEM, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORKDAY = datetime(2020, 2, 4, 10, 0, tzinfo=SHANGHAI)


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def with_handler(centre: Cast) -> Case:
    case = one_case(centre.call_taker, at=WORKDAY)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=WORKDAY)
    return dispatching.assign(
        case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=WORKDAY
    )


def take(page: Any, case: Case, step: str, field: str, words: str, toast: str) -> None:
    """Open the step among those of the case, type into its first field, send; keyboard only."""
    page.goto(f"/cases/{case.number}/")
    ready(page).locator(f"a[href*='/steps/{step}/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#decide form #{field}:focus")
    ready(page)
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f".sq-toast >> text={toast}")


def test_a_reminder_and_its_answer_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    set_centre_clock(mode="rehearsal", centre=WORKDAY, speed=1.0, by=SYSTEM)
    case = with_handler(centre)
    supervisor = open_page(centre.supervisor)
    take(supervisor, case, "remind", "id_note", "消费者再次来电", "已催办")
    shoot(supervisor, "reminder-case")

    handler = open_page(centre.handler)
    handler.goto("/")
    assert handler.locator("a.sq-bell .sq-count").inner_text().startswith("1")
    ready(handler).keyboard.press("Alt+0")
    handler.wait_for_url("**/inbox/")
    shoot(handler, "inbox")
    ready(handler).keyboard.press("j")
    handler.keyboard.press("Enter")
    handler.wait_for_url(f"**/cases/{case.number}/")
    shoot(handler, "reminder-handler")
    take(handler, case, "answer-reminder", "id_answer", "已约双方到场", "催办已答复")
    assert Reminder.objects.get().answer == "已约双方到场"
    assert handler.locator("a.sq-bell .sq-count").count() == 0

    supervisor.goto("/inbox/")
    assert "已答复对工单" in supervisor.content()
    ready(supervisor).keyboard.press("Alt+r")
    supervisor.wait_for_selector("text=全部已读")
    shoot(supervisor, "inbox-empty")


def test_a_night_duty_is_entered_and_taken_back(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    set_centre_clock(mode="rehearsal", centre=WORKDAY, speed=1.0, by=SYSTEM)
    page = open_page(centre.supervisor)
    page.goto("/duty/")
    ready(page).get_by_label("人员").first.select_option(label="顾办理 · 姑苏区市场监督管理局")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".sq-toast >> text=已登记顾办理值班")
    duty = Duty.objects.get()
    assert duty.until - duty.since == timedelta(hours=12)
    shoot(page, "duty")
    narrow = open_page(centre.head, viewport={"width": 390, "height": 844})
    narrow.goto("/duty/")
    shoot(ready(narrow), "duty-phone")
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="顾办理").click()
    page.wait_for_selector(".sq-toast >> text=已结束顾办理")
