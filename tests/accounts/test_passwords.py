from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from suqing.accounts.actions import WrongPassword, change_password, reset_password
from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.ledger.models import Event
from tests.cast import AT, PASSWORD, Cast

NEW = "苏州-new-2020"


def test_a_person_changes_the_own_password(cast: Cast) -> None:
    change_password(person=cast.handler, old=PASSWORD, new=NEW, by=cast.handler, at=AT)
    person = Person.objects.get(pk=cast.handler.pk)
    assert person.check_password(NEW)
    assert not person.check_password(PASSWORD)
    event = Event.objects.latest("pk")
    assert event.verb == "person.password_changed"
    assert NEW not in str(event.data)


def test_the_old_password_must_be_right(cast: Cast) -> None:
    with pytest.raises(WrongPassword):
        change_password(person=cast.handler, old="wrong", new=NEW, by=cast.handler, at=AT)
    assert Person.objects.get(pk=cast.handler.pk).check_password(PASSWORD)


@pytest.mark.parametrize("new", ["short", "1234567890123", PASSWORD])
def test_a_weak_or_unchanged_password_is_refused(cast: Cast, new: str) -> None:
    with pytest.raises(ValidationError):
        change_password(person=cast.handler, old=PASSWORD, new=new, by=cast.handler, at=AT)


def test_nobody_changes_the_password_of_somebody_else(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        change_password(person=cast.handler, old=PASSWORD, new=NEW, by=cast.administrator, at=AT)


def test_a_reset_password_must_be_changed_at_the_next_sign_in(cast: Cast) -> None:
    password = reset_password(person=cast.handler, by=cast.administrator, at=AT)
    person = Person.objects.get(pk=cast.handler.pk)
    assert person.must_change_password
    assert person.check_password(password)
    change_password(person=person, old=password, new=NEW, by=person, at=AT)
    assert not Person.objects.get(pk=cast.handler.pk).must_change_password


def test_only_who_manages_people_resets_passwords(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        reset_password(person=cast.handler, by=cast.supervisor, at=AT)
