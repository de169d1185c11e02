"""Shares: things to draw by weight, and numbers split by weight."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class QuickRandom(Random):
    """Chance for millions of cases: draws by one multiplication, which favours nothing that anybody could see."""

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]
        return seq[int(self.random() * len(seq))]

    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b - a + 1))

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        if stop is not None or step != 1:
            raise NotImplementedError("only randrange(n)")
        return int(self.random() * start)


class Urn(Generic[T]):
    """Things to draw, each with its weight."""

    def __init__(self, weighted: Mapping[T, float]) -> None:
        self.things = [thing for thing, weight in weighted.items() if weight > 0]
        self.sums = list(accumulate(weighted[thing] for thing in self.things))
        self.total, self.last = self.sums[-1] + 0.0, len(self.things) - 1

    def draw(self, rng: Random) -> T:
        """Draw one thing."""
        return self.things[bisect(self.sums, rng.random() * self.total, 0, self.last)]  # as rng.choices does


def apportioned(weights: Mapping[T, float], number: int) -> dict[T, int]:
    """Split a number by weights, by largest remainder."""
    total = sum(weights.values())
    exact = {thing: number * weight / total for thing, weight in weights.items() if weight > 0}
    result = {thing: int(share) for thing, share in exact.items()}
    rest = number - sum(result.values())
    for thing in sorted(exact, key=lambda one: result[one] - exact[one])[:rest]:
        result[thing] += 1
    return result
