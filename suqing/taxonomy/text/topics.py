"""Topic rules: which topics does a text belong to, and which words say so.

A rule is a list of groups of words, one word of each group must occur, and a list of words of which none may.
All words of all rules are found in one pass.  A topic that has parents brings them along: a case of "mask price"
is one of "epidemic" too.  Words are compared in normalised, case-folded form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.taxonomy.text.normalise import fold_case, normalise_word

MAX_WORDS = 500


class BadRule(ValueError):
    """A rule that cannot be read; ``reason`` is one of: shape, empty_group, empty_word, too_many_words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One version of a topic's rule.  Without groups it holds only what its children hold."""

    code: str
    version: int
    any_of: tuple[tuple[str, ...], ...]
    none_of: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of a rule at its place in the text."""

    word: str
    start: int
    end: int


def parse_rule(code: str, version: int, rule: Any, parent: str | None = None) -> TopicRule:
    """Read a stored rule ``{"any_of": [[…], …], "none_of": […]}``.  Raise BadRule."""
    if not isinstance(rule, dict) or set(rule) - {"any_of", "none_of"}:
        raise BadRule("shape", str(rule)[:60])
    groups = rule.get("any_of", [])
    if not isinstance(groups, list):
        raise BadRule("shape", "any_of")
    any_of = tuple(_words(group) for group in groups)
    if any(not group for group in any_of):
        raise BadRule("empty_group")
    none_of = _words(rule.get("none_of", []))
    if sum(map(len, any_of)) + len(none_of) > MAX_WORDS:
        raise BadRule("too_many_words", str(MAX_WORDS))
    return TopicRule(code, version, any_of, none_of, parent)


def match(text: str, rules: Iterable[TopicRule]) -> set[str]:
    """Give the codes of the topics that a match_text belongs to, parents included."""
    return matcher(tuple(rules)).match(text)


@lru_cache(maxsize=8)
def matcher(rules: tuple[TopicRule, ...]) -> Matcher:
    """Build, or find again, the automaton of these rules."""
    return Matcher(rules)


class Matcher:
    """All rules as one automaton; a bit for each group of each rule that some word has filled."""

    def __init__(self, rules: Sequence[TopicRule]) -> None:
        self._parents = {rule.code: rule.parent for rule in rules}
        self._words: list[str] = []
        self._bits: list[int] = []
        self._rules: list[tuple[str, int, int]] = []
        places: dict[str, int] = {}
        bit = 1
        for rule in rules:
            needed = 0
            for group in rule.any_of:
                self._add(group, bit, places)
                needed |= bit
                bit <<= 1
            forbidden = bit if rule.none_of else 0
            self._add(rule.none_of, bit, places)
            bit <<= 1
            if needed:
                self._rules.append((rule.code, needed, forbidden))
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.Standard)

    def match(self, text: str) -> set[str]:
        """Give the codes of the topics that a match_text belongs to, parents included."""
        seen = 0
        for word, _, _ in self._find(text):
            seen |= self._bits[word]
        found: set[str] = set()
        for code, needed, forbidden in self._rules:
            if seen & needed == needed and not seen & forbidden:
                found.update(self._with_ancestors(code))
        return found

    def hits(self, text: str) -> list[Hit]:
        """Give every word of every rule in the text, overlaps included, in order of place."""
        found = {Hit(text[start:end], start, end) for _, start, end in self._find(text)}
        return sorted(found, key=lambda hit: (hit.start, hit.end))

    def _add(self, words: Iterable[str], bit: int, places: dict[str, int]) -> None:
        for word in words:
            folded = normalise_word(word)
            if folded not in places:
                places[folded] = len(self._words)
                self._words.append(folded)
                self._bits.append(0)
            self._bits[places[folded]] |= bit

    def _find(self, text: str) -> list[tuple[int, int, int]]:
        if not self._words:
            return []
        return self._automaton.find_matches_as_indexes(fold_case(text), overlapping=True)

    def _with_ancestors(self, code: str) -> list[str]:
        line = [code]
        while (above := self._parents.get(line[-1])) is not None and above not in line:
            line.append(above)
        return line


def _words(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise BadRule("shape", str(given)[:60])
    if not all(normalise_word(word) for word in given):
        raise BadRule("empty_word")
    return tuple(given)
