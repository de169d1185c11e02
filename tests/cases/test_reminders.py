"""Reminders: who may remind whom of what, whom it reaches and when, and the answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from suqing.accounts.actions import set_duty
from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import dispatching, handling
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.actions.parties import erase
from suqing.cases.actions.supervision import answer_reminder, remind
from suqing.cases.models import Case, Reminder
from suqing.cases.queries.reminders import may_be_told, open_reminders, reminders_of
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.writing import gathered
from tests.cases.examples import one_case
from tests.cases.test_dispatching_races import at_once
from tests.cast import AT, SHANGHAI, SYSTEM, Cast

pytestmark = pytest.mark.django_db
WORKDAY = datetime(2020, 2, 4, 10, 0, tzinfo=SHANGHAI)
BACK = datetime(2020, 2, 3, 9, 0, tzinfo=SHANGHAI)


def with_unit(centre: Cast, kind: Kind = Kind.COMPLAINT, at: datetime = WORKDAY) -> Case:
    case = one_case(centre.call_taker, kind, at=at)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def recipients(code: str = "reminder.sent") -> set[Person]:
    return {one.recipient for one in Message.objects.filter(code=code).select_related("recipient")}


# Who may, and what


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("supervisor", True),
        ("dispatcher", True),
        ("handler", False),
        ("head", False),
        ("superior", False),
        ("call_taker", False),
        ("analyst", False),
        ("inspector", False),
        ("administrator", False),
        ("stranger", False),
    ],
)
def test_the_supervisor_and_the_dispatcher_remind(centre: Cast, name: str, may: bool) -> None:
    case = with_unit(centre)
    if may:
        assert remind(case=case, by=getattr(centre, name), at=WORKDAY).case == case
    else:
        with pytest.raises(NotPermitted):
            remind(case=case, by=getattr(centre, name), at=WORKDAY)
    case.refresh_from_db()
    assert case.remind_count == int(may)


def test_a_case_with_the_centre_has_nobody_to_remind(centre: Cast) -> None:
    case = one_case(centre.call_taker, at=WORKDAY)
    with pytest.raises(Refused, match="with the centre"):
        remind(case=case, by=centre.supervisor, at=WORKDAY)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=WORKDAY)
    dispatching.send_back(case=case, reason="competence", note="不在本区", by=centre.handler, at=WORKDAY)
    with pytest.raises(Refused, match="with the centre"):
        remind(case=case, by=centre.supervisor, at=WORKDAY)
    assert not Reminder.objects.exists()


def test_an_ended_case_is_not_reminded_of(centre: Cast) -> None:
    case = with_unit(centre, Kind.CONSULTATION)
    handling.answer(case=case, text="已答复", by=centre.handler, at=WORKDAY)
    with pytest.raises(Refused, match="has ended"):
        remind(case=case, by=centre.supervisor, at=WORKDAY)


def test_a_page_that_is_out_of_date_reminds_of_nothing(centre: Cast) -> None:
    case = with_unit(centre)
    with pytest.raises(Stale):
        remind(case=case, by=centre.supervisor, at=WORKDAY, revision=case.revision - 1)
    assert not Reminder.objects.exists()


def test_a_note_that_is_too_long_is_refused_beside_its_field(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY, note="急" * 501)
    assert refused.value.field == "note"


def test_reminding_leaves_the_revision_so_that_open_forms_stay_good(centre: Cast) -> None:
    case = with_unit(centre)
    before = case.revision
    remind(case=case, by=centre.supervisor, at=WORKDAY, revision=before)
    case.refresh_from_db()
    assert (case.revision, case.remind_count) == (before, 1)


def test_a_fresh_reminder_is_not_repeated_until_it_is_answered_or_old(centre: Cast) -> None:
    case = with_unit(centre)
    first = remind(case=case, by=centre.supervisor, at=WORKDAY)
    with pytest.raises(Refused, match="less than 2 hours"):
        remind(case=case, by=centre.dispatcher, at=WORKDAY + timedelta(minutes=119))
    remind(case=case, by=centre.dispatcher, at=WORKDAY + timedelta(hours=2))
    for one in open_reminders(Case.objects.get(pk=case.pk)):
        answer_reminder(reminder=one, answer="正在办理", by=centre.handler, at=WORKDAY + timedelta(hours=3))
    remind(case=case, by=centre.supervisor, at=WORKDAY + timedelta(hours=3))
    assert Case.objects.get(pk=case.pk).remind_count == 3
    assert first.unit == centre.gusu


def test_local_policy_may_let_units_be_reminded_at_any_time(centre: Cast) -> None:
    change_setting("reminders.again_after_hours", 0, by=SYSTEM, at=AT)
    case = with_unit(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY)
    remind(case=case, by=centre.supervisor, at=WORKDAY)
    assert Reminder.objects.count() == 2


# Whom it reaches


def test_the_handler_is_reminded(centre: Cast) -> None:
    case = with_unit(centre)
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=WORKDAY)
    remind(case=case, by=centre.supervisor, at=WORKDAY, note="消费者又来电")
    (message,) = Message.objects.filter(code="reminder.sent")
    assert (message.recipient, message.sender, message.deliver_after) == (
        centre.handler,
        centre.supervisor,
        WORKDAY,
    )
    assert message.values == {"number": case.number, "count": 1}
    assert (message.link_name, message.link_args) == ("case", [case.number])


def test_without_a_handler_everybody_on_duty_in_the_unit_is_reminded(centre: Cast) -> None:
    remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY)
    assert recipients() == {centre.handler, centre.head}


def test_in_the_holiday_whoever_is_on_duty_is_reminded_instead_of_the_handler_at_home(centre: Cast) -> None:
    case = with_unit(centre, at=AT)
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    set_duty(
        person=centre.head,
        unit=centre.gusu,
        since=AT,
        until=AT + timedelta(hours=8),
        by=centre.supervisor,
        at=AT,
    )
    remind(case=case, by=centre.supervisor, at=AT)
    (message,) = Message.objects.filter(code="reminder.sent")
    assert (message.recipient, message.deliver_after) == (centre.head, AT)


def test_in_the_holiday_it_waits_for_the_handler_if_nobody_is_on_duty(centre: Cast) -> None:
    case = with_unit(centre, at=AT)
    dispatching.assign(case=case, unit=centre.gusu, handler=centre.handler, by=centre.handler, at=AT)
    remind(case=case, by=centre.supervisor, at=AT)
    (message,) = Message.objects.filter(code="reminder.sent")
    assert (message.recipient, message.deliver_after) == (centre.handler, BACK)


def test_the_note_is_sealed_in_the_event_and_not_in_the_message(centre: Cast) -> None:
    case = with_unit(centre)
    remind(case=case, by=centre.supervisor, at=WORKDAY, note="王小明又来电催问")
    event = Event.objects.get(verb="case.reminded")
    assert "王小明" not in str(event.data)
    assert event.sealed
    assert "王小明" not in str(Message.objects.filter(code="reminder.sent").values())
    assert event.data["unit"] == "sz-gusu"


# The answer


def test_the_unit_answers_and_who_asked_is_told(centre: Cast) -> None:
    case = with_unit(centre)
    reminder = remind(case=case, by=centre.supervisor, at=WORKDAY)
    later = WORKDAY + timedelta(hours=1)
    answer_reminder(reminder=reminder, answer=" 已联系双方 ", by=centre.handler, at=later)
    (view,) = reminders_of(Case.objects.get(pk=case.pk))
    assert (view.reminder.answer, view.reminder.answered_by, view.is_open) == (
        "已联系双方",
        centre.handler,
        False,
    )
    assert recipients("reminder.answered") == {centre.supervisor}
    assert not Message.objects.filter(code="reminder.sent", answered_at=None).exists()
    assert Event.objects.get(verb="case.reminder_answered").sealed


def test_an_answer_says_something_and_is_given_once(centre: Cast) -> None:
    reminder = remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY)
    with pytest.raises(Refused) as refused:
        answer_reminder(reminder=reminder, answer="  ", by=centre.handler, at=WORKDAY)
    assert refused.value.field == "answer"
    answer_reminder(reminder=reminder, answer="在办", by=centre.handler, at=WORKDAY)
    with pytest.raises(Refused, match="already"):
        answer_reminder(reminder=reminder, answer="在办", by=centre.head, at=WORKDAY)
    assert Reminder.objects.get().answered_by == centre.handler


@pytest.mark.parametrize("name", ["supervisor", "dispatcher", "call_taker", "stranger"])
def test_the_centre_does_not_answer_its_own_reminder(centre: Cast, name: str) -> None:
    reminder = remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY)
    with pytest.raises(NotPermitted):
        answer_reminder(reminder=reminder, answer="在办", by=getattr(centre, name), at=WORKDAY)


def test_another_bureau_does_not_answer(centre: Cast) -> None:
    reminder = remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY)
    with pytest.raises(NotYours):
        answer_reminder(reminder=reminder, answer="在办", by=centre.other_handler, at=WORKDAY)


def test_a_case_that_went_back_has_nothing_to_answer(centre: Cast) -> None:
    case = with_unit(centre)
    reminder = remind(case=case, by=centre.supervisor, at=WORKDAY)
    dispatching.send_back(case=case, reason="competence", note="不在本区", by=centre.handler, at=WORKDAY)
    assert open_reminders(Case.objects.get(pk=case.pk)) == []
    with pytest.raises((Refused, NotPermitted)):
        answer_reminder(reminder=reminder, answer="在办", by=centre.superior, at=WORKDAY)
    assert Reminder.objects.get().answered_at is None


def test_erasing_the_person_takes_numbers_out_of_reminders(centre: Cast) -> None:
    case = with_unit(centre)
    reminder = remind(case=case, by=centre.supervisor, at=WORKDAY, note="13800001234又来电")
    answer_reminder(reminder=reminder, answer="已回复13800001234", by=centre.handler, at=WORKDAY)
    assert case.party is not None
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=WORKDAY)
    reminder.refresh_from_db()
    assert "13800001234" not in reminder.note + reminder.answer
    assert "又来电" in reminder.note


def test_reminders_can_be_replayed_in_a_gathered_block(centre: Cast) -> None:
    case = with_unit(centre)
    with gathered():
        reminder = remind(case=case, by=centre.supervisor, at=WORKDAY)
        answer_reminder(reminder=reminder, answer="在办", by=centre.handler, at=WORKDAY)
    with pytest.raises(Refused), gathered():
        remind(case=case, by=centre.supervisor, at=WORKDAY)
        remind(case=case, by=centre.supervisor, at=WORKDAY)
    (view,) = reminders_of(Case.objects.get(pk=case.pk))
    assert view.reminder.answer == "在办"
    assert [one.rung for one in view.rungs] == [1]


@pytest.mark.django_db(transaction=True)
def test_two_who_remind_at_once_remind_once(centre: Cast) -> None:
    case = with_unit(centre)
    outcomes = at_once(
        lambda: remind(case=case, by=centre.supervisor, at=WORKDAY),
        lambda: remind(case=case, by=centre.dispatcher, at=WORKDAY),
    )
    assert outcomes == ["Refused", "done"]
    assert Case.objects.get(pk=case.pk).remind_count == Reminder.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_stands(centre: Cast) -> None:
    reminder = remind(case=with_unit(centre), by=centre.supervisor, at=WORKDAY)
    outcomes = at_once(
        lambda: answer_reminder(reminder=reminder, answer="甲", by=centre.handler, at=WORKDAY),
        lambda: answer_reminder(reminder=reminder, answer="乙", by=centre.head, at=WORKDAY),
    )
    assert outcomes == ["Refused", "done"]
    assert Event.objects.filter(verb="case.reminder_answered").count() == 1


def test_of_a_report_only_those_may_be_told_who_may_see_it(centre: Cast) -> None:
    """O20 art. 33, O121 art. 37."""
    complaint, report = with_unit(centre), with_unit(centre, Kind.REPORT)
    may = {
        "handler": True, "head": True, "superior": True, "supervisor": True, "dispatcher": True,
        "other_handler": False, "price_handler": False, "leader": False, "inspector": False, "administrator": False,
    }  # fmt: skip
    for name, expected in may.items():
        person = getattr(centre, name)
        assert may_be_told(report, person) is expected, name
        assert may_be_told(complaint, person) is True, name


def test_a_handler_who_may_not_see_the_report_any_more_is_not_reminded_of_it(centre: Cast) -> None:
    report = with_unit(centre, Kind.REPORT)
    report.handler = centre.other_handler
    report.save(update_fields=["handler"])
    remind(case=report, by=centre.supervisor, at=WORKDAY)
    assert centre.other_handler not in recipients()
    assert centre.handler in recipients()
