"""Tokens that single sign-on must not believe, from a real provider whose answers are bent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from django.test import Client
from joserfc.jwk import OctKey

from suqing.accounts.models import Person
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.web.single_sign_on import KEPT
from tests.accounts.test_second_factor import set_up
from tests.cast import AT, Cast
from tests.web.crooked_provider import DISCOVERY, SECRET, Bend, Crooked, crooked_provider, new_key

pytestmark = pytest.mark.django_db
START = "/sign-in/single/"
UNTRUSTED = "cannot be trusted; nobody was signed in"


@pytest.fixture(scope="module")
def running() -> Iterator[Crooked]:
    with crooked_provider() as crooked:
        yield crooked


@pytest.fixture
def provider(running: Crooked, settings: Any, client: Client) -> Iterator[Crooked]:
    settings.SUQING_SINGLE = {
        "issuer": running.address,
        "client_id": "suqing",
        "client_secret": SECRET,
        "name": "苏州市统一认证",
        "claim": "preferred_username",
        "scopes": "openid profile",
        "unknown": "refuse",
    }
    client.cookies["django_language"] = "en"
    running.know("s-1", preferred_username="handler", name="王处理")
    yield running
    running.reset()


def back_of(client: Client) -> str:
    """Over to the provider and the address it sends the browser back to."""
    there = client.get(START)["Location"]
    said = requests.post(there, data={"sub": "s-1"}, allow_redirects=False, timeout=5)
    back = urlsplit(said.headers["Location"])
    return f"{back.path}?{back.query}"


def is_refused(client: Client, back: str) -> bool:
    answer = client.get(back)
    assert answer.status_code == 400
    assert "_auth_user_id" not in client.session
    assert Event.objects.filter(verb="person.sign_in_failed", subject_id="unknown").count() == 1
    return UNTRUSTED in answer.content.decode()


def test_the_bent_provider_is_believed_while_nothing_is_bent(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    assert client.get(back_of(client))["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.handler.pk)


@pytest.mark.parametrize(
    "bend",
    [
        lambda said: said.update(nonce="of-somebody-else"),
        lambda said: said.pop("nonce"),
        lambda said: said.update(iss="https://elsewhere.example"),
        lambda said: said.pop("iss"),
        lambda said: said.update(aud=["another-client"]),
        lambda said: said.update(aud=["another-client"], azp="suqing"),
        lambda said: said.update(aud=["suqing", "another-client"], azp="another-client"),
        lambda said: said.pop("aud"),
        lambda said: said.update(exp=int(time.time()) - 600, iat=int(time.time()) - 1200),
        lambda said: said.update(exp="tomorrow"),
        lambda said: said.pop("exp"),
        lambda said: said.update(iat=int(time.time()) + 3600),
        lambda said: said.pop("sub"),
        lambda said: said.update(at_hash="of-another-token"),
        lambda said: said.update(amr="otp"),
    ],
    ids=[
        *("nonce of another", "no nonce", "issuer of another", "no issuer", "audience of another"),
        *("made for another, asked by us", "asked by another", "no audience", "expired", "no time"),
        *("no end", "made tomorrow", "nobody", "of another access token", "methods not a list"),
    ],
)
def test_a_token_with_a_wrong_claim_signs_nobody_in(
    cast: Cast, client: Client, provider: Crooked, bend: Bend
) -> None:
    provider.claims = bend
    assert is_refused(client, back_of(client))


def test_a_token_signed_by_a_key_that_the_provider_does_not_publish_signs_nobody_in(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    provider.signing = new_key("first")  # it names the published key and is another
    assert is_refused(client, back_of(client))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_have_signed_signs_nobody_in(
    cast: Cast, client: Client, provider: Crooked, algorithm: str
) -> None:
    provider.algorithm = algorithm
    provider.signing = OctKey.import_key(SECRET) if algorithm == "HS256" else None
    provider.discovery = lambda said: said["id_token_signing_alg_values_supported"].append(algorithm)
    assert is_refused(client, back_of(client))


def test_a_provider_that_signs_only_so_is_not_gone_to(cast: Cast, client: Client, provider: Crooked) -> None:
    provider.discovery = lambda said: said.update(id_token_signing_alg_values_supported=["HS256", "none"])
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=7 * KEPT)):
        assert is_refused(client, START)


def test_a_provider_that_publishes_another_issuer_is_not_gone_to(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    provider.discovery = lambda said: said.update(issuer="https://elsewhere.example")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=5 * KEPT)):
        assert is_refused(client, START)


def test_a_state_of_another_browser_or_changed_on_the_way_begins_anew(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    back = back_of(client)
    state = parse_qs(urlsplit(back).query)["state"][0]
    for wrong in (back.replace(state, state[::-1]), back.replace(f"state={state}", "state=")):
        answer = client.get(wrong)
        assert answer.status_code == 400
        assert "Begin again." in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert "/oauth2/token" not in provider.asked  # the code was not even tried


def test_what_the_provider_publishes_is_asked_for_again_after_an_hour(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    begin = datetime.fromtimestamp((int(time.time()) // KEPT + 2) * KEPT + 1, UTC)
    with time_machine.travel(begin) as clock:
        client.get(START)
        client.get(START)
        assert provider.asked.count(DISCOVERY) == 1
        clock.shift(KEPT)
        client.get(START)
    assert provider.asked.count(DISCOVERY) == 2


def test_a_new_key_of_the_provider_is_fetched_at_once(cast: Cast, client: Client, provider: Crooked) -> None:
    client.get(back_of(client))
    client.post("/sign-out/")
    provider.published = new_key("second")
    assert client.get(back_of(client)).status_code == 302
    assert client.session["_auth_user_id"] == str(cast.handler.pk)


def test_policy_trusts_as_delivered_only_what_names_two_factors(
    cast: Cast, client: Client, provider: Crooked
) -> None:
    set_up(cast.handler)
    change_setting("accounts.single_sign_on_trusted", True, by="system:test", at=AT)
    assert client.get(back_of(client))["Location"] == "/sign-in/second/"
    provider.claims = lambda said: said.update(amr=["pwd", "mfa"])
    assert client.get(back_of(client))["Location"] == "/"


def test_signing_out_says_that_the_provider_may_go_on(cast: Cast, client: Client, provider: Crooked) -> None:
    client.get(back_of(client))
    answer = client.post("/sign-out/", follow=True)
    assert "At 苏州市统一认证 you may still be signed in" in answer.content.decode()
    assert "/oauth2/end_session" not in provider.asked
    client.force_login(Person.objects.get(username="handler"))
    assert "may still be" not in client.post("/sign-out/", follow=True).content.decode()
