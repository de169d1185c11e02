"""Grounds of law a decision must name.  Pure; texts are English ids, the statute's own words are the translation.

Source: of refusal O20 art. 15 (six grounds), O121 art. 16 (seven grounds); of termination O20 art. 21(1) (seven items),
O121 art. 23(1) (eight items), each of whose first items holds two grounds that end differently.
"""

from __future__ import annotations

from dataclasses import dataclass

from suqing.cases.vocabulary import Outcome

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


@dataclass(frozen=True, slots=True)
class Ending:
    """A ground on which a mediation is terminated, and the outcome that follows from it."""

    article: str
    text: str
    outcome: Outcome


WITHDRAWN, SETTLED, NO_AGREEMENT = "withdrawn", "settled", "no_agreement"
EXPIRED, FOUND_LATER = "expired", "found_later"
_WITHDRAWN = N_("The complainant withdraws the complaint")
_SETTLED = N_("Both sides settled by themselves")
_ABSENT = N_("A side does not take part in the mediation without good reason")
_RESPONDENT_REFUSES = N_("The respondent clearly refuses mediation")
_NO_AGREEMENT = N_("After mediation a side clearly says that no agreement can be reached")
_OTHER_ENDING = N_("Other cases in which laws, regulations or rules ask for termination")

_ENDINGS_O20 = {
    WITHDRAWN: Ending("O20:21.1.1", _WITHDRAWN, Outcome.WITHDRAWN),
    SETTLED: Ending("O20:21.1.1", _SETTLED, Outcome.SETTLED),
    "testing_dispute": Ending(
        "O20:21.1.2",
        N_("The sides cannot agree on the body for testing or appraisal, or on who bears the cost"),
        Outcome.MEDIATION_ENDED,
    ),
    "absent": Ending("O20:21.1.3", _ABSENT, Outcome.NO_SETTLEMENT),
    "respondent_refuses": Ending("O20:21.1.3", _RESPONDENT_REFUSES, Outcome.NO_SETTLEMENT),
    NO_AGREEMENT: Ending("O20:21.1.4", _NO_AGREEMENT, Outcome.NO_SETTLEMENT),
    EXPIRED: Ending(
        "O20:21.1.5",
        N_("No agreement within 45 working days of acceptance"),
        Outcome.MEDIATION_ENDED,
    ),
    FOUND_LATER: Ending(
        "O20:21.1.6",
        N_("After acceptance a ground of refusal (article 15) was found"),
        Outcome.MEDIATION_ENDED,
    ),
    "other": Ending("O20:21.1.7", _OTHER_ENDING, Outcome.MEDIATION_ENDED),
}
_ENDINGS_O121 = {
    WITHDRAWN: Ending("O121:23.1.1", _WITHDRAWN, Outcome.WITHDRAWN),
    SETTLED: Ending("O121:23.1.1", _SETTLED, Outcome.SETTLED),
    "absent": Ending("O121:23.1.2", _ABSENT, Outcome.NO_SETTLEMENT),
    "respondent_refuses": Ending("O121:23.1.2", _RESPONDENT_REFUSES, Outcome.NO_SETTLEMENT),
    "complainant_refuses": Ending(
        "O121:23.1.2", N_("The complainant clearly refuses mediation"), Outcome.NO_SETTLEMENT
    ),
    NO_AGREEMENT: Ending("O121:23.1.3", _NO_AGREEMENT, Outcome.NO_SETTLEMENT),
    "testing_dispute": Ending(
        "O121:23.1.4",
        N_("The sides cannot agree on who bears the cost of appraisal or testing"),
        Outcome.MEDIATION_ENDED,
    ),
    EXPIRED: Ending("O121:23.1.5", N_("No agreement within 60 days of acceptance"), Outcome.MEDIATION_ENDED),
    FOUND_LATER: Ending(
        "O121:23.1.6",
        N_("After acceptance a ground of article 16 or a case of article 42 was found"),
        Outcome.MEDIATION_ENDED,
    ),
    "party_gone": Ending(
        "O121:23.1.7", N_("A side has died or no longer exists in law"), Outcome.MEDIATION_ENDED
    ),
    "other": Ending("O121:23.1.8", _OTHER_ENDING, Outcome.MEDIATION_ENDED),
}
# Two limits stood side by side then; which one has run out its clock says.
_ENDINGS_BOTH = _ENDINGS_O20 | {
    EXPIRED: Ending(
        "O20:21.1.5",
        N_("No agreement within the limit for mediation (45 working days or 60 days)"),
        Outcome.MEDIATION_ENDED,
    )
}
# Before 2020 no rule is recorded: what can happen to any mediation, without an article.
_ENDINGS_NONE = {
    code: Ending("", _ENDINGS_O20[code].text, _ENDINGS_O20[code].outcome)
    for code in (WITHDRAWN, SETTLED, "absent", "respondent_refuses", NO_AGREEMENT)
}
_ENDINGS = {"none": _ENDINGS_NONE, "O20": _ENDINGS_O20, "O20+XBLR": _ENDINGS_BOTH, "O121": _ENDINGS_O121}
_FRAUD = Ground(
    "O121:42",
    N_("The complainant is suspected of cheating or extorting compensation; it goes to the police"),
)


def termination(regime: str) -> dict[str, Ending]:
    """Return the grounds of termination of a regime, by code, in the order of the items."""
    return _ENDINGS.get(regime, {})


def found_later(regime: str) -> dict[str, Ground]:
    """Return what may be found after acceptance so that the mediation ends (O20 art. 21(1)(6), O121 art. 23(1)(6))."""
    known = refusal(regime)
    return known | {"fraud": _FRAUD} if regime == "O121" else known


def ground_of(regime: str, outcome: str, code: str) -> Ground | Ending | None:
    """Return the ground on which a case ended: of refusal for one that was not accepted, else of termination."""
    return refusal(regime).get(code) if outcome == Outcome.REFUSED else termination(regime).get(code)
