from __future__ import annotations

from suqing.accounts.actions import note_failed_sign_in, note_sign_in
from suqing.ledger.models import Event
from tests.cast import AT, PASSWORD, Cast


def test_a_sign_in_is_on_record(cast: Cast) -> None:
    note_sign_in(person=cast.editor, at=AT)
    event = Event.objects.latest("pk")
    assert (event.verb, event.subject_id) == ("person.signed_in", str(cast.editor.pk))


def test_a_failed_sign_in_is_on_record_under_the_person(cast: Cast) -> None:
    note_failed_sign_in(username=" EDITOR", locked=True, at=AT)
    event = Event.objects.latest("pk")
    assert (event.verb, event.subject_id) == ("person.sign_in_failed", str(cast.editor.pk))
    assert event.data == {"locked": True}


def test_a_password_typed_as_the_name_is_not_kept(cast: Cast) -> None:
    note_failed_sign_in(username=PASSWORD, locked=False, at=AT)
    event = Event.objects.latest("pk")
    assert event.subject_id == "unknown"
    assert PASSWORD not in repr(Event.objects.filter(pk=event.pk).values())
