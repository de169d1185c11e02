"""Near-duplicate texts: a short signature of each, cut into bands that an index can find, and the exact likeness.

1. A text is reduced to its letters, digits and characters, and to the set of its runs of three (shingles): one changed
   word takes a few runs away, another order of sentences hardly any.
2. MinHash (C-MinHash: Li and Li 2021, in ``rensa``) turns the set into 36 numbers; two texts agree in each with the
   probability of their Jaccard likeness s.
3. The numbers are cut into 12 bands of 3.  Texts that agree in a whole band are candidates; the chance of at least one
   such band is 1 - (1 - s³)¹²: .04 % at s = .03, 28 % at .3, 80 % at .5, 94 % at .6, 99.3 % at .7, 99.99 % at .8.
   Contacts with 12315 have about 50 characters: one changed word leaves .8, three leave .5, and two people who tell of
   different matters have .004 in common (1 pair in 1,000 more than .23).  Four numbers a band would halve what is read
   and lose a third of the texts with three changes; more bands cost room and time for each registration.
4. Candidates are compared exactly (``likeness``); no estimate is ever shown.

Pure, and the same in every process and on every machine; whatever changes a band needs a new ``VERSION``, which makes
all keys new, so that bands of two versions never meet (tests/cases/test_near_text.py holds golden values).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from rensa import CMinHash

VERSION = 1
RUN = 3  # characters of a shingle
BANDS, ROWS = 12, 3
ALIKE = 0.5  # from this likeness on two texts are called similar
SHORTEST = 8  # letters; "想问一下" is said by everybody and alike to nothing
SHARED_RUN = 4  # characters that a passage has at least to be shown as shared
_SEED = 12315
_PACK = struct.Struct(f">HH{ROWS}I")  # version, band, the numbers of the band


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of a text, ``end`` not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are (Jaccard of their runs, 0 to 1), and the passages of each that the other has too."""

    score: float
    one: tuple[Passage, ...]
    other: tuple[Passage, ...]


def bands_of(match_text: str) -> list[int]:
    """Return the keys under which a text is found, one for each band; none for a text too short to compare.

    Keys are signed 64-bit numbers.
    """
    letters = _letters(match_text)
    if len(letters) < SHORTEST:
        return []
    sketch = CMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    sketch.update(sorted(_runs(letters, RUN)))
    numbers = sketch.digest()
    return [_key(band, numbers[band * ROWS : band * ROWS + ROWS]) for band in range(BANDS)]


def score(one: str, other: str) -> float:
    """How alike two texts are: the share of their runs of three that both have, 0 to 1."""
    return Compared(one).score(other)


class Compared:
    """One text that is compared with many."""

    def __init__(self, text: str) -> None:
        self._runs = _runs(_letters(text), RUN)

    def score(self, other: str) -> float:
        """How alike the other text is, 0 to 1."""
        theirs = _runs(_letters(other), RUN)
        both = len(self._runs & theirs)
        return both / (len(self._runs) + len(theirs) - both) if both else 0.0


def likeness(one: str, other: str) -> Likeness:
    """Compare two texts exactly and find the passages of four letters or more that stand in both, in whatever order."""
    both = _runs(_letters(one), SHARED_RUN) & _runs(_letters(other), SHARED_RUN)
    return Likeness(score(one, other), tuple(_passages(one, both)), tuple(_passages(other, both)))


def _letters(text: str) -> str:
    """A text without spaces, signs and the stars of what was hidden, in small letters."""
    return "".join(filter(str.isalnum, text)).lower()


def _runs(letters: str, length: int) -> set[str]:
    return {letters[start : start + length] for start in range(len(letters) - length + 1)}


def _key(band: int, numbers: list[int]) -> int:
    digest = blake2b(_PACK.pack(VERSION, band, *numbers), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _passages(text: str, both: set[str]) -> Iterator[Passage]:
    """The ranges of the text that are covered by runs that both texts have; signs inside belong to them."""
    places = [place for place, sign in enumerate(text) if sign.isalnum()]
    letters = [text[place].lower() for place in places]
    shared = [False] * len(letters)
    for start in range(len(letters) - SHARED_RUN + 1):
        if "".join(letters[start : start + SHARED_RUN]) in both:
            shared[start : start + SHARED_RUN] = [True] * SHARED_RUN
    begin: int | None = None
    for number, is_shared in enumerate([*shared, False]):
        if is_shared and begin is None:
            begin = number
        elif not is_shared and begin is not None:
            yield Passage(places[begin], places[number - 1] + 1)
            begin = None
