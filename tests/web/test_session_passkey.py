"""Passkeys through the pages, with a device in software: added, the second step, without a password, refused."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from suqing.accounts.models import Passkey, Person, PersonSession
from suqing.accounts.passkeys import handle_of
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.accounts.passkey_device import Device
from tests.accounts.test_second_factor import code_of, set_up
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


@pytest.fixture
def device(cast: Cast, client: Client) -> Device:
    """A passkey of the handler's, added through the pages; nobody is signed in after it."""
    client.force_login(cast.handler)
    made = Device(handle=handle_of(cast.handler))
    assert add(client, made).status_code == 200
    client.post("/sign-out/")
    return made


def add(client: Client, device: Device, name: str = "blue key", **changed: str) -> HttpResponse:
    asked = client.post(reverse("passkey-options"), {"name": name, "password": PASSWORD}).json()
    return client.post(reverse("passkey-new"), {"answer": device.register(asked["challenge"], **changed)})


def question(client: Client, **typed: str) -> dict[str, Any]:
    answer = client.post(reverse("passkey-question"), typed)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def give_password(client: Client, target: str = "") -> None:
    answer = client.post("/sign-in/", {"username": "handler", "password": PASSWORD, "next": target})
    assert answer["Location"] == SECOND


def second(client: Client, device: Device, **changed: str) -> HttpResponse:
    challenge = question(client, second="1")["challenge"]
    return client.post(reverse("second-step-passkey"), {"answer": device.sign(challenge, **changed)})


def alone(client: Client, device: Device, **changed: str) -> HttpResponse:
    challenge = question(client)["challenge"]
    return client.post(
        reverse("passkey-alone"), {"answer": device.sign(challenge, **changed), "next": "/inbox/"}
    )


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def said(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def test_adding_one_asks_for_the_password_and_shows_recovery_codes_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    wrong = client.post(reverse("passkey-options"), {"name": "blue key", "password": "wrong"})
    assert (wrong.status_code, wrong.json()) == (422, {"message": "This is not your password."})
    first = add(client, Device())
    assert first.content.decode().count("data-once") == 10
    assert "no-store" in first["Cache-Control"]
    assert add(client, Device(credential=b"the second of the tests"), "phone")["Location"] == "/security/"
    page = said(client.get("/security/"))
    assert "blue key" in page and "phone" in page and "10 recovery codes are left" in page
    verbs = list(Event.objects.filter(verb="person.passkey_added").values_list("data", flat=True))
    assert verbs == [{"name": "blue key"}, {"name": "phone"}]


def test_the_same_name_is_told_before_the_device_is_asked(cast: Cast, client: Client, device: Device) -> None:
    client.force_login(cast.handler)
    answer = client.post(reverse("passkey-options"), {"name": "blue key", "password": PASSWORD})
    assert answer.json() == {"message": "You have a passkey of this name."}


@pytest.mark.parametrize("changed", [{"origin": "https://evil.example"}, {"challenge": "d3Jvbmc"}])
def test_one_made_for_another_page_is_not_kept(cast: Cast, client: Client, changed: dict[str, str]) -> None:
    client.force_login(cast.handler)
    assert add(client, Device(), **changed).status_code == 422
    assert not Passkey.objects.exists()


def test_an_answer_nobody_asked_for_is_not_kept(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    answer = client.post(reverse("passkey-new"), {"answer": Device().register(b"of my own making")})
    assert answer.status_code == 422
    challenge = client.post(reverse("passkey-options"), {"name": "a", "password": PASSWORD}).json()[
        "challenge"
    ]
    client.force_login(cast.editor)  # another person at the same seat
    answer = client.post(reverse("passkey-new"), {"answer": Device().register(challenge)})
    assert answer.status_code == 422
    assert not Passkey.objects.exists()


def test_the_password_alone_opens_nothing_any_more(cast: Cast, client: Client, device: Device) -> None:
    give_password(client)
    assert not is_in(client)
    page = said(client.get(SECOND))
    assert "Use the passkey" in page
    assert "recovery code" in page


def test_it_is_the_second_step_after_the_password(cast: Cast, client: Client, device: Device) -> None:
    give_password(client, "/inbox/")
    asked = question(client, second="1")
    assert [one["id"] for one in asked["allowCredentials"]] == [json.loads(device.sign("x"))["id"]]
    assert second(client, device)["Location"] == "/inbox/"
    assert Event.objects.get(verb="person.signed_in").data == {"second": "passkey"}
    assert client.get("/inbox/").status_code == 200
    assert PersonSession.objects.get(person=cast.handler).way == "password"


def test_codes_open_beside_it(cast: Cast, client: Client, device: Device) -> None:
    set_up(cast.handler)
    give_password(client)
    assert client.post(SECOND, {"code": code_of(cast.handler)})["Location"] == "/"
    assert is_in(client)


def test_it_opens_without_name_and_password(cast: Cast, client: Client, device: Device) -> None:
    assert question(client)["userVerification"] == "required"
    assert alone(client, device)["Location"] == "/inbox/"
    assert client.session["_auth_user_id"] == str(cast.handler.pk)
    assert Event.objects.get(verb="person.signed_in").data == {"way": "passkey"}
    client.get("/inbox/")
    assert PersonSession.objects.get(person=cast.handler).way == "passkey"


def test_a_device_that_checks_nobody_opens_only_after_the_password(
    cast: Cast, client: Client, device: Device
) -> None:
    device.verifies = False
    assert alone(client, device).status_code == 422
    assert not is_in(client)
    give_password(client)
    assert second(client, device).status_code == 302


def test_local_policy_closes_the_way_without_a_password(cast: Cast, client: Client, device: Device) -> None:
    change_setting("accounts.passkey_alone", False, by="system:test", at=AT)
    assert client.post(reverse("passkey-question")).status_code == 404
    assert client.post(reverse("passkey-alone"), {"answer": device.sign("x")}).status_code == 404
    assert "Sign in with a passkey" not in said(client.get("/sign-in/"))
    give_password(client)
    assert second(client, device).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [{"origin": "https://evil.example"}, {"challenge": "d3Jvbmc"}, {"type": "webauthn.create"}],
    ids=["origin", "challenge", "kind"],
)
def test_an_answer_to_something_else_opens_nothing(
    cast: Cast, client: Client, device: Device, changed: dict[str, str]
) -> None:
    assert alone(client, device, **changed).status_code == 422
    give_password(client)
    assert second(client, device, **changed).status_code == 422
    assert not is_in(client)
    assert Event.objects.filter(verb="person.sign_in_failed", subject_id=str(cast.handler.pk)).count() == 2


def test_a_page_under_another_host_is_another_place(
    cast: Cast, client: Client, device: Device, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "elsewhere.example"]
    challenge = question(client)["challenge"]
    answer = client.post(
        reverse("passkey-alone"), {"answer": device.sign(challenge)}, headers={"host": "elsewhere.example"}
    )
    assert answer.status_code == 422
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400
    assert not is_in(client)


def test_a_page_opened_by_a_number_says_why_there_are_no_passkeys(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "[::1]"]
    client.force_login(cast.handler)
    for host in ("127.0.0.1:8123", "[::1]:8123"):
        asked = client.post(reverse("passkey-question"), headers={"host": host})
        assert asked.status_code == 422
        assert "by its name" in asked.json()["message"]
        assert "by its name" in said(client.get(reverse("passkey-new"), headers={"host": host}))


def test_an_answer_counts_once(cast: Cast, client: Client, device: Device) -> None:
    challenge = question(client)["challenge"]
    typed = {"answer": device.sign(challenge)}
    assert client.post(reverse("passkey-alone"), typed).status_code == 302
    client.post("/sign-out/")
    assert client.post(reverse("passkey-alone"), typed).status_code == 422
    question(client)
    assert client.post(reverse("passkey-alone"), typed).status_code == 422
    assert not is_in(client)


def test_a_question_for_one_purpose_is_not_answered_for_another(
    cast: Cast, client: Client, device: Device
) -> None:
    give_password(client)
    challenge = question(client, second="1")["challenge"]
    assert client.post(reverse("passkey-alone"), {"answer": device.sign(challenge)}).status_code == 422
    challenge = question(client)["challenge"]
    assert client.post(reverse("second-step-passkey"), {"answer": device.sign(challenge)}).status_code == 422
    assert not is_in(client)


def test_a_question_is_open_for_some_minutes_only(cast: Cast, client: Client, device: Device) -> None:
    challenge = question(client)["challenge"]
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        answer = client.post(reverse("passkey-alone"), {"answer": device.sign(challenge)})
    assert answer.status_code == 422
    assert "no longer open" in said(answer)


def test_five_misses_lock_the_name_for_codes_and_passwords_too(
    cast: Cast, client: Client, device: Device
) -> None:
    set_up(cast.handler)
    give_password(client)
    for _attempt in range(4):
        assert second(client, device, origin="https://evil.example").status_code == 422
    assert second(client, device, origin="https://evil.example").status_code == 429
    assert client.post(SECOND, {"code": code_of(cast.handler)}).status_code == 429
    assert alone(client, device).status_code == 429
    assert client.post("/sign-in/", {"username": "handler", "password": PASSWORD}).status_code == 429
    assert not is_in(client)


def test_a_second_step_with_a_passkey_of_somebody_else(cast: Cast, client: Client, device: Device) -> None:
    client.force_login(cast.editor)
    other = Device(credential=b"of the editor's", handle=handle_of(cast.editor))
    add(client, other)
    client.post("/sign-out/")
    give_password(client)
    assert second(client, other).status_code == 422
    assert not is_in(client)


def test_a_copied_device_is_told_and_on_record(cast: Cast, client: Client, device: Device) -> None:
    for _time in range(3):
        assert alone(client, device).status_code == 302
        client.post("/sign-out/")
    device.count = 0
    answer = alone(client, device)
    assert answer.status_code == 422
    assert "went backwards" in said(answer)
    assert Event.objects.get(verb="person.passkey_suspect").data == {"name": "blue key"}


def test_one_taken_away_opens_nothing_and_ends_the_other_sessions(
    cast: Cast, client: Client, device: Device
) -> None:
    assert alone(client, device).status_code == 302
    phone = Client()
    phone.force_login(cast.handler)
    assert phone.get("/inbox/").status_code == 200
    remove = reverse("passkey-remove", args=[Passkey.objects.get().pk])
    assert client.post(remove, {"password": "wrong"}).status_code == 422
    assert client.post(remove, {"password": PASSWORD})["Location"] == "/security/"
    assert phone.get("/inbox/").status_code == 302
    assert client.get("/inbox/").status_code == 200
    client.post("/sign-out/")
    assert alone(client, device).status_code == 422
    answer = client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert answer["Location"] == "/"  # the password alone again


def test_nobody_takes_away_a_passkey_of_somebody_else(cast: Cast, client: Client, device: Device) -> None:
    client.force_login(cast.administrator)
    remove = reverse("passkey-remove", args=[Passkey.objects.get().pk])
    assert client.post(remove, {"password": PASSWORD}).status_code == 404
    assert Passkey.objects.exists()


def test_an_administrator_takes_all_away_from_who_lost_them(
    cast: Cast, client: Client, device: Device
) -> None:
    client.force_login(cast.administrator)
    client.post(reverse("administration-person-act", args=[cast.handler.pk, "second-factor"]))
    assert not Passkey.objects.exists()


def test_whose_role_needs_a_second_step_may_set_up_a_passkey_instead(cast: Cast, client: Client) -> None:
    change_setting("accounts.second_factor_roles", ["handler"], by="system:test", at=AT)
    client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert client.get("/inbox/")["Location"] == "/security/second-step/"
    assert "Add a passkey" in said(client.get("/security/second-step/"))
    assert client.get(reverse("passkey-new")).status_code == 200
    assert add(client, Device()).status_code == 200
    assert client.get("/inbox/").status_code == 200


def test_a_closed_account_is_not_opened(cast: Cast, client: Client, device: Device) -> None:
    Person.objects.filter(pk=cast.handler.pk).update(is_active=False)
    assert alone(client, device).status_code == 422
    assert not is_in(client)


def test_where_one_goes_after_it_stays_here(cast: Cast, client: Client, device: Device) -> None:
    challenge = question(client)["challenge"]
    typed = {"answer": device.sign(challenge), "next": "https://evil.example/"}
    assert client.post(reverse("passkey-alone"), typed)["Location"] == "/"


@pytest.mark.parametrize("answer", ["", "{", "null", "[1]", '{"rawId": 7}', "\0", "x" * 40_000])
def test_nonsense_is_refused_and_breaks_nothing(
    cast: Cast, client: Client, device: Device, answer: str
) -> None:
    question(client)
    assert client.post(reverse("passkey-alone"), {"answer": answer}).status_code == 422
    give_password(client)
    question(client, second="1")
    assert client.post(reverse("second-step-passkey"), {"answer": answer}).status_code == 422
    client.force_login(cast.editor)
    client.post(reverse("passkey-options"), {"name": "a", "password": PASSWORD})
    assert client.post(reverse("passkey-new"), {"answer": answer}).status_code == 422
