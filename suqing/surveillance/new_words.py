"""Which words are heard now that were not, or hardly, heard before.  Pure: what was said in, rising words out.

Windows of equal length (a day, a week) are held side by side: the last one against those before it.  People are counted, not
cases: who calls five times is one voice, and a word needs three.

1. Terms (``taxonomy.text.terms``) are cut from the words of the last window.  Where one stands is then looked for as rules of
   topics do, as characters anywhere, in all windows alike: how a dictionary happens to cut an older text does not matter.
2. The voices that hold a term in a window are taken as overdispersed Poisson about its share of the windows before.  The share
   is known by what was counted only (a Gamma posterior with half a voice, Jeffreys), so the next window follows a negative
   binomial law (Gelman and others 2013, Bayesian Data Analysis, 2.6); where windows differ more than chance lets them, counts are
   divided by how much more (quasi-likelihood, McCullagh & Nelder 1989, 6.2), by the term's own dispersion or the usual one of
   all terms, whichever is larger.
3. Of all terms looked at, those are kept that hold Benjamini & Hochberg (1995) at ``FALSE_SHARE``, and at least ``TIMES`` what
   was expected: in a large centre small shifts are certain too, and of no use.
4. Terms that the same people said are told once, the most surprising first with the others beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p

from ahocorasick_rs import AhoCorasick, MatchKind

from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.terms import says_little, terms_of

FEWEST = 3  # voices that must hold a word
FEWEST_BEFORE = 300  # voices without which nothing is known of what is usual
FALSE_SHARE = 0.01  # of the words told, on average
TIMES = 2.0  # what was expected
SAME_VOICES = 0.5  # of the voices of either word hold both: they are told as one
BESIDE = 5  # words told beside another
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one case, normalised and redacted; ``who`` is the same for all cases of one person."""

    case: int
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Rising:
    """A word heard more than usual.  ``curve`` has the voices of each window, the oldest first and the last one at its end;
    ``expected`` voices by what came before; ``surprise`` is -log10 of the probability of so many by chance."""

    word: str
    beside: tuple[str, ...]
    cases: tuple[int, ...]
    curve: tuple[int, ...]
    expected: float
    surprise: float

    @property
    def voices(self) -> int:
        return self.curve[-1]

    @property
    def is_new(self) -> bool:
        """Whether nobody said it in the windows before."""
        return not any(self.curve[:-1])


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found; ``voices`` of each window, the oldest first; ``looked_at`` how many words were judged."""

    words: tuple[Rising, ...]
    voices: tuple[int, ...]
    looked_at: int

    @property
    def knows_enough(self) -> bool:
        """Whether the windows before hold enough voices to tell what is usual."""
        return is_enough(self.voices)


def is_enough(voices: Sequence[int]) -> bool:
    """Whether the voices of the windows, the last one at the end, tell what is usual."""
    return sum(voices[:-1]) >= FEWEST_BEFORE


def look(last: Sequence[Said], before: Iterable[Iterable[Said]], *, ignored: Collection[str] = ()) -> Look:
    """Hold the last window against those before it, given oldest first; each is read once."""
    words = _candidates(last, ignored)
    finder = _Finder(words)
    earlier = [finder.count(one) for one in before]
    now = finder.count(last)
    voices = tuple(one.voices for one in (*earlier, now))
    unjudged = Look((), voices, len(words))
    if not words or not unjudged.knows_enough:
        return unjudged
    curves = {word: tuple(one.held[word] for one in (*earlier, now)) for word in words}
    judged = _judge(curves, voices)
    kept = [one for one in _few_by_chance(judged) if one.curve[-1] >= TIMES * one.expected]
    return Look(tuple(_told(kept, finder.holders(last, [one.word for one in kept]))), voices, len(words))


# What is counted


def _candidates(last: Sequence[Said], ignored: Collection[str]) -> list[str]:
    """The terms that enough people said, in a fixed order."""
    passed = frozenset(map(fold_case, ignored))
    held: Counter[str] = Counter()
    for texts in _by_voice(last).values():
        held.update(set().union(*(terms_of(text) for text in texts)))
    enough = (word for word, count in held.items() if count >= FEWEST)
    return sorted(word for word in enough if not (says_little(word) or word.isdigit() or word in passed))


def _by_voice(said: Iterable[Said]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in said:
        found.setdefault(one.who, []).append(one.text)
    return found


@dataclass(frozen=True, slots=True)
class _Counted:
    voices: int
    held: Counter[str]


class _Finder:
    """Finds all words at once, as characters anywhere."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._automaton = AhoCorasick(words, matchkind=MatchKind.Standard) if words else None

    def count(self, said: Iterable[Said]) -> _Counted:
        """How many people spoke, and how many of them said each word."""
        held: Counter[str] = Counter()
        spoken = _by_voice(said)
        for texts in spoken.values():
            held.update(self._in("\n".join(texts)))
        return _Counted(len(spoken), held)

    def holders(self, said: Iterable[Said], words: Collection[str]) -> dict[str, tuple[set[str], list[int]]]:
        """Who said each of these words, and in which cases."""
        found: dict[str, tuple[set[str], list[int]]] = {word: (set(), []) for word in words}
        for one in said:
            for word in self._in(one.text).intersection(found):
                found[word][0].add(one.who)
                found[word][1].append(one.case)
        return found

    def _in(self, text: str) -> set[str]:
        if self._automaton is None:
            return set()
        matches = self._automaton.find_matches_as_indexes(fold_case(text), overlapping=True)
        return {self._words[match[0]] for match in matches}


# What is surprising


@dataclass(frozen=True, slots=True)
class _Judged:
    word: str
    curve: tuple[int, ...]
    expected: float
    log_chance: float


def _judge(curves: dict[str, tuple[int, ...]], voices: tuple[int, ...]) -> list[_Judged]:
    """How probable each count of the last window is."""
    spread = {word: _dispersion(curve[:-1], voices[:-1]) for word, curve in curves.items()}
    usual = _usual_dispersion(spread.values())
    return [_judged(word, curve, voices, max(usual, spread[word] or 1.0)) for word, curve in curves.items()]


def _judged(word: str, curve: tuple[int, ...], voices: tuple[int, ...], dispersion: float) -> _Judged:
    counted = sum(curve[:-1]) + 0.5
    expected = voices[-1] * counted / (sum(voices[:-1]) + 1.0)
    chance = log_tail(curve[-1] / dispersion, expected / dispersion, counted / dispersion)
    return _Judged(word, curve, expected, chance)


def _dispersion(counts: Sequence[int], voices: Sequence[int]) -> float | None:
    """The variance of the windows over what chance gives (Pearson); None for a word too rare to tell."""
    share = sum(counts) / sum(voices)
    places = [
        (count, share * spoken) for count, spoken in zip(counts, voices, strict=True) if share * spoken > 0
    ]
    if len(places) < 2 or sum(mean for _count, mean in places) < len(places):
        return None
    return sum((count - mean) ** 2 / mean for count, mean in places) / (len(places) - 1)


def _usual_dispersion(spread: Iterable[float | None]) -> float:
    """The median of those that are known, at least one."""
    known = sorted(one for one in spread if one is not None)
    return max(1.0, known[len(known) // 2]) if known else 1.0


def _few_by_chance(judged: list[_Judged]) -> list[_Judged]:
    """Those that Benjamini & Hochberg keep, the most surprising first; of equal ones the longer word, then by its characters."""
    ranked = sorted(judged, key=lambda one: (one.log_chance, -len(one.word), one.word))
    limits = (log(FALSE_SHARE * rank / len(ranked)) for rank in range(1, len(ranked) + 1))
    last = max((n for n, (one, limit) in enumerate(zip(ranked, limits, strict=True), 1) if one.log_chance <= limit), default=0)  # fmt: skip
    return ranked[:last]


def log_tail(count: float, mean: float, size: float) -> float:
    """The natural logarithm of P(X >= count) of a negative binomial law with this mean and size; ``count`` > 0 need not be whole.

    P(X >= c) is the regularised incomplete beta function I_q(c, size) with q = mean / (mean + size) (DLMF 8.17).
    """
    share = mean / (mean + size)
    front = count * log(share) + size * log1p(-share) + lgamma(count + size) - lgamma(count) - lgamma(size)
    if share < (count + 1) / (count + size + 2):
        return front - log(count) + log(_fraction(count, size, share))
    rest = exp(front - log(size)) * _fraction(size, count, 1 - share)
    return log1p(-rest) if rest < 1 else -inf


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz (DLMF 8.17.22)."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for step in range(1, 500):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + term / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < 1e-12:
            break
    return value


# What is told


def _told(kept: Sequence[_Judged], holders: dict[str, tuple[set[str], list[int]]]) -> list[Rising]:
    """Words of the same voices as one, in the order given."""
    groups: list[list[_Judged]] = []
    for one in kept:
        mine = holders[one.word][0]
        near = next((group for group in groups if _alike(mine, holders[group[0].word][0])), None)
        if near is None:
            groups.append([one])
        else:
            near.append(one)
    return [_rising(_longest_first(group), holders) for group in groups]


def _alike(some: set[str], others: set[str]) -> bool:
    return len(some & others) >= SAME_VOICES * len(some | others)


def _longest_first(group: list[_Judged]) -> list[_Judged]:
    """Of words around the first one that as many people said, the longest leads: it is what they said."""
    lead = group[0]
    same = [one for one in group if lead.word in one.word and one.curve[-1] == lead.curve[-1]]
    best = max(same, key=lambda one: len(one.word))
    return [best, *(one for one in group if one is not best)]


def _rising(group: list[_Judged], holders: dict[str, tuple[set[str], list[int]]]) -> Rising:
    lead = group[0]
    beside: list[str] = []
    for one in group[1:]:
        if not any(one.word in told or told in one.word for told in (lead.word, *beside)):
            beside.append(one.word)
    surprise = -lead.log_chance / log(10)
    cases = tuple(sorted(holders[lead.word][1]))
    return Rising(lead.word, tuple(beside[:BESIDE]), cases, lead.curve, lead.expected, surprise)
