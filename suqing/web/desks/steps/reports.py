"""Steps of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.actions import moving, reports
from suqing.cases.intake import local_day
from suqing.cases.investigation import ACTS
from suqing.cases.models import Case
from suqing.cases.queries.reports import earlier_reports, repeats_to_merge
from suqing.cases.result_details import LONGEST
from suqing.cases.vocabulary import LABELS, State, Step
from suqing.lawclock import queries as law
from suqing.web.desks.steps.forms import (
    Choices,
    NoteForm,
    Radios,
    ReasonForm,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
)
from suqing.web.wording import day_text

N_ = str

SUMMARY = 40  # characters of the redacted words beside a report to choose


class FileForm(StepForm):
    note = words(
        gettext_lazy("What was found and why it is decided so"),
        help_text=gettext_lazy("The head of the bureau decides on filing."),
    )
    filing_number = forms.CharField(
        label=gettext_lazy("Number of the penalty case"), required=False, max_length=LONGEST["filing_number"]
    )
    cause = forms.CharField(
        label=gettext_lazy("Cause of the penalty case"), required=False, max_length=LONGEST["cause"]
    )
    first = "note"


class NotFileForm(ReasonForm):
    note = words(
        gettext_lazy("What was found and why it is decided so"),
        help_text=gettext_lazy("The head of the bureau decides on filing."),
    )


class _OtherReportForm(StepForm):
    """A step that names another report of the same reporter on the same operator."""

    other = ""  # the field that names it

    def found(self) -> list[Case]:
        """The reports to choose from."""
        raise NotImplementedError

    def prepare(self) -> None:
        self.reports = {case.pk: case for case in self.found()}
        field = self.fields[self.other]
        field.choices = _rows(list(self.reports.values()), self.now)  # type: ignore[attr-defined]
        # Without any report to choose the action says why: the reporter is anonymous, or none is known.
        field.required = bool(self.reports)
        if len(self.reports) == 1:
            self.initial.setdefault(self.other, next(iter(self.reports)))

    def chosen(self) -> Case:
        """The report that was chosen.  Raise Refused, with O121 art. 35(2), if there is none to choose."""
        key = self.cleaned_data.get(self.other)
        if not key:
            is_anonymous = self.case.party is None
            why = (
                N_("An anonymous report has no reporter to compare: it is handled on its own.")
                if is_anonymous
                else N_("No such report of the same reporter on the same operator is known.")
            )
            raise moving.Refused(why, field=self.other, article=reports.REPEAT_ARTICLE)
        return self.reports[key]


class NotAgainForm(_OtherReportForm):
    earlier = forms.TypedChoiceField(
        label=gettext_lazy("Earlier report"), coerce=int, widget=Radios, empty_value=None
    )
    note = words(gettext_lazy("Why it is the same act, and what was done on it"))
    first = other = "earlier"

    def found(self) -> list[Case]:
        return earlier_reports(self.reader, self.case) if self.reader else []


class MergeForm(_OtherReportForm):
    repeat = forms.TypedChoiceField(
        label=gettext_lazy("Repeat report"), coerce=int, widget=Radios, empty_value=None
    )
    note = words(gettext_lazy("Which facts are new"), required=False)
    first = other = "repeat"

    def found(self) -> list[Case]:
        return repeats_to_merge(self.reader, self.case) if self.reader else []


class InvestigateForm(StepForm):
    event = forms.ChoiceField(label=gettext_lazy("What was done"))
    on = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = words(gettext_lazy("Note"), required=False)
    first = "event"

    def prepare(self) -> None:
        self.fields["event"].choices = [  # type: ignore[attr-defined]
            (act.code, _act_label(_(act.label), act.article)) for act in ACTS.values()
        ]
        self.initial.setdefault("on", local_day(self.now))


def _act_label(label: str, article: str) -> str:
    return f"{label} · {law.citation((article,))}" if article else label


def _rows(cases: Sequence[Case], now: datetime) -> Choices:
    return [(case.pk, _row(case, now)) for case in cases]


def _row(case: Case, now: datetime) -> str:
    said = " ".join(case.match_text.split())[:SUMMARY]
    state = _(LABELS[State(case.state)])
    day = day_text(local_day(case.received_at), now.date())
    return format_html("<b>{} · {} · {}</b><small>{}</small>", case.number, day, state, said)


def _not_again(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, NotAgainForm)
    return reports.not_again(earlier=form.chosen(), by=by, at=at, **given(form, "note"))


def _merge(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, MergeForm)
    return reports.merge(repeat=form.chosen(), by=by, at=at, **given(form, "note"))


def _investigate(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return reports.investigate(event=data["event"], on=data["on"], by=by, at=at, **given(form, "note"))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.CHECK,
        LABELS[Step.CHECK],
        N_("Begin to check the leads that were given."),
        N_("The check has begun."),
        "e",
        NoteForm,
        simple(reports.check, "note"),
        is_main=True,
    ),
    StepDesk(
        Step.FILE,
        LABELS[Step.FILE],
        N_("The leads hold: file the case; the limit for the penalty decision begins to run today."),
        N_("The case has been filed."),
        "f",
        FileForm,
        simple(reports.file_case, "note", "filing_number", "cause"),
        is_main=True,
    ),
    StepDesk(
        Step.NOT_FILE,
        LABELS[Step.NOT_FILE],
        N_("The leads do not hold, or the law asks for no penalty."),
        N_("It has been decided not to file a case."),
        "n",
        NotFileForm,
        simple(reports.not_file, "note"),
        is_grave=True,
    ),
    StepDesk(
        Step.NOT_AGAIN,
        LABELS[Step.NOT_AGAIN],
        N_("The same reporter reports the same act of the same operator again: it is not handled anew."),
        N_("The repeat report has been closed."),
        "",
        NotAgainForm,
        _not_again,
    ),
    StepDesk(
        Step.MERGE,
        LABELS[Step.MERGE],
        N_(
            "The same reporter has named new facts in a later report: the check begins anew from its receipt."
        ),
        N_("The repeat report has been merged."),
        "",
        MergeForm,
        _merge,
    ),
    StepDesk(
        Step.INVESTIGATE,
        LABELS[Step.INVESTIGATE],
        N_("Write down what was done in the investigation; limits of their own begin and end with it."),
        N_("The step of the investigation has been recorded."),
        "",
        InvestigateForm,
        _investigate,
    ),
)
