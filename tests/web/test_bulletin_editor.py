"""The pages of the bulletin editor and of the review without a browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.bulletins.actions import draft_daily, save_section
from suqing.bulletins.models import Bulletin, State
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.bulletins.steps import issued
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=MORNING, speed=0.0001, by=SYSTEM)
    return cast


def drafted() -> Bulletin:
    return draft_daily(day=MONDAY, by=SYSTEM, at=MORNING)


def url(page: str, row: Bulletin, *more: Any) -> str:
    return reverse(f"bulletin-{page}", args=[row.pk, *more])


def test_a_section_is_saved_by_itself_and_a_stale_one_is_shown_beside_what_is_stored(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    address, typed = url("section", row, 1), {"title": "总体", "text": "甲〔图2〕件。", "seen": "1"}
    answer = client.post(address, typed, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert "甲" in client.get(address).content.decode()
    late = {**typed, "text": "乙写的。"}
    refused = client.post(address, late, headers={"X-Autosave": "1"})
    assert refused.status_code == 409 and "文编辑" in refused.json()["message"]
    page = client.post(address, late)
    assert page.status_code == 409
    shown = page.context["sections"][1]
    assert (shown["text"], shown["theirs"].text, shown["version"]) == (
        "乙写的。",
        "甲〔图2：登记总量〕件。",
        2,
    )


def test_a_text_that_names_no_figure_is_refused_and_kept(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    typed = {"title": "总体", "text": "〔图999〕件。", "seen": "1"}
    assert client.post(url("section", row, 1), typed, headers={"X-Autosave": "1"}).status_code == 422
    page = client.post(url("section", row, 1), typed)
    assert page.status_code == 422
    assert page.context["sections"][1]["text"] == "〔图999〕件。"
    assert "没有图999" in page.content.decode()
    for wrong in ({"seen": "x"}, {"seen": "9" * 40}, {}):
        assert client.post(url("section", row, 1), {"title": "总", "text": "丙", **wrong}).status_code == 409


def test_figures_are_put_in_refused_and_taken_out(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    asked = {
        "measure": "complaints_registered",
        "from": "2020-01-27",
        "to": "2020-01-27",
        "kind": "",
        "label": "投诉",
    }
    assert client.post(url("figures", row), asked).status_code == 302
    made = row.figures.get(key__startswith="own.")
    assert made.label == "投诉" and made.counted_at is not None
    for wrong in ({"measure": "x"}, {"from": "x"}, {"to": "2020-01-20"}, {"to": "2020-02-20"}):
        answer = client.post(url("figures", row), {**asked, **wrong})
        assert answer.status_code == 422 and answer.context["given"]["label"] == "投诉", wrong
    assert client.post(url("figures", row), {"remove": made.key}).status_code == 302
    assert client.post(url("figures", row), {"remove": "cases"}).status_code == 422


def test_a_refresh_is_shown_before_it_is_made(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    take(week, moment(MONDAY, "21:00"), mask_report())
    shown = client.post(url("refresh", row))
    assert ("10", "11") in [(one.before, one.after) for one, _places in shown.context["changes"]]
    assert row.figures.get(key="reports").value == 10
    assert client.post(url("refresh", row), {"apply": "1"}).status_code == 302
    assert row.figures.get(key="reports").value == 11


def test_cases_to_choose_are_masked_and_never_reports(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    page = client.get(url("cases", row), {"figure": "cases"})
    numbers = {line["number"] for line in (*page.context["rows"], *page.context["proposals"])}
    assert numbers and not any(number.startswith("JB") for number in numbers)
    report = Case.objects.filter(kind=Kind.REPORT)[0]
    assert client.get(url("case", row, report.number)).status_code == 404
    number = next(line["number"] for line in page.context["rows"] if not line["is_taken"])
    typed = {"title": "案例", "text": "来电人反映。", "section": "5", "operator": ""}
    refused = client.post(url("case", row, number), typed)
    assert refused.status_code == 422 and refused.context["given"]["text"] == "来电人反映。"
    assert client.post(url("case", row, number), {**typed, "read": "1"}).status_code == 302
    assert client.get(url("cases", row), {"q": "没有这样的话"}).context["rows"] == []


def test_a_bulletin_goes_through_the_review_and_says_what_was_refused(week: Cast) -> None:
    row, writer, second = drafted(), seat(week.analyst), seat(week.leader)
    save_section(bulletin=row, number=1, title="总体", text="写。", version=1, by=week.analyst, at=MORNING)
    assert writer.post(url("review", row), {"act": "submit", "revision": "1"}).status_code == 409
    assert writer.post(url("review", row), {"act": "submit", "revision": "2"}).status_code == 302
    assert writer.post(url("review", row), {"act": "approve", "revision": "2"}).status_code == 403
    assert writer.get(url("edit", row)).status_code == 302
    assert (
        second.post(url("review", row), {"act": "remark", "section": "1", "text": "请核对"}).status_code
        == 302
    )
    assert second.post(url("review", row), {"act": "return", "text": ""}).status_code == 409
    assert second.post(url("review", row), {"act": "return", "text": "见意见"}).status_code == 302
    page = writer.get(url("edit", row))
    assert [one.text for one in page.context["sections"][1]["remarks"]] == ["请核对"]
    assert [one.text for one in page.context["whole_remarks"]] == ["见意见"]
    writer.post(url("review", row), {"act": "submit", "revision": "2"})
    assert second.post(url("review", row), {"act": "approve", "revision": "2"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.APPROVED, week.leader)


def test_the_register_is_filtered_and_a_withdrawal_has_its_notice(week: Cast) -> None:
    row, client = issued(drafted(), week, MORNING), seat(week.leader)
    assert client.get(url("notice", row)).status_code == 404
    client.post(url("withdraw", row), {"reason": "地区数有误"})
    assert client.get(url("notice", row)).content[:2] == b"PK"
    for query, count in (
        ({"q": "口罩"}, 1),
        ({"q": "火星"}, 0),
        ({"state": "withdrawn"}, 1),
        ({"year": "x"}, 0),
    ):
        assert len(client.get(reverse("bulletins"), query).context["rows"]) == count, query
    assert client.get(url("pages", row)).status_code == 200


def test_the_editor_costs_a_fixed_number_of_queries(week: Cast) -> None:
    row, client = drafted(), seat(week.editor)
    for page, most in (("edit", 26), ("cases", 26), ("pages", 16)):
        client.get(url(page, row))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(page, row))
        assert len(queries) <= most, (page, len(queries))
