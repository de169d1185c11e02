"""Who else has a case open: an open page says every few seconds that it is there, and hears who else is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from suqing.accounts.models import Person
from suqing.cases.actions import looks
from suqing.cases.queries.looks import newest_event, others_here
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404


@require_POST
def present(request: HttpRequest, number: str) -> HttpResponse:
    """Stay, go (``leave``), or take all that is new as read (``read``); who stays hears who else is there.

    Everything here is asked of the very person for a case in their sight: others get 404.
    """
    case, person = case_or_404(request, number), request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    now = timezone.now()  # real: people sit before it, whatever the clock of the centre says
    if "read" in request.POST:
        looks.read_all(case=case, by=person, at=moment_of(request).now, upto=newest_event())
        return redirect("case", number=case.number)
    # A page that says by itself that it is open keeps nobody signed in.
    request.is_by_itself = True  # type: ignore[attr-defined]
    if "leave" in request.POST:
        looks.leave(case=case, by=person, heard_at=now)
        return HttpResponse(status=204)
    looks.stay(case=case, by=person, heard_at=now)
    facts = {
        "case": case,
        "others": others_here(person, case, now),
        "has_moved": request.POST.get("revision", "") not in ("", str(case.revision)),
    }
    return render(request, "web/cases/_present_said.html", facts)
