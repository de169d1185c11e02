"""Which topics does a text belong to, and which words say so.

A rule may ask facts of the case too.  A topic's rule is written in the rule language (``text.rules``) or, as the shipped ones are, as groups of words: one word
of each group must occur, and none of another list.  All words of all rules are found in one pass.  A topic that has
parents brings them along: a case of "mask price" is one of "epidemic" too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from suqing.taxonomy.text.normalise import normalise_word
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, Facts, Hit, RuleSet
from suqing.taxonomy.text.rules.reading import MAX_WORDS, Vocabulary, read_rule
from suqing.taxonomy.text.rules.tree import NOWHERE, FactName, Rule, asks_facts
from suqing.taxonomy.text.rules.writing import from_groups, written

__all__ = [
    "CODE", "BadList", "BadRule", "Hit", "Matcher", "TopicRule", "lists_text", "match", "matcher", "parse_rule", "read_lists", "rule_text", "with_those_above",
]  # fmt: skip


CODE = r"[a-z][a-z0-9_]{1,59}"  # of a topic


class BadList(ValueError):
    """A line that is no list of words; ``number`` counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One version of a topic's rule.  Without a rule it holds only what its children hold."""

    code: str
    version: int
    rule: Rule | None
    parent: str | None = None


def parse_rule(code: str, version: int, stored: Any, parent: str | None = None) -> TopicRule:
    """Read a stored rule: ``{"text": …, "lists": {name: [word, …]}}`` with the lists as they were when it was worded, or
    ``{"any_of": [[word, …], …], "none_of": [word, …]}``.  Raise BadRule."""
    if isinstance(stored, dict) and "text" in stored:
        return TopicRule(code, version, _of_text(stored), parent)
    return TopicRule(code, version, _of_groups(stored), parent)


def rule_text(stored: Any) -> str:
    """A stored rule in the rule language, as it was typed where it was; "" for one that holds what its children hold.
    Raise BadRule."""
    if "text" in stored:
        return str(stored["text"])
    rule = _of_groups(stored)
    return "" if rule is None else written(rule)


def read_lists(lines: Iterable[str]) -> dict[str, list[str]]:
    """Word lists as they are typed, ``name = word, word`` a line; empty lines are passed over.  Raise BadList."""
    lists: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, equals, listed = (part.strip() for part in line.replace("＝", "=").partition("="))
        if not equals or not name or re.search(r"\s", name):
            raise BadList(number)
        lists[name.lstrip("@＠")] = [word.strip() for word in re.split("[,，、]", listed) if word.strip()]
    return lists


def lists_text(stored: Any) -> str:
    """The word lists of a stored rule as ``read_lists`` reads them."""
    lists = stored.get("lists", {})
    return "\n".join(f"{name} = {', '.join(listed)}" for name, listed in lists.items())


def _of_text(stored: dict[str, Any]) -> Rule:
    lists = stored.get("lists", {})
    if set(stored) - {"text", "lists"} or not isinstance(stored["text"], str) or not isinstance(lists, dict):
        raise BadRule(Reason.SHAPE, NOWHERE, str(stored)[:60])
    return read_rule(
        stored["text"], Vocabulary({name: _words(words) for name, words in lists.items()}, _VALUES)
    )


class _AsWritten(Mapping[str, str]):
    """Names and codes that a rule is compared by as they are written; whether there are such is asked when it is saved."""

    def __getitem__(self, written: str) -> str:
        return normalise_word(written)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, written: str, default: Any = None) -> Any:
        return normalise_word(written) or default


KINDS = {
    **{kind: kind for kind in ("consultation", "complaint", "report")},
    "咨询": "consultation",
    "投诉": "complaint",
    "举报": "report",
}
_VALUES: Mapping[FactName, Mapping[str, str]] = {
    FactName.KIND: KINDS,
    FactName.CLASS: _AsWritten(),
    FactName.DISTRICT: _AsWritten(),
}


def _of_groups(stored: Any) -> Rule | None:
    if not isinstance(stored, dict) or set(stored) - {"any_of", "none_of"}:
        raise BadRule(Reason.SHAPE, NOWHERE, str(stored)[:60])
    groups = stored.get("any_of", [])
    if not isinstance(groups, list):
        raise BadRule(Reason.SHAPE, NOWHERE, "any_of")
    any_of, none_of = [_words(group) for group in groups], _words(stored.get("none_of", []))
    if not all(any_of):
        raise BadRule(Reason.EMPTY, NOWHERE)
    if sum(map(len, any_of)) + len(none_of) > MAX_WORDS:
        raise BadRule(Reason.TOO_MANY_WORDS, NOWHERE, str(MAX_WORDS))
    return from_groups(any_of, none_of)


def _words(given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise BadRule(Reason.SHAPE, NOWHERE, str(given)[:60])
    if not all(normalise_word(word) for word in given):
        raise BadRule(Reason.EMPTY_WORD, NOWHERE)
    return given


def match(text: str, rules: Iterable[TopicRule]) -> set[str]:
    """Give the codes of the topics that a match_text belongs to, parents included."""
    return matcher(tuple(rules)).match(text)


@lru_cache(maxsize=8)
def matcher(rules: tuple[TopicRule, ...]) -> Matcher:
    """Build, or find again, the automaton of these rules."""
    return Matcher(rules)


class Matcher:
    """All topics' rules together, with who is above whom."""

    def __init__(self, rules: Sequence[TopicRule]) -> None:
        self._parents = {rule.code: rule.parent for rule in rules}
        own = {rule.code: rule.rule for rule in rules if rule.rule is not None}
        self._rules = RuleSet(own)
        self._asks_facts = any(map(asks_facts, own.values()))

    @property
    def asks_facts(self) -> bool:
        """Whether any rule asks something of the case beside its words."""
        return self._asks_facts

    def can_hold(self, text: str) -> bool:
        """Whether the case may belong to any topic for some facts."""
        return self._rules.can_hold(text)

    def match(self, text: str, facts: Facts = NOTHING_KNOWN) -> set[str]:
        """Give the codes of the topics that a case with this match_text belongs to, parents included."""
        found: set[str] = set()
        for code in self._rules.match(text, facts):
            found.update(with_those_above(code, self._parents))
        return found

    def hits(self, code: str, text: str) -> list[Hit]:
        """Give every word of a topic's rule in the text, overlaps included, in order of place."""
        return self._rules.hits(code, text)


def with_those_above(code: str, above: Mapping[str, str | None]) -> list[str]:
    """A topic's code and those above it, nearest first; a circle of parents ends where it closes."""
    line = [code]
    while (parent := above.get(line[-1])) is not None and parent not in line:
        line.append(parent)
    return line
