"""All steps of the case page in their order, and which of them a person can take on a case now."""

from __future__ import annotations

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.models import Case
from suqing.web.desks.steps import (
    afterwards,
    clocks,
    competence,
    complaints,
    dispatching,
    handling,
    mediation,
    notes,
    people,
    reminders,
    reports,
)
from suqing.web.desks.steps.forms import Offer, StepDesk

# The order in which steps stand on the page.
MODULES = (
    dispatching,
    competence,
    complaints,
    handling,
    mediation,
    reports,
    clocks,
    afterwards,
    people,
    reminders,
    notes,
)
STEPS: dict[str, StepDesk] = {desk.code: desk for module in MODULES for desk in module.DESKS}
# Steps that the table of states does not hold: inside a unit, or owed after a decision.
EXTRA = (
    dispatching.offers,
    handling.offers,
    afterwards.offers,
    people.offers,
    reminders.offers,
    notes.offers,
)


def offers(person: Person, case: Case) -> list[Offer]:
    """What this person can do on this case now: the table's steps first, then what needs no step of the table."""
    found = [
        Offer(STEPS[row.step.value], tuple(filter(None, (row.articles.get(case.regime),))))
        for row in queries.steps_for(person, case)
        if row.step.value in STEPS and _suits(STEPS[row.step.value], person, case)
    ]
    order = list(STEPS)
    found.sort(key=lambda offer: order.index(offer.desk.code))
    for more in EXTRA:
        found += more(person, case)
    # What moves the case on comes first, whichever noun it belongs to.
    found.sort(key=lambda offer: not offer.desk.is_main)
    return found


def _suits(desk: StepDesk, person: Person, case: Case) -> bool:
    return desk.suits is None or desk.suits(person, case)
