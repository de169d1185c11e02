"""Grounds of law a decision must name.  Pure; texts are English ids, the statute's own words are the translation.

Source: O20 art. 15 (six grounds), O121 art. 16 (seven grounds).
"""

from __future__ import annotations

from dataclasses import dataclass

N_ = str


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground: its article with paragraph and item, and its words."""

    article: str
    text: str


_NOT_COMPETENT = N_("Not a duty of market supervision, or this authority is not competent")
_NO_CONSUMER = N_("Not for living consumption, or no consumer dispute with the respondent can be shown")
_TOO_LATE = N_("More than three years since the consumer knew or should have known of the harm")
_OTHER = N_("Other cases in which laws, regulations or rules forbid acceptance")

_O20 = {
    "not_competent": Ground("O20:15.1.1", _NOT_COMPETENT),
    "handled_elsewhere": Ground(
        "O20:15.1.2",
        N_(
            "A court, an arbitration body, an authority, a consumer association or another lawful mediation body has "
            "accepted or handled the same dispute"
        ),
    ),
    "no_consumer_dispute": Ground("O20:15.1.3", _NO_CONSUMER),
    "too_late": Ground("O20:15.1.4", _TOO_LATE),
    "materials_missing": Ground("O20:15.1.5", N_("The materials the regulation asks for were not given")),
    "other": Ground("O20:15.1.6", _OTHER),
}
_O121 = {
    "not_competent": Ground("O121:16.1.1", _NOT_COMPETENT),
    "handled_elsewhere": Ground(
        "O121:16.1.2",
        N_(
            "A court, an arbitration body, an authority or a consumer association has accepted or handled the same dispute"
        ),
    ),
    "no_consumer_dispute": Ground("O121:16.1.3", _NO_CONSUMER),
    "too_late": Ground("O121:16.1.4", _TOO_LATE),
    "materials_missing": Ground(
        "O121:16.1.5", N_("The materials the regulation asks for are missing or false")
    ),
    "impersonation": Ground(
        "O121:16.1.6", N_("Another person's identity was used, or the check of identity was refused")
    ),
    "other": Ground("O121:16.1.7", _OTHER),
}
_BY_REGIME = {"O20": _O20, "O20+XBLR": _O20, "O121": _O121}


def refusal(regime: str) -> dict[str, Ground]:
    """Return the grounds of refusal of a regime, by code; empty where no regulation was in force."""
    return _BY_REGIME.get(regime, {})
