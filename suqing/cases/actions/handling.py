"""Answers, results and notices: what ends a case and what is owed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases import workflow
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.mediation import Agreement, end_with_agreement
from suqing.cases.actions.moving import (
    Refused,
    Stale,
    amount_of,
    begin,
    close_dispatch,
    key_of,
    locked,
    plain,
    require_unit,
    written,
)
from suqing.cases.actions.results import ResultDetails, write_result
from suqing.cases.intake import LOCAL_ZONE, local_day
from suqing.cases.models import Case, Notice
from suqing.cases.notices import (
    IN_WRITING,
    WRITTEN_WAYS,
    Matter,
    Told,
    Way,
    may_be_told,
    who_is_told,
)
from suqing.cases.queries.notices import Owed, limits_of, owed
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.ledger.writing import one_transaction, writer

N_ = str

EVIDENCE = "D12"
CONFIDENTIAL = {"O20": "O20:33", "O20+XBLR": "O20:33", "O121": "O121:37"}


@one_transaction
def answer(*, case: Case, text: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Answer a consultation and close it."""
    move = begin(case, Step.ANSWER, by=by, revision=revision)
    move.case.outcome, move.case.result_note = Outcome.ANSWERED, written(text, field="text")
    if move.case.dispatched_at is not None:
        close_dispatch(move.case, at)
    return move.finish(
        by=by,
        at=at,
        data={"outcome": "answered"},
        text=move.case.result_note,
        fields=("outcome", "result_note"),
    )


@one_transaction
def close(
    *,
    case: Case,
    outcome: Outcome,
    note: str,
    by: Person,
    at: datetime,
    recovered_amount: Decimal | None = None,
    penalty_amount: Decimal | None = None,
    details: ResultDetails | None = None,
    revision: int | None = None,
) -> Case:
    """End a mediated complaint or a decided report with its result (O20 art. 22, O121 art. 24; PROC art. 64).

    A complaint ends as by ``mediation.conclude`` with the paper that the article asks for.
    Raise Refused for a result that its state cannot have, for a penalty of which nothing is said, and for facts that
    do not fit.
    """
    move = begin(case, Step.CLOSE, by=by, revision=revision)
    row = move.case
    article = move.transition.articles.get(row.regime, "")
    if outcome not in workflow.CLOSING_OUTCOMES.get((Kind(row.kind), State(row.state)), frozenset()):
        raise Refused(
            N_("A case in this state cannot end with this result."), field="outcome", article=article
        )
    _require_fitting_amounts(outcome, penalty_amount, details, article)
    _require_evidence_disposed(move.book)
    if row.kind == Kind.COMPLAINT:
        agreement = Agreement(note, recovered_amount=recovered_amount, details=details)
        return end_with_agreement(move, agreement, by=by, at=at)
    has_amount = bool(penalty_amount or (details and details.confiscated_amount))
    is_told_by_amount = outcome == Outcome.PENALTY and has_amount
    if outcome == Outcome.PENALTY and not has_amount and not note.strip():
        raise Refused(
            N_("Give the penalty or what was confiscated, or write down what else was imposed and why."),
            field="note",
            article=article,
        )
    row.outcome, row.result_note = outcome, written(note, field="note", required=not is_told_by_amount)
    row.recovered_amount = amount_of(recovered_amount, field="recovered_amount")
    row.penalty_amount = amount_of(penalty_amount, field="penalty_amount")
    said = write_result(row, details, at=at)
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={
            "outcome": str(outcome),
            "recovered_amount": plain(recovered_amount),
            "penalty_amount": plain(penalty_amount),
            **said,
        },
        fields=("outcome", "result_note", "recovered_amount", "penalty_amount"),
    )


def _require_fitting_amounts(
    outcome: Outcome, penalty: Decimal | None, details: ResultDetails | None, article: str
) -> None:
    """Only a penalty has a penalty's amounts."""
    confiscated = details.confiscated_amount if details else None
    for field, amount in (("penalty_amount", penalty), ("confiscated_amount", confiscated)):
        if outcome != Outcome.PENALTY and amount:
            raise Refused(N_("Only a penalty has this amount."), field=field, article=article)


def _require_evidence_disposed(book: ClockBook) -> None:
    """Registered evidence is not forgotten by closing the case (PROC art. 35)."""
    if any(clock.limit == EVIDENCE and clock.ended_at is None for clock in book.clocks):
        raise Refused(N_("Registered evidence has not been disposed of yet."), article="PROC:35")


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A notice: of what, to whom, by which way, on which day; empty fields stand for what is owed, now."""

    matters: Sequence[Matter] = ()
    told: Sequence[Told] = ()
    way: Way | str = ""
    given_on: date | None = None
    note: str = ""


@one_transaction
def record_notice(
    *,
    case: Case,
    by: Person,
    at: datetime,
    given: NoticeGiven | None = None,
    revision: int | None = None,
) -> bool:
    """Record that somebody was told; return whether anything was waiting for it.

    Stops D3 (O20 art. 21(2), O121 art. 23(2)), D6 (O20 art. 31(2)) and D7 (广告法 53), or fulfils a special law's duty.
    Without ``given`` all that is owed and can be told is taken as told.  Raise Refused for a notice that is not owed,
    cannot be given yet, or to somebody who must not be told.
    """
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    require(by, Permission.CASE_HANDLE)
    require_unit(row, by, Permission.CASE_HANDLE)
    if row.archived_at is not None:
        raise Refused(N_("The case lies in the archive."))
    notice, book = given or NoticeGiven(), ClockBook.opened(row)
    chosen = _chosen(notice, owed(row, clocks=book.clocks))
    if not chosen:
        return False
    day = _day_of(notice.given_on, row, at)
    rows = [_notice(row, one, notice, day, by, at) for one in chosen]
    writer().new_many(rows)
    book.stop(limits_of({one.matter for one in chosen}), at if day == local_day(at) else _start_of(day))
    facts = book.write()
    row.revision += 1
    writer().save(row, "next_due_at", "revision")
    text = written(notice.note, field="note", required=False)
    told = [
        {"matter": str(one.matter), "told": list(one.told), "way": str(one.way), "on": day.isoformat()}
        for one in rows
    ]
    writer().record(
        "case.parties_told",
        row,
        by=by,
        at=at,
        data={"notices": told, **facts},
        personal={key_of(row): {"text": text}} if text else None,
    )
    return True


def _chosen(notice: NoticeGiven, waiting: list[Owed]) -> list[Owed]:
    """What of the things owed this notice fulfils.  Raise Refused for one that is not owed or cannot be told yet."""
    if not notice.matters:
        return [one for one in waiting if one.is_ripe]
    by_matter = {one.matter: one for one in waiting}
    found = []
    for matter in dict.fromkeys(notice.matters):
        one = by_matter.get(matter)
        if one is None:
            raise Refused(N_("Nobody waits for this notice."), field="matters")
        if not one.is_ripe:
            raise Refused(N_("There is no result to tell yet."), field="matters", article=one.article)
        found.append(one)
    return found


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)


def _day_of(given_on: date | None, case: Case, at: datetime) -> date:
    day = given_on or local_day(at)
    if day > local_day(at):
        raise Refused(N_("This day has not come yet."), field="given_on")
    if day < local_day(case.received_at):
        raise Refused(N_("This day lies before the case was received."), field="given_on")
    return day


def _notice(case: Case, one: Owed, notice: NoticeGiven, day: date, by: Person, at: datetime) -> Notice:
    """One notice of one matter.  Raise Refused for people who must not be told or a way that does not do."""
    must = who_is_told(Kind(case.kind), one.matter)
    told = list(dict.fromkeys(notice.told)) or list(must)
    if not set(told) <= set(may_be_told(Kind(case.kind))):
        raise Refused(
            N_("Of a report nobody but the reporter is told anything."),
            field="told",
            article=CONFIDENTIAL.get(case.regime, ""),
        )
    if not set(must) <= set(told):
        raise Refused(N_("Not everybody is named who must be told."), field="told", article=one.article)
    if notice.way not in ("", *Way):
        raise Refused(N_("Choose one of the list."), field="way")
    if one.matter in IN_WRITING and notice.way not in WRITTEN_WAYS:
        raise Refused(N_("This must be told in writing."), field="way", article=one.article)
    return Notice(case=case, matter=one.matter, told=told, way=notice.way, given_on=day, at=at, by=by)
