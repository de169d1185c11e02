"""Take the personal data out of what people wrote, and keep what the matter is about.

1. The text is normalised, so that full-width digits and invisible separators hide nothing.
2. Each scanner of ``scanners`` marks what it knows; an earlier scanner wins where two overlap.
3. What is marked becomes ``***`` (a name keeps its surname); the kinds and places are returned as spans.

Operators' names, credit codes, order numbers, amounts and public hotlines stay.  When in doubt about a number
it goes: a lost number costs a click on "show", a leaked one cannot be taken back.  What rules cannot see:
some names without a cue (``persons`` finds most), and what people say about themselves in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from suqing.kit.masks import mask_name
from suqing.taxonomy.text.normalise import normalise
from suqing.taxonomy.text.scanners import Found, scan

REDACTOR_VERSION = 4
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the given text that was hidden, and what kind of data it was."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal data; ``spans`` are places in the text that was given, in order."""

    text: str
    spans: tuple[Span, ...]
    version: int


@dataclass(frozen=True, slots=True)
class MatchText:
    """What rules, classifiers, search and the mirror read instead of the narrative."""

    text: str
    version: int


def redact(text: str) -> Redacted:
    """Hide personal data in a text of any writing; all that is not hidden stays exactly as given."""
    plain = normalise(text)
    spans = [Span(*plain.original(found.start, found.end), found.kind) for found in _find(plain.text)]
    return Redacted(_cover(text, spans), tuple(spans), REDACTOR_VERSION)


def match_text(narrative: str) -> MatchText:
    """Normalise and redact a narrative: the only form of it that is searched, matched and counted."""
    plain = normalise(narrative).text
    spans = [Span(found.start, found.end, found.kind) for found in _find(plain)]
    return MatchText(_cover(plain, spans), REDACTOR_VERSION)


def _find(plain: str) -> list[Found]:
    """Collect what the scanners mark, without overlaps, in order of place."""
    taken = bytearray(len(plain))
    kept: list[Found] = []
    for found in scan(plain):
        if not any(taken[found.start : found.end]):
            taken[found.start : found.end] = b"\x01" * (found.end - found.start)
            kept.append(found)
    return sorted(kept, key=lambda found: found.start)


def _cover(text: str, spans: list[Span]) -> str:
    parts: list[str] = []
    position = 0
    for span in spans:
        parts.append(text[position : span.start])
        parts.append(mask_name(text[span.start : span.end]) if span.kind == "name" else HIDDEN)
        position = span.end
    parts.append(text[position:])
    return "".join(parts)
