"""Cases on their way between the centre and the units: dispatch, objection, and the hands inside a unit."""

from __future__ import annotations

from datetime import date, datetime

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases import workflow
from suqing.cases.actions.clocks import CENTRE_LIMITS, ClockBook
from suqing.cases.actions.competence import (
    agree,
    ask_designation,
    designate,
    dispute,
    tell_elsewhere,
    transfer,
)
from suqing.cases.actions.moving import (
    Move,
    NotYours,
    Refused,
    Stale,
    begin,
    locked,
    open_dispatch,
    require_unit,
    written,
)
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Dispatch
from suqing.cases.vocabulary import DispatchState, Kind, Step
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree

__all__ = [
    "agree",
    "ask_designation",
    "assign",
    "designate",
    "dispatch",
    "dispute",
    "reject",
    "send_back",
    "tell_elsewhere",
    "transfer",
    "uphold",
]
N_ = str


@one_transaction
def dispatch(
    *,
    case: Case,
    to_unit: Unit,
    by: Person,
    at: datetime,
    report_back_on: date | None = None,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Send a case from the centre to the competent unit (O20 art. 37, O121 art. 41).

    Raise Refused for a unit outside the centre's authority: units must not pass a case on sideways.
    """
    move = begin(case, Step.DISPATCH, by=by, revision=revision)
    row = move.case
    article = move.transition.articles.get(row.regime, "")
    _check_target(row.responsible_unit, to_unit, article)
    if report_back_on is not None and report_back_on < local_day(at):
        raise Refused(N_("The date to report back lies in the past."), field="report_back_on")
    sent = Dispatch(
        case=row,
        from_unit=row.responsible_unit,
        to_unit=to_unit,
        at=at,
        by=by,
        report_back_on=report_back_on,
        note=written(note, field="note", required=False)[:500],
        article=article,
    )
    writer().new(sent)
    writer().hold(sent, ("open", row.pk))
    sender = row.responsible_unit
    row.responsible_unit, row.dispatched_at, row.handler = to_unit, at, None
    return move.finish(
        by=by,
        at=at,
        text=note.strip(),
        then=lambda book: book.start_at_dispatch(at),
        fields=("responsible_unit", "dispatched_at", "handler"),
        data={
            "from_unit": sender.code,
            "to_unit": to_unit.code,
            "to_unit_name": to_unit.name,
            "report_back_on": report_back_on and report_back_on.isoformat(),
        },
    )


def _check_target(sender: Unit, to_unit: Unit, article: str) -> None:
    if not to_unit.is_active:
        raise Refused(N_("This unit is no longer active."), field="to_unit")
    if to_unit.pk == sender.pk:
        raise Refused(N_("The case is with this unit already."), field="to_unit")
    # A centre stands beside the units it serves: its reach is everything under the authority it belongs to.
    reach = sender.parent if sender.kind == "centre" and sender.parent is not None else sender
    if not to_unit.path.startswith(reach.path):
        raise Refused(
            N_("A case cannot be passed on to this unit: return it to the centre, which dispatches it."),
            field="to_unit",
            article=article,
        )


@one_transaction
def send_back(
    *, case: Case, reason: str, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Object to a dispatch (派单异议): the case goes back to the centre, which upholds or rejects the objection.

    A unit that is not competent returns the case at once and never passes it on itself (O20 art. 37, O121 art. 41).
    """
    move = begin(case, Step.RETURN, by=by, revision=revision)
    row = move.case
    if reason not in _return_reasons(local_day(at)):
        raise Refused(N_("Choose why the case goes back."), field="reason")
    note = written(note, field="note")
    sent = _dispatch_of(move, DispatchState.OPEN)
    sent.state, sent.returned_at, sent.returned_by = DispatchState.OBJECTED, at, by
    sent.return_reason, sent.return_note = reason, note[:500]
    # A second objection to one dispatch takes the place of the first; what was said to that one stays in the story.
    sent.is_upheld = sent.objection_decided_by = sent.objection_decided_at = None
    sent.objection_note = ""
    writer().save(sent, "state", "returned_at", "returned_by", "return_reason", "return_note", *_DECIDED)
    returner = row.responsible_unit
    row.responsible_unit, row.handler, row.dispatched_at = sent.from_unit, None, None
    row.return_count += 1
    return move.finish(
        by=by,
        at=at,
        text=note,
        then=lambda book: book.restart_at_return(at),
        fields=("responsible_unit", "handler", "dispatched_at", "return_count"),
        data={
            "reason": reason,
            "from_unit": returner.code,
            "to_unit": row.responsible_unit.code,
            "return_count": row.return_count,
        },
    )


_DECIDED = ("is_upheld", "objection_decided_by", "objection_decided_at", "objection_note")


@one_transaction
def uphold(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Agree with the unit's objection: the dispatch ends and the centre dispatches anew (O20 art. 37, O121 art. 41)."""
    move = begin(case, Step.UPHOLD, by=by, revision=revision)
    note = written(note, field="note", required=False)
    sent = _dispatch_of(move, DispatchState.OBJECTED)
    sent.state, sent.ended_at = DispatchState.RETURNED, at
    sent.is_upheld, sent.objection_note = True, note[:500]
    sent.objection_decided_by, sent.objection_decided_at = by, at
    writer().save(sent, "state", "ended_at", *_DECIDED)
    return move.finish(by=by, at=at, text=note, data={"from_unit": sent.to_unit.code})


@one_transaction
def reject(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Turn the unit's objection down: the same dispatch is open again, as of the day it was sent.

    The unit was competent all along, so limits that count from dispatch count from that day, not from this one.
    """
    move = begin(case, Step.REJECT, by=by, revision=revision)
    row = move.case
    note = written(note, field="note")
    sent = _dispatch_of(move, DispatchState.OBJECTED)
    if not sent.to_unit.is_active:
        raise Refused(N_("The unit is no longer active: uphold the objection and dispatch to another one."))
    sent.state, sent.is_upheld, sent.objection_note = DispatchState.OPEN, False, note[:500]
    sent.objection_decided_by, sent.objection_decided_at = by, at
    writer().save(sent, "state", *_DECIDED)
    row.responsible_unit, row.dispatched_at = sent.to_unit, sent.at

    def back_to_the_unit(book: ClockBook) -> None:
        book.stop(CENTRE_LIMITS, at)
        book.start_at_dispatch(sent.at)

    return move.finish(
        by=by,
        at=at,
        text=note,
        then=back_to_the_unit,
        fields=("responsible_unit", "dispatched_at"),
        data={"from_unit": sent.from_unit.code, "to_unit": sent.to_unit.code},
    )


def _dispatch_of(move: Move, state: DispatchState) -> Dispatch:
    """Raise NotAllowed where a case of this state has no such dispatch: nothing is to be objected to."""
    sent = open_dispatch(move.case, state)
    if sent is None:
        row = move.transition
        raise workflow.NotAllowed(Kind(move.case.kind), row.source, row.step, move.case.regime)
    return sent


def _return_reasons(day: date) -> set[str]:
    trees = ClassTree.objects.in_use(ClassKind.RETURN_REASON, day)
    codes = ClassNode.objects.filter(tree__in=trees).values_list("code", flat=True)
    return writer().memo(("return reasons", day), lambda: set(codes))


@one_transaction
def assign(
    *, case: Case, unit: Unit, handler: Person | None, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Hand a case to a station or a person within the unit it was dispatched to.

    For reports the stations' part is O20 art. 26 and O121 art. 30.
    """
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    require(by, Permission.CASE_HANDLE)
    check_assignment(row, open_dispatch(row), unit, handler, by)
    before = {"unit": row.responsible_unit.code, "handler": row.handler_id}
    row.responsible_unit, row.handler = unit, handler
    row.revision += 1
    writer().save(row, "responsible_unit", "handler", "revision")
    writer().record(
        "case.assigned",
        row,
        by=by,
        at=at,
        data={
            "before": before,
            "after": {"unit": unit.code, "handler": row.handler_id},
            "unit_name": unit.name,
        },
    )
    return row


def check_assignment(
    case: Case, sent: Dispatch | None, unit: Unit, handler: Person | None, by: Person
) -> None:
    """Raise Refused where a case that is under this dispatch cannot be handed to the unit and its handler."""
    require_unit(case, by, Permission.CASE_HANDLE)
    if case.has_ended:
        raise NotYours
    if sent is None or not unit.path.startswith(sent.to_unit.path):
        raise Refused(
            N_("A case cannot be passed on to this unit: return it to the centre, which dispatches it."),
            field="unit",
            article=workflow.dispatch_article(case.regime),
        )
    if handler is not None and not can_in(handler, Permission.CASE_HANDLE, unit):
        raise Refused(N_("This person does not handle the cases of that unit."), field="handler")
