"""Sessions: one's own are ended one by one or all but this, those of others by who manages people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone, translation

from suqing.accounts.actions import (
    change_password,
    deactivate,
    end_all_sessions,
    end_other_sessions,
    end_session,
    reset_password,
)
from suqing.accounts.actions.sessions import Seat, keep_session, see_session
from suqing.accounts.models import Person, PersonSession
from suqing.accounts.queries import NotPermitted
from suqing.accounts.sessions import browser_words, sessions_of
from suqing.ledger.models import Event
from tests.cast import AT, PASSWORD, Cast

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def begin(person: Person, *, hours: int = 8) -> PersonSession:
    """Somebody sits down somewhere."""
    store = SessionStore()
    store.create()
    now = timezone.now()
    key = store.session_key or ""
    keep_session(
        person=person,
        key=key,
        former="",
        seat=Seat("192.0.2.7", CHROME),
        way="password",
        began_at=now,
        ends_at=now + timedelta(hours=hours),
    )
    return PersonSession.objects.get(session_key=key)


def ended() -> list[tuple[int, str]]:
    events = Event.objects.filter(verb="person.sessions_ended").order_by("id")
    return [(event.data["count"], event.data["why"]) for event in events]


def test_ending_one_deletes_what_it_kept_and_is_on_record(cast: Cast) -> None:
    one, other = begin(cast.handler), begin(cast.handler)
    end_session(session=one, by=cast.handler, at=AT)
    assert sessions_of(cast.handler) == [other]
    assert not Session.objects.filter(session_key=one.session_key).exists()
    assert ended() == [(1, "own")]


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    one = begin(cast.handler)
    with pytest.raises(NotPermitted):
        end_session(session=one, by=cast.call_taker, at=AT)
    with pytest.raises(NotPermitted):
        end_other_sessions(person=cast.handler, but=None, by=cast.administrator, at=AT)
    with pytest.raises(NotPermitted):
        end_all_sessions(person=cast.handler, by=cast.supervisor, at=AT)
    assert sessions_of(cast.handler) == [one]


def test_all_others_end_and_this_one_stays(cast: Cast) -> None:
    this, *_others = (begin(cast.handler) for _turn in range(3))
    foreign = begin(cast.call_taker)
    assert end_other_sessions(person=cast.handler, but=this.session_key, by=cast.handler, at=AT) == 2
    assert sessions_of(cast.handler) == [this]
    assert sessions_of(cast.call_taker) == [foreign]


def test_ending_nothing_is_not_on_record(cast: Cast) -> None:
    this = begin(cast.handler)
    assert end_other_sessions(person=cast.handler, but=this.session_key, by=cast.handler, at=AT) == 0
    assert ended() == []


def test_a_new_password_ends_the_others_and_a_given_one_all(cast: Cast) -> None:
    this, _other = begin(cast.handler), begin(cast.handler)
    change_password(
        person=cast.handler, old=PASSWORD, new="长江-绿水-2020", by=cast.handler, at=AT, keep=this.session_key
    )
    assert sessions_of(cast.handler) == [this]
    reset_password(person=cast.handler, by=cast.administrator, at=AT)
    assert sessions_of(cast.handler) == []
    assert ended() == [(1, "password"), (1, "password")]


def test_who_may_sign_in_no_more_is_signed_out(cast: Cast) -> None:
    begin(cast.handler)
    deactivate(person=cast.handler, by=cast.administrator, at=AT)
    assert sessions_of(cast.handler) == []


def test_a_session_past_its_end_does_not_show_and_goes_with_the_next(cast: Cast) -> None:
    begin(cast.handler, hours=-1)
    assert sessions_of(cast.handler) == []
    begin(cast.handler)
    assert PersonSession.objects.filter(person=cast.handler).count() == 1


def test_a_session_that_nobody_listed_is_not_seen(cast: Cast) -> None:
    assert not see_session(key="unknown", seat=Seat(None, ""), ends_at=timezone.now())


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome 140 · Windows"),
        (CHROME + " Edg/139.0.0.0", "Edge 139 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox 142 · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18 · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0",
            "微信 8 · Android",
        ),
        ("curl/8.5", "未知浏览器"),
        ("", "未知浏览器"),
    ],
)
def test_browsers_are_named_in_plain_words(agent: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert browser_words(agent) == words
