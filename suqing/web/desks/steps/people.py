"""Recording who stands behind a complaint: agents, joint complainants, their consents; and consent to publicity.

These are not steps of the table of states: they do not move the case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.cases.actions import complaints, people
from suqing.cases.agency import (
    AGENT_ARTICLES,
    JOINT_ARTICLES,
    LABELS,
    PUBLICITY_ARTICLES,
    Authority,
    JointAct,
)
from suqing.cases.intake import PartyInput, local_day
from suqing.cases.models import Case, JointComplainant, Party
from suqing.cases.queries.people import may_record, people_of, represented
from suqing.cases.vocabulary import Kind, State
from suqing.web.desks.steps.forms import Offer, Radios, StepDesk, StepForm, given

N_ = str
_ANSWERS: dict[str, bool | None] = {"yes": True, "no": False, "unasked": None}


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=picker, help_text=help_text)


class _PersonForm(StepForm):
    """Fields of somebody who stands beside the complainant."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    id_number = forms.CharField(label=gettext_lazy("Identity number"), max_length=40, required=False)
    first = "name"


def _person_of(form: StepForm) -> PartyInput:
    data = form.cleaned_data
    return PartyInput(data["name"], data["phone"], data["address"], data["id_number"])


class AgentForm(_PersonForm):
    matters = forms.CharField(label=gettext_lazy("What the power of attorney is for"), max_length=500)
    authority = forms.ChoiceField(label=gettext_lazy("How far it reaches"), widget=Radios)
    valid_until = _day(
        gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Empty: until the matter is done."),
    )
    has_original = forms.BooleanField(
        label=gettext_lazy("The original of the power of attorney, signed by the complainant, was seen"),
        required=False,
    )
    has_agent_identity = forms.BooleanField(
        label=gettext_lazy("The agent's proof of identity was seen"), required=False
    )

    def prepare(self) -> None:
        self.fields["authority"].choices = [(str(one), _(LABELS[one])) for one in Authority]  # type: ignore[attr-defined]
        self.initial.setdefault("authority", str(Authority.GENERAL))


class JoinForm(_PersonForm):
    consented_on = _day(gettext_lazy("Consented on"))
    first_consented_on = _day(gettext_lazy("The first complainant consented on"), required=False)

    def prepare(self) -> None:
        self.fields["phone"].required = True
        self.initial.setdefault("consented_on", local_day(self.now))
        if people_of(self.case).is_joint:
            self.fields.pop("first_consented_on")


class _ChoiceForm(StepForm):
    """A choice among those who take part, shown masked."""

    complainants = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Complainants"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    first = ""

    def offered(self) -> list[JointComplainant]:
        return list(people_of(self.case).complainants)

    def prepare(self) -> None:
        self.rows = {one.pk: one for one in self.offered()}
        self.fields["complainants"].choices = [(pk, named(one.party)) for pk, one in self.rows.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[JointComplainant]:
        return [self.rows[pk] for pk in self.cleaned_data["complainants"]]


def named(party: Party) -> str:
    """A person as everybody may see them."""
    if party.erased_at is not None:
        return _("Personal data erased")
    return " ".join(part for part in (party.name_masked or "—", party.phone_masked) if part)


class RepresentativesForm(_ChoiceForm):
    chosen_on = _day(gettext_lazy("Chosen in writing on"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["complainants"].help_text = _("At most two.")
        self.initial.setdefault("chosen_on", local_day(self.now))
        self.initial.setdefault(
            "complainants", [pk for pk, one in self.rows.items() if one.is_representative]
        )


class ConsentForm(_ChoiceForm):
    act = forms.ChoiceField(label=gettext_lazy("What they consent to"), widget=Radios)
    given_on = _day(gettext_lazy("Given on"))
    first = "act"
    field_order = ("act", "complainants", "given_on")

    def offered(self) -> list[JointComplainant]:
        return represented(people_of(self.case).complainants, self.case.party_id)

    def prepare(self) -> None:
        super().prepare()
        self.fields["act"].choices = [(str(one), _(LABELS[one])) for one in JointAct]  # type: ignore[attr-defined]
        self.initial.setdefault("given_on", local_day(self.now))


class LeaveForm(StepForm):
    complainant = forms.TypedChoiceField(label=gettext_lazy("Who leaves"), coerce=int, widget=Radios)
    first = "complainant"

    def prepare(self) -> None:
        others = [one for one in people_of(self.case).complainants if one.party_id != self.case.party_id]
        self.rows = {one.pk: one for one in others}
        self.fields["complainant"].choices = [(pk, named(one.party)) for pk, one in self.rows.items()]  # type: ignore[attr-defined]


class PublicityForm(StepForm):
    consent = forms.ChoiceField(
        label=gettext_lazy("May the complaint be made public"),
        widget=Radios,
        choices=[
            ("yes", gettext_lazy("Yes")),
            ("no", gettext_lazy("No")),
            ("unasked", gettext_lazy("Not asked")),
        ],
    )
    first = "consent"

    def prepare(self) -> None:
        known = {value: code for code, value in _ANSWERS.items()}
        self.initial.setdefault("consent", known[self.case.publicity_consent])


class PublicationForm(StepForm):
    publicised_on = _day(
        gettext_lazy("Made public on"),
        required=False,
        help_text=gettext_lazy("Empty: it is not public, or no longer."),
    )
    first = "publicised_on"

    def prepare(self) -> None:
        self.initial.setdefault("publicised_on", self.case.publicised_on)


def _add_agent(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return people.add_agent(
        agent=_person_of(form),
        valid_until=data["valid_until"],
        has_original=data["has_original"],
        has_agent_identity=data["has_agent_identity"],
        by=by,
        at=at,
        **given(form, "matters", "authority"),
    )


def _end_agent(form: StepForm, by: Person, at: datetime) -> object:
    return people.end_agent(by=by, at=at, **given(form))


def _join(form: StepForm, by: Person, at: datetime) -> object:
    data = form.cleaned_data
    return people.join(
        party=_person_of(form),
        consented_on=data["consented_on"],
        first_consented_on=data.get("first_consented_on"),
        by=by,
        at=at,
        **given(form),
    )


def _choose(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, RepresentativesForm)
    day = form.cleaned_data["chosen_on"]
    return people.choose_representatives(
        complainants=form.chosen(), chosen_on=day, by=by, at=at, **given(form)
    )


def _consent(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, ConsentForm)
    day = form.cleaned_data["given_on"]
    return people.record_joint_consent(
        complainants=form.chosen(), given_on=day, by=by, at=at, **given(form, "act")
    )


def _leave(form: StepForm, by: Person, at: datetime) -> object:
    assert isinstance(form, LeaveForm)
    going = form.rows[form.cleaned_data["complainant"]]
    return people.leave(complainant=going, by=by, at=at, **given(form))


def _publicity(form: StepForm, by: Person, at: datetime) -> object:
    consent = _ANSWERS[form.cleaned_data["consent"]]
    return complaints.record_publicity_consent(consent=consent, by=by, at=at, **given(form))


def _publication(form: StepForm, by: Person, at: datetime) -> object:
    day = form.cleaned_data["publicised_on"]
    return complaints.record_publicity(publicised_on=day, by=by, at=at, **given(form))


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        "agent",
        N_("Record an agent"),
        N_("Somebody complains for the complainant, with an original power of attorney."),
        N_("The agent has been recorded."),
        "",
        AgentForm,
        _add_agent,
    ),
    StepDesk(
        "end-agent",
        N_("End the agent's part"),
        N_("The agent acts no longer."),
        N_("It is recorded that the agent acts no longer."),
        "",
        StepForm,
        _end_agent,
    ),
    StepDesk(
        "joint",
        N_("Record a joint complainant"),
        N_("Somebody with the same dispute with the same operator takes part, with consent."),
        N_("The joint complainant has been recorded."),
        "",
        JoinForm,
        _join,
    ),
    StepDesk(
        "representatives",
        N_("Record the representatives"),
        N_("The complainants chose at most two representatives in writing."),
        N_("The representatives have been recorded."),
        "",
        RepresentativesForm,
        _choose,
    ),
    StepDesk(
        "joint-consent",
        N_("Record a joint consent"),
        N_("Those represented consent to what representatives cannot do alone."),
        N_("The consent has been recorded."),
        "",
        ConsentForm,
        _consent,
    ),
    StepDesk(
        "leave",
        N_("Record that somebody leaves"),
        N_("A joint complainant takes part no longer."),
        N_("It is recorded that the joint complainant left."),
        "",
        LeaveForm,
        _leave,
    ),
    StepDesk(
        "publicity",
        N_("Record consent to publicity"),
        N_("Whether the complainant agrees that the complaint is made public."),
        N_("The answer has been recorded."),
        "",
        PublicityForm,
        _publicity,
    ),
    StepDesk(
        "publication",
        N_("Record that the complaint was made public"),
        N_("The day on which the closed complaint was made public, as the complainant agreed."),
        N_("The day has been recorded."),
        "",
        PublicationForm,
        _publication,
    ),
)
_BY_CODE = {desk.code: desk for desk in DESKS}


def offers(person: Person, case: Case) -> list[Offer]:
    """What this person may record about the people of this complaint now; no query for another kind or an ended case."""
    if case.kind != Kind.COMPLAINT or case.archived_at is not None or not may_record(person, case):
        return []
    codes = ["publicity"] if case.has_ended else _codes(case)
    if case.state == State.CLOSED and (case.publicity_consent or case.publicised_on):
        codes.append("publication")
    return [Offer(_BY_CODE[code], _articles(code, case.regime)) for code in codes]


def _codes(case: Case) -> list[str]:
    beside = people_of(case)
    codes = ["agent" if beside.agent is None else "end-agent", "joint"]
    if beside.is_joint:
        codes += ["representatives", "joint-consent", "leave"]
    return [*codes, "publicity"]


def _articles(code: str, regime: str) -> tuple[str, ...]:
    if code == "publicity":
        return ()
    if code == "publication":
        return (PUBLICITY_ARTICLES[regime],) if regime in PUBLICITY_ARTICLES else ()
    table = AGENT_ARTICLES if code in ("agent", "end-agent") else JOINT_ARTICLES
    return (table[regime],) if regime in table else ()
