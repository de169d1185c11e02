"""Which matters a day has and which of them come in one contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.cities.city import City, Sorts

_WITH_REPORT = 0.10  # share of complaints that also report the same operator; invented, like the next two
_WITH_QUESTION = 0.03
_TWO_OPERATORS = 0.03


@dataclass(slots=True)
class Draw:
    """A matter as drawn: what kind, about what, where."""

    kind: Kind
    topic: str
    is_epidemic: bool
    district: str


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """The matters of one contact; ``one_operator`` if all of them are about the same."""

    draws: tuple[Draw, ...]
    one_operator: bool = True


def draws_of_day(rng: Random, city: City, day: date, sorts: Sorts) -> list[Draw]:
    """Draw the matters of a day: so many of each sort exactly, in the districts of the city."""
    drawn = [Draw(*sort, "") for sort, number in sorts for _ in range(number)]
    rng.shuffle(drawn)
    _place(rng, city, day, drawn)
    return drawn


def _place(rng: Random, city: City, day: date, drawn: Sequence[Draw]) -> None:
    quota = city.quotas.get(day)
    left = {**quota.topics, "other": quota.others} if quota else {}
    for draw in drawn:
        if not quota or not draw.is_epidemic or draw.kind == Kind.CONSULTATION:
            draw.district = city.urn.draw(rng)
            continue
        sort = draw.topic if draw.topic in left else "other"
        if left[sort] > 0:
            left[sort] -= 1
            draw.district = quota.district
        else:
            draw.district = city.urn_without(quota.district).draw(rng)


def bundled(rng: Random, drawn: Sequence[Draw]) -> list[Bundle]:
    """Put some matters into one contact: complaint and report about one operator, a question beside a complaint, two
    reports about two operators."""
    reports: dict[tuple[str, str], list[Draw]] = defaultdict(list)
    questions: list[Draw] = []
    complaints: list[Draw] = []
    for draw in drawn:
        if draw.kind == Kind.REPORT:
            reports[draw.topic, draw.district].append(draw)
        else:
            (questions if draw.kind == Kind.CONSULTATION else complaints).append(draw)
    bundles = []
    for complaint in complaints:
        same = reports.get((complaint.topic, complaint.district))
        chance = rng.random()
        if same and chance < _WITH_REPORT * 4:  # few complaints find a report of the same topic and district
            bundles.append(Bundle((complaint, same.pop())))
        elif questions and chance > 1 - _WITH_QUESTION:
            bundles.append(Bundle((complaint, questions.pop()), one_operator=False))
        else:
            bundles.append(Bundle((complaint,)))
    bundles += [Bundle((question,)) for question in questions]
    return bundles + _reports(rng, [draw for found in reports.values() for draw in found])


def _reports(rng: Random, reports: list[Draw]) -> list[Bundle]:
    rng.shuffle(reports)
    bundles = []
    while reports:
        first = reports.pop()
        if reports and rng.random() < _TWO_OPERATORS:
            bundles.append(Bundle((first, reports.pop()), one_operator=False))
        else:
            bundles.append(Bundle((first,)))
    return bundles
