"""Unified social credit codes of operators (统一社会信用代码), GB 32100-2015."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_NEVER_USED = frozenset("IOSVZ")

Reason = Literal["length", "letter", "character", "division", "check_digit"]


class BadUscc(ValueError):
    """A code that cannot be right.  ``reason`` says why, ``detail`` names the character or digit at fault."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


def normalise(code: str) -> str:
    """Bring full-width and small letters, spaces and dashes to the printed form; guess at no character."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code)).upper()


def check_digit(first17: str) -> str:
    """Compute the 18th character from the first 17.  Raise BadUscc for a character never used."""
    if len(first17) != LENGTH - 1:
        raise BadUscc("length", str(len(first17)))
    total = sum(_value(character) * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def check(code: str) -> None:
    """Accept a normalised code silently; raise BadUscc with the reason otherwise."""
    if len(code) != LENGTH:
        raise BadUscc("length", str(len(code)))
    for character in code:
        _value(character)
    if not (code[2:8].isascii() and code[2:8].isdigit()):
        raise BadUscc("division", code[2:8])
    if check_digit(code[:-1]) != code[-1]:
        raise BadUscc("check_digit", code[-1])


def _value(character: str) -> int:
    if character in _NEVER_USED:
        raise BadUscc("letter", character)
    if character not in _VALUE:
        raise BadUscc("character", character)
    return _VALUE[character]
