"""Single sign-on with a real provider on the loopback (oidc-provider-mock)."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.checks import run_checks
from django.test import Client

from suqing.accounts.actions import deactivate
from suqing.accounts.models import Person
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.accounts.test_second_factor import code_of, set_up
from tests.cast import AT, Cast

pytestmark = [
    pytest.mark.django_db,
    # Of the provider, which runs in this process.
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
START, BACK = "/sign-in/single/", "/sign-in/single/return/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that asks only who one is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses parts of authlib that authlib calls old
        from oidc_provider_mock import run_server_in_thread

        with run_server_in_thread(require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def single(provider: str, settings: Any) -> dict[str, str]:
    settings.SUQING_SINGLE = {
        "issuer": provider,
        "client_id": "suqing",
        "client_secret": "a-secret",
        "name": "苏州市统一认证",
        "claim": "preferred_username",
        "scopes": "openid profile",
        "unknown": "refuse",
    }
    return settings.SUQING_SINGLE


@pytest.fixture(autouse=True)
def english(client: Client) -> None:
    client.cookies["django_language"] = "en"


def known(provider: str, sub: str, **claims: object) -> None:
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=5).raise_for_status()


def go(client: Client, sub: str, *, action: str = "") -> str:
    """Over to the provider, say who one is, and the address that it sends the browser back to."""
    there = client.get(START, {"next": "/inbox/"})["Location"]
    said = requests.post(there, data={"sub": sub, "action": action}, allow_redirects=False, timeout=5)
    back = urlsplit(said.headers["Location"])
    assert back.path == BACK
    return f"{back.path}?{back.query}"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_it_is_off_unless_it_is_set_up(cast: Cast, client: Client, settings: Any) -> None:
    assert settings.SUQING_SINGLE == {}
    assert client.get(START).status_code == client.get(BACK).status_code == 404
    assert "/sign-in/single/" not in text_of(client.get("/sign-in/"))


def test_the_button_names_the_provider_and_asks_with_pkce_state_and_nonce(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    assert "Sign in with 苏州市统一认证" in text_of(client.get("/sign-in/"))
    asked = parse_qs(urlsplit(client.get(START)["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))
    assert asked["redirect_uri"] == ["http://testserver/sign-in/single/return/"]


def test_somebody_known_is_signed_in_and_goes_where_they_wanted(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    known(single["issuer"], "s-1", preferred_username="Handler", name="王处理")
    assert client.get(go(client, "s-1"))["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    event = Event.objects.get(verb="person.signed_in")
    assert (event.subject_id, event.data) == (str(cast.handler.pk), {"way": "single sign-on"})
    assert "single sign-on" in text_of(client.get("/security/sessions/"))


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    known(single["issuer"], "s-1", preferred_username="handler")
    back = go(client, "s-1")
    assert Client().get(back).status_code == 400
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    again = client.get(back)
    assert again.status_code == 400
    assert "Begin again." in text_of(again)


def test_somebody_unknown_is_told_so_and_it_is_on_record(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    known(single["issuer"], "s-2", preferred_username="new.person", name="新人")
    answer = client.get(go(client, "s-2"))
    assert answer.status_code == 403
    assert "苏州市统一认证 knows you, this centre does not yet." in text_of(answer)
    assert not Person.objects.filter(username="new.person").exists()
    assert Event.objects.filter(verb="person.sign_in_failed", subject_id="unknown").exists()


def test_unknown_people_are_made_without_appointment_where_the_settings_say_so(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    single["unknown"] = "create"
    known(single["issuer"], "s-3", preferred_username="New.Person", name="新人")
    assert client.get(go(client, "s-3"))["Location"] == "/inbox/"
    person = Person.objects.get(username="new.person")
    assert person.display_name == "新人"
    assert not person.appointments.exists()
    assert client.get("/").status_code == 200  # no password is asked for that nobody knows
    assert client.get("/cases/").status_code == 403
    assert (
        Event.objects.get(verb="person.created", subject_id=str(person.pk)).actor == "system:single sign-on"
    )


def test_a_name_that_this_centre_cannot_take_makes_nobody(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    single["unknown"] = "create"
    known(single["issuer"], "s-4", preferred_username="a b c!", name="?")
    assert "did not say your sign-in name" in text_of(client.get(go(client, "s-4")))
    known(single["issuer"], "s-5", name="no name to sign in with")
    assert client.get(go(client, "s-5")).status_code == 400


def test_a_closed_account_stays_closed(cast: Cast, client: Client, single: dict[str, str]) -> None:
    deactivate(person=cast.handler, by=cast.administrator, at=AT)
    known(single["issuer"], "s-1", preferred_username="handler")
    answer = client.get(go(client, "s-1"))
    assert answer.status_code == 403
    assert "is closed" in text_of(answer)


def test_who_breaks_it_off_at_the_provider_reads_so(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    answer = client.get(f"{BACK}?error=access_denied")
    assert "was broken off there" in text_of(answer)
    assert "_auth_user_id" not in client.session


def test_a_provider_that_does_not_answer_leaves_the_password(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        single["issuer"] = f"http://127.0.0.1:{taken.getsockname()[1]}"
        answer = client.get(START)
    assert answer.status_code == 502
    assert "sign in with name and password" in text_of(answer)


def test_a_provider_that_names_another_issuer_is_not_trusted(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    known(single["issuer"], "s-1", preferred_username="handler")
    single["issuer"] = single["issuer"].replace(
        "localhost", "127.0.0.1"
    )  # it calls itself by what it is asked for
    back = go(client, "s-1")
    single["issuer"] += "/"  # a slash at the end makes no difference
    assert client.get(back).status_code == 302


def test_the_second_step_is_asked_for_unless_policy_trusts_the_provider(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    set_up(cast.handler)
    known(single["issuer"], "s-1", preferred_username="handler", amr=["pwd", "otp"])
    assert client.get(go(client, "s-1"))["Location"] == "/sign-in/second/"
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/second/", {"code": code_of(cast.handler)})["Location"] == "/inbox/"
    assert Event.objects.get(verb="person.signed_in").data == {"way": "single sign-on", "second": "app"}
    client.post("/sign-out/")
    change_setting("accounts.single_sign_on_trusted", True, by="system:test", at=AT)
    assert client.get(go(client, "s-1"))["Location"] == "/inbox/"


def test_policy_may_trust_only_what_the_provider_calls_strong(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    change_setting("accounts.second_factor_roles", ["handler"], by="system:test", at=AT)
    change_setting("accounts.single_sign_on_trusted", True, by="system:test", at=AT)
    change_setting("accounts.single_sign_on_strength", ["otp", "urn:strong"], by="system:test", at=AT)
    known(single["issuer"], "s-1", preferred_username="handler", amr=["pwd"])
    client.get(go(client, "s-1"))
    assert client.get("/inbox/")["Location"] == "/security/second-step/"
    client.post("/sign-out/")
    known(single["issuer"], "s-1", preferred_username="handler", amr=["pwd", "otp"])
    client.get(go(client, "s-1"))
    assert client.get("/inbox/").status_code == 200


def test_a_name_locked_by_wrong_passwords_is_locked_here_too(
    cast: Cast, client: Client, single: dict[str, str]
) -> None:
    for _attempt in range(5):
        client.post("/sign-in/", {"username": "handler", "password": "wrong"})
    known(single["issuer"], "s-1", preferred_username="handler")
    assert client.get(go(client, "s-1")).status_code == 429
    assert "_auth_user_id" not in client.session


def test_a_target_elsewhere_is_not_gone_to(cast: Cast, client: Client, single: dict[str, str]) -> None:
    known(single["issuer"], "s-1", preferred_username="handler")
    there = client.get(START, {"next": "https://elsewhere.example/"})["Location"]
    said = requests.post(there, data={"sub": "s-1"}, allow_redirects=False, timeout=5)
    assert (
        client.get(urlsplit(said.headers["Location"])._replace(scheme="", netloc="").geturl())["Location"]
        == "/"
    )


def test_a_provider_in_the_clear_or_without_a_secret_is_called_a_mistake(settings: Any) -> None:
    settings.SUQING_SINGLE = {"issuer": "http://idp.example", "client_secret": "", "scopes": "profile"}
    assert {one.id for one in run_checks(tags=["security"])} >= {"suqing.E005", "suqing.E006", "suqing.E007"}
