"""Time that a limit does not count: testing, appraisal, a hearing …, from its beginning to its end."""

from __future__ import annotations

from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases.actions.clocks import open_periods
from suqing.cases.actions.moving import Move, Refused, begin, written
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock, ExcludedPeriod
from suqing.cases.reckoning import extensions_of, kinds_of, limit_of
from suqing.cases.vocabulary import ClockState, Kind, Step
from suqing.lawclock.spans import Span
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str

JOINT, DESIGNATED = "joint", "designated"
CHOSEN_BY = {
    JOINT: N_("Both sides together"),
    DESIGNATED: N_("The bureau, because the sides did not agree on one"),
}
AGREEMENT, STATUTE = "agreement", "statute"
COST_BY = {
    AGREEMENT: N_("As both sides agreed"),
    STATUTE: N_("As another law or regulation provides"),
}
UNFINISHED = (ClockState.RUNNING, ClockState.PAUSED)


@one_transaction
def begin_period(
    *,
    case: Case,
    kind: str,
    first_on: date,
    by: Person,
    at: datetime,
    subject: str = "",
    body: str = "",
    chosen_by: str = "",
    cost_by: str = "",
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Begin time that the running limits leave out (O20 art. 20, O121 art. 22, PROC art. 18 and 64).

    Raise Refused for a kind of time that counts, a day that cannot be, and in a mediation for a body that the sides
    did not choose together where the law asks for that.
    """
    move = begin(case, Step.BEGIN_PERIOD, by=by, revision=revision)
    row = move.case
    clocks = _clocks_for(move, kind)
    article = _article(clocks[0], kind)
    subject, body = subject.strip()[:200], body.strip()[:200]
    if row.kind == Kind.COMPLAINT:
        _check_body(move, body, chosen_by, cost_by)
    else:
        chosen_by = cost_by = ""
    _check_first(move, kind, first_on, at, clocks, article)
    started = ExcludedPeriod(
        case=row,
        kind=kind,
        first_on=first_on,
        subject=subject,
        body=body,
        chosen_by=chosen_by,
        cost_by=cost_by,
        note=written(note, field="note", required=False),
        begun_by=by,
        begun_at=at,
    )
    held = open_periods(row)
    writer().new(started)
    held.append(started)
    if not move.book.exclude(Span(kind, first_on)):
        raise Refused(
            N_("The limit ran out before this day: time that begins afterwards changes nothing."),
            field="first_on",
            article=clocks[0].article,
        )
    return move.finish(
        by=by,
        at=at,
        text=started.note,
        data={
            "kind": kind,
            "first_on": first_on.isoformat(),
            "subject": redact(subject).text,
            "body": redact(body).text,
            "chosen_by": chosen_by,
            "cost_by": cost_by,
            "article": article,
        },
    )


@one_transaction
def end_period(
    *,
    case: Case,
    kind: str,
    last_on: date,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """End the open period of this kind; ``last_on`` is its last day.  The limits run on with new last days.

    Raise Refused if no such period is open, or for a day that cannot be.
    """
    move = begin(case, Step.END_PERIOD, by=by, revision=revision)
    held = open_periods(move.case)
    found = next((one for one in held if one.kind == kind), None)
    law = move.transition.articles.get(move.case.regime, "")
    if found is None:
        raise Refused(N_("No time of this kind is running."), field="kind", article=law)
    touched = [clock for clock in move.book.clocks if _leaves_out(clock, kind)]
    article = _article(touched[0], kind) if touched else law
    _check_last(found, touched, last_on, at, article)
    said = written(note, field="note", required=False)
    found.last_on, found.ended_by, found.ended_at = last_on, by, at
    found.note = "\n".join(filter(None, (found.note, said)))
    writer().save(found, "last_on", "ended_by", "ended_at", "note")
    held.remove(found)
    move.book.end_exclusion(kind, last_on)
    return move.finish(
        by=by,
        at=at,
        text=said,
        data={
            "kind": kind,
            "first_on": found.first_on.isoformat(),
            "last_on": last_on.isoformat(),
            "article": article,
        },
    )


def _leaves_out(clock: Clock, kind: str) -> bool:
    return clock.state in UNFINISHED and kind in kinds_of(limit_of(clock))


def _article(clock: Clock, kind: str) -> str:
    """The article by which the limit leaves out time of this kind, else the limit's own."""
    limit = limit_of(clock)
    named = limit.excluded_articles if kind in limit.excluded else ()
    return (named or limit.articles)[0]


def _clocks_for(move: Move, kind: str) -> list[Clock]:
    """The unfinished clocks that leave out this kind of time.  Raise Refused, with the limit's article, for none."""
    found = [clock for clock in move.book.clocks if _leaves_out(clock, kind)]
    if found:
        return sorted(found, key=lambda clock: not clock.is_binding)
    unfinished = [clock for clock in move.book.clocks if clock.state in UNFINISHED]
    leaving = [clock for clock in unfinished if kinds_of(limit_of(clock))]
    if not leaving:
        law = move.transition.articles.get(move.case.regime, "")
        raise Refused(
            N_("No limit of this case runs that leaves time out of its count."), field="kind", article=law
        )
    limit = limit_of(leaving[0])
    raise Refused(
        N_("Time of this kind is counted: the limits of this case do not leave it out."),
        field="kind",
        article=(limit.excluded_articles or limit.articles)[0],
    )


def _check_body(move: Move, body: str, chosen_by: str, cost_by: str) -> None:
    """Who tests, chosen by whom, at whose cost: O20 art. 20 knows only a body that both sides commission together;
    O121 art. 22 lets the bureau designate one where they do not agree."""
    article = move.transition.articles.get(move.case.regime, "")
    if not body:
        raise Refused(N_("Name the body that is commissioned."), field="body", article=article)
    if chosen_by not in CHOSEN_BY:
        raise Refused(N_("Say who chose the body."), field="chosen_by", article=article)
    if chosen_by == DESIGNATED and move.case.regime != "O121":
        raise Refused(
            N_(
                "The sides must agree on the body and commission it together; the bureau cannot designate one."
            ),
            field="chosen_by",
            article=article,
        )
    if cost_by not in COST_BY:
        raise Refused(N_("Say who bears the cost: both sides agree on it."), field="cost_by", article=article)


def _check_first(
    move: Move, kind: str, first_on: date, at: datetime, clocks: list[Clock], article: str
) -> None:
    if first_on > local_day(at):
        raise Refused(N_("This day has not come yet."), field="first_on", article=article)
    start = min(local_day(clock.started_at) for clock in clocks)
    if first_on < start:
        raise Refused(
            N_("The limit began on %(day)s; time before it cannot be left out."),
            field="first_on",
            article=article,
            day=start.isoformat(),
        )
    if any(one.kind == kind for one in open_periods(move.case)):
        raise Refused(
            N_("Time of this kind is running already: end it first."), field="kind", article=article
        )


def _check_last(
    found: ExcludedPeriod, touched: list[Clock], last_on: date, at: datetime, article: str
) -> None:
    if last_on > local_day(at):
        raise Refused(N_("This day has not come yet."), field="last_on", article=article)
    if last_on < found.first_on:
        raise Refused(
            N_("It began on %(day)s and cannot have ended before."),
            field="last_on",
            article=article,
            day=found.first_on.isoformat(),
        )
    for clock in touched:
        granted = [one.granted_on for one in extensions_of(clock) if one.granted_on >= found.first_on]
        # The limit was extended because it stood still: else the extension would have come too late.
        if granted and last_on < max(granted):
            raise Refused(
                N_("The limit was extended on %(day)s while this time ran; it cannot have ended before."),
                field="last_on",
                article=limit_of(clock).extensions[0].articles[0],
                day=max(granted).isoformat(),
            )
