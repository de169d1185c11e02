"""Warnings of limits: at each mark once, to who handles the case."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from suqing.cases.actions import dispatching, periods
from suqing.cases.actions.extensions import ask_extension, decide_extension
from suqing.cases.actions.warnings import warn
from suqing.cases.models import Case, Clock, ClockWarning
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from tests.cases.examples import one_case
from tests.cases.handled import checked, clock, mediated, on
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db


def left(one: Clock, **hours: float) -> datetime:
    """The moment at which so much of the clock is left."""
    return one.due_at - timedelta(**hours)


def told(one: Clock) -> list[tuple[str, str]]:
    rows = Message.objects.filter(subject_type="clock", subject_id=str(one.pk)).order_by("id")
    return [(row.code, row.recipient.username) for row in rows.select_related("recipient")]


def test_each_mark_is_told_once_and_then_the_breach(centre: Cast) -> None:
    d5 = clock(checked(centre), "D5")
    assert warn(at=left(d5, hours=48.2)) == 0
    for hours in (47.9, 30, 23.9, 23.8, 11, 10, -0.1, -5):
        warn(at=left(d5, hours=hours))
    assert told(d5) == [
        ("clock.warning.48", "handler"),
        ("clock.warning.24", "handler"),
        ("clock.warning.12", "handler"),
        ("clock.breach", "handler"),
    ]
    assert [row.level for row in Message.objects.order_by("id")] == ["soon", "soon", "soon", "breach"]
    row = Message.objects.earliest("id")
    assert row.values["hours"] == 48
    assert row.link_name == "case"


def test_after_a_pause_of_the_job_only_the_tightest_mark_is_told(centre: Cast) -> None:
    d5 = clock(checked(centre), "D5")
    warn(at=left(d5, hours=11))
    warn(at=left(d5, hours=10))
    assert told(d5) == [("clock.warning.12", "handler")]


def test_without_a_handler_the_handlers_of_the_unit_are_told_at_the_centre_the_dispatchers(
    centre: Cast,
) -> None:
    case = one_case(centre.call_taker, at=on("2020-02-03"))
    d15 = clock(case, "D15")
    warn(at=left(d15, hours=20))
    assert set(told(d15)) == {("clock.warning.24", name) for name in ("dispatcher", "supervisor")}
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on("2020-02-03", 11))
    d1 = clock(case, "D1")
    warn(at=left(d1, hours=40))
    assert ("clock.warning.48", "handler") in told(d1)
    assert {name for _code, name in told(d1)} <= {"handler", "head"}


def test_what_stands_still_or_does_not_bind_is_not_warned_of(centre: Cast) -> None:
    case = mediated(centre)
    d2a = clock(case, "D2a")
    periods.begin_period(
        case=case, kind="testing", first_on=date(2020, 2, 5), body="质检院", chosen_by="joint",
        cost_by="agreement", by=centre.handler, at=on("2020-02-05"),
    )  # fmt: skip
    assert warn(at=left(d2a, hours=1)) == 0
    assert warn(at=left(d2a, hours=-1)) == 0
    both = mediated(centre, "2025-03-04")
    loose = both.clocks.get(limit__in=["D2a", "D2b"], is_binding=False)
    warn(at=left(loose, hours=1))
    assert told(loose) == []


def test_an_extended_limit_is_warned_of_anew(centre: Cast) -> None:
    case = checked(centre)
    d5 = clock(case, "D5")
    warn(at=left(d5, hours=20))
    case = ask_extension(case=case, reason="复杂", by=centre.handler, at=left(d5, hours=19))
    decide_extension(case=case, is_granted=True, by=centre.head, at=left(d5, hours=18))
    later = clock(case, "D5")
    assert warn(at=left(d5, hours=1)) == 0
    warn(at=left(later, hours=20))
    assert [code for code, _name in told(d5)] == ["clock.warning.24", "clock.warning.24"]


def test_a_breach_of_long_ago_is_no_news(centre: Cast) -> None:
    d5 = clock(checked(centre), "D5")
    assert warn(at=d5.due_at + timedelta(days=4)) == 0
    assert not ClockWarning.objects.exists()


def test_marks_are_local_policy(centre: Cast) -> None:
    d5 = clock(checked(centre), "D5")
    change_setting("lawclock.warning_hours", [72], by=SYSTEM, at=on("2020-02-04"))
    warn(at=left(d5, hours=70))
    warn(at=left(d5, hours=20))
    assert told(d5) == [("clock.warning", "handler")]


def test_nobody_who_may_not_see_reports_is_told_of_one(centre: Cast) -> None:
    case: Case = one_case(centre.call_taker, Kind.REPORT, at=on("2020-02-03"))
    for one in case.clocks.all():
        warn(at=left(one, hours=1))
    from suqing.accounts.permissions import Permission
    from suqing.accounts.queries import can

    assert Message.objects.exists()
    assert all(
        can(row.recipient, Permission.REPORT_VIEW) for row in Message.objects.select_related("recipient")
    )


def test_messages_hold_no_personal_data(centre: Cast) -> None:
    d5 = clock(checked(centre), "D5")
    warn(at=left(d5, hours=20))
    assert set(Message.objects.get().values) == {"number", "limit", "due", "hours"}


def test_a_handler_who_may_not_see_the_report_any_more_is_not_warned_of_it(centre: Cast) -> None:
    case = checked(centre)
    case.handler = centre.other_handler
    case.save(update_fields=["handler"])
    one = clock(case, "D5")
    assert warn(at=left(one, hours=20)) == 1
    assert {message.recipient for message in Message.objects.all()} == {centre.handler, centre.head}
