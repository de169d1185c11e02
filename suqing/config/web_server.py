"""The web process: granian over the dispatcher in ``suqing.config.asgi``."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from suqing.config import process


def serve(host: str, port: int) -> None:
    """Serve until told to stop."""
    process.end_with_supervisor()
    Granian(
        "suqing.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=1,
        log_level=LogLevels.warning,
        websockets=False,
        # Streams of /live/ never end by themselves: they are cut when the server stops.
        workers_kill_timeout=3,
    ).serve()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
