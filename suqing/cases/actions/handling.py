"""What is done to a case, step by step.  Each function is one step of the table in ``workflow``.

Every step: today's row is locked, the table is asked, the person's permission and unit are checked, the state moves,
clocks start and stop, the event is written, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases import grounds, workflow
from suqing.cases.actions.clocks import NOTICE_LIMITS, ClockBook
from suqing.cases.intake import MAX_AMOUNT, MAX_NARRATIVE, local_day
from suqing.cases.models import Case, Dispatch
from suqing.cases.vocabulary import DispatchState, Kind, Outcome, State, Step
from suqing.lawclock.limits import Trigger
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree

N_ = str


class Refused(Exception):
    """A step cannot be taken as asked; ``field`` says where the page shows it, ``article`` on what it rests."""

    def __init__(self, message: str, *, field: str = "", article: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.field, self.article, self.values = message, field, article, values


class NotYours(Refused):
    """The case is in the hands of another unit."""

    def __init__(self) -> None:
        super().__init__(N_("This case is in the hands of another unit."))


class Stale(Refused):
    """Somebody changed the case after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            N_("The case has changed since you opened it. Nothing was overwritten; look at it again.")
        )


@dataclass(slots=True)
class _Move:
    """A step under way: the locked row, its clocks and the transition it takes."""

    case: Case
    transition: workflow.Transition
    before: str
    book: ClockBook

    def finish(
        self,
        *,
        by: Person,
        at: datetime,
        data: dict[str, Any] | None = None,
        text: str = "",
        fields: tuple[str, ...] = (),
        then: Callable[[ClockBook], None] | None = None,
    ) -> Case:
        """Move the state, stop the clocks that this fulfils, start those of ``then``, save, and write the event."""
        case, step = self.case, self.transition.step
        case.state = self.transition.target
        if case.state in workflow.ENDED:
            case.closed_at = at
        case.revision += 1
        self.book.stop_for(step, at)
        if then is not None:
            then(self.book)
        facts = self.book.write()
        writer().save(case, "state", "revision", "closed_at", "next_due_at", *fields)
        subject = _key_of(case)
        writer().record(
            f"case.{_PAST[step]}",
            case,
            by=by,
            at=at,
            data={
                "before": {"state": self.before},
                "after": {"state": str(case.state)},
                "article": self.transition.articles.get(case.regime, ""),
                **(data or {}),
                **facts,
            },
            personal={subject: {"text": text}} if text else None,
        )
        return case


def _key_of(case: Case) -> str:
    """The subject under whose key a text about the case is kept; the case itself once its person is erased."""
    party = case.party or case.submission.party
    if party is not None and party.erased_at is not None:
        return f"case:{case.pk}"
    return case.party.key_subject if case.party else f"submission:{case.submission.ref}"


_PAST = {
    Step.ANSWER: "answered",
    Step.DISPATCH: "dispatched",
    Step.RETURN: "returned",
    Step.ACCEPT: "accepted",
    Step.REFUSE: "refused",
    Step.MEDIATE: "mediation_begun",
    Step.CHECK: "check_begun",
    Step.FILE: "filed",
    Step.NOT_FILE: "not_filed",
    Step.CLOSE: "closed",
}


def _begin(case: Case, step: Step, *, by: Person, revision: int | None) -> _Move:
    row = _locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    transition = workflow.transition(Kind(row.kind), State(row.state), step)
    require(by, Permission(transition.permission))
    _require_unit(row, by, Permission(transition.permission))
    return _Move(row, transition, row.state, ClockBook.opened(row))


def _locked(case: Case) -> Case:
    """Decide on today's row, not on the page's copy."""
    write = writer()
    row = write.held(Case, case.pk)
    if row is None:
        rows = Case.objects.select_for_update(of=("self",))
        row = rows.select_related("responsible_unit", "party", "submission").get(pk=case.pk)
        write.hold(row, row.pk)
    return row


def _require_unit(case: Case, by: Person, permission: Permission) -> None:
    if not can_in(by, permission, case.responsible_unit):
        raise NotYours


def _text(text: str, *, field: str, required: bool = True) -> str:
    text = text.strip()
    if required and not text:
        raise Refused(N_("Write down what was decided and why."), field=field)
    if len(text) > MAX_NARRATIVE:
        raise Refused(
            N_("The text has %(length)s characters; at most %(limit)s can be kept."),
            field=field,
            length=len(text),
            limit=MAX_NARRATIVE,
        )
    return text


def _amount(value: Decimal | None, *, field: str) -> Decimal | None:
    if value is not None and (not value.is_finite() or value < 0 or value > MAX_AMOUNT):
        raise Refused(N_("An amount lies between 0 and %(limit)s yuan."), field=field, limit=MAX_AMOUNT)
    return value


@one_transaction
def answer(*, case: Case, text: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Answer a consultation and close it."""
    move = _begin(case, Step.ANSWER, by=by, revision=revision)
    move.case.outcome, move.case.result_note = Outcome.ANSWERED, _text(text, field="text")
    _close_dispatch(move.case, at)
    return move.finish(
        by=by,
        at=at,
        data={"outcome": "answered"},
        text=move.case.result_note,
        fields=("outcome", "result_note"),
    )


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
    move = _begin(case, Step.DISPATCH, by=by, revision=revision)
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
        note=_text(note, field="note", required=False)[:500],
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
    """Return a dispatched case to the centre, with a reason of the list and in words."""
    move = _begin(case, Step.RETURN, by=by, revision=revision)
    row = move.case
    if reason not in _return_reasons(local_day(at)):
        raise Refused(N_("Choose why the case goes back."), field="reason")
    note = _text(note, field="note")[:500]
    open_dispatch = _open_dispatch(row)
    if open_dispatch is None:
        raise Dispatch.DoesNotExist
    open_dispatch.state, open_dispatch.ended_at = DispatchState.RETURNED, at
    open_dispatch.return_reason, open_dispatch.return_note, open_dispatch.returned_by = reason, note, by
    writer().save(open_dispatch, "state", "ended_at", "return_reason", "return_note", "returned_by")
    returner = row.responsible_unit
    row.responsible_unit, row.handler, row.dispatched_at = open_dispatch.from_unit, None, None
    row.return_count += 1
    return move.finish(
        by=by,
        at=at,
        text=note,
        then=lambda book: book.restart_at_return(at),
        fields=("responsible_unit", "handler", "dispatched_at", "return_count"),
        data={"reason": reason, "from_unit": returner.code, "to_unit": row.responsible_unit.code},
    )


def _return_reasons(day: date) -> set[str]:
    trees = ClassTree.objects.in_use(ClassKind.RETURN_REASON, day)
    codes = ClassNode.objects.filter(tree__in=trees).values_list("code", flat=True)
    return writer().memo(("return reasons", day), lambda: set(codes))


@one_transaction
def accept(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Accept a complaint; the limit for mediation begins (O20 art. 14 and 21, O121 art. 15 and 23)."""
    move = _begin(case, Step.ACCEPT, by=by, revision=revision)
    note = _text(note, field="note", required=False)
    move.case.decided_at, move.case.handler = at, by
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=("decided_at", "handler"),
        then=lambda book: book.start(Trigger.ACCEPTED, at),
    )


@one_transaction
def refuse(
    *, case: Case, ground: str, note: str, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Refuse a complaint on one of the grounds of its regime (O20 art. 15, O121 art. 16), with the reason."""
    move = _begin(case, Step.REFUSE, by=by, revision=revision)
    row = move.case
    known = grounds.refusal(row.regime)
    if ground not in known:
        raise Refused(
            N_("Choose the ground on which the complaint is not accepted."),
            field="ground",
            article=move.transition.articles.get(row.regime, ""),
        )
    row.ground, row.outcome, row.decided_at, row.handler = ground, Outcome.REFUSED, at, by
    row.result_note = _text(note, field="note")
    _close_dispatch(row, at)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={"ground": ground, "ground_article": known[ground].article},
        fields=("ground", "outcome", "decided_at", "handler", "result_note"),
    )


@one_transaction
def mediate(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Begin mediation, which both sides must want (O20 art. 16, O121 art. 18)."""
    move = _begin(case, Step.MEDIATE, by=by, revision=revision)
    move.case.handler = by
    return move.finish(by=by, at=at, text=_text(note, field="note", required=False), fields=("handler",))


@one_transaction
def check(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Case:
    """Begin to check the leads of a report (PROC art. 18)."""
    move = _begin(case, Step.CHECK, by=by, revision=revision)
    move.case.handler = by
    return move.finish(by=by, at=at, text=_text(note, field="note", required=False), fields=("handler",))


@one_transaction
def file_case(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Decide to file a case on a report (立案); the limit for the penalty decision begins (PROC art. 18 and 64)."""
    return _decide_report(case, Step.FILE, note=note, by=by, at=at, revision=revision)


@one_transaction
def not_file(*, case: Case, note: str, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Decide not to file a case on a report (不予立案), with the reason."""
    return _decide_report(case, Step.NOT_FILE, note=note, by=by, at=at, revision=revision)


def _decide_report(
    case: Case, step: Step, *, note: str, by: Person, at: datetime, revision: int | None
) -> Case:
    move = _begin(case, step, by=by, revision=revision)
    row = move.case
    row.decided_at, row.handler, row.result_note = at, by, _text(note, field="note")
    if step == Step.FILE:
        row.filed_at = at

    def start(book: ClockBook) -> None:
        book.start(Trigger.FILING_DECIDED, at)
        if step == Step.FILE:
            book.start(Trigger.CASE_FILED, at)

    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        fields=("decided_at", "handler", "result_note", "filed_at"),
        then=start,
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
    revision: int | None = None,
) -> Case:
    """End a complaint or a report with its result.  Raise Refused for a result that its state cannot have."""
    move = _begin(case, Step.CLOSE, by=by, revision=revision)
    row = move.case
    if outcome not in workflow.CLOSING_OUTCOMES.get((Kind(row.kind), State(row.state)), frozenset()):
        raise Refused(
            N_("A case in this state cannot end with this result."),
            field="outcome",
            article=move.transition.articles.get(row.regime, ""),
        )
    row.outcome, row.result_note = outcome, _text(note, field="note")
    row.recovered_amount = _amount(recovered_amount, field="recovered_amount")
    row.penalty_amount = _amount(penalty_amount, field="penalty_amount")
    _close_dispatch(row, at)
    owes_notice = outcome in (Outcome.MEDIATION_ENDED, Outcome.NO_SETTLEMENT)
    return move.finish(
        by=by,
        at=at,
        text=row.result_note,
        data={
            "outcome": str(outcome),
            "recovered_amount": _plain(recovered_amount),
            "penalty_amount": _plain(penalty_amount),
        },
        fields=("outcome", "result_note", "recovered_amount", "penalty_amount"),
        then=(lambda book: book.start(Trigger.TERMINATION_DECIDED, at)) if owes_notice else None,
    )


def _open_dispatch(case: Case) -> Dispatch | None:
    known = writer().held(Dispatch, ("open", case.pk))
    if known is not None:
        return known if known.state == DispatchState.OPEN else None
    return Dispatch.objects.select_for_update().filter(case=case, state=DispatchState.OPEN).first()


def _close_dispatch(case: Case, at: datetime) -> None:
    answered = _open_dispatch(case)
    if answered is not None:
        answered.state, answered.ended_at = DispatchState.ANSWERED, at
        writer().save(answered, "state", "ended_at")


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


@one_transaction
def assign(
    *, case: Case, unit: Unit, handler: Person | None, by: Person, at: datetime, revision: int | None = None
) -> Case:
    """Hand a case to a station or a person within the unit it was dispatched to.

    For reports the stations' part is O20 art. 26 and O121 art. 30.
    """
    row = _locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    require(by, Permission.CASE_HANDLE)
    _require_unit(row, by, Permission.CASE_HANDLE)
    if row.has_ended:
        raise NotYours
    sent = _open_dispatch(row)
    if sent is None or not unit.path.startswith(sent.to_unit.path):
        raise Refused(
            N_("A case cannot be passed on to this unit: return it to the centre, which dispatches it."),
            field="unit",
            article=workflow.dispatch_article(row.regime),
        )
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


@one_transaction
def record_notice(*, case: Case, by: Person, at: datetime, revision: int | None = None) -> bool:
    """Record that the parties were told; return whether a limit was waiting for it."""
    row = _locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    require(by, Permission.CASE_HANDLE)
    _require_unit(row, by, Permission.CASE_HANDLE)
    book = ClockBook.opened(row)
    book.stop(NOTICE_LIMITS, at)
    if not book.ended:
        return False
    facts = book.write()
    row.revision += 1
    writer().save(row, "next_due_at", "revision")
    writer().record("case.parties_told", row, by=by, at=at, data=facts)
    return True
