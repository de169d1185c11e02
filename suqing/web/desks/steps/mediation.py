"""Steps of a mediation."""

from __future__ import annotations

from suqing.cases.actions import mediation
from suqing.cases.vocabulary import LABELS, Step
from suqing.web.desks.steps.forms import (
    NoteForm,
    StepDesk,
    simple,
)

N_ = str


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.MEDIATE,
        LABELS[Step.MEDIATE],
        N_("Both sides want mediation: begin it."),
        N_("The mediation has begun."),
        "m",
        NoteForm,
        simple(mediation.mediate, "note"),
        is_main=True,
    ),
)
