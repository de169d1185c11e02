"""Which words would extend a rule: terms that its hits share, each with the place in the rule where it would find more.

A rule of several parts that must all hold is extended in the one part that a text lacks: of ``口罩 AND 涨价``, a word for
``涨价`` is looked for in texts about 口罩.  Any other rule gets the word as one more alternative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, Facts, RuleSet
from suqing.taxonomy.text.rules.reading import all_of, any_of
from suqing.taxonomy.text.rules.tree import All, Not, Rule, Word, words_of
from suqing.taxonomy.text.terms import Term, telling

FEW_HITS = 400  # texts that terms are learned from
FEW_OTHERS = 1_600
CANDIDATES = 40
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Extension:
    """A rule with one word more: ``more`` texts of those given would be found beside those that are."""

    term: Term
    rule: Rule
    more: int


def extensions(rule: Rule, texts: Sequence[str], facts: Sequence[Facts] = ()) -> list[Extension]:
    """What the rule could say beside its words, that which finds most first; texts are normalised.

    ``facts`` are those of each text, for a rule that asks any.
    """
    hits, lacking = _sorted(rule, texts, facts)
    missed = [text for place in lacking.values() for text in place]
    found = set(hits)
    others = [text for number, text in enumerate(texts) if number not in found]
    candidates = telling(
        [texts[number] for number in hits[:FEW_HITS]],
        others[:FEW_OTHERS],
        known=list(words_of(rule)),
        limit=CANDIDATES,
    )
    if not missed or not candidates:
        return []
    told = [best for term in candidates if (best := _best(rule, term, lacking)) is not None]
    return sorted(told, key=lambda one: (-one.more, -one.term.score, one.term.word))[:SHOWN]


def _parts(rule: Rule) -> list[Rule]:
    """The parts that must hold, each of which one word may be added to; one for a rule that is no such row."""
    return [part for part in rule.parts if not isinstance(part, Not)] if isinstance(rule, All) else [rule]


def _sorted(
    rule: Rule, texts: Sequence[str], facts: Sequence[Facts]
) -> tuple[list[int], dict[int, list[str]]]:
    """The numbers of the texts that it finds, and by part those that lack this part alone."""
    parts = _parts(rule)
    unwanted = [part for part in rule.parts if isinstance(part, Not)] if isinstance(rule, All) else []
    named = {f"p{place}": part for place, part in enumerate(parts)}
    rules = RuleSet({**named, **{f"n{place}": part.part for place, part in enumerate(unwanted)}})
    hits: list[int] = []
    lacking: dict[int, list[str]] = {place: [] for place in range(len(parts))}
    for number, text in enumerate(texts):
        held = set(rules.match(text, facts[number] if facts else NOTHING_KNOWN))
        if any(name[0] == "n" for name in held):
            continue
        missing = [place for place in range(len(parts)) if f"p{place}" not in held]
        if not missing:
            hits.append(number)
        elif len(missing) == 1:
            lacking[missing[0]].append(fold_case(text))
    return hits, lacking


def _best(rule: Rule, term: Term, lacking: dict[int, list[str]]) -> Extension | None:
    """The term where it finds most, or None where it finds nothing more."""
    gains = {place: sum(term.word in text for text in texts) for place, texts in lacking.items()}
    place = max(gains, key=lambda one: (gains[one], -one))
    if not gains[place]:
        return None
    return Extension(term, _with(rule, place, Word(term.word)), gains[place])


def _with(rule: Rule, place: int, word: Word) -> Rule:
    part = _parts(rule)[place]
    wider = any_of([part, word])
    if not isinstance(rule, All):
        return wider
    return all_of([wider if one is part else one for one in rule.parts])
