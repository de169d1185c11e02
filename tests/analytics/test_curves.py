"""A measure over time by periods of every kind, and a figure against each of its bases."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from pytest_django.fixtures import DjangoAssertNumQueries

from suqing.analytics.curves import TooManyPoints, curve
from suqing.analytics.dimensions import NoSuchCut
from suqing.analytics.period_kinds import KINDS, PeriodKind
from suqing.analytics.periods import Against, Period
from suqing.analytics.queries import NO_DATA, compare, figure, where
from suqing.analytics.standing import LIVE, counted_at
from suqing.cases.models import Submission
from suqing.cases.vocabulary import Kind
from suqing.web.desks.figure_address import figure_url, read_figure
from tests.analytics.days import MONDAY, hotel_complaint, mask_report, moment, take
from tests.cast import Cast

pytestmark = pytest.mark.django_db
JANUARY = Period.containing(PeriodKind.MONTH, MONDAY)
TICK = timedelta(microseconds=1)


def test_the_points_of_a_curve_add_up_to_the_whole_and_each_is_the_figure_of_its_period(week: Cast) -> None:
    span = Period(date(2019, 12, 20), date(2020, 2, 20))
    for kind in KINDS:
        points = curve("cases_registered", period=span, kind=kind)
        assert (
            sum(point.value or 0 for point in points) == figure("cases_registered", period=span).value == 39
        )
        assert [point.period for point in points] == span.split(kind)
        assert points == [figure("cases_registered", period=point.period) for point in points]


def test_a_week_and_thirds_of_a_month_are_counted_by_hand(week: Cast) -> None:
    # 20 to 26 January is one ISO week with 13 price reports, 7 questions and 2 complaints; the 27th is the next Monday.
    weeks = curve(
        "cases_registered", period=Period(date(2020, 1, 13), date(2020, 2, 2)), kind=PeriodKind.WEEK
    )
    assert [point.value for point in weeks] == [0, 22, 17]
    thirds = curve("cases_registered", period=JANUARY, kind=PeriodKind.TEN_DAYS)
    assert [point.value for point in thirds] == [0, 2, 37]  # 1 report and 1 question on the 20th
    lunar = curve("price_reports_registered", period=JANUARY, kind=PeriodKind.LUNAR_WEEK)
    # New Year's Eve is the 24th: 1 1 1 1 2 before the new year, 3 4 9 from it on.
    assert [(point.period.first.day, point.value) for point in lunar] == [
        (1, 0),
        (4, 0),
        (11, 0),
        (18, 6),
        (25, 16),
    ]


def test_a_share_by_month_is_that_of_all_its_cases_and_not_a_mean_of_days(week: Cast) -> None:
    (point,) = curve("epidemic_share", period=JANUARY, kind=PeriodKind.MONTH)
    assert (point.numerator, point.denominator) == (26, 39)
    assert point.value == figure("epidemic_share", period=JANUARY).value == Decimal("66.7")


def test_one_person_on_two_days_is_one_person_of_the_week(week: Cast) -> None:
    span = Period(date(2020, 1, 20), MONDAY)
    days = curve("persons_registered", period=span)
    weeks = curve("persons_registered", period=span, kind=PeriodKind.WEEK)
    assert [point.value for point in days] == [1] * 8
    assert [point.value for point in weeks] == [1, 1]


def test_what_stands_at_a_moment_is_counted_at_the_end_of_each_period(week: Cast) -> None:
    points = curve("overdue_cases", period=Period(MONDAY, date(2020, 3, 31)), kind=PeriodKind.MONTH)
    assert [point.value for point in points] == [
        figure("overdue_cases", period=Period.of_day(day)).value
        for day in (date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 31))
    ]
    assert points[-1].value


def test_midnight_parts_days_weeks_months_and_lunar_weeks_alike(week: Cast) -> None:
    at = moment(date(2020, 2, 1), "00:00")  # a Saturday that begins a month, a third of it and a lunar week
    for when in (at - TICK, at):
        take(week, when, mask_report(goods="护目镜"))
    for kind in (PeriodKind.DAY, PeriodKind.TEN_DAYS, PeriodKind.MONTH, PeriodKind.LUNAR_WEEK):
        points = curve(
            "cases_registered",
            period=Period(date(2020, 1, 31), date(2020, 2, 1)),
            kind=kind,
            filters=where(goods="护目镜"),
        )
        assert [point.value for point in points] == [1, 1], kind


def test_a_curve_is_counted_in_one_query_however_long_it_is(
    week: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with counted_at(LIVE), django_assert_num_queries(1):
        curve("cases_registered", period=Period(date(2015, 1, 1), MONDAY), kind=PeriodKind.MONTH)


def test_a_curve_of_too_many_points_and_one_of_chosen_days_are_refused() -> None:
    century = Period(date(2000, 1, 1), date(2099, 12, 31))
    with pytest.raises(TooManyPoints, match="36525 days"):
        curve("cases_registered", period=century)
    with pytest.raises(TooManyPoints):
        curve("overdue_cases", period=Period(date(2000, 1, 1), date(2009, 12, 31)), kind=PeriodKind.WEEK)
    with pytest.raises(NoSuchCut):
        curve("cases_registered", period=JANUARY, kind=PeriodKind.SPAN)


# Comparisons by switch


def test_each_switch_compares_with_its_own_base(week: Cast) -> None:
    for day in (
        date(2019, 1, 27),
        date(2019, 2, 7),
        date(2019, 2, 7),
    ):  # the same day, and as far from 正月初一
        take(week, moment(day), mask_report())
    found = figure("reports_registered", period=Period.of_day(MONDAY))
    made = compare(found, switches=list(Against))
    assert {one: (str(base.period.first), base.value) for one, base in made.bases.items()} == {
        Against.PREVIOUS: ("2020-01-26", 4),
        Against.LAST_YEAR: ("2019-01-27", 1),
        Against.LUNAR_YEAR: ("2019-02-07", 2),
    }
    assert made.bases[Against.LUNAR_YEAR].ratio == Decimal("400.0")
    assert compare(found).bases.keys() == {Against.PREVIOUS, Against.LAST_YEAR}


def test_a_month_not_over_is_compared_with_as_much_of_the_month_before(week: Cast) -> None:
    for when in ("2020-01-03T11:59", "2020-01-03T12:00", "2020-01-29T10:00"):
        take(week, datetime.fromisoformat(f"{when}:00+08:00"), hotel_complaint())
    now = moment(date(2020, 2, 3), "12:00")
    running = figure("complaints_registered", period=Period.containing(PeriodKind.MONTH, now, now))
    assert (running.value, compare(running).previous.value) == (0, 1)


def test_a_week_without_a_counterpart_has_no_base(week: Cast) -> None:
    last = figure("reports_registered", period=Period.containing(PeriodKind.WEEK, date(2020, 12, 31)))
    assert compare(last).last_year.missing == NO_DATA
    assert compare(last).last_year.value is None
    early = figure("reports_registered", period=Period.of_day(date(1990, 3, 1)))
    assert compare(early, switches=[Against.LUNAR_YEAR]).bases[Against.LUNAR_YEAR].missing == NO_DATA


def test_all_bases_are_counted_in_one_query(
    week: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = figure("reports_registered", period=Period.of_day(MONDAY))
    Submission.objects.filter(received_at__lt=moment(date(2019, 12, 31))).delete()
    with django_assert_num_queries(3):  # and whether anything is known of the two bases that are nothing
        compare(found, switches=list(Against))


def test_the_address_of_a_month_says_that_it_is_a_month(week: Cast) -> None:
    found = figure("reports_registered", period=JANUARY, filters=where(kind=Kind.REPORT))
    again = read_figure(QueryDict(figure_url(found).partition("?")[2]), week.analyst)
    assert again.period == JANUARY
    assert again.period.previous().last == date(2019, 12, 31)
