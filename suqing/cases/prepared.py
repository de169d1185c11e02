"""What the texts of a case become before the database is asked for anything: made beside the writing.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from suqing.cases import near_text
from suqing.cases.entity_names import NameKeys, name_keys
from suqing.taxonomy.text.redact import MatchText, match_text


@dataclass(frozen=True, slots=True)
class Prepared:
    """The form in which a narrative is searched and matched, and the keys under which similar ones are found.

    ``operator`` holds the keys of the operator's name, None where nobody is named.
    """

    text: MatchText
    bands: list[int]
    operator: NameKeys | None = None

    @classmethod
    def of(cls, narrative: str, operator: str = "") -> Prepared:
        """Prepare a narrative of any writing and the name of an operator."""
        text = match_text(plain(narrative))
        return cls(text, near_text.bands_of(text.text), name_keys(operator) if operator else None)


def plain(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "") if "\0" in text else text
