"""What is new on a case to a reader: the entries of others since their last visit, and the facts these have changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.queries import TimelineEntry
from suqing.cases.queries.looks import Since
from suqing.ledger.actions import subject_label
from suqing.web.desks.timeline_words import Told

N_ = str
MOST_TOLD = 3

# How the page labels what events call by these names.
LABELS = {
    "amount": N_("Amount in dispute"),
    "incident_on": N_("Date of the matter"),
    "object_class": N_("Goods or service"),
    "issue_class": N_("Problem class"),
    "handler": N_("Handler"),
    "unit": N_("Unit"),
    "publicity": N_("May the complaint be made public"),
}


@dataclass(frozen=True, slots=True)
class News:
    """What is new: its events, in their order, and the labels of the facts that they changed."""

    at: datetime
    told: tuple[Told, ...]
    labels: frozenset[str]
    is_moved: bool  # the case stands in another state than then

    @property
    def keys(self) -> frozenset[int]:
        """The keys of the new events."""
        return frozenset(one.pk for one in self.told)

    @property
    def first(self) -> int:
        """The key of the first new event."""
        return self.told[0].pk

    @property
    def count(self) -> int:
        """How many entries are new."""
        return len(self.told)

    @property
    def latest(self) -> tuple[Told, ...]:
        """The last few, newest first."""
        return self.told[: -MOST_TOLD - 1 : -1]


def news_of(
    reader: Person, entries: Sequence[TimelineEntry], story: Sequence[Told], since: Since | None
) -> News | None:
    """What others did since then; None if it is the first visit or nothing is new.  ``story`` tells ``entries``."""
    if since is None:
        return None
    own = ":".join(subject_label(reader))
    new = [
        (entry, told)
        for entry, told in zip(entries, story, strict=True)
        if told.pk > since.event and told.actor != own and not told.is_look
    ]
    if not new:
        return None
    changed = _changed(entry for entry, _told in new)
    labels = frozenset(_(LABELS[name]) for name in changed if name in LABELS)
    return News(since.at, tuple(told for _entry, told in new), labels, "state" in changed)


def _changed(entries: Iterable[TimelineEntry]) -> set[str]:
    """The names of what these events changed."""
    found = set()
    for entry in entries:
        before, after = entry.data.get("before") or {}, entry.data.get("after") or {}
        if isinstance(before, dict) and isinstance(after, dict):
            found |= {name for name, value in after.items() if before.get(name) != value}
        if "to_unit" in entry.data:
            found.add("unit")
    return found
