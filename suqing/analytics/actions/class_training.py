"""Learning classes from the centre's own closed cases; a new model replaces what suggests now only by winning.

The newest fifth of the cases is held out.  Of these only such count as were closed after the last case that taught the
model in use, so that neither side has seen them.  What wins was not taught them either, and goes into use as it was
tested.  A class corrected in a case teaches as it stands now.  A class that a person decided in the review queue teaches
even while its case is open, and where cases of the same words are classed otherwise it alone does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Least

from suqing.accounts.models import Person
from suqing.cases.models import Case, ClassReview
from suqing.cases.vocabulary import ReviewState
from suqing.taxonomy.actions import adopt_class_model
from suqing.taxonomy.class_models import adopted, model_in_use
from suqing.taxonomy.models import ClassKind, ClassModel, ClassNode, ClassTree
from suqing.taxonomy.text.classify.evaluation import Interval, bootstrap, macro_f1
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.table import distinct
from suqing.taxonomy.text.classify.training import CannotLearn, Settings, learn
from suqing.taxonomy.text.suggest import suggest

FIELDS = {
    ClassKind.OBJECT: "object_class",
    ClassKind.ISSUE: "issue_class",
    ClassKind.REPORT_ISSUE: "issue_class",
}
MOST_CASES = 100_000  # the newest ones
FEWEST_HELD = 30
N_ = str
# What fewer than three texts say is forgotten: it may be about one person.
SETTINGS = Settings(at_least=3)


class TooFew(ValueError):
    """There are not enough closed cases to learn from, or to compare by; ``message`` is an English id."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Trained:
    """``ahead`` is the macro-F1 of the new model less that of what suggested before (``against``: "rules" or "model"),
    with its interval; ``adopted`` is None where the new one did not win."""

    taught: int
    held: int
    against: str
    macro: float
    ahead: Interval
    adopted: ClassModel | None


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    code: str
    closed_at: datetime  # or when its class was decided in the review queue, whichever came first
    is_decided: bool


def train(
    *,
    kind: str,
    by: Person | str,
    at: datetime,
    rehearsed: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> Trained:
    """Learn from closed cases, compare with what suggests now, adopt if better.  Raise TooFew.

    ``rehearsed`` learns from the synthetic cases of a rehearsal instead of real ones; never from both.
    """
    cases = _closed(kind, at, rehearsed)
    cut = len(cases) - len(cases) // 5
    taught, held = cases[:cut], cases[cut:]
    before = adopted(kind)
    if before:
        held = [case for case in held if case.closed_at > before.taught_until]
    if len(held) < FEWEST_HELD:
        raise TooFew(
            N_("%(held)s held-out cases that no model has seen; %(needed)s are needed"),
            held=len(held),
            needed=FEWEST_HELD,
        )
    try:
        model = learn(
            [case.text for case in taught],
            [case.code for case in taught],
            parents=_parents(kind),
            settings=SETTINGS,
            say=say,
        )
    except CannotLearn as fault:
        raise TooFew(str(fault)) from fault
    return _compared(kind, model, taught, held, by=by, at=at)


def _compared(
    kind: str, model: Model, taught: Sequence[_Told], held: Sequence[_Told], *, by: Person | str, at: datetime
) -> Trained:
    champion = model_in_use(kind)
    mine = [_best(model, case.text) for case in held]
    other = [_best(champion, case.text) if champion else _by_rules(case.text, kind) for case in held]
    names = sorted({*mine, *other, *(case.code for case in held)})
    truth, new, old = (
        np.array([names.index(code) for code in codes])
        for codes in ([case.code for case in held], mine, other)
    )
    ahead = bootstrap(
        lambda drawn: (
            macro_f1(truth[drawn], new[drawn], len(names)) - macro_f1(truth[drawn], old[drawn], len(names))
        ),
        len(held),
    )
    macro = macro_f1(truth, new, len(names))
    row = None
    if ahead.value > 0:
        facts = {
            **model.facts,
            "held_out": len(held),
            "macro_f1": round(macro, 4),
            "ahead": round(ahead.value, 4),
        }
        until = taught[-1].closed_at
        row = adopt_class_model(
            kind=kind, model=replace(model, facts=facts), taught_until=until, by=by, at=at
        )
    return Trained(len(taught), len(held), "model" if champion else "rules", macro, ahead, row)


def _best(model: Model, text: str) -> str:
    return next((guess.code for guess in model.guess(text, 1)), "")


def _by_rules(text: str, kind: str) -> str:
    return next((found.code for found in suggest(text, kind, 1)), "")


def _closed(kind: str, at: datetime, rehearsed: bool) -> list[_Told]:
    """The cases closed or decided with a class of the tree in use, the first at the front, each text once."""
    field = FIELDS[ClassKind(kind)]
    trees = ClassTree.objects.open_now(kind)
    decided = ClassReview.objects.filter(
        case=OuterRef("pk"), kind=kind, state__in=(ReviewState.CHOSEN, ReviewState.KEPT), decided_at__lte=at
    )
    rows = (
        Case.objects.filter(is_synthetic=rehearsed, **{f"{field}__tree__in": trees})
        .exclude(match_text="")
        .annotate(reviewed_at=Subquery(decided.values("decided_at")))
        # The earlier of both never changes, so what taught a model cannot be held out against it later.
        .annotate(told_at=Least("closed_at", "reviewed_at"))
        .filter(told_at__lte=at)
        .order_by("-told_at", "-pk")
        .values_list("match_text", f"{field}__code", "told_at", "reviewed_at")
    )
    newest = [
        _Told(text, code, told, reviewed is not None) for text, code, told, reviewed in rows[:MOST_CASES]
    ][::-1]
    sure = {case.text for case in newest if case.is_decided}
    newest = [case for case in newest if case.is_decided or case.text not in sure]
    kept = distinct([case.text for case in newest], [case.code for case in newest])
    first = {case.text: case for case in reversed(newest)}
    return [first[text] for text in kept.texts]


def _parents(kind: str) -> dict[str, str]:
    nodes = ClassNode.objects.filter(tree__in=ClassTree.objects.open_now(kind), parent__isnull=False)
    return dict(nodes.values_list("code", "parent__code"))
