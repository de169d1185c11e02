"""What a narrative becomes before the database is asked for anything: it may be made beside the writing.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from suqing.cases import near_text
from suqing.taxonomy.text.redact import MatchText, match_text


@dataclass(frozen=True, slots=True)
class Prepared:
    """The form in which a narrative is searched and matched, and the keys under which similar ones are found."""

    text: MatchText
    bands: list[int]

    @classmethod
    def of(cls, narrative: str) -> Prepared:
        """Prepare a narrative of any writing."""
        text = match_text(plain(narrative))
        return cls(text, near_text.bands_of(text.text))


def plain(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "") if "\0" in text else text
