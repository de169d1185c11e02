from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from suqing.accounts.actions import (
    LastAdministrator,
    NotInForce,
    appoint,
    create_person,
    deactivate,
    end_appointment,
)
from suqing.accounts.models import Appointment, Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can, permissions_of, roles_of, units_of
from suqing.accounts.roles import ROLES, UnknownRole
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM, Cast, the_cast
from tests.ledger.threads import threads


def test_an_appointment_gives_the_permissions_of_its_role_at_once(cast: Cast) -> None:
    assert not can(cast.stranger, Permission.CALL_TAKE)
    appoint(person=cast.stranger, unit=cast.centre, role="call_taker", by=cast.administrator, at=AT)
    assert permissions_of(cast.stranger) == ROLES["call_taker"].permissions
    event = Event.objects.latest("pk")
    assert event.verb == "person.appointed"
    assert event.data["unit"] == "sz-12315"


def test_two_appointments_add_up(cast: Cast) -> None:
    appoint(person=cast.call_taker, unit=cast.gusu, role="handler", by=SYSTEM, at=AT)
    assert permissions_of(cast.call_taker) == ROLES["call_taker"].permissions | ROLES["handler"].permissions
    assert units_of(cast.call_taker) == [cast.centre, cast.gusu]
    assert roles_of(cast.call_taker) == {"call_taker", "handler"}


def test_an_ended_appointment_gives_nothing_and_ends_once(cast: Cast) -> None:
    appointment = cast.handler.appointments.get()
    end_appointment(appointment=appointment, by=cast.administrator, at=AT)
    assert permissions_of(Person.objects.get(pk=cast.handler.pk)) == frozenset()
    ended = Appointment.objects.get(pk=appointment.pk).until
    with pytest.raises(NotInForce):
        end_appointment(appointment=appointment, by=cast.administrator, at=AT)
    assert Appointment.objects.get(pk=appointment.pk).until == ended
    assert Event.objects.filter(verb="person.appointment_ended").count() == 1


def test_an_appointment_holds_only_between_its_dates(cast: Cast) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    for since, until in [(now + hour, None), (now - 2 * hour, now - hour)]:
        appoint(
            person=cast.stranger, unit=cast.gusu, role="handler", by=SYSTEM, at=AT, since=since, until=until
        )
    assert permissions_of(cast.stranger) == frozenset()
    appoint(
        person=cast.stranger,
        unit=cast.wuzhong,
        role="handler",
        by=SYSTEM,
        at=AT,
        since=now - hour,
        until=now + hour,
    )
    assert units_of(cast.stranger) == [cast.wuzhong]


def test_an_appointment_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError):
        appoint(
            person=cast.stranger,
            unit=cast.gusu,
            role="handler",
            by=SYSTEM,
            at=AT,
            since=now,
            until=now - timedelta(seconds=1),
        )


def test_the_same_appointment_is_not_made_twice(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        appoint(person=cast.handler, unit=cast.gusu, role="handler", by=SYSTEM, at=AT)


def test_an_unknown_role_is_refused(cast: Cast) -> None:
    with pytest.raises(UnknownRole):
        appoint(person=cast.handler, unit=cast.gusu, role="emperor", by=SYSTEM, at=AT)


def test_nobody_appoints_themselves(cast: Cast) -> None:
    for person in (cast.stranger, cast.supervisor, cast.leader):
        with pytest.raises(NotPermitted):
            appoint(person=person, unit=cast.bureau, role="administrator", by=person, at=AT)


def test_the_last_administrator_cannot_be_removed(cast: Cast) -> None:
    with pytest.raises(LastAdministrator):
        end_appointment(appointment=cast.administrator.appointments.get(), by=cast.administrator, at=AT)
    with pytest.raises(LastAdministrator):
        deactivate(person=cast.administrator, by=cast.administrator, at=AT)
    assert can(Person.objects.get(pk=cast.administrator.pk), Permission.PEOPLE_MANAGE)


def test_an_administrator_for_a_time_or_inactive_does_not_count_as_remaining(cast: Cast) -> None:
    deputy = create_person(username="deputy", display_name="副管理员", by=SYSTEM, at=AT).person
    soon = timezone.now() + timedelta(days=1)
    appoint(person=deputy, unit=cast.bureau, role="administrator", by=SYSTEM, at=AT, until=soon)
    with pytest.raises(LastAdministrator):
        deactivate(person=cast.administrator, by=cast.administrator, at=AT)
    appoint(person=deputy, unit=cast.bureau, role="administrator", by=SYSTEM, at=AT)
    deactivate(person=cast.administrator, by=cast.administrator, at=AT)
    with pytest.raises(LastAdministrator):
        deactivate(person=deputy, by=deputy, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    cast = the_cast()
    other = create_person(username="other.admin", display_name="副管理员", by=SYSTEM, at=AT).person
    appoint(person=other, unit=cast.bureau, role="administrator", by=SYSTEM, at=AT)

    def remove(pk: int) -> bool:
        try:
            deactivate(person=Person.objects.get(pk=pk), by=SYSTEM, at=AT)
        except LastAdministrator:
            return False
        return True

    with threads() as running:
        removed = [running.start(remove, person.pk) for person in (cast.administrator, other)]
    assert sorted(one.result() for one in removed) == [False, True]
