"""The second step of signing in, through the pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from suqing.accounts.actions import change_password
from suqing.accounts.models import Person
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.accounts.test_second_factor import code_of, set_up
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def give_password(client: Client, username: str = "handler", target: str = "") -> str:
    typed = {"username": username, "password": PASSWORD, "next": target}
    answer = client.post("/sign-in/", typed)
    assert answer.status_code == 302
    return answer["Location"]


def give_code(client: Client, code: str) -> int:
    return client.post(SECOND, {"code": code}).status_code


def test_the_password_alone_opens_nothing(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    assert give_password(client) == SECOND
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert not Event.objects.filter(verb="person.signed_in").exists()


def test_the_code_opens_the_page_that_was_asked_for(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    give_password(client, target="/inbox/")
    answer = client.post(SECOND, {"code": code_of(cast.handler)})
    assert answer["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    assert Event.objects.get(verb="person.signed_in").data == {"second": "app"}


def test_a_recovery_code_opens_the_desk_once(cast: Cast, client: Client) -> None:
    codes = set_up(cast.handler)
    give_password(client)
    assert give_code(client, codes[3]) == 302
    client.post("/sign-out/")
    give_password(client)
    assert give_code(client, codes[3]) == 422


def test_five_wrong_codes_lock_the_name_even_for_the_right_code(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    give_password(client)
    for _attempt in range(4):
        assert give_code(client, "1") == 422
    give_password(client)  # the right password does not set the count back
    assert give_code(client, "1") == 429
    assert give_code(client, code_of(cast.handler)) == 429
    assert not Event.objects.filter(verb="person.signed_in").exists()
    assert Event.objects.filter(verb="person.sign_in_failed", data__locked=True).exists()


def test_who_waits_too_long_begins_again(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    give_password(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        answer = client.post(SECOND, {"code": code_of(cast.handler)})
    assert answer["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_a_password_changed_between_the_steps_ends_the_waiting(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    give_password(client)
    change_password(person=cast.handler, old=PASSWORD, new="another-绿水-2020", by=cast.handler, at=AT)
    assert client.get(SECOND)["Location"] == "/sign-in/"


def test_a_person_sets_it_up_and_sees_the_recovery_codes_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    assert "the password alone" in client.get("/security/").content.decode()
    client.post("/security/second-step/begin/")
    page = client.get("/security/second-step/").content.decode()
    assert "<svg" in page
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", page.split("sq-qr")[1].split("</div>")[0])
    assert client.post("/security/second-step/", {"code": "12"}).status_code == 422
    shown = client.post("/security/second-step/", {"code": code_of(cast.handler)})
    codes = re.findall(r"<code data-once>([a-z0-9-]+)</code>", shown.content.decode())
    assert len(codes) == 10
    assert "no-store" in shown["Cache-Control"]
    again = client.get("/security/second-step/", follow=True).content.decode()
    assert codes[0] not in again
    assert "10 recovery codes are left" in again


def test_new_codes_and_giving_it_up_ask_for_the_password(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    client.force_login(cast.handler)
    for act in ("renew", "remove"):
        answer = client.post(f"/security/second-step/{act}/", {"password": "wrong"})
        assert answer.status_code == 422
        assert "This is not your password." in html.unescape(answer.content.decode())
    assert client.post("/security/second-step/renew/", {"password": PASSWORD}).status_code == 200
    client.post("/security/second-step/remove/", {"password": PASSWORD})
    client.post("/sign-out/")
    assert give_password(client) == "/"


def test_whose_role_needs_it_is_led_to_set_it_up_and_to_nothing_else(cast: Cast, client: Client) -> None:
    change_setting("accounts.second_factor_roles", ["handler"], by="system:test", at=AT)
    give_password(client)
    for page in ("/", "/cases/", "/security/"):
        assert client.get(page)["Location"] == "/security/second-step/"
    assert "Your role asks" in client.get("/security/second-step/").content.decode()
    client.post("/security/second-step/begin/")
    client.post("/security/second-step/", {"code": code_of(cast.handler)})
    assert client.get("/").status_code == 200


def test_an_administrator_takes_it_away_on_the_page_of_the_person(cast: Cast, client: Client) -> None:
    set_up(cast.handler)
    client.force_login(cast.administrator)
    page = f"/administration/people/{cast.handler.pk}/"
    assert "Take away the second step" in client.get(page).content.decode()
    after = client.post(f"{page}second-factor/", follow=True).content.decode()
    assert "took away the second step" in after
    assert not hasattr(Person.objects.get(pk=cast.handler.pk), "second_factor")


def test_the_second_step_without_a_first_one_leads_to_the_door(cast: Cast, client: Client) -> None:
    assert client.get(SECOND)["Location"] == "/sign-in/"
    assert client.post(SECOND, {"code": "123456"})["Location"] == "/sign-in/"
