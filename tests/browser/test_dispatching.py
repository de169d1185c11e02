"""An objection, a dispute and the dispatch catalogue by keyboard only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suqing.accounts.models import Unit
from suqing.cases.actions import dispatching
from suqing.cases.models import Case, DispatchRule
from suqing.cases.vocabulary import State
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(page: Any) -> Any:
    page.wait_for_selector("html[data-ready]")
    return page


def test_an_objection_goes_back_and_forth_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    first = one_case(centre.call_taker)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    case = one_case(centre.call_taker)
    page = open_page(centre.dispatcher)
    page.goto(f"/cases/{case.number}/")
    ready(page).keyboard.press("d")
    page.wait_for_selector("#decide form")
    shoot(page, "dispatch-proposals")
    assert "第十三条" in page.inner_text("#decide")
    assert page.input_value("#id_to_unit") == str(centre.gusu.pk)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#ways-title")
    case.refresh_from_db()
    assert case.responsible_unit == centre.gusu
    case = dispatching.send_back(
        case=case, reason="competence", note="门店已迁至吴中区", by=centre.handler, at=AT
    )
    case = dispatching.reject(case=case, note="登记住所仍在姑苏区", by=centre.dispatcher, at=AT)
    dispatching.send_back(case=case, reason="competence", note="再次核对仍不在", by=centre.handler, at=AT)
    page.goto("/cases/?view=objections")
    ready(page)
    assert "往返 2 次" in page.inner_text("table")
    shoot(page, "objections-list")
    page.goto(f"/cases/{case.number}/")
    ready(page)
    shoot(page, "objection-case")
    page.keyboard.press("u")
    page.wait_for_selector("#decide form")
    page.keyboard.type("核实属实")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.number}/")
    ready(page)
    page.wait_for_selector("text=异议成立，认定人")
    assert Case.objects.get(pk=case.pk).state == State.REGISTERED


def test_a_superior_designates_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    case = one_case(centre.call_taker)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = dispatching.dispute(
        case=case, other_unit=centre.wuzhong, reason="门店跨两区", by=centre.handler, at=AT
    )
    dispatching.ask_designation(case=case, note="协商不成", by=centre.handler, at=AT)
    page = open_page(centre.superior, viewport={"width": 1280, "height": 1600})
    page.goto(f"/cases/{case.number}/")
    ready(page)
    shoot(page, "dispute-case")
    assert "门店跨两区" in page.inner_text("[aria-labelledby=disputes-title]")
    page.keyboard.press("v")
    page.wait_for_selector("#decide form")
    page.select_option("#id_unit", str(centre.wuzhong.pk))
    page.focus("#id_note")
    page.keyboard.type("实际经营地在吴中区")
    shoot(page, "designate-form")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=已指定处理单位")
    assert Case.objects.get(pk=case.pk).responsible_unit == centre.wuzhong


def test_a_row_of_the_catalogue_is_added_and_ended_by_keyboard(
    open_page: Callable[..., Any], centre: Cast, shoot: Callable[[Any, str], None]
) -> None:
    page = open_page(centre.supervisor)
    page.goto("/dispatch-catalogue/")
    ready(page)
    shoot(page, "catalogue-empty")
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/dispatch-catalogue/new/")
    ready(page)
    page.select_option("#id_unit", str(Unit.objects.get(code="sz-price").pk))
    page.select_option("#id_kind", "complaint")
    shoot(page, "catalogue-form")
    page.focus("#id_rank")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=条目已保存")
    row = DispatchRule.objects.get()
    ready(page)
    shoot(page, "catalogue-row")
    page.goto("/dispatch-catalogue/")
    ready(page).keyboard.press("j")
    shoot(page, "catalogue-list")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dispatch-catalogue/{row.pk}/")
    ready(page).keyboard.press("e")
    page.wait_for_url("**/end/")
    ready(page).keyboard.press("Control+Enter")
    page.wait_for_selector("text=条目已终止")
    row.refresh_from_db()
    assert row.valid_until == AT.date()
