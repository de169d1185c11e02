"""What every page knows: the centre, its time, the person's desks and permissions, the script's sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suqing.accounts import queries as accounts
from suqing.accounts.models import Person
from suqing.ledger import queries as ledger
from suqing.web.permission_table import PAGES, Door
from suqing.web.waiting import (
    classes_waiting,
    count_text,
    exports_running,
    flags_waiting,
    imports_running,
    messages_unread,
    orders_waiting,
    to_do,
)

N_ = str
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Moment:
    """The centre's time of one request."""

    now: datetime
    is_rehearsal: bool
    speed: float


@dataclass(frozen=True, slots=True)
class Desk:
    """An entry of the rail.  ``count`` says how much needs action there; it must be quick."""

    url_name: str
    label: str
    icon: str
    key: str
    count: Callable[[Person, datetime], int] | None = None
    is_rare: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A desk as the person sees it now."""

    name: str
    url: str
    label: str
    icon: str
    key: str
    count: str  # "" where nothing needs action
    is_current: bool
    is_rare: bool


# In the order of the work, then what is looked up or set now and then; a desk that is not permitted does not show.
# The inbox stands in the top bar instead, as a bell (``bell_of``).
DESKS = (
    Desk("today", N_("Today at the centre"), "report-analytics", "alt+t"),
    Desk("call-desk", N_("Call desk"), "headset", "alt+1"),
    Desk("cases", N_("Work list"), "list-details", "alt+2", to_do),
    Desk("visits", N_("Return visits"), "phone", "alt+3"),
    Desk("supervision", N_("Supervision"), "bell-ringing", "alt+4", orders_waiting),
    Desk("radar", N_("Radar"), "alert-triangle", "", flags_waiting),
    Desk("class-review", N_("Classes to review"), "checklist", "", classes_waiting),
    Desk("events", N_("Events"), "link", ""),
    Desk("entities", N_("Operators"), "building-store", ""),
    Desk("figures", N_("Figures"), "chart-bar", "alt+5"),
    Desk("prices", N_("Prices"), "receipt", ""),
    Desk("topics", N_("Topics"), "tags", ""),
    Desk("quality", N_("Data quality"), "circle-check", ""),
    Desk("bulletins", N_("Bulletins"), "file-text", "alt+6"),
    Desk("duty", N_("On duty"), "calendar", "alt+7", is_rare=True),
    Desk("dispatch-rules", N_("Dispatch catalogue"), "table", "alt+8", is_rare=True),
    Desk("entry-standards", N_("Entry standards"), "checklist", "alt+9", is_rare=True),
    Desk("administration", N_("Admin"), "settings", "", is_rare=True),
    Desk("exports", N_("Exports"), "download", "", exports_running, is_rare=True),
    Desk("imports", N_("Imports"), "upload", "", imports_running, is_rare=True),
    Desk("styleguide", N_("Style guide"), "palette", "", is_rare=True),
)
INBOX = Desk("inbox", N_("Inbox"), "bell", "alt+0", messages_unread)


def moment_of(request: HttpRequest) -> Moment:
    """The centre's time, read once a request; pages pass ``.now`` down to actions and queries."""
    known: Moment | None = getattr(request, "_centre_moment", None)
    if known is None:
        clock = ledger.centre_clock()
        now = timezone.localtime(clock.read(timezone.now()))
        known = Moment(now, clock.is_rehearsal, clock.speed)
        request._centre_moment = known  # type: ignore[attr-defined]
    return known


def may_open(person: object, url_name: str) -> bool:
    """Whether the permission table opens this page to the person."""
    rule = PAGES.get(url_name)
    if rule is None:
        return False
    if rule is Door.PUBLIC:
        return True
    if not isinstance(person, Person):
        return False
    if rule is Door.SIGNED_IN:
        return True
    if url_name.startswith("styleguide") and settings.DEBUG:
        return True
    assert not isinstance(rule, Door)
    return bool(rule & accounts.permissions_of(person))


def rail_of(request: HttpRequest) -> list[Entry]:
    """The desks the person may use.  Addresses below a desk's own light it up."""
    person = getattr(request, "user", None)
    return [_entry(request, desk) for desk in DESKS if may_open(person, desk.url_name)]


def bell_of(request: HttpRequest) -> Entry | None:
    """The inbox; somebody without any desk of work is not told anything."""
    person = getattr(request, "user", None)
    if not any(may_open(person, desk.url_name) for desk in DESKS):
        return None
    return _entry(request, INBOX)


def _entry(request: HttpRequest, desk: Desk) -> Entry:
    person, url = getattr(request, "user", None), reverse(desk.url_name)
    count = desk.count(person, moment_of(request).now) if desk.count and isinstance(person, Person) else 0
    shown = count_text(count) if count else ""
    return Entry(
        desk.url_name,
        url,
        _(desk.label),
        desk.icon,
        desk.key,
        shown,
        request.path.startswith(url),
        desk.is_rare,
    )


def words() -> dict[str, str]:
    """The sentences that the script shows; names in braces are filled there."""
    return {
        "saving": _("saving…"),
        "saved_at": _("saved {time}"),
        "not_saved": _("not saved: {reason}"),
        "restored_here": _("restored from this computer, being saved"),
        "no_connection": _("no connection to the server; what you typed is kept on this computer"),
        "server_refused": _("The server did not do this. Nothing was changed; what you typed is still here."),
        "undo": _("Undo"),
        "undo_failed": _("This can no longer be undone."),
        "dismiss": _("Dismiss"),
        "nothing_found": _("Nothing found."),
        "searching": _("searching…"),
        "use_as_typed": _("Use “{text}” as typed"),
        "matter": _("Matter"),
        "matter_removed": _("Matter {number} is removed."),
        "leave_out": _("Leave out"),
        "upload_waits": _("The connection is broken; it goes on from here by itself."),
        "upload_done": _("is on the server"),
        "tick_in_list": _("Select the row under the cursor"),
        "move_in_list": _("Next and previous row of the list"),
        "open_in_list": _("Open the case under the cursor"),
        "preview_in_list": _("Preview of the case under the cursor"),
    }


def drawn_theme(request: HttpRequest) -> str:
    """light or dark: what the person chose, else what the computer had on the last page.  For charts."""
    for cookie in ("theme", "scheme"):
        if request.COOKIES.get(cookie) in THEMES:
            return request.COOKIES[cookie]
    return THEMES[0]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every page; what needs the database is read only where a template uses it."""
    theme = request.COOKIES.get("theme", "")
    person = getattr(request, "user", None)
    return {
        "centre_name": SimpleLazyObject(lambda: _(ledger.setting("web.centre_name"))),
        "moment": SimpleLazyObject(lambda: moment_of(request)),
        "rail": SimpleLazyObject(lambda: rail_of(request)),
        "bell": SimpleLazyObject(lambda: bell_of(request)),
        "units": SimpleLazyObject(lambda: accounts.units_of(person) if isinstance(person, Person) else []),
        "permitted": SimpleLazyObject(
            lambda: accounts.permissions_of(person) if isinstance(person, Person) else frozenset()
        ),
        "drawn_theme": drawn_theme(request),
        "theme": theme if theme in THEMES else "",
        "language": get_language() or settings.LANGUAGE_CODE,
        "words": words(),
    }
