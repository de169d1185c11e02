"""Tables of figures without their small numbers."""

from __future__ import annotations

import pytest

from suqing.analytics.periods import Period
from suqing.analytics.policy import LEAST_PUBLISHED, LEAST_SHOWN
from suqing.analytics.queries import Table, table
from suqing.analytics.withholding import least_published, least_shown, withhold
from suqing.ledger.actions import change_setting
from suqing.ledger.policy import BadSetting
from tests.analytics.days import MONDAY, moment
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)


def shown(found: Table) -> dict[tuple[str, ...], object]:
    return {row.values: row.figure.value for row in found.rows}


def test_a_small_number_is_withheld_with_one_more_and_both_stand_last(week: Cast) -> None:
    whole = table("cases_registered", by=["district"], period=DAY, with_keys=True)
    assert shown(whole) == {("320508",): 7, ("",): 6, ("320506",): 4}
    found = withhold(whole, 5)
    assert shown(found) == {("320508",): 7, ("",): None, ("320506",): None}
    assert [row.figure.is_withheld for row in found.rows] == [False, True, True]
    assert found.total.value == 17
    assert found.is_withheld_somewhere
    assert set(found.keys) == {("320508",)}


def test_policy_that_withholds_nothing_leaves_the_table_as_it_is(week: Cast) -> None:
    whole = table("cases_registered", by=["district"], period=DAY)
    assert least_shown() == least_published() == 0
    assert withhold(whole, least_shown()) is whole


def test_a_pivot_says_which_totals_must_not_be_shown(week: Cast) -> None:
    whole = table("cases_registered", by=["district", "kind"], period=DAY)
    found = withhold(whole, 3)
    # Complaints: 2 in Wuzhong, 1 whose place nobody knows; reports: 7 in Gusu, 2 in Wuzhong, 1 unknown.
    hidden = {values for values, value in shown(found).items() if value is None}
    assert hidden >= {("320506", "complaint"), ("", "complaint"), ("320506", "report"), ("", "report")}
    assert ("320508", "report") not in hidden
    assert len(found.withheld_margins) == 2
    assert not found.total.is_withheld


def test_topics_overlap_so_that_only_what_is_small_is_withheld(week: Cast) -> None:
    whole = table("cases_registered", by=["topic"], period=DAY)
    found = withhold(whole, 3)
    small = {row.values for row in whole.rows if 0 < (row.figure.value or 0) < 3}
    assert {row.values for row in found.rows if row.figure.is_withheld} == small


def test_a_share_is_withheld_where_its_part_or_the_rest_is_small(week: Cast) -> None:
    whole = table("epidemic_share", by=["district"], period=DAY)
    parts = {row.values: (row.figure.numerator, row.figure.denominator) for row in whole.rows}
    assert parts == {("320508",): (7, 7), ("320506",): (3, 4), ("",): (1, 6)}
    found = withhold(whole, 2)
    assert {row.values for row in found.rows if row.figure.is_withheld} == {("320506",), ("",)}
    assert all(row.figure.numerator is None for row in found.rows if row.figure.is_withheld)


def test_money_of_few_cases_is_withheld_however_much_it_is(week: Cast) -> None:
    found = withhold(table("recovered_loss", by=["district"], period=DAY), 2)
    assert shown(found)[("320506",)] is None
    assert found.total.is_withheld, "one case is the whole sum"


def test_local_policy_sets_the_thresholds(week: Cast) -> None:
    change_setting(LEAST_PUBLISHED.key, 5, by=SYSTEM, at=moment(MONDAY))
    assert (least_shown(), least_published()) == (0, 5)
    with pytest.raises(BadSetting):
        change_setting(LEAST_SHOWN.key, -1, by=SYSTEM, at=moment(MONDAY))
