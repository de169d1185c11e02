"""How good a topic's rule is, told from a labelled sample: precision, estimated recall, and whether two people agree.  Pure.

All cases are split by what the rule says of them, the strata; from each some are drawn and read by people.  The share
that belongs in a stratum has a Jeffreys posterior, Beta(x + ½, n − x + ½) (Brown, Cai & DasGupta 2001, Statistical
Science 16:101); what was read counts as it is.  Intervals are the middle 95 % of draws from these, so that a stratum of
many cases of which few were read widens the recall as much as it must.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from random import Random

DRAWS = 4_000
SEED = 20200120  # the same answer at every look


class Stratum(StrEnum):
    """What the rule says of a case: found; holds some of its words; holds words that found cases share; neither."""

    HIT = "hit"
    NEAR = "near"
    KIN = "kin"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Share:
    """Of ``total`` cases ``read`` were read, ``belonging`` of these belong; half a case where readers disagree."""

    total: int
    read: int
    belonging: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, and between which shares it lies with 95 %."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """``precision`` is the share of what it finds that belongs, ``recall`` the share of what belongs that it finds; None
    while too little has been read to say."""

    precision: Interval | None
    recall: Interval | None


def accuracy(shares: Mapping[Stratum, Share]) -> Accuracy:
    """Precision and recall from what was read in each stratum.

    Recall is told once something was read in every stratum that holds a case.
    """
    return _accuracy(tuple(sorted(shares.items())))


@lru_cache(maxsize=256)  # a list of topics asks for the same ones at every look
def _accuracy(told: tuple[tuple[Stratum, Share], ...]) -> Accuracy:
    shares = dict(told)
    hit = shares.get(Stratum.HIT, Share(0, 0, 0))
    if not hit.read:
        return Accuracy(None, None)
    chance = Random(SEED)
    here = [_belonging(hit, chance) for _ in range(DRAWS)]
    precision = _interval(hit.belonging / hit.read, [count / hit.total for count in here])
    others = [share for stratum, share in shares.items() if stratum is not Stratum.HIT and share.total]
    if not all(share.read for share in others):
        return Accuracy(precision, None)
    missed = [sum(_belonging(share, chance) for share in others) for _ in range(DRAWS)]
    plain = [share.total * share.belonging / share.read for share in (hit, *others)]
    found = [one / (one + lost) if one + lost else 0.0 for one, lost in zip(here, missed, strict=True)]
    return Accuracy(precision, _interval(plain[0] / sum(plain) if sum(plain) else 0.0, found))


def _belonging(share: Share, chance: Random) -> float:
    """How many of all cases of the stratum belong, drawn once."""
    left = max(0, share.total - share.read)
    if not left:
        return share.belonging
    drawn = chance.betavariate(share.belonging + 0.5, share.read - share.belonging + 0.5)
    return share.belonging + left * drawn


def _interval(share: float, drawn: list[float]) -> Interval:
    drawn.sort()
    low, high = drawn[int(0.025 * DRAWS)], drawn[int(0.975 * DRAWS)]
    return Interval(share, min(low, share), max(high, share))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of ``both`` cases that two people read they said the same of ``alike``.  ``kappa`` is Cohen's (1960): how much more
    than two people who guess; None where both always say one thing."""

    both: int
    alike: int
    kappa: float | None


def agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """How far two readers agree, from what each said of the same cases."""
    both = len(pairs)
    alike = sum(one == other for one, other in pairs)
    if not both:
        return Agreement(0, 0, None)
    first, second = (sum(pair[side] for pair in pairs) / both for side in (0, 1))
    by_chance = first * second + (1 - first) * (1 - second)
    kappa = None if by_chance == 1 else (alike / both - by_chance) / (1 - by_chance)
    return Agreement(both, alike, kappa)
