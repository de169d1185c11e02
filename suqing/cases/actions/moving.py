"""How a step is taken: the case is locked, the table asked, the right checked; the move is finished in one place.

Every step: today's row is locked, the table is asked, the person's permission and unit are checked, the state moves,
clocks start and stop, the event is written, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases import workflow
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.intake import MAX_AMOUNT, MAX_NARRATIVE
from suqing.cases.models import Case, Dispatch
from suqing.cases.vocabulary import DispatchState, Kind, State, Step
from suqing.ledger.writing import writer

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
class Move:
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
        if case.state not in workflow.ENDED:
            case.closed_at = None
        elif self.before not in workflow.ENDED:
            case.closed_at = at
        case.revision += 1
        self.book.stop_for(step, at)
        if then is not None:
            then(self.book)
        facts = self.book.write()
        writer().save(case, "state", "revision", "closed_at", "next_due_at", *fields)
        subject = key_of(case)
        writer().record(
            f"case.{PAST[step]}",
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


def key_of(case: Case) -> str:
    """The subject under whose key a text about the case is kept; the case itself once its person is erased."""
    party = case.party or case.submission.party
    if party is not None and party.erased_at is not None:
        return f"case:{case.pk}"
    return case.party.key_subject if case.party else f"submission:{case.submission.ref}"


PAST = {
    Step.ANSWER: "answered",
    Step.DISPATCH: "dispatched",
    Step.RETURN: "returned",
    Step.UPHOLD: "objection_upheld",
    Step.REJECT: "objection_rejected",
    Step.DISPUTE: "competence_disputed",
    Step.AGREE: "competence_agreed",
    Step.ASK_DESIGNATION: "designation_asked",
    Step.DESIGNATE: "designated",
    Step.TRANSFER: "transferred",
    Step.TELL_ELSEWHERE: "told_elsewhere",
    Step.WITHDRAW: "withdrawn",
    Step.ACCEPT: "accepted",
    Step.REFUSE: "refused",
    Step.ASK_IDENTITY: "identity_asked",
    Step.RECORD_IDENTITY: "identity_recorded",
    Step.CONSENT: "consent_recorded",
    Step.DELEGATE: "mediation_delegated",
    Step.MEDIATE: "mediation_begun",
    Step.SCHEDULE: "session_arranged",
    Step.ASK_RECUSAL: "recusal_asked",
    Step.DECIDE_RECUSAL: "recusal_decided",
    Step.BEGIN_PERIOD: "period_begun",
    Step.END_PERIOD: "period_ended",
    Step.FIND_LEADS: "leads_found",
    Step.TERMINATE: "mediation_terminated",
    Step.CHECK: "check_begun",
    Step.NOT_AGAIN: "not_handled_again",
    Step.MERGE: "repeat_merged",
    Step.ASK_EXTENSION: "extension_asked",
    Step.DECIDE_EXTENSION: "extension_decided",
    Step.FILE: "filed",
    Step.NOT_FILE: "not_filed",
    Step.INVESTIGATE: "investigated",
    Step.CLOSE: "closed",
    Step.VISIT: "visited",
    Step.REOPEN: "reopened",
    Step.ARCHIVE: "archived",
}


def begin(case: Case, step: Step, *, by: Person, revision: int | None) -> Move:
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    transition = workflow.transition(Kind(row.kind), State(row.state), step, row.regime)
    if row.archived_at is not None and step not in workflow.AFTER_ARCHIVING:
        raise workflow.NotAllowed(Kind(row.kind), State(row.state), step, row.regime)
    require(by, Permission(transition.permission))
    require_unit(row, by, Permission(transition.permission))
    return Move(row, transition, row.state, ClockBook.opened(row))


def locked(case: Case) -> Case:
    """Decide on today's row, not on the page's copy."""
    write = writer()
    row = write.held(Case, case.pk)
    if row is None:
        # Locked first, read after it: a join in the locking query would find no row at all where the one who was
        # faster has just moved the case to another unit.
        Case.objects.select_for_update().filter(pk=case.pk).values_list("pk", flat=True).get()
        row = Case.objects.select_related("responsible_unit", "party", "submission").get(pk=case.pk)
        write.hold(row, row.pk)
    return row


def require_unit(case: Case, by: Person, permission: Permission) -> None:
    if not can_in(by, permission, case.responsible_unit):
        raise NotYours


def written(text: str, *, field: str, required: bool = True) -> str:
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


def amount_of(value: Decimal | None, *, field: str) -> Decimal | None:
    if value is not None and (not value.is_finite() or value < 0 or value > MAX_AMOUNT):
        raise Refused(N_("An amount lies between 0 and %(limit)s yuan."), field=field, limit=MAX_AMOUNT)
    return value


def open_dispatch(case: Case, state: DispatchState = DispatchState.OPEN) -> Dispatch | None:
    """The dispatch the case is under, locked: with the unit, or waiting for the centre's word on an objection."""
    known = writer().held(Dispatch, ("open", case.pk))
    if known is not None:
        return known if known.state == state else None
    rows = Dispatch.objects.select_for_update(of=("self",)).select_related("from_unit", "to_unit")
    found = rows.filter(case=case, state=state).first()
    if found is not None:
        # Steps that follow in a gathered block must find it as this step leaves it.
        writer().hold(found, ("open", case.pk))
    return found


def close_dispatch(case: Case, at: datetime) -> None:
    answered = open_dispatch(case)
    if answered is not None:
        answered.state, answered.ended_at = DispatchState.ANSWERED, at
        writer().save(answered, "state", "ended_at")


def plain(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
