"""The counts that a page asks for when it hears that something has happened: the person's own, and no sign of work."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.cases.actions import dispatching
from suqing.config.idle_sessions import KEY
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def test_everybody_hears_their_own_counts(centre: Cast) -> None:
    dispatching.dispatch(case=one_case(centre.call_taker), to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    one_case(centre.call_taker)
    handler = seat(centre.handler).get("/counts/?views=1").json()
    assert handler["desks"]["cases"] == "1"
    assert handler["views"]["my_unit"] == "1"
    assert seat(centre.other_handler).get("/counts/?views=1").json()["views"]["my_unit"] == "0"
    dispatcher = seat(centre.dispatcher).get("/counts/").json()
    assert dispatcher["desks"]["cases"] == "1"
    assert dispatcher["desks"]["imports"] == ""
    assert dispatcher["views"] == {}
    assert seat(centre.stranger).get("/counts/?views=1").json()["views"] == {}


def test_the_page_and_the_counts_say_the_same(centre: Cast) -> None:
    one_case(centre.call_taker)
    client = seat(centre.dispatcher)
    page = client.get("/cases/?view=open").content.decode()
    views = client.get("/counts/?views=1").json()["views"]
    assert 'data-live-counts="/counts/"' in page
    assert 'data-count-of="cases"' in page
    for view, count in views.items():
        assert f'data-count="view:{view}">{count}<' in page, view


def test_who_has_not_signed_in_hears_nothing(client: object) -> None:
    answer = client.get("/counts/", headers={"HX-Request": "true"})  # type: ignore[attr-defined]
    assert answer.status_code == 401


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(centre: Cast) -> None:
    client = seat(centre.handler)
    client.get("/counts/")
    assert KEY not in client.session
    client.get("/cases/?view=open")
    assert KEY in client.session


def test_the_counts_ask_a_fixed_number_of_queries(centre: Cast) -> None:
    client = seat(centre.supervisor)
    client.get("/counts/?views=1")
    with CaptureQueriesContext(connection) as caught:
        client.get("/counts/?views=1")
    for _turn in range(3):
        one_case(centre.call_taker)
    with CaptureQueriesContext(connection) as again:
        client.get("/counts/?views=1")
    assert len(again) == len(caught) <= 16
