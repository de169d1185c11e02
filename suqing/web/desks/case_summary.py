"""A machine's summary of a case: what would leave the house is shown first, then what came back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suqing.accounts.models import Person
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.second_opinions import ask_summary
from suqing.taxonomy.second_opinion import NoOpinion, readied, server
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404


@require_http_methods(["GET", "POST"])
def summary(request: HttpRequest, number: str) -> HttpResponse:
    """The words that would be sent, and where to; asked for, the summary that came back."""
    case, asked = case_or_404(request, number), server()
    facts = {
        "case": case,
        "host": asked.host if asked else "",
        "sent": readied(case.match_text),
        "said": None,
        "empty": {
            "title": _("No server for second opinions is set up."),
            "text": _("Who runs the centre sets its address; until then nothing leaves the house."),
            "icon": "send",
        },
    }
    if request.method == "POST":
        assert isinstance(request.user, Person)  # the permission table lets nobody else in
        try:
            facts["said"] = ask_summary(case=case, by=request.user, at=moment_of(request).now)
        except (NoOpinion, Refused) as fault:
            messages.error(request, _(fault.message))
    return render(request, "web/cases/summary.html", facts)
