"""Answers, results and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases import workflow
from suqing.cases.actions import handling, moving
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.notices import LABELS as NOTICE_LABELS
from suqing.cases.notices import Matter, Told, Way, may_be_told
from suqing.cases.queries.notices import owed
from suqing.cases.vocabulary import LABELS, Kind, Outcome, State, Step
from suqing.lawclock.queries import citation
from suqing.web.desks.steps.forms import (
    Offer,
    Radios,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
    yuan,
)
from suqing.web.desks.steps.mediation import ConcludeForm, conclude
from suqing.web.desks.steps.results import ResultForm

N_ = str


class AnswerForm(StepForm):
    text = words(gettext_lazy("Answer"))
    first = "text"


class NoticeForm(StepForm):
    matters = forms.MultipleChoiceField(
        label=gettext_lazy("What was told"), widget=forms.CheckboxSelectMultiple
    )
    told = forms.MultipleChoiceField(label=gettext_lazy("Who was told"), widget=forms.CheckboxSelectMultiple)
    way = forms.ChoiceField(label=gettext_lazy("How"))
    given_on = forms.DateField(
        label=gettext_lazy("When"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = words(gettext_lazy("Note"), required=False)
    first = "way"

    def prepare(self) -> None:
        waiting = [one for one in owed(self.case) if one.is_ripe]
        people = may_be_told(Kind(self.case.kind))
        self.fields["matters"].choices = [  # type: ignore[attr-defined]
            (str(one.matter), _with_article(_(NOTICE_LABELS[one.matter]), one.article)) for one in waiting
        ]
        self.fields["told"].choices = [(str(one), _(NOTICE_LABELS[one])) for one in people]  # type: ignore[attr-defined]
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose how")),
            *((str(one), _(NOTICE_LABELS[one])) for one in Way),
        ]
        if len(people) == 1:
            self.fields.pop("told")
        if not waiting:
            # The action says that nobody waits; no field is asked for before.
            for field in self.fields.values():
                field.required = False
        self.initial.setdefault("matters", [str(one.matter) for one in waiting])
        self.initial.setdefault("told", [str(one) for one in people])
        self.initial.setdefault("given_on", local_day(self.now))


def _with_article(label: str, article: str) -> str:
    return f"{label} · {citation((article,))}" if article else label


class CloseForm(ResultForm):
    outcome = forms.ChoiceField(label=gettext_lazy("Result"), widget=Radios)
    note = words(gettext_lazy("What came of it"))
    recovered_amount = yuan(gettext_lazy("Recovered for the consumer, in yuan"))
    penalty_amount = yuan(gettext_lazy("Penalty, in yuan"))
    first = "outcome"

    def prepare(self) -> None:
        super().prepare()
        kind, state = Kind(self.case.kind), State(self.case.state)
        allowed = workflow.CLOSING_OUTCOMES.get((kind, state), frozenset())
        choices = [(str(one), _(LABELS[one])) for one in Outcome if one in allowed]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        self.fields.pop("penalty_amount" if kind == Kind.COMPLAINT else "recovered_amount")
        if state == State.NOT_FILED:
            self.fields.pop("penalty_amount")
            self.fields.pop("confiscated_amount")
        # A penalty in figures needs no words; the action asks for them otherwise.
        self.fields["note"].required = Outcome.PENALTY not in allowed
        if len(choices) == 1:
            self.initial.setdefault("outcome", choices[0][0])


def closing_form(*args: Any, case: Case, **kwargs: Any) -> StepForm:
    """A complaint ends by the agreement of its sides, which has papers of its own."""
    form = ConcludeForm if case.kind == Kind.COMPLAINT else CloseForm
    return form(*args, case=case, **kwargs)


def _close(form: StepForm, by: Person, at: datetime) -> object:
    if isinstance(form, ConcludeForm):
        return conclude(form, by, at)
    assert isinstance(form, CloseForm)
    data = form.cleaned_data
    return handling.close(
        outcome=Outcome(data["outcome"]),
        recovered_amount=data.get("recovered_amount"),
        penalty_amount=data.get("penalty_amount"),
        details=form.details(),
        by=by,
        at=at,
        **given(form, "note"),
    )


def _notice(form: StepForm, by: Person, at: datetime) -> object:
    """Raise Refused where nothing is owed: the page must not say that something was recorded."""
    data = form.cleaned_data
    notice = handling.NoticeGiven(
        matters=[Matter(one) for one in data.get("matters") or ()],
        told=[Told(one) for one in data.get("told") or ()],
        way=data.get("way") or "",
        given_on=data.get("given_on"),
        note=data.get("note") or "",
    )
    if not handling.record_notice(by=by, at=at, given=notice, **given(form)):
        raise moving.Refused(N_("No limit waits for the parties to be told."))
    return form.case


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.ANSWER,
        LABELS[Step.ANSWER],
        N_("Write down what was answered; the consultation is closed by it."),
        N_("The consultation has been answered."),
        "w",
        AnswerForm,
        simple(handling.answer, "text"),
        is_main=True,
    ),
    StepDesk(
        Step.CLOSE,
        LABELS[Step.CLOSE],
        N_("Write down the result; the running limits end."),
        N_("The case has been closed."),
        "c",
        closing_form,
        _close,
    ),
    StepDesk(
        "notice",
        N_("Record a notice"),
        N_("Record who was told what, how and when; the limit for it ends."),
        N_("It is recorded that the parties were told."),
        "t",
        NoticeForm,
        _notice,
        joins=True,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """What is owed to the people of the case: limits for telling them, and the special laws' duties."""
    if case.archived_at is not None or not can_in(person, P.CASE_HANDLE, case.responsible_unit):
        return []
    waiting = [one for one in owed(case) if one.is_ripe]
    if not waiting:
        return []
    articles = tuple(dict.fromkeys(one.article for one in waiting if one.article))
    return [Offer(desk, articles) for desk in DESKS if desk.code == "notice"]
