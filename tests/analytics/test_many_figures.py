"""Figures counted together are those counted one by one, whatever the measures, periods, filters and rights."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.analytics.periods import Period
from suqing.analytics.queries import Filters, figure, figures, where
from suqing.analytics.registry import all_measures
from suqing.analytics.standing import LIVE, counted_at
from tests.analytics.days import MONDAY, load, make_week, moment
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = moment(MONDAY, "16:30")
TODAY = Period.of_day(MONDAY, NOW)
WEEK = Period(MONDAY - timedelta(days=6), MONDAY, NOW)


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


@pytest.mark.parametrize(
    "filters", [(), where(kind="report"), where(district=["320508", ""]), where(topic="mask_price")], ids=str
)
@pytest.mark.parametrize("name", ["analyst", "other_handler", "leader"])
def test_counted_together_they_are_what_they_are_one_by_one(week: Cast, filters: Filters, name: str) -> None:
    person = getattr(week, name)
    periods = (TODAY, TODAY.previous(), TODAY.same_last_year(), WEEK)
    measures = [one for one in all_measures() if not filters or one.source.case is not None]
    together = figures(measures, periods=periods, filters=filters, person=person)
    assert len(together) == len(measures) * len(periods)
    for (code, period), found in together.items():
        assert found == figure(code, period=period, filters=filters, person=person), (code, period)
    assert name != "analyst" or any(found.value for found in together.values())


def test_many_cost_few_queries(week: Cast) -> None:
    plain = [one for one in all_measures() if one.stock is None and one.by_policy is None]
    with counted_at(LIVE), CaptureQueriesContext(connection) as queries:
        figures(plain, periods=(TODAY, TODAY.previous(), WEEK))
    assert len(queries) == len({(one.source.name, one.moment) for one in plain}) < len(plain)


def test_policy_is_asked_once_a_measure_however_many_periods(week: Cast) -> None:
    with counted_at(LIVE), CaptureQueriesContext(connection) as queries:
        figures(["timely_answer_rate"], periods=(TODAY, TODAY.previous(), WEEK))
    assert len(queries) == 2
