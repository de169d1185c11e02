"""The checklist of the call desk: the entry standard's facts, and the fields of the form that hold each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from suqing.cases.entry_standard import Standard, coming
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
    """One line of the checklist of a matter: ``needs`` is for checklist.js, ``target`` the id of the field."""

    label: str
    needs: str
    target: str
    kinds: str
    must: bool


def checklist(prefix: str, standards: Mapping[Kind, Standard]) -> list[Line]:
    """The facts of all kinds, each once a kind, by the standards in force; the page shows those of the chosen kind."""
    lines = [
        Line(
            _(N_("Consultation, complaint or report")),
            f"{prefix}-kind",
            f"id_{prefix}-kind",
            "",
            True,
        )
    ]
    for kind, standard in standards.items():
        lines += [
            Line(
                _(fact.label),
                _NEEDS.get(fact.code, f"{{p}}-{fact.code}").format(p=prefix),
                _target(fact.code).format(p=prefix),
                kind.value,
                fact.must or (fact.code == "identity" and kind == Kind.REPORT),
            )
            for fact in standard.facts
        ]
    return lines


def _target(code: str) -> str:
    if code in _LOOKUPS:
        return f"id_{{p}}-{code}-ts-control"
    return _TARGETS.get(code, f"id_{{p}}-{code}")


def coming_words(known: Iterable[Standard], today: date) -> list[str]:
    """From which day on the next standards ask for what besides, a sentence a kind; nothing of those that ask no more."""
    known = list(known)
    changes = [
        one for one in (coming(known, kind, today) for kind in Kind) if one and (one.added or one.raised)
    ]
    return [
        _("%(kind)s: from %(day)s on the entry standard also asks for %(facts)s.")
        % {
            "kind": _(LABELS[one.standard.kind]),
            "day": day_text(one.standard.effective_on or today, today),
            "facts": _(", ").join(_(fact.label) for fact in (*one.added, *one.raised)),
        }
        for one in changes
    ]
