"""A real local server that speaks /v1/chat/completions, and the ways in which one may fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Speaking(ThreadingHTTPServer):
    """``says`` is the content of the answer; ``way`` how it is given; ``asked`` what came: path, headers, body."""

    daemon_threads = True
    says = ""
    way = "well"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        ours = self.server
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        ours.asked.append((self.path, dict(self.headers), body))
        if ours.way == "silent":
            ours.closing.wait(10)
            return
        answer = json.dumps({"choices": [{"message": {"role": "assistant", "content": ours.says}}]}).encode()
        if ours.way == "broken":
            answer = b'{"choices": ['
        elif ours.way == "huge":
            answer = b" " * 1_000_000 + answer
        elif ours.way == "odd":
            answer = b'{"choices": []}'
        status = {"failing": 500, "moved": 302}.get(ours.way, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{ours.url}/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        with suppress(OSError):  # who asked may have hung up
            self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def speaking() -> Iterator[Speaking]:
    """A server on a free port of this machine."""
    server = Speaking()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
