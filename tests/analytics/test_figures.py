"""One figure, its rows and its comparisons, against numbers counted by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from suqing.analytics.dimensions import NoSuchCut
from suqing.analytics.periods import Period
from suqing.analytics.queries import (
    NO_DATA,
    ZERO,
    Filter,
    case_ids,
    cases_behind,
    compare,
    figure,
    rows_of,
    submissions_behind,
    where,
)
from suqing.analytics.registry import UnknownMeasure, all_measures, get
from suqing.cases.models import Case, Clock
from suqing.cases.vocabulary import Kind
from tests.analytics.days import MONDAY, load, mask_report, moment, question, take
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)
COUNTED_BY_HAND = {
    "contacts": 17,
    "cases_registered": 17,
    "consultations_registered": 4,
    "complaints_registered": 3,
    "reports_registered": 10,
    "price_reports_registered": 9,
    "epidemic_cases_registered": 11,  # 9 about masks, 2 about hotels
    "epidemic_reports_registered": 9,
    "epidemic_price_reports_registered": 9,
    "epidemic_share": Decimal("64.7"),
    "epidemic_report_share": Decimal("90.0"),
    "complaints_accepted": 1,
    "complaints_refused": 0,
    "reports_filed": 0,
    "cases_closed": 5,  # 4 consultations answered at once, 1 settlement
    "recovered_loss": Decimal("388.50"),
    "on_time_acceptance_rate": None,  # no limit ended on the day
}


def test_every_measure_gives_the_number_counted_by_hand(week: Cast) -> None:
    found = {code: figure(code, period=DAY).value for code in COUNTED_BY_HAND}
    assert found == COUNTED_BY_HAND


def test_each_measure_says_what_it_counts_and_at_which_stage() -> None:
    measures = list(all_measures())
    assert len(measures) >= 8
    assert len({measure.definition for measure in measures}) == len(measures)
    stages = {
        code: get(code).stage for code in ("complaints_registered", "complaints_accepted", "cases_closed")
    }
    assert stages == {
        "complaints_registered": "registered",
        "complaints_accepted": "accepted",
        "cases_closed": "closed",
    }


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(UnknownMeasure):
        figure("happiness", period=DAY)


def test_the_rows_behind_a_figure_are_as_many_as_the_figure_says(week: Cast) -> None:
    for found in (figure(measure, period=DAY) for measure in all_measures()):
        rows = rows_of(found)
        if found.measure.is_share:
            assert len(rows.numerator) == found.numerator
            assert len(rows.cases or rows.calls) == found.denominator
        elif found.measure.averaged:
            assert len(rows.cases or rows.calls) == found.denominator
        elif found.measure.summed:
            assert sum(rows.amounts) == found.value
        elif found.measure.spreads:
            assert len(rows.cases) >= (found.value or 0) > 0
        else:
            assert len(rows.submissions or rows.cases or rows.calls) == found.value


def test_a_figure_costs_one_query_and_so_do_its_rows(
    week: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = figure("epidemic_price_reports_registered", period=DAY, filters=where(district="320508"))
    assert found.value == 7
    with django_assert_num_queries(1):
        assert len(case_ids(found)) == 7


def test_filters_narrow_also_to_what_is_unknown(week: Cast) -> None:
    reports = get("price_reports_registered")
    assert figure(reports, period=DAY, filters=where(district="")).value == 1
    assert figure(reports, period=DAY, filters=where(district=["", "320506"])).value == 2
    assert figure("cases_registered", period=DAY, filters=where(topic="mask_price")).value == 9
    assert figure("cases_registered", period=DAY, filters=where(topic="")).value == 6


def test_contacts_have_no_kind_to_be_cut_by(week: Cast) -> None:
    with pytest.raises(NoSuchCut):
        figure("contacts", period=DAY, filters=where(kind="report"))
    assert figure("contacts", period=DAY, filters=where(outcome="silent")).value == 1


def test_a_contact_of_the_last_minute_belongs_to_the_day_and_one_of_the_first_to_the_next(cast: Cast) -> None:
    load(cast)
    take(cast, moment(MONDAY, "23:59:59.999999"), question())
    take(cast, moment(MONDAY + timedelta(days=1), "00:00"), question())
    assert figure("contacts", period=DAY).value == 1
    assert figure("contacts", period=Period.of_day(MONDAY + timedelta(days=1))).value == 1


def test_a_day_that_is_not_over_is_compared_with_the_same_hours(week: Cast) -> None:
    running = Period.of_day(MONDAY, moment(MONDAY, "03:30"))
    found = figure("price_reports_registered", period=running)
    assert found.value == 4
    # On the 26th reports came at 9, 10, 11 and 12 o'clock: none before 3:30.
    assert compare(found).previous.value == 0


def test_the_comparison_names_base_difference_and_rise(week: Cast) -> None:
    comparison = compare(figure("price_reports_registered", period=DAY))
    assert (comparison.previous.value, comparison.previous.difference) == (4, 5)
    assert comparison.previous.ratio == Decimal("125.0")
    assert comparison.previous.missing == ""
    assert comparison.last_year.missing == NO_DATA
    assert comparison.last_year.ratio is None and comparison.last_year.value is None


def test_a_base_of_zero_has_a_difference_and_no_ratio(week: Cast) -> None:
    for found in (
        figure("complaints_accepted", period=DAY),
        figure("cases_registered", period=DAY, filters=where(goods="酒精")),
    ):
        base = compare(found).previous
        assert (base.missing, base.value, base.difference, base.ratio) == (ZERO, 0, 1, None)


def test_a_time_without_any_record_is_no_base_even_between_recorded_ones(week: Cast) -> None:
    take(week, moment(MONDAY - timedelta(days=20)), question())
    monday_before = figure("price_reports_registered", period=Period.of_day(MONDAY - timedelta(days=7)))
    base = compare(monday_before).previous
    assert (base.missing, base.value) == (NO_DATA, None)


def test_a_longer_period_is_compared_with_one_of_equal_length(week: Cast) -> None:
    three = Period(MONDAY - timedelta(days=2), MONDAY)
    previous = compare(figure("price_reports_registered", period=three)).previous
    assert (previous.period.first, previous.period.last) == (date(2020, 1, 22), date(2020, 1, 24))
    assert previous.value == 4


def test_the_share_of_nothing_is_not_zero(week: Cast) -> None:
    empty = figure("epidemic_report_share", period=Period.of_day(date(2020, 1, 1)))
    assert (empty.value, empty.numerator, empty.denominator) == (None, 0, 0)


def test_overdue_counts_what_had_run_out_by_the_end_of_the_period(week: Cast) -> None:
    assert (
        figure("overdue_cases", period=DAY).value
        == Case.objects.filter(
            clocks__due_at__lte=moment(MONDAY + timedelta(days=1), "00:00"), closed_at=None
        )
        .distinct()
        .count()
    )
    # Two months on every complaint and report that nobody decided upon is overdue; a consultation has no limit.  The
    # complaint that was settled has ended, but both sides had to be told within seven working days (O20 art. 21(2)).
    later = figure("overdue_cases", period=Period.of_day(date(2020, 3, 31)))
    unfinished = Case.objects.exclude(kind=Kind.CONSULTATION).filter(closed_at=None).count()
    untold = Clock.objects.filter(limit="D3", ended_at=None).count()
    assert (unfinished, untold, later.value) == (27, 1, 28)
    assert figure("on_time_acceptance_rate", period=Period(MONDAY, date(2020, 3, 31))).value == Decimal(
        "20.00"
    )


def test_rights_hold_inside_totals(week: Cast) -> None:
    assert figure("cases_registered", period=DAY, person=week.leader).value == 7  # no reports
    assert figure("contacts", period=DAY, person=week.leader).value == 8
    mine = figure("cases_registered", period=DAY, person=week.other_handler)
    assert (mine.value, mine.is_restricted) == (1, True)  # the one dispatched to Wuzhong
    assert figure("cases_registered", period=DAY, person=week.handler).value == 0
    assert figure("overdue_cases", period=Period.of_day(date(2020, 3, 31)), person=week.handler).value == 0
    everything = figure("cases_registered", period=DAY, person=week.analyst)
    assert (everything.value, everything.is_restricted) == (17, False)


def test_the_list_behind_a_figure_holds_exactly_its_cases_and_only_what_one_may_see(week: Cast) -> None:
    found = figure("epidemic_cases_registered", period=DAY)
    assert sorted(cases_behind(found).values_list("pk", flat=True)) == case_ids(found)
    assert set(cases_behind(found, person=week.leader).values_list("kind", flat=True)) == {"complaint"}
    contacts = figure("contacts", period=DAY)
    assert submissions_behind(contacts).count() == 17
    assert submissions_behind(found).count() == 0


def test_a_figure_writes_its_own_address() -> None:
    found = Filter("district", ("320508", ""))
    assert Filter.from_json(found.to_json()) == found


def test_periods_read_what_they_wrote() -> None:
    for period in (DAY, Period.of_day(MONDAY, moment(MONDAY, "17:30"))):
        assert Period.from_json(period.to_json()) == period


def test_a_topic_below_another_counts_for_it(cast: Cast) -> None:
    load(cast)
    take(cast, moment(MONDAY), mask_report())
    assert figure("cases_registered", period=DAY, filters=where(topic="epidemic")).value == 1
