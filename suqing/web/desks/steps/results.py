"""The fields of a result beyond its outcome, folded away in the forms that end a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.cases.result_details import (
    LABELS,
    LONGEST,
    OF_COMPLAINTS,
    OF_REPORTS,
    CheckClass,
    Evidence,
    Finding,
    MediationWay,
    ResultDetails,
)
from suqing.cases.vocabulary import Kind
from suqing.web.desks.steps.forms import Choices, StepForm, yuan

_OTHERS = ("filing_number", "filed_on", "cause", "check_class")


class ResultForm(StepForm):
    """A form that ends a case: its own fields, then the optional facts of the result.

    Call ``details()`` on a valid form and hand it to the action.
    """

    more = (*OF_COMPLAINTS, *OF_REPORTS, *_OTHERS)

    finding = forms.ChoiceField(label=gettext_lazy("Is it true"), required=False)
    confiscated_amount = yuan(gettext_lazy("Confiscated, in yuan"))
    mediation_way = forms.ChoiceField(label=gettext_lazy("How it was mediated"), required=False)
    compensation_way = forms.CharField(
        label=gettext_lazy("How it was made good"), required=False, max_length=LONGEST["compensation_way"]
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence"), required=False, widget=forms.CheckboxSelectMultiple
    )
    moral_damages = yuan(gettext_lazy("Moral damages, in yuan"))
    multiple_damages = yuan(gettext_lazy("Multiple damages, in yuan"))
    filing_number = forms.CharField(
        label=gettext_lazy("Number of the penalty case"), required=False, max_length=LONGEST["filing_number"]
    )
    filed_on = forms.DateField(
        label=gettext_lazy("Filed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    cause = forms.CharField(
        label=gettext_lazy("Cause of the penalty case"), required=False, max_length=LONGEST["cause"]
    )
    check_class = forms.ChoiceField(label=gettext_lazy("Stage of the trade that was checked"), required=False)
    is_cancelled = forms.BooleanField(label=gettext_lazy("The penalty case was cancelled"), required=False)

    def prepare(self) -> None:
        foreign = OF_REPORTS if self.case.kind == Kind.COMPLAINT else OF_COMPLAINTS
        for name in foreign:
            self.fields.pop(name)
        for name, words in (
            ("finding", Finding),
            ("mediation_way", MediationWay),
            ("check_class", CheckClass),
        ):
            if name in self.fields:
                unsaid: Choices = [("", _("Not given"))]
                self.fields[name].choices = unsaid + _named(words)  # type: ignore[attr-defined]
        if "evidence" in self.fields:
            self.fields["evidence"].choices = _named(Evidence)  # type: ignore[attr-defined]
        if not self.is_bound:
            self._recall()

    def _recall(self) -> None:
        """Facts that were said before, such as the number under which the case was filed, stand there already."""
        known = getattr(self.case, "result", None)
        for name in self.more:
            value = getattr(known, name, None)
            if value not in (None, "", [], False):
                self.initial.setdefault(name, value)

    def details(self) -> ResultDetails:
        """What was said of the result."""
        said = {name: self.cleaned_data.get(name) for name in self.more if name in self.fields}
        facts: dict[str, Any] = {name: value for name, value in said.items() if value not in (None, "", [])}
        if "evidence" in facts:
            facts["evidence"] = tuple(facts["evidence"])
        return ResultDetails(**facts)


def _named(words: Any) -> Choices:
    return [(str(one), _(LABELS[one])) for one in words]
