"""The page of one contact with the cases it became."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.actions import note_look_by_role
from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.models import Submission
from suqing.cases.queries.operator_persons import names_hidden
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome
from suqing.web.context import moment_of
from suqing.web.desks import case_facts
from suqing.web.desks.case_desk import not_here
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.case_rows import rows_of


@require_GET
def submission(request: HttpRequest, number: str) -> HttpResponse:
    """One contact with the cases it became."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    try:
        view = queries.submission_for(person, number)
    except Submission.DoesNotExist:
        return not_here(request, number)
    contact, sight = view.submission, Sight.of(person, view.submission.unit)
    if sight.plain and view.is_whole:
        note_look_by_role(by=person, subject=contact.party or contact, at=now)
    # The words of the whole contact may tell of a case that this reader must not see.
    if not sight.plain:
        sight = replace(sight, hidden=tuple(name for case in view.cases for name in names_hidden(case)))
    words = case_facts.shown(contact.narrative, sight)
    facts = {
        "contact": contact,
        "is_whole": view.is_whole,
        "rows": rows_of(view.cases, now),
        "channel": _(LABELS[Channel(contact.channel)]),
        "outcome": _(LABELS[ContactOutcome(contact.outcome)]),
        "pieces": list(case_facts.pieces(words)) if view.is_whole else [],
        "is_masked": not sight.plain,
    }
    return render(request, "web/submissions/submission.html", facts)
