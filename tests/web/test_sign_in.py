"""Signing in: recorded, locked after too many failures, open again for nobody by guessing."""

import pytest
from django.test import Client

from suqing.ledger.models import Event
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
ADDRESS = "/sign-in/"


def attempt(client: Client, username: str, password: str) -> int:
    return client.post(ADDRESS, {"username": username, "password": password}).status_code


def test_a_sign_in_is_on_record(cast: Cast, client: Client) -> None:
    assert attempt(client, "call_taker", PASSWORD) == 302
    event = Event.objects.get(verb="person.signed_in")
    assert (event.subject_type, event.subject_id) == ("person", str(cast.call_taker.pk))


def test_a_failed_sign_in_is_on_record_without_what_was_typed(cast: Cast, client: Client) -> None:
    assert attempt(client, "call_taker", "wrong-secret") == 422
    assert attempt(client, "my-password-by-mistake", "x") == 422
    known, unknown = Event.objects.filter(verb="person.sign_in_failed").order_by("id")
    assert known.subject_id == str(cast.call_taker.pk)
    assert unknown.subject_id == "unknown"
    assert "my-password-by-mistake" not in str(unknown.data)


def test_five_failures_lock_the_name_even_for_the_right_password(cast: Cast, client: Client) -> None:
    for _ in range(4):
        assert attempt(client, "call_taker", "wrong") == 422
    attempt(client, "call_taker", "wrong")
    assert attempt(client, "CALL_TAKER", PASSWORD) == 429  # another spelling is the same name
    assert attempt(client, "handler", PASSWORD) == 302  # others are not locked out with it
    assert not Event.objects.filter(verb="person.signed_in", subject_id=str(cast.call_taker.pk)).exists()
