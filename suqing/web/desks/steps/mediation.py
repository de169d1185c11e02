"""Steps of a mediation: consent, delegation, meetings, recusal, leads found on the way, termination, agreement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases import grounds
from suqing.cases.actions import leads, mediation, mediation_sessions
from suqing.cases.intake import local_day
from suqing.cases.mediation_terms import (
    DELEGATION_NEEDS_CONSENT,
    LABELS,
    ConsentWay,
    Mode,
    Paper,
    RecusalGround,
    Side,
)
from suqing.cases.queries.mediation import mediation_of
from suqing.cases.vocabulary import LABELS as WORDS
from suqing.cases.vocabulary import Step
from suqing.lawclock import queries as law
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree
from suqing.web.desks.steps.forms import (
    Choices,
    Radios,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
    yuan,
)
from suqing.web.desks.steps.results import ResultForm

N_ = str
SHORT = 500  # characters of a note


def _named(terms: Iterable[StrEnum]) -> Choices:
    return [(str(one), _(LABELS[one])) for one in terms]


def _unsaid(terms: Iterable[StrEnum]) -> Choices:
    return [("", _("Not given")), *_named(terms)]


def _line(label: Any, *, required: bool = True, limit: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=limit, help_text=help_text)


def _moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


def _grounds(known: dict[str, Any]) -> Choices:
    return [
        (
            code,
            format_html(
                "<b>{}</b><small>{}</small>",
                _(one.text),
                law.citation((one.article,)) if one.article else "",
            ),
        )
        for code, one in known.items()
    ]


class ConsentForm(StepForm):
    complainant = forms.BooleanField(label=gettext_lazy("The complainant consents"), required=False)
    respondent = forms.BooleanField(label=gettext_lazy("The respondent consents"), required=False)
    way = forms.ChoiceField(label=gettext_lazy("How it was said"), required=False)
    note = words(gettext_lazy("Note"), required=False, limit=SHORT)
    first = "complainant"

    def prepare(self) -> None:
        self.fields["way"].choices = _unsaid(ConsentWay)  # type: ignore[attr-defined]
        known = mediation_of(self.case)
        for name in ("complainant", "respondent"):
            if known is not None and getattr(known, f"{name}_consented_at"):
                self.fields[name].help_text = _("Recorded already.")


class MediateForm(StepForm):
    both_consent = forms.BooleanField(label=gettext_lazy("Both sides consent to mediation"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("How the sides meet"), required=False)
    mediators = _line(gettext_lazy("Mediators"), required=False)
    note = words(gettext_lazy("Note"), required=False)
    first = "both_consent"

    def prepare(self) -> None:
        self.fields["mode"].choices = _unsaid(Mode)  # type: ignore[attr-defined]
        if self.reader is not None:
            self.initial.setdefault("mediators", self.reader.display_name)
        known = mediation_of(self.case)
        if known is not None and known.complainant_consented_at and known.respondent_consented_at:
            self.fields["both_consent"].help_text = _("Recorded already.")
            self.initial.setdefault("both_consent", True)


class DelegateForm(StepForm):
    to = _line(gettext_lazy("Body that is to mediate"))
    both_consent = forms.BooleanField(label=gettext_lazy("Both sides consent to it"), required=False)
    respondent_consents = forms.BooleanField(
        label=gettext_lazy("The respondent consents; the complainant did so with the complaint"),
        required=False,
    )
    note = words(gettext_lazy("What it covers"), required=False, limit=SHORT)
    first = "to"

    def prepare(self) -> None:
        said_yes = self.case.delegation_consent is True
        needs = self.case.regime in DELEGATION_NEEDS_CONSENT
        self.fields.pop("both_consent" if needs and said_yes else "respondent_consents")
        if self.case.delegation_consent is False:
            self.fields["both_consent"].help_text = _("The complaint says no to a delegation.")


class ScheduleForm(StepForm):
    mode = forms.ChoiceField(label=gettext_lazy("How the sides meet"), widget=Radios)
    begins_at = _moment(gettext_lazy("Begins at"))
    place = _line(gettext_lazy("Place"), required=False, help_text=gettext_lazy("Needed on site."))
    mediators = _line(gettext_lazy("Mediators"))
    told_at = _moment(
        gettext_lazy("Both sides told at"), required=False, help_text=gettext_lazy("Needed on site.")
    )
    recusal_until = forms.DateField(
        label=gettext_lazy("Recusal may be asked until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Set by the bureau; no rule asks for it."),
    )
    note = words(gettext_lazy("Note"), required=False, limit=SHORT)
    first = "mode"

    def prepare(self) -> None:
        self.fields["mode"].choices = _named(Mode)  # type: ignore[attr-defined]
        known = mediation_of(self.case)
        if known is not None:
            self.initial.setdefault("mode", known.mode)
            self.initial.setdefault("mediators", known.mediators)
        self.initial.setdefault("told_at", self.now.replace(second=0, microsecond=0))


class AskRecusalForm(StepForm):
    side = forms.ChoiceField(label=gettext_lazy("Who applies"), widget=Radios)
    mediator = _line(gettext_lazy("Mediator who is to step aside"), limit=100)
    ground = forms.ChoiceField(label=gettext_lazy("Reason"), widget=Radios)
    note = words(gettext_lazy("What the applicant says"), required=False, limit=SHORT)
    first = "side"

    def prepare(self) -> None:
        self.fields["side"].choices = _named(Side)  # type: ignore[attr-defined]
        self.fields["ground"].choices = _named(RecusalGround)  # type: ignore[attr-defined]
        known = mediation_of(self.case)
        if known is not None:
            self.initial.setdefault("mediator", known.mediators[:100])


class DecideRecusalForm(StepForm):
    is_granted = forms.ChoiceField(label=gettext_lazy("Decision"), widget=Radios)
    new_mediators = _line(
        gettext_lazy("Who mediates instead"), required=False, help_text=gettext_lazy("If it is granted.")
    )
    note = words(gettext_lazy("What was found and why it is decided so"))
    first = "is_granted"

    def prepare(self) -> None:
        self.fields["is_granted"].choices = [  # type: ignore[attr-defined]
            ("yes", _("The mediator steps aside")),
            ("no", _("The mediator stays")),
        ]


class LeadsForm(StepForm):
    text = words(gettext_lazy("What was found"))
    issue_class = forms.TypedChoiceField(
        label=gettext_lazy("Problem class of the report"), coerce=int, required=False, empty_value=None
    )
    first = "text"

    def prepare(self) -> None:
        trees = ClassTree.objects.in_use(ClassKind.REPORT_ISSUE, local_day(self.now))[:1]
        self.classes = {node.pk: node for node in ClassNode.objects.filter(tree__in=trees).order_by("order")}
        choices = [(node.pk, node.label) for node in self.classes.values()]
        self.fields["issue_class"].choices = [("", _("not classed")), *choices]  # type: ignore[attr-defined]


class TerminateForm(ResultForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=Radios)
    found = forms.ChoiceField(
        label=gettext_lazy("Which ground was found after acceptance"),
        required=False,
        help_text=gettext_lazy("Only for that ground of termination."),
    )
    note = words(
        gettext_lazy("Reason"), help_text=gettext_lazy("Both sides must be told within seven working days.")
    )
    recovered_amount = yuan(gettext_lazy("Recovered for the consumer, in yuan"))
    field_order = ("ground", "found", "note", "recovered_amount")
    first = "ground"

    def prepare(self) -> None:
        super().prepare()
        self.fields["ground"].choices = _grounds(grounds.termination(self.case.regime))  # type: ignore[attr-defined]
        later = grounds.found_later(self.case.regime)
        self.fields["found"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((code, _(one.text)) for code, one in later.items()),
        ]
        if not later:
            self.fields.pop("found")


class ConcludeForm(ResultForm):
    note = words(gettext_lazy("What the sides agreed on"))
    mode = forms.ChoiceField(label=gettext_lazy("How the agreement was reached"), required=False)
    is_performed_at_once = forms.BooleanField(
        label=gettext_lazy("The agreement was performed at once"), required=False
    )
    both_waive_statement = forms.BooleanField(
        label=gettext_lazy("Both sides agree that no mediation statement is made"), required=False
    )
    paper = forms.ChoiceField(label=gettext_lazy("What is kept"), widget=Radios, required=False)
    recovered_amount = yuan(gettext_lazy("Recovered for the consumer, in yuan"))
    field_order = (
        "note",
        "recovered_amount",
        "mode",
        "is_performed_at_once",
        "both_waive_statement",
        "paper",
    )
    first = "note"

    def prepare(self) -> None:
        super().prepare()
        self.fields["mode"].choices = _unsaid(Mode)  # type: ignore[attr-defined]
        asked = [("", _("The one the regulation asks for"))]
        self.fields["paper"].choices = asked + _named(Paper)  # type: ignore[attr-defined]
        self.initial.setdefault("paper", "")
        known = mediation_of(self.case)
        if known is not None:
            self.initial.setdefault("mode", known.mode)


def _ticked(form: StepForm, *names: str) -> dict[str, Any]:
    return {name: bool(form.cleaned_data.get(name)) for name in names}


def _consent(form: StepForm, by: Person, at: datetime) -> object:
    sides = _ticked(form, "complainant", "respondent")
    return mediation.record_consent(by=by, at=at, **sides, **given(form, "way", "note"))


def _mediate(form: StepForm, by: Person, at: datetime) -> object:
    ticked = _ticked(form, "both_consent")
    return mediation.mediate(by=by, at=at, **ticked, **given(form, "mode", "mediators", "note"))


def _delegate(form: StepForm, by: Person, at: datetime) -> object:
    ticked = _ticked(form, "both_consent", "respondent_consents")
    return mediation.delegate(by=by, at=at, **ticked, **given(form, "to", "note"))


def _schedule(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return mediation_sessions.schedule(
        begins_at=data["begins_at"],
        told_at=data.get("told_at"),
        recusal_until=data.get("recusal_until"),
        by=by,
        at=at,
        **given(form, "mode", "place", "mediators", "note"),
    )


def _decide_recusal(form: StepForm, by: Person, at: datetime) -> object:
    is_granted = form.cleaned_data["is_granted"] == "yes"
    typed = given(form, "note", "new_mediators")
    return mediation_sessions.decide_recusal(is_granted=is_granted, by=by, at=at, **typed)


def _find_leads(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, LeadsForm)
    node = form.classes.get(form.cleaned_data.get("issue_class") or 0)
    return leads.find_leads(issue_class=node, by=by, at=at, **given(form, "text"))


def _terminate(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, TerminateForm)
    return mediation.terminate(
        recovered_amount=form.cleaned_data.get("recovered_amount"),
        details=form.details(),
        by=by,
        at=at,
        **given(form, "ground", "found", "note"),
    )


def conclude(form: StepForm, by: Person, at: datetime) -> object:
    """Close a complaint by the agreement of its sides."""
    assert isinstance(form, ConcludeForm)
    return mediation.conclude(
        recovered_amount=form.cleaned_data.get("recovered_amount"),
        details=form.details(),
        by=by,
        at=at,
        **_ticked(form, "is_performed_at_once", "both_waive_statement"),
        **given(form, "note", "paper", "mode"),
    )


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.CONSENT,
        WORDS[Step.CONSENT],
        N_("A side wants mediation: record which one, and how it said so."),
        N_("The consent has been recorded."),
        "",
        ConsentForm,
        _consent,
    ),
    StepDesk(
        Step.MEDIATE,
        WORDS[Step.MEDIATE],
        N_("Both sides want mediation: begin it."),
        N_("The mediation has begun."),
        "m",
        MediateForm,
        _mediate,
        is_main=True,
    ),
    StepDesk(
        Step.SCHEDULE,
        WORDS[Step.SCHEDULE],
        N_("Arrange when, where or how the sides meet and who mediates; tell both beforehand."),
        N_("The session has been arranged."),
        "",
        ScheduleForm,
        _schedule,
    ),
    StepDesk(
        Step.DELEGATE,
        WORDS[Step.DELEGATE],
        N_("Let a consumer association or another lawful body mediate in our name."),
        N_("The mediation has been delegated."),
        "",
        DelegateForm,
        _delegate,
    ),
    StepDesk(
        Step.ASK_RECUSAL,
        WORDS[Step.ASK_RECUSAL],
        N_("A side wants a mediator to step aside: the mediation is suspended until it is decided."),
        N_("The application for recusal has been recorded; the mediation is suspended."),
        "",
        AskRecusalForm,
        simple(mediation_sessions.ask_recusal, "side", "mediator", "ground", "note"),
    ),
    StepDesk(
        Step.DECIDE_RECUSAL,
        WORDS[Step.DECIDE_RECUSAL],
        N_("Decide whether the mediator steps aside; the mediation goes on."),
        N_("The recusal has been decided; the mediation goes on."),
        "r",
        DecideRecusalForm,
        _decide_recusal,
        is_main=True,
    ),
    StepDesk(
        Step.FIND_LEADS,
        WORDS[Step.FIND_LEADS],
        N_("Leads of a violation came to light: they become a report, kept apart from the complaint."),
        N_("The leads have become a report."),
        "",
        LeadsForm,
        _find_leads,
    ),
    StepDesk(
        Step.TERMINATE,
        WORDS[Step.TERMINATE],
        N_("End the mediation on one of the grounds the regulation names; both sides must be told."),
        N_("The mediation has been terminated."),
        "z",
        TerminateForm,
        _terminate,
        is_grave=True,
    ),
)
