"""What is done to a report: checked, filed or not, merged with a repeat, investigated."""

from __future__ import annotations

from datetime import date, datetime, time

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in
from suqing.cases import workflow
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.moving import (
    Move,
    NotYours,
    Refused,
    begin,
    close_dispatch,
    locked,
    written,
)
from suqing.cases.actions.results import ResultDetails, write_result
from suqing.cases.intake import LOCAL_ZONE, local_day
from suqing.cases.investigation import ACTS, Act
from suqing.cases.models import Case, CaseLink
from suqing.cases.queries.one_case import same_person
from suqing.cases.queries.reports import MERGEABLE
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import ClockState, Kind, LinkKind, Outcome, State, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer

N_ = str

REPEAT_ARTICLE = "O121:35.2"
# The limits that begin anew with the last report (O121 art. 35(2)): the check.
RESTARTED = frozenset({"D4", "D5"})


@one_transaction
def check(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Begin to check the leads of a report (PROC art. 18)."""
    move = begin(case, Step.CHECK, by=by, revision=revision)
    move.case.handler = by
    return move.finish(by=by, at=at, text=written(note, field="note", required=False), fields=("handler",))


@one_transaction
def file_case(
    *,
    case: Case,
    note: str,
    by: Person,
    at: datetime,
    filing_number: str = "",
    cause: str = "",
    revision: int | None = None,
) -> Case:
    """Decide to file a case on a report (立案); the limit for the penalty decision begins (PROC art. 18 and 64)."""
    details = ResultDetails(filing_number=filing_number, cause=cause)
    return _decide_report(case, Step.FILE, note=note, details=details, by=by, at=at, revision=revision)


@one_transaction
def not_file(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Decide not to file a case on a report (不予立案), with the reason (PROC art. 18)."""
    return _decide_report(case, Step.NOT_FILE, note=note, details=None, by=by, at=at, revision=revision)


def _decide_report(
    case: Case,
    step: Step,
    *,
    note: str,
    details: ResultDetails | None,
    by: Person,
    at: datetime,
    revision: int | None,
) -> Case:
    move = begin(case, step, by=by, revision=revision)
    row = move.case
    row.decided_at, row.handler, row.result_note = at, by, written(note, field="note")
    if step == Step.FILE:
        row.filed_at = at
    said = write_result(row, details, at=at)

    def start(book: ClockBook) -> None:
        book.start(Trigger.FILING_DECIDED, at)
        if step == Step.FILE:
            book.start(Trigger.CASE_FILED, at)

    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data=said,
        fields=("decided_at", "handler", "result_note", "filed_at"),
        then=start,
    )


@one_transaction
def not_again(
    *, case: Case, earlier: Case, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Do not handle a repeat report again: same reporter, same act, same operator (O121 art. 35(2)).

    Raise Refused if the earlier report is not one of the same reporter on the same operator that this person may see.
    """
    move = begin(case, Step.NOT_AGAIN, by=by, revision=revision)
    row = move.case
    _require_sight(earlier, by)
    _require_alike(row, earlier, field="earlier")
    row.result_note = written(note, field="note")
    _link(row, earlier, LinkKind.REPEAT, at)
    return _end_repeat(move, by=by, at=at, link=LinkKind.REPEAT)


@one_transaction
def merge(
    *, case: Case, repeat: Case, by: Person, at: datetime, note: str = "", revision: int | None = None
) -> Case:
    """Merge the new facts of a repeat report into this one; its check begins anew (O121 art. 35(2)).

    The repeat report ends and points here; the limit of the check counts from the day the repeat was received.  Raise
    Refused if the other report is none of the same reporter on the same operator, came earlier, or was taken up; raise
    NotYours if it is in the hands of another unit: the centre sends it on first.
    """
    # Always in this order: two people who merge crosswise must not wait for each other for ever.
    for one in sorted((case, repeat), key=lambda row: row.pk):
        locked(one)
    move = begin(case, Step.MERGE, by=by, revision=revision)
    row, other = move.case, locked(repeat)
    _require_sight(other, by)
    _require_alike(other, row, field="repeat")
    if not can_in(by, Permission(move.transition.permission), other.responsible_unit):
        raise NotYours
    if other.state not in MERGEABLE:
        raise Refused(
            N_("Only a report that waits for its check can be merged."),
            field="repeat",
            article=REPEAT_ARTICLE,
        )
    text = written(note, field="note", required=False)
    other.result_note = text
    _link(other, row, LinkKind.MERGED, at)
    ending = workflow.transition(Kind.REPORT, State(other.state), Step.NOT_AGAIN, other.regime)
    _end_repeat(Move(other, ending, other.state, ClockBook.opened(other)), by=by, at=at, link=LinkKind.MERGED)
    return move.finish(
        by=by,
        at=at,
        text=text,
        data={"repeat_received_at": other.received_at.isoformat()},
        then=lambda book: book.restart(RESTARTED, other.received_at),
    )


def _end_repeat(move: Move, *, by: Person, at: datetime, link: LinkKind) -> Case:
    row = move.case
    row.outcome, row.decided_at = Outcome.REPEAT, at
    close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        # No number: who may see one report need not see the other.
        data={"outcome": str(Outcome.REPEAT), "link": str(link)},
        fields=("outcome", "decided_at", "result_note"),
    )


def _link(case: Case, other: Case, kind: LinkKind, at: datetime) -> None:
    writer().new(CaseLink(case=case, other=other, kind=kind, at=at))


def _require_sight(other: Case, by: Person) -> None:
    """Another unit's report and none at all look the same."""
    if writer().held(Case, other.pk) is None and not visible_cases(by).filter(pk=other.pk).exists():
        raise NotYours


def _require_alike(repeat: Case, earlier: Case, *, field: str) -> None:
    """Raise Refused, with O121 art. 35(2), unless both are reports of one reporter on one operator, in this order."""
    if repeat.party is None or earlier.party is None:
        raise Refused(
            N_("An anonymous report has no reporter to compare: it is handled on its own."),
            field=field,
            article=REPEAT_ARTICLE,
        )
    same_reporter = earlier.party_id in same_person(repeat.party)
    if earlier.kind != Kind.REPORT or not same_reporter or not _same_operator(repeat, earlier):
        raise Refused(
            N_("This is no report of the same reporter on the same operator."),
            field=field,
            article=REPEAT_ARTICLE,
        )
    if (earlier.received_at, earlier.pk) >= (repeat.received_at, repeat.pk):
        raise Refused(
            N_("The repeat report must be the later of the two."), field=field, article=REPEAT_ARTICLE
        )


def _same_operator(one: Case, other: Case) -> bool:
    if one.entity_id is not None or other.entity_id is not None:
        return one.entity_id == other.entity_id
    return bool(one.entity_name) and one.entity_name == other.entity_name


@one_transaction
def investigate(
    *,
    case: Case,
    event: str,
    on: date,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record an act of the investigation on the day it happened; limits start and stop with it.

    Registered evidence: PROC art. 35; the decision: art. 64; the closure: art. 77.  Raise Refused for an act that is
    not known, a day that cannot be, a limit that runs already, or one that does not run.
    """
    move = begin(case, Step.INVESTIGATE, by=by, revision=revision)
    act = ACTS.get(event)
    if act is None:
        raise Refused(N_("This act is not known."), field="event")
    moment = _moment(move.case, act, on, at)
    _require_clock(move.book, act, on)
    text = written(note, field="note", required=False)

    def count(book: ClockBook) -> None:
        if act.stops:
            book.stop(frozenset({act.stops}), moment)
        if act.starts is not None:
            book.start(act.starts, moment)

    data = {"act": act.code, "on": on.isoformat()}
    if act.article:
        data["article"] = act.article
    return move.finish(by=by, at=at, text=text, data=data, then=count)


def _moment(case: Case, act: Act, on: date, at: datetime) -> datetime:
    """When it happened: now if today, else the beginning of that day.  Raise Refused for a day that cannot be."""
    if on > local_day(at):
        raise Refused(N_("This day has not come yet."), field="on", article=act.article)
    if on < local_day(case.received_at):
        raise Refused(N_("This day lies before the report."), field="on", article=act.article)
    return at if on == local_day(at) else datetime.combine(on, time(), LOCAL_ZONE)


def _require_clock(book: ClockBook, act: Act, on: date) -> None:
    running = {
        clock.limit: clock for clock in book.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    }
    if act.started and act.started in running:
        raise Refused(
            N_("The limit for this runs already: record its end first."), field="event", article=act.article
        )
    if act.stops and act.stops not in running:
        raise Refused(N_("No limit for this is running."), field="event", article=act.article)
    if act.stops and on < local_day(running[act.stops].started_at):
        raise Refused(
            N_("This day lies before the day from which the limit runs."), field="on", article=act.article
        )
