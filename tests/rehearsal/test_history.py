"""The ordinary years before the surge: lifelike, the same for the same seed, and to be written from any place on."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

import pytest

from suqing.cases import workflow
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind, State
from suqing.rehearsal.script.cities import CITIES, SUZHOU
from suqing.rehearsal.script.days import DAY, days, is_holiday, is_office_day
from suqing.rehearsal.script.generating import batches_beside
from suqing.rehearsal.script.history import Batch, Quiet, batches, cases_of, quiet_days, sizes, usual_size
from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.readings import topics_in

HORIZON = datetime(2020, 1, 21, 9, tzinfo=SHANGHAI)
SIZE = 6_000
FIRST, LAST = quiet_days(SUZHOU, 2)
QUIET = Quiet("suzhou", 5, FIRST, LAST, SIZE, HORIZON, SUZHOU.baseline)


@lru_cache(maxsize=1)
def whole() -> tuple[PastCase, ...]:
    return tuple(case for day in days(FIRST, LAST) for case in cases_of(QUIET, day))


def cut(quiet: Quiet, start: tuple[date, int], most: int) -> list[Batch]:
    return list(batches(quiet, start, most))


def test_exactly_as_many_cases_as_asked_for_lie_on_the_days_before_the_script() -> None:
    assert len(whole()) == sum(sizes(QUIET).values()) == SIZE
    assert len({case.ref for case in whole()}) == SIZE
    assert (date(2018, 1, 20), date(2020, 1, 19)) == (FIRST, LAST)
    assert {case.received_at.year for case in whole()} == {2018, 2019, 2020}
    assert all(case.is_synthetic and not case.source for case in whole())


def test_the_days_that_are_played_one_by_one_are_left_out() -> None:
    assert not [c for c in whole() if SUZHOU.baseline[0] <= c.received_at.date() <= SUZHOU.baseline[1]]
    all_days = Quiet("suzhou", 5, FIRST, LAST, SIZE, HORIZON)
    assert all(sizes(all_days)[day] > 0 for day in days(*SUZHOU.baseline))


@pytest.mark.parametrize("most", [7, 1000, SIZE])
def test_batches_follow_one_another_and_each_place_leads_to_the_same_rest(most: int) -> None:
    part = Quiet("suzhou", 5, FIRST, FIRST + 20 * DAY, 300, HORIZON)
    found = cut(part, (FIRST, 0), most)
    assert all(later.start == earlier.after for earlier, later in pairwise(found))
    assert [case for batch in found for case in batch.cases] == [
        case for day in days(part.first, part.last) for case in cases_of(part, day)
    ]
    middle = found[len(found) // 2]
    assert cut(part, middle.start, most) == found[len(found) // 2 :]


def test_a_process_beside_generates_the_same_and_ends_when_nobody_listens() -> None:
    part = Quiet("suzhou", 5, FIRST, FIRST + 20 * DAY, 300, HORIZON)
    assert list(batches_beside(part, (FIRST + DAY, 2), 100)) == cut(part, (FIRST + DAY, 2), 100)
    left = batches_beside(part, (FIRST, 0), 10)
    assert next(left) == cut(part, (FIRST, 0), 10)[0]
    left.close()  # waits for the child, which would be there for ever


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    day = date(2019, 3, 15)
    other = Quiet("suzhou", 6, FIRST, LAST, SIZE, HORIZON)
    assert list(cases_of(QUIET, day)) == list(cases_of(QUIET, day))
    assert {case.narrative for case in cases_of(QUIET, day)}.isdisjoint(
        case.narrative for case in cases_of(other, day)
    )


def test_office_days_hold_more_than_weekends_and_these_more_than_holidays() -> None:
    by_day = sizes(QUIET)

    def mean(chosen: list[date]) -> float:
        return sum(by_day[day] for day in chosen) / len(chosen)

    office = [day for day in by_day if is_office_day(day)]
    holidays = [day for day in by_day if is_holiday(day)]
    weekends = [day for day in by_day if not is_office_day(day) and not is_holiday(day)]
    assert mean(office) > 1.3 * mean(weekends) > 1.3 * mean(holidays)
    assert by_day[date(2019, 3, 15)] == max(by_day.values())


def test_what_was_long_ago_has_ended_and_some_of_the_last_weeks_is_open() -> None:
    open_cases = [case for case in whole() if case.closed_at is None]
    assert all(case.received_at.date() > date(2019, 9, 1) for case in open_cases)
    assert 20 < len(open_cases) < 300
    assert len({case.state for case in open_cases}) >= 4
    for case in whole():
        assert (case.state in workflow.ENDED) == (case.closed_at is not None) == (case.outcome is not None)
        moments = (case.received_at, case.registered_at, case.dispatched_at, case.decided_at, case.closed_at)
        told = [moment for moment in moments if moment is not None]
        assert told == sorted(told) and told[-1] <= HORIZON
        assert (case.unit != "") == (case.dispatched_at is not None)


def test_all_kinds_and_ends_occur_and_a_few_operators_have_many_cases() -> None:
    kinds = Counter(case.kind for case in whole())
    assert kinds[Kind.CONSULTATION] > kinds[Kind.COMPLAINT] > kinds[Kind.REPORT] > 300
    assert {case.outcome for case in whole() if case.outcome} >= {
        "mediated",
        "settled",
        "penalty",
        "answered",
        "refused",
    }
    assert State.REFUSED not in {case.state for case in whole() if case.received_at.year < 2020}
    by_operator = Counter(case.entity.name for case in whole() if case.entity.name)
    assert by_operator.most_common(1)[0][1] >= 6 > 1 == min(by_operator.values())
    by_person = Counter((c.person.name, c.person.phone) for c in whole() if c.person.name and c.person.phone)
    assert by_person.most_common(1)[0][1] > 1


def test_nobody_speaks_of_the_epidemic_and_in_summer_nobody_of_the_new_year() -> None:
    assert not [case.narrative for case in whole() if "epidemic" in topics_in(case.narrative)]
    summer = [case.narrative for case in whole() if 4 <= case.received_at.month <= 11]
    assert not [text for text in summer if "过年" in text or "春节" in text or "年前" in text]


@pytest.mark.parametrize("city", CITIES.values(), ids=CITIES)
def test_without_a_size_the_years_have_the_citys_ordinary_volume(city: object) -> None:
    one, three = usual_size(city, 1, None), usual_size(city, 3, None)  # type: ignore[arg-type]
    assert 20_000 < one < 100_000
    assert 2.6 * one < three < 3.0 * one  # volumes grew from year to year
