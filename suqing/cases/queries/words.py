"""Cases by words that they say or that name their operator: exact, any part of a word, capitals or not.

Two ways to the same answer.  ``saying`` compares text after text: right for a few thousand rows.  ``holding`` first asks
the index of neighbouring characters (migration 0018): right for all of them, slow only where very many cases say the
word.  A list that shows a page of the newest walks some of them by the first way and needs the second only for words
that are rarer (``lists.work_list``).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, TextField, Value

from suqing.cases.models import CaseQuerySet

MOST_WORDS = 12  # of one search; each is looked for by itself


def words_in(typed: str) -> list[str]:
    """The words of a search; what is typed beyond ``MOST_WORDS`` counts as one last word, so that nothing is ignored."""
    return typed.split(maxsplit=MOST_WORDS - 1)


def saying(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    """The cases that hold each of the words, found by comparing every one."""
    for word in words_in(words):
        cases = cases.filter(Q(match_text__icontains=word) | Q(entity_name__icontains=word))
    return cases


def holding(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    """The same cases, found by the index; a single character has no neighbour and is compared only."""
    cases = saying(cases, words)
    for word in words_in(words):
        if len(word) > 1:
            cases = cases.alias(said_pairs=_said()).filter(said_pairs__contains=_pairs(Value(word)))
    return cases


def _said() -> Func:
    """The indexed expression, to the letter."""
    said = Func(F("match_text"), Value(" "), F("entity_name"), function="suqing_bigrams", arg_joiner=" || ")
    said.output_field = ArrayField(TextField())
    return said


def _pairs(word: Value) -> Func:
    return Func(word, function="suqing_bigrams", output_field=ArrayField(TextField()))
