"""My sessions, through the pages; and the times after which sessions end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suqing.accounts.models import PersonSession
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
LIST = "/security/sessions/"


def sit_down(username: str = "handler", **headers: str) -> Client:
    client = Client(headers=headers or None)
    client.cookies["django_language"] = "en"
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/inbox/").status_code == 200


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def test_the_list_says_where_when_and_which_is_this_one(cast: Cast) -> None:
    sit_down()
    client = sit_down(user_agent=FIREFOX)
    page = client.get(LIST).content.decode()
    assert "Firefox 142 on Linux" in page
    assert "127.0.0.1" in page
    assert page.count("this one") == 1
    assert page.count("/end/") == 2
    assert "after 8 hours without work, and 24 hours" in page


def test_one_session_is_ended_and_its_seat_is_told(cast: Cast) -> None:
    other, client = sit_down(), sit_down()
    row = PersonSession.objects.get(session_key=other.session.session_key)
    assert client.post(f"{LIST}{row.pk}/end/").status_code == 302
    assert is_in(client)
    assert other.get("/inbox/")["Location"] == "/sign-in/?next=%2Finbox%2F&ended=1"
    event = Event.objects.get(verb="person.sessions_ended")
    assert (event.actor_name, event.data["why"]) == (cast.handler.display_name, "own")


def test_ending_the_present_one_is_signing_out(cast: Cast) -> None:
    client = sit_down()
    row = PersonSession.objects.get(session_key=client.session.session_key)
    assert client.post(f"{LIST}{row.pk}/end/")["Location"] == "/sign-in/"
    assert not is_in(client)


def test_the_session_of_somebody_else_cannot_be_ended(cast: Cast) -> None:
    other, client = sit_down("call_taker"), sit_down()
    row = PersonSession.objects.get(session_key=other.session.session_key)
    client.post(f"{LIST}{row.pk}/end/")
    client.post(f"{LIST}others/")
    assert is_in(other)


def test_all_others_are_ended_at_once(cast: Cast) -> None:
    others, client = [sit_down(), sit_down()], sit_down()
    page = client.post(f"{LIST}others/", follow=True).content.decode()
    assert "2 other sessions have been ended." in page
    assert "End all other sessions" not in page
    assert is_in(client)
    assert not any(is_in(other) for other in others)


def test_an_administrator_ends_all_of_a_person(cast: Cast) -> None:
    others, admin = [sit_down(), sit_down()], sit_down("administrator")
    page = f"/administration/people/{cast.handler.pk}/"
    assert "End 2 open sessions" in admin.get(page).content.decode()
    after = admin.post(f"{page}end-sessions/", follow=True).content.decode()
    assert "ended sessions: 2" in after
    assert not any(is_in(other) for other in others)


def test_a_new_password_ends_the_others_and_keeps_this_in_the_list(cast: Cast) -> None:
    other, client = sit_down(), sit_down()
    began = PersonSession.objects.get(session_key=client.session.session_key).began_at
    client.post("/password/", {"old": PASSWORD, "new": "长江-绿水-2020", "again": "长江-绿水-2020"})
    assert is_in(client)
    assert not is_in(other)
    row = PersonSession.objects.get(person=cast.handler)
    assert (row.session_key, row.began_at) == (client.session.session_key, began)


def test_signing_out_takes_the_session_off_the_list(cast: Cast) -> None:
    client = sit_down()
    client.post("/sign-out/")
    assert not PersonSession.objects.filter(person=cast.handler).exists()


def test_a_session_ends_when_nobody_works_in_it(cast: Cast) -> None:
    client = sit_down()
    change_setting("accounts.session_idle_minutes", 30, by="system:test", at=AT)
    with later(29):
        assert is_in(client)  # work moves the end
    with later(58):
        assert is_in(client)
    with later(95):
        assert client.get("/inbox/")["Location"].startswith("/sign-in/?next=%2Finbox%2F&ended=1")
    event = Event.objects.get(verb="person.sessions_ended")
    assert (event.actor, event.data["why"]) == ("system:sign-in", "idle")


def test_a_session_ends_after_its_hours_whatever_is_done_in_it(cast: Cast) -> None:
    change_setting("accounts.session_hours", 1, by="system:test", at=AT)
    client = sit_down()
    for minutes in (20, 40, 59):
        with later(minutes):
            assert is_in(client)
    with later(61):
        assert not is_in(client)
    assert Event.objects.get(verb="person.sessions_ended").data["why"] == "too long"


def test_who_signs_in_anew_in_the_same_browser_begins_anew(cast: Cast) -> None:
    change_setting("accounts.session_hours", 1, by="system:test", at=AT)
    client = sit_down()
    with later(50):
        client.post("/sign-out/")
        client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    with later(70):
        assert is_in(client)


def test_working_on_writes_nothing_about_sessions(cast: Cast) -> None:
    client = sit_down()
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as caught:
        client.get("/inbox/")
    touching = [one["sql"] for one in caught if "personsession" in one["sql"] or "session_idle" in one["sql"]]
    assert touching == []
    assert not any(one["sql"].startswith("UPDATE") for one in caught)


def test_last_seen_moves_after_five_minutes(cast: Cast) -> None:
    client = sit_down()
    before = PersonSession.objects.get(person=cast.handler).seen_at
    with later(4):
        is_in(client)
        assert PersonSession.objects.get(person=cast.handler).seen_at == before
    with later(6):
        is_in(client)
        assert PersonSession.objects.get(person=cast.handler).seen_at > before + timedelta(minutes=5)
