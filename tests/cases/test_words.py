"""Words of a search: any part of a text finds its case, whichever of the two ways is taken."""

from __future__ import annotations

import random
import unicodedata

import pytest
from django.db import connection

from suqing.cases.intake import EntityInput
from suqing.cases.models import Case
from suqing.cases.queries import Filters, list_pages, work_list
from suqing.cases.queries.words import holding, saying
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db

TEXTS = (
    "昨天在观前街买口罩，一只30元，平时只要5元",
    "预订的年夜饭因疫情取消，商家不退定金Ａ套餐",
    "健身卡转让被拒 Gym-Card no.7 已过期",
    "蔬菜涨价：大白菜每斤卖到9.8元%_\\'\"",
)


@pytest.fixture
def told(centre: Cast) -> list[Case]:
    return [one_case(centre.call_taker, narrative=text) for text in TEXTS]


@pytest.mark.parametrize("seed", range(3))
def test_every_part_of_two_to_six_characters_finds_its_case(told: list[Case], seed: int) -> None:
    rng = random.Random(seed)
    for case in told:
        text = case.match_text
        for size in range(2, 7):
            for start in rng.sample(range(len(text) - size + 1), 6):
                part = text[start : start + size]
                if any(unicodedata.category(letter).startswith("Z") for letter in part):
                    continue
                assert case in holding(Case.objects.all(), part), part


def test_both_ways_give_the_same_cases(told: list[Case]) -> None:
    for words in ("口罩", "元", "gym", "GYM-card", "平江", "%_", "\\'", "口罩 元", "没有这个词", "口罩没有"):
        by_index = set(holding(Case.objects.all(), words).values_list("pk", flat=True))
        assert by_index == set(saying(Case.objects.all(), words).values_list("pk", flat=True)), words
    assert saying(Case.objects.all(), "口罩 元").get() == told[0]


def test_the_index_answers_where_comparing_would_read_every_case(told: list[Case]) -> None:
    sql, given = holding(Case.objects.all(), "健身卡").values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_words" in plan


def test_a_rare_word_is_found_behind_the_cases_that_are_read_first(
    centre: Cast, told: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "NEAREST", 2)
    found = work_list(centre.supervisor, Filters(words="观前街"), AT, size=1)
    assert found.cases == [told[0]]
    page = work_list(centre.supervisor, Filters(words="平江大药房"), AT, size=1)
    seen = [*page.cases]
    while page.after:
        page = work_list(centre.supervisor, Filters(words="平江大药房"), AT, size=1, after=page.after)
        seen += page.cases
    assert seen == told[::-1]


def test_a_word_finds_an_ended_case_in_the_archive_and_the_name_of_an_operator(centre: Cast) -> None:
    case = registered(centre.call_taker, matter(entity=EntityInput("苏州鼋头饮食有限公司"))).cases.get()
    Case.objects.filter(pk=case.pk).update(archived_at=AT)
    assert work_list(centre.supervisor, Filters(words="鼋头饮食"), AT).cases == [case]
