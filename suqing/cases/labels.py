"""What the words of the closed lists are called.  Pure."""

from __future__ import annotations

from enum import StrEnum


class Labels:
    """What each word is called, by the enumeration and its value: words of two lists may be spelt alike."""

    def __init__(self, *pairs: tuple[StrEnum, str]) -> None:
        self._by_word = {(type(word), word.value): label for word, label in pairs}
        if len(self._by_word) != len(pairs):
            raise ValueError("a word has two labels")

    def __getitem__(self, word: StrEnum) -> str:
        return self._by_word[(type(word), word.value)]
