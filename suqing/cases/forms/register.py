"""All forms in the order of their sets, which set a case has, and how a form becomes blocks."""

from __future__ import annotations

from collections.abc import Collection

from suqing.cases.forms import decisions, dispatching, mediation, registration, reports
from suqing.cases.forms.model import Block, Content, Form, Heading, Paragraph, Seal, SetCode
from suqing.cases.vocabulary import Kind, Outcome, State

# The order of the ten of 2026, then those only the 2019 set has.
_ALL = (
    registration.COMPLAINT,
    registration.REPORT,
    dispatching.NOTICE,
    decisions.IDENTITY,
    decisions.ACCEPTANCE,
    decisions.REFUSAL,
    mediation.NOTICE,
    decisions.TERMINATION,
    mediation.STATEMENT,
    reports.RESULT,
    reports.FILED,
    reports.NOT_FILED,
    dispatching.TOLD,
    dispatching.RESULT,
)
FORMS: dict[str, Form] = {form.code: form for form in _ALL}

_SETS = {"O20": SetCode.OF_2019, "O20+XBLR": SetCode.OF_2019, "O121": SetCode.OF_2026}


def form_set(regime: str) -> SetCode | None:
    """The set of a regime; None before any regulation was in force."""
    return _SETS.get(regime)


def forms_for(
    kind: Kind, state: State, regime: str, *, outcome: str = "", is_accepted: bool = False
) -> list[Form]:
    """The forms that a case of this kind, state and regime can have now, in the order of the set."""
    known = form_set(regime)
    return [
        form
        for form in _ALL
        if known in form.sets and kind in form.kinds and _fits(form, state, outcome, is_accepted=is_accepted)
    ]


def _fits(form: Form, state: State, outcome: str, *, is_accepted: bool) -> bool:
    if state not in form.states or (form.needs_accepted and not is_accepted):
        return False
    outcomes: Collection[Outcome] | None = form.outcomes
    return outcomes is None or state != State.CLOSED or outcome in outcomes


def compose(content: Content) -> tuple[Block, ...]:
    """The paper of this content, block by block."""
    return FORMS[content.form].body(content)


def erased(content: Content) -> tuple[Block, ...]:
    """What is left of a document whose person was erased: title, number, unit, date, and that it was erased."""
    return (
        Heading(content.unit, FORMS[content.form].title, content.number),
        Paragraph("本文书所载的个人内容已经依法删除，无法恢复。"),
        Seal(content.unit, content.on),
    )
