"""What waits for a person: the counts of the rail and of the first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can
from suqing.cases.queries import waiting_counts
from suqing.cases.queries.orders import waiting_orders
from suqing.inbox.queries import unread

N_ = str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One to-do list: its key in the address, its name, how many there are, how it looks when there are any."""

    view: str
    label: str
    count: int
    tone: str


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


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """The to-do lists of this person, in the order of the work; one query."""
    if not sees_cases(person):
        return []
    counts = waiting_counts(person, now)
    return [
        Waiting(view, label, counts[view], tone if counts[view] else "")
        for view, label, needed, tone in _LISTS
        if needed is None or can(person, needed)
    ]


def to_do(person: Person, now: datetime) -> int:
    """How many cases ask this person for a step of theirs, for the rail."""
    if not (can(person, P.CASE_DISPATCH) or can(person, P.CASE_DECIDE)):
        return 0
    return sum(one.count for one in waiting_for(person, now) if one.view in OWN_STEPS)


def orders_waiting(person: Person, now: datetime) -> int:
    """How many supervision orders ask this person for a reply or a review, for the rail; one query."""
    del now
    return waiting_orders(person)


def messages_unread(person: Person, now: datetime) -> int:
    """How many messages have arrived and are not read, for the rail; one query."""
    return unread(person, now)
