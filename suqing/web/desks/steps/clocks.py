"""Steps that move limits: time that is not counted, and extensions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.actions import extensions, periods
from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock
from suqing.cases.reckoning import kinds_of, limit_of, next_step
from suqing.cases.vocabulary import LABELS, ClockState, Kind, Step
from suqing.lawclock import queries as law
from suqing.lawclock.wording import SPAN_KINDS
from suqing.web.desks.steps.forms import Choices, Radios, StepDesk, StepForm, given, words
from suqing.web.wording import amount_text

N_ = str
UNFINISHED = (ClockState.RUNNING, ClockState.PAUSED)
# O20 art. 20 asks for a body that both sides commission together; O121 art. 22 lets the bureau designate one.
DESIGNATING = frozenset({"O121"})


def _unfinished(case: Case) -> list[Clock]:
    """Binding limits first: the page of the case has read them already."""
    found = [clock for clock in case.clocks.all() if clock.state in UNFINISHED]
    return sorted(found, key=lambda clock: (not clock.is_binding, clock.due_at))


def _kinds(case: Case) -> dict[str, tuple[str, ...]]:
    """The kinds of time that some unfinished limit leaves out, each with the articles."""
    found: dict[str, tuple[str, ...]] = {}
    for clock in _unfinished(case):
        limit = limit_of(clock)
        for kind in kinds_of(limit):
            known = found.get(kind, ())
            found[kind] = tuple(dict.fromkeys((*known, *limit.excluded_articles)))
    return found


def _open_kinds(case: Case) -> dict[str, date]:
    """The kinds of time that run now, each with its first day."""
    spans = [span for clock in _unfinished(case) for span in clock.excluded if span.get("last") is None]
    known = _kinds(case)
    return {span["kind"]: date.fromisoformat(span["first"]) for span in spans if span["kind"] in known}


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


def _line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=200, help_text=help_text)


def _named(words: dict[str, str]) -> Choices:
    return [(code, _(text)) for code, text in words.items()]


class BeginPeriodForm(StepForm):
    kind = forms.ChoiceField(label=gettext_lazy("What takes the time"), widget=Radios)
    first_on = _day(gettext_lazy("First day that is not counted"))
    subject = _line(gettext_lazy("What is tested or waited for"), required=False)
    body = _line(gettext_lazy("Body that is commissioned"))
    chosen_by = forms.ChoiceField(label=gettext_lazy("Who chose the body"), widget=Radios)
    cost_by = forms.ChoiceField(label=gettext_lazy("Who bears the cost"), widget=Radios)
    note = words(gettext_lazy("Note"), required=False)
    first = "kind"

    def prepare(self) -> None:
        running = _open_kinds(self.case)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, _with_law(_(SPAN_KINDS[kind]), articles))
            for kind, articles in _kinds(self.case).items()
            if kind not in running
        ]
        self.initial.setdefault("first_on", local_day(self.now))
        if self.case.kind != Kind.COMPLAINT:
            del self.fields["chosen_by"], self.fields["cost_by"]
            self.fields["body"].required = False
            return
        chosen = dict(periods.CHOSEN_BY)
        if self.case.regime not in DESIGNATING:
            del chosen[periods.DESIGNATED]
            self.fields["chosen_by"].help_text = _(
                "The law knows only a body that both sides commission together."
            )
        self.fields["chosen_by"].choices = _named(chosen)  # type: ignore[attr-defined]
        self.fields["cost_by"].choices = _named(periods.COST_BY)  # type: ignore[attr-defined]


def _with_law(words: str, articles: tuple[str, ...]) -> str:
    return format_html("<b>{}</b><small>{}</small>", words, law.citation(articles) if articles else "")


class EndPeriodForm(StepForm):
    kind = forms.ChoiceField(label=gettext_lazy("What has ended"), widget=Radios)
    last_on = _day(gettext_lazy("Last day that is not counted"))
    note = words(gettext_lazy("Note"), required=False)
    first = "kind"

    def prepare(self) -> None:
        running = _open_kinds(self.case)
        choices = [
            (kind, _("%(kind)s, since %(day)s") % {"kind": _(SPAN_KINDS[kind]), "day": day.isoformat()})
            for kind, day in running.items()
        ]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial.setdefault("kind", choices[0][0])
        self.initial.setdefault("last_on", local_day(self.now))


class AskForm(StepForm):
    limit = forms.ChoiceField(label=gettext_lazy("Which limit"), widget=Radios)
    amount = forms.IntegerField(
        label=gettext_lazy("How many days the collective decision names"),
        min_value=1,
        max_value=extensions.LONGEST,
    )
    reason = words(gettext_lazy("Why the limit is not enough"))
    first = "reason"

    def prepare(self) -> None:
        found = _extendable(self.case)
        choices = [(clock.limit, _extension_words(clock)) for clock in found]
        self.fields["limit"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial.setdefault("limit", choices[0][0])
        steps = [next_step(clock) for clock in found]
        if all(step is None or step.amount is not None for step in steps):
            del self.fields["amount"]


def _extendable(case: Case) -> list[Clock]:
    return [clock for clock in _unfinished(case) if next_step(clock) is not None]


def _extension_words(clock: Clock) -> str:
    """The limit, by how much it can be extended, on what ground."""
    limit, step = limit_of(clock), next_step(clock)
    if step is None or step.amount is None:
        by = _("as the collective decision names")
    else:
        unit = "working_day" if limit.unit == "working_day" else "day"
        by = _("by %(amount)s") % {"amount": amount_text(step.amount, unit)}
    articles = law.citation(step.articles) if step else ""
    return format_html("<b>{}</b><small>{} · {}</small>", _(limit.name), by, articles)


class DecideForm(StepForm):
    is_granted = forms.ChoiceField(label=gettext_lazy("Decision"), widget=Radios)
    note = words(
        gettext_lazy("Ground of the decision"),
        required=False,
        help_text=gettext_lazy("Needed where the extension is declined."),
    )
    first = "is_granted"

    def prepare(self) -> None:
        choices = [("yes", _("Grant the extension")), ("no", _("Decline the extension"))]
        self.fields["is_granted"].choices = choices  # type: ignore[attr-defined]


def _begin(form: StepForm, by: Person, at: datetime) -> object:
    data = given(form, "kind", "subject", "body", "chosen_by", "cost_by", "note")
    return periods.begin_period(first_on=form.cleaned_data["first_on"], by=by, at=at, **data)


def _end(form: StepForm, by: Person, at: datetime) -> object:
    return periods.end_period(
        last_on=form.cleaned_data["last_on"], by=by, at=at, **given(form, "kind", "note")
    )


def _ask(form: StepForm, by: Person, at: datetime) -> object:
    amount = form.cleaned_data.get("amount")
    return extensions.ask_extension(amount=amount, by=by, at=at, **given(form, "limit", "reason"))


def _decide(form: StepForm, by: Person, at: datetime) -> object:
    granted = form.cleaned_data["is_granted"] == "yes"
    return extensions.decide_extension(is_granted=granted, by=by, at=at, **given(form, "note"))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.BEGIN_PERIOD,
        LABELS[Step.BEGIN_PERIOD],
        N_("Testing, appraisal and the like: the limit stands still until it has ended."),
        N_("The limit stands still."),
        "",
        BeginPeriodForm,
        _begin,
        suits=lambda _person, case: bool(set(_kinds(case)) - set(_open_kinds(case))),
    ),
    StepDesk(
        Step.END_PERIOD,
        LABELS[Step.END_PERIOD],
        N_("The result is there: the limit runs on, its last day is counted anew."),
        N_("The limit runs on."),
        "",
        EndPeriodForm,
        _end,
        suits=lambda _person, case: bool(_open_kinds(case)),
    ),
    StepDesk(
        Step.ASK_EXTENSION,
        LABELS[Step.ASK_EXTENSION],
        N_("Before the limit ends, ask for more time; who approves it is somebody else."),
        N_("The extension has been asked for."),
        "",
        AskForm,
        _ask,
        # One query, only while a limit runs that can be extended.
        suits=lambda _person, case: bool(_extendable(case)) and not queries.is_extension_waiting(case),
    ),
    StepDesk(
        Step.DECIDE_EXTENSION,
        LABELS[Step.DECIDE_EXTENSION],
        N_("Grant or decline the extension that was asked for; it must be decided before the limit ends."),
        N_("The extension has been decided on."),
        "y",
        DecideForm,
        _decide,
        is_main=True,
        # One query, only for who may approve while a limit runs that can be extended.
        suits=lambda _person, case: bool(_extendable(case)) and queries.is_extension_waiting(case),
    ),
)
