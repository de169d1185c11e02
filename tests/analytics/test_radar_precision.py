"""Precision of the radar as a measure: what people decided on flagged cases, and nothing of those undecided."""

from __future__ import annotations

import pytest

from suqing.analytics.periods import Period
from suqing.analytics.queries import case_ids, figure
from suqing.cases.actions.radar import decide_flag, reopen_flag
from suqing.cases.models import Case, SensitiveFlag
from tests.analytics.days import MONDAY, moment
from tests.cases.examples import one_case
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = Period.of_day(MONDAY)
SICK = "我们一家在这家饭店聚餐以后上吐下泻，两人食物中毒送医院抢救，要求赔偿"


def flag_of(case: Case) -> SensitiveFlag:
    """The one for its words; contacts that repeat are flagged too."""
    return case.flags.get(version__rule__code="injury")


def decide(cast: Cast, case: Case, *, is_sensitive: bool) -> None:
    decide_flag(
        flag=flag_of(case),
        is_sensitive=is_sensitive,
        reason="核实过",
        by=cast.supervisor,
        at=moment(MONDAY, "12:00"),
    )


def test_only_decided_cases_count_and_a_decision_taken_back_counts_no_more(centre: Cast) -> None:
    one_case(centre.call_taker, at=moment(MONDAY))
    cases = [one_case(centre.call_taker, at=moment(MONDAY), narrative=SICK) for _number in range(4)]
    assert figure("radar_precision", period=DAY).value is None, "nothing is decided yet"
    for number, case in enumerate(cases[:3]):
        decide(centre, case, is_sensitive=number > 0)
    found = figure("radar_precision", period=DAY)
    assert (found.numerator, found.denominator) == (2, 3)
    assert set(case_ids(found)) == {case.pk for case in cases[:3]}
    reopen_flag(flag=flag_of(cases[0]), by=centre.supervisor, at=moment(MONDAY, "13:00"))
    found = figure("radar_precision", period=DAY)
    assert (found.numerator, found.denominator, found.value) == (2, 2, 100)
