"""Tables, curves and rises, against numbers counted by hand."""

from datetime import date, timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from suqing.analytics.dimensions import DIMENSIONS, NoSuchCut
from suqing.analytics.periods import Period
from suqing.analytics.queries import figure, risers, rows_of, series, table, where
from suqing.analytics.registry import all_measures
from suqing.analytics.standing import LIVE, counted_at
from tests.analytics.days import MONDAY, moment
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)


def lines(found: object) -> list[tuple[object, ...]]:
    return [(*row.values, row.figure.value) for row in found.rows]  # type: ignore[attr-defined]


def test_the_parts_add_up_to_the_total_for_every_cut_that_does_not_overlap(week: Cast) -> None:
    checked = 0
    for measure in all_measures():
        for dimension in DIMENSIONS.values():
            if measure.is_ratio or measure.stock or measure.source not in dimension.sources:
                continue
            cut = table(measure, by=[dimension.code], period=DAY, with_keys=True)
            assert cut.total.value == figure(measure, period=DAY).value
            if not cut.overlaps:
                assert sum(row.figure.value or 0 for row in cut.rows) == cut.total.value
            if not measure.summed and not measure.spreads:
                assert [len(cut.keys[row.values]) for row in cut.rows] == [
                    row.figure.value for row in cut.rows
                ]
            checked += 1
    assert checked > 100


def test_the_unknown_is_always_a_line_of_its_own_and_the_last_among_equals(week: Cast) -> None:
    by_district = table("price_reports_registered", by=["district"], period=DAY)
    assert lines(by_district) == [("320508", 7), ("320506", 1), ("", 1)]
    assert [row.labels[0] for row in by_district.rows][:2] == ["姑苏区", "吴中区"]
    assert by_district.rows[-1].is_unknown
    by_goods = table("price_reports_registered", by=["goods"], period=DAY)
    assert lines(by_goods) == [("口罩", 7), ("酒精", 1), ("", 1)]


def test_classes_are_counted_under_their_heads(week: Cast) -> None:
    found = table("cases_registered", by=["issue"], period=DAY, filters=where(kind=["complaint", "report"]))
    assert lines(found) == [("价格违法行为", 9), ("合同", 2), ("违反食品安全法法规", 1), ("", 1)]
    found = table("cases_registered", by=["object"], period=DAY, filters=where(kind=["complaint", "report"]))
    assert lines(found) == [("医疗器械", 9), ("餐饮和住宿服务", 2), ("食品", 1), ("", 1)]


def test_topics_overlap_and_the_table_says_so(week: Cast) -> None:
    found = table("cases_registered", by=["topic"], period=DAY)
    assert found.overlaps
    counted = dict(lines(found))
    assert (counted["epidemic"], counted["mask_price"], counted[""]) == (11, 9, 6)
    assert found.total.value == 17 < sum(counted.values())


def test_two_dimensions_make_a_table_with_the_same_total(week: Cast) -> None:
    found = table("cases_registered", by=["kind", "district"], period=DAY)
    assert ("report", "320508", 7) in lines(found)
    assert sum(row.figure.value or 0 for row in found.rows) == found.total.value == 17
    narrowed = next(row.figure for row in found.rows if row.values == ("report", "320508"))
    assert figure(narrowed.measure, period=DAY, filters=narrowed.filters).value == 7


def test_contacts_are_cut_by_channel_and_hour_but_not_by_district(week: Cast) -> None:
    assert lines(table("contacts", by=["channel"], period=DAY)) == [("phone", 16), ("web", 1)]
    assert ("0", 1) in lines(table("contacts", by=["hour"], period=DAY))
    with pytest.raises(NoSuchCut):
        table("contacts", by=["district"], period=DAY)


def test_a_table_costs_one_query_and_one_for_the_words(
    week: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        table("cases_registered", by=["issue"], period=DAY)
    with django_assert_num_queries(2):
        table("cases_registered", by=["kind", "district"], period=DAY)
    with django_assert_num_queries(2):  # the total of what overlaps is counted on its own
        table("cases_registered", by=["issue", "topic"], period=Period.of_day(date(2019, 1, 1)))


def test_rights_hold_inside_tables_and_their_totals(week: Cast) -> None:
    found = table("cases_registered", by=["kind"], period=DAY, person=week.leader)
    assert lines(found) == [("consultation", 4), ("complaint", 3)]
    assert found.total.value == 7 and found.total.is_restricted


def test_a_curve_has_every_day_also_those_without_rows(
    week: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    period = Period(MONDAY - timedelta(days=9), MONDAY + timedelta(days=1))
    with counted_at(LIVE), django_assert_num_queries(1):
        curve = series("price_reports_registered", period=period)
    assert [value.value for _day, value in curve] == [0, 0, 1, 1, 1, 1, 2, 3, 4, 9, 0]
    assert [day for day, _value in curve] == period.days
    assert all(figure(one.measure, period=one.period).value == one.value for _day, one in curve)


def test_a_curve_of_what_stands_at_a_moment_is_refused(week: Cast) -> None:
    with pytest.raises(NoSuchCut):
        series("overdue_cases", period=DAY)


def test_what_rose_is_found_and_tiny_numbers_are_not(week: Cast) -> None:
    found = risers("cases_registered", by="issue", period=DAY)
    assert [(one.label, one.figure.value, one.before, one.days) for one in found] == [
        ("价格违法行为", 9, 13, 7)
    ]
    assert str(found[0].mean) == "1.9"
    assert len(rows_of(found[0].figure).cases) == 9
    # Two hotels after two in seven days, one alcohol after none: too few to speak of.
    assert [one.label for one in risers("cases_registered", by="goods", period=DAY)] == ["口罩"]


def test_nothing_rises_without_days_to_compare_with(week: Cast) -> None:
    assert risers("cases_registered", by="issue", period=Period.of_day(date(2020, 1, 20))) == []


def test_a_day_that_is_not_over_rises_against_the_same_hours(week: Cast) -> None:
    running = Period.of_day(MONDAY, moment(MONDAY, "08:30"))
    found = risers("cases_registered", by="issue", period=running)
    assert [(one.figure.value, one.before) for one in found] == [(8, 0)]
