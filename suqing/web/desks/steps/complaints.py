"""Decisions on a complaint, its withdrawal, and the proof of who complains."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases import other_routes
from suqing.cases.actions import complaints
from suqing.cases.grounds import refusal
from suqing.cases.models import Case
from suqing.cases.queries.people import people_of, risk_flags
from suqing.cases.risk_flags import Flag
from suqing.cases.vocabulary import LABELS, ClockState, Step
from suqing.lawclock import queries as law
from suqing.web.desks.steps.forms import (
    Radios,
    StepDesk,
    StepForm,
    given,
    simple,
    words,
)
from suqing.web.wording import day_text

N_ = str
NO_DISPUTE = "no_consumer_dispute"


def _late_words(case: Case, now: datetime) -> str:
    """That the limit to decide has run out, if it has."""
    running = (ClockState.RUNNING, ClockState.PAUSED)
    overdue = [
        clock
        for clock in case.clocks.all()
        if clock.limit == complaints.DECISION and clock.state in running and now > clock.due_at
    ]
    if not overdue:
        return ""
    day = day_text(overdue[0].due_at.astimezone(now.tzinfo).date(), now.date())
    return _("The limit for this decision ran out on %(day)s. It is still owed, and will stand as late.") % {
        "day": day
    }


class AcceptForm(StepForm):
    note = words(gettext_lazy("Note"), required=False)
    first = "note"

    def prepare(self) -> None:
        self.fields["note"].help_text = _late_words(self.case, self.now)


class RefuseForm(StepForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=Radios)
    note = words(
        gettext_lazy("Reason"),
        help_text=gettext_lazy("The notice states it, with the other ways open to the consumer."),
    )
    routes = forms.MultipleChoiceField(
        label=gettext_lazy("Other ways the complainant is told of"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first = "ground"

    def prepare(self) -> None:
        must = self.case.regime in other_routes.MUST_BE_TOLD
        signs = risk_flags(self.case) if must else ()
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (
                code,
                _ground_label(
                    _(ground.text), law.citation((ground.article,)), signs if code == NO_DISPUTE else ()
                ),
            )
            for code, ground in refusal(self.case.regime).items()
        ]
        self.fields["ground"].help_text = _late_words(self.case, self.now)
        routes = self.fields["routes"]
        routes.choices = [(code, _(text)) for code, text in other_routes.ROUTES.items()]  # type: ignore[attr-defined]
        source = (other_routes.ARTICLE, other_routes.SOURCE) if must else (other_routes.SOURCE,)
        routes.help_text = law.citation(source)
        if must:
            self.initial.setdefault("routes", list(other_routes.ROUTES))


def _ground_label(text: str, article: str, signs: tuple[Flag, ...]) -> SafeString:
    """The ground, and beside it the signs that counting shows; they are hints, the decision is the person's."""
    told = format_html_join(
        "",
        '<small class="sq-sign">{}</small>',
        (
            (
                _("Sign, no verdict: %(sign)s (%(article)s; threshold set here)")
                % {"sign": _(one.message) % one.values, "article": law.citation((one.article,))},
            )
            for one in signs
        ),
    )
    return format_html("<b>{}</b><small>{}</small>{}", text, article, told)


class WithdrawForm(StepForm):
    note = words(gettext_lazy("How the complainant withdrew, and why"))
    first = "note"


class AskIdentityForm(StepForm):
    wanted = forms.CharField(
        label=gettext_lazy("What the complainant is to show"), max_length=complaints.MAX_WANTED
    )
    deadline_on = forms.DateField(
        label=gettext_lazy("By which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The bureau sets the day; the limit to decide runs on meanwhile."),
    )
    first = "wanted"


class RecordIdentityForm(StepForm):
    is_proved = forms.ChoiceField(label=gettext_lazy("What came of it"), widget=Radios)
    note = words(
        gettext_lazy("What was shown, or why nothing was"),
        required=False,
        help_text=gettext_lazy("It is kept encrypted under the person's key."),
    )
    first = "is_proved"

    def prepare(self) -> None:
        choices = [("yes", _("Identity is proved")), ("no", _("Identity is not proved"))]
        was_asked = any(one.is_proved is None for one in people_of(self.case).identity)
        self.fields["is_proved"].choices = choices if was_asked else choices[:1]  # type: ignore[attr-defined]


def _refuse(form: StepForm, by: Person, at: datetime) -> object:
    routes = form.cleaned_data["routes"]
    return complaints.refuse(routes=routes, by=by, at=at, **given(form, "ground", "note"))


def _ask(form: StepForm, by: Person, at: datetime) -> object:
    day = form.cleaned_data["deadline_on"]
    return complaints.ask_identity(deadline_on=day, by=by, at=at, **given(form, "wanted"))


def _record(form: StepForm, by: Person, at: datetime) -> object:
    is_proved = form.cleaned_data["is_proved"] == "yes"
    return complaints.record_identity(is_proved=is_proved, by=by, at=at, **given(form, "note"))


def _is_asked(_person: Person, case: Case) -> bool:
    return any(one.is_proved is None for one in people_of(case).identity)


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.ACCEPT,
        LABELS[Step.ACCEPT],
        N_("Take the complaint on; the limit for mediation begins to run today."),
        N_("The complaint has been accepted."),
        "a",
        AcceptForm,
        simple(complaints.accept, "note"),
        is_main=True,
    ),
    StepDesk(
        Step.REFUSE,
        LABELS[Step.REFUSE],
        N_("Decide not to take it on, on one of the grounds the regulation names."),
        N_("The complaint has been refused."),
        "x",
        RefuseForm,
        _refuse,
        is_grave=True,
    ),
    StepDesk(
        Step.ASK_IDENTITY,
        LABELS[Step.ASK_IDENTITY],
        N_("Ask the complainant to prove who they are, by a day."),
        N_("It is recorded that proof of identity was asked for."),
        "",
        AskIdentityForm,
        _ask,
        suits=lambda person, case: not _is_asked(person, case),
    ),
    StepDesk(
        Step.RECORD_IDENTITY,
        LABELS[Step.RECORD_IDENTITY],
        N_("Record whether the complainant proved who they are."),
        N_("The proof of identity has been recorded."),
        "",
        RecordIdentityForm,
        _record,
    ),
    StepDesk(
        Step.WITHDRAW,
        LABELS[Step.WITHDRAW],
        N_("The complainant takes the complaint back before it is decided on; the case ends."),
        N_("The withdrawal has been recorded."),
        "",
        WithdrawForm,
        simple(complaints.withdraw, "note"),
        is_grave=True,
    ),
)
