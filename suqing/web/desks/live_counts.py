"""The counts of the frame for the page that is open: asked for whenever a hint says that something has happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.web.context import bell_of, moment_of, rail_of
from suqing.web.desks.work_list_views import view_counts
from suqing.web.waiting import count_text, sees_cases


@require_GET
def live_counts(request: HttpRequest) -> HttpResponse:
    """How much needs action at each desk of this person and, with ``?views=1``, how long their ready lists are."""
    # A page that looks by itself keeps nobody signed in.
    request.is_by_itself = True  # type: ignore[attr-defined]
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    bell = bell_of(request)
    views = view_counts(person, now) if request.GET.get("views") and sees_cases(person) else {}
    return JsonResponse(
        {
            "desks": {entry.name: entry.count for entry in (*rail_of(request), *((bell,) if bell else ()))},
            "views": {key: count_text(count) for key, count in views.items()},
            "at": f"{now:%H:%M:%S}",
        }
    )
