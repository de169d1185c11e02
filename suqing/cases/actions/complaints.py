"""Decisions on a complaint: accepted or not, on which ground; withdrawn; who the complainant is; what may be made public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases import grounds, other_routes
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.joint import require_joint_consent
from suqing.cases.actions.moving import (
    Move,
    Refused,
    begin,
    close_dispatch,
    written,
)
from suqing.cases.actions.people_desk import begin_beside, record_beside
from suqing.cases.agency import JointAct
from suqing.cases.intake import local_day
from suqing.cases.models import Case, IdentityRequest
from suqing.cases.vocabulary import ClockState, Outcome, State, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer

N_ = str
DECISION = "D1"
MAX_WANTED = 300


@one_transaction
def accept(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Accept a complaint; the limit for mediation begins (O20 art. 14 and 21, O121 art. 15 and 23).

    After the last day it is still possible: the duty to decide does not end with the limit.  The event says it is late.
    """
    move = begin(case, Step.ACCEPT, by=by, revision=revision)
    note = written(note, field="note", required=False)
    late = {"is_late": True} if _is_late(move.book, at) else {}
    move.case.decided_at, move.case.handler = at, by
    return move.finish(
        by=by,
        at=at,
        text=note,
        data=late,
        fields=("decided_at", "handler"),
        then=lambda book: book.start(Trigger.ACCEPTED, at),
    )


@one_transaction
def refuse(
    *,
    case: Case,
    ground: str,
    note: str,
    by: Person,
    at: datetime,
    routes: Sequence[str] | None = None,
    revision: int | None = None,
) -> Case:
    """Refuse a complaint on one of the grounds of its regime (O20 art. 15, O121 art. 16), with the reason.

    ``routes`` are the other ways that the complainant is told of: under O121 art. 15(2) every one (None means so);
    under O20 as many as one likes, none by default.
    """
    move = begin(case, Step.REFUSE, by=by, revision=revision)
    row = move.case
    known = grounds.refusal(row.regime)
    if ground not in known:
        raise Refused(
            N_("Choose the ground on which the complaint is not accepted."),
            field="ground",
            article=_article(move),
        )
    told = _routes(row, routes)
    row.ground, row.outcome, row.decided_at, row.handler = ground, Outcome.REFUSED, at, by
    row.result_note = written(note, field="note")
    close_dispatch(row, at)
    late = {"is_late": True} if _is_late(move.book, at) else {}
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={"ground": ground, "ground_article": known[ground].article, "routes": told, **late},
        fields=("ground", "outcome", "decided_at", "handler", "result_note"),
    )


def _routes(case: Case, routes: Sequence[str] | None) -> list[str]:
    """The routes told, in the order of the law.  Raise Refused for one that does not exist or one left out."""
    must = case.regime in other_routes.MUST_BE_TOLD
    if routes is None:
        return list(other_routes.ROUTES) if must else []
    if not set(routes) <= set(other_routes.ROUTES):
        raise Refused(N_("Choose from the list."), field="routes")
    told = [code for code in other_routes.ROUTES if code in routes]
    if must and len(told) < len(other_routes.ROUTES):
        raise Refused(
            N_("A refusal tells the complainant of every other way that is open."),
            field="routes",
            article=other_routes.ARTICLE,
        )
    return told


def _is_late(book: ClockBook, at: datetime) -> bool:
    """Whether the limit for this decision has run out."""
    running = (ClockState.RUNNING, ClockState.PAUSED)
    return any(
        clock.limit == DECISION and clock.state in running and clock.is_binding and at > clock.due_at
        for clock in book.clocks
    )


@one_transaction
def withdraw(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Record that the complainant takes the complaint back before it is decided on; afterwards it is a ground of
    termination.  A joint complaint needs everybody's consent (O20 art. 11, O121 art. 12)."""
    move = begin(case, Step.WITHDRAW, by=by, revision=revision)
    row = move.case
    row.result_note = written(note, field="note")
    require_joint_consent(row, JointAct.GIVE_UP, at=at)
    row.outcome = Outcome.WITHDRAWN
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={"outcome": str(Outcome.WITHDRAWN)},
        fields=("outcome", "result_note"),
    )


# Who the complainant is


@one_transaction
def ask_identity(
    *,
    case: Case,
    deadline_on: date,
    wanted: str,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> Case:
    """Ask the complainant to prove who they are by a day that the bureau sets (O121 art. 10(3), form 4).

    No article says that the limit to decide waits for it: the clock runs on.
    """
    move = begin(case, Step.ASK_IDENTITY, by=by, revision=revision)
    wanted = wanted.strip()
    if not wanted:
        raise Refused(N_("Say what the complainant is to show."), field="wanted", article=_article(move))
    if len(wanted) > MAX_WANTED:
        raise Refused(N_("This field takes at most %(limit)s characters."), field="wanted", limit=MAX_WANTED)
    if deadline_on < local_day(at):
        raise Refused(
            N_("The day until which proof is asked for lies in the past."),
            field="deadline_on",
            article=_article(move),
        )
    if _open_request(move.case) is not None:
        raise Refused(N_("Proof of identity has been asked for; record what came of it first."))
    asked = IdentityRequest(case=move.case, deadline_on=deadline_on, wanted=wanted, asked_by=by, asked_at=at)
    writer().new(asked)
    writer().hold(asked, ("identity", move.case.pk))
    return move.finish(by=by, at=at, text=wanted, data={"deadline_on": deadline_on.isoformat()})


@one_transaction
def record_identity(
    *,
    case: Case,
    is_proved: bool,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record whether the complainant proved who they are (O121 art. 10(3)); refusing it is a ground (art. 16(1)(6)).

    Proof may also come without having been asked for.  The note is kept under the person's key.
    """
    move = begin(case, Step.RECORD_IDENTITY, by=by, revision=revision)
    text = written(note, field="note", required=not is_proved)
    asked = _open_request(move.case)
    if asked is None and not is_proved:
        raise Refused(
            N_("Proof of identity was not asked for: nobody can have failed to give it."),
            field="is_proved",
            article=_article(move),
        )
    if asked is not None:
        asked.is_proved, asked.answered_at, asked.recorded_by = is_proved, at, by
        writer().save(asked, "is_proved", "answered_at", "recorded_by")
    else:
        writer().new(
            IdentityRequest(
                case=move.case,
                deadline_on=local_day(at),
                wanted="",
                asked_by=by,
                asked_at=at,
                is_proved=True,
                answered_at=at,
                recorded_by=by,
            )
        )
    return move.finish(by=by, at=at, text=text, data={"is_proved": is_proved})


def _open_request(case: Case) -> IdentityRequest | None:
    held = writer().held(IdentityRequest, ("identity", case.pk))
    if held is not None:
        return held if held.is_proved is None else None
    rows = IdentityRequest.objects.select_for_update().filter(case=case, is_proved=None)
    return rows.first()


# What may be made public


@one_transaction
def record_publicity_consent(
    *, case: Case, consent: bool | None, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Keep whether the complainant agrees that the complaint is made public (form 1 of FORMS26); None: not asked.

    It may be changed for as long as the case is not in the archive.
    """
    row = begin_beside(case, by=by, revision=revision, also_ended=True)
    before = row.publicity_consent
    if before == consent:
        raise Refused(N_("This is what is recorded already."), field="consent")
    row.publicity_consent = consent
    data = {"before": {"consent": before}, "after": {"consent": consent}}
    return record_beside(row, "case.publicity_recorded", "publicity_consent", by=by, at=at, data=data)


@one_transaction
def record_publicity(
    *, case: Case, publicised_on: date | None, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Keep the day on which a closed complaint was made public (O20 art. 34, O121 art. 38); None takes it back.

    Raise Refused where the complainant has not agreed, before the complaint is closed, and for a day that is none.
    """
    row = begin_beside(case, by=by, revision=revision, also_ended=True)
    if row.state != State.CLOSED or row.closed_at is None:
        raise Refused(N_("Only a closed complaint is made public."))
    if publicised_on == row.publicised_on:
        raise Refused(N_("This is what is recorded already."), field="publicised_on")
    if publicised_on is not None:
        if row.publicity_consent is not True:
            raise Refused(N_("The complainant has not agreed that the complaint is made public."))
        if not local_day(row.closed_at) <= publicised_on <= local_day(at):
            raise Refused(N_("The day lies between the end of the case and today."), field="publicised_on")
    before, row.publicised_on = row.publicised_on, publicised_on
    data = {
        "before": {"publicised_on": before and before.isoformat()},
        "after": {"publicised_on": publicised_on and publicised_on.isoformat()},
    }
    return record_beside(row, "case.publicised", "publicised_on", by=by, at=at, data=data)


def _article(move: Move) -> str:
    return move.transition.articles.get(move.case.regime, "")
