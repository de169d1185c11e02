"""A large upload through the real server: its process killed in the middle of pieces, nothing lost, nothing held."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.files import samples
from tests.resilience.program import HOST, Program, installed
from tests.resilience.seat import Seat

NAME, PASSWORD = "seat-a", "killed-50-times-口罩"
PERSON = f"""
from suqing.accounts.actions import appoint, create_person
from suqing.accounts.models import Unit
from suqing.ledger.queries import centre_now
made = create_person(username={NAME!r}, display_name="甲", password={PASSWORD!r}, by="system:tests", at=centre_now())
appoint(person=made.person, unit=Unit.objects.get(code="sz-12315"), role="call_taker", by="system:tests",
        at=centre_now())
"""
DEATHS = 3
GROWTH_MB = 60  # of the process that takes the file, which is twice as large


@pytest.mark.timeout(600)
def test_a_film_is_taken_whole_over_the_deaths_of_the_server() -> None:
    film = samples.mp4(120 * 1024 * 1024)
    with installed() as program:
        program.run("init")
        program.run("shell", "--no-imports", "-c", PERSON)
        program.postgres.start()
        program.serve(whole=False)
        seat = Seat(HOST, program.port, NAME, PASSWORD)
        seat.sign_in()
        state = _begin(program, seat, len(film))
        before = _memory(program)
        deaths = 0
        while not state["done"]:
            start = state["received"]
            if deaths < DEATHS and start > (deaths + 1) * 10 * state["piece"]:
                _half_a_piece(program, seat, state, film)
                program.kill("web")
                program.go_on("web")
                deaths += 1
                state = _ask(program, seat, "GET", state["url"])[1]
                assert start <= state["received"] <= start + state["piece"], "what was acknowledged is there"
                before = _memory(program)
                continue
            piece = film[start : start + state["piece"]]
            status, state = _ask(program, seat, "POST", f"{state['url']}?offset={start}", piece)
            assert status == 200, state
        grown = _memory(program) - before
        program.stop()
        digest = hashlib.sha256(film).hexdigest()
        kept = program.folder / "files" / "store" / "objects" / digest[:2] / digest[2:4] / digest
        with kept.open("rb") as stream:
            assert hashlib.file_digest(stream, "sha256").hexdigest() == digest
        assert list((program.folder / "files" / "incoming").iterdir()) == []
        print(f"120 MB in pieces over {deaths} deaths; the server grew by {grown:.0f} MB")
        assert (deaths, grown < GROWTH_MB) == (DEATHS, True)


def _begin(program: Program, seat: Seat, size: int) -> dict[str, Any]:
    body = f"purpose=attachment&name=film.mp4&size={size}".encode()
    status, state = _ask(
        program, seat, "POST", "/uploads/", body, content_type="application/x-www-form-urlencoded"
    )
    assert status == 201, state
    return state


def _headers(seat: Seat, content_type: str) -> dict[str, str]:
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in seat.cookies.items()),
        "X-CSRFToken": seat.cookies.get("csrftoken", ""),
        "Content-Type": content_type,
    }


def _ask(
    program: Program,
    seat: Seat,
    method: str,
    path: str,
    body: bytes | None = None,
    content_type: str = "application/octet-stream",
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(HOST, program.port, timeout=60)
    try:
        connection.request(method, path, body, _headers(seat, content_type))
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text)
    finally:
        connection.close()


def _half_a_piece(program: Program, seat: Seat, state: dict[str, Any], film: bytes) -> None:
    """Send a request whose body breaks off in the middle."""
    start, size = state["received"], state["piece"]
    lines = [f"POST {state['url']}?offset={start} HTTP/1.1", f"Host: {HOST}", f"Content-Length: {size}"]
    lines += [f"{name}: {value}" for name, value in _headers(seat, "application/octet-stream").items()]
    with socket.create_connection((HOST, program.port), timeout=10) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + film[start : start + size // 2])


def _memory(program: Program) -> float:
    """Resident memory of all processes that serve, in MB."""
    assert program._served is not None
    group = program._served.pid
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                total += int(fields[21]) * 4096
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1024 / 1024
