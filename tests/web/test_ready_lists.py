"""Ready lists: what each counts is what it opens, in the sight of who looks; no count walks through the whole centre."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from suqing.accounts.models import Person
from suqing.cases.actions import dispatching
from suqing.cases.models import Case, SupervisionOrder
from suqing.cases.queries import Filters, list_counts
from suqing.ledger.actions import set_centre_clock
from suqing.web import waiting
from suqing.web.desks.work_list_views import VIEWS, view_counts
from tests.cases.examples import one_case
from tests.cases.test_orders import issued
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
COUNT = re.compile(r'data-count="view:(\w+)"[^>]*>([^<]*)<')
ROW = re.compile(r'<tr data-href="/cases/(\w+)/"')


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def page_of(person: Person, view: str) -> str:
    answer = seat(person).get(f"/cases/?view={view}")
    assert answer.status_code == 200
    return answer.content.decode()


def counts(page: str) -> dict[str, str]:
    return dict(COUNT.findall(page))


def rows(page: str) -> list[str]:
    return ROW.findall(page)


def to_gusu(centre: Cast, case: Case) -> Case:
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


@pytest.fixture
def busy(centre: Cast) -> Cast:
    """Cases with the centre and with two units, one in the hands of a person, one given back, one supervised."""
    for _turn in range(2):
        one_case(centre.call_taker)
    mine, other, back = (to_gusu(centre, one_case(centre.call_taker)) for _turn in range(3))
    dispatching.dispatch(
        case=one_case(centre.call_taker), to_unit=centre.wuzhong, by=centre.dispatcher, at=AT
    )
    Case.objects.filter(pk=mine.pk).update(handler=centre.handler)
    Case.objects.filter(pk=other.pk).update(next_due_at=AT + timedelta(hours=20))
    Case.objects.filter(pk=back.pk).update(return_count=1, next_due_at=AT - timedelta(hours=1))
    return centre


@pytest.mark.parametrize("name", ["dispatcher", "handler", "other_handler", "head", "supervisor", "leader"])
def test_every_count_is_the_length_of_the_list_it_opens(busy: Cast, name: str) -> None:
    person = getattr(busy, name)
    told = counts(page_of(person, "open"))
    assert told
    for view, count in told.items():
        assert len(rows(page_of(person, view))) == int(count), view


def test_mine_and_my_units_are_each_persons_own(busy: Cast) -> None:
    assert len(rows(page_of(busy.handler, "mine"))) == 1
    assert rows(page_of(busy.other_handler, "mine")) == []
    assert len(rows(page_of(busy.handler, "my_unit"))) == 3
    assert len(rows(page_of(busy.other_handler, "my_unit"))) == 1


def test_due_lists_lie_in_one_another_and_what_is_late_is_in_none(busy: Cast) -> None:
    due = {
        view: set(rows(page_of(busy.handler, view))) for view in ("due_soon", "due_24", "due_12", "overdue")
    }
    assert due["due_12"] <= due["due_24"] <= due["due_soon"]
    assert len(due["due_24"]) == 1
    assert due["due_12"] == set()
    assert len(due["overdue"]) == 1
    assert not due["overdue"] & due["due_soon"]


def test_tabs_are_those_of_ones_own_work_and_an_address_opens_any(busy: Cast) -> None:
    assert {"mine", "my_unit", "to_decide"} <= set(counts(page_of(busy.handler, "open")))
    told = set(counts(page_of(busy.leader, "open")))
    assert not {"mine", "my_unit", "to_dispatch", "extensions"} & told
    assert "to_dispatch" in counts(page_of(busy.leader, "to_dispatch"))
    assert all(seat(busy.leader).get(f"/cases/?view={view}").status_code == 200 for view in VIEWS)


def test_returned_holds_what_came_back_and_goes_on(busy: Cast) -> None:
    assert len(rows(page_of(busy.dispatcher, "returned"))) == 1
    assert len(rows(page_of(busy.handler, "returned"))) == 1
    assert rows(page_of(busy.other_handler, "returned")) == []


@pytest.mark.parametrize("filters", [None, Filters(kind="complaint")])
def test_supervised_holds_what_open_orders_are_over(busy: Cast, filters: Filters | None) -> None:
    """An order names cases, or is over what a filter finds today: both are supervised until the order is closed."""
    named = Case.objects.filter(responsible_unit=busy.gusu).order_by("pk")[0]
    order = issued(busy, filters=filters, cases=[] if filters else [named])
    found = rows(page_of(busy.handler, "supervised"))
    assert found == [named.number] if filters is None else len(found) == 3
    expected = 0 if filters is None else 1
    assert len(rows(page_of(busy.other_handler, "supervised"))) == expected, "as far as one may see them"
    SupervisionOrder.objects.filter(pk=order.pk).update(state="closed", closed_at=AT)
    assert rows(page_of(busy.handler, "supervised")) == []


def test_beyond_the_limit_a_count_says_only_that_there_are_more(
    busy: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (list_counts, waiting):
        monkeypatch.setattr(module, "MOST_COUNTED", 2)
    page = page_of(busy.handler, "open")
    assert counts(page)["open"] == "2+"
    assert counts(page)["mine"] == "1"
    one_case(busy.call_taker)
    assert "<b>2+</b>" in seat(busy.dispatcher).get("/").content.decode(), "to dispatch, on the first page"


def test_all_lists_are_counted_by_one_query(busy: Cast, django_assert_max_num_queries: Any) -> None:
    # appointments, units in sight, own units, orders over filters that move, and the counts themselves
    with django_assert_max_num_queries(5):
        assert view_counts(busy.handler, AT)["my_unit"] == 3
