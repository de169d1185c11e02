"""The tables of states: one per kind of case.  Pure; whatever is not in a table is forbidden.

Each transition names the right a person needs and the articles it rests on, so that the page can show the legal
ground beside the button and the refusal of a forbidden step can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from suqing.cases.vocabulary import Kind, Outcome, State, Step


class NotAllowed(Exception):
    """The table of states has no such step from here."""

    def __init__(self, kind: Kind, state: State, step: Step) -> None:
        super().__init__(f"{step} is not possible for a {kind} that is {state}")
        self.kind, self.state, self.step = kind, state, step


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step: where it leads, which permission it needs, which articles it rests on by regime."""

    step: Step
    source: State
    target: State
    permission: str
    articles: Mapping[str, str] = field(default_factory=dict)


# Article references as printed in the two regulations (O20: order no. 20; O121: order no. 121; PROC: penalty procedure).
_DISPATCH = {"O20": "O20:37", "O20+XBLR": "O20:37", "O121": "O121:41"}
_RETURN = _DISPATCH
_ACCEPT = {"O20": "O20:14", "O20+XBLR": "O20:14", "O121": "O121:15"}
_REFUSE = {"O20": "O20:15", "O20+XBLR": "O20:15", "O121": "O121:16"}
_MEDIATE = {"O20": "O20:16", "O20+XBLR": "O20:16", "O121": "O121:18"}
_END = {"O20": "O20:21", "O20+XBLR": "O20:21", "O121": "O121:23"}
_REPORT = {"O20": "O20:31", "O20+XBLR": "O20:31", "O121": "O121:35"}
_CONSULT = {"O20": "O20:39", "O20+XBLR": "O20:39", "O121": "O121:44"}
_PROC18 = dict.fromkeys(("none", "O20", "O20+XBLR", "O121"), "PROC:18")
_PROC64 = dict.fromkeys(("none", "O20", "O20+XBLR", "O121"), "PROC:64")


def _table(*rows: Transition) -> dict[tuple[State, Step], Transition]:
    return {(row.source, row.step): row for row in rows}


TABLES: dict[Kind, dict[tuple[State, Step], Transition]] = {
    Kind.CONSULTATION: _table(
        Transition(Step.ANSWER, State.REGISTERED, State.CLOSED, "call.take", _CONSULT),
        Transition(Step.DISPATCH, State.REGISTERED, State.DISPATCHED, "case.dispatch", _DISPATCH),
        Transition(Step.RETURN, State.DISPATCHED, State.REGISTERED, "case.return", _RETURN),
        Transition(Step.ANSWER, State.DISPATCHED, State.CLOSED, "case.handle", _CONSULT),
    ),
    Kind.COMPLAINT: _table(
        Transition(Step.DISPATCH, State.REGISTERED, State.DISPATCHED, "case.dispatch", _DISPATCH),
        Transition(Step.RETURN, State.DISPATCHED, State.REGISTERED, "case.return", _RETURN),
        Transition(Step.ACCEPT, State.DISPATCHED, State.ACCEPTED, "case.decide", _ACCEPT),
        Transition(Step.REFUSE, State.DISPATCHED, State.REFUSED, "case.decide", _REFUSE),
        Transition(Step.MEDIATE, State.ACCEPTED, State.MEDIATING, "case.handle", _MEDIATE),
        Transition(Step.CLOSE, State.ACCEPTED, State.CLOSED, "case.close", _END),
        Transition(Step.CLOSE, State.MEDIATING, State.CLOSED, "case.close", _END),
    ),
    Kind.REPORT: _table(
        Transition(Step.DISPATCH, State.REGISTERED, State.DISPATCHED, "case.dispatch", _DISPATCH),
        Transition(Step.RETURN, State.DISPATCHED, State.REGISTERED, "case.return", _RETURN),
        Transition(Step.CHECK, State.DISPATCHED, State.CHECKING, "case.handle", _PROC18),
        Transition(Step.FILE, State.CHECKING, State.FILED, "case.decide", _PROC18),
        Transition(Step.NOT_FILE, State.CHECKING, State.NOT_FILED, "case.decide", _PROC18),
        Transition(Step.CLOSE, State.FILED, State.CLOSED, "case.close", _PROC64),
        Transition(Step.CLOSE, State.NOT_FILED, State.CLOSED, "case.close", _REPORT),
    ),
}

ENDED = frozenset({State.CLOSED, State.REFUSED})

_COMPLAINT_END = frozenset(
    {Outcome.MEDIATED, Outcome.SETTLED, Outcome.WITHDRAWN, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED}
)
# Without mediation a complaint can only end because the parties agreed among themselves or it was withdrawn.
CLOSING_OUTCOMES: dict[tuple[Kind, State], frozenset[Outcome]] = {
    (Kind.COMPLAINT, State.ACCEPTED): frozenset(
        {Outcome.SETTLED, Outcome.WITHDRAWN, Outcome.MEDIATION_ENDED}
    ),
    (Kind.COMPLAINT, State.MEDIATING): _COMPLAINT_END,
    (Kind.REPORT, State.FILED): frozenset({Outcome.PENALTY, Outcome.NO_PENALTY}),
    (Kind.REPORT, State.NOT_FILED): frozenset({Outcome.NOT_FILED}),
}


def transition(kind: Kind, state: State, step: Step) -> Transition:
    """Return the allowed step.  Raise NotAllowed if the table has none."""
    try:
        return TABLES[kind][(state, step)]
    except KeyError:
        raise NotAllowed(kind, state, step) from None


def move(kind: Kind, state: State, step: Step) -> State:
    """Return the state that ``step`` leads to.  Raise NotAllowed if the table has none."""
    return transition(kind, state, step).target


def steps_from(kind: Kind, state: State) -> list[Transition]:
    """Return what can be done now, in the order of the table."""
    return [row for (source, _), row in TABLES[kind].items() if source == state]


def dispatch_article(regime: str) -> str:
    """Return the article that forbids passing a case on sideways."""
    return _DISPATCH.get(regime, "")
