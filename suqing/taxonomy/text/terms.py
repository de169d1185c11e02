"""Which terms tell some texts from others: what an analyst may add to a rule.

A term is a word of the dictionary (rjieba) or two that stand together, so that words no dictionary has are met too; of terms
inside one another that occur in nearly the same texts only the longest is kept.  Texts are counted, not occurrences: one long text is one voice.  Terms are ranked by the
z-score of their log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, Political Analysis 16:372),
which lets neither rare nor everyday terms rise to the top.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log, sqrt

import rjieba

from suqing.taxonomy.text.normalise import fold_case

LONGEST = 6  # characters of two words together
READ = 600  # characters of a text that are looked at
NEARLY_ALL = 0.9  # of the texts of a term hold the longer one too: the longer one is meant
PRIOR = 500.0  # texts that the prior weighs
FEWEST = 3  # texts that must hold a term
SURE = 2.58  # z-score that chance alone passes once in a hundred terms
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]{2,20}")
_HOLDS_LITTLE = frozenset(
    "的了是在和与及就都也还又我你他她它们这那有不没说要请把被给让对向从到于为以等个吗呢吧啊嘛"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term with how many texts of either side hold it; ``score`` is the z-score."""

    word: str
    inside: int
    outside: int
    score: float


def telling(
    inside: Sequence[str], outside: Sequence[str], *, known: Collection[str] = (), limit: int = 12
) -> list[Term]:
    """The terms that occur in more of the texts inside than of those outside, most telling first.

    ``known`` are words that need not be told: terms inside them or around them are left out.
    """
    if not inside or not outside:
        return []
    here, there = _texts_of_terms(inside), _texts_of_terms(outside)
    held = {word: count for word, count in here.items() if count >= FEWEST and not _is_known(word, known)}
    scored = [
        Term(word, count, there[word], _score(count, len(inside), there[word], len(outside)))
        for word, count in held.items()
    ]
    sure = sorted((term for term in scored if term.score > SURE), key=lambda one: (-one.score, one.word))
    return _without_parts(sure, limit)


def terms_of(text: str) -> set[str]:
    """The terms of one normalised text."""
    found: set[str] = set()
    for run in _RUN.findall(fold_case(text[:READ])):
        if run[0] < "\u4e00":
            found.add(run)
            continue
        words = _words()(run)
        found.update(word for word in words if len(word) > 1)
        found.update(one + other for one, other in pairwise(words) if len(one) + len(other) <= LONGEST)
    return found


def words_of(text: str) -> set[str]:
    """The words of two characters or more of one normalised text, as the dictionary cuts them."""
    found: set[str] = set()
    for run in _RUN.findall(fold_case(text[:READ])):
        found.update([run] if run[0] < "\u4e00" else (word for word in _words()(run) if len(word) > 1))
    return found


@cache
def _words() -> Callable[[str], list[str]]:
    """rjieba's words; its dictionary is read at the first use, not when a server starts."""
    cut: Callable[[str], list[str]] = rjieba.cut
    cut("字")
    return cut


def _texts_of_terms(texts: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text in texts:
        found.update(terms_of(text))
    return found


def says_little(word: str) -> bool:
    """Whether a term begins or ends with a character that only joins others: such a piece is no word of a matter."""
    return word[0] in _HOLDS_LITTLE or word[-1] in _HOLDS_LITTLE


def _is_known(word: str, known: Collection[str]) -> bool:
    return says_little(word) or any(word in one or one in word for one in known)


def _score(inside: int, all_inside: int, outside: int, all_outside: int) -> float:
    """The z-score of the log-odds; the prior is the share of both sides together."""
    share = (inside + outside) / (all_inside + all_outside)
    weight, rest = PRIOR * share, PRIOR * (1 - share) + 0.5  # a term that all texts hold has odds too
    odds_in = (inside + weight) / (all_inside - inside + rest)
    odds_out = (outside + weight) / (all_outside - outside + rest)
    return log(odds_in / odds_out) / sqrt(1 / (inside + weight) + 1 / (outside + weight))


def _without_parts(ranked: Sequence[Term], limit: int) -> list[Term]:
    """Of terms inside one another only the one that says more: the longer where nearly as many texts hold it."""
    kept: list[Term] = []
    for term in ranked[: 20 * limit]:
        around = [one for one in kept if term.word in one.word]
        inside = [one for one in kept if one.word in term.word]
        if around or any(term.inside < NEARLY_ALL * one.inside for one in inside):
            continue
        place = min((kept.index(one) for one in inside), default=len(kept))
        kept = [one for one in kept if one not in inside]
        kept.insert(place, term)
    return kept[:limit]
