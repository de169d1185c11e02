"""The pages of working days: a year at a glance, one day changed for a reason, what that moves, a year that lacks."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.cases.actions.recount import recount_clocks
from suqing.cases.models import ClockRecount
from suqing.cases.queries.calendar_preview import preview_day
from suqing.cases.vocabulary import Kind
from suqing.lawclock.models import CalendarDay, CalendarYear
from suqing.lawclock.queries import calendar
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cases.handled import on
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
YEAR = "/administration/calendars/2020/"
DAY = "2020-02-10"  # a Monday, worked


@pytest.fixture
def client(centre: Cast) -> Client:
    """The administrator's seat on 5 February 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=on("2020-02-05"), speed=1.0, by=SYSTEM)
    return seat(centre.administrator)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, day: str = DAY, **typed: Any) -> Any:
    return client.post(f"{YEAR}?day={day}", {"is_off": "1", "name": "", "notice": "", **typed})


def test_the_calendar_opens_at_the_year_of_the_centre(client: Client) -> None:
    assert client.get("/administration/calendars/")["Location"] == YEAR


def test_a_year_shows_every_day_with_its_reason_and_its_notice(client: Client) -> None:
    text = page(client, YEAR)
    assert text.count('class="sq-month"') == 12
    assert text.count("?day=2020-") >= 366
    assert '>24<small>休</small><span class="visually-hidden"> 放假 · 春节' in text
    assert 'class="is-makeup"' in text
    assert "gov.cn" in text
    assert f"{calendar().working_days(date(2019, 12, 31), date(2020, 12, 31))} 个工作日" in text


def test_a_year_costs_few_queries(client: Client) -> None:
    page(client, YEAR)
    with CaptureQueriesContext(connection) as asked:
        page(client, f"{YEAR}?day={DAY}")
    assert len(asked) <= 14


def test_a_day_is_changed_for_a_reason_and_stands_in_the_history(client: Client) -> None:
    assert send(client).status_code == 422
    assert send(client, notice="省政府通知：延迟复工", name="延迟复工").status_code == 302
    assert not calendar().is_working_day(date(2020, 2, 10))
    text = page(client, f"{YEAR}?day={DAY}")
    assert "省政府通知：延迟复工" in text
    assert "is-local" in text
    assert "管理员" in text
    assert send(client, notice="省政府通知：延迟复工", name="延迟复工").status_code == 422


def test_the_notice_holds_again_when_the_decision_is_taken_back(client: Client) -> None:
    send(client, notice="省政府通知")
    send(client, restore="1")
    assert calendar().is_working_day(date(2020, 2, 10))
    assert not CalendarDay.objects.local().exists()


def test_the_preview_says_what_the_recount_then_moves_and_changes_nothing_itself(
    client: Client, centre: Cast
) -> None:
    for _number in range(3):
        one_case(centre.call_taker, Kind.COMPLAINT, at=on("2020-02-05"))
    found = preview_day(date(2020, 2, 10), is_off=True, now=on("2020-02-05"))
    assert found.later == found.moved >= 3
    text = send(client, preview="1").content.decode()
    assert f"{found.later} 个" in text
    assert not CalendarDay.objects.local().exists()
    send(client, notice="省政府通知")
    recount_clocks("test", at=on("2020-02-05"))
    assert ClockRecount.objects.get(run="test").changed == found.moved


def test_a_day_that_no_limit_spans_moves_nothing(client: Client, centre: Cast) -> None:
    one_case(centre.call_taker, Kind.COMPLAINT, at=on("2020-02-05"))
    assert preview_day(date(2020, 11, 10), is_off=True, now=on("2020-02-05")).moved == 0
    assert "不会有期限变动" in send(client, day="2020-11-10", preview="1").content.decode()


def test_a_year_without_a_calendar_is_said_loudly_and_can_be_assumed_or_loaded(client: Client) -> None:
    CalendarDay.objects.filter(year=2027).delete()
    CalendarYear.objects.filter(pk=2027).delete()
    address = "/administration/calendars/2027/"
    text = page(client, address)
    assert "2027 年没有工作日历" in text
    assert 'role="alert"' in text
    client.post(f"{address}assume/")
    assert CalendarYear.objects.get(pk=2027).origin == "assumed"
    assert "2027 年没有工作日历" in page(client, address)
    days = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    data = {"year": 2027, "papers": ["https://www.gov.cn/example"], "days": days}
    nul = json.dumps(data | {"papers": ["\0"]}).encode()
    long = json.dumps(data | {"days": [days[0] | {"name": "长" * 61}]}).encode()
    for bad in (nul, long, b"\xff", b"[]", json.dumps(data | {"year": 2028}).encode(), b"[" * 100_000):
        client.post(f"{address}import/", {"file": SimpleUploadedFile("y.json", bad)})
        assert CalendarYear.objects.get(pk=2027).origin == "assumed"
    client.post(f"{address}import/", {"file": SimpleUploadedFile("y.json", json.dumps(data).encode())})
    assert CalendarYear.objects.get(pk=2027).origin == "imported"
    assert "2027 年没有工作日历" not in page(client, address)


def test_a_year_that_is_needed_and_lacks_is_told_on_the_first_page_of_the_administration(
    client: Client,
) -> None:
    set_centre_clock(mode="rehearsal", centre=on("2030-10-05"), speed=1.0, by=SYSTEM)
    text = page(client, "/administration/")
    assert "2030 年没有工作日历" in text
    assert "/administration/calendars/2030/" in text


def test_days_and_years_out_of_reach_are_not_found(client: Client) -> None:
    assert client.get("/administration/calendars/1850/").status_code == 404
    assert client.post(f"{YEAR}?day=2021-01-01", {"is_off": "1"}).status_code == 404
    assert client.post(f"{YEAR}?day=x", {"is_off": "1"}).status_code == 404
    assert client.get(f"{YEAR}?day=x").status_code == 200
    assert client.post("/administration/calendars/2020/delete/").status_code == 404
