"""What a page is for, as values: the texts stand in the modules beside this one."""

from __future__ import annotations

import re
from dataclasses import dataclass

BUTTON = re.compile(r"\[\[(.+?)\]\]")


@dataclass(frozen=True, slots=True)
class Topic:
    """Help on one page or several; ``prefixes`` are beginnings of the names of their addresses.

    ``law`` says what the law says, with its article; ``source`` where the figures of the page come from.
    Texts are English message ids.  ``[[Words]]`` are the words of a button or heading, itself a message id.
    """

    code: str
    prefixes: tuple[str, ...]
    title: str
    purpose: str
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    source: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All sentences in reading order."""
        return (self.purpose, *self.steps, *self.notes, *self.law, *self.source)


def parts_of(text: str) -> list[tuple[str, bool]]:
    """Cut a sentence into plain words and words of buttons (True)."""
    return [(part, place % 2 == 1) for place, part in enumerate(BUTTON.split(text)) if part]
