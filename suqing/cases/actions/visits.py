"""Return visits (回访), handling a case anew after one, and the archive.

O121 art. 26 names spot checks and return visits as means to judge how complaints are handled; the four grades, the
redo after dissatisfaction and the second visit are the practice of published work standards.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can_in
from suqing.cases.actions.clocks import CENTRE_LIMITS, NOTICE_LIMITS, ClockBook
from suqing.cases.actions.moving import Move, Refused, begin, plain, written
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseResult, Dispatch, Mediation, ReturnVisit, SupervisedCase
from suqing.cases.oversight import OrderState
from suqing.cases.queries.visits import ATTEMPTS, visits_of
from suqing.cases.vocabulary import ClockState, DispatchState, Kind, State, Step, VisitGrade
from suqing.ledger.policy import declare
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer

N_ = str
LONGEST_NOTE = 500

# No article says what becomes of the limits when a case is handled anew.
RESTART = declare(
    "reopen.restart_clocks",
    True,
    N_("When a case is handled anew, the limits that begin with receipt run once more from that day"),
)
# How long files are kept is not known to us: nothing is destroyed by itself, whatever stands here.
RETENTION = declare(
    "archive.retention_years",
    0,
    N_("Years that archived cases are kept, as the rules of the place say; 0 means not set"),
)


@one_transaction
def visit(
    *,
    case: Case,
    by: Person,
    at: datetime,
    grade: str = "",
    is_reached: bool = True,
    note: str = "",
    revision: int | None = None,
) -> Case:
    """Record a call back after the end: reached with one of four grades, or not reached (O121 art. 26).

    Raise Refused for a person who cannot be called, who has been visited since the last end, or who was tried as often
    as local policy allows.
    """
    move = begin(case, Step.VISIT, by=by, revision=revision)
    row = move.case
    article = move.transition.articles.get(row.regime, "")
    _check_callable(row, by)
    stands = visits_of(row)
    if stands.reached is not None:
        raise Refused(N_("The return visit after this end has been made."), article=article)
    if stands.attempts >= setting(ATTEMPTS.key):
        raise Refused(
            N_("Nobody was reached in %(count)s attempts; local policy asks for no more."),
            field="is_reached",
            count=stands.attempts,
        )
    _check_grade(grade, is_reached)
    note = _note(note, required=grade == VisitGrade.DISSATISFIED)
    made = ReturnVisit(
        case=row, round=len(stands.visits) + 1, grade=grade, is_reached=is_reached, note=note, by=by, at=at
    )
    writer().new(made)
    if is_reached:
        row.visit_grade = grade
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=("visit_grade",),
        data={"round": made.round, "grade": grade, "is_reached": is_reached},
    )


def _check_callable(case: Case, by: Person) -> None:
    """Reports only by those who may see them (O20 art. 33, O121 art. 37); nobody who cannot be called."""
    if case.kind == Kind.REPORT:
        if not can_in(by, Permission.REPORT_VIEW, case.responsible_unit):
            raise NotPermitted(Permission.REPORT_VIEW)
        if not case.is_real_name:
            raise Refused(N_("The report is anonymous: nobody can be called back."))
    if case.party is None or case.party.erased_at is not None or not case.party.phone_hash:
        raise Refused(N_("No number of the person is known: nobody can be called back."))


def _check_grade(grade: str, is_reached: bool) -> None:
    if is_reached and grade not in set(VisitGrade):
        raise Refused(N_("Choose how satisfied the person is."), field="grade")
    if not is_reached and grade:
        raise Refused(N_("Somebody who was not reached gives no grade."), field="grade")


def _note(note: str, *, required: bool) -> str:
    note = written(note, field="note", required=required)
    if len(note) > LONGEST_NOTE:
        raise Refused(N_("A note has at most %(limit)s characters."), field="note", limit=LONGEST_NOTE)
    return note


# Handling anew


@one_transaction
def reopen(
    *,
    case: Case,
    note: str,
    by: Person,
    at: datetime,
    redo_until: date | None = None,
    to_unit: Unit | None = None,
    revision: int | None = None,
) -> Case:
    """Have an ended case handled anew by the unit that had it last, until a day if one is set.

    Results and decisions no longer stand and are kept in the story; notices owed for them fall away.  Takes the case
    out of the archive.  ``to_unit`` is needed only where no unit has had the case.
    """
    move = begin(case, Step.REOPEN, by=by, revision=revision)
    row = move.case
    if redo_until is not None and redo_until < local_day(at):
        raise Refused(N_("The day for the redo lies in the past."), field="redo_until")
    note = _note(note, required=True)
    before = _take_back(row)
    sent = _way_back(move, to_unit, note, redo_until, by=by, at=at)
    _order_redo(row, redo_until)
    return move.finish(
        by=by,
        at=at,
        text=note,
        fields=(*_RESULT, "archived_at", "responsible_unit", "handler", "dispatched_at"),
        data={
            "undone": before,
            "redo_until": redo_until and redo_until.isoformat(),
            "to_unit": row.responsible_unit.code,
            "to_unit_name": row.responsible_unit.name,
            "from_unit": sent.from_unit.code if sent else "",
        },
        then=lambda book: _clocks_anew(book, at),
    )


_RESULT = (
    *("outcome", "ground", "result_note", "recovered_amount", "penalty_amount"),
    *("decided_at", "filed_at", "publicised_on"),
)


_OF_MEDIATION = (
    *("complainant_consented_at", "complainant_consent_way", "respondent_consented_at"),
    *("respondent_consent_way", "mode", "begun_at", "ended_at", "termination_ground", "paper"),
)


def _take_back(row: Case) -> dict[str, Any]:
    """Empty what the end said; return its facts for the story.  The words stand in the event of that end."""
    before: dict[str, Any] = {
        "outcome": row.outcome,
        "ground": row.ground,
        "recovered_amount": plain(row.recovered_amount),
        "penalty_amount": plain(row.penalty_amount),
        "archived_at": row.archived_at and row.archived_at.isoformat(),
        "publicised_on": row.publicised_on and row.publicised_on.isoformat(),
    }
    details = CaseResult.objects.filter(case=row).values().first()
    if details is not None:
        before["details"] = {
            name: _safe(value) for name, value in details.items() if value not in (None, "", [])
        }
        CaseResult.objects.filter(case=row).delete()
    mediation = Mediation.objects.filter(case=row).values(*_OF_MEDIATION).first()
    if mediation is not None:
        # Consent is given to one mediation: the next one asks for it anew (O20 art. 16, O121 art. 18).
        before["mediation"] = {
            name: _safe(value) for name, value in mediation.items() if value not in (None, "")
        }
        Mediation.objects.filter(case=row).delete()
    row.outcome = row.ground = row.result_note = ""
    row.recovered_amount = row.penalty_amount = None
    row.decided_at = row.filed_at = row.archived_at = row.publicised_on = None
    return {name: value for name, value in before.items() if value}


def _safe(value: object) -> object:
    return value if isinstance(value, bool | int | str | list) else str(value)


def _way_back(
    move: Move, to_unit: Unit | None, note: str, redo_until: date | None, *, by: Person, at: datetime
) -> Dispatch | None:
    """Send the case where it was last; a consultation goes to the centre, which answers or dispatches it."""
    row = move.case
    last = (
        Dispatch.objects.filter(case=row).exclude(state=DispatchState.RETURNED).order_by("-at", "-id").first()
    )
    row.handler = None
    if move.transition.target == State.REGISTERED:
        if last is not None:
            row.responsible_unit, row.dispatched_at = last.from_unit, None
        return None
    sender = last.from_unit if last is not None else row.responsible_unit
    if last is not None and last.to_unit.is_active:
        to_unit = last.to_unit
    if to_unit is None or not to_unit.is_active:
        raise Refused(N_("No unit has had this case: name the unit that is to handle it."), field="to_unit")
    sent = Dispatch(
        case=row,
        from_unit=sender,
        to_unit=to_unit,
        at=at,
        by=by,
        report_back_on=redo_until,
        note=note,
        article=move.transition.articles.get(row.regime, ""),
    )
    writer().new(sent)
    writer().hold(sent, ("open", row.pk))
    if not row.responsible_unit.path.startswith(to_unit.path):
        row.responsible_unit = to_unit
    row.dispatched_at = at
    return sent


def _order_redo(row: Case, redo_until: date | None) -> None:
    """The dissatisfied visit carries the day until which the redo is asked for; a second visit is due after it."""
    last = visits_of(row).visits[-1:]
    if last and last[0].grade == VisitGrade.DISSATISFIED and redo_until is not None:
        last[0].redo_until = redo_until
        writer().save(last[0], "redo_until")


def _clocks_anew(book: ClockBook, at: datetime) -> None:
    book.stop(NOTICE_LIMITS, at, as_void=True)
    if setting(RESTART.key):
        book.start_anew(at, without=CENTRE_LIMITS if book.case.state == State.DISPATCHED else frozenset())


# The archive


@one_transaction
def archive(*, case: Case, by: Person, at: datetime, revision: int | None = None) -> Case:
    """Put an ended case into the archive (PROC art. 78).

    Raise Refused while a notice to the parties is owed or an open supervision order names the case.
    """
    move = begin(case, Step.ARCHIVE, by=by, revision=revision)
    row = move.case
    article = move.transition.articles.get(row.regime, "")
    owed = [
        clock
        for clock in move.book.clocks
        if clock.limit in NOTICE_LIMITS and clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    ]
    if owed:
        raise Refused(
            N_("The parties have not been told yet; until then the case cannot be archived."), article=article
        )
    over = (
        SupervisedCase.objects.filter(case=row, order__state=OrderState.OPEN).select_related("order").first()
    )
    if over is not None:
        raise Refused(
            N_("The supervision order %(number)s is open over this case."), number=over.order.number
        )
    row.archived_at = at
    return move.finish(by=by, at=at, fields=("archived_at",))
