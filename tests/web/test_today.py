"""The supervisor's today: every number opens exactly what it counts; the board proposes as the case page does."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.accounts.actions import set_duty
from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.cases.queries.boards import at_risk, dispatch_board
from suqing.cases.queries.competence import first_proposals, proposals
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cases.handled import on
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
NOW = on("2020-02-12")


@pytest.fixture
def client(centre: Cast) -> Client:
    """The supervisor's seat on the morning of 12 February 2020: old cases overdue, some of today, one dispatched."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=1.0, by=SYSTEM)
    for day, kind in (
        ("2020-01-20", Kind.COMPLAINT),
        ("2020-02-03", Kind.REPORT),
        ("2020-02-04", Kind.COMPLAINT),
    ):
        one_case(centre.call_taker, kind, at=on(day))
    for _number in range(2):
        one_case(centre.call_taker, Kind.COMPLAINT, at=NOW)
    sent = one_case(centre.call_taker, Kind.COMPLAINT, at=on("2020-01-21"))
    dispatching.dispatch(case=sent, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-01-21"))
    return seat(centre.supervisor)


def page(client: Client, address: str = "/today/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def links(text: str, address: str) -> list[tuple[str, int]]:
    """Every link to this address whose words are, or hold in bold, a number."""
    found = re.findall(rf'<a [^>]*href="({address}\?[^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
    numbers = [
        (unescape(url), re.search(r"(?:<b>|^)\s*([\d,]+)\s*(?:</b>|$)", words)) for url, words in found
    ]
    return [(url, int(number[1].replace(",", ""))) for url, number in numbers if number]


def listed(client: Client, url: str) -> int:
    """How many cases the list shows; the lists of these tests are short."""
    return len(set(re.findall(r'class="sq-number" href="(/cases/[^"]+)"', page(client, url))))


def test_every_number_of_a_work_list_opens_exactly_so_many_cases(client: Client) -> None:
    found = links(page(client), "/cases/")
    assert len(found) >= 8
    assert any(number for _url, number in found)
    for url, number in found:
        assert listed(client, url) == number, url


def test_every_figure_opens_exactly_so_many_rows(client: Client) -> None:
    found = links(page(client), "/figures/cases/")
    assert {number for _url, number in found} >= {2}
    for url, number in found:
        if "measure=contacts" not in url:
            assert listed(client, url) == number, url


def test_what_was_registered_today_is_shown_by_kind_class_district_and_channel(client: Client) -> None:
    text = page(client)
    for by in ("kind", "issue", "district", "channel"):
        section = text.split(f'id="cut-{by}"')[1].split("</section>")[0]
        numbers = [number for _url, number in links(section, "/figures/cases/")]
        total, *parts = numbers
        assert total == sum(parts) == 2, by


def test_limits_at_risk_are_counted_with_the_units_below(client: Client, centre: Cast) -> None:
    total, by_unit = at_risk(centre.supervisor, NOW)
    assert total.overdue >= 2
    assert total.within == tuple(sorted(total.within))
    gusu = next(one for one in by_unit if one.unit == centre.gusu)
    assert gusu.overdue == 1
    assert "姑苏" in page(client)


def test_the_board_shows_the_longest_waiting_first_with_the_unit_the_case_page_proposes(
    client: Client, centre: Cast
) -> None:
    board = dispatch_board(centre.supervisor, NOW)
    received = [case.received_at for case in board.cases]
    assert received == sorted(received)
    assert board.to_dispatch == len(board.cases) == 5
    fresh = Case.objects.filter(pk__in=[case.pk for case in board.cases])
    for case in fresh:
        alone = next(iter(proposals(case, NOW.date())), None)
        assert board.proposed.get(case.pk) == alone
    assert any(one.unit for one in board.proposed.values())


def test_a_returned_case_stands_on_the_board_as_an_objection(client: Client, centre: Cast) -> None:
    case = Case.objects.get(responsible_unit=centre.gusu)
    dispatching.send_back(case=case, reason="competence", note="不属于本辖区", by=centre.handler, at=NOW)
    assert dispatch_board(centre.supervisor, NOW).objections == 1
    assert case.number in page(client)


def test_who_is_on_duty_stands_on_the_page(client: Client, centre: Cast) -> None:
    set_duty(
        person=centre.head,
        unit=centre.gusu,
        since=on("2020-02-12"),
        until=on("2020-02-13"),
        by=SYSTEM,
        at=NOW,
    )
    text = page(client).split('id="duty-title"')[1].split("</section>")[0]
    assert "顾局长" in text
    assert "沈督导" in text


def test_the_page_costs_the_same_for_few_and_for_many_cases(client: Client, centre: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    page(client)
    few = asked()
    for _number in range(6):
        one_case(centre.call_taker, Kind.COMPLAINT, at=NOW)
    assert asked() == few <= 45


def test_the_proposals_of_many_cases_cost_as_few_queries_as_those_of_one_unit(
    client: Client, centre: Cast
) -> None:
    cases = dispatch_board(centre.supervisor, NOW).cases
    with CaptureQueriesContext(connection) as asked:
        first_proposals(cases, NOW.date())
    assert len(asked) <= 3


def test_an_empty_day_says_so(centre: Cast) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=1.0, by=SYSTEM)
    text = page(seat(centre.supervisor))
    assert "没有待分送的工单" in text
    assert "今天尚无登记" in text


def test_the_page_is_the_supervisors_and_stands_on_the_rail(client: Client, centre: Cast) -> None:
    assert 'href="/today/"' in page(client, "/")
    assert seat(centre.handler).get("/today/").status_code == 403
