"""Where a case stands by the two status columns of the national export, and back.  Pure.

Complaints are accepted or not (O20 art. 14 and 15), reports filed or not (art. 31); 「办理情况状态」 says when all is done.
"""

from __future__ import annotations

from decimal import Decimal

from suqing.cases.vocabulary import Kind, Outcome, State

ACCEPTED, REFUSED, FILED, NOT_FILED, ENDED = "已受理", "不受理", "已立案", "不立案", "已办结"

_CHECKS_OF = {
    Kind.COMPLAINT: ("accepted", "refused"),
    Kind.REPORT: ("filed", "not_filed"),
    Kind.CONSULTATION: (),
}
_OUTCOMES_OF = {
    Kind.COMPLAINT: frozenset(
        {
            Outcome.MEDIATED,
            Outcome.SETTLED,
            Outcome.WITHDRAWN,
            Outcome.NO_SETTLEMENT,
            Outcome.MEDIATION_ENDED,
            Outcome.REFUSED,
            Outcome.TRANSFERRED,
        }
    ),
    Kind.REPORT: frozenset(
        {
            Outcome.PENALTY,
            Outcome.NO_PENALTY,
            Outcome.ADMONITION,
            Outcome.NOT_FILED,
            Outcome.REPEAT,
            Outcome.TOLD_ELSEWHERE,
            Outcome.TRANSFERRED,
        }
    ),
    Kind.CONSULTATION: frozenset({Outcome.ANSWERED}),
}
_TAKEN_UP = frozenset({State.ACCEPTED, State.MEDIATING, State.SUSPENDED})
_NEVER_CHECKED = frozenset({Outcome.TRANSFERRED, Outcome.TOLD_ELSEWHERE, Outcome.REPEAT})


def belongs(kind: Kind, first_check: str) -> bool:
    """Say whether a result of the first check can be that of such a matter."""
    return not first_check or first_check in _CHECKS_OF[kind]


def outcome_belongs(kind: Kind, outcome: Outcome) -> bool:
    """Say whether a matter of this kind can end so."""
    return outcome in _OUTCOMES_OF[kind]


def standing(
    kind: Kind,
    first_check: str,
    *,
    is_ended: bool,
    outcome: Outcome | None = None,
    has_unit: bool = False,
    punished: Decimal = Decimal(0),
) -> tuple[State, Outcome | None]:
    """Give state and outcome.  An end whose way no column tells has no outcome: nothing is made up."""
    if kind == Kind.COMPLAINT and (first_check == "refused" or outcome == Outcome.REFUSED):
        return State.REFUSED, Outcome.REFUSED
    if is_ended or outcome is not None:
        return State.CLOSED, outcome or _plain_end(kind, first_check, punished)
    by_check = {"accepted": State.ACCEPTED, "filed": State.FILED, "not_filed": State.NOT_FILED}
    return by_check.get(first_check, State.DISPATCHED if has_unit else State.REGISTERED), None


def status_cells(
    kind: Kind,
    state: State,
    outcome: Outcome | None,
    *,
    was_accepted: bool | None = None,
    was_filed: bool | None = None,
) -> tuple[str, str]:
    """Write 「初查受理状态」 and 「办理情况状态」.  None for the two flags: not known, the outcome decides."""
    progress = ENDED if state in (State.CLOSED, State.REFUSED) else ""
    if kind == Kind.COMPLAINT:
        return _complaint_check(state, outcome, was_accepted), progress
    return (_report_check(state, outcome, was_filed) if kind == Kind.REPORT else ""), progress


def _plain_end(kind: Kind, first_check: str, punished: Decimal) -> Outcome | None:
    if kind == Kind.CONSULTATION:
        return Outcome.ANSWERED
    if kind == Kind.REPORT and first_check == "not_filed":
        return Outcome.NOT_FILED
    return Outcome.PENALTY if kind == Kind.REPORT and punished > 0 else None


def _complaint_check(state: State, outcome: Outcome | None, was_accepted: bool | None) -> str:
    if state == State.REFUSED:
        return REFUSED
    if state in _TAKEN_UP:
        return ACCEPTED
    if state != State.CLOSED or outcome in _NEVER_CHECKED:
        return ""
    return "" if was_accepted is False else ACCEPTED


def _report_check(state: State, outcome: Outcome | None, was_filed: bool | None) -> str:
    if state == State.FILED or outcome in (Outcome.PENALTY, Outcome.NO_PENALTY):
        return FILED
    if state == State.NOT_FILED or outcome == Outcome.NOT_FILED:
        return NOT_FILED
    if outcome == Outcome.ADMONITION:
        return FILED if was_filed else NOT_FILED
    return FILED if was_filed else ""
