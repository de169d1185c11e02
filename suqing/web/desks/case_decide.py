"""What can be done with a case now, as the decision panel shows it: each step with its ground and its key."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.models import Case
from suqing.lawclock.queries import citation
from suqing.web.desks.steps.forms import Offer
from suqing.web.desks.steps.registry import STEPS, offers

# Letters that the page itself needs, and those by which steps are known: no numbered step may take one of them first.
OF_THE_PAGE = frozenset("jkl")
_KNOWN = OF_THE_PAGE | {desk.key for desk in STEPS.values() if desk.key}
# A step without a letter is numbered as it stands; the eleventh and later ones get what letters are left.
NUMBERS = "1234567890"


def decide_facts(reader: Person, case: Case, open_step: dict[str, Any] | None = None) -> dict[str, Any]:
    """The decision panel: each allowed step with its ground; at most one of them opened as a form."""
    steps = [step_facts(case, offer) for offer in offers(reader, case)]
    taken = {step["key"] for step in steps}
    spare = [*NUMBERS, *(sorted(set(ascii_lowercase) - taken - OF_THE_PAGE, key=lambda key: key in _KNOWN))]
    for step, key in zip((step for step in steps if not step["key"]), spare, strict=False):
        step["key"] = key
    return {
        "case": case,
        "steps": [step for step in steps if not step["is_minor"]],
        "minor_steps": [step for step in steps if step["is_minor"]],
        "open_step": open_step,
    }


def step_facts(case: Case, offer: Offer) -> dict[str, Any]:
    """One step as a row or a button of the panel."""
    desk = offer.desk
    return {
        "code": desk.code,
        "verb": _(desk.verb),
        "sentence": _(desk.sentence),
        "law": citation(offer.articles) if offer.articles else "",
        "url": reverse("case-step", args=[case.number, desk.code]),
        "key": desk.key,
        "is_main": desk.is_main,
        "is_grave": desk.is_grave,
        "is_minor": desk.is_small or not desk.key,
    }
