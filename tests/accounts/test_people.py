from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from suqing.accounts.actions import create_person, deactivate, generate_password, reactivate
from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted, attempted_username, permissions_of
from suqing.ledger.models import Event
from tests.cast import AT, PASSWORD, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def _sign_in(username: str, password: str) -> object:
    return authenticate(RequestFactory().post("/"), username=username, password=password)


def test_a_generated_password_works_once_handed_over_and_must_be_changed() -> None:
    made = create_person(username="lu.qing", display_name="陆青", by=SYSTEM, at=AT)
    assert made.person.must_change_password
    assert made.password not in made.person.password
    assert made.person.password.startswith("argon2")
    assert _sign_in("lu.qing", made.password) == made.person


def test_generated_passwords_differ_and_avoid_letters_that_look_alike() -> None:
    passwords = {generate_password() for _time in range(50)}
    assert len(passwords) == 50
    assert not set("".join(passwords)) & set("0O1lI")
    assert all(len(password) == 19 for password in passwords)


def test_spelling_of_a_sign_in_name_does_not_matter() -> None:
    made = create_person(username="  ＬｕＱｉｎｇ ", display_name="陆青", password=PASSWORD, by=SYSTEM, at=AT)
    assert made.person.username == "luqing"
    assert not made.person.must_change_password
    assert _sign_in("LUQING", PASSWORD) == made.person


def test_failures_under_all_spellings_of_a_name_count_together() -> None:
    request = RequestFactory().post("/", {"username": "ＬｕＱｉｎｇ"})
    assert attempted_username(request) == attempted_username(request, {"username": "LuQing "}) == "luqing"


@pytest.mark.parametrize("username", ["", "a", "x" * 41, "lu qing", "<script>", "lu/qing", "-lu"])
def test_a_bad_sign_in_name_is_refused(username: str) -> None:
    before = Person.objects.count()
    with pytest.raises(ValidationError):
        create_person(username=username, display_name="陆青", by=SYSTEM, at=AT)
    assert Person.objects.count() == before
    assert not Event.objects.exists()


def test_a_sign_in_name_and_a_staff_number_are_given_once() -> None:
    create_person(username="luqing", display_name="陆青", staff_no="007", by=SYSTEM, at=AT)
    with pytest.raises(ValidationError):
        create_person(username="LuQing", display_name="陆清", by=SYSTEM, at=AT)
    with pytest.raises(ValidationError):
        create_person(username="other", display_name="陆清", staff_no="007", by=SYSTEM, at=AT)
    create_person(username="one", display_name="一", by=SYSTEM, at=AT)
    create_person(username="two", display_name="二", by=SYSTEM, at=AT)


@pytest.mark.parametrize("password", ["short", "12345678901", "password1234"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        create_person(username="luqing", display_name="陆青", password=password, by=SYSTEM, at=AT)


def test_only_who_manages_people_makes_them(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        create_person(username="friend", display_name="朋友", by=cast.supervisor, at=AT)
    create_person(username="friend", display_name="朋友", by=cast.administrator, at=AT)
    event = Event.objects.filter(verb="person.created").latest("pk")
    assert event.actor == f"person:{cast.administrator.pk}"


def test_the_deactivated_can_neither_sign_in_nor_do_anything(cast: Cast) -> None:
    assert _sign_in("handler", PASSWORD) == cast.handler
    deactivate(person=cast.handler, by=cast.administrator, at=AT)
    assert _sign_in("handler", PASSWORD) is None
    assert permissions_of(Person.objects.get(pk=cast.handler.pk)) == frozenset()
    assert Event.objects.latest("pk").verb == "person.deactivated"
    reactivate(person=cast.handler, by=cast.administrator, at=AT)
    assert _sign_in("handler", PASSWORD) == cast.handler
    assert permissions_of(cast.handler)


def test_there_is_no_way_to_make_a_superuser() -> None:
    with pytest.raises(NotImplementedError):
        Person.objects.create_superuser(username="root", password="x")
    assert not hasattr(Person(), "is_superuser")
