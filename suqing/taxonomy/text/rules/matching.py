"""All rules over a text at once: one automaton finds every word, bits say which were seen, and each rule looks there.

A word is found wherever its characters stand (Chinese has no spaces between words), in normalised, case-folded text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import TypeAlias

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.rules.tree import (
    All,
    Any,
    Between,
    FactName,
    Is,
    Near,
    Not,
    Rule,
    Word,
    WordList,
    words_of,
)

Place: TypeAlias = tuple[int, int]  # half-open
Match: TypeAlias = tuple[int, int, int]  # which word, and its place


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case beside its words.  ``classes`` and ``districts`` are codes and names, with those above
    them, as ``normalise_word`` writes them; ``operator`` its normalised, case-folded name, ``amount`` in yuan, ``day`` the local day of the contact."""

    kind: str = ""
    classes: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    operator: str = ""
    amount: Decimal | None = None
    day: date | None = None


NOTHING_KNOWN = Facts()


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of a rule at its place in the text."""

    word: str
    start: int
    end: int


class Seen:
    """What was found in one text: ``bits`` has a bit for every word that occurs; places are looked up when asked for."""

    __slots__ = ("_found", "_places", "bits", "facts")

    def __init__(self, bits: int, found: Sequence[Match], facts: Facts) -> None:
        self.bits, self.facts = bits, facts
        self._found = found
        self._places: dict[int, list[Place]] = {}

    def places(self, mask: int) -> list[Place]:
        """Where the words of the mask stand, in order of their beginning."""
        known = self._places.get(mask)
        if known is None:
            known = [(start, end) for word, start, end in self._found if mask >> word & 1]
            known.sort()
            self._places[mask] = known
        return known


Test: TypeAlias = Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class _Compiled:
    test: Test
    words: int  # the bits of every word of the rule
    needs_word: bool  # whether it can only hold where one of them occurs
    positive: int  # the bits of the words outside of NOT


@dataclass
class RuleSet:
    """Rules by name, compiled together.  Building costs a pass over the words; matching a pass over the text."""

    rules: Mapping[str, Rule]
    _words: list[str] = field(init=False)
    _compiled: dict[str, _Compiled] = field(init=False)

    def __post_init__(self) -> None:
        found = dict.fromkeys(word for rule in self.rules.values() for word in words_of(rule))
        self._words = list(found)
        self._bits = [1 << place for place in range(len(self._words))]
        bit_of = dict(zip(self._words, self._bits, strict=True))
        self._compiled = {name: _compiled(rule, bit_of) for name, rule in self.rules.items()}
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.Standard) if self._words else None

    def match(self, text: str, facts: Facts = NOTHING_KNOWN) -> list[str]:
        """The names of the rules that hold for a normalised text, in their order."""
        return self._names(self._find(text), facts)

    def can_hold(self, text: str) -> bool:
        """Whether any rule may hold for some facts: for other texts none need be known."""
        bits = 0
        for word in {one[0] for one in self._find(text)}:
            bits |= self._bits[word]
        return any(bits & one.words or not one.needs_word for one in self._compiled.values())

    def hits(self, name: str, text: str) -> list[Hit]:
        """Every word of the rule in the text, without those under a NOT, overlaps included, in order of place."""
        return self._hits(name, self._find(text))

    def match_with_hits(self, name: str, text: str, facts: Facts = NOTHING_KNOWN) -> tuple[bool, list[Hit]]:
        """Whether one rule holds, and its words in the text, in one pass."""
        found = self._find(text)
        return name in self._names(found, facts), self._hits(name, found) if found else []

    def _names(self, found: Sequence[Match], facts: Facts) -> list[str]:
        bits = 0
        for word in {one[0] for one in found}:
            bits |= self._bits[word]
        seen = Seen(bits, found, facts)
        return [
            name
            for name, one in self._compiled.items()
            if (bits & one.words or not one.needs_word) and one.test(seen)
        ]

    def _hits(self, name: str, found: Sequence[Match]) -> list[Hit]:
        mask = self._compiled[name].positive
        hits = {Hit(self._words[word], start, end) for word, start, end in found if mask >> word & 1}
        return sorted(hits, key=lambda hit: (hit.start, hit.end))

    def _find(self, text: str) -> list[Match]:
        if self._automaton is None:
            return []
        return self._automaton.find_matches_as_indexes(fold_case(text), overlapping=True)


def near(left: Sequence[Place], right: Sequence[Place], gap: int) -> list[Place]:
    """Those places of ``right`` that stand at most ``gap`` characters from one of ``left``, in either order; overlapping
    places are no characters apart.  Both are sorted; O((n + m) log n)."""
    if not left or not right:
        return []
    starts = [start for start, _end in left]
    # The furthest end among the first places: whether any of them reaches so far.
    reach = list(accumulate((end for _start, end in left), max))
    kept = []
    for start, end in right:
        before = bisect_right(starts, end + gap)
        if before and reach[before - 1] >= start - gap:
            kept.append((start, end))
    return kept


def _mask(rule: Rule, bit_of: Mapping[str, int], *, positive_only: bool = False) -> int:
    mask = 0
    for word in words_of(rule, positive_only=positive_only):
        mask |= bit_of[word]
    return mask


def _compiled(rule: Rule, bit_of: Mapping[str, int]) -> _Compiled:
    return _Compiled(
        _test(rule, bit_of), _mask(rule, bit_of), _needs_word(rule), _mask(rule, bit_of, positive_only=True)
    )


def _needs_word(rule: Rule) -> bool:
    match rule:
        case Word() | WordList() | Near():
            return True
        case All(parts):
            return any(map(_needs_word, parts))
        case Any(parts):
            return all(map(_needs_word, parts))
        case _:
            return False


def _test(rule: Rule, bit_of: Mapping[str, int]) -> Test:
    match rule:
        case Word() | WordList():
            return _any_word(_mask(rule, bit_of))
        case Is(fact, value):
            return _is(fact, value)
        case Between():
            return _between(rule)
        case Near(sides, gaps):
            return _near([_mask(side, bit_of) for side in sides], gaps)
        case Not(part):
            inner = _test(part, bit_of)
            return lambda seen: not inner(seen)
        case Any(parts):
            return _any(parts, bit_of)
        case All(parts):
            return _all(parts, bit_of)


def _all(parts: Iterable[Rule], bit_of: Mapping[str, int]) -> Test:
    words = 0
    tests: list[Test] = []
    for part in parts:
        if isinstance(part, Word):
            words |= bit_of[part.text]
        else:
            tests.append(_test(part, bit_of))
    if words:
        tests.insert(0, lambda seen: seen.bits & words == words)
    return tests[0] if len(tests) == 1 else lambda seen: all(test(seen) for test in tests)


def _any(parts: Iterable[Rule], bit_of: Mapping[str, int]) -> Test:
    words = 0
    tests: list[Test] = []
    for part in parts:
        if isinstance(part, (Word, WordList)):
            words |= _mask(part, bit_of)
        else:
            tests.append(_test(part, bit_of))
    if words:
        tests.insert(0, _any_word(words))
    return tests[0] if len(tests) == 1 else lambda seen: any(test(seen) for test in tests)


def _any_word(mask: int) -> Test:
    return lambda seen: bool(seen.bits & mask)


def _near(masks: Sequence[int], gaps: Sequence[int]) -> Test:
    def test(seen: Seen) -> bool:
        if not all(seen.bits & mask for mask in masks):
            return False
        places = seen.places(masks[0])
        for mask, gap in zip(masks[1:], gaps, strict=True):
            places = near(places, seen.places(mask), gap)
        return bool(places)

    return test


def _is(fact: FactName, value: str) -> Test:
    match fact:
        case FactName.KIND:
            return lambda seen: seen.facts.kind == value
        case FactName.CLASS:
            return lambda seen: value in seen.facts.classes
        case FactName.DISTRICT:
            return lambda seen: value in seen.facts.districts
        case _:
            return lambda seen: value in seen.facts.operator


def _between(rule: Between) -> Test:
    least, most, is_day = rule.least, rule.most, rule.fact is FactName.TIME

    def test(seen: Seen) -> bool:
        known: object = seen.facts.day if is_day else seen.facts.amount
        if known is None:
            return False
        return (least is None or least <= known) and (most is None or known <= most)  # type: ignore[operator]

    return test
