"""Steps between the centre and the units: dispatch, return, assign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases import queries
from suqing.cases.actions import dispatching
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries import Proposal, SameDispute
from suqing.cases.vocabulary import LABELS, Kind, Step
from suqing.lawclock import queries as law
from suqing.lawclock.calendars import CalendarMissing
from suqing.ledger.queries import setting
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree
from suqing.web.desks.steps.competence import units_by_kind
from suqing.web.desks.steps.forms import (
    Choices,
    Offer,
    Radios,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
)
from suqing.web.policy import REPORT_BACK_DAYS
from suqing.web.wording import day_text

N_ = str


class DispatchForm(StepForm):
    to_unit = forms.TypedChoiceField(label=gettext_lazy("To which unit"), coerce=int)
    report_back_on = forms.DateField(
        label=gettext_lazy("Report back by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = words(gettext_lazy("Note to the unit"), required=False, limit=500)
    first = "to_unit"

    def prepare(self) -> None:
        units = queries.dispatch_targets(self.case)
        self.targets = {unit.pk: unit for unit in units}
        proposed = queries.proposals(self.case, local_day(self.now), targets=units)
        choices: Choices = [("", _("Choose a unit"))]
        if proposed:
            found = [(one.unit.pk, one.unit.name) for one in proposed if one.unit is not None]
            choices.append((_("Proposed"), found))
            self.initial.setdefault("to_unit", found[0][0])
        known = {one.unit.pk for one in proposed if one.unit is not None}
        left = [unit for unit in units if unit.pk not in known]
        self.fields["to_unit"].choices = choices + units_by_kind(left)  # type: ignore[attr-defined]
        self.fields["to_unit"].help_text = self._reasons(proposed, queries.outside(self.case, targets=units))
        self._set_day()

    def _reasons(self, proposed: Sequence[Proposal], outside: Sequence[Proposal]) -> str:
        """Each proposal with its reason and article, what lies out of reach, and who received the dispute first."""
        lines = [format_html("<b>{}</b> {}", one.unit.name, _because(one)) for one in proposed if one.unit]
        far = _("That lies outside of this centre's area.")
        lines += [format_html("{} {}", _because(one), far) for one in outside]
        same = queries.same_dispute(self.case)
        if same is not None:
            told = first_receiver(same, local_day(self.now))
            lines.append(format_html('<span class="sq-tag is-soon">{}</span> {}', _("Same dispute?"), told))
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines))

    def _set_day(self) -> None:
        """Propose the day that local policy gives; say so where it cannot be counted or nobody named one."""
        field, day = self.fields["report_back_on"], _report_back_day(self.now)
        if day is not None:
            self.initial.setdefault("report_back_on", day)
        else:
            field.help_text = _(
                "No day could be proposed: the calendar is not known that far. Set one by hand."
            )


def _because(one: Proposal) -> str:
    reason = _(one.reason) % one.values
    if not one.article:
        return reason
    return _("%(reason)s Ground: %(article)s.") % {"reason": reason, "article": law.citation((one.article,))}


def first_receiver(same: SameDispute, today: date) -> str:
    """Who handles it where the same person has complained of the same operator in two units."""
    values = {
        "unit": same.other.responsible_unit.name,
        "day": day_text(local_day(same.other.received_at), today),
        "article": law.citation((same.article,)),
    }
    if same.came_first:
        return (
            _(
                "An open complaint of this person about this operator is with %(unit)s, received earlier, on %(day)s. "
                "If it is the same dispute, that unit handles it as first receiver (%(article)s)."
            )
            % values
        )
    return (
        _(
            "An open complaint of this person about this operator is with %(unit)s, received later, on %(day)s. "
            "If it is the same dispute, the first receiver handles it (%(article)s)."
        )
        % values
    )


def _report_back_day(now: datetime) -> date | None:
    """The day that local policy gives a unit to report back; None where the calendar is not known that far."""
    try:
        return law.calendar().nth_working_day(local_day(now), setting(REPORT_BACK_DAYS))
    except CalendarMissing:
        return None


class RejectForm(StepForm):
    note = words(gettext_lazy("Why the unit is competent all the same"), limit=500)
    first = "note"


class UpholdForm(StepForm):
    note = words(gettext_lazy("Note"), required=False, limit=500)
    first = "note"


class ReturnForm(StepForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why it goes back"), widget=Radios)
    note = words(gettext_lazy("In words, for the centre"), limit=500)
    first = "reason"

    def prepare(self) -> None:
        trees = ClassTree.objects.in_use(ClassKind.RETURN_REASON, local_day(self.now))
        nodes = ClassNode.objects.filter(tree__in=trees).order_by("order")
        self.fields["reason"].choices = [(node.code, node.label) for node in nodes]  # type: ignore[attr-defined]


class AssignForm(StepForm):
    unit = forms.TypedChoiceField(label=gettext_lazy("Station or unit"), coerce=int)
    handler = forms.TypedChoiceField(
        label=gettext_lazy("Person"), coerce=int, required=False, empty_value=None
    )
    first = "unit"

    def prepare(self) -> None:
        held = queries.open_dispatch(self.case)
        inside = list(Unit.objects.under(held.to_unit).active().order_by("path")) if held else []
        self.units = {unit.pk: unit for unit in inside}
        self.people = _handlers_of(list(self.units))
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in inside]  # type: ignore[attr-defined]
        nobody = [("", _("Nobody in particular"))]
        people = [(person.pk, person.display_name) for person in self.people.values()]
        self.fields["handler"].choices = nobody + people  # type: ignore[attr-defined]
        self.initial.setdefault("unit", self.case.responsible_unit_id)
        self.initial.setdefault("handler", self.case.handler_id)


def _handlers_of(units: list[int]) -> dict[int, Person]:
    held = Person.objects.filter(
        is_active=True,
        appointments__unit__in=units,
        appointments__until=None,
        appointments__role__in=roles.roles_with(P.CASE_HANDLE),
    )
    return {person.pk: person for person in held.distinct().order_by("display_name", "pk")}


def _dispatch(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, DispatchForm)
    unit = form.targets[form.cleaned_data["to_unit"]]
    day = form.cleaned_data.get("report_back_on")
    return dispatching.dispatch(to_unit=unit, report_back_on=day, by=by, at=at, **given(form, "note"))


def _assign(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, AssignForm)
    unit = form.units[form.cleaned_data["unit"]]
    handler = form.people.get(form.cleaned_data["handler"] or 0)
    return dispatching.assign(unit=unit, handler=handler, by=by, at=at, **given(form))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.DISPATCH,
        LABELS[Step.DISPATCH],
        N_("Send it to the unit that is competent; its limits and the day to report back are set."),
        N_("The case has been dispatched."),
        "d",
        DispatchForm,
        _dispatch,
        is_main=True,
    ),
    StepDesk(
        Step.UPHOLD,
        LABELS[Step.UPHOLD],
        N_("The unit is right: the case can be dispatched to another one."),
        N_("The objection has been upheld; the case waits to be dispatched."),
        "u",
        UpholdForm,
        simple(dispatching.uphold, "note"),
        is_main=True,
    ),
    StepDesk(
        Step.REJECT,
        LABELS[Step.REJECT],
        N_("The unit is competent: it gets the same dispatch back."),
        N_("The objection has been rejected; the case is with the unit again."),
        "r",
        RejectForm,
        simple(dispatching.reject, "note"),
    ),
    StepDesk(
        Step.RETURN,
        LABELS[Step.RETURN],
        N_("Not ours: object and send it back to the centre at once; it must not be passed on sideways."),
        N_("The objection has gone to the centre."),
        "b",
        ReturnForm,
        simple(dispatching.send_back, "reason", "note"),
    ),
    StepDesk(
        "assign",
        N_("Assign"),
        N_("Hand it to a station or a person inside this unit."),
        N_("The case has been assigned."),
        "s",
        AssignForm,
        _assign,
    ),
)


def offers(person: Person, case: Case) -> list[Offer]:
    """Steps inside the unit, which the table of states does not hold."""
    inside = not case.has_ended and case.dispatched_at is not None
    if not inside or not can_in(person, P.CASE_HANDLE, case.responsible_unit):
        return []
    return [Offer(desk, _assign_articles(case)) for desk in DESKS if desk.code == "assign"]


def _assign_articles(case: Case) -> tuple[str, ...]:
    """Stations handle reports in the name of the bureau (O20 art. 26, O121 art. 30); of complaints no article says it."""
    articles = {"O20": "O20:26", "O20+XBLR": "O20:26", "O121": "O121:30"}
    known = case.kind == Kind.REPORT and case.regime in articles
    return (articles[case.regime],) if known else ()
