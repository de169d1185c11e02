"""The checklist of the call desk: the entry standard's facts, and the fields of the form that hold each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from suqing.cases.entry_standard import KNOWN, Change, Fact, Standard, coming
from suqing.cases.vocabulary import LABELS, Kind
from suqing.web.wording import day_text

N_ = str

# How the fields of a fact are written for checklist.js; {p} is the prefix of the matter.  "a|b": one of them.
_NEEDS = {
    "narrative": "{p}-narrative|{p}-whole",
    "entity": "{p}-entity",
    "phone": "party-phone|caller_number",
    "name": "party-name",
    "contact": "party-address",
    "identity": "{p}-anonymous|party-name {p}-anonymous|party-phone|caller_number",
    "id_number": "party-id_number",
}
_TARGETS = {
    "narrative": "id_narrative",
    "name": "id_party-name",
    "phone": "id_party-phone",
    "contact": "id_party-address",
    "identity": "id_party-name",
    "requests": "id_{p}-requests",
    "id_number": "id_party-id_number",
    "publicity_consent": "id_{p}-publicity_consent",
}
_LOOKUPS = frozenset({"entity", "place", "act_place", "object_class", "issue_class"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist of a matter: ``needs`` is for checklist.js, ``target`` the id of the field.

    ``topics`` are those of whose cases alone it is asked, ``unless`` those where a stricter line takes its place; codes with
    spaces between them.
    """

    label: str
    needs: str
    target: str
    kinds: str
    must: bool
    topics: str = ""
    unless: str = ""
    asked_by: str = ""  # names of the topics


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked on a day: the standards in force, and the names by code of the topics that they ask more of.

    A topic without a name is no longer in use and asks nothing.
    """

    standards: Mapping[Kind, Standard]
    topics: Mapping[str, str] = field(default_factory=dict)


def checklist(prefix: str, asked: Asked) -> list[Line]:
    """The facts of all kinds, each once a kind; the page shows those of the chosen kind, and of the topics that the words
    name."""
    lines = [
        Line(
            _(N_("Consultation, complaint or report")),
            f"{prefix}-kind",
            f"id_{prefix}-kind",
            "",
            True,
        )
    ]
    for kind, standard in asked.standards.items():
        by_topic = _by_topic(standard, asked.topics)
        for fact in standard.facts:
            stricter = [code for code, facts in by_topic.items() if fact.code in facts]
            lines.append(replace(_line(prefix, kind, fact), unless=" ".join(stricter)))
        lines += _lines_of_topics(prefix, standard, by_topic, asked.topics)
    return lines


def _line(prefix: str, kind: Kind, fact: Fact) -> Line:
    return Line(
        _(fact.label),
        _NEEDS.get(fact.code, f"{{p}}-{fact.code}").format(p=prefix),
        _target(fact.code).format(p=prefix),
        kind.value,
        fact.must or (fact.code == "identity" and kind == Kind.REPORT),
    )


def _by_topic(standard: Standard, topics: Mapping[str, str]) -> dict[str, dict[str, bool]]:
    """Whether each topic in use requires the facts that it asks for beyond all cases, by topic and fact."""
    return {
        code: {fact.code: fact.must for fact in facts if standard.topics_asking(fact, [code])}
        for code, facts in standard.topics.items()
        if code in topics
    }


def _lines_of_topics(
    prefix: str, standard: Standard, asked: Mapping[str, Mapping[str, bool]], topics: Mapping[str, str]
) -> Iterator[Line]:
    """One line for those that require a fact, one for those that ask for it; where both hold the first shows alone."""
    for fact in KNOWN[standard.kind]:
        musts = [code for code, facts in asked.items() if facts.get(fact.code) is True]
        for must, codes in (
            (True, musts),
            (False, [code for code, facts in asked.items() if facts.get(fact.code) is False]),
        ):
            if codes:
                yield replace(
                    _line(prefix, standard.kind, fact),
                    must=must,
                    topics=" ".join(codes),
                    unless="" if must else " ".join(musts),
                    asked_by="、".join(topics[code] for code in codes),
                )


def _target(code: str) -> str:
    if code in _LOOKUPS:
        return f"id_{{p}}-{code}-ts-control"
    return _TARGETS.get(code, f"id_{{p}}-{code}")


def coming_words(known: Iterable[Standard], today: date) -> list[str]:
    """From which day on the next standards ask for what besides, a sentence a kind; nothing of those that ask no more."""
    known = list(known)
    changes = [
        one
        for one in (coming(known, kind, today) for kind in Kind)
        if one and (one.added or one.raised or one.topics)
    ]
    return [
        _("%(kind)s: from %(day)s on the entry standard also asks for %(facts)s.")
        % {
            "kind": _(LABELS[one.standard.kind]),
            "day": day_text(one.standard.effective_on or today, today),
            "facts": _(", ").join(_(label) for label in _labels(one)),
        }
        for one in changes
    ]


def _labels(change: Change) -> list[str]:
    """What is newly asked for, each once."""
    facts = (*change.added, *change.raised, *(fact for _topic, fact in change.topics))
    return list(dict.fromkeys(fact.label for fact in facts))
