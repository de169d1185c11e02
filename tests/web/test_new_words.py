"""New words on the pages: looked for by the job, counted in the reader's sight, tried as a topic, told no more and again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from suqing.surveillance.actions import KEPT, look_at_words, look_where_due
from suqing.surveillance.models import DAY, WEEK, IgnoredWord, RisingWord, WordLook
from suqing.surveillance.word_queries import cases_of, word_for, words_in_sight
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.surveillance.test_new_words import EVERYDAY, NOVEL
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def centre(centre: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("suqing.surveillance.new_words.FEWEST_BEFORE", 20)
    set_centre_clock(mode="rehearsal", centre=AT + HOUR, speed=1.0, by="system:test")
    return centre


def told(centre: Cast, text: str, at: datetime, kind: Kind = Kind.COMPLAINT) -> Case:
    case = one_case(centre.call_taker, kind, at=at)
    Case.objects.filter(pk=case.pk).update(match_text=text, party=None)
    return case


def history(centre: Cast) -> None:
    for number in range(28):
        told(centre, EVERYDAY[number % len(EVERYDAY)], AT - timedelta(days=number + 1))


def surge(centre: Cast, count: int = 4, kind: Kind = Kind.COMPLAINT) -> list[Case]:
    return [told(centre, NOVEL, AT - HOUR, kind) for _number in range(count)]


@pytest.fixture
def analyst(centre: Cast) -> Client:
    return seat(centre.analyst)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_before_the_first_look_and_with_little_history_the_page_says_why_it_is_empty(
    centre: Cast, analyst: Client
) -> None:
    assert "尚未统计" in text(analyst, "/topics/new-words/")
    surge(centre)
    look_at_words(days=DAY, at=AT)
    assert "以往的工单太少" in text(analyst, "/topics/new-words/")
    history(centre)
    for case, everyday in zip(Case.objects.filter(match_text=NOVEL), EVERYDAY, strict=False):
        Case.objects.filter(pk=case.pk).update(match_text=everyday)
    look_at_words(days=DAY, at=AT + HOUR / 2)
    assert "没有突出的词" in text(analyst, "/topics/new-words/")


def test_a_word_opens_exactly_its_cases_and_is_tried_as_a_topic(centre: Cast, analyst: Client) -> None:
    history(centre)
    cases = surge(centre)
    look_at_words(days=DAY, at=AT)
    row = RisingWord.objects.get()
    page = text(analyst, "/topics/new-words/")
    assert row.word in page and f"/topics/new-words/{row.pk}/" in page
    one = text(analyst, f"/topics/new-words/{row.pk}/")
    assert all(case.number in one for case in cases) and "4 件" in one
    assert one.count('<progress max="100"') == 29, "a day and the 28 before it"
    bench = analyst.get("/topics/trial/", {"rule": row.word})
    assert row.word in bench.content.decode()


def test_who_sees_a_part_is_told_only_words_that_enough_cases_in_sight_hold(centre: Cast) -> None:
    history(centre)
    cases = surge(centre, 5)
    look = look_at_words(days=DAY, at=AT)
    row = RisingWord.objects.get()
    assert words_in_sight(centre.handler, look) == []
    for seen, told_of in ((2, []), (3, [3])):
        Case.objects.filter(pk__in=[case.pk for case in cases[:seen]]).update(responsible_unit=centre.gusu)
        found = words_in_sight(centre.handler, look)
        assert [one.cases for one in found] == told_of and not any(one.curve for one in found)
    assert cases_of(centre.handler, row).count() == 3
    (whole,) = words_in_sight(centre.analyst, look)
    assert (whole.cases, whole.curve[-1]) == (5, 5)
    with pytest.raises(RisingWord.DoesNotExist):
        word_for(centre.other_handler, row.pk)


def test_told_no_more_can_be_undone_and_leaves_its_trace(centre: Cast, analyst: Client) -> None:
    history(centre)
    surge(centre)
    look_at_words(days=DAY, at=AT)
    row = RisingWord.objects.get()
    answer = analyst.post(f"/topics/new-words/{row.pk}/ignore/", follow=True)
    page = answer.content.decode()
    ignored = IgnoredWord.objects.get()
    assert "不再提示" in page and f"/topics/new-words/ignored/{ignored.pk}/heed/" in page
    assert f"/topics/new-words/{row.pk}/" not in page
    look_at_words(days=DAY, at=AT + HOUR / 2)
    assert row.word not in RisingWord.objects.filter(look__until__gt=AT).values_list("word", flat=True)
    analyst.post(f"/topics/new-words/{row.pk}/ignore/")
    assert IgnoredWord.objects.count() == 1, "twice is once"
    analyst.post(f"/topics/new-words/ignored/{ignored.pk}/heed/")
    assert not IgnoredWord.objects.filter(ended_at=None).exists()
    verbs = list(
        Event.objects.filter(verb__startswith="new_word.").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["new_word.ignored", "new_word.heeded"]


def test_a_day_shows_its_last_look_and_what_cannot_be_read_shows_now(centre: Cast, analyst: Client) -> None:
    history(centre)
    look_at_words(days=DAY, at=AT - timedelta(days=3))
    surge(centre)
    look_at_words(days=DAY, at=AT)
    word = RisingWord.objects.get().word
    earlier = (AT - timedelta(days=3)).date().isoformat()
    assert word not in text(analyst, f"/topics/new-words/?day={earlier}")
    for odd in ("9999-12-31", "0001-01-01", "x", "2020-13-40", "%00"):
        text(analyst, f"/topics/new-words/?day={odd}&days={odd}")
    text(analyst, "/topics/new-words/99999999/", 404)
    assert word in text(analyst, "/topics/new-words/?day=bad")


def test_the_job_looks_every_hour_and_every_six_and_lets_go_of_old_looks(centre: Cast) -> None:
    assert [one.days for one in look_where_due(at=AT)] == [DAY, WEEK]
    assert look_where_due(at=AT + HOUR / 2) == []
    assert [one.days for one in look_where_due(at=AT + HOUR)] == [DAY]
    assert [one.days for one in look_where_due(at=AT - HOUR)] == [DAY, WEEK], "a clock set back"
    look_where_due(at=AT + KEPT + 2 * HOUR)
    assert WordLook.objects.count() == 2


def test_the_list_costs_the_same_however_many_words_there_are(centre: Cast, analyst: Client) -> None:
    history(centre)
    surge(centre)
    look = look_at_words(days=DAY, at=AT)
    text(analyst, "/topics/new-words/")
    with CaptureQueriesContext(connection) as few:
        text(analyst, "/topics/new-words/")
    first = look.words.get()
    RisingWord.objects.bulk_create(
        RisingWord(look=look, rank=rank, word=f"词{rank}", beside=[], cases=first.cases, curve=first.curve,
                   expected=0.1, surprise=3.0)
        for rank in range(2, 60)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert "词59" in text(analyst, "/topics/new-words/")
    assert len(many) == len(few)
