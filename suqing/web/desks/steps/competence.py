"""Steps of a dispute over competence, and of matters that belong to somebody else."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import appointments_of
from suqing.cases import queries
from suqing.cases.actions import dispatching
from suqing.cases.actions.competence import LONGEST_NAME, common_superior, must_be_transferred
from suqing.cases.models import Case, CompetenceDispute
from suqing.cases.vocabulary import LABELS, Step
from suqing.lawclock import queries as law
from suqing.web.desks.steps.forms import (
    Choices,
    NoteForm,
    Radios,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
)

N_ = str


class DisputeForm(StepForm):
    other_unit = forms.TypedChoiceField(label=gettext_lazy("With which unit"), coerce=int)
    reason = words(gettext_lazy("What speaks for and against, in words"))
    first = "other_unit"

    def prepare(self) -> None:
        held = queries.open_dispatch(self.case)
        own = held.to_unit if held is not None else self.case.responsible_unit
        rows = Unit.objects.active().exclude(kind=Unit.Kind.CENTRE).order_by("path")
        beside = [u for u in rows if not u.path.startswith(own.path) and not own.path.startswith(u.path)]
        self.units = {unit.pk: unit for unit in beside}
        self.fields["other_unit"].choices = [("", _("Choose a unit")), *units_by_kind(beside)]  # type: ignore[attr-defined]


def units_by_kind(units: list[Unit]) -> Choices:
    """Units under the kind they are of, bureaus first, in pinyin order."""
    groups: dict[str, Choices] = {}
    for unit in sorted(units, key=lambda one: (one.kind != Unit.Kind.BUREAU, one.kind, one.pinyin)):
        groups.setdefault(str(Unit.Kind(unit.kind).label), []).append((unit.pk, unit.name))
    return list(groups.items())


def _dispute_of(case: Case) -> CompetenceDispute | None:
    """The open dispute; None if the page was opened too late."""
    return next((one for one in queries.disputes_of(case) if one.settled_at is None), None)


class AgreeForm(StepForm):
    competent_unit = forms.TypedChoiceField(
        label=gettext_lazy("Competent by agreement"), coerce=int, widget=Radios
    )
    note = words(gettext_lazy("How the two units agreed"), required=False)
    first = "competent_unit"

    def prepare(self) -> None:
        found = _dispute_of(self.case)
        sides = [found.unit, found.other_unit] if found else []
        self.units = {unit.pk: unit for unit in sides}
        self.fields["competent_unit"].choices = [(unit.pk, unit.name) for unit in sides]  # type: ignore[attr-defined]


class AskDesignationForm(NoteForm):
    def prepare(self) -> None:
        found = _dispute_of(self.case)
        superior = common_superior(found.unit, found.other_unit) if found else None
        if superior is not None:
            self.fields["note"].help_text = _("Asked is %(unit)s.") % {"unit": superior.name}


class DesignateForm(StepForm):
    unit = forms.TypedChoiceField(label=gettext_lazy("Competent unit"), coerce=int)
    note = words(gettext_lazy("Why this unit"))
    first = "unit"

    def prepare(self) -> None:
        found = _dispute_of(self.case)
        sides = [found.unit, found.other_unit] if found else []
        below = self._below_the_reader()
        self.units = {unit.pk: unit for unit in [*sides, *below]}
        others = [unit for unit in below if unit not in sides]
        disputing = [(_("The two in dispute"), [(unit.pk, unit.name) for unit in sides])] if sides else []
        self.fields["unit"].choices = [("", _("Choose a unit")), *disputing, *units_by_kind(others)]  # type: ignore[attr-defined]

    def _below_the_reader(self) -> list[Unit]:
        tops = _designating(self.reader) if self.reader is not None else []
        rows = Unit.objects.active().exclude(kind=Unit.Kind.CENTRE).order_by("path")
        return [
            unit for unit in rows if any(unit.pk != top.pk and unit.path.startswith(top.path) for top in tops)
        ]


def _designating(person: Person) -> list[Unit]:
    allowed = roles.roles_with(P.CASE_DESIGNATE)
    return [held.unit for held in appointments_of(person) if held.role in allowed]


def stands_above(person: Person, case: Case) -> bool:
    """Whether this person leads a unit above the one that has the case: its own head is a side of the dispute."""
    own = case.responsible_unit
    return any(top.pk != own.pk and own.path.startswith(top.path) for top in _designating(person))


def is_food(_person: Person, case: Case) -> bool:
    """Whether special law demands a transfer at all."""
    return must_be_transferred(case)


class TransferForm(StepForm):
    to_authority = forms.CharField(label=gettext_lazy("To which authority"), max_length=LONGEST_NAME)
    note = words(gettext_lazy("Why it is that authority's duty"))
    notice_given = forms.BooleanField(
        label=gettext_lazy("The person has been told of the transfer in writing"), required=False
    )
    first = "to_authority"


class TellElsewhereForm(StepForm):
    bureau = forms.CharField(label=gettext_lazy("Competent bureau"), max_length=LONGEST_NAME)
    note = words(gettext_lazy("Why we are not competent, and how the reporter was told"))
    first = "bureau"

    def prepare(self) -> None:
        hints = [
            f"{_(one.reason) % one.values} ({law.citation((one.article,))})"
            for one in queries.outside(self.case)
            if one.article
        ]
        if self.case.regime == "O121":
            self.fields["bureau"].required = False
            hints.append(_("Leave it empty if it is no matter of market supervision at all."))
        self.fields["bureau"].help_text = " ".join(hints)


def _dispute(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, DisputeForm)
    other = form.units[form.cleaned_data["other_unit"]]
    return dispatching.dispute(other_unit=other, by=by, at=at, **given(form, "reason"))


def _agree(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, AgreeForm)
    unit = form.units[form.cleaned_data["competent_unit"]]
    return dispatching.agree(competent_unit=unit, by=by, at=at, **given(form, "note"))


def _designate(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, DesignateForm)
    unit = form.units[form.cleaned_data["unit"]]
    return dispatching.designate(unit=unit, by=by, at=at, **given(form, "note"))


def _transfer(form: StepForm, by: Person, at: datetime) -> object:
    told = bool(form.cleaned_data.get("notice_given"))
    return dispatching.transfer(notice_given=told, by=by, at=at, **given(form, "to_authority", "note"))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.AGREE,
        LABELS[Step.AGREE],
        N_("Record which of the two units is competent; the case goes there."),
        N_("The agreement on competence has been recorded."),
        "g",
        AgreeForm,
        _agree,
    ),
    StepDesk(
        Step.DESIGNATE,
        LABELS[Step.DESIGNATE],
        N_("As common superior: say which unit is competent; the case goes there."),
        N_("The competent unit has been designated."),
        "v",
        DesignateForm,
        _designate,
        is_main=True,
        suits=stands_above,
    ),
    StepDesk(
        Step.ASK_DESIGNATION,
        LABELS[Step.ASK_DESIGNATION],
        N_("The two do not agree: ask the common superior; it has 7 working days."),
        N_("The superior has been asked to designate."),
        "",
        AskDesignationForm,
        simple(dispatching.ask_designation, "note"),
    ),
    StepDesk(
        Step.DISPUTE,
        LABELS[Step.DISPUTE],
        N_("Two units both claim or both refuse it: they have 7 working days to agree."),
        N_("The dispute over competence has been recorded."),
        "",
        DisputeForm,
        _dispute,
    ),
    StepDesk(
        Step.TRANSFER,
        LABELS[Step.TRANSFER],
        N_("A food matter of another authority: hand it over and tell the person in writing."),
        N_("The case has been transferred."),
        "",
        TransferForm,
        _transfer,
        suits=is_food,
    ),
    StepDesk(
        Step.TELL_ELSEWHERE,
        LABELS[Step.TELL_ELSEWHERE],
        N_("We are not competent: tell the reporter which bureau is; the report ends here."),
        N_("The report has ended; the reporter was told of the competent bureau."),
        "",
        TellElsewhereForm,
        simple(dispatching.tell_elsewhere, "bureau", "note"),
    ),
)
