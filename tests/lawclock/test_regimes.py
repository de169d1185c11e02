"""Which rules govern which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suqing.lawclock.policies import Policy, RegimeDate
from suqing.lawclock.regimes import governing_regime, regime, regime_on, regimes


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-31", "none"),
        ("2020-01-01", "O20"),
        ("2024-06-30", "O20"),
        ("2024-07-01", "O20+XBLR"),
        ("2026-04-14", "O20+XBLR"),
        ("2026-04-15", "O121"),
        ("2040-01-01", "O121"),
    ],
)
def test_the_regime_changes_on_its_day(day: str, expected: str) -> None:
    assert regime_on(date.fromisoformat(day)).id == expected


def test_the_regimes_follow_each_other_without_gap_or_overlap() -> None:
    for earlier, later in zip(regimes(), regimes()[1:], strict=False):
        assert earlier.until is not None
        assert later.since == earlier.until + timedelta(days=1)
    assert regimes()[0].since is None
    assert regimes()[-1].until is None


def test_which_date_decides_is_policy_and_receipt_by_default() -> None:
    received, accepted = date(2026, 4, 14), date(2026, 4, 20)
    assert governing_regime(received, accepted).id == "O20+XBLR"
    by_acceptance = Policy(regime_date=RegimeDate.ACCEPTED)
    assert governing_regime(received, accepted, by_acceptance).id == "O121"
    assert governing_regime(received, None, by_acceptance).id == "O20+XBLR"


def test_only_order_121_says_that_a_repeated_report_restarts_the_period() -> None:
    assert {one.id: one.repeat_report_restarts for one in regimes()} == {
        "none": None,
        "O20": None,
        "O20+XBLR": None,
        "O121": True,
    }


def test_counting_follows_the_punishment_procedure_until_order_121_has_its_own_article() -> None:
    assert (regime("O20").counting, regime("O121").counting) == ("PROC:80", "O121:45")


def test_an_unknown_regime_is_an_error() -> None:
    with pytest.raises(KeyError):
        regime("O999")
