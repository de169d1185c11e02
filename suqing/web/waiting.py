"""What waits for a person: the counts of the rail and of the first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can
from suqing.analytics.queries import exports_moving
from suqing.cases.queries import MOST_COUNTED, waiting_counts
from suqing.cases.queries.class_reviews import count_open
from suqing.cases.queries.imports import imports_moving
from suqing.cases.queries.orders import waiting_orders
from suqing.cases.queries.radar import open_flags
from suqing.inbox.queries import unread

N_ = str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One to-do list: its key in the address, its name, how many there are, how it looks when there are any."""

    view: str
    label: str
    count: int
    tone: str

    @property
    def text(self) -> str:
        return count_text(self.count)


OWN_STEPS = frozenset({"to_dispatch", "objections", "to_decide", "extensions"})  # what the rail counts
# key, name, permission without which the list is not this person's to work off
_LISTS = (
    ("to_dispatch", N_("To dispatch"), P.CASE_DISPATCH, ""),
    ("objections", N_("Objections"), P.CASE_DISPATCH, ""),
    ("to_decide", N_("To accept or return"), P.CASE_DECIDE, ""),
    ("extensions", N_("Extensions to approve"), P.CASE_APPROVE, ""),
    ("reminded", N_("Reminded, unanswered"), P.CASE_HANDLE, "soon"),
    ("due_soon", N_("Due within 48 hours"), None, "soon"),
    ("overdue", N_("Overdue"), None, "breach"),
)


def sees_cases(person: object) -> bool:
    """Whether any case can be in this person's sight."""
    return can(person, P.CASE_VIEW_ALL) or can(person, P.CASE_VIEW_UNIT)


def waiting_for(person: Person, now: datetime, views: frozenset[str] | None = None) -> list[Waiting]:
    """The to-do lists of this person, or some of them, in the order of the work; one query counts them."""
    shown = [
        one
        for one in _LISTS
        if (one[2] is None or can(person, one[2])) and (views is None or one[0] in views)
    ]
    if not sees_cases(person) or not shown:
        return []
    counts = waiting_counts(person, now, tuple(view for view, *_rest in shown))
    return [
        Waiting(view, label, counts[view], tone if counts[view] else "")
        for view, label, _needed, tone in shown
    ]


def to_do(person: Person, now: datetime) -> int:
    """How many cases ask this person for a step of theirs, for the rail."""
    if not (can(person, P.CASE_DISPATCH) or can(person, P.CASE_DECIDE)):
        return 0
    return sum(one.count for one in waiting_for(person, now, OWN_STEPS))


def orders_waiting(person: Person, now: datetime) -> int:
    """How many supervision orders ask this person for a reply or a review, for the rail; one query."""
    del now
    return waiting_orders(person)


def flags_waiting(person: Person, now: datetime) -> int:
    """How many flags of the radar wait for this person's decision, for the rail; one query."""
    del now
    return open_flags(person) if can(person, P.SENSITIVE_DECIDE) else 0


def classes_waiting(person: Person, now: datetime) -> int:
    """How many classes wait for this person's review, for the rail; one query."""
    del now
    return count_open(person) if can(person, P.CLASSES_REVIEW) else 0


def messages_unread(person: Person, now: datetime) -> int:
    """How many messages have arrived and are not read, for the rail; one query."""
    return unread(person, now)


def exports_running(person: Person, now: datetime) -> int:
    """How many lists of this person are being written to files, for the rail; one query."""
    del now
    return exports_moving(person)


def imports_running(person: Person, now: datetime) -> int:
    """How many imports are read or written now, for the rail; one query."""
    del now
    return imports_moving(person)


def count_text(count: int) -> str:
    """A count as pages say it: exact up to the limit of ready lists, then only that there are more."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
