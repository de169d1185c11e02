"""The ready lists of the work list: their names, what they narrow it to, who is shown them, how long each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can, units_of
from suqing.cases.queries import Filters, counts_of
from suqing.web.waiting import count_text

N_ = str


@dataclass(frozen=True, slots=True)
class View:
    """A ready list.  ``needed`` shows it among the tabs of those alone whose work it is; its address opens to all."""

    label: str
    filters: Filters
    needed: P | None = None
    is_counted: bool = True
    tone: str = ""


VIEWS: dict[str, View] = {
    "mine": View(N_("Mine"), Filters(open_only=True), P.CASE_HANDLE),
    "my_unit": View(N_("My unit's"), Filters(open_only=True), P.CASE_VIEW_UNIT),
    "open": View(N_("All open"), Filters(open_only=True)),
    "to_dispatch": View(N_("To dispatch"), Filters(waiting="to_dispatch"), P.CASE_DISPATCH),
    "objections": View(N_("Objections"), Filters(waiting="objections"), P.CASE_DISPATCH),
    "to_decide": View(N_("To accept or return"), Filters(waiting="to_decide")),
    "extensions": View(N_("Extensions to approve"), Filters(waiting="extensions"), P.CASE_APPROVE),
    "reminded": View(N_("Reminded, unanswered"), Filters(waiting="reminded")),
    "due_soon": View(N_("Due within 48 hours"), Filters(due="48h"), tone="soon"),
    "due_24": View(N_("Due within 24 hours"), Filters(due="24h"), tone="soon"),
    "due_12": View(N_("Due within 12 hours"), Filters(due="12h"), tone="soon"),
    "overdue": View(N_("Overdue"), Filters(due="overdue"), tone="breach"),
    "returned": View(N_("Returned, still open"), Filters(waiting="returned")),
    "supervised": View(N_("Supervised"), Filters(waiting="supervised")),
    "all": View(N_("All"), Filters(), is_counted=False),
    "archived": View(N_("Archived"), Filters(archived=True), is_counted=False),
}
FIRST = "open"


@dataclass(frozen=True, slots=True)
class Tab:
    """A ready list as one person sees it now; ``count`` is "" where it is not counted."""

    key: str
    name: str
    url: str
    is_current: bool
    count: str
    tone: str


def view_url(view: str) -> str:
    """The address of a ready list."""
    return f"{reverse('cases')}?view={view}"


def known_view(asked: str) -> str:
    """The ready list an address asks for, or the first one."""
    return asked if asked in VIEWS else FIRST


def start_of(person: Person, view: str) -> Filters:
    """What a ready list is narrowed to before anything else is asked for; some are each person's own."""
    filters = VIEWS[view].filters
    if view == "mine":
        return replace(filters, handler=person.pk)
    if view == "my_unit":
        return replace(filters, units=tuple(unit.pk for unit in units_of(person)))
    return filters


def tabs(person: Person, current: str, now: datetime) -> list[Tab]:
    """The ready lists whose work this person does, and the one that is open; one query counts them."""
    shown = [key for key in VIEWS if key == current or is_shown(person, key)]
    counts = view_counts(person, now, shown)
    return [
        Tab(
            key,
            _(VIEWS[key].label),
            view_url(key),
            key == current,
            count_text(counts[key]) if key in counts else "",
            VIEWS[key].tone if counts.get(key) else "",
        )
        for key in shown
    ]


def is_shown(person: Person, view: str) -> bool:
    """Whether the tab of a ready list stands on this person's page."""
    needed = VIEWS[view].needed
    return needed is None or can(person, needed)


def view_counts(person: Person, now: datetime, views: Iterable[str] | None = None) -> dict[str, int]:
    """The lengths of ready lists, by default of those whose tabs the person sees; see counts_of for their limit."""
    chosen = [key for key in VIEWS if is_shown(person, key)] if views is None else views
    counted = {key: start_of(person, key) for key in chosen if VIEWS[key].is_counted}
    return counts_of(person, counted, now)
