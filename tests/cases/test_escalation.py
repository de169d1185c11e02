"""The ladder: what climbs when, to whom, each rung once, and never outside duty hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from suqing.accounts.actions import end_appointment, set_duty
from suqing.accounts.models import Appointment, Person
from suqing.cases.actions import dispatching
from suqing.cases.actions.escalation import climb
from suqing.cases.actions.supervision import answer_reminder, remind
from suqing.cases.actions.warnings import warn
from suqing.cases.models import Case, Clock, Escalation, Reminder
from suqing.cases.queries.reminders import climbed_limits_of, reminders_of
from suqing.cases.vocabulary import ClockState
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cases.test_dispatching_races import at_once
from tests.cast import SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def on(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2020, month, day, hour, minute, tzinfo=SHANGHAI)


TUESDAY = on(4, 10)


def with_handler(centre: Cast, at: datetime) -> Case:
    case = one_case(centre.call_taker, at=at)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)
    return dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=at)


def reminded(centre: Cast, at: datetime = TUESDAY) -> Reminder:
    return remind(case=with_handler(centre, at), by=centre.supervisor, at=at)


def climbing(start: datetime, days: int, *, minutes: int = 10) -> list[datetime]:
    """Run the job as it runs, every ten minutes, and return when something climbed."""
    moments = (start + timedelta(minutes=minutes * n) for n in range(days * 24 * 60 // minutes + 1))
    return [at for at in moments if climb(at=at)]


def told(code: str) -> list[tuple[Person, datetime]]:
    rows = Message.objects.filter(code=code).select_related("recipient").order_by("at", "id")
    return [(one.recipient, one.deliver_after) for one in rows]


# Reminders


def test_an_unanswered_reminder_climbs_a_rung_every_eight_duty_hours(centre: Cast) -> None:
    reminded(centre)
    # A day has 8.5 duty hours: 10:00 and 8 hours are 9:30 the next day, and so on.
    expected = [on(5, 9, 30), on(6, 9), on(6, 17)]
    assert climbing(TUESDAY, 7, minutes=30) == expected
    assert told("reminder.climbed") == [
        (centre.head, expected[0]),
        (centre.supervisor, expected[1]),
        (centre.superior, expected[2]),
    ]
    assert [(row.rung, row.told) for row in Escalation.objects.order_by("rung")] == [
        (1, ["顾办理"]),
        (2, ["顾局长"]),
        (3, ["沈督导"]),
        (4, ["苏局长"]),
    ]
    rungs = Event.objects.filter(verb="case.escalated").order_by("at").values_list("data__rung", flat=True)
    assert list(rungs) == [2, 3, 4]


def test_the_job_run_again_at_the_same_moment_tells_nobody_twice(centre: Cast) -> None:
    reminded(centre)
    assert climb(at=on(5, 9, 30)) == 1
    assert climb(at=on(5, 9, 30)) == 0


def test_an_answer_ends_the_climb(centre: Cast) -> None:
    reminder = reminded(centre)
    climb(at=on(5, 9, 30))
    answer_reminder(reminder=reminder, answer="已调解", by=centre.handler, at=on(5, 10))
    assert climbing(on(5, 10), 4, minutes=60) == []


def test_what_went_back_to_the_centre_climbs_no_more(centre: Cast) -> None:
    reminder = reminded(centre)
    dispatching.send_back(
        case=reminder.case, reason="competence", note="不在本区", by=centre.handler, at=TUESDAY
    )
    assert climbing(TUESDAY, 4, minutes=60) == []


def test_in_the_long_holiday_nobody_is_told_outside_duty_hours(centre: Cast) -> None:
    reminded(centre, at=on(23, 17, month=1))
    assert climbing(on(23, 17, month=1), 10, minutes=30) == []
    # Half an hour was left on 23 January; seven and a half remain for 3 February.
    assert climbing(on(2, 17), 1, minutes=30) == [on(3, 16, 30)]
    arrivals = {at for _person, at in told("reminder.sent") + told("reminder.climbed")}
    assert not [at for at in arrivals if on(23, 17, 30, month=1) <= at < on(3, 9)]


def test_with_somebody_of_the_unit_on_duty_it_climbs_in_the_holiday_too(centre: Cast) -> None:
    for person in (centre.handler, centre.head):
        set_duty(
            person=person,
            unit=centre.gusu,
            since=on(25, 9, month=1),
            until=on(25, 21, month=1),
            by=centre.supervisor,
            at=on(23, 12, month=1),
        )
    reminded(centre, at=on(24, 22, month=1))
    assert told("reminder.sent") == [(centre.handler, on(25, 9, month=1))]
    assert climbing(on(24, 22, month=1), 8, minutes=30) == [on(25, 17, month=1)]
    assert told("reminder.climbed") == [(centre.head, on(25, 17, month=1))]


def test_who_is_not_on_duty_reads_of_it_on_the_first_working_morning(centre: Cast) -> None:
    set_duty(
        person=centre.handler,
        unit=centre.gusu,
        since=on(25, 9, month=1),
        until=on(25, 21, month=1),
        by=centre.supervisor,
        at=on(23, 12, month=1),
    )
    reminded(centre, at=on(25, 9, month=1))
    assert climb(at=on(25, 17, month=1)) == 1
    assert told("reminder.climbed") == [(centre.head, on(3, 9))]


def test_an_empty_rung_is_left_out(centre: Cast) -> None:
    end_appointment(appointment=Appointment.objects.get(person=centre.head), by=SYSTEM, at=TUESDAY)
    reminded(centre)
    assert climb(at=on(5, 9, 30)) == 1
    assert [person for person, _at in told("reminder.climbed")] == [centre.supervisor]
    assert Reminder.objects.get().level == 3


def test_the_hours_of_a_rung_are_local_policy(centre: Cast) -> None:
    change_setting("escalation.duty_hours", 2, by=SYSTEM, at=TUESDAY)
    reminded(centre)
    assert climbing(TUESDAY, 1, minutes=30) == [on(4, 12), on(4, 14), on(4, 16)]


def test_a_reminder_of_long_ago_climbs_no_further(centre: Cast) -> None:
    reminded(centre)
    assert climb(at=TUESDAY + timedelta(days=31)) == 0


# Broken limits


def overdue(centre: Cast) -> tuple[Case, Clock]:
    """A complaint whose acceptance is overdue: its limit ended and the handler was told by the warnings."""
    case = with_handler(centre, TUESDAY)
    clock = case.clocks.get(limit="D1", state=ClockState.RUNNING)
    assert warn(at=clock.due_at + timedelta(minutes=1)) == 1
    return case, clock


def test_a_broken_limit_climbs_from_the_handler_upwards(centre: Cast) -> None:
    case, clock = overdue(centre)
    assert clock.due_at.date() == on(13, 0).date()
    found = climbing(clock.due_at.replace(hour=23, minute=50, second=0, microsecond=0), 9, minutes=10)
    assert [person for person, _at in told("clock.breach")] == [centre.handler]
    assert [person for person, _at in told("clock.climbed")] == [
        centre.head,
        centre.supervisor,
        centre.superior,
    ]
    assert found == [at for _person, at in told("clock.climbed")]
    assert found[0] == on(14, 17)
    assert {one.level for one in Message.objects.filter(code="clock.climbed")} == {"breach"}
    assert [(row.rung, row.told) for row in climbed_limits_of(case)] == [
        (2, ["顾局长"]),
        (3, ["沈督导"]),
        (4, ["苏局长"]),
    ]
    assert reminders_of(case) == []


def test_a_limit_that_was_kept_after_all_climbs_no_more(centre: Cast) -> None:
    _case, clock = overdue(centre)
    Clock.objects.filter(pk=clock.pk).update(state=ClockState.BREACHED, ended_at=clock.due_at)
    assert climb(at=on(14, 17)) == 0


def test_a_limit_that_moved_begins_anew_with_its_next_breach(centre: Cast) -> None:
    _case, clock = overdue(centre)
    assert climb(at=on(14, 17)) == 1
    Clock.objects.filter(pk=clock.pk).update(due_at=clock.due_at + timedelta(days=7))
    assert climb(at=on(17, 17)) == 0
    warn(at=clock.due_at + timedelta(days=7, minutes=1))
    assert climb(at=on(21, 17)) == 1
    assert [row.rung for row in Escalation.objects.order_by("at")] == [2, 2]


def test_a_limit_nobody_was_warned_of_does_not_climb(centre: Cast) -> None:
    with_handler(centre, TUESDAY)
    assert climb(at=on(17, 10)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_each_rung_once(centre: Cast) -> None:
    reminded(centre)
    assert at_once(lambda: climb(at=on(5, 9, 30)), lambda: climb(at=on(5, 9, 30))) == ["done", "done"]
    assert [person for person, _at in told("reminder.climbed")] == [centre.head]
    assert Reminder.objects.get().level == 2
