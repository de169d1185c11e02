"""What no browser of ours sends: broken keys, figures that are none, characters no text can hold, endless numbers."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from django.test import Client

from tests.cast import Cast
from tests.web.test_case_desk import centre, dispatched, seat, step

__all__ = ["centre"]
pytestmark = pytest.mark.django_db

KEYS = [
    '["2020-01-27T00:00:00+08:00", Infinity]',
    '["2020-01-27T00:00:00", 1]',
    '["2020-01-27", 1]',
    "[" * 20_000,
]


def key(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("text", KEYS, ids=lambda text: text[:40])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_broken_key_of_a_page_starts_at_the_first_page(centre: Cast, text: str, side: str) -> None:
    asked = {"measure": "cases_registered", "from": "2020-01-27", "to": "2020-01-27", side: key(text)}
    client = seat(centre.supervisor)
    assert client.get("/cases/", asked).status_code == 200
    assert client.get("/figures/cases/", asked).status_code == 200
    assert client.get("/bulletins/", {side: key(text)}).status_code == 200


@pytest.mark.parametrize("name", ["unit", "issue"])
def test_a_digit_that_is_no_figure_narrows_nothing(centre: Cast, name: str) -> None:
    assert seat(centre.supervisor).get("/cases/", {name: "²"}).status_code == 200


@pytest.mark.parametrize("address", ["/cases/%00/", "/cases/%00/preview/", "/submissions/%00/"])
def test_an_address_that_no_text_can_hold_is_not_found(centre: Cast, address: str) -> None:
    assert seat(centre.supervisor).get(address).status_code == 404


def test_a_character_that_no_text_holds_is_left_out_of_a_search(centre: Cast) -> None:
    client = seat(centre.supervisor)
    for address in (
        "/cases/?q=ab%00",
        "/cases/?topic=%00",
        "/desk/lookup/entities/?q=ab%00",
        "/jump/?q=%00ab",
    ):
        assert client.get(address, follow=True).status_code == 200


@pytest.mark.parametrize("revision", ["²", "9" * 5000])
def test_a_revision_that_is_no_number_takes_no_step(centre: Cast, revision: str) -> None:
    case = dispatched(centre)
    assert step(centre.handler, case, "accept", revision=revision).status_code == 422
    case.refresh_from_db()
    assert case.state == "dispatched"


@pytest.mark.parametrize("name", ["\0", "a" * 100_000, "9" * 5000])
def test_whatever_is_typed_as_a_name_at_the_door_is_only_wrong(centre: Cast, name: str) -> None:
    assert Client().post("/sign-in/", {"username": name, "password": name}).status_code == 422


def test_an_endless_number_is_no_phone_number(centre: Cast) -> None:
    assert seat(centre.call_taker).post("/desk/calls/", {"number": "9" * 5000}).status_code == 422


@pytest.mark.parametrize(("field", "typed"), [("m0-requests", "x" * 300), ("m0-requests", "nobody")])
def test_a_request_that_is_not_on_the_list_is_refused(centre: Cast, field: str, typed: str) -> None:
    assert registering(centre, **{field: typed}).status_code == 422


@pytest.mark.parametrize("field", ["m0-narrative", "m0-entity", "m0-place", "m0-goods", "party-name"])
def test_a_character_that_no_text_holds_is_left_out(centre: Cast, field: str) -> None:
    assert registering(centre, **{field: "\0" + WHOLE[field]}).status_code == 302


WHOLE = {
    "m0-kind": "complaint",
    "m0-narrative": "买口罩太贵",
    "m0-entity": "平江大药房",
    "m0-place": "320508",
    "m0-goods": "口罩",
    "party-name": "王小明",
    "party-phone": "13800001234",
}


def registering(centre: Cast, **changes: str):  # type: ignore[no-untyped-def]
    client = seat(centre.call_taker)
    address = client.post("/desk/calls/", {"number": "13800001234"})["Location"]
    return client.post(address, {**WHOLE, **changes})


def test_pages_behind_the_door_are_kept_on_no_disk(centre: Cast) -> None:
    case = dispatched(centre)
    for address in ("/", "/cases/", f"/cases/{case.number}/", f"/submissions/{case.submission.number}/"):
        assert "no-store" in seat(centre.handler).get(address)["Cache-Control"], address
    assert "no-store" in seat(centre.handler).get("/nowhere/")["Cache-Control"]


@pytest.mark.parametrize(
    "cut", ["day=abc", "day=", "hour=x", "hour=²", "hour=" + "9" * 5000, "unit=x", "outcome=x"]
)
@pytest.mark.parametrize("measure", ["cases_registered", "contacts"])
def test_a_value_that_no_row_can_have_counts_nothing(centre: Cast, measure: str, cut: str) -> None:
    address = f"/figures/cases/?measure={measure}&from=2020-01-27&to=2020-01-27&where.{cut}"
    assert seat(centre.analyst).get(address).status_code in (200, 404)


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00%2B12:00"])
def test_an_end_beyond_all_days_is_no_fault(centre: Cast, until: str) -> None:
    address = f"/figures/cases/?measure=contacts&from=2020-01-27&to=2020-01-27&until={until}"
    assert seat(centre.analyst).get(address).status_code in (200, 404)
