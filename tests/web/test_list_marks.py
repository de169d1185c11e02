"""What a page of the work list is asked for by itself: the numbers on it and how often each case has changed."""

from __future__ import annotations

import pytest
from django.conf import settings

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


def test_the_marks_of_a_page_are_its_rows_and_change_with_them(centre: Cast) -> None:
    first, second = one_case(centre.call_taker), one_case(centre.call_taker)
    client = seat(centre.dispatcher)
    before = client.get("/cases/marks/?view=open").json()["rows"]
    assert set(before) == {first.number, second.number}
    page = client.get("/cases/?view=open").content.decode()
    for number, revision in before.items():
        assert f'data-number="{number}" data-revision="{revision}"' in page
    dispatching.dispatch(case=second, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    after = client.get("/cases/marks/?view=open").json()["rows"]
    assert after[first.number] == before[first.number]
    assert after[second.number] > before[second.number]


def test_the_marks_are_of_what_the_person_may_see(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    assert set(seat(centre.handler).get("/cases/marks/?view=all").json()["rows"]) == {case.number}
    assert seat(centre.other_handler).get("/cases/marks/?view=all").json()["rows"] == {}
    assert seat(centre.stranger).get("/cases/marks/").status_code == 403


def test_looking_by_itself_keeps_nobody_signed_in(centre: Cast) -> None:
    client = seat(centre.dispatcher)
    client.get("/cases/marks/")
    assert KEY not in client.session
