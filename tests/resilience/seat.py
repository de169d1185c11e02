"""One call taker's seat over HTTP: what was sent, and what the program acknowledged."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

Fields = list[tuple[str, str]]
BROKEN = (OSError, http.client.HTTPException)


class Refused(Exception):
    """The program answered, but not with what was asked for."""


class Failed(OSError):
    """The program answered that it could not: nothing is acknowledged by that."""


@dataclass
class Contact:
    """One call as the seat knows it.  ``saved`` is the last acknowledged save, ``sent`` the last one sent."""

    ref: str = ""
    saved: int = 0
    sent: int = 0
    asked: bool = False
    registered: bool = False

    def fields(self, number: int) -> Fields:
        """What the form holds at the time of its save of that number."""
        words = f"第{number}次保存：昨天在观前街平江大药房买口罩，一只要三十元，要求退还差价。"
        return [
            ("narrative", words),
            ("party-name", "王小明"),
            ("m0-kind", "complaint"), ("m0-narrative", words), ("m0-entity", "平江大药房"), ("m0-place", "320508"),
            ("m0-amount", "30"),
            ("m1-kind", "report"), ("m1-narrative", "酒精没有生产日期。"), ("m1-entity", "平江大药房"),
            ("m1-place", "320508"),
        ]  # fmt: skip


@dataclass
class Seat:
    """A signed-in session."""

    host: str
    port: int
    username: str
    password: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        self._send("GET", "/sign-in/")
        status, _where, _body = self._send(
            "POST", "/sign-in/", [("username", self.username), ("password", self.password)]
        )
        assert status == 302, f"{self.username} cannot sign in: {status}"

    def take_call(self, contact: Contact, saves: int, registering: threading.Event) -> None:
        """Open a call, save its draft several times and register it; stop where the program is gone."""
        try:
            contact.ref = self._open()
            for number in range(1, saves + 1):
                contact.sent = number
                self._save(contact, number)
                contact.saved = number
            registering.set()
            self.register(contact)
        except BROKEN:
            pass
        finally:
            registering.set()

    def register(self, contact: Contact) -> None:
        """Send the form; ``registered`` is set by nothing but the program's success."""
        contact.asked = True
        where = self._post(
            f"/desk/calls/{contact.ref}/", [*contact.fields(contact.sent), ("outcome", "cases")]
        )
        assert where.endswith(f"/desk/calls/{contact.ref}/done/"), where
        contact.registered = True

    def page(self, path: str) -> str:
        status, _where, body = self._send("GET", path)
        if status != 200:
            raise Refused(f"GET {path}: {status}")
        return body

    def _open(self) -> str:
        return self._post("/desk/calls/", [("number", "13800001234")]).rstrip("/").rsplit("/", 1)[1]

    def _save(self, contact: Contact, number: int) -> None:
        path = f"/desk/calls/{contact.ref}/draft/"
        status, _where, body = self._send("POST", path, contact.fields(number))
        if status != 200:
            raise Refused(f"POST {path}: {status} {body[:300]}")

    def _post(self, path: str, fields: Fields) -> str:
        status, where, body = self._send("POST", path, fields)
        if status != 302:
            raise Refused(f"POST {path}: {status} {body[:300]}")
        return where

    def _send(self, method: str, path: str, fields: Fields = ()) -> tuple[int, str, str]:  # type: ignore[assignment]
        """One request on a connection of its own; an answer counts only when it came whole."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
            body = urlencode(list(fields))
        connection = http.client.HTTPConnection(self.host, self.port, timeout=15)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            if answer.status >= 500:
                raise Failed(f"{method} {path}: {answer.status}")
            return answer.status, answer.headers.get("Location", ""), text
        finally:
            connection.close()
