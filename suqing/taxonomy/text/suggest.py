"""Suggest classes for a narrative, by word lists: "rules", not a trained model, and it says so.

A class scores the letters of its different words that occur, so 医用口罩 weighs more than 口罩; a word inside a
longer one of the same class counts once.  A word may stand for several classes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.taxonomy.text.normalise import fold_case, normalise_word

METHOD = "rules"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class code with the words that decided; ``method`` says how it was found."""

    code: str
    score: int
    words: tuple[str, ...]
    method: str = METHOD


def suggest(text: str, kind: str, limit: int = 3) -> tuple[Suggestion, ...]:
    """Give the best classes of a kind ("object", "issue" or "report_issue") for a match_text, best first."""
    lexicon = shipped(kind)
    hits: defaultdict[str, set[str]] = defaultdict(set)
    for index, _, _ in lexicon.automaton.find_matches_as_indexes(fold_case(text), overlapping=True):
        word = lexicon.words[index]
        for code in lexicon.codes[word]:
            hits[code].add(word)
    found = [_suggestion(code, words) for code, words in hits.items()]
    found.sort(key=lambda suggestion: (-suggestion.score, -len(suggestion.code), suggestion.code))
    return tuple(found[:limit])


def _suggestion(code: str, words: set[str]) -> Suggestion:
    counted = [word for word in words if not any(word != other and word in other for other in words)]
    return Suggestion(
        code, sum(map(len, counted)), tuple(sorted(counted, key=lambda word: (-len(word), word)))
    )


class Lexicon:
    """Words of classes, as one automaton."""

    def __init__(self, classes: Mapping[str, list[str]]) -> None:
        self.codes: dict[str, list[str]] = {}
        for code, words in classes.items():
            for word in words:
                self.codes.setdefault(normalise_word(word), []).append(code)
        self.words = list(self.codes)
        self.automaton = AhoCorasick(self.words, matchkind=MatchKind.Standard)


@cache
def shipped(kind: str) -> Lexicon:
    """Give the shipped word lists of a kind of class.  Raise KeyError for a kind without lists."""
    raw = files("suqing.taxonomy").joinpath("data/suggest_words.json").read_text(encoding="utf-8")
    return Lexicon(json.loads(raw)[kind])
