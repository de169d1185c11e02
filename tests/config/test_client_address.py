from __future__ import annotations

from typing import Any

import pytest
from axes.helpers import get_client_ip_address
from django.test import Client, RequestFactory

from suqing.accounts.models import PersonSession
from suqing.config.client_address import client_address
from tests.cast import PASSWORD, Cast


def asked(**meta: str) -> str:
    return client_address(RequestFactory().get("/", **meta))


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_without_a_proxy_the_peer_counts_whatever_it_claims(peer: str, address: str) -> None:
    assert asked(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="192.0.2.66") == address


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("10.20.1.9", "10.20.1.9"),
        ("192.0.2.66, 10.20.1.9", "10.20.1.9"),
        ("", "127.0.0.1"),
        ("not an address", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_last_one_counts(settings: Any, header: str, address: str) -> None:
    settings.SUQING_BEHIND_PROXY = True
    assert asked(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=header) == address


def test_failures_are_counted_by_it(settings: Any) -> None:
    settings.SUQING_BEHIND_PROXY = True
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.20.1.9")
    assert get_client_ip_address(request) == "10.20.1.9"


@pytest.mark.django_db
def test_the_list_of_sessions_shows_it(cast: Cast, settings: Any) -> None:
    settings.SUQING_BEHIND_PROXY = True
    client = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.66, 10.20.1.9")
    client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert PersonSession.objects.get(person=cast.handler).address == "10.20.1.9"


@pytest.mark.django_db
def test_a_local_address_with_its_zone_signs_in(cast: Cast) -> None:
    client = Client(REMOTE_ADDR="fe80::1%eth0")
    client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert client.get("/inbox/").status_code == 200
    assert PersonSession.objects.get(person=cast.handler).address == "fe80::1"
