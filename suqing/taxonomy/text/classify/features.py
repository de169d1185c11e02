"""What a linear model sees of a text: runs of one to three characters and words, weighed by how rare they are.

Two blocks stand side by side, each of length 1: characters find spellings that no dictionary knows, words (rjieba's
search mode, which also gives the short words inside long ones) find the sense.  Weights are (1 + ln tf) · idf with
idf = ln((1 + n) / (1 + df)) + 1 (Salton & Buckley 1988).  Punctuation is left out; a number is one sign, so that sums and
dates do not become words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np
import rjieba
from numpy.typing import NDArray

from suqing.taxonomy.text.normalise import fold_case, normalise

Floats = NDArray[np.float32]
Places = NDArray[np.int32]

LONGEST_TEXT = 2_000  # characters that are looked at
LONGEST_RUN = 3
HELD = 2_000_000  # features counted at a time; beyond it those met once are forgotten
WORD = " "  # stands before a word, so that 口罩 the word and 口罩 the two characters are two features
_LEFT_OUT = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"[0-9]+")
# In texts without real names a letter stands for the place: A市, K8县.
_VEILED_PLACE = re.compile(r"[a-z][0-9]*(?=[省市县区镇乡])")


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows, one a text: row i has the places and weights from ``starts[i]`` to ``starts[i + 1]``."""

    starts: NDArray[np.int64]
    places: Places
    weights: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1


def readable(text: str) -> str:
    """The text as features are read from it: one way of writing, without punctuation, numbers as 0."""
    plain = fold_case(normalise(text[:LONGEST_TEXT]).text)
    return _LEFT_OUT.sub("", _NUMBER.sub("0", _VEILED_PLACE.sub("", plain)))


def character_runs(plain: str) -> list[str]:
    """The runs of one to three characters of a readable text, repeats included."""
    found = list(plain)
    for size in range(2, LONGEST_RUN + 1):
        found += [plain[at : at + size] for at in range(len(plain) - size + 1)]
    return found


def words_of(plain: str) -> list[str]:
    """The words of a readable text, the short ones inside long ones too, repeats included."""
    return [WORD + word for word in _search_words()(plain)]


@cache
def _search_words() -> Callable[[str], list[str]]:
    """rjieba's search mode; its dictionary is read at the first use, not when a server starts."""
    cut: Callable[[str], list[str]] = rjieba.cut_for_search
    cut("字")
    return cut


BLOCKS = (character_runs, words_of)


class FeatureSpace:
    """The features that count, each with its place in a row and its rarity."""

    def __init__(self, names: Sequence[str], rarity: Floats) -> None:
        if len(names) != len(rarity):
            raise ValueError("as many rarities as features")
        self.names = tuple(names)
        self.rarity = rarity
        self.places = {name: place for place, name in enumerate(self.names)}
        self._rarity = rarity.tolist()

    def __len__(self) -> int:
        return len(self.names)

    def row(self, plain: str) -> dict[str, float]:
        """The features of a readable text with their weights."""
        found: dict[str, float] = {}
        for block in BLOCKS:
            weights = self._block(block(plain))
            length = sum(weight * weight for weight in weights.values()) ** 0.5
            for name, weight in weights.items():
                found[name] = weight / length
        return found

    def _block(self, names: list[str]) -> dict[str, float]:
        places, rarity = self.places, self._rarity
        return {
            name: (rarity[places[name]] if times == 1 else (1 + log(times)) * rarity[places[name]])
            for name, times in Counter(names).items()
            if name in places
        }

    def rows(self, plain_texts: Iterable[str]) -> Rows:
        """The rows of readable texts."""
        starts, places, weights = [0], [], []
        for plain in plain_texts:
            row = self.row(plain)
            places.append(np.fromiter(map(self.places.__getitem__, row), np.int32, len(row)))
            weights.append(np.fromiter(row.values(), np.float32, len(row)))
            starts.append(starts[-1] + len(row))
        if not places:
            return Rows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
        return Rows(np.array(starts, np.int64), np.concatenate(places), np.concatenate(weights))


def learn_features(plain_texts: Iterable[str], *, at_least: int = 1, at_most: int = 300_000) -> FeatureSpace:
    """The features that occur in at least so many readable texts, the most frequent ones where there are too many.

    Memory is bounded: while counting, what was met once is forgotten whenever there are more than two million.
    """
    met: Counter[str] = Counter()
    texts = 0
    for plain in plain_texts:
        texts += 1
        for block in BLOCKS:
            met.update(set(block(plain)))
        if len(met) > HELD:
            met = Counter({name: times for name, times in met.items() if times > 1})
    kept = [(name, times) for name, times in met.items() if times >= at_least]
    kept.sort(key=lambda pair: (-pair[1], pair[0]))
    kept = kept[:at_most]
    rarity = np.array([log((1 + texts) / (1 + times)) + 1 for _name, times in kept], np.float32)
    return FeatureSpace([name for name, _times in kept], rarity)
