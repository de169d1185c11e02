"""A text with the words of a rule marked in it."""

from __future__ import annotations

from dataclasses import dataclass

from suqing.taxonomy.text.rules.matching import Hit

AROUND = 40  # characters shown before the first and after the last word


@dataclass(frozen=True, slots=True)
class Told:
    """The text of a case with the words of the rule in it."""

    case: int
    text: str
    hits: tuple[Hit, ...]

    def parts(self, around: int = AROUND) -> list[tuple[str, bool]]:
        """The words with what stands around them, cut where a word begins and ends: each text and whether it is one."""
        if not self.hits:  # found by facts alone
            return [(self.text[: 2 * around] + ("…" if len(self.text) > 2 * around else ""), False)]
        start = max(0, self.hits[0].start - around)
        end = min(len(self.text), max(hit.end for hit in self.hits[:8]) + around)
        parts, place = [("…" if start else "", False)], start
        for hit in self.hits:
            if hit.end > end:
                break
            if hit.end > place:  # words may overlap
                first = max(hit.start, place)
                parts += [(self.text[place:first], False), (self.text[first : hit.end], True)]
                place = hit.end
        parts += [(self.text[place:end], False), ("…" if end < len(self.text) else "", False)]
        return [part for part in parts if part[0]]
