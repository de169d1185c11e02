"""A note on the case page: it moves nothing and never comes too late."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.actions.notes import may_note, note
from suqing.cases.models import Case
from suqing.web.desks.steps.forms import Offer, StepDesk, StepForm, words

N_ = str


class CaseNoteForm(StepForm):
    note = words(
        gettext_lazy("What was heard, agreed or done"),
        help_text=gettext_lazy("It stands in the story of the case, for everybody who may read it."),
    )
    first = "note"


def _note(form: StepForm, by: Person, at: datetime) -> object:
    return note(case=form.case, note=form.cleaned_data["note"], by=by, at=at)


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        "note",
        N_("Add a note"),
        N_("Write down what was heard, agreed or done; nothing else changes by it."),
        N_("The note stands in the story of the case."),
        "o",
        CaseNoteForm,
        _note,
        joins=True,
        is_small=True,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """A note can be added to every open case of one's own; no query."""
    return [Offer(desk, ()) for desk in DESKS if may_note(person, case)]
