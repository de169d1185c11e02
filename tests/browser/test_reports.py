"""Reports by keyboard from check to end: extended, paused, filed or not, ended by each kind of ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from suqing.cases.actions import reports
from suqing.cases.models import Case, CaseLink, ExtensionRequest, Notice
from suqing.cases.vocabulary import ClockState, Kind, LinkKind, Outcome, State
from tests.browser.walking import AFTER as MAY
from tests.browser.walking import BEFORE, choose, food, let_it_be, see, send, stands, take, with_gusu, write
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def centre(centre: Cast) -> Cast:
    let_it_be(MAY)
    return centre


def open_step(page: Any, key: str, field: str) -> None:
    """Open a step by its key and wait for its form."""
    page.keyboard.press(key)
    page.locator(f"#id_{field}").first.wait_for()


def test_a_report_is_carried_through_by_keyboard(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = with_gusu(centre, MAY, Kind.REPORT, object_class=food())
    page = open_page(centre.handler)
    page.goto(f"/cases/{case.number}/")
    open_step(page, "e", "note")
    send(page)
    open_step(page, "f", "note")
    page.locator("#id_note").fill("抽检不合格，线索属实")
    page.locator("#id_filing_number").fill("苏姑市监案〔2026〕7号")
    send(page)
    for act, note in (("evidence_registered", "登记保存两箱"), ("evidence_disposed", "没收")):
        page.locator('[href*="/steps/investigate/"]').first.press("Enter")
        page.locator("#id_event").select_option(act)
        page.locator("#id_note").fill(note)
        shoot(page, f"report-{act}")
        send(page)
    assert "先行登记保存证据" in page.locator("main").inner_text()
    open_step(page, "t", "way")
    page.locator("#id_way").select_option("phone")
    shoot(page, "report-notice")
    send(page)
    open_step(page, "c", "note")
    page.get_by_label("作出行政处罚").or_(page.locator('input[value="penalty"]')).first.check(force=True)
    page.locator("#id_penalty_amount").fill("5000")
    assert page.locator("#id_filing_number").input_value() == "苏姑市监案〔2026〕7号"
    page.locator("#id_finding").select_option("true_filed")
    shoot(page, "report-close")
    send(page)
    shoot(page, "report-closed")
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.PENALTY)
    assert Notice.objects.get(case=case).way == "phone"
    assert "属实（立案）" in page.locator("main").inner_text()


def due_of_check(case: Case) -> datetime:
    return case.clocks.get(limit="D5").due_at


def test_a_report_is_extended_paused_filed_and_ends_with_a_penalty(
    centre: Cast, open_page: Callable[..., Any], shoot: Callable[[Any, str], None]
) -> None:
    case = with_gusu(centre, MAY, Kind.REPORT)
    assert case.is_real_name
    page, head = open_page(centre.handler), open_page(centre.head)
    see(page, case)
    take(page, "check")
    page.keyboard.type("赴现场核查")
    send(page)
    before = due_of_check(case)
    take(page, "ask_extension")
    page.keyboard.type("需向生产厂家核实批次")
    send(page)
    assert due_of_check(case) == before, "asking moves nothing"
    see(head, case)
    take(head, "decide_extension")
    choose(head, "is_granted", "yes")
    head.focus("#id_note")
    send(head)
    extended = due_of_check(case)
    assert extended > before
    assert ExtensionRequest.objects.get(case=case).decided_by == centre.head
    see(page, case)
    take(page, "begin_period")
    page.keyboard.press("Space")
    write(page, subject="过滤效率", body="苏州市产品质量监督检验院")
    send(page)
    shoot(page, "report-paused")
    assert case.clocks.get(limit="D5").state == ClockState.PAUSED
    let_it_be(MAY + timedelta(days=3))
    see(page, case)
    take(page, "end_period")
    write(page, note="检验报告已收到")
    send(page)
    clock = case.clocks.get(limit="D5")
    assert clock.state == ClockState.RUNNING
    assert clock.due_at > extended
    take(page, "file")
    page.keyboard.type("过滤效率不合格，决定立案")
    write(page, filing_number="苏姑市监案〔2026〕8号")
    send(page)
    take(page, "investigate")
    page.select_option("#id_event", "questioning")
    write(page, note="询问店长")
    send(page)
    take(page, "close")
    choose(page, "outcome", "penalty")
    write(page, penalty_amount="3000")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.PENALTY, "")
    story = page.locator("#case-story").inner_text()
    for told in ("询问店长", "检验报告已收到", "过滤效率不合格"):
        assert told in story, told


@pytest.mark.parametrize("is_filed", [True, False], ids=["filed", "not filed"])
def test_a_report_ends_with_an_admonition(
    centre: Cast, open_page: Callable[..., Any], is_filed: bool
) -> None:
    case = reports.check(case=with_gusu(centre, MAY, Kind.REPORT), by=centre.handler, at=MAY)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "file" if is_filed else "not_file")
    page.keyboard.type("未明码标价，情节轻微")
    send(page)
    take(page, "close")
    choose(page, "outcome", "admonition")
    write(page, note="制发告诫书，当场改正")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.ADMONITION, "")
    assert "告诫" in page.locator("main").inner_text()


@pytest.mark.parametrize(("now", "article"), [(BEFORE, "第二十九条"), (MAY, "第三十四条")])
def test_a_reporter_is_told_which_bureau_is_competent(
    centre: Cast, open_page: Callable[..., Any], now: datetime, article: str
) -> None:
    let_it_be(now)
    case = with_gusu(centre, now, Kind.REPORT)
    page = open_page(centre.handler)
    see(page, case)
    take(page, "tell_elsewhere")
    assert article in page.locator("#decide form").inner_text()
    write(page, bureau="无锡市市场监督管理局", note="经营者住所地在无锡，已电话告知")
    send(page)
    assert stands(case) == (State.CLOSED, Outcome.TOLD_ELSEWHERE, "")
    assert "无锡市市场监督管理局" in page.locator("main").inner_text()


def test_a_repeat_report_is_not_handled_again_and_another_is_merged(
    centre: Cast, open_page: Callable[..., Any]
) -> None:
    earlier = reports.check(case=with_gusu(centre, MAY, Kind.REPORT), by=centre.handler, at=MAY)
    same, more = (
        with_gusu(centre, MAY + timedelta(days=1), Kind.REPORT),
        with_gusu(centre, MAY + timedelta(days=2), Kind.REPORT),
    )
    let_it_be(MAY + timedelta(days=2, hours=1))
    page = open_page(centre.handler)
    see(page, same)
    take(page, "not_again")
    assert "第三十五条第二款" in page.locator("#decide form").inner_text()
    choose(page, "earlier", str(earlier.pk))
    write(page, note="同一举报人就同一行为再次举报，无新线索")
    send(page)
    assert stands(same) == (State.CLOSED, Outcome.REPEAT, "")
    before = due_of_check(earlier)
    see(page, earlier)
    take(page, "merge")
    choose(page, "repeat", str(more.pk))
    write(page, note="新提供进货单")
    send(page)
    assert stands(more) == (State.CLOSED, Outcome.REPEAT, "")
    assert stands(earlier)[0] == State.CHECKING
    newest = earlier.clocks.filter(limit="D5").latest("id")
    assert newest.due_at > before, "the check begins anew"
    assert set(CaseLink.objects.values_list("case", "other", "kind")) == {
        (same.pk, earlier.pk, LinkKind.REPEAT),
        (more.pk, earlier.pk, LinkKind.MERGED),
    }
