"""A linear model of classes in a tree: the choice among siblings, from the top down, with calibrated probabilities.

A class scores the sum of its weights over the features of the text; the scores of siblings, sharpened by a number found
on texts the model had not seen (temperature scaling, Guo et al. 2017), give the share of each below its parent; the
probability of a class is the product along its path.  So a parent is never less probable than its children, and who is
unsure of the child can still be sure of the parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import rjieba
from numpy.typing import NDArray

from suqing.taxonomy.text.classify.features import WORD, FeatureSpace, Floats, readable

SHOWN_WORDS = 3
BATCH = 256  # texts at a time, so that the gathered weights stay in the cache


@dataclass(frozen=True, slots=True)
class Group:
    """Sibling classes: their places among the classes, the place of the parent (None at the top), and how much their
    scores are sharpened."""

    parent: int | None
    members: tuple[int, ...]
    sharpness: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A class with its probability and the words of the text that spoke for it, the strongest first."""

    code: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """``weights`` has a row a feature and a column a class, ``bias`` a number a class; ``facts`` say how it was made."""

    space: FeatureSpace
    codes: tuple[str, ...]
    groups: tuple[Group, ...]
    weights: Floats
    bias: Floats
    facts: Mapping[str, object] = field(default_factory=dict)

    def guess(self, text: str, limit: int = 3, *, back_off: float = 0.0) -> list[Guess]:
        """The best classes for a text, best first; none where nothing of the text is known.

        Those are the deepest classes of the tree; one less probable than ``back_off`` gives way to the class above it, unless
        that stands above one that is told already.
        """
        plain = readable(text)
        row = self.space.row(plain)
        if not row:
            return []
        places = np.fromiter(map(self.space.places.__getitem__, row), np.int32, len(row))
        values = np.fromiter(row.values(), np.float32, len(row))
        shares = self.shares(values @ self.weights[places] + self.bias)
        found = [
            (place, float(shares[place]))
            for place in self._best(shares, limit, back_off)
            if shares[place] > 0
        ]
        said = _Said(plain, list(row), values)
        return [
            Guess(self.codes[place], share, said.words(self._speaks_for(place, places)))
            for place, share in found
        ]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """The probability of every class for each text, a row a text."""
        return self.shares(self.scores(texts))

    def scores(self, texts: Sequence[str]) -> Floats:
        """The score of every class for each text."""
        found = np.empty((len(texts), len(self.codes)), np.float32)
        for first in range(0, len(texts), BATCH):
            rows = self.space.rows(map(readable, texts[first : first + BATCH]))
            for at, (start, end) in enumerate(pairwise(rows.starts.tolist()), first):
                found[at] = rows.weights[start:end] @ self.weights[rows.places[start:end]]
        return found + self.bias

    def shares(self, scores: Floats) -> Floats:
        """Probabilities from scores; the last axis are the classes."""
        found = np.zeros_like(scores)
        for group in self.groups:  # parents stand before their children
            members = list(group.members)
            found[..., members] = softmax(scores[..., members] * group.sharpness)
            if group.parent is not None:
                found[..., members] *= found[..., [group.parent]]
        return found

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """The places of the classes that have none below them in the model."""
        above = {group.parent for group in self.groups}
        return tuple(place for place in range(len(self.codes)) if place not in above)

    @cached_property
    def parents(self) -> Mapping[int, int | None]:
        return {member: group.parent for group in self.groups for member in group.members}

    @cached_property
    def _siblings(self) -> Mapping[int, tuple[int, ...]]:
        return {member: group.members for group in self.groups for member in group.members}

    def _best(self, shares: Floats, limit: int, back_off: float) -> list[int]:
        found: list[int] = []
        for leaf in sorted(self.leaves, key=lambda place: -shares[place]):
            place = leaf
            while shares[place] < back_off and (above := self.parents[place]) is not None:
                place = above
            if any(place in self._line(one) for one in found):
                place = leaf  # who was offered a class is not helped by the one above it
            if place not in found:
                found.append(place)
            if len(found) == limit:
                break
        return found

    def _line(self, place: int) -> list[int]:
        """A class and those above it."""
        line = [place]
        while (above := self.parents[line[-1]]) is not None:
            line.append(above)
        return line

    def _speaks_for(self, place: int, features: NDArray[np.int32]) -> Floats:
        """How much more each feature speaks for the class than for its siblings, the classes above it counted in."""
        total = np.zeros(len(features), np.float32)
        at: int | None = place
        while at is not None:
            siblings = list(self._siblings[at])
            total += self.weights[features, at] - self.weights[features][:, siblings].mean(axis=1)
            at = self.parents[at]
        return total


def softmax(scores: Floats) -> Floats:
    """Shares that add up to 1 along the last axis."""
    raised: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


class _Said:
    """What a text says, for showing which of its words decided: every feature's part is spread over the characters it
    covers, and a word has what its characters have."""

    def __init__(self, plain: str, names: Sequence[str], values: Floats) -> None:
        self.plain, self.values = plain, values
        self.spans = [list(_occurrences(plain, name.removeprefix(WORD))) for name in names]

    def words(self, speaks: Floats) -> tuple[str, ...]:
        """The words that spoke for it most."""
        part = np.zeros(len(self.plain))
        for value, spans in zip((self.values * speaks).tolist(), self.spans, strict=True):
            for start, end in spans:
                part[start:end] += value / (len(spans) * (end - start))
        spoke: dict[str, float] = {}
        at = 0
        for word in rjieba.cut(self.plain):
            spoke[word] = spoke.get(word, 0.0) + float(part[at : at + len(word)].sum())
            at += len(word)
        best = sorted(
            (word for word in spoke if spoke[word] > 0 and word != "0"), key=lambda word: -spoke[word]
        )
        return tuple(best[:SHOWN_WORDS])


def _occurrences(plain: str, run: str) -> Iterator[tuple[int, int]]:
    at = plain.find(run)
    while at >= 0:
        yield at, at + len(run)
        at = plain.find(run, at + 1)
