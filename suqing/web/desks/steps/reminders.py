"""Reminders on the case page: the centre reminds, the unit answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.supervision import LONGEST_NOTE, answer_reminder, remind
from suqing.cases.models import Case
from suqing.cases.queries.reminders import may_be_reminded, open_reminders
from suqing.web.desks.steps.forms import Offer, StepDesk, StepForm, simple, words
from suqing.web.wording import moment_text

N_ = str
REMIND, ANSWER = "remind", "answer-reminder"


class RemindForm(StepForm):
    note = words(
        gettext_lazy("What the unit is to know"),
        required=False,
        limit=LONGEST_NOTE,
        help_text=gettext_lazy("The unit reads it on the case; the message itself carries only the number."),
    )
    first = "note"


class AnswerReminderForm(StepForm):
    reminder = forms.TypedChoiceField(label=gettext_lazy("Which reminder"), coerce=int)
    answer = words(gettext_lazy("How the case stands"), limit=LONGEST_NOTE)
    first = "answer"

    def prepare(self) -> None:
        self.found = {one.pk: one for one in open_reminders(self.case)}
        zone = timezone.get_current_timezone()
        self.fields["reminder"].choices = [  # type: ignore[attr-defined]
            (one.pk, _reminded(moment_text(one.at, self.now, zone), one.by)) for one in self.found.values()
        ]
        if len(self.found) < 2:
            # One, or none any more, which the action says.
            self.fields.pop("reminder")


def _reminded(at: str, by: Person | None) -> str:
    return f"{at} · {by.display_name if by else _('The system')}"


def _answer(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, AnswerReminderForm)
    data: dict[str, Any] = form.cleaned_data
    chosen = form.found.get(data.get("reminder") or next(iter(form.found), 0))
    if chosen is None:
        raise Refused(N_("The reminder has been answered already."))
    return answer_reminder(
        reminder=chosen, answer=data["answer"], by=by, at=at, revision=data.get("revision")
    )


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        ANSWER,
        N_("Answer the reminder"),
        N_("Say how the case stands; the centre is told and the reminder climbs no further."),
        N_("The reminder has been answered."),
        "h",
        AnswerReminderForm,
        _answer,
        is_main=True,
    ),
    StepDesk(
        REMIND,
        N_("Remind the unit"),
        N_("Its handler or whoever is on duty is told in duty hours; unanswered, it climbs the ladder."),
        N_("The unit has been reminded."),
        "p",
        RemindForm,
        simple(remind, "note"),
        joins=True,
        is_small=True,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """Reminding and answering, which no state of the table holds; one query for cases that were reminded of."""
    if case.archived_at is not None or not may_be_reminded(case):
        return []
    codes = set()
    if can_in(person, P.CASE_REMIND, case.responsible_unit):
        codes.add(REMIND)
    if can_in(person, P.CASE_HANDLE, case.responsible_unit) and open_reminders(case):
        codes.add(ANSWER)
    return [Offer(desk, ()) for desk in DESKS if desk.code in codes]
