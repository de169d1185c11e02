"""Limits on the pages: paused, extended, explained, counted anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.cases.actions import periods
from suqing.cases.actions.extensions import ask_extension
from suqing.cases.actions.recount import recount_clocks
from suqing.cases.models import Case
from suqing.cases.vocabulary import ClockState, Kind
from suqing.lawclock.actions import change_day
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cases.handled import checked, clock, due, filed, mediated, on
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
DAY = "2020-02-03"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on the morning of 12 February 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=on("2020-02-12"), speed=1.0, by=SYSTEM)
    return centre


def page_of(person: Person, case: Case, **options: object) -> str:
    answer = seat(person).get(f"/cases/{case.number}/", **options)
    assert answer.status_code == 200
    return answer.content.decode()


def step(person: Person, case: Case, code: str, **typed: object):  # type: ignore[no-untyped-def]
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


def with_testing(centre: Cast, case: Case, first: str = "2020-02-10") -> Case:
    mediating = {"body": "质检院", "chosen_by": "joint", "cost_by": "agreement"}
    return periods.begin_period(
        case=case, kind="testing", first_on=date.fromisoformat(first), by=centre.handler, at=on("2020-02-11"),
        **(mediating if case.kind == Kind.COMPLAINT else {}),
    )  # fmt: skip


TYPED = {
    "kind": "testing",
    "first_on": "2020-02-10",
    "subject": "口罩过滤效率",
    "body": "质检院",
    "chosen_by": "joint",
    "cost_by": "agreement",
}


def test_a_handler_begins_and_ends_testing_from_the_page(centre: Cast) -> None:
    case = mediated(centre)
    form = (
        seat(centre.handler).get(f"/cases/{case.number}/steps/begin_period/", headers=HTMX).content.decode()
    )
    assert "第二十条" in form
    assert (
        "指定" not in form.split('name="cost_by"')[0].split('name="chosen_by"')[1]
    )  # order 20: nobody designates
    assert step(centre.handler, case, "begin_period", **TYPED).headers["HX-Redirect"]
    assert clock(case, "D2a").state == ClockState.PAUSED
    case.refresh_from_db()
    page = page_of(centre.handler, case)
    assert "口罩过滤效率" in page and "质检院" in page
    assert step(centre.handler, case, "end_period", kind="testing", last_on="2020-02-11", note="").headers[
        "HX-Redirect"
    ]
    assert clock(case, "D2a").state == ClockState.RUNNING


def test_what_is_refused_stands_beside_its_field_with_the_article(centre: Cast) -> None:
    case = mediated(centre)
    answer = step(centre.handler, case, "begin_period", **TYPED | {"first_on": "2020-02-13"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "尚未到来" in page and "第二十条" in page
    assert 'value="质检院"' in page
    assert clock(case, "D2a").state == ClockState.RUNNING


def test_a_paused_limit_tells_days_used_and_left_and_is_never_overdue(centre: Cast) -> None:
    case = with_testing(centre, mediated(centre))
    set_centre_clock(mode="rehearsal", centre=on("2020-12-01"), speed=1.0, by=SYSTEM)
    page = page_of(centre.handler, case)
    assert "已用 4 个工作日，剩 41 个工作日" in page
    assert "已中止计时" in page and "超期" not in page
    lists = seat(centre.handler).get("/cases/?view=all").content.decode()
    assert "已用 4 个工作日，剩 41 个工作日" in lists
    assert case.number not in seat(centre.handler).get("/cases/?view=all&due=overdue").content.decode()


def test_the_count_of_a_paused_limit_says_that_its_end_is_open(centre: Cast) -> None:
    case = with_testing(centre, mediated(centre))
    told = seat(centre.handler).get(
        f"/cases/{case.number}/clocks/{clock(case, 'D2a').pk}/", headers=HTMX
    ).content.decode()  # fmt: skip
    assert "最后一日尚不能确定" in told
    assert "检测" in told


@pytest.mark.parametrize("limit", ["D5", "D10", "D6", "D15"])
def test_every_limit_explains_itself(centre: Cast, limit: str) -> None:
    case = filed(centre)
    answer = seat(centre.handler).get(f"/cases/{case.number}/clocks/{clock(case, limit).pk}/")
    assert answer.status_code == 200
    assert "期间自" in answer.content.decode()


def test_an_extension_is_asked_for_by_one_and_granted_by_another(centre: Cast) -> None:
    case = checked(centre)
    before = due(case, "D5")
    form = (
        seat(centre.handler).get(f"/cases/{case.number}/steps/ask_extension/", headers=HTMX).content.decode()
    )
    assert "15 个工作日" in form and 'name="amount"' not in form
    assert "decide_extension" not in page_of(centre.head, case)  # nothing waits yet
    assert step(centre.handler, case, "ask_extension", limit="D5", reason="举报人补充材料").headers[
        "HX-Redirect"
    ]
    case.refresh_from_db()
    page = page_of(centre.head, case)
    assert "decide_extension" in page and "举报人补充材料" in page
    assert "decide_extension" not in page_of(centre.handler, case)
    assert step(centre.handler, case, "decide_extension", is_granted="yes").status_code in (403, 409)
    assert step(centre.head, case, "decide_extension", is_granted="no", note="").status_code == 422
    assert step(centre.head, case, "decide_extension", is_granted="yes", note="").headers["HX-Redirect"]
    assert due(case, "D5") > before
    told = page_of(centre.head, case)
    assert "顾局长" in told and "已批准" in told
    answer = seat(centre.handler).get(f"/cases/{case.number}/clocks/{clock(case, 'D5').pk}/")
    assert "批准延长15个工作日" in answer.content.decode()


def test_a_decision_after_the_end_is_refused_with_the_article(centre: Cast) -> None:
    case = ask_extension(case=checked(centre), reason="复杂", by=centre.handler, at=on("2020-02-11"))
    set_centre_clock(mode="rehearsal", centre=on("2020-06-01"), speed=1.0, by=SYSTEM)
    answer = step(centre.head, case, "decide_extension", is_granted="yes", note="同意")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "只能在届满前延长" in page and "第十八条" in page and "同意" in page
    late = checked(centre)
    answer = step(centre.handler, late, "ask_extension", limit="D5", reason="复杂")
    assert answer.status_code == 422
    assert "第十八条" in answer.content.decode()


def test_the_collective_decision_names_its_days_in_the_form(centre: Cast) -> None:
    from suqing.cases.actions.extensions import decide_extension

    case = ask_extension(case=filed(centre), reason="复杂", by=centre.handler, at=on("2020-02-11"))
    case = decide_extension(case=case, is_granted=True, by=centre.head, at=on("2020-02-11"))
    form = (
        seat(centre.handler).get(f"/cases/{case.number}/steps/ask_extension/", headers=HTMX).content.decode()
    )
    assert 'name="amount"' in form
    assert step(centre.handler, case, "ask_extension", limit="D10", reason="重大").status_code == 422
    assert step(centre.handler, case, "ask_extension", limit="D10", reason="重大", amount="20").headers[
        "HX-Redirect"
    ]


def test_what_was_written_is_masked_for_who_may_not_see_it(centre: Cast) -> None:
    case = ask_extension(
        case=checked(centre), reason="联系举报人13800001234核实", by=centre.handler, at=on("2020-02-11")
    )
    assert "13800001234核实" in page_of(centre.handler, case)
    assert "13800001234" not in page_of(centre.analyst, case)


def test_a_case_whose_limits_cannot_stand_still_asks_nothing_more(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=on(DAY))
    client = seat(centre.call_taker)
    client.get(f"/cases/{case.number}/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/cases/{case.number}/")
    said = " ".join(one["sql"] for one in asked.captured_queries)
    assert "cases_excludedperiod" not in said and "cases_extensionrequest" not in said


# Limits that moved


@pytest.fixture
def moved(centre: Cast) -> tuple[Case, Case]:
    """A complaint and a report of Gusu whose limits a local day off has moved."""
    found = mediated(centre), checked(centre)
    change_day(by=SYSTEM, at=on("2020-02-12"), day=date(2020, 2, 14), is_off=True, name="", notice="苏州通知")
    recount_clocks("moved", at=on("2020-02-12"), cause="calendar 2020-02-14")
    return found


def test_the_page_lists_old_and_new_days_of_what_one_may_see(centre: Cast, moved: tuple[Case, Case]) -> None:
    complaint, report = moved
    page = seat(centre.handler).get("/clock-changes/").content.decode()
    assert complaint.number in page and report.number in page
    assert "2020-02-14" in page
    old, new = due(report, "D5") - timedelta(days=1), due(report, "D5")
    assert f"{old.month}月{old.day}日" in page and f"{new.month}月{new.day}日" in page


def test_rights_hold_in_rows_and_counts(centre: Cast, moved: tuple[Case, Case]) -> None:
    complaint, report = moved
    page = seat(centre.leader).get("/clock-changes/").content.decode()
    assert complaint.number in page
    assert report.number not in page
    assert "1 项变动" in page
    assert "2 项变动" in seat(centre.handler).get("/clock-changes/").content.decode()
    empty = seat(centre.other_handler).get("/clock-changes/?run=moved").content.decode()
    assert complaint.number not in empty and "0 项变动" in empty
    assert seat(centre.stranger).get("/clock-changes/").status_code == 403


def test_the_list_is_narrowed_to_a_unit_and_paged(centre: Cast, moved: tuple[Case, Case]) -> None:
    complaint, _report = moved
    client = seat(centre.supervisor)
    assert complaint.number in client.get(f"/clock-changes/?run=moved&unit={centre.gusu.pk}").content.decode()
    assert complaint.number not in client.get(f"/clock-changes/?unit={centre.wuzhong.pk}").content.decode()
    for broken in ("?run=nonsense", "?unit=x", "?after=x"):
        assert client.get(f"/clock-changes/{broken}").status_code == 200


def test_nothing_counted_yet_is_said(centre: Cast) -> None:
    from suqing.cases.models import ClockRecount

    ClockRecount.objects.all().delete()
    assert "尚未重新计算" in seat(centre.handler).get("/clock-changes/").content.decode()
    english = seat(centre.handler).get("/clock-changes/", headers={"accept-language": "en"})
    assert english.status_code == 200


def test_the_story_tells_pauses_and_extensions(centre: Cast) -> None:
    case = with_testing(centre, checked(centre))
    page = seat(centre.handler).get(f"/cases/{case.number}/?story=clocks").content.decode()
    assert "不计入期限的时间" in page and "期限中止计时" in page
