"""The addresses that take files in pieces."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from suqing.accounts.models import Person
from suqing.files.actions.uploads import PIECE, append
from suqing.files.models import Upload
from suqing.files.queries import finished, opened
from suqing.web.desks.uploads import STEP
from tests.cast import Cast
from tests.files import samples
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


def begin(client: Any, size: int, name: str = "a.pdf", purpose: str = "attachment") -> Any:
    return client.post(reverse("uploads"), {"purpose": purpose, "name": name, "size": size})


def send(client: Any, state: dict[str, Any], offset: int, data: bytes, **headers: Any) -> Any:
    return client.post(
        f"{state['url']}?offset={offset}", data, content_type="application/octet-stream", **headers
    )


def uploaded(person: Person, data: bytes, name: str, purpose: str = "attachment") -> str:
    """Send a file whole and return its ref."""
    client = seat(person)
    state = begin(client, len(data), name, purpose).json()
    answer = send(client, state, 0, data)
    assert answer.json().get("done"), answer.content
    return str(state["ref"])


def test_a_file_comes_in_pieces_and_goes_on_after_a_broken_line(centre: Cast) -> None:
    client, data = seat(centre.handler), samples.pdf(3)
    answer = begin(client, len(data))
    state = answer.json()
    assert (answer.status_code, state["received"], state["piece"]) == (201, 0, STEP)
    assert send(client, state, 0, data[:700]).json()["received"] == 700
    # The line broke: the same piece comes once more, then somebody asks, then it goes on.
    again = send(client, state, 0, data[:700])
    assert (again.status_code, again.json()["received"]) == (409, 700)
    assert client.get(state["url"]).json()["received"] == 700
    last = send(client, state, 700, data[700:]).json()
    assert (last["done"], last["name"]) == (True, "a.pdf")
    with opened(finished(centre.handler, state["ref"], "attachment")[0]) as stream:
        assert stream.read() == data


def test_the_last_piece_answered_twice_is_still_done(centre: Cast) -> None:
    client, data = seat(centre.handler), samples.jpg()
    state = begin(client, len(data)).json()
    send(client, state, 0, data)
    again = send(client, state, 0, data)
    assert (again.status_code, again.json()["done"]) == (200, True)


def test_a_whole_file_whose_end_was_not_looked_at_is_finished_by_an_empty_piece(centre: Cast) -> None:
    client, data = seat(centre.handler), samples.jpg()
    state = begin(client, len(data)).json()
    upload = Upload.objects.get(ref=state["ref"])
    append(upload, 0, data)  # and the process was killed here
    assert client.get(state["url"]).json()["done"] is False
    assert send(client, state, len(data), b"").json()["done"] is True


def test_two_gigabytes_are_refused_in_the_readers_words(centre: Cast) -> None:
    answer = begin(seat(centre.handler), 2 * 1024**3, "film.mp4")
    assert answer.status_code == 422
    assert "2048" in answer.json()["message"] and "200 MB" in answer.json()["message"]
    assert not Upload.objects.exists()


def test_a_page_named_as_a_picture_is_refused(centre: Cast) -> None:
    client = seat(centre.handler)
    state = begin(client, len(samples.HTML), "小票.jpg").json()
    answer = send(client, state, 0, samples.HTML)
    assert answer.status_code == 422
    assert "HTML" in answer.json()["message"]
    assert "message" in client.get(state["url"]).json()


def test_a_piece_beyond_the_largest_is_not_even_read(centre: Cast) -> None:
    client = seat(centre.handler)
    state = begin(client, PIECE * 2).json()
    answer = send(client, state, 0, b"x" * (PIECE + 1))
    assert (answer.status_code, answer.json()["received"]) == (413, 0)


def test_more_than_announced_is_refused(centre: Cast) -> None:
    client = seat(centre.handler)
    state = begin(client, 100).json()
    assert send(client, state, 0, b"x" * 101).status_code == 422
    assert client.get(state["url"]).json()["received"] == 0


@pytest.mark.parametrize("offset", ["", "-1", "x", "9" * 30])
def test_an_offset_that_is_none_answers_with_the_right_one(centre: Cast, offset: str) -> None:
    client = seat(centre.handler)
    state = begin(client, 100).json()
    answer = client.post(f"{state['url']}?offset={offset}", b"x", content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["received"]) == (409, 0)


def test_the_uploads_of_others_are_not_there(centre: Cast) -> None:
    state = begin(seat(centre.handler), 100).json()
    other = seat(centre.other_handler)
    assert other.get(state["url"]).status_code == 404
    assert send(other, state, 0, b"x").status_code == 404


@pytest.mark.parametrize("size", ["", "-5", "1e9", "9" * 40])
def test_a_size_that_is_none_is_refused(centre: Cast, size: str) -> None:
    answer = seat(centre.handler).post(
        reverse("uploads"), {"purpose": "attachment", "name": "a", "size": size}
    )
    assert answer.status_code == 422
    assert json.loads(answer.content)["message"]


def test_a_purpose_needs_its_right(centre: Cast) -> None:
    assert begin(seat(centre.handler), 10, "a.csv", "import").status_code == 403
    assert begin(seat(centre.handler), 10, "a.csv", "nothing").status_code == 404
    assert begin(seat(centre.dispatcher), 10, "a.csv", "import").status_code == 201


def test_pieces_need_the_token_of_the_page(centre: Cast) -> None:
    client = seat(centre.handler, enforce_csrf_checks=True)
    assert begin(client, 10).status_code == 403


def test_a_chinese_refusal_lists_kinds_with_chinese_commas(centre: Cast) -> None:
    client = seat(centre.handler)
    client.cookies.load({"django_language": "zh-hans"})
    state = begin(client, len(samples.HTML), "图.jpg").json()
    words = send(client, state, 0, samples.HTML).json()["message"]
    assert "jpg、png" in words
    assert ", " not in words
