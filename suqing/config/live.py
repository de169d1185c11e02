"""The addresses under ``/live/``: plain ASGI, no Django, no ORM.

``/live/health`` says whether the process lives and the database answers.  ``/live/events`` streams hints that
something changed: kinds of events and subjects, as the sealer tells them, never data,
and only to who has signed in; a stream ends after ten minutes and is asked for anew.  One LISTEN connection a process
feeds all streams; a page that hears a hint asks for its own counts and fragments as ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeAlias

import psycopg

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)

CHANNEL = "suqing_live"
SESSION_COOKIE = "sessionid"  # Django's own name for it; its settings are not read here
MOST_CLIENTS = 500
QUEUE_LENGTH = 32
HEARTBEAT_SECONDS = 15.0
RETRY_SECONDS = 2.0
CONNECT_SECONDS = 10
ASK_SECONDS = 15.0  # the silence after which the listening connection is asked whether it still stands
HEALTH_SECONDS = 3
STREAM_SECONDS = 600.0  # then it ends; the browser connects again, and the session is looked at anew
# A session alone is not enough: who is only on the way in has one too, for the question of a passkey.
SIGNED_IN = """
select 1 from django_session join accounts_personsession using (session_key)
where session_key = %s and expire_date > now() and ends_at > now()
"""
PING = "event: ping\ndata: {}\nretry: 3000\n\n"


class TooManyClients(Exception):
    """The process feeds as many streams as it may."""


class Fan:
    """One LISTEN connection, fanned out to bounded queues; a client too slow for its own loses the oldest."""

    def __init__(self, address: str, most: int = MOST_CLIENTS) -> None:
        self.address = address
        self.most = most
        self.queues: set[asyncio.Queue[str]] = set()
        self._listener: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def client(self) -> Iterator[asyncio.Queue[str]]:
        """Hold a queue of hints; the listener lives as long as anyone holds one."""
        if len(self.queues) >= self.most:
            raise TooManyClients
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LENGTH)
        self.queues.add(queue)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield queue
        finally:
            self.queues.discard(queue)
            if not self.queues and self._listener is not None:
                self._listener.cancel()
                self._listener = None

    def tell(self, hint: str) -> None:
        """Give the hint to every client."""
        for queue in self.queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(hint)

    async def _listen(self) -> None:
        while True:
            try:
                async for hint in self._hints():
                    self.tell(hint)
            except (psycopg.Error, OSError, TimeoutError) as failed:
                _log.warning("live hints stopped and begin again in %s s: %s", RETRY_SECONDS, failed)
                await asyncio.sleep(RETRY_SECONDS)

    async def _hints(self) -> AsyncIterator[str]:
        connection = await psycopg.AsyncConnection.connect(
            self.address, autocommit=True, connect_timeout=CONNECT_SECONDS
        )
        async with connection:
            await asyncio.wait_for(connection.execute(f"listen {CHANNEL}"), CONNECT_SECONDS)
            # What happened before the LISTEN stood is unknown: pages look once.
            yield "{}"
            while True:
                async for notice in connection.notifies(timeout=ASK_SECONDS):
                    yield notice.payload
                # A server that slept over its signal tells now what it has; one that is gone does not answer.
                await asyncio.wait_for(connection.execute("select 1"), CONNECT_SECONDS)


fan = Fan(os.environ.get("DATABASE_URL", "postgresql:///suqing"))


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request under ``/live/``."""
    if scope["method"] not in ("GET", "HEAD"):
        await _answer(send, 405, {"error": "only GET"})
    elif scope["path"] == "/live/health":
        await health(send)
    elif scope["path"] == "/live/events":
        await events(scope, receive, send)
    else:
        await _answer(send, 404, {"error": "not found"})


async def health(send: Send) -> None:
    """200 when the database answers, 503 when it does not."""
    try:
        connection = await psycopg.AsyncConnection.connect(fan.address, connect_timeout=HEALTH_SECONDS)
        async with connection:
            await connection.execute("select 1")
    except (psycopg.Error, OSError):
        await _answer(send, 503, {"alive": True, "database": False})
    else:
        await _answer(send, 200, {"alive": True, "database": True})


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Stream hints as server-sent events until the client goes away."""
    if not _same_origin(scope):
        await _answer(send, 403, {"error": "another origin"})
        return
    if not await _has_session(scope):
        await _answer(send, 401, {"error": "sign in"})
        return
    try:
        with fan.client() as queue:
            await _begin(send, 200, [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")])
            gone = asyncio.create_task(_until_gone(receive))
            try:
                await _stream(queue, gone, send)
            finally:
                gone.cancel()
    except TooManyClients:
        await _answer(send, 503, {"error": "too many streams"})


async def _stream(queue: asyncio.Queue[str], gone: asyncio.Task[None], send: Send) -> None:
    ends = asyncio.get_running_loop().time() + STREAM_SECONDS
    while not gone.done() and asyncio.get_running_loop().time() < ends:
        getter = asyncio.create_task(queue.get())
        done, _waiting = await asyncio.wait(
            {getter, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        text = f"event: change\ndata: {getter.result()}\n\n" if getter in done else PING
        getter.cancel()
        if gone not in done:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    if not gone.done():
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _same_origin(scope: Scope) -> bool:
    """Say whether a browser asks from a page of ours; what is no browser sends neither header."""
    headers = dict(scope["headers"])
    site = headers.get(b"sec-fetch-site", b"same-origin")
    origin = headers.get(b"origin")
    own = origin is None or origin.split(b"://")[-1] == headers.get(b"host")
    return own and site in (b"same-origin", b"none")


async def _has_session(scope: Scope) -> bool:
    """Say whether somebody's session stands behind the request: even that something happens is nobody else's."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    cookies: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        cookies.load(header.decode("latin-1"))
    key = cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else ""
    if not key.isalnum():
        return False
    try:
        connection = await psycopg.AsyncConnection.connect(fan.address, connect_timeout=HEALTH_SECONDS)
        async with connection:
            found = await connection.execute(SIGNED_IN, [key])
            return await found.fetchone() is not None
    except (psycopg.Error, OSError):
        return False


async def _begin(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    always = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})


async def _answer(send: Send, status: int, said: dict[str, Any]) -> None:
    await _begin(send, status, [(b"content-type", b"application/json")])
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})
