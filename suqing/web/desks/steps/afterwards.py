"""What follows the end of a case: the return visit, the archive, handling it anew; and the order over a case."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases import queries
from suqing.cases.actions import orders, visits
from suqing.cases.actions.moving import Stale
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries.visits import can_be_called
from suqing.cases.vocabulary import LABELS, Kind, Step, VisitGrade
from suqing.web.desks.steps.forms import Offer, Radios, StepDesk, StepForm, given, simple, words
from suqing.web.desks.steps.order_fields import order_fields, order_values, prepare_order

N_ = str
NOT_REACHED = "not_reached"
REDO_DAYS = 7  # what the form proposes; the person sets the day
SUPERVISE = "supervise"


class VisitForm(StepForm):
    grade = forms.ChoiceField(label=gettext_lazy("How satisfied is the person?"), widget=Radios)
    note = words(
        gettext_lazy("What the person said"),
        required=False,
        limit=visits.LONGEST_NOTE,
        help_text=gettext_lazy("Needed when the person is dissatisfied."),
    )
    first = "grade"

    def prepare(self) -> None:
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            *((str(one), _(LABELS[one])) for one in VisitGrade),
            (NOT_REACHED, _("Not reached")),
        ]


def _visit(form: StepForm, by: Person, at: datetime) -> object:
    chosen = form.cleaned_data["grade"]
    is_reached = chosen != NOT_REACHED
    return visits.visit(
        grade=chosen if is_reached else "", is_reached=is_reached, by=by, at=at, **given(form, "note")
    )


class ReopenForm(StepForm):
    note = words(gettext_lazy("Why, and what is to be done anew"), limit=visits.LONGEST_NOTE)
    redo_until = forms.DateField(
        label=gettext_lazy("Redo until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    to_unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Unit.objects.none())
    first = "note"

    def prepare(self) -> None:
        self.initial.setdefault("redo_until", local_day(self.now) + timedelta(days=REDO_DAYS))
        # The unit that had it last gets it back; only a case that was never with one needs it named.
        if self.case.kind == Kind.CONSULTATION or queries.dispatches_of(self.case):
            self.fields.pop("to_unit")
            return
        targets = queries.dispatch_targets(self.case)
        self.fields["to_unit"].queryset = Unit.objects.filter(pk__in=[one.pk for one in targets])  # type: ignore[attr-defined]
        proposed = queries.proposals(self.case, local_day(self.now), targets=targets)
        if proposed and proposed[0].unit is not None:
            self.initial.setdefault("to_unit", proposed[0].unit)


def _reopen(form: StepForm, by: Person, at: datetime) -> object:
    return visits.reopen(
        redo_until=form.cleaned_data["redo_until"],
        to_unit=form.cleaned_data.get("to_unit"),
        by=by,
        at=at,
        **given(form, "note"),
    )


class ArchiveForm(StepForm):
    pass


class SuperviseForm(StepForm):
    first = "title"

    def prepare(self) -> None:
        if self.reader is not None:
            require(self.reader, Permission.CASE_SUPERVISE)
        self.fields.update(order_fields())
        prepare_order(self, self.reader, self.now)
        self.initial.setdefault("lead", self.case.responsible_unit)
        if self.case.kind == Kind.REPORT:
            self.fields["text"].help_text = _(
                "All bound units read it: name no person, and nothing that tells of the reporter."
            )


def _supervise(form: StepForm, by: Person, at: datetime) -> object:
    seen = form.cleaned_data.get("revision")
    if seen is not None and seen != form.case.revision:
        raise Stale
    return orders.issue_order(cases=[form.case], by=by, at=at, from_a_form=True, **order_values(form))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.VISIT,
        LABELS[Step.VISIT],
        N_("Call back and ask how satisfied the person is; after dissatisfaction a redo can be ordered."),
        N_("The return visit has been recorded."),
        "v",
        VisitForm,
        _visit,
        suits=lambda _person, case: can_be_called(case),
    ),
    StepDesk(
        Step.REOPEN,
        LABELS[Step.REOPEN],
        N_("It goes back to the unit that had it last; its limits begin anew by local policy."),
        N_("The case is handled anew."),
        "",
        ReopenForm,
        _reopen,
    ),
    StepDesk(
        Step.ARCHIVE,
        LABELS[Step.ARCHIVE],
        N_("Nothing is owed any more: the case leaves the list and stays to be found."),
        N_("The case has been archived."),
        "",
        ArchiveForm,
        simple(visits.archive),
    ),
    StepDesk(
        SUPERVISE,
        N_("Issue a supervision order"),
        N_("Set a deadline to one lead and any assisting units, who reply in writing."),
        N_("The supervision order has been issued."),
        "q",
        SuperviseForm,
        _supervise,
        is_small=True,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """The order over a case, which no state forbids, except in the archive."""
    if case.archived_at is not None or not can_in(person, Permission.CASE_SUPERVISE, case.responsible_unit):
        return []
    return [Offer(desk, ()) for desk in DESKS if desk.code == SUPERVISE]
