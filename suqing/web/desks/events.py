"""Events that several cases are about: the list of them, and one event with its cases, its growth and its merges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions import groups
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, EventGroup, GroupMerge
from suqing.cases.queries import groups as queries
from suqing.cases.queries.event_proposals import proposal_of_group
from suqing.ledger.models import Event
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.event_proposals import views_of
from suqing.web.desks.typed import typed

N_ = str
CASES_SHOWN = 100
SENTENCES = {
    "made": N_("%(who)s made the event"),
    "joined": N_("%(who)s added a case"),
    "left": N_("%(who)s took a case out"),
    "merged": N_("%(who)s merged the event %(other)s into this one"),
    "merged_away": N_("%(who)s merged this event into %(other)s"),
    "merge_undone": N_("%(who)s undid the merge with %(other)s"),
    "restored": N_("%(who)s took this event out of %(other)s again"),
    "renamed": N_("%(who)s changed the title or the note"),
    "closed": N_("%(who)s closed the event"),
    "reopened": N_("%(who)s opened the event again"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _event(request: HttpRequest, number: str) -> EventGroup:
    try:
        return queries.group_for(_person(request), number)
    except EventGroup.DoesNotExist:
        raise Http404 from None


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """The events in sight with their cases, persons and growth."""
    is_over = request.GET.get("view") == "closed"
    after = request.GET.get("after", "")
    page = queries.group_page(
        _person(request),
        moment_of(request).now,
        is_over=is_over,
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
    )
    address = reverse("events")
    view = "view=closed&" if is_over else ""
    facts = {
        "rows": page.rows,
        "total": page.total,
        "views": views_of(request, "closed" if is_over else "going"),
        "pager": {
            "newer_url": (f"{address}?view=closed" if is_over else address) if after else "",
            "older_url": f"{address}?{view}after={page.after}" if page.after else "",
            "shown": len(page.rows),
        },
        "empty": {
            "title": _("No event is closed") if is_over else _("No event goes on"),
            "text": _("An event begins when two cases are joined, from the part “Similar cases” of a case."),
            "icon": "link",
            "url": reverse("cases"),
            "verb": _("To the work list"),
        },
    }
    return render(request, "web/events/list.html", facts)


@require_GET
def event(request: HttpRequest, number: str) -> HttpResponse:
    """One event: its counts, its cases, what it took over, its story."""
    return render(request, "web/events/event.html", _facts(request, _event(request, number)))


def _facts(request: HttpRequest, found: EventGroup, given: dict[str, Any] | None = None) -> dict[str, Any]:
    person, now = _person(request), moment_of(request).now
    cases = queries.cases_of(person, found)
    may_group = can(person, Permission.CASE_GROUP) and found.merged_into_id is None
    return {
        "event": found,
        "counts": queries.group_row(person, found, now),
        "rows": rows_of(list(cases[:CASES_SHOWN]), now),
        "all_url": f"{reverse('cases')}?view=all&event={found.number}",
        "merges": queries.merges_of(person, found),
        "story": list(_story(person, found)),
        "may_group": may_group,
        "proposed": proposal_of_group(person, found.pk) if may_group else None,
        "is_open": found.closed_at is None and found.merged_into_id is None,
        "typed": given or {"title": found.title, "note": found.note},
        "errors": {},
    }


def _story(person: Person, found: EventGroup) -> Iterable[dict[str, Any]]:
    """What was done, newest first, as far as it was done to cases in this person's sight."""
    told = queries.story_of(found)
    keys = {key for one in told for key in one.data.get("cases", ())}
    numbers = queries.numbers_in_sight(person, keys) if keys else {}
    for one in reversed(told):
        values = {"who": one.actor_name, "other": one.data.get("other", "")}
        named = one.data.get("cases", ())
        seen = [numbers[key] for key in named if key in numbers]
        if named and not seen:
            continue  # a step with cases out of sight would tell that there are such cases
        sentence = SENTENCES.get(one.verb.rpartition(".")[2], N_("%(who)s changed the event"))
        yield {"at": one.at, "title": _(sentence) % values, "note": _note(one, seen)}


def _note(one: Event, seen: list[str]) -> str:
    if one.verb == "event_group.renamed":
        return f"{one.data['before']['title']} → {one.data['after']['title']}"
    if len(seen) <= 3:
        return "、".join(seen)
    return ngettext("%(count)d case", "%(count)d cases", len(seen)) % {"count": len(seen)}


# What can be done


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Change an event; what is refused is said on its page, with what was typed."""
    found, doing = _event(request, number), ACTS.get(act)
    if doing is None:
        raise Http404
    try:
        return doing(request, found)
    except Refused as refused:
        text = _(refused.message) % refused.values if refused.values else _(refused.message)
        if act not in ("rename", "merge"):
            messages.error(request, text)
            return redirect("event", number=number)
        group = _event(request, number)
        given = {"title": group.title, "note": group.note}
        given |= {name: typed(request, name) for name in ("title", "note", "other") if name in request.POST}
        field = "other" if act == "merge" else refused.field
        facts = _facts(request, group, given) | {"errors": {field: text}}
        return render(request, "web/events/event.html", facts, status=422)


@require_POST
def case_event(request: HttpRequest, number: str) -> HttpResponse:
    """Put a case into the event that was typed, or make an event of it."""
    case, person, now = case_or_404(request, number), _person(request), moment_of(request).now
    given = typed(request, "event").strip()
    try:
        if given.upper().startswith("EV") and given[2:].isdecimal():
            group = _event(request, given.upper())
            groups.join_group(group=group, case=case, by=person, at=now)
        else:
            group = groups.make_group(cases=[case], title=given, by=person, at=now)
    except Http404:
        messages.error(request, _("There is no event %(number)s in your sight.") % {"number": given[:20]})
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values if refused.values else _(refused.message))
    else:
        messages.success(
            request,
            _("The case is in the event %(number)s.") % {"number": group.number},
            extra_tags=f"undo:{_leave_url(group, case)}",
        )
    return redirect("case", number=number)


def _leave_url(group: EventGroup, case: Case) -> str:
    return f"{reverse('event-act', args=[group.number, 'leave'])}?case={case.number}"


def _case(request: HttpRequest) -> Case:
    return case_or_404(request, typed(request, "case") or request.GET.get("case", "").replace("\0", ""))


def _when(request: HttpRequest) -> dict[str, Any]:
    at: datetime = moment_of(request).now
    return {"by": _person(request), "at": at}


def _join(request: HttpRequest, found: EventGroup) -> HttpResponse:
    groups.join_group(group=found, case=_case(request), **_when(request))
    messages.success(request, _("The case is in the event %(number)s.") % {"number": found.number})
    return redirect("event", number=found.number)


def _leave(request: HttpRequest, found: EventGroup) -> HttpResponse:
    case = _case(request)
    groups.leave_group(group=found, case=case, **_when(request))
    undo = f"{reverse('event-act', args=[found.number, 'join'])}?case={case.number}"
    text = _("The case %(case)s is not in the event any more.") % {"case": case.number}
    messages.success(request, text, extra_tags=f"undo:{undo}")
    # A reader who sees nothing of the event any more goes back to the case.
    if queries.visible_groups(_person(request)).filter(pk=found.pk).exists():
        return redirect("event", number=found.number)
    return redirect("case", number=case.number)


def _merge(request: HttpRequest, found: EventGroup) -> HttpResponse:
    number = typed(request, "other").strip().upper()
    other = queries.visible_groups(_person(request)).filter(number=number).first()
    if other is None:
        raise Refused(N_("There is no event %(number)s in your sight."), field="other", number=number[:20])
    merge = groups.merge_groups(survivor=found, absorbed=other, **_when(request))
    undo = f"{reverse('event-act', args=[found.number, 'undo-merge'])}?merge={merge.pk}"
    text = _("The event %(number)s took over %(other)s.") % {"number": found.number, "other": other.number}
    messages.success(request, text, extra_tags=f"undo:{undo}")
    return redirect("event", number=found.number)


def _undo_merge(request: HttpRequest, found: EventGroup) -> HttpResponse:
    key = request.POST.get("merge", "") or request.GET.get("merge", "")
    rows = GroupMerge.objects.select_related("survivor", "absorbed").filter(survivor=found)
    merge = rows.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if merge is None:
        raise Http404
    back = groups.undo_merge(merge=merge, **_when(request))
    messages.success(request, _("The event %(number)s stands on its own again.") % {"number": back.number})
    return redirect("event", number=found.number)


def _rename(request: HttpRequest, found: EventGroup) -> HttpResponse:
    title, note = typed(request, "title"), typed(request, "note")
    groups.rename_group(group=found, title=title, note=note, **_when(request))
    messages.success(request, _("The title and the note are kept."))
    return redirect("event", number=found.number)


def _close(request: HttpRequest, found: EventGroup) -> HttpResponse:
    groups.close_group(group=found, **_when(request))
    undo = reverse("event-act", args=[found.number, "reopen"])
    messages.success(
        request, _("The event is closed. Its cases go on as they are."), extra_tags=f"undo:{undo}"
    )
    return redirect("event", number=found.number)


def _reopen(request: HttpRequest, found: EventGroup) -> HttpResponse:
    groups.reopen_group(group=found, **_when(request))
    messages.success(request, _("The event goes on."))
    return redirect("event", number=found.number)


ACTS: dict[str, Callable[[HttpRequest, EventGroup], HttpResponse]] = {
    "join": _join,
    "leave": _leave,
    "merge": _merge,
    "undo-merge": _undo_merge,
    "rename": _rename,
    "close": _close,
    "reopen": _reopen,
}
