"""Everything the script holds, contacts and steps of handling, as one sequence in order of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain

from suqing.rehearsal.script.cities import city_called
from suqing.rehearsal.script.contact import Contact, Stage
from suqing.rehearsal.script.plan import plan


@dataclass(frozen=True, slots=True)
class Due:
    """A contact to register, or the next step of its matter number ``matter``."""

    moment: datetime
    contact: Contact
    matter: int = 0
    stage: Stage | None = None


@lru_cache(maxsize=2)
def timeline(seed: int, city: str, *, with_baseline: bool, through: date | None = None) -> tuple[Due, ...]:
    """Order the script by time; what falls on one moment stays in the order of the script.

    With ``through`` the contacts after that day are left out: whoever plays a morning need not write the month.
    """
    found = list(_everything(seed, city, with_baseline=with_baseline, through=through))
    found.sort(key=lambda due: due.moment)
    return tuple(found)


def between(line: tuple[Due, ...], after: datetime, until: datetime) -> tuple[Due, ...]:
    """Cut out what happens after one moment and not after the other."""
    first = bisect_right(line, after, key=lambda due: due.moment)
    last = bisect_right(line, until, key=lambda due: due.moment)
    return line[first:last]


def _everything(seed: int, city: str, *, with_baseline: bool, through: date | None) -> Iterator[Due]:
    place = city_called(city)
    before = plan(seed, *place.baseline, city=city) if with_baseline else ()
    first, last = place.replay
    for contact in chain(before, plan(seed, first, min(last, through or last), city=city)):
        yield Due(contact.registered_at, contact)
        for number, matter in enumerate(contact.matters):
            for stage in matter.stages:
                yield Due(contact.moment + stage.after, contact, number, stage)
