"""A rule written out: what reading it gives is the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from suqing.taxonomy.text.normalise import normalise_word
from suqing.taxonomy.text.rules.reading import all_of, any_of
from suqing.taxonomy.text.rules.tree import All, Any, Between, Is, Near, Not, Rule, Word, WordList

_PLAIN = re.compile(r"[^\s()（）\"“”@＠:：=<>≥≤]+")
_KEPT = re.compile(r"(?:AND|OR|NOT|且|或|非|(?:NEAR|近)(?:[/／]\d*)?)", re.IGNORECASE)
_GLUED = re.compile(r"AND|OR|NOT|NEAR")


def written(rule: Rule) -> str:  # noqa: C901  (one line for each kind of part)
    """The rule in its language."""
    match rule:
        case Word(text):
            is_plain = _PLAIN.fullmatch(text) and not _KEPT.fullmatch(text) and not _GLUED.search(text)
            return text if is_plain else f'"{text}"'
        case WordList(name):
            return f"@{name}"
        case Is(fact, value):
            return f"{fact}:{value}" if _PLAIN.fullmatch(value) else f'{fact}:"{value}"'
        case Between(fact, least, most):
            return f"{fact}:{_bound(least)}..{_bound(most)}"
        case Near(sides, gaps):
            first, *others = (_inside(side, Any) for side in sides)
            return first + "".join(f" NEAR/{gap} {other}" for gap, other in zip(gaps, others, strict=True))
        case Not(part):
            return f"NOT {_inside(part, Any, All)}"
        case All(parts):
            return " AND ".join(_inside(part, Any) for part in parts)
        case Any(parts):
            return " OR ".join(map(written, parts))


def from_groups(any_of_groups: Iterable[Iterable[str]], none_of: Iterable[str] = ()) -> Rule | None:
    """The rule that one word of each group must occur and none of the others; None without groups."""
    parts: list[Rule] = [any_of([Word(normalise_word(word)) for word in group]) for group in any_of_groups]
    if not parts:
        return None
    unwanted = [Word(normalise_word(word)) for word in none_of]
    return all_of([*parts, Not(any_of(unwanted))] if unwanted else parts)


def _inside(part: Rule, *bracketed: type) -> str:
    return f"({written(part)})" if isinstance(part, bracketed) else written(part)


def _bound(bound: object) -> str:
    if bound is None:
        return ""
    return f"{bound:f}" if isinstance(bound, Decimal) else str(bound)
