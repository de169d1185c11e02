"""Data quality of a period: what is counted, for whom, and that a list is as long as its number."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.cases import data_quality as rules
from suqing.cases.actions import dispatching
from suqing.cases.actions.corrections import correct_facts
from suqing.cases.actions.parties import erase
from suqing.cases.actions.quality_report import tell_daily
from suqing.cases.actions.standards import issue_standard
from suqing.cases.data_quality import Sort
from suqing.cases.entry_standard import of_levels
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case
from suqing.cases.queries.data_quality import (
    NO_DISTRICT,
    Cell,
    Line,
    Scope,
    TooLong,
    behind,
    judged,
    report,
    validity,
)
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from tests.cases.examples import WANG, matter, one_case, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
DAY = AT.replace(hour=0)
ONE = timedelta(days=1)


def of_day(reader: object, **more: object) -> Scope:
    return Scope(reader, DAY, DAY + ONE, **more)  # type: ignore[arg-type]


def codes(case: Case, reader: object) -> list[str]:
    """What is wrong with one case."""
    (one,) = [one for one in judged(of_day(reader)) if one.case == case.pk]
    return [finding.code for finding in one.findings if finding.sort != Sort.WANTED]


def test_facts_stand_for_what_was_given(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    (one,) = judged(of_day(cast.supervisor))
    assert (one.case, one.person, one.district, one.kind) == (
        case.pk,
        cast.call_taker.pk,
        "320508",
        "complaint",
    )
    wanted = ["wanted.amount", "wanted.requests", "wanted.incident_on", "wanted.object_class"]
    assert [finding.code for finding in one.findings] == [*wanted, "wanted.issue_class"]
    assert not one.is_valid


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"entity": EntityInput(WANG.name)}, ["own_operator"]),
        ({"entity": EntityInput(WANG.name, is_person=True)}, []),
        ({"narrative": "买手机付款3000元，要求退款", "amount": Decimal(300)}, ["amount_slipped"]),
        ({"narrative": "买手机付款3000元，要求退款", "amount": Decimal(3000)}, []),
        ({"narrative": "口罩每只30元，买了十只", "amount": Decimal(300)}, []),
        ({"narrative": "药店哄抬价格", "price_asked": Decimal(3), "price_earlier": Decimal(5)}, ["rise_that_fell"]),
        ({"narrative": "药店哄抬价格", "price_asked": Decimal(5), "price_earlier": Decimal(3)}, []),
        ({"price_earlier_on": date(2020, 1, 25), "incident_on": date(2020, 1, 24)}, ["earlier_price_after"]),
        ({"amount": Decimal(1), "price_asked": Decimal(30)}, ["amount_below_price"]),
    ],
)  # fmt: skip
def test_stored_cases_are_judged_as_the_rules_say(
    cast: Cast, changes: dict[str, object], found: list[str]
) -> None:
    assert codes(one_case(cast.call_taker, **changes), cast.supervisor) == found


def test_a_correction_puts_the_day_after_receipt(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    later = AT + timedelta(days=2)
    correct_facts(case=case, amount=None, incident_on=later.date(), by=cast.supervisor, at=later)
    assert codes(case, cast.supervisor) == ["happened_after_receipt"]


def test_late_counts_on_the_day_of_the_correction(cast: Cast) -> None:
    case, other = one_case(cast.call_taker), one_case(cast.call_taker)
    just = AT + timedelta(hours=24)
    correct_facts(case=case, amount=Decimal(5), incident_on=None, by=cast.supervisor, at=just)
    correct_facts(
        case=other, amount=Decimal(5), incident_on=None, by=cast.supervisor, at=just + timedelta(seconds=1)
    )
    next_day = Scope(cast.supervisor, DAY + ONE, DAY + 2 * ONE)
    assert [(one.case, one.is_received, [f.code for f in one.findings]) for one in judged(next_day)] == [
        (other.pk, False, ["late.amount"])
    ]
    told = report(next_day).whole
    assert (told.received, told.valid, told.by_sort) == (0, 0, {Sort.LATE: 1})
    # over both days the case is one: received, and corrected late
    both = report(Scope(cast.supervisor, DAY, DAY + 2 * ONE)).whole
    assert (both.received, both.by_sort[Sort.LATE]) == (2, 1)
    change_setting("quality.late_hours", 48, by=cast.supervisor, at=AT)
    assert report(next_day).whole == Line()


def test_what_was_filled_in_time_is_not_missing(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    assert report(of_day(cast.supervisor)).whole.by_code["wanted.amount"] == 1
    correct_facts(case=case, amount=Decimal(5), incident_on=None, by=cast.supervisor, at=AT)
    whole = report(of_day(cast.supervisor)).whole
    assert (whole.by_code["wanted.amount"], whole.by_sort[Sort.LATE]) == (0, 0)


def test_an_erased_person_is_not_missed(cast: Cast) -> None:
    case = one_case(cast.call_taker)
    assert case.party is not None
    erase(party=case.party, reason="本人要求删除", by=cast.supervisor, at=AT)
    assert codes(case, cast.supervisor) == []


def some_cases(cast: Cast) -> None:
    for by in (cast.call_taker, cast.other_call_taker):
        slipped, plain = (
            matter(amount=Decimal(3), narrative="付款3000元"),
            matter(narrative="退款", place="320506"),
        )
        registered(by, slipped, plain)
        registered(by, matter(Kind.REPORT, is_real_name=False), party=PartyInput())
        registered(by, matter(Kind.CONSULTATION, place="", entity=EntityInput()))
    late = one_case(cast.call_taker, at=AT - 3 * ONE)
    correct_facts(case=late, amount=Decimal(9), incident_on=None, by=cast.supervisor, at=AT)


def test_every_number_is_as_long_as_its_list(cast: Cast) -> None:
    some_cases(cast)
    scope = of_day(cast.supervisor)
    told = report(scope)
    assert told.whole.received == 8 and told.whole.by_sort[Sort.LATE] == 1
    assert set(told.by_district) == {"320508", "320506", NO_DISTRICT}
    assert told.people == {cast.call_taker.pk: "陆话务", cast.other_call_taker.pk: "钱话务"}
    lines = [(Cell(), told.whole)]
    lines += [(Cell(person=key), line) for key, line in told.by_person.items()]
    lines += [(Cell(district=key), line) for key, line in told.by_district.items()]
    checked = 0
    for of, line in lines:
        where = {"person": of.person, "district": of.district}
        assert len(behind(scope, of)) == line.received
        for sort in Sort:
            assert len(behind(scope, Cell(sort=sort, **where))) == line.by_sort[sort]
        for code in rules.known_codes():
            found = behind(scope, Cell(code=code, **where))
            assert len(found) == line.by_code[code]
            checked += len(found)
    assert checked > 30


def test_the_number_of_queries_does_not_grow(cast: Cast) -> None:
    counted = []
    for _round in range(2):
        some_cases(cast)
        with CaptureQueriesContext(connection) as asked:
            report(of_day(cast.supervisor))
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 9


def test_each_reader_sees_what_their_rights_open(cast: Cast) -> None:
    one_case(cast.call_taker)
    report_of_violation = one_case(cast.other_call_taker, Kind.REPORT)
    for reader, found in (("supervisor", 2), ("leader", 1), ("handler", 0)):
        assert report(of_day(getattr(cast, reader))).whole.received == found, reader
    dispatching.dispatch(case=report_of_violation, to_unit=cast.gusu, by=cast.dispatcher, at=AT)
    assert report(of_day(cast.handler)).whole.received == 1
    assert report(of_day(cast.other_handler)).whole.received == 0
    own = of_day(cast.call_taker, is_own=True)
    assert set(report(own).by_person) == {cast.call_taker.pk}
    assert behind(own, Cell(person=cast.other_call_taker.pk)) == []


def test_cases_of_other_systems_are_left_out(cast: Cast) -> None:
    Case.objects.filter(pk=one_case(cast.call_taker).pk).update(entry_standard=None)
    assert report(of_day(cast.supervisor)).whole == Line()


def test_a_period_ends_before_it_begins_or_lasts_too_long(cast: Cast) -> None:
    Scope(cast.supervisor, DAY, DAY + 31 * ONE)
    for until in (DAY, DAY - ONE, DAY + 31 * ONE + timedelta(microseconds=1)):
        with pytest.raises(TooLong):
            Scope(cast.supervisor, DAY, until)


def test_the_standard_in_force_on_the_day_judges_and_the_new_one_judges_both_sides(cast: Cast) -> None:
    levels = {"narrative": "must", "entity": "must", "name": "must", "phone": "must", "amount": "should"}
    start = AT + 2 * ONE
    issue_standard(kind=Kind.COMPLAINT, levels=levels, effective_on=start.date(), by=cast.supervisor, at=AT)
    one_case(cast.call_taker, amount=Decimal(3))
    one_case(cast.call_taker)
    one_case(cast.call_taker, amount=Decimal(3), at=start)
    one_case(cast.call_taker, Kind.REPORT, at=start)
    assert report(of_day(cast.supervisor)).whole.valid == 0  # by the first version
    assert report(Scope(cast.supervisor, start, start + ONE)).whole.valid == 1
    new = of_levels(Kind.COMPLAINT, 2, start.date(), levels)
    day = DAY + 2 * ONE
    before = validity(cast.supervisor, new, day - 30 * ONE, day)
    after = validity(cast.supervisor, new, day, day + 30 * ONE)
    assert [(one.valid, one.of) for one in (before, after)] == [(1, 2), (1, 1)]


def test_supervisors_are_told_of_yesterday_once_in_the_morning(cast: Cast) -> None:
    one_case(cast.call_taker)
    morning = AT.replace(hour=6, minute=7) + ONE
    assert tell_daily(at=AT.replace(hour=5, minute=59) + ONE) == 0
    assert [tell_daily(at=morning), tell_daily(at=morning + timedelta(hours=1))] == [1, 0]
    told = Message.objects.get(code="quality.daily")
    assert told.recipient == cast.supervisor and told.link_name == "quality"
    assert told.values == {"day": {"day": "2020-01-27"}, "received": 1, "whole": 0, "wrong": 5}
    assert tell_daily(at=morning + ONE) == 0  # nothing came in on the 28th
