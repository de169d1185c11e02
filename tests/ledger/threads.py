"""Real threads with connections of their own, for tests of what happens at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections


class Threads:
    """Runs callables at the same time; ``join`` re-raises what went wrong in any of them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=32)
        self._futures: list[Future[Any]] = []

    def start(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        def with_own_connection() -> Any:
            try:
                return work(*args)
            finally:
                connection.close()

        future = self._pool.submit(with_own_connection)
        self._futures.append(future)
        return future

    def join(self) -> None:
        for future in self._futures:
            future.result(timeout=120)
        self._pool.shutdown()


@contextmanager
def threads() -> Iterator[Threads]:
    """Threads without the connection pool, whose size would decide how much happens at once."""
    connection.close()
    options = connections.settings["default"]["OPTIONS"]
    pool = options.pop("pool", None)
    try:
        running = Threads()
        yield running
        running.join()
    finally:
        connection.close()
        if pool is not None:
            options["pool"] = pool
