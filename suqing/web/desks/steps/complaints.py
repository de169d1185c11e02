"""Decisions on a complaint."""

from __future__ import annotations

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.cases.actions import complaints
from suqing.cases.grounds import refusal
from suqing.cases.vocabulary import LABELS, Step
from suqing.lawclock import queries as law
from suqing.web.desks.steps.forms import (
    NoteForm,
    Radios,
    StepDesk,
    StepForm,
    simple,
    words,
)

N_ = str


class RefuseForm(StepForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=Radios)
    note = words(
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


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.ACCEPT,
        LABELS[Step.ACCEPT],
        N_("Take the complaint on; the limit for mediation begins to run today."),
        N_("The complaint has been accepted."),
        "a",
        NoteForm,
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
        simple(complaints.refuse, "ground", "note"),
        is_grave=True,
    ),
)
