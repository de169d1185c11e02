"""Published numbers beside what the centre counts: the same, different, and days that are not over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from suqing.analytics.actions.published import put_published
from suqing.analytics.models import PublishedFigure
from suqing.analytics.published import Published
from suqing.analytics.registry import UnknownMeasure
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from suqing.rehearsal.script.cities import CITIES
from tests.analytics.days import MONDAY, load, make_week, moment
from tests.cast import SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
NOW = moment(MONDAY + timedelta(days=1), "10:00")
SUNDAY, TUESDAY = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
ROWS = (
    Published("epidemic_price_reports_registered", MONDAY, MONDAY, "9", "9件", "甲报"),
    Published("reports_registered", MONDAY, MONDAY, "12", "12", "甲报", (("district", ("320508",)),)),
    Published("cases_registered", MONDAY, TUESDAY, "1000", "1000", "乙报", is_derived=True),
)


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=NOW, speed=0.0001, by=SYSTEM)
    return cast


def rows_of(person: Any) -> list[dict[str, Any]]:
    return list(seat(person).get("/figures/published/").context["rows"])


def test_each_number_stands_beside_the_cases_that_the_centre_counts(week: Cast) -> None:
    put_published(ROWS, by=SYSTEM, at=NOW)
    same, other, running = rows_of(week.analyst)
    assert (same["state"], same["printed"], same["value"]) == ("same", "9件", "9")
    assert (other["state"], other["difference"]) == ("other", "−5")
    assert other["filters"] == ["区县：姑苏区"]
    assert running["state"] == "running" and running["is_derived"]
    for row in (same, other, running):
        listed = seat(week.analyst).get(row["url"])
        assert listed.context["total"] == int(row["value"])
    page = seat(week.analyst).get("/figures/published/").content.decode()
    assert "3 个数字" in page and "其中 1 个" in page


def test_the_figures_lead_there_only_while_something_is_compared(week: Cast) -> None:
    assert "/figures/published/" not in seat(week.analyst).get("/figures/").content.decode()
    assert "没有可对照的数字" in seat(week.analyst).get("/figures/published/").content.decode()
    put_published(ROWS, by=SYSTEM, at=NOW)
    assert "/figures/published/" in seat(week.analyst).get("/figures/").content.decode()


def test_putting_replaces_what_stood_and_says_so(week: Cast) -> None:
    put_published(ROWS, by=SYSTEM, at=NOW)
    put_published(ROWS[:1], by=SYSTEM, at=NOW)
    assert [str(row) for row in PublishedFigure.objects.all()] == [
        "epidemic_price_reports_registered 2020-01-27–2020-01-27: 9件"
    ]
    told = Event.objects.filter(verb="published_figures.put").order_by("pk")
    assert [event.data for event in told] == [{"count": 3}, {"count": 1}]
    with pytest.raises(UnknownMeasure):
        put_published([Published("none", MONDAY, MONDAY, "1", "1", "")], by=SYSTEM, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        put_published([Published("contacts", MONDAY, SUNDAY, "1", "1", "")], by=SYSTEM, at=NOW)


def test_a_handler_s_head_is_told_that_only_the_own_cases_count(week: Cast) -> None:
    put_published(ROWS, by=SYSTEM, at=NOW)
    assert seat(week.head).get("/figures/published/").context["limits"]


@pytest.mark.parametrize("city", CITIES)
def test_every_published_number_of_a_city_can_be_counted(week: Cast, city: str) -> None:
    published = CITIES[city].published
    assert len(published) >= 7
    first, last = CITIES[city].replay
    assert all(first <= row.first <= row.last <= last for row in published)
    assert all(row.source and date(2020, 1, 1) < row.first for row in published)
    put_published(published, by=SYSTEM, at=NOW)
    assert len(rows_of(week.analyst)) == len(published)
