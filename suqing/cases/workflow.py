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

    def __init__(self, kind: Kind, state: State, step: Step, regime: str = "") -> None:
        super().__init__(f"{step} is not possible for a {kind} that is {state}")
        self.kind, self.state, self.step, self.regime = kind, state, step, regime


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step: where it leads, which permission it needs, which articles it rests on by regime.

    A step that leaves the state as it is has ``target == source``.  ``regimes`` names the only regimes that know the
    step; None means every one.
    """

    step: Step
    source: State
    target: State
    permission: str
    articles: Mapping[str, str] = field(default_factory=dict)
    regimes: frozenset[str] | None = None

    def exists_in(self, regime: str) -> bool:
        """Whether the rules of this regime know the step."""
        return self.regimes is None or regime in self.regimes


EVERY_REGIME = ("none", "O20", "O20+XBLR", "O121")
NEW_ONLY = frozenset({"O121"})


def _law(o20: str, o121: str) -> dict[str, str]:
    """Articles of the two regulations; O20 governs too while the implementing regulations stand beside it."""
    return {"O20": o20, "O20+XBLR": o20, "O121": o121} if o20 else {"O121": o121}


# Article references as printed in the two regulations (O20: order no. 20; O121: order no. 121; PROC: penalty procedure).
_DISPATCH = _law("O20:37", "O121:41")
_ACCEPT = _law("O20:14", "O121:15")
_REFUSE = _law("O20:15", "O121:16")
_IDENTITY = _law("", "O121:10.3")
_MEDIATE = _law("O20:16", "O121:18")
_DELEGATE = _law("O20:17", "O121:19")
_SESSION = _law("O20:18", "O121:20")
_RECUSAL = _law("O20:19", "O121:21")
_TESTING = _law("O20:20", "O121:22")
_END = _law("O20:21", "O121:23")
_STATEMENT = _law("O20:22", "O121:24")
_LEADS = _law("O20:23", "O121:27")
_DISPUTE = _law("O20:30", "O121:33")
_ELSEWHERE = _law("O20:29", "O121:34")
_REPORT = _law("O20:31", "O121:35")
_REPEAT = _law("", "O121:35.2")
_CONSULT = _law("O20:39", "O121:44")
_VISIT = _law("", "O121:26")
_FOOD115 = dict.fromkeys(EVERY_REGIME, "FOOD:115")
_PROC16 = dict.fromkeys(EVERY_REGIME, "PROC:16")
_PROC18 = dict.fromkeys(EVERY_REGIME, "PROC:18")
_PROC64 = dict.fromkeys(EVERY_REGIME, "PROC:64")
_PROC78 = dict.fromkeys(EVERY_REGIME, "PROC:78")

Table = dict[tuple[State, Step], Transition]
S, T = State, Step


def _table(*rows: Transition) -> Table:
    return {(row.source, row.step): row for row in rows}


def _stay(
    step: Step,
    states: tuple[State, ...],
    permission: str,
    articles: Mapping[str, str],
    *,
    new_only: bool = False,
) -> tuple[Transition, ...]:
    """A step that leaves the state as it is, from each of these states."""
    regimes = NEW_ONLY if new_only else None
    return tuple(Transition(step, state, state, permission, articles, regimes) for state in states)


def _between_units() -> tuple[Transition, ...]:
    """Dispatch, objection and what the centre says to it, for every kind."""
    return (
        Transition(T.DISPATCH, S.REGISTERED, S.DISPATCHED, "case.dispatch", _DISPATCH),
        Transition(T.RETURN, S.DISPATCHED, S.OBJECTED, "case.return", _DISPATCH),
        Transition(T.UPHOLD, S.OBJECTED, S.REGISTERED, "case.dispatch", _DISPATCH),
        Transition(T.REJECT, S.OBJECTED, S.DISPATCHED, "case.dispatch", _DISPATCH),
    )


def _competence() -> tuple[Transition, ...]:
    """A dispute over competence, for what has a competent authority; and its transfer to another one."""
    return (
        Transition(T.DISPUTE, S.DISPATCHED, S.DISPUTED, "case.decide", _DISPUTE),
        Transition(T.AGREE, S.DISPUTED, S.DISPATCHED, "case.decide", _DISPUTE),
        *_stay(T.ASK_DESIGNATION, (S.DISPUTED,), "case.decide", _DISPUTE),
        Transition(T.DESIGNATE, S.DISPUTED, S.DISPATCHED, "case.designate", _PROC16),
        Transition(T.TRANSFER, S.DISPATCHED, S.CLOSED, "case.decide", _FOOD115),
    )


def _afterwards(*ends: State) -> tuple[Transition, ...]:
    """What follows an end: the return visit, the archive, and handling it anew."""
    return (
        *_stay(T.VISIT, ends, "case.visit", _VISIT),
        *_stay(T.ARCHIVE, ends, "case.archive", _PROC78),
        *(Transition(T.REOPEN, end, S.DISPATCHED, "case.reopen", _VISIT) for end in ends),
    )


_UNDER_WAY = (S.ACCEPTED, S.MEDIATING, S.SUSPENDED)

TABLES: dict[Kind, Table] = {
    Kind.CONSULTATION: _table(
        Transition(T.ANSWER, S.REGISTERED, S.CLOSED, "call.take", _CONSULT),
        *_between_units(),
        Transition(T.ANSWER, S.DISPATCHED, S.CLOSED, "case.handle", _CONSULT),
        *_stay(T.VISIT, (S.CLOSED,), "case.visit", {}),
        *_stay(T.ARCHIVE, (S.CLOSED,), "case.archive", {}),
        Transition(T.REOPEN, S.CLOSED, S.REGISTERED, "case.reopen", {}),
    ),
    Kind.COMPLAINT: _table(
        *_between_units(),
        Transition(T.ACCEPT, S.DISPATCHED, S.ACCEPTED, "case.decide", _ACCEPT),
        Transition(T.REFUSE, S.DISPATCHED, S.REFUSED, "case.decide", _REFUSE),
        *_stay(T.ASK_IDENTITY, (S.DISPATCHED,), "case.decide", _IDENTITY, new_only=True),
        *_stay(T.RECORD_IDENTITY, (S.DISPATCHED,), "case.handle", _IDENTITY, new_only=True),
        *_competence(),
        Transition(T.WITHDRAW, S.REGISTERED, S.CLOSED, "case.dispatch", {}),
        Transition(T.WITHDRAW, S.DISPATCHED, S.CLOSED, "case.decide", {}),
        *_stay(T.CONSENT, (S.ACCEPTED,), "case.handle", _MEDIATE),
        *_stay(T.DELEGATE, (S.ACCEPTED, S.MEDIATING), "case.handle", _DELEGATE),
        Transition(T.MEDIATE, S.ACCEPTED, S.MEDIATING, "case.handle", _MEDIATE),
        *_stay(T.SCHEDULE, (S.MEDIATING,), "case.handle", _SESSION),
        Transition(T.ASK_RECUSAL, S.MEDIATING, S.SUSPENDED, "case.handle", _RECUSAL),
        Transition(T.DECIDE_RECUSAL, S.SUSPENDED, S.MEDIATING, "case.approve", _RECUSAL),
        *_stay(T.BEGIN_PERIOD, (S.MEDIATING,), "case.handle", _TESTING),
        *_stay(T.END_PERIOD, _UNDER_WAY, "case.handle", _TESTING),
        *_stay(T.FIND_LEADS, _UNDER_WAY, "case.handle", _LEADS),
        Transition(T.CLOSE, S.MEDIATING, S.CLOSED, "case.close", _STATEMENT),
        *(Transition(T.TERMINATE, state, S.CLOSED, "case.close", _END) for state in _UNDER_WAY),
        *_afterwards(S.CLOSED, S.REFUSED),
    ),
    Kind.REPORT: _table(
        *_between_units(),
        *_competence(),
        Transition(T.TELL_ELSEWHERE, S.DISPATCHED, S.CLOSED, "case.decide", _ELSEWHERE),
        Transition(T.NOT_AGAIN, S.REGISTERED, S.CLOSED, "case.dispatch", _REPEAT, NEW_ONLY),
        Transition(T.NOT_AGAIN, S.DISPATCHED, S.CLOSED, "case.decide", _REPEAT, NEW_ONLY),
        Transition(T.CHECK, S.DISPATCHED, S.CHECKING, "case.handle", _PROC18),
        *_stay(T.MERGE, (S.DISPATCHED, S.CHECKING), "case.handle", _REPEAT, new_only=True),
        *_stay(T.ASK_EXTENSION, (S.CHECKING,), "case.handle", _PROC18),
        *_stay(T.DECIDE_EXTENSION, (S.CHECKING,), "case.approve", _PROC18),
        *_stay(T.BEGIN_PERIOD, (S.CHECKING,), "case.handle", _PROC18),
        *_stay(T.END_PERIOD, (S.CHECKING,), "case.handle", _PROC18),
        Transition(T.FILE, S.CHECKING, S.FILED, "case.decide", _PROC18),
        Transition(T.NOT_FILE, S.CHECKING, S.NOT_FILED, "case.decide", _PROC18),
        *_stay(T.ASK_EXTENSION, (S.FILED,), "case.handle", _PROC64),
        *_stay(T.DECIDE_EXTENSION, (S.FILED,), "case.approve", _PROC64),
        *_stay(T.BEGIN_PERIOD, (S.FILED,), "case.handle", _PROC64),
        *_stay(T.END_PERIOD, (S.FILED,), "case.handle", _PROC64),
        *_stay(T.INVESTIGATE, (S.FILED,), "case.handle", _PROC64),
        Transition(T.CLOSE, S.FILED, S.CLOSED, "case.close", _PROC64),
        Transition(T.CLOSE, S.NOT_FILED, S.CLOSED, "case.close", _REPORT),
        *_afterwards(S.CLOSED),
    ),
}

ENDED = frozenset({State.CLOSED, State.REFUSED})
# What may still be done to a case that lies in the archive.
AFTER_ARCHIVING = frozenset({Step.REOPEN})

CLOSING_OUTCOMES: dict[tuple[Kind, State], frozenset[Outcome]] = {
    (Kind.COMPLAINT, State.MEDIATING): frozenset({Outcome.MEDIATED}),
    (Kind.REPORT, State.FILED): frozenset({Outcome.PENALTY, Outcome.NO_PENALTY, Outcome.ADMONITION}),
    (Kind.REPORT, State.NOT_FILED): frozenset({Outcome.NOT_FILED, Outcome.ADMONITION}),
}


def transition(kind: Kind, state: State, step: Step, regime: str = "") -> Transition:
    """Return the allowed step.  Raise NotAllowed if the table has none, or none under this regime."""
    row = TABLES[kind].get((state, step))
    if row is None or (regime and not row.exists_in(regime)):
        raise NotAllowed(kind, state, step, regime)
    return row


def move(kind: Kind, state: State, step: Step, regime: str = "") -> State:
    """Return the state that ``step`` leads to.  Raise NotAllowed if the table has none."""
    return transition(kind, state, step, regime).target


def steps_from(kind: Kind, state: State, regime: str = "", *, is_archived: bool = False) -> list[Transition]:
    """Return what can be done now, in the order of the table."""
    rows = [row for (source, _), row in TABLES[kind].items() if source == state]
    known = [row for row in rows if not regime or row.exists_in(regime)]
    return [row for row in known if row.step in AFTER_ARCHIVING] if is_archived else known


def dispatch_article(regime: str) -> str:
    """Return the article that forbids passing a case on sideways."""
    return _DISPATCH.get(regime, "")
