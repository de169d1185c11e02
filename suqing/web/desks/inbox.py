"""The inbox: what a person was told, what of it is unread, and where it leads."""

from __future__ import annotations

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
from suqing.inbox.actions import mark_all_read, mark_read
from suqing.inbox.codes import Level
from suqing.inbox.models import Message
from suqing.inbox.queries import inbox_of, unread
from suqing.web.context import moment_of
from suqing.web.desks import keyset
from suqing.web.desks.inbox_words import icon_of, link_of, said

N_ = str
VIEWS = {"unread": N_("Unread"), "all": N_("All messages")}
LEVELS = {Level.SOON: N_("Asks for action"), Level.BREACH: N_("Limit broken or not answered")}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What has arrived, newest first: the unread, or all with the unread marked."""
    person, now = _person(request), moment_of(request).now
    view = request.GET.get("view", "unread")
    view = view if view in VIEWS else "unread"
    page = keyset.page(
        inbox_of(person, now, unread_only=view == "unread"), request.GET.dict(), field="deliver_after"
    )
    address = reverse("inbox")
    count = unread(person, now)
    facts = {
        "rows": [_row(one, now) for one in page.rows],
        "views": [(key, _(name), f"{address}?view={key}", key == view) for key, name in VIEWS.items()],
        "view": view,
        "view_name": _(VIEWS[view]),
        "unread": count,
        "upto": now.isoformat(),
        "pager": page.pager(address, {"view": view}, ""),
        "empty": _empty(view, address),
    }
    return render(request, "web/inbox/inbox.html", facts)


def _empty(view: str, address: str) -> dict[str, Any]:
    if view == "all":
        return {
            "title": _("Nobody has told you anything yet"),
            "text": _("Reminders, warnings before limits end and answers arrive here, in your duty hours."),
            "icon": "inbox",
        }
    return {
        "title": _("Everything is read"),
        "text": _("What comes outside your duty hours waits until they begin."),
        "icon": "inbox",
        "url": f"{address}?view=all",
        "verb": _("Show all messages"),
    }


def _row(message: Message, now: datetime) -> dict[str, Any]:
    level = Level(message.level)
    return {
        "message": message,
        "text": said(message, now),
        "icon": icon_of(message),
        "level": _(LEVELS[level]) if level in LEVELS else "",
        "tone": level if level in LEVELS else "",
        "has_link": bool(link_of(message)),
        "from": message.sender.display_name if message.sender else _("The system"),
    }


def _own(request: HttpRequest, pk: int) -> Message:
    """The person's message that has arrived; another's and none look the same."""
    found = inbox_of(_person(request), moment_of(request).now).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where the message leads; it counts as read from then on."""
    found = _own(request, pk)
    mark_read(message=found, by=_person(request), at=moment_of(request).now)
    return redirect(link_of(found) or reverse("inbox"))


@require_POST
def inbox_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and stay in the list."""
    mark_read(message=_own(request, pk), by=_person(request), at=moment_of(request).now)
    return redirect(_back(request))


@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read all that had arrived when the page was made."""
    now = moment_of(request).now
    count = mark_all_read(by=_person(request), at=now, upto=_moment(request.POST.get("upto", "")))
    told = ngettext("%(count)s message is marked as read.", "%(count)s messages are marked as read.", count)
    messages.success(request, told % {"count": count})
    return redirect(_back(request))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _back(request: HttpRequest) -> str:
    view = request.POST.get("view", "")
    return f"{reverse('inbox')}?view={view}" if view in VIEWS else reverse("inbox")
