"""Which cases tell of the same event: an incremental grouping over words, operator, place and time.  Pure.

1. What a case tells is a set of clues: the words of its redacted text, its operator, its place, its goods.  A clue weighs
   the more the fewer cases have it (inverse document frequency, Sparck Jones 1972): "口罩" says little while every second
   caller says it, the name of one shop says much, a platform with thousands of cases says little again.
2. Two cases, or a case and a group, are as alike as the cosine of their weighted clues; a group is the mean of its cases,
   so that what all of them have in common counts and what one caller told besides does not.  Another operator or another
   district than most cases of the group speaks against it (``AGAINST``): the same words about two shops are one topic, not
   one event.  Time between them takes half of the likeness away in ``HALF_LIFE``.
3. A case joins the group it is most alike, from ``JOINS`` on, or makes a group with one case, from ``PAIRS`` on; otherwise
   it waits alone.  What they share must weigh ``EVIDENCE`` at least: "要求退款" alone makes no event, however short the texts.
   Two groups that one case joins to are one from ``MERGES`` on; of groups that people made none is ever merged here.

The single pass over cases in the order of their coming is that of Allan, Papka & Lavrenko 1998 (on-line new event
detection, SIGIR).  ``JOINS``, ``PAIRS`` and ``MERGES`` were chosen on one half of real messages and measured on the other
(benchmarks/events.py, docs/events.md); the weights of facts are ours: no labelled cases with operators are published.

Nothing here is read twice: a case is compared with groups that share one of its rarer clues, at most ``COMPARED`` of them,
and what is older than the window is forgotten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from math import log, sqrt
from operator import itemgetter
from sys import intern
from typing import NamedTuple, TypeAlias

from suqing.taxonomy.text.terms import words_of

VERSION = 1
JOINS, PAIRS, MERGES = 0.16, 0.22, 0.30
EVIDENCE = 9.0  # nats: about two words that one case in a hundred has, or one that one in ten thousand has
WINDOW = timedelta(days=45)  # without a new case an event is over
HALF_LIFE = timedelta(days=60)
EVERYDAY = 0.2  # a clue that more of the cases have says nothing
RARELY = 2  # a clue is never held for rarer: one case alone tells nothing about how rare it is
REACH = 1000  # groups that one clue leads to; commoner ones count only between groups found by others
COMPARED = 100
KEPT = 120  # clues of a group: what its cases have in common stands first
NEWS = 1.1  # weights are reckoned anew when the window grew so much
FACT = "\t"  # begins a clue that is a fact, which no word does
# How much a fact counts beside a word as rare, and how much of the likeness another one takes away.
FACTS = {"operator": 1.0, "district": 0.5, "street": 1.0, "goods": 1.0, "issue": 0.5}
AGAINST = {"operator": 0.8, "district": 0.3}

_SAYS_LITTLE = frozenset(
    FACT + "的了是在和你我他她它们这那有不没请吗怎什"
)  # begins no word by which an event is told

Clues: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Matter:
    """One case as this module sees it: its key, when it was received (aware), its clues."""

    case: int
    at: datetime
    clues: Clues


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a case came to: its group, how alike it is (0 to 1), what it shares with it, the groups that became one."""

    group: int
    likeness: float = 0.0
    shared: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()


class _Held(NamedTuple):
    """A case in a group: when it was received, and its clues, as small as they can be kept."""

    at: datetime
    clues: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """Cases held for one event, or one case that waits; ``counts`` says how many of them have a clue."""

    key: int
    is_fixed: bool
    cases: dict[int, _Held] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)  # cases by each fact, and by its name alone
    last_at: datetime | None = None
    norm: float = 0.0
    norm_of: tuple[int, int] = (0, 0)  # the epoch and size it was reckoned for


def clues_of(
    match_text: str, facts: Mapping[str, str | int | None] | None = None, *, named: Iterable[str] = ()
) -> Clues:
    """The clues of a case: its words and, by name (``FACTS``), what is known of operator, place, goods and problem.

    ``named`` are names of the operator and the places that are known as facts: their words do not count a second time.
    """
    told = {f"{FACT}{name}:{value}" for name, value in (facts or {}).items() if value not in (None, "")}
    names = [name for name in named if name]
    words = (word for word in words_of(match_text) if not any(word in name for name in names))
    # Most words are said again and again: kept once each, a window of a city takes a third of the memory.
    return frozenset(intern(clue) for clue in (*words, *told))


def _facts_in(clues: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The facts among clues that may speak against a group, each with its name."""
    for clue in clues:
        if clue.startswith(FACT) and (name := clue[1:].partition(":")[0]) in AGAINST:
            yield name, clue


class Finder:
    """The groups and waiting cases of a window, each new case placed among them."""

    def __init__(self) -> None:
        self._groups: dict[int, _Group] = {}
        self._holding: defaultdict[str, set[int]] = defaultdict(set)
        self._texts: defaultdict[str, float] = defaultdict(float)
        self._count = 0.0
        self._of: dict[int, int] = {}
        self._next = 1
        self._epoch, self._epoch_count = 1, 0.0
        self._weights: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._of)

    def learn(self, clues: Clues, *, times: float = 1.0) -> None:
        """Take note of which clues are common from a case that is itself not held; it may stand for several."""
        self._count += times
        for clue in clues:
            self._texts[clue] += times

    def members(self, group: int) -> tuple[int, ...]:
        """The cases of a group, in the order in which they came."""
        return tuple(self._groups[group].cases)

    def group_of(self, case: int) -> int | None:
        """The group that a case is in, alone or with others; none for a case that is not known."""
        return self._of.get(case)

    def has(self, group: int) -> bool:
        """Whether a group is still known: it may have been forgotten, or become one with another."""
        return group in self._groups

    def alike(self, one: Clues, other: Clues) -> float:
        """How alike the clues of two cases are, 0 to 1, by what is common now; nothing else speaks for or against."""
        self._renew()
        both = sum(self._weight(clue) ** 2 for clue in one & other)
        norms = sqrt(
            sum(self._weight(clue) ** 2 for clue in one) * sum(self._weight(clue) ** 2 for clue in other)
        )
        return both / norms if norms else 0.0

    def common(self, group: int, limit: int = 8) -> tuple[str, ...]:
        """What the cases of a group have in common, words only, most telling first."""
        held = self._groups[group]
        ranked = sorted(held.counts, key=lambda clue: (-held.counts[clue] * self._weight(clue), clue))
        least = max(2, len(held.cases) / 4)
        words = (clue for clue in ranked if held.counts[clue] >= least and clue[0] not in _SAYS_LITTLE)
        return tuple(word for word, _number in zip(words, range(limit), strict=False))

    def remember(self, matters: Iterable[Matter], *, is_fixed: bool = False) -> int:
        """Take over cases that are known to be one event (or one that waits); return their group."""
        group = self._new(is_fixed=is_fixed)
        for matter in matters:
            self._enter(group, matter)
        return group.key

    def place(self, matter: Matter, *, never: Collection[int] = ()) -> Placing:
        """Put a new case where it belongs: a group, a case that waited, or alone.

        ``never`` are cases it was told apart from: it joins no group that holds one of them.  A case that is known stays.
        """
        if matter.case in self._of:
            return Placing(self._of[matter.case])
        self._renew()
        found = [one for one in self._alike(matter) if not any(case in one[1].cases for case in never)]
        if not found:
            group = self._new(is_fixed=False)
            self._enter(group, matter)
            return Placing(group.key)
        best, into = found[0]
        shared = self._shared(matter.clues, into)
        self._enter(into, matter)
        others = [one for _likeness, one in found[1:] if len(one.cases) > 1]
        into, merged = self._merge(into, others, never)
        return Placing(into.key, best, shared, merged)

    def gather(self, cases: Iterable[int], into: int | None = None, *, is_fixed: bool = False) -> int:
        """Hold cases that are known as one group, wherever they were; return it.  Cases that are not known are left out."""
        group = self._groups.get(into) if into is not None else None
        if group is None:
            group = self._new(is_fixed=is_fixed)
        group.is_fixed = is_fixed
        for case in cases:
            if self._of.get(case, group.key) != group.key:
                self._hold(group, case, self._taken(case))
        return group.key

    def part(self, case: int) -> None:
        """Let a case wait alone again that somebody took out of its group."""
        key = self._of.get(case)
        if key is not None and len(self._groups[key].cases) > 1:
            self._hold(self._new(is_fixed=False), case, self._taken(case))

    def forget(self, now: datetime) -> None:
        """Let go of groups and waiting cases to which nothing came within the window; how common clues are, stays."""
        since = now - WINDOW
        for group in [one for one in self._groups.values() if one.last_at is None or one.last_at < since]:
            for case in group.cases:
                del self._of[case]
            self._end(group)

    # How alike

    def _alike(self, matter: Matter) -> list[tuple[float, _Group]]:
        """The groups that the case may join, most alike first."""
        weights = {clue: weight for clue in matter.clues if (weight := self._weight(clue))}
        norm = sqrt(sum(weight * weight for weight in weights.values()))
        found = []
        for key, most in self._candidates(weights):
            group = self._groups[key]
            least = JOINS if len(group.cases) > 1 else PAIRS
            if most < least * norm * self._norm(group):
                continue
            likeness, evidence = self._likeness(weights, norm, group)
            if likeness >= least and evidence >= EVIDENCE:
                likeness *= self._faded(group, matter.at) * self._not_opposed(group, matter.clues)
                if likeness >= least:
                    # A case that waits and a group are held against what each asks for.
                    found.append((likeness / least, likeness, group))
        found.sort(key=lambda one: (-one[0], one[2].key))
        return [(likeness, group) for _margin, likeness, group in found]

    def _candidates(self, weights: Mapping[str, float]) -> list[tuple[int, float]]:
        """The groups that share most with these clues, each with the most that its product with them can be.

        They are found by the clues that do not lead to everybody; the commoner ones count as if all groups had them.
        """
        shares: defaultdict[int, float] = defaultdict(float)
        everywhere = 0.0
        for clue, weight in weights.items():
            holding, square = self._holding.get(clue, ()), weight * weight
            if len(holding) > REACH:
                everywhere += square
                continue
            for key in holding:
                shares[key] += square
        best = nlargest(COMPARED, shares.items(), key=itemgetter(1))
        return [(key, share + everywhere) for key, share in best]

    def _likeness(self, weights: Mapping[str, float], norm: float, group: _Group) -> tuple[float, float]:
        """The cosine of these clues and a group's, and what the words that they share weigh."""
        size = len(group.cases)
        both = evidence = 0.0
        for clue, weight in weights.items():
            count = group.counts.get(clue)
            if count:
                both += weight * weight * count / size
                # What one of many cases has is no evidence for all of them; one operator has many matters.
                evidence += 0.0 if clue.startswith(FACT) else weight * min(1.0, 2 * count / size)
        return (both / (norm * self._norm(group)), evidence) if both else (0.0, 0.0)

    @staticmethod
    def _faded(group: _Group, at: datetime) -> float:
        assert group.last_at is not None
        apart: float = abs(at - group.last_at) / HALF_LIFE
        left: float = 0.5**apart
        return left

    @staticmethod
    def _not_opposed(group: _Group, clues: Clues) -> float:
        """The share of a likeness that is left where the group's cases have another operator or district."""
        left = 1.0
        for name, clue in _facts_in(clues):
            others = group.known[name] - group.known[clue]
            left *= 1 - AGAINST[name] * others / len(group.cases)
        return left

    def _norm(self, group: _Group) -> float:
        stands_for = (self._epoch, len(group.cases))
        if group.norm_of != stands_for:
            size = stands_for[1]
            group.norm = sqrt(sum((self._weight(clue) * n / size) ** 2 for clue, n in group.counts.items()))
            group.norm_of = stands_for
        return group.norm

    def _between(self, one: _Group, other: _Group) -> float:
        """How alike two groups are."""
        both = sum(
            (self._weight(clue) ** 2) * count * other.counts[clue] for clue, count in _common(one, other)
        )
        norms = self._norm(one) * self._norm(other) * len(one.cases) * len(other.cases)
        return both / norms if norms else 0.0

    def _shared(self, clues: Clues, group: _Group) -> tuple[str, ...]:
        words = [clue for clue in clues if clue in group.counts and self._weight(clue)]
        return tuple(sorted(words, key=lambda clue: (-self._weight(clue) * group.counts[clue], clue))[:8])

    def _weight(self, clue: str) -> float:
        """How much a clue says, in nats; 0 for an everyday one."""
        weight = self._weights.get(clue)
        if weight is None:
            texts = max(self._texts.get(clue, 0.0), RARELY)
            weight = log((self._count + 1) / texts) if texts <= EVERYDAY * self._count else 0.0
            if clue.startswith(FACT):
                weight *= FACTS.get(clue[1:].partition(":")[0], 1.0)
            self._weights[clue] = weight
        return weight

    def _renew(self) -> None:
        if self._count > self._epoch_count * NEWS:
            self._epoch, self._epoch_count = self._epoch + 1, self._count
            self._weights = {}

    # What is held

    def _new(self, *, is_fixed: bool) -> _Group:
        group = self._groups[self._next] = _Group(self._next, is_fixed)
        self._next += 1
        return group

    def _enter(self, group: _Group, matter: Matter) -> None:
        self.learn(matter.clues)
        self._hold(group, matter.case, _Held(matter.at, tuple(matter.clues)))

    def _hold(self, group: _Group, case: int, held: _Held) -> None:
        group.cases[case] = held
        group.counts.update(held.clues)
        group.known.update(one for pair in _facts_in(held.clues) for one in pair)
        group.last_at = held.at if group.last_at is None else max(held.at, group.last_at)
        self._of[case] = group.key
        if len(group.counts) > 2 * KEPT and len(group.cases) > 2:
            self._shorten(group)
        for clue in held.clues:
            if clue in group.counts:
                self._holding[clue].add(group.key)

    def _shorten(self, group: _Group) -> None:
        """Keep what the cases of a large group have in common, and let go of what one caller told besides."""
        kept = group.counts.most_common(KEPT)
        for clue in group.counts.keys() - dict(kept).keys():
            self._let_go(clue, group.key)
        group.counts = Counter(dict(kept))
        group.norm_of = (0, 0)

    def _taken(self, case: int) -> _Held:
        """Take a case out of its group, and the group away with the last one."""
        group = self._groups[self._of.pop(case)]
        held = group.cases.pop(case)
        if not group.cases:
            self._end(group)
            return held
        group.last_at = max(one.at for one in group.cases.values())
        group.norm_of = (0, 0)
        group.known.subtract(one for pair in _facts_in(held.clues) for one in pair)
        group.counts.subtract(clue for clue in held.clues if clue in group.counts)
        for clue in [clue for clue, count in group.counts.items() if count <= 0]:
            del group.counts[clue]
            self._let_go(clue, group.key)
        return held

    def _end(self, group: _Group) -> None:
        for clue in group.counts:
            self._let_go(clue, group.key)
        del self._groups[group.key]

    def _let_go(self, clue: str, key: int) -> None:
        holding = self._holding.get(clue)
        if holding is not None:
            holding.discard(key)
            if not holding:
                del self._holding[clue]

    def _merge(
        self, into: _Group, others: Iterable[_Group], never: Collection[int]
    ) -> tuple[_Group, tuple[int, ...]]:
        """Let groups that are alike become one, the oldest or the one that people made; return it and what went in."""
        gone: list[int] = []
        for other in others:
            is_apart = any(case in other.cases for case in never) or (into.is_fixed and other.is_fixed)
            if is_apart or self._between(into, other) < MERGES:
                continue
            stays, goes = (into, other) if _comes_first(into, other) else (other, into)
            self._end(goes)
            for case, held in goes.cases.items():
                self._hold(stays, case, held)
            gone.append(goes.key)
            into = stays
        return into, tuple(gone)


def _common(one: _Group, other: _Group) -> Iterator[tuple[str, int]]:
    return ((clue, count) for clue, count in one.counts.items() if clue in other.counts)


def _comes_first(one: _Group, other: _Group) -> bool:
    return (not one.is_fixed, one.key) < (not other.is_fixed, other.key)
