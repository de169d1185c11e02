"""Steps of a report."""

from __future__ import annotations

from suqing.cases.actions import reports
from suqing.cases.vocabulary import LABELS, Step
from suqing.web.desks.steps.forms import (
    NoteForm,
    ReasonForm,
    StepDesk,
    simple,
)

N_ = str


DESKS: tuple[StepDesk, ...] = (
    StepDesk(
        Step.CHECK,
        LABELS[Step.CHECK],
        N_("Begin to check the leads that were given."),
        N_("The check has begun."),
        "e",
        NoteForm,
        simple(reports.check, "note"),
        is_main=True,
    ),
    StepDesk(
        Step.FILE,
        LABELS[Step.FILE],
        N_("The leads hold: file the case; the limit for the penalty decision begins to run today."),
        N_("The case has been filed."),
        "f",
        ReasonForm,
        simple(reports.file_case, "note"),
        is_main=True,
    ),
    StepDesk(
        Step.NOT_FILE,
        LABELS[Step.NOT_FILE],
        N_("The leads do not hold, or the law asks for no penalty."),
        N_("It has been decided not to file a case."),
        "n",
        ReasonForm,
        simple(reports.not_file, "note"),
        is_grave=True,
    ),
)
