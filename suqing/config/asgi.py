"""The one origin: ``/live/`` is plain ASGI, all else is Django's WSGI application in threads.

Django's own ASGI handler would run each synchronous middleware through a thread hop, six times slower.
"""

from __future__ import annotations

import signal

from a2wsgi import WSGIMiddleware
from django.conf import settings

from suqing.config import live, process
from suqing.config.live import Receive, Scope, Send
from suqing.config.wsgi import application as django

# a2wsgi's names for the environment and the response differ from Django's; the shapes are the same.
pages = WSGIMiddleware(django, workers=settings.WEB_THREADS)  # type: ignore[arg-type]
# Granian's worker is a process of its own, and without its parent it heeds no SIGTERM: it must not live on.
process.end_with_supervisor(signal.SIGKILL)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to whom it belongs; there are no websockets here."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        await live.application(scope, receive, send)
    elif scope["type"] == "http":

        async def body() -> Scope:
            # a2wsgi schedules what receive returns on the loop and takes a coroutine only; granian's is another awaitable.
            return await receive()

        await pages(scope, body, send)  # type: ignore[arg-type]
