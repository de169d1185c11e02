"""The page of data quality: the days asked for, numbers that open their cases, who reads what, files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from suqing.accounts.models import Person
from suqing.cases.actions.corrections import correct_facts
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
DAY = "from=2020-01-27&to=2020-01-27"
LINK = re.compile(r'<a href="(/quality/cases/\?[^"]+)">([\d,]+)<')


def seen_by(client: Client, person: Person, address: str) -> str:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_every_number_opens_as_many_cases(client: Client, centre: Cast) -> None:
    for number in range(3):
        one_case(centre.call_taker, amount=Decimal(number + 1))
    one_case(centre.other_call_taker, Kind.CONSULTATION, place="")
    case = one_case(centre.call_taker, at=AT - timedelta(days=2))
    correct_facts(case=case, amount=Decimal(8), incident_on=None, by=centre.supervisor, at=AT)
    page = seen_by(client, centre.supervisor, f"/quality/?{DAY}")
    links = LINK.findall(page)
    assert len(links) > 8
    for address, count in links:
        opened = seen_by(client, centre.supervisor, address.replace("&amp;", "&"))
        assert opened.count('<tr data-href="/cases/') == int(count), address
    assert "陆话务" in page and "姑苏区" in page and "所在区县不明" in page


def test_long_lists_are_paged_to_their_end(client: Client, centre: Cast) -> None:
    numbers = {one_case(centre.call_taker).number for _ in range(52)}
    first = seen_by(client, centre.supervisor, f"/quality/cases/?{DAY}&sort=wanted")
    second = seen_by(client, centre.supervisor, f"/quality/cases/?{DAY}&sort=wanted&page=2")
    shown = [re.findall(r'data-href="/cases/(\w+)/"', page) for page in (first, second)]
    assert [len(one) for one in shown] == [50, 2] and set(shown[0] + shown[1]) == numbers
    past = seen_by(client, centre.supervisor, f"/quality/cases/?{DAY}&sort=wanted&page=99")
    assert re.findall(r'data-href="/cases/(\w+)/"', past) == shown[1]


def test_without_days_it_is_the_report_of_yesterday(client: Client, centre: Cast) -> None:
    one_case(centre.call_taker)
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=1), speed=1.0, by=SYSTEM)
    assert "陆话务" in seen_by(client, centre.supervisor, "/quality/")
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=2), speed=1.0, by=SYSTEM)
    assert "陆话务" not in seen_by(client, centre.supervisor, "/quality/")
    assert "sq-empty" in seen_by(client, centre.supervisor, "/quality/")


@pytest.mark.parametrize(
    "asked",
    [
        "from=abc",
        "from=2020-01-28&to=2020-01-27",
        "from=2020-01-01&to=2020-02-01",
        "from=0001-01-01&to=9999-12-31",
        "from=2020-02-30",
    ],
)
def test_days_that_no_report_reads_are_said_so(client: Client, centre: Cast, asked: str) -> None:
    client.force_login(centre.leader, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("/quality/", "/quality/cases/"):
        answer = client.get(f"{page}?{asked}")
        assert answer.status_code == 422 and "sq-errors" in answer.content.decode()


@pytest.mark.parametrize(
    "asked",
    ["sort=x", "code=required.", "person=99999999999999", "district=苏", "page=0", "page=-1", "person=%00"],
)
def test_a_number_nobody_counts_is_left_out(client: Client, centre: Cast, asked: str) -> None:
    case = one_case(centre.call_taker)
    assert case.number in seen_by(client, centre.supervisor, f"/quality/cases/?{DAY}&{asked}")


def test_call_takers_read_of_their_own_entries(client: Client, centre: Cast) -> None:
    mine, theirs = one_case(centre.call_taker), one_case(centre.other_call_taker)
    page = seen_by(client, centre.call_taker, f"/quality/?{DAY}")
    assert "陆话务" in page and "钱话务" not in page
    for narrow in ("", f"&person={centre.other_call_taker.pk}"):
        listed = seen_by(client, centre.call_taker, f"/quality/cases/?{DAY}{narrow}")
        assert theirs.number not in listed and (mine.number in listed) == (not narrow)
    assert 'href="/quality/"' in page
    client.force_login(centre.handler, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/quality/?{DAY}").status_code == 403


def test_reports_are_counted_for_those_who_may_see_them(client: Client, centre: Cast) -> None:
    report = one_case(centre.call_taker, Kind.REPORT)
    assert report.number in seen_by(client, centre.analyst, f"/quality/cases/?{DAY}")
    assert report.number not in seen_by(client, centre.leader, f"/quality/cases/?{DAY}")


def written(client: Client, code: str, query: str) -> list[list[str]]:
    answer = client.post("/exports/new/", {"list": code, "query": query, "way": "csv"})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_files_say_what_the_pages_say(client: Client, centre: Cast) -> None:
    case = one_case(centre.call_taker, narrative="付款3000元", amount=Decimal(300))
    one_case(centre.other_call_taker)
    client.force_login(centre.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    lines = written(client, "quality_lines", DAY)
    assert ["人员", "陆话务", "1", "0", "0", "1", "0", "1", "0"] in lines
    assert ["区县", "姑苏区", "2", "0", "0", "2", "0", "1", "0"] in lines
    rows = written(client, "quality_cases", f"{DAY}&sort=doubt")
    found = [row for row in rows if row and row[0].startswith("TS")]
    assert [row[0] for row in found] == [case.number] and "金额疑似多写或少写了零" in found[0]
    answer = client.post("/exports/new/", {"list": "quality_cases", "query": "from=abc", "way": "csv"})
    assert answer.status_code == 404
