"""What messages say: each app declares a sentence for each of its codes; pages translate it and fill it in.

A sentence is an English message id in the catalogue of the app that declares it, with places like ``%(number)s``.
The values are facts, never personal data: text, a number, or one of ``msgid``, ``day`` and ``moment`` for what the page
words in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

_PLACE = re.compile(r"%\((\w+)\)s")


class Level(StrEnum):
    INFO = "info"
    SOON = "soon"
    BREACH = "breach"


class UnknownCode(KeyError):
    """No app declared this code."""


class BadValues(ValueError):
    """The values are not those that the sentence has places for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a message of this code says; ``icon`` stands beside it."""

    code: str
    text: str
    icon: str

    @property
    def places(self) -> frozenset[str]:
        return frozenset(_PLACE.findall(self.text))


_declared: dict[str, Sentence] = {}


def declare(code: str, sentence: str, *, icon: str = "bell") -> str:
    """Register what messages of this code say and return the code; raise BadValues if it says something else already."""
    made = Sentence(code, sentence, icon)
    if _declared.setdefault(code, made) != made:
        raise BadValues(f"{code} is declared twice, differently")
    return code


def sentence(code: str) -> Sentence:
    """Return what messages of this code say, or raise UnknownCode."""
    try:
        return _declared[code]
    except KeyError:
        raise UnknownCode(code) from None


def check(code: str, values: Mapping[str, Any]) -> None:
    """Raise UnknownCode or BadValues: a message that cannot be read must not be sent."""
    wanted = sentence(code).places
    if wanted != set(values):
        raise BadValues(f"{code} wants {sorted(wanted)}, not {sorted(values)}")


def msgid(text: str) -> dict[str, str]:
    """A value that pages translate: the name of a limit, a state."""
    return {"msgid": text}


def day(value: date) -> dict[str, str]:
    """A value that pages write as a day."""
    return {"day": value.isoformat()}


def moment(value: datetime) -> dict[str, str]:
    """A value that pages write as a day and a time."""
    return {"moment": value.isoformat()}
