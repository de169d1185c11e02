"""When the sides of a mediation meet, and who must not mediate (O20 art. 18 and 19, O121 art. 20 and 21)."""

from __future__ import annotations

from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.mediation_rows import mediation_of, open_recusal, short
from suqing.cases.actions.moving import Move, Refused, begin, written
from suqing.cases.intake import local_day
from suqing.cases.mediation_terms import Mode, RecusalGround, Side
from suqing.cases.models import Case, Mediation, MediationSession, Recusal
from suqing.cases.vocabulary import Step
from suqing.lawclock.limits import RECUSAL
from suqing.lawclock.spans import Span
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str


@one_transaction
def schedule(
    *,
    case: Case,
    mode: str,
    begins_at: datetime,
    mediators: str,
    by: Person,
    at: datetime,
    place: str = "",
    told_at: datetime | None = None,
    recusal_until: date | None = None,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Arrange a meeting on site or in another way (O20 art. 18, O121 art. 20).

    For one on site both sides must have been told beforehand when, where and who mediates.  ``recusal_until`` is a day
    that the bureau sets; no rule asks for one.  Raise Refused for what is missing or out of order.
    """
    move = begin(case, Step.SCHEDULE, by=by, revision=revision)
    article = move.transition.articles.get(move.case.regime, "")
    if mode not in tuple(Mode):
        raise Refused(N_("Say how the sides meet."), field="mode", article=article)
    session = MediationSession(
        case=move.case,
        mode=mode,
        begins_at=begins_at,
        place=short(place, field="place", limit=200),
        mediators=short(mediators, field="mediators", limit=200),
        recusal_until=recusal_until,
        told_at=told_at,
        arranged_by=by,
        arranged_at=at,
    )
    _check_session(session, article)
    writer().new(session)
    held = mediation_of(move.case)
    held.mode, held.mediators = mode, session.mediators
    writer().save(held, "mode", "mediators")
    return move.finish(
        by=by,
        at=at,
        text=short(note, field="note"),
        data={
            "mode": mode,
            "begins_at": begins_at.isoformat(),
            # The event stays when the person is erased: a meeting at somebody's home must not stay with it.
            "place": redact(session.place).text,
            "mediators": session.mediators,
            "told_at": told_at and told_at.isoformat(),
            "recusal_until": recusal_until and recusal_until.isoformat(),
        },
    )


def _check_session(session: MediationSession, article: str) -> None:
    if not session.mediators:
        raise Refused(N_("Name who mediates."), field="mediators", article=article)
    if session.told_at is not None and session.told_at > session.arranged_at:
        raise Refused(N_("This moment has not come yet."), field="told_at")
    if session.mode == Mode.ON_SITE:
        _check_on_site(session, article)
    if session.recusal_until is not None and not (
        local_day(session.arranged_at) <= session.recusal_until <= local_day(session.begins_at)
    ):
        raise Refused(N_("This day must lie between today and the meeting."), field="recusal_until")


def _check_on_site(session: MediationSession, article: str) -> None:
    if not session.place:
        raise Refused(N_("Say where the sides meet."), field="place", article=article)
    if session.begins_at <= session.arranged_at:
        raise Refused(
            N_("A meeting on site is arranged beforehand; this moment has passed."),
            field="begins_at",
            article=article,
        )
    if session.told_at is None:
        raise Refused(
            N_("Both sides must be told of a meeting on site beforehand: when, where, who mediates."),
            field="told_at",
            article=article,
        )


@one_transaction
def ask_recusal(
    *,
    case: Case,
    side: str,
    mediator: str,
    ground: str,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record that a side wants a mediator to step aside; the mediation is suspended (O20 art. 19, O121 art. 21).

    Whether its limit stands still meanwhile is local policy (``lawclock.recusal_stops_mediation``).
    """
    move = begin(case, Step.ASK_RECUSAL, by=by, revision=revision)
    article = move.transition.articles.get(move.case.regime, "")
    mediator, note = short(mediator, field="mediator", limit=100), short(note, field="note")
    if side not in tuple(Side):
        raise Refused(N_("Say which side applies."), field="side", article=article)
    if ground not in tuple(RecusalGround):
        raise Refused(N_("Choose the reason for the recusal."), field="ground", article=article)
    if ground == RecusalGround.OTHER and not note:
        raise Refused(N_("Write down the reason that was given."), field="note", article=article)
    known = mediation_of(move.case).mediators
    if not mediator or (known and mediator not in known):
        raise Refused(N_("Name the mediator who is to step aside."), field="mediator", article=article)
    asked = Recusal(
        case=move.case,
        side=side,
        mediator=mediator,
        ground=ground,
        note=note,
        applied_at=at,
        recorded_by=by,
    )
    writer().new(asked)
    writer().hold(asked, move.case.pk)

    def stand_still(book: ClockBook) -> None:
        book.exclude(Span(RECUSAL, local_day(at)))

    return move.finish(
        by=by,
        at=at,
        text=note,
        data={"side": side, "mediator": mediator, "ground": ground},
        then=stand_still,
    )


@one_transaction
def decide_recusal(
    *,
    case: Case,
    is_granted: bool,
    note: str,
    by: Person,
    at: datetime,
    new_mediators: str = "",
    revision: int | None = None,
) -> Case:
    """Decide whether the mediator steps aside; the mediation goes on (O20 art. 19, O121 art. 21).

    A recusal that is granted needs other mediators.  Raise Refused for who mediates this case: nobody decides on their
    own recusal.
    """
    move = begin(case, Step.DECIDE_RECUSAL, by=by, revision=revision)
    article = move.transition.articles.get(move.case.regime, "")
    asked, held = open_recusal(move.case), mediation_of(move.case)
    if asked is None:
        raise Recusal.DoesNotExist
    if _mediates(by, move, asked, held):
        raise Refused(N_("Who mediates does not decide on a recusal in the same mediation."), article=article)
    new_mediators = short(new_mediators, field="new_mediators", limit=200)
    if is_granted and (not new_mediators or asked.mediator in new_mediators):
        raise Refused(N_("Name who mediates instead."), field="new_mediators", article=article)
    note = written(note, field="note")
    asked.is_granted, asked.decided_by, asked.decided_at = is_granted, by, at
    asked.new_mediators = new_mediators if is_granted else ""
    writer().save(asked, "is_granted", "decided_by", "decided_at", "new_mediators")
    if is_granted:
        held.mediators = new_mediators
        writer().save(held, "mediators")

    def go_on(book: ClockBook) -> None:
        book.end_exclusion(RECUSAL, local_day(at))

    return move.finish(
        by=by,
        at=at,
        text=note,
        data={"is_granted": is_granted, "mediator": asked.mediator, "new_mediators": asked.new_mediators},
        then=go_on,
    )


def _mediates(by: Person, move: Move, asked: Recusal, held: Mediation) -> bool:
    """Whether this person is the mediator in question or another one; the handler mediates where nobody is named."""
    named = f"{asked.mediator} {held.mediators}"
    return by.display_name in named or (not held.mediators and move.case.handler_id == by.pk)
