"""What is under /live/ answers without Django and streams hints, never data."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, MutableMapping
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from django.conf import settings
from django.db import connection

from suqing.config import live

Message = MutableMapping[str, Any]


class Browser:
    """One request to the dispatcher, as granian would make it."""

    def __init__(self, path: str, **headers: str) -> None:
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope: Message = {"type": "http", "method": "GET", "path": path, "headers": pairs}
        self.gone = asyncio.Event()
        self.sent: asyncio.Queue[Message] = asyncio.Queue()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.sent.put(message)

    async def ask(self) -> Message:
        await live.application(self.scope, self.receive, self.send)
        return await self.sent.get()


pytestmark = pytest.mark.django_db
KEY, LEFT, ON_THE_WAY = "k" * 32, "l" * 32, "w" * 32
SIGNED_IN = {"cookie": f"theme=dark; {live.SESSION_COOKIE}={KEY}"}


@pytest.fixture(autouse=True)
def fan(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[live.Fan]:
    """Streams over the test database, in which one session stands, two have ended, and one is nobody's yet."""
    name = connection.settings_dict["NAME"]
    address = psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=name)
    made = live.Fan(address, most=2)
    monkeypatch.setattr(live, "fan", made)
    with psycopg.connect(address, autocommit=True) as link:
        person = link.execute(
            "insert into accounts_person (username, password, display_name, staff_no, is_active, "
            "must_change_password, created_at) values ('stream', '', '流', '', true, false, now()) returning id"
        ).fetchone()
        assert person is not None
        for key, ends in ((KEY, "1 hour"), ("e" * 32, "-1 hour"), (LEFT, "1 hour"), (ON_THE_WAY, "1 hour")):
            link.execute("insert into django_session values (%s, '', now() + %s::interval)", [key, ends])
        for key, ends in ((KEY, "1 hour"), ("e" * 32, "1 hour"), (LEFT, "-1 hour")):
            link.execute(
                "insert into accounts_personsession (person_id, session_key, began_at, seen_at, ends_at, browser, way) "
                "values (%s, %s, now(), now(), now() + %s::interval, '', '')",
                [person[0], key, ends],
            )
        yield made
        link.execute("delete from accounts_personsession where person_id = %s", person)
        link.execute("delete from accounts_person where id = %s", person)
        keys = [KEY, "e" * 32, LEFT, ON_THE_WAY]
        link.execute("delete from django_session where session_key = any(%s)", [keys])


@pytest.mark.parametrize(
    "cookie",
    [
        *("", "sessionid=", "sessionid=\"';--"),
        *(f"sessionid={key}" for key in ("x" * 32, "e" * 32, LEFT, ON_THE_WAY)),
    ],
)
def test_a_stream_is_refused_to_who_has_not_signed_in(cookie: str) -> None:
    async def ask() -> int:
        return int((await Browser("/live/events", cookie=cookie).ask())["status"])

    assert asyncio.run(ask()) == 401


def test_the_cookie_of_a_session_is_the_one_that_streams_ask_for() -> None:
    assert live.SESSION_COOKIE == settings.SESSION_COOKIE_NAME
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_health_tells_a_database_that_answers_from_one_that_does_not(fan: live.Fan) -> None:
    async def ask() -> int:
        return int((await Browser("/live/health").ask())["status"])

    assert asyncio.run(ask()) == 200
    fan.address = "postgresql://suqing:wrong@/nowhere?host=%2Fnonexistent"
    assert asyncio.run(ask()) == 503


def test_a_hint_of_the_sealer_reaches_every_stream(fan: live.Fan) -> None:
    ours = {"origin": "http://centre", "host": "centre"}

    async def play() -> list[bytes]:
        browsers = [Browser("/live/events", **SIGNED_IN), Browser("/live/events", **SIGNED_IN, **ours)]
        streams = [asyncio.create_task(live.application(b.scope, b.receive, b.send)) for b in browsers]
        for browser in browsers:
            assert (await asyncio.wait_for(browser.sent.get(), 60))["status"] == 200
        # The LISTEN stands once the first change is told; a slow connection lets heartbeats come before it.
        while b"event: change" not in (await asyncio.wait_for(browsers[0].sent.get(), 60))["body"]:
            pass
        async with await psycopg.AsyncConnection.connect(fan.address, autocommit=True) as link:
            await link.execute("select pg_notify('suqing_live', 'case')")
        heard = []
        for browser in browsers:
            while b"data: case" not in (body := (await asyncio.wait_for(browser.sent.get(), 60))["body"]):
                pass
            heard.append(body)
            browser.gone.set()
        await asyncio.wait_for(asyncio.gather(*streams), 60)
        return heard

    assert asyncio.run(play()) == [b"event: change\ndata: case\n\n"] * 2
    assert fan.queues == set()


def test_a_stream_is_refused_to_another_origin() -> None:
    async def ask(**headers: str) -> int:
        return int((await Browser("/live/events", host="centre", **headers).ask())["status"])

    assert asyncio.run(ask(origin="http://elsewhere")) == 403
    assert asyncio.run(ask(sec_fetch_site="cross-site")) == 403


def test_streams_are_bounded_in_number(fan: live.Fan) -> None:
    async def play() -> int:
        with fan.client(), fan.client():
            return int((await Browser("/live/events", **SIGNED_IN).ask())["status"])

    assert asyncio.run(play()) == 503


def test_a_slow_client_loses_the_oldest_hints_only(fan: live.Fan) -> None:
    async def play() -> list[str]:
        with fan.client() as queue:
            for number in range(live.QUEUE_LENGTH + 3):
                fan.tell(str(number))
            return [queue.get_nowait() for _ in range(queue.qsize())]

    heard = asyncio.run(play())
    assert heard[0] == "3"
    assert len(heard) == live.QUEUE_LENGTH


def test_a_silent_stream_says_that_it_lives_and_ends_so_that_the_session_is_looked_at_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.5)

    async def play() -> list[bytes]:
        browser = Browser("/live/events", **SIGNED_IN)
        await asyncio.wait_for(live.application(browser.scope, browser.receive, browser.send), 10)
        assert (await browser.sent.get())["status"] == 200
        return [browser.sent.get_nowait()["body"] for _ in range(browser.sent.qsize())]

    said = asyncio.run(play())
    assert said.count(live.PING.encode()) >= 2
    assert said[-1] == b"", "the answer is over"
    assert live.fan.queues == set()


def test_all_streams_of_a_process_listen_on_one_connection(fan: live.Fan) -> None:
    async def play() -> int:
        browsers = [Browser("/live/events", **SIGNED_IN) for _ in range(2)]
        streams = [asyncio.create_task(live.application(b.scope, b.receive, b.send)) for b in browsers]
        for browser in browsers:
            await asyncio.wait_for(browser.sent.get(), 10)
        await asyncio.wait_for(browsers[0].sent.get(), 10)  # the LISTEN stands
        async with await psycopg.AsyncConnection.connect(fan.address, autocommit=True) as link:
            found = await link.execute(
                "select count(*) from pg_stat_activity where query = 'listen suqing_live'"
                " and datname = current_database()"
            )
            row = await found.fetchone()
        for browser in browsers:
            browser.gone.set()
        await asyncio.wait_for(asyncio.gather(*streams), 10)
        assert row is not None
        return int(row[0])

    assert asyncio.run(play()) == 1


def test_a_listening_connection_that_breaks_is_made_again(
    fan: live.Fan, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.05)

    async def play() -> list[str]:
        with fan.client() as queue:
            heard = [await asyncio.wait_for(queue.get(), 60)]
            async with await psycopg.AsyncConnection.connect(fan.address, autocommit=True) as link:
                await link.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where query = 'listen suqing_live' and datname = current_database()"
                )
                heard.append(await asyncio.wait_for(queue.get(), 60))
                await link.execute("select pg_notify('suqing_live', 'case')")
                heard.append(await asyncio.wait_for(queue.get(), 60))
            return heard

    assert asyncio.run(play()) == ["{}", "{}", "case"], "pages look once more, and hear again"
    assert "live hints stopped" in caplog.text


def test_a_listening_connection_is_asked_now_and_then_and_still_hears(
    fan: live.Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ASK_SECONDS", 0.05)
    asked = (
        "select count(*) from pg_stat_activity"
        " where query = 'select 1' and state = 'idle' and datname = current_database()"
    )

    async def play() -> list[str]:
        with fan.client() as queue:
            heard = [await asyncio.wait_for(queue.get(), 60)]
            async with await psycopg.AsyncConnection.connect(fan.address, autocommit=True) as link:
                while await (await link.execute(asked)).fetchone() == (0,):
                    await asyncio.sleep(0.02)
                await link.execute("select pg_notify('suqing_live', 'case')")
                heard.append(await asyncio.wait_for(queue.get(), 60))
            return heard

    assert asyncio.run(play()) == ["{}", "case"]
