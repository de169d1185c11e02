"""Reminders (催办): the centre asks the unit that has a case how it stands; the unit answers.

No article fixes when a unit may be reminded or how soon it answers: the intervals are local policy.  A reminder leaves
the case as it is, so that a form that somebody of the unit has open does not go stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import NotYours, Refused, Stale, key_of, locked, require_unit
from suqing.cases.models import Case, Escalation, Reminder
from suqing.cases.queries.reminders import may_be_reminded, whom_to_remind
from suqing.cases.vocabulary import Kind
from suqing.inbox import codes
from suqing.inbox.actions import mark_answered, take_back, tell
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting
from suqing.ledger.writing import one_transaction, writer

N_ = str
LONGEST_NOTE = 500


def _hours(value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= 240:
        raise BadSetting("0 to 240 hours")


AGAIN_AFTER = declare(
    "reminders.again_after_hours",
    2,
    N_("Hours before a unit that has not answered can be reminded of the same case again"),
    check=_hours,
)
REMINDED = codes.declare(
    "reminder.sent",
    N_("The centre reminds you of case %(number)s (reminder no. %(count)s)."),
    icon="bell-ringing",
)
ANSWERED = codes.declare(
    "reminder.answered", N_("%(unit)s answered the reminder on case %(number)s."), icon="messages"
)


@one_transaction
def remind(*, case: Case, by: Person, at: datetime, note: str = "", revision: int | None = None) -> Reminder:
    """Remind the unit that has the case: its handler, or who is on duty there; it reaches them in duty hours.

    Raise Refused for a case that is with the centre or has ended, and while the last reminder is fresh.
    """
    require(by, Permission.CASE_REMIND)
    row = locked(case)
    require_unit(row, by, Permission.CASE_REMIND)
    if revision is not None and row.revision != revision:
        raise Stale
    check_remindable(row)
    note = short(note, field="note", required=False)
    check_interval(row, _last(row), at, setting(AGAIN_AFTER.key))
    row.remind_count += 1
    writer().save(row, "remind_count")
    made, people = told_of(row, note, by=by, at=at)
    writer().record(
        "case.reminded",
        row,
        by=by,
        at=at,
        data={
            "reminder": made.pk,
            "unit": made.unit.code,
            "count": row.remind_count,
            "told": [one.pk for one in people],
        },
        personal={key_of(row): {"text": note}} if note else None,
    )
    return made


def told_of(case: Case, note: str, *, by: Person, at: datetime) -> tuple[Reminder, list[Person]]:
    """Write the reminder of a case that has just been counted, and tell the people whom it reaches."""
    whom = (case.responsible_unit_id, case.handler_id, case.kind == Kind.REPORT)
    people = writer().memo(("whom to remind", at, whom), lambda: whom_to_remind(case, at))
    made = writer().new(
        Reminder(case=case, unit=case.responsible_unit, level=1, note=note, by=by, at=at, sent_at=at)
    )
    writer().hold(made, ("last", case.pk))
    names = [one.display_name for one in people]
    writer().new(Escalation(case=case, reminder=made, rung=1, told=names, at=at))
    tell(
        people,
        REMINDED,
        values={"number": case.number, "count": case.remind_count},
        subject=("reminder", made.pk),
        link=("case", (case.number,)),
        level=codes.Level.SOON,
        at=at,
        by=by,
    )
    return made, people


def withdraw_unanswered(keys: Sequence[int], *, at: datetime) -> None:
    """Take reminders back that nobody has answered: with them go the messages that nobody has read."""
    take_back(subject_type="reminder", keys=keys, at=at)
    Escalation.objects.filter(reminder__in=keys).delete()
    Reminder.objects.filter(pk__in=keys, answered_at=None).delete()


def check_remindable(case: Case) -> None:
    """Raise Refused where no unit has the case."""
    if case.has_ended:
        raise Refused(N_("The case has ended: there is nothing to remind of."))
    if not may_be_reminded(case):
        raise Refused(N_("The case is with the centre: there is no unit to remind."))


def check_interval(case: Case, last: Reminder | None, at: datetime, hours: int) -> None:
    """Raise Refused while the last reminder to the unit that has the case is fresh and unanswered."""
    if last is None or last.answered_at is not None or last.unit_id != case.responsible_unit_id:
        return
    if at < last.at + timedelta(hours=hours):
        raise Refused(
            N_("The unit was reminded less than %(hours)s hours ago and has not answered yet."),
            field="note",
            hours=hours,
        )


def _last(case: Case) -> Reminder | None:
    return writer().held(Reminder, ("last", case.pk)) or case.reminders.order_by("-at", "-pk").first()


def short(text: str, *, field: str, required: bool) -> str:
    """The text without its edges.  Raise Refused where it is too long, or missing."""
    text = text.strip()
    if required and not text:
        raise Refused(N_("Write down how the case stands."), field=field)
    if len(text) > LONGEST_NOTE:
        raise Refused(N_("At most %(limit)s characters."), field=field, limit=LONGEST_NOTE)
    return text


@one_transaction
def answer_reminder(
    *, reminder: Reminder, answer: str, by: Person, at: datetime, revision: int | None = None
) -> Reminder:
    """Answer a reminder for the unit that has the case; the centre is told.

    Raise Refused for one that is answered already, or whose case has ended or gone elsewhere.
    """
    require(by, Permission.CASE_HANDLE)
    case = locked(reminder.case)
    require_unit(case, by, Permission.CASE_HANDLE)
    if revision is not None and case.revision != revision:
        raise Stale
    row = writer().held(Reminder, ("last", case.pk))
    if row is None or row.pk != reminder.pk:
        rows = Reminder.objects.select_for_update(of=("self",)).select_related("unit", "by")
        row = rows.get(pk=reminder.pk)
    if row.answered_at is not None:
        raise Refused(N_("The reminder has been answered already."))
    if not may_be_reminded(case):
        raise Refused(N_("The case is no longer with the unit: the reminder needs no answer."))
    if not case.responsible_unit.path.startswith(row.unit.path):
        raise NotYours
    row.answer = short(answer, field="answer", required=True)
    row.answered_at, row.answered_by = at, by
    writer().save(row, "answer", "answered_at", "answered_by")
    mark_answered(subject=("reminder", row.pk), at=at)
    _tell_who_asked(case, row, by, at)
    writer().record(
        "case.reminder_answered",
        case,
        by=by,
        at=at,
        data={"reminder": row.pk, "unit": row.unit.code, "level": row.level},
        personal={key_of(case): {"text": row.answer}},
    )
    return row


def _tell_who_asked(case: Case, reminder: Reminder, by: Person, at: datetime) -> None:
    if reminder.by is None:
        return
    tell(
        [reminder.by],
        ANSWERED,
        values={"unit": reminder.unit.name, "number": case.number},
        subject=("reminder_answer", reminder.pk),
        link=("case", (case.number,)),
        at=at,
        by=by,
    )
