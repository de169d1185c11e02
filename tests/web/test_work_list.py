"""The work list and the first page: who sees what, filters in the address, pages, a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.cases.actions import complaints, dispatching
from suqing.cases.actions.drafts import save_draft
from suqing.cases.models import Case
from suqing.cases.queries import Filters, work_list
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import EntityInput, PartyInput, matter, one_case, registered
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def listed(person: Person, query: str = "") -> str:
    answer = seat(person).get(f"/cases/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def to_gusu(centre: Cast, case: Case) -> Case:
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("call_taker", 200),
        ("dispatcher", 200),
        ("handler", 200),
        ("supervisor", 200),
        ("analyst", 200),
        ("editor", 200),
        ("leader", 200),
        ("inspector", 200),
        ("administrator", 403),
        ("stranger", 403),
    ],
)
def test_who_opens_the_list(centre: Cast, name: str, status: int) -> None:
    assert seat(getattr(centre, name)).get("/cases/").status_code == status


def test_each_unit_sees_its_own_cases(centre: Cast) -> None:
    case = to_gusu(centre, one_case(centre.call_taker))
    assert case.number in listed(centre.handler)
    assert case.number not in listed(centre.other_handler)
    assert "此处没有待办工单" in listed(centre.other_handler)


def test_quick_views_show_what_waits(centre: Cast) -> None:
    here = one_case(centre.call_taker)
    there = to_gusu(centre, one_case(centre.call_taker))
    asked = one_case(centre.call_taker, Kind.CONSULTATION)
    to_dispatch = listed(centre.dispatcher, "?view=to_dispatch")
    assert here.number in to_dispatch
    assert there.number not in to_dispatch
    assert asked.number not in to_dispatch
    assert there.number in listed(centre.handler, "?view=to_decide")
    closed = complaints.refuse(case=there, ground="other", note="不受理", by=centre.handler, at=AT)
    assert closed.number not in listed(centre.handler)
    assert closed.number in listed(centre.handler, "?view=all")


def test_overdue_and_due_soon_follow_the_centres_clock(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    assert case.number not in listed(centre.dispatcher, "?view=overdue")
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=30), speed=1.0, by=SYSTEM)
    page = listed(centre.dispatcher, "?view=overdue")
    assert case.number in page
    assert "已超期" in page
    assert case.number not in listed(centre.dispatcher, "?view=due_soon")


def test_filters_stand_in_the_address_and_can_be_taken_off(centre: Cast) -> None:
    node = ClassNode.objects.filter(tree__code="issue-sd-2020").order_by("order")[2]
    hit = one_case(centre.call_taker, issue_class=node.pk, entity=EntityInput("苏城超市"))
    miss = one_case(centre.call_taker, Kind.REPORT, entity=EntityInput("另一家店"))
    for query in (
        "kind=complaint",
        f"issue={node.pk}",
        "q=苏城",
        "kind=complaint&place=320508&state=registered&from=2020-01-27&to=2020-01-27",
        f"unit={centre.centre.pk}&kind=complaint",
    ):
        page = listed(centre.dispatcher, f"?view=open&{query}")
        assert hit.number in page, query
        assert miss.number not in page, query
        assert "sq-chip" in page
    assert "没有符合条件的工单" in listed(centre.dispatcher, "?kind=complaint&to=2019-12-31")


@pytest.mark.parametrize(
    "query",
    [
        "?view=nonsense",
        "?kind=x&state=y&unit=z&place=a&issue=b&due=c&from=d&to=e",
        "?unit=99999999999999999999",
        "?after=broken&before=",
        "?before=%00",
        "?q=%25_'%22",
    ],
)
def test_a_mistyped_address_still_gives_a_list(centre: Cast, query: str) -> None:
    one_case(centre.call_taker)
    assert seat(centre.dispatcher).get(f"/cases/{query}").status_code == 200


def test_a_whole_number_opens_the_case_and_only_if_it_is_in_sight(centre: Cast) -> None:
    case = to_gusu(centre, one_case(centre.call_taker))
    assert (
        seat(centre.handler).get(f"/cases/?q={case.number.lower()}")["Location"] == f"/cases/{case.number}/"
    )
    assert seat(centre.other_handler).get(f"/cases/?q={case.number}").status_code == 200
    assert seat(centre.handler).get(f"/jump/?q={case.number}")["Location"] == f"/cases/?q={case.number}"


def test_words_are_looked_for_in_the_redacted_text_and_numbers_by_hash(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    assert case.number in listed(centre.analyst, "?q=口罩")
    assert case.number not in listed(centre.analyst, "?q=王小明")
    assert "13800001234" not in listed(centre.dispatcher, "?q=口罩")


def test_the_other_cases_of_a_person_are_a_list_without_the_number_in_the_address(centre: Cast) -> None:
    first, second = one_case(centre.call_taker), one_case(centre.call_taker)
    other = registered(centre.call_taker, matter(), party=PartyInput("陈先生", "13900009999")).cases.get()
    page = listed(centre.dispatcher, f"?same_person={first.number}")
    assert second.number in page
    assert other.number not in page
    assert "2 件工单" in seat(centre.dispatcher).get(f"/cases/{first.number}/").content.decode()
    assert first.number not in listed(centre.other_handler, f"?same_person={first.number}").replace(
        f"same_person={first.number}", ""
    ).replace(f"与 {first.number}", "").replace(f"{first.number} 同一号码", "")


def test_the_list_asks_the_same_number_of_queries_however_long_it_is(centre: Cast) -> None:
    client = seat(centre.handler)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/cases/").status_code == 200
        return len(caught)

    to_gusu(centre, one_case(centre.call_taker))
    queries()
    short = queries()
    for _turn in range(8):
        to_gusu(centre, one_case(centre.call_taker))
    assert queries() == short
    assert short <= 31


def test_pages_lead_to_the_next_and_back(centre: Cast) -> None:
    numbers = [one_case(centre.call_taker, at=AT - timedelta(minutes=turn)).number for turn in range(52)]
    first = listed(centre.dispatcher)
    assert numbers[0] in first
    assert numbers[-1] not in first
    address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = seat(centre.dispatcher).get(address).content.decode()
    assert numbers[-1] in second
    assert numbers[0] not in second
    assert 'rel="prev"' in second


# The first page


@pytest.mark.parametrize(
    "name", ["call_taker", "dispatcher", "handler", "supervisor", "analyst", "editor", "leader", "inspector"]
)
def test_the_first_page_opens_for_every_desk_and_redirects_nobody(centre: Cast, name: str) -> None:
    assert seat(getattr(centre, name)).get("/").status_code == 200


def test_every_number_of_the_first_page_opens_what_it_counts(centre: Cast) -> None:
    one_case(centre.call_taker)
    one_case(centre.call_taker, Kind.CONSULTATION)
    there = to_gusu(centre, one_case(centre.call_taker))
    page = seat(centre.dispatcher).get("/").content.decode()
    assert "待分送</span><b>1</b>" in page
    assert listed(centre.dispatcher, "?view=to_dispatch").count("<tr data-href") == 1
    mine = seat(centre.handler).get("/").content.decode()
    assert "待受理或退回</span><b>1</b>" in mine
    assert there.number in mine


def test_the_first_page_keeps_the_drafts_of_a_call_taker(centre: Cast) -> None:
    from uuid import uuid4

    ref = uuid4()
    save_draft(ref=ref, content={"fields": {}}, by=centre.call_taker, at=AT)
    assert f"/desk/calls/{ref}/" in seat(centre.call_taker).get("/").content.decode()
    assert f"/desk/calls/{ref}/" not in seat(centre.other_call_taker).get("/").content.decode()


# Phone numbers


@pytest.mark.parametrize(
    "typed", ["13800001234", "138 0000 1234", "１３８００００１２３４", "+86 138-0000-1234"]
)
def test_a_number_finds_its_cases_and_leaves_the_address(centre: Cast, typed: str) -> None:
    case = one_case(centre.call_taker)
    client = seat(centre.dispatcher)
    for answer in (
        client.post("/cases/", {"q": typed, "view": "open"}),
        client.get("/cases/", {"q": typed}),
        client.post("/jump/", {"q": typed}),
    ):
        assert answer["Location"] == f"/cases/?view=all&same_person={case.number}"
    assert case.number in client.get(answer["Location"]).content.decode()


def test_a_number_without_cases_leaves_the_address_too(centre: Cast) -> None:
    one_case(centre.call_taker)
    answer = seat(centre.dispatcher).post("/cases/", {"q": "13900009999"}, follow=True)
    assert answer.redirect_chain == [("/cases/?view=all&same_person=-", 302)]
    assert "没有此电话号码" in answer.content.decode()


@pytest.mark.parametrize("name", ["analyst", "editor", "leader", "inspector"])
def test_a_number_tells_nothing_to_who_may_not_unmask(centre: Cast, name: str) -> None:
    one_case(centre.call_taker)
    person = getattr(centre, name)
    assert seat(person).post("/jump/", {"q": "13800001234"})["Location"] == "/cases/?view=all&same_person=-"
    assert work_list(person, Filters(words="13800001234"), AT).cases == []


def test_words_with_figures_in_them_are_searched_as_words(centre: Cast) -> None:
    case = one_case(centre.call_taker, narrative="订单2020012700口罩太贵")
    assert case.number in listed(centre.analyst, "?q=订单2020012700")


def test_filters_sent_by_post_stand_in_the_address(centre: Cast) -> None:
    answer = seat(centre.dispatcher).post("/cases/", {"kind": "report", "view": "all", "q": "口罩"})
    assert answer["Location"] == "/cases/?view=all&q=%E5%8F%A3%E7%BD%A9&kind=report"
