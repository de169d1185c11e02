"""Help on every page and the tour of the first day: nothing without help, no word that the pages do not say."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from suqing.inbox.models import Tour
from suqing.web.help import BY_CODE, TOPICS, topic_of
from suqing.web.help.topic import BUTTON, parts_of
from suqing.web.help.tours import STEPS, steps_for
from suqing.web.permission_table import PAGES
from tests.cast import Cast
from tests.web.seats import seat

# Addresses that answer with no page of their own, so that no frame is around them.
NO_FRAME = {"language", "theme", "live-counts"}
TEXTS = [text for topic in TOPICS for text in (topic.title, *topic.texts)] + [
    text for step in STEPS for text in (step.title, step.text)
]


def test_every_page_has_help_and_every_help_a_page() -> None:
    assert {name for name in PAGES if topic_of(name) is None} <= NO_FRAME
    helped = {topic.code for name in PAGES if (topic := topic_of(name))}
    assert helped == set(BY_CODE)
    for topic in TOPICS:
        for prefix in topic.prefixes:
            assert any(name.startswith(prefix) for name in PAGES), prefix


def test_words_of_buttons_are_words_of_the_pages_in_both_languages() -> None:
    found = 0
    for text in TEXTS:
        quoted = BUTTON.findall(text)
        with override("zh-hans"):
            told = gettext(text)
            assert told != text, text
            assert BUTTON.findall(told) == [gettext(words) for words in quoted], text
            assert all(gettext(words) != words for words in quoted), text
        found += len(quoted)
    assert found > 30


def test_a_sentence_is_cut_into_words_and_buttons() -> None:
    assert parts_of("Press [[Save]] now.") == [("Press ", False), ("Save", True), (" now.", False)]
    assert parts_of("[[Save]]") == [("Save", True)]
    assert parts_of("") == []


def test_the_frame_leads_to_the_help_on_its_page(cast: Cast) -> None:
    client = seat(cast.supervisor)
    for address, code in (
        ("/", "home"),
        ("/cases/", "work-list"),
        ("/figures/", "figures"),
        ("/help/", "help"),
    ):
        assert f'href="/help/{code}/" data-help-link' in client.get(address).content.decode(), address


def test_a_topic_opens_as_a_page_and_as_a_part(cast: Cast) -> None:
    client = seat(cast.handler)
    for topic in TOPICS:
        address = reverse("help-topic", args=[topic.code])
        page, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
        assert page.status_code == part.status_code == 200
        assert "<html" in page.content.decode() and "<html" not in part.content.decode()
        assert gettext(topic.title) in part.content.decode()
    assert client.get("/help/nothing/").status_code == 404


def test_help_is_found_by_its_words_and_says_so_where_it_is_not(cast: Cast) -> None:
    client = seat(cast.administrator)
    found = client.get("/help/", {"q": "一次性密码"}).content.decode()
    assert "/help/people/" in found and "/help/visits/" not in found
    nothing = client.get("/help/", {"q": "火星上的海"}).content.decode()
    assert 'class="sq-empty"' in nothing and "/help/people/" not in nothing
    mine = client.get("/help/").content.decode()
    assert mine.index("/help/people/") < mine.index("/help/call-desk/"), "the own pages come first"


ROLES = (
    "call_taker",
    "dispatcher",
    "handler",
    "supervisor",
    "analyst",
    "editor",
    "leader",
    "inspector",
    "administrator",
)


@pytest.mark.parametrize("name", ROLES)
def test_the_tour_leads_through_the_own_pages_and_ends(cast: Cast, name: str) -> None:
    person = getattr(cast, name)
    client = seat(person)
    steps = steps_for({name}, lambda _name: True)
    assert 4 <= len(steps) <= 9
    assert "/tour/begin/" in client.get("/").content.decode()
    answer = client.post("/tour/begin/")
    for step in steps:
        assert answer.status_code == 302 and answer["Location"].startswith(reverse(step.url_name)), step.code
        page = client.get(answer["Location"])
        assert page.status_code == 200, step.code
        text = page.content.decode()
        assert gettext(step.title) in text and f'data-tour-target="{step.target}"' in text.replace(
            "&quot;", '"'
        )
        answer = client.post("/tour/next/")
    assert answer["Location"] == "/"
    page = client.get("/").content.decode()
    assert 'id="tour"' not in page and "/tour/begin/" not in page and "/tour/go-on/" not in page
    assert Tour.objects.get(person=person).done_at is not None


def test_a_tour_that_was_left_goes_on_where_it_was_also_after_signing_in_again(cast: Cast) -> None:
    client = seat(cast.supervisor)
    client.post("/tour/begin/")
    client.post("/tour/next/")
    stood = client.post("/tour/next/")["Location"]
    assert client.post("/tour/leave/")["Location"] == "/"
    again = seat(cast.supervisor)
    page = again.get("/").content.decode()
    assert "/tour/go-on/" in page and 'id="tour"' not in page
    assert again.post("/tour/go-on/")["Location"] == stood
    assert again.post("/tour/back/")["Location"] == "/"


def test_a_step_of_another_page_leads_back_to_it(cast: Cast) -> None:
    client = seat(cast.supervisor)
    client.post("/tour/begin/")
    client.post("/tour/next/")
    page = client.get("/figures/").content.decode()
    card = page[page.index('id="tour"') :]
    assert "data-tour-target" not in card and re.search(r'class="btn btn-primary[^"]*" href="/"', card)


def test_a_tour_may_be_refused_for_good_and_begun_from_help(cast: Cast) -> None:
    client = seat(cast.call_taker)
    client.post("/tour/dismiss/")
    assert "/tour/begin/" not in client.get("/").content.decode()
    assert "/tour/begin/" in client.get("/help/").content.decode()
    assert client.post("/tour/begin/").status_code == 302
    assert client.post("/tour/jump/").status_code == 404
    assert client.get("/tour/next/").status_code == 405


def test_nobody_without_a_role_is_offered_a_tour(cast: Cast) -> None:
    assert seat(cast.stranger).post("/tour/begin/").status_code == 404
    assert Client().post("/tour/begin/").status_code == 302
