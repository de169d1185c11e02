"""Passkeys against a device in software: what it says is believed only as far as it holds."""

from __future__ import annotations

import json
import secrets

import pytest

from suqing.accounts.actions import (
    BadPasskey,
    NameTaken,
    PasskeyCopied,
    WrongPassword,
    add_passkey,
    begin_second_factor,
    remove_passkey,
    reset_second_factor,
    use_passkey,
)
from suqing.accounts.models import Passkey, Person, RecoveryCode
from suqing.accounts.passkeys import Place, handle_of, question_to_add, question_to_enter
from suqing.accounts.queries import NotPermitted
from suqing.accounts.second_factor import has_second
from suqing.ledger.models import Event
from tests.accounts.passkey_device import Device
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db
HERE = Place("testserver", ("http://testserver",), "苏州 12315")


def add(person: Person, device: Device, name: str = "钥匙", **changed: str) -> list[str]:
    asked = question_to_add(person, HERE)
    answer = device.register(asked.challenge, **changed)
    return add_passkey(
        person=person, name=name, answer=answer, challenge=asked.challenge, place=HERE, by=person, at=AT
    )


def use(device: Device, person: Person | None = None, **changed: str) -> Person:
    asked = question_to_enter(HERE, person)
    return use_passkey(
        answer=device.sign(asked.challenge, **changed),
        challenge=asked.challenge,
        place=HERE,
        at=AT,
        person=person,
    )


def test_a_passkey_opens_for_its_person_and_the_first_one_brings_recovery_codes(cast: Cast) -> None:
    device = Device(handle=handle_of(cast.handler))
    assert len(add(cast.handler, device)) == 10
    assert use(device, cast.handler) == cast.handler
    assert use(device) == cast.handler  # without the name: the device says whose it is
    kept = Passkey.objects.get()
    assert (kept.sign_count, kept.name, kept.transports) == (2, "钥匙", ["internal"])
    assert kept.used_at is not None
    assert add(cast.handler, Device(credential=b"another one of the tests"), name="备用") == []


def test_options_name_nobody_and_leave_out_what_the_device_has(cast: Cast) -> None:
    add(cast.handler, Device())
    asked = json.loads(question_to_add(cast.handler, HERE).options)
    assert asked["rp"] == {"id": "testserver", "name": "苏州 12315"}
    assert len(asked["excludeCredentials"]) == 1
    anybody = json.loads(question_to_enter(HERE, None).options)
    assert anybody["userVerification"] == "required"
    assert not anybody.get("allowCredentials")


@pytest.mark.parametrize(
    "changed",
    [
        {"challenge": "d3JvbmcgY2hhbGxlbmdl"},
        {"origin": "https://testserver.evil.example"},
        {"origin": "http://testserver:8443"},
        {"type": "webauthn.create"},
    ],
    ids=["challenge", "origin", "port", "kind"],
)
def test_an_answer_to_something_else_opens_nothing(cast: Cast, changed: dict[str, str]) -> None:
    device = Device()
    add(cast.handler, device)
    with pytest.raises(BadPasskey) as bad:
        use(device, cast.handler, **changed)
    assert bad.value.person == cast.handler
    assert Passkey.objects.get().sign_count == 0


@pytest.mark.parametrize("changed", [{"challenge": "d3Jvbmc"}, {"origin": "https://evil.example"}])
def test_a_passkey_made_for_somewhere_else_is_not_kept(cast: Cast, changed: dict[str, str]) -> None:
    with pytest.raises(BadPasskey):
        add(cast.handler, Device(), **changed)
    assert not Passkey.objects.exists()
    assert not has_second(cast.handler)


def test_a_device_of_another_host_opens_nothing(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    device.host = "evil.example"
    with pytest.raises(BadPasskey):
        use(device, cast.handler)


def test_another_key_under_the_same_name_opens_nothing(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    with pytest.raises(BadPasskey):
        use(Device(count=5), cast.handler)


def test_an_answer_sent_again_opens_nothing_even_with_its_challenge(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    asked = question_to_enter(HERE, cast.handler)
    answer = device.sign(asked.challenge)
    use_passkey(answer=answer, challenge=asked.challenge, place=HERE, at=AT, person=cast.handler)
    with pytest.raises(PasskeyCopied):
        use_passkey(answer=answer, challenge=asked.challenge, place=HERE, at=AT, person=cast.handler)


def test_a_device_that_counts_backwards_is_on_record(cast: Cast) -> None:
    device = Device(count=40)
    add(cast.handler, device)
    device.count = 7
    with pytest.raises(PasskeyCopied):
        use(device, cast.handler)
    event = Event.objects.get(verb="person.passkey_suspect")
    assert (event.subject_id, event.data) == (str(cast.handler.pk), {"name": "钥匙"})
    assert Passkey.objects.get().sign_count == 40


def test_a_device_that_never_counts_opens_again_and_again(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    for _time in range(2):
        device.count = -1  # sign() says 0, as devices do that synchronise their keys
        assert use(device, cast.handler) == cast.handler


def test_without_the_password_the_device_must_have_checked_who_holds_it(cast: Cast) -> None:
    device = Device(verifies=False)
    add(cast.handler, device)
    with pytest.raises(BadPasskey):
        use(device)
    assert use(device, cast.handler) == cast.handler


def test_a_passkey_of_somebody_else_is_no_second_step(cast: Cast) -> None:
    device = Device()
    add(cast.editor, device)
    with pytest.raises(BadPasskey) as bad:
        use(device, cast.handler)
    assert bad.value.person == cast.handler


def test_a_handle_of_somebody_else_is_refused(cast: Cast) -> None:
    device = Device(handle=handle_of(cast.editor))
    add(cast.handler, device)
    with pytest.raises(BadPasskey):
        use(device)


def test_a_passkey_that_was_taken_away_opens_nothing(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    with pytest.raises(WrongPassword):
        remove_passkey(passkey=Passkey.objects.get(), password="wrong", by=cast.handler, at=AT)
    remove_passkey(passkey=Passkey.objects.get(), password=PASSWORD, by=cast.handler, at=AT)
    for person in (cast.handler, None):
        with pytest.raises(BadPasskey):
            use(device, person)
    assert not RecoveryCode.objects.filter(person=cast.handler).exists()
    assert not has_second(cast.handler)


def test_who_is_locked_out_does_not_come_in_by_a_passkey(cast: Cast) -> None:
    device = Device()
    add(cast.handler, device)
    Person.objects.filter(pk=cast.handler.pk).update(is_active=False)
    with pytest.raises(BadPasskey):
        use(device)


def test_an_administrator_takes_passkeys_away_and_adds_none(cast: Cast) -> None:
    add(cast.handler, Device())
    begin_second_factor(person=cast.handler, by=cast.handler, at=AT)
    reset_second_factor(person=cast.handler, by=cast.administrator, at=AT)
    assert not Passkey.objects.exists()
    asked = question_to_add(cast.handler, HERE)
    with pytest.raises(NotPermitted):
        add_passkey(
            person=cast.handler,
            name="x",
            answer=Device().register(asked.challenge),
            challenge=asked.challenge,
            place=HERE,
            by=cast.administrator,
            at=AT,
        )


def test_a_name_and_a_key_stand_once(cast: Cast) -> None:
    add(cast.handler, Device())
    with pytest.raises(NameTaken):
        add(cast.handler, Device(credential=b"a second one of the tests"))
    with pytest.raises(BadPasskey):
        add(cast.editor, Device())


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{", '{"rawId": 5}', '{"rawId": "@@", "id": "@@"}', '{"rawId": "", "response": []}'],
)
def test_nonsense_is_refused_and_breaks_nothing(cast: Cast, answer: str) -> None:
    challenge = secrets.token_bytes(32)
    with pytest.raises(BadPasskey):
        use_passkey(answer=answer, challenge=challenge, place=HERE, at=AT)
    with pytest.raises(BadPasskey):
        add_passkey(
            person=cast.handler,
            name="x",
            answer=answer,
            challenge=challenge,
            place=HERE,
            by=cast.handler,
            at=AT,
        )


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_broken_parts_are_refused(cast: Cast, part: str) -> None:
    device = Device()
    add(cast.handler, device)
    asked = question_to_enter(HERE, cast.handler)
    for broken in ("AAAA", "", 7, None, {}, "é"):
        answer = json.loads(device.sign(asked.challenge))
        answer["response"][part] = broken
        with pytest.raises(BadPasskey):
            use_passkey(
                answer=json.dumps(answer), challenge=asked.challenge, place=HERE, at=AT, person=cast.handler
            )
