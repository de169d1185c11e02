"""The steps of a case as forms: what each asks for, its key, its legal ground, and the one action it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases import queries, workflow
from suqing.cases.actions import complaints, dispatching, handling, mediation, moving, reports
from suqing.cases.actions.clocks import NOTICE_LIMITS
from suqing.cases.grounds import refusal
from suqing.cases.intake import MAX_NARRATIVE, local_day
from suqing.cases.models import Case
from suqing.cases.vocabulary import LABELS, ClockState, Kind, Outcome, State, Step
from suqing.lawclock import queries as law
from suqing.lawclock.calendars import CalendarMissing
from suqing.ledger.queries import setting
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree
from suqing.web.policy import REPORT_BACK_DAYS

N_ = str
Choices = list[tuple[Any, Any]]


class Radios(forms.RadioSelect):
    """Choices of which only the first takes the focus."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["index"] != "0":
            option["attrs"].pop("autofocus", None)
        return option


class StepForm(forms.Form):
    """What a step asks for.  ``revision`` is the state of the case that the person has seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    first = ""  # the field that takes the focus

    def __init__(self, *args: Any, case: Case, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.now = case, now
        self.initial.setdefault("revision", case.revision)
        self.prepare()
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")
        if self.first:
            self.fields[self.first].widget.attrs["autofocus"] = True

    def prepare(self) -> None:
        """Fill choices and defaults that depend on the case."""


def _words(
    label: Any, *, required: bool = True, limit: int = MAX_NARRATIVE, help_text: Any = ""
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, widget=area, required=required, max_length=limit, help_text=help_text)


def _yuan(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )


class NoteForm(StepForm):
    note = _words(gettext_lazy("Note"), required=False)
    first = "note"


class ReasonForm(StepForm):
    note = _words(gettext_lazy("What was found and why it is decided so"))
    first = "note"


class AnswerForm(StepForm):
    text = _words(gettext_lazy("Answer"))
    first = "text"


class NoticeForm(StepForm):
    pass


class DispatchForm(StepForm):
    to_unit = forms.TypedChoiceField(label=gettext_lazy("To which unit"), coerce=int)
    report_back_on = forms.DateField(
        label=gettext_lazy("Report back by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = _words(gettext_lazy("Note to the unit"), required=False, limit=500)
    first = "to_unit"

    def prepare(self) -> None:
        self.targets = {unit.pk: unit for unit in queries.dispatch_targets(self.case)}
        proposed = queries.proposed_unit(self.case)
        choices: Choices = [("", _("Choose a unit"))]
        if proposed is not None:
            place = self.case.place.name if self.case.place else ""
            why = _("Proposed: it happened in %(place)s") % {"place": place}
            choices.append((why, [(proposed.pk, proposed.name)]))
            self.initial.setdefault("to_unit", proposed.pk)
        left = [unit for unit in self.targets.values() if proposed is None or unit.pk != proposed.pk]
        self.fields["to_unit"].choices = choices + _tree(left)  # type: ignore[attr-defined]
        self.initial.setdefault("report_back_on", _report_back_day(self.now))


def _tree(units: Sequence[Unit]) -> Choices:
    """Units under the kind they are of, bureaus with their stations together, in pinyin order."""
    groups: dict[str, Choices] = {}
    for unit in sorted(units, key=lambda one: (one.kind != Unit.Kind.BUREAU, one.kind, one.pinyin)):
        groups.setdefault(str(Unit.Kind(unit.kind).label), []).append((unit.pk, unit.name))
    return list(groups.items())


def _report_back_day(now: datetime) -> date | None:
    """The day that local policy gives a unit to report back; None where the calendar is not known that far."""
    try:
        return law.calendar().nth_working_day(local_day(now), setting(REPORT_BACK_DAYS))
    except CalendarMissing:
        return None


class ReturnForm(StepForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why it goes back"), widget=Radios)
    note = _words(gettext_lazy("In words, for the centre"), limit=500)
    first = "reason"

    def prepare(self) -> None:
        trees = ClassTree.objects.in_use(ClassKind.RETURN_REASON, local_day(self.now))
        nodes = ClassNode.objects.filter(tree__in=trees).order_by("order")
        self.fields["reason"].choices = [(node.code, node.label) for node in nodes]  # type: ignore[attr-defined]


class RefuseForm(StepForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=Radios)
    note = _words(
        gettext_lazy("Reason"),
        help_text=gettext_lazy("The notice states it, with the other ways open to the consumer."),
    )
    first = "ground"

    def prepare(self) -> None:
        known = refusal(self.case.regime)
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (code, _ground_label(_(ground.text), law.citation((ground.article,))))
            for code, ground in known.items()
        ]


def _ground_label(words: str, article: str) -> str:
    return format_html("<b>{}</b><small>{}</small>", words, article)


class CloseForm(StepForm):
    outcome = forms.ChoiceField(label=gettext_lazy("Result"), widget=Radios)
    note = _words(gettext_lazy("What came of it"))
    recovered_amount = _yuan(gettext_lazy("Recovered for the consumer, in yuan"))
    penalty_amount = _yuan(gettext_lazy("Penalty, in yuan"))
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


Run = Callable[[StepForm, Person, datetime], object]


@dataclass(frozen=True, slots=True)
class StepDesk:
    """How a step stands on the page, and what happens when it is sent."""

    code: str
    verb: str
    sentence: str
    done: str
    key: str
    form: type[StepForm]
    run: Run
    is_main: bool = False
    is_grave: bool = False


def _given(form: StepForm, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data.get(name) or "" for name in names} | {
        "case": form.case,
        "revision": form.cleaned_data.get("revision"),
    }


def _dispatch(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, DispatchForm)
    unit = form.targets[form.cleaned_data["to_unit"]]
    day = form.cleaned_data.get("report_back_on")
    return dispatching.dispatch(to_unit=unit, report_back_on=day, by=by, at=at, **_given(form, "note"))


def _close(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return handling.close(
        outcome=Outcome(data["outcome"]),
        recovered_amount=data.get("recovered_amount"),
        penalty_amount=data.get("penalty_amount"),
        by=by,
        at=at,
        **_given(form, "note"),
    )


def _assign(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, AssignForm)
    unit = form.units[form.cleaned_data["unit"]]
    handler = form.people.get(form.cleaned_data["handler"] or 0)
    return dispatching.assign(unit=unit, handler=handler, by=by, at=at, **_given(form))


def _notice(form: StepForm, by: Person, at: datetime) -> object:
    """Raise Refused where no limit waits: the page must not say that something was recorded."""
    if not handling.record_notice(by=by, at=at, **_given(form)):
        raise moving.Refused(N_("No limit waits for the parties to be told."))
    return form.case


def _simple(action: Callable[..., object], *names: str) -> Run:
    return lambda form, by, at: action(by=by, at=at, **_given(form, *names))


STEPS: dict[str, StepDesk] = {
    row.code: row
    for row in (
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
            Step.ANSWER,
            LABELS[Step.ANSWER],
            N_("Write down what was answered; the consultation is closed by it."),
            N_("The consultation has been answered."),
            "w",
            AnswerForm,
            _simple(handling.answer, "text"),
            is_main=True,
        ),
        StepDesk(
            Step.ACCEPT,
            LABELS[Step.ACCEPT],
            N_("Take the complaint on; the limit for mediation begins to run today."),
            N_("The complaint has been accepted."),
            "a",
            NoteForm,
            _simple(complaints.accept, "note"),
            is_main=True,
        ),
        StepDesk(
            Step.REFUSE,
            LABELS[Step.REFUSE],
            N_("Decide not to take it on, on one of the grounds the regulation names."),
            N_("The complaint has been refused."),
            "x",
            RefuseForm,
            _simple(complaints.refuse, "ground", "note"),
            is_grave=True,
        ),
        StepDesk(
            Step.MEDIATE,
            LABELS[Step.MEDIATE],
            N_("Both sides want mediation: begin it."),
            N_("The mediation has begun."),
            "m",
            NoteForm,
            _simple(mediation.mediate, "note"),
            is_main=True,
        ),
        StepDesk(
            Step.CHECK,
            LABELS[Step.CHECK],
            N_("Begin to check the leads that were given."),
            N_("The check has begun."),
            "e",
            NoteForm,
            _simple(reports.check, "note"),
            is_main=True,
        ),
        StepDesk(
            Step.FILE,
            LABELS[Step.FILE],
            N_("The leads hold: file the case; the limit for the penalty decision begins to run today."),
            N_("The case has been filed."),
            "f",
            ReasonForm,
            _simple(reports.file_case, "note"),
            is_main=True,
        ),
        StepDesk(
            Step.NOT_FILE,
            LABELS[Step.NOT_FILE],
            N_("The leads do not hold, or the law asks for no penalty."),
            N_("It has been decided not to file a case."),
            "n",
            ReasonForm,
            _simple(reports.not_file, "note"),
            is_grave=True,
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
            Step.RETURN,
            LABELS[Step.RETURN],
            N_("Not ours: send it back to the centre at once; it must not be passed on sideways."),
            N_("The case has been returned to the centre."),
            "b",
            ReturnForm,
            _simple(dispatching.send_back, "reason", "note"),
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
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that this person can take on this case now."""

    desk: StepDesk
    articles: tuple[str, ...]


def offers(person: Person, case: Case) -> list[Offer]:
    """What this person can do on this case now: the table's steps first, then what needs no step of the table."""
    regime = case.regime
    found = [
        Offer(STEPS[row.step.value], tuple(filter(None, (row.articles.get(regime),))))
        for row in queries.steps_for(person, case)
    ]
    found.sort(key=lambda offer: list(STEPS).index(offer.desk.code))
    if can_in(person, P.CASE_HANDLE, case.responsible_unit):
        if not case.has_ended and case.dispatched_at is not None:
            found.append(Offer(STEPS["assign"], _assign_articles(case)))
        waiting = [clock for clock in case.clocks.all() if _waits_for_notice(clock)]
        if waiting:
            found.append(
                Offer(STEPS["notice"], tuple(dict.fromkeys(c.article for c in waiting if c.article)))
            )
    return found


def _waits_for_notice(clock: Any) -> bool:
    return clock.limit in NOTICE_LIMITS and clock.state == ClockState.RUNNING


def _assign_articles(case: Case) -> tuple[str, ...]:
    """Stations handle reports in the name of the bureau (O20 art. 26, O121 art. 30); of complaints no article says it."""
    articles = {"O20": "O20:26", "O20+XBLR": "O20:26", "O121": "O121:30"}
    known = case.kind == Kind.REPORT and case.regime in articles
    return (articles[case.regime],) if known else ()
