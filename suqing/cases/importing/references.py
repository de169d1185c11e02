"""What the words in a table's cells are here: classes, requests, units, places.  Plain values, filled by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from suqing.cases.importing.cells import plain
from suqing.taxonomy.reference import place_named

PATH = "->"


@lru_cache(maxsize=20_000)
def word_key(text: str) -> str:
    """Bring a name to the form in which names are compared."""
    return "".join(plain(text).split()).casefold()


@lru_cache(maxsize=50_000)
def _place(text: str, near: tuple[str, ...]) -> str:
    return place_named(text, near)


@dataclass(frozen=True, slots=True)
class ClassIndex:
    """The classes of one tree: by path and by what is unique of it, and the path of each code."""

    codes: Mapping[str, str] = field(default_factory=dict)  # word_key of a path or of a unique name -> code
    paths: Mapping[str, str] = field(default_factory=dict)  # code -> path joined by ->

    def find(self, text: str) -> tuple[str, bool]:
        """Give the code of a path or name and whether all of it was known; ("", False) for a stranger.

        A path whose last levels are unknown gives the deepest level that is known: the caller tells so.
        """
        levels = [word_key(level) for level in text.split(PATH) if level.strip()]
        for length in range(len(levels), 0, -1):
            code = self.codes.get(PATH.join(levels[:length]))
            if code is not None:
                return code, length == len(levels)
        return "", False


def class_index(nodes: Iterable[tuple[str, str]]) -> ClassIndex:
    """Make the index of a tree's (code, path joined by ``->``); a name that two classes have counts for neither."""
    paths = dict(nodes)
    codes: dict[str, str] = {}
    doubtful: set[str] = set()
    for code, path in paths.items():
        levels = [word_key(level) for level in path.split(PATH)]
        for start in range(1, len(levels)):
            key = PATH.join(levels[start:])
            if codes.setdefault(key, code) != code:
                doubtful.add(key)
    for key in doubtful:
        del codes[key]
    # A whole path is never doubtful and wins over a shortened one.
    codes.update(
        {PATH.join(word_key(level) for level in path.split(PATH)): code for code, path in paths.items()}
    )
    return ClassIndex(codes, paths)


@dataclass(frozen=True, slots=True)
class References:
    """``classes``: object, issue, report_issue and request.  ``units``: word_key of a name -> code.

    ``near``: codes of the cities that a name means which several places have.  ``place_names``: full name of each
    division code; only these are places.
    """

    classes: Mapping[str, ClassIndex] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit_names: Mapping[str, str] = field(default_factory=dict)  # code -> name
    near: tuple[str, ...] = ()
    place_names: Mapping[str, str] = field(default_factory=dict)

    def place(self, text: str) -> str:
        """Give the division code that a text names, or "" (also where it could be several)."""
        code = _place(text, self.near)
        return code if code in self.place_names else ""

    def tree(self, kind: str) -> ClassIndex:
        """Give the index of a kind of class; an empty one where there is none."""
        return self.classes.get(kind) or _EMPTY


_EMPTY = ClassIndex()
