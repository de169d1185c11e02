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
from suqing.cases.actions.clocks import NOTICE_LIMITS
from suqing.cases.models import Case
from suqing.cases.vocabulary import LABELS, ClockState, Kind, Outcome, State, Step
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

N_ = str


class AnswerForm(StepForm):
    text = words(gettext_lazy("Answer"))
    first = "text"


class NoticeForm(StepForm):
    pass


class CloseForm(StepForm):
    outcome = forms.ChoiceField(label=gettext_lazy("Result"), widget=Radios)
    note = words(gettext_lazy("What came of it"))
    recovered_amount = yuan(gettext_lazy("Recovered for the consumer, in yuan"))
    penalty_amount = yuan(gettext_lazy("Penalty, in yuan"))
    first = "outcome"

    def prepare(self) -> None:
        kind, state = Kind(self.case.kind), State(self.case.state)
        allowed = workflow.CLOSING_OUTCOMES.get((kind, state), frozenset())
        choices = [(str(one), _(LABELS[one])) for one in Outcome if one in allowed]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        self.fields.pop("penalty_amount" if kind == Kind.COMPLAINT else "recovered_amount")
        if state == State.NOT_FILED:
            self.fields.pop("penalty_amount")
        if len(choices) == 1:
            self.initial.setdefault("outcome", choices[0][0])


def _close(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return handling.close(
        outcome=Outcome(data["outcome"]),
        recovered_amount=data.get("recovered_amount"),
        penalty_amount=data.get("penalty_amount"),
        by=by,
        at=at,
        **given(form, "note"),
    )


def _notice(form: StepForm, by: Person, at: datetime) -> object:
    """Raise Refused where no limit waits: the page must not say that something was recorded."""
    if not handling.record_notice(by=by, at=at, **given(form)):
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
        CloseForm,
        _close,
    ),
    StepDesk(
        "notice",
        N_("Parties told"),
        N_("Record that the parties were told; the limit for it ends."),
        N_("It is recorded that the parties were told."),
        "t",
        NoticeForm,
        _notice,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """What is owed to the parties after a decision."""
    if not can_in(person, P.CASE_HANDLE, case.responsible_unit):
        return []
    waiting = [clock for clock in case.clocks.all() if _waits_for_notice(clock)]
    if not waiting:
        return []
    articles = tuple(dict.fromkeys(clock.article for clock in waiting if clock.article))
    return [Offer(desk, articles) for desk in DESKS if desk.code == "notice"]


def _waits_for_notice(clock: Any) -> bool:
    return clock.limit in NOTICE_LIMITS and clock.state == ClockState.RUNNING
