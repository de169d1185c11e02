"""What the script must know of a city: its days and numbers, its districts, its people.  Values only.

A city is data and one small module that says how many matters of which sort each day has.  What is said, drawn and
handled is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from suqing.analytics.published import Published
from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.days import OutOfScript
from suqing.rehearsal.script.shares import Urn

Period = tuple[date, date]  # both days included


@dataclass(frozen=True, slots=True)
class Calibration:
    """One number of the simulation and how it came to be: published, derived or invented."""

    what: str
    value: str
    origin: str
    source: str


class Sort(NamedTuple):
    """What sort of matter: its kind, its topic, whether it came of the epidemic."""

    kind: Kind
    topic: str
    is_epidemic: bool


Sorts = tuple[tuple[Sort, int], ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """The epidemic complaints and reports that one district has on a day: so many of these topics, so many others."""

    district: str
    topics: Mapping[str, int]
    others: int


class DistrictPost(NamedTuple):
    """Who handles in a district: its unit, the name to sign in with, the handler, the head."""

    unit: str
    username: str
    handler: str
    head: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The units of the city and invented people for them; a taker for each agent of the script."""

    centre: str
    bureau: str
    takers: tuple[str, ...]
    districts: Mapping[str, DistrictPost]
    superior: str
    other_heads: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # unit: username, name
    shown_first: str = ""  # the unit whose handler's sign-in is told first


@dataclass(frozen=True)
class City:
    """One city.  ``sorts`` gives the matters of a day for a seed; ``calls``, where it knows the day, how many contacts of
    the day come by phone; ``on_duty`` how many agents share so many contacts; ``readings`` the shipped topic that a
    reader must find in the narrative of a script's topic, and in no other (empty: nobody counted by words)."""

    code: str
    name: str
    landline_block: str
    replay: Period
    baseline: Period
    window: Period
    default_until: str
    districts: Mapping[str, str]
    shares: Mapping[str, float]
    streets_file: str
    words: Mapping[str, str]
    roster: Roster
    calibration: tuple[Calibration, ...]
    stage_of: Callable[[date], str]
    sorts: Callable[[int, date], Sorts]
    on_duty: Callable[[date, int], int]
    quiet_matters: int  # matters of an ordinary working day before the surge
    named: Mapping[Kind, float]
    calls: Callable[[int, date], int | None] = lambda _seed, _day: None
    quotas: Mapping[date, Quota] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[tuple[str, str], ...] = ()
    published: tuple[Published, ...] = ()  # what the centre's figures are shown beside
    extensions: Period | None = None
    has_order: bool = False

    @property
    def full_name(self) -> str:
        """The name with the word for city."""
        return f"{self.name}市"

    @property
    def agents(self) -> int:
        """How many people take calls."""
        return len(self.roster.takers)

    @cached_property
    def urn(self) -> Urn[str]:
        """The districts by their shares."""
        return Urn(self.shares)

    def urn_without(self, district: str) -> Urn[str]:
        """The districts but one."""
        found = self._urns.get(district)
        if found is None:
            found = Urn({code: share for code, share in self.shares.items() if code != district})
            self._urns[district] = found
        return found

    @cached_property
    def _urns(self) -> dict[str, Urn[str]]:
        return {}

    def require(self, day: date) -> None:
        """Raise OutOfScript for a day without a script."""
        if not any(first <= day <= last for first, last in (self.replay, self.baseline)):
            raise OutOfScript(day, self.replay, self.baseline)
