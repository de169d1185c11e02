"""Messages: who gets one, when it arrives, that it comes once, and who may mark it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from suqing.accounts.actions import set_duty
from suqing.accounts.models import Person
from suqing.inbox import codes
from suqing.inbox.actions import NotYourMessage, mark_all_read, mark_answered, mark_read, tell
from suqing.inbox.models import Message
from suqing.inbox.queries import inbox_of, told_about, unread
from suqing.ledger.actions import change_setting
from suqing.ledger.writing import gathered
from tests.cast import AT, SHANGHAI, SYSTEM, Cast, the_cast

WORKDAY = datetime(2020, 2, 4, 10, 0, tzinfo=SHANGHAI)  # a Tuesday after the long holiday
BACK = datetime(2020, 2, 3, 9, 0, tzinfo=SHANGHAI)  # the first duty hour after it
TRIED = codes.declare("tests.tried", "Case %(number)s: %(what)s")
VALUES = {"number": "TS20200127000001", "what": "tried"}
ABOUT = ("case", 7)


def told(*people: Person, at: datetime = WORKDAY, **changes: object) -> list[Message]:
    given = {"values": VALUES, "subject": ABOUT, "link": ("case", [VALUES["number"]]), "by": SYSTEM}
    return tell(people, TRIED, at=at, **{**given, **changes})  # type: ignore[arg-type]


def test_a_message_arrives_at_once_in_duty_hours(centre: Cast) -> None:
    (message,) = told(centre.handler)
    assert message.deliver_after == WORKDAY
    assert [one.pk for one in inbox_of(centre.handler, WORKDAY)] == [message.pk]
    assert unread(centre.handler, WORKDAY) == 1
    assert unread(centre.other_handler, WORKDAY) == 0


def test_in_the_long_holiday_it_waits_for_the_first_working_morning(centre: Cast) -> None:
    (message,) = told(centre.handler, at=AT)
    assert message.deliver_after == BACK
    assert unread(centre.handler, BACK - timedelta(seconds=1)) == 0
    assert unread(centre.handler, BACK) == 1


def test_whoever_is_on_duty_gets_it_in_the_holiday_too(centre: Cast) -> None:
    set_duty(
        person=centre.handler,
        unit=centre.gusu,
        since=AT + timedelta(hours=2),
        until=AT + timedelta(hours=8),
        by=centre.supervisor,
        at=AT,
    )
    mine, others = told(centre.handler, centre.other_handler, at=AT)
    assert mine.deliver_after == AT + timedelta(hours=2)
    assert others.deliver_after == BACK


def test_a_broken_limit_waits_too_unless_local_policy_says_at_once(centre: Cast) -> None:
    (waiting,) = told(centre.handler, at=AT, level="breach")
    assert waiting.deliver_after == BACK
    change_setting("inbox.breach_at_once", True, by=SYSTEM, at=AT)
    (at_once,) = told(centre.handler, at=AT, level="breach")
    (soon,) = told(centre.handler, at=AT, level="soon")
    assert (at_once.deliver_after, soon.deliver_after) == (AT, BACK)


def test_with_a_key_each_person_is_told_once(centre: Cast) -> None:
    assert len(told(centre.handler, key="d1:48h")) == 1
    assert told(centre.handler, key="d1:48h") == []
    (second,) = told(centre.handler, centre.head, key="d1:48h")
    assert second.recipient == centre.head
    assert len(told(centre.handler, key="d1:24h")) == 1


def test_in_a_gathered_block_it_comes_once_too(centre: Cast) -> None:
    with gathered():
        told(centre.handler, key="once")
        told(centre.handler, key="once")
        told(centre.handler)
    assert Message.objects.filter(recipient=centre.handler).count() == 2


def test_the_same_person_twice_gets_one_and_who_has_left_none(centre: Cast) -> None:
    centre.head.is_active = False
    assert [one.recipient for one in told(centre.handler, centre.handler, centre.head)] == [centre.handler]


def test_what_cannot_be_read_is_not_sent(centre: Cast) -> None:
    with pytest.raises(codes.BadValues):
        told(centre.handler, values={"number": "TS1"})
    with pytest.raises(codes.UnknownCode):
        tell([centre.handler], "tests.never", subject=ABOUT, at=AT, by=SYSTEM)
    with pytest.raises(codes.BadValues):
        codes.declare(TRIED, "Something else %(number)s")
    with pytest.raises(ValueError, match="urgent"):
        told(centre.handler, level="urgent")
    assert not Message.objects.exists()


def test_only_the_recipient_marks_it_and_the_first_time_counts(centre: Cast) -> None:
    (message,) = told(centre.handler)
    with pytest.raises(NotYourMessage):
        mark_read(message=message, by=centre.other_handler, at=WORKDAY)
    mark_read(message=message, by=centre.handler, at=WORKDAY)
    mark_read(message=message, by=centre.handler, at=WORKDAY + timedelta(hours=1))
    message.refresh_from_db()
    assert message.read_at == WORKDAY
    assert unread(centre.handler, WORKDAY) == 0
    assert not inbox_of(centre.handler, WORKDAY, unread_only=True).exists()


def test_marking_all_leaves_what_came_after_the_page_was_made(centre: Cast) -> None:
    told(centre.handler)
    later = WORKDAY + timedelta(minutes=5)
    told(centre.handler, at=later)
    told(centre.other_handler)
    assert mark_all_read(by=centre.handler, at=later, upto=WORKDAY) == 1
    assert unread(centre.handler, later) == 1
    assert unread(centre.other_handler, later) == 1


def test_what_waits_for_morning_is_not_marked_unseen(centre: Cast) -> None:
    told(centre.handler, at=AT)
    assert mark_all_read(by=centre.handler, at=AT) == 0
    assert unread(centre.handler, BACK) == 1


def test_an_answer_shows_on_all_messages_about_it_and_receipts_can_be_read(centre: Cast) -> None:
    told(centre.handler, centre.head)
    assert mark_answered(subject=ABOUT, at=WORKDAY) == 2
    assert {one.recipient for one in told_about(ABOUT, TRIED)} == {centre.handler, centre.head}
    assert not told_about(("case", 8)).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once() -> None:
    handler = the_cast().handler
    gate, counts = threading.Barrier(2), []

    def one() -> None:
        try:
            gate.wait(10)
            told(handler, key="race")
            counts.append(Message.objects.filter(recipient=handler).count())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counts == [1, 1]
