"""Longer limits: somebody asks before the limit ends, somebody else decides before it ends."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.moving import Move, Refused, begin, written
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock, ExtensionRequest
from suqing.cases.reckoning import limit_of, next_step
from suqing.cases.vocabulary import ClockState, Step
from suqing.lawclock.arithmetic import NotExtendable
from suqing.lawclock.limits import ExtensionStep
from suqing.lawclock.spans import Extension
from suqing.ledger.writing import one_transaction, writer

N_ = str

# A guard against slips of the pen; PROC art. 64 asks for a reasonable term and names no number.
LONGEST = 3650
UNFINISHED = (ClockState.RUNNING, ClockState.PAUSED)
# What lawclock says of an extension that it does not take, in words.
WHY_NOT = {
    "none": N_("The law allows no extension of this limit."),
    "too_many": N_("This limit has been extended as often as the law allows."),
    "too_late": N_("The limit ended on %(day)s; it can only be extended before it ends."),
    "too_early": N_("The limit has not begun yet."),
    "approver": N_("The extension needs somebody who approves it."),
    "amount": N_("The decision must name for how long; where the law gives the number, it is that one."),
}
FIELDS = {"amount": "amount", "none": "limit", "too_many": "limit"}


@one_transaction
def ask_extension(
    *,
    case: Case,
    reason: str,
    by: Person,
    at: datetime,
    limit: str | None = None,
    amount: int | None = None,
    revision: int | None = None,
) -> Case:
    """Ask for a longer limit before it ends (PROC art. 18 and 64, O20 art. 23, O121 art. 27).

    ``amount`` in the limit's own unit only where the decision fixes it (PROC art. 64, the collective decision).
    Raise Refused after the limit's end, for a limit that cannot be extended, and while another request waits.
    """
    move = begin(case, Step.ASK_EXTENSION, by=by, revision=revision)
    clock = _extendable(move, limit)
    step = next_step(clock)
    assert step is not None  # _extendable has refused it
    article = step.articles[0]
    _check_not_over(clock, at, article)
    if waiting_request(move.case) is not None:
        raise Refused(
            N_("An extension has been asked for already; it waits for the decision."), article=article
        )
    asked = ExtensionRequest(
        case=move.case,
        clock=clock,
        reason=written(reason, field="reason"),
        amount=_amount(step, amount, article),
        asked_by=by,
        asked_at=at,
    )
    writer().new(asked)
    writer().hold(asked, ("waiting", move.case.pk))
    return move.finish(
        by=by,
        at=at,
        text=asked.reason,
        data={
            "limit": clock.limit,
            "amount": asked.amount or step.amount,
            "unit": str(limit_of(clock).unit),
            "article": article,
        },
    )


@one_transaction
def decide_extension(
    *,
    case: Case,
    is_granted: bool,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Decide on the extension that was asked for; granted, the limit is longer from today.

    Raise Refused for who asked, for a request that was decided already, and for a limit that has ended meanwhile: it
    can then only be declined.
    """
    move = begin(case, Step.DECIDE_EXTENSION, by=by, revision=revision)
    asked = waiting_request(move.case)
    law = move.transition.articles.get(move.case.regime, "")
    if asked is None:
        raise Refused(N_("No extension waits for a decision; it may have been decided by now."), article=law)
    clock = next(one for one in move.book.clocks if one.pk == asked.clock_id)
    step = next_step(clock)
    article = step.articles[0] if step else law
    if asked.asked_by_id == by.pk:
        raise Refused(N_("Who asked for the extension does not decide on it."), article=article)
    said = written(note, field="note", required=not is_granted)
    if is_granted:
        reason = said or asked.reason
        extension = Extension(local_day(at), by.display_name or str(by), asked.amount, reason[:300])
        _extend(move.book, clock, extension, at, article)
    asked.is_granted, asked.decided_by, asked.decided_at, asked.decision_note = is_granted, by, at, said
    writer().save(asked, "is_granted", "decided_by", "decided_at", "decision_note")
    return move.finish(
        by=by,
        at=at,
        text=said,
        data={
            "limit": clock.limit,
            "is_granted": is_granted,
            "amount": asked.amount or (step.amount if step else None),
            "unit": str(limit_of(clock).unit),
            "article": article,
        },
    )


def waiting_request(case: Case) -> ExtensionRequest | None:
    """The request of this case that waits for a decision, locked; one whose limit has ended waits no more."""
    held = writer().held(ExtensionRequest, ("waiting", case.pk))
    if held is not None:
        return held if held.is_granted is None and held.clock.state in UNFINISHED else None
    rows = ExtensionRequest.objects.select_for_update(of=("self",)).select_related("clock")
    return rows.filter(case=case, is_granted=None, clock__state__in=UNFINISHED).order_by("id").first()


def _extendable(move: Move, limit: str | None) -> Clock:
    """The clock that is meant.  Raise Refused if the case has none that can be extended."""
    law = move.transition.articles.get(move.case.regime, "")
    unfinished = [one for one in move.book.clocks if one.state in UNFINISHED]
    if limit is None:
        found = [one for one in unfinished if limit_of(one).extensions]
    else:
        found = [one for one in unfinished if one.limit == limit]
    if not found:
        raise Refused(
            N_("No limit of this case that can be extended is running."), field="limit", article=law
        )
    open_ones = [one for one in found if next_step(one) is not None]
    if open_ones:
        return min(open_ones, key=lambda one: one.due_at)
    steps = limit_of(found[0]).extensions
    code, article = ("too_many", steps[-1].articles[0]) if steps else ("none", found[0].article)
    raise Refused(WHY_NOT[code], field="limit", article=article)


def _check_not_over(clock: Clock, at: datetime, article: str) -> None:
    if clock.state == ClockState.RUNNING and at > clock.due_at:
        day = local_day(clock.due_at)
        raise Refused(WHY_NOT["too_late"], article=article, day=day)


def _amount(step: ExtensionStep, amount: int | None, article: str) -> int | None:
    """How long is asked for: nothing where the law gives the number, a number of days where the decision names it."""
    if step.amount is not None:
        if amount not in (None, step.amount):
            raise Refused(WHY_NOT["amount"], field="amount", article=article)
        return None
    if amount is None or not 1 <= amount <= LONGEST:
        raise Refused(
            N_("The collective decision names how many days: between 1 and %(limit)s."),
            field="amount",
            article=article,
            limit=LONGEST,
        )
    return amount


def _extend(book: ClockBook, clock: Clock, extension: Extension, at: datetime, article: str) -> None:
    _check_not_over(clock, at, article)
    try:
        book.extend(clock, extension)
    except NotExtendable as refusal:
        raise Refused(
            WHY_NOT[refusal.code],
            field=FIELDS.get(refusal.code, ""),
            article=article,
            day=local_day(clock.due_at),
        ) from refusal
