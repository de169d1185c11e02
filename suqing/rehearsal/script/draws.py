"""Which matters a day has and which of them come in one contact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from suqing.cases.vocabulary import Kind
from suqing.rehearsal.script.places import DISTRICT_URN, URN_WITHOUT_WUJIANG
from suqing.rehearsal.script.tables import mix, topics
from suqing.rehearsal.script.volumes import WUJIANG, WUJIANG_QUOTA, Volume, stage_of

_GROUPS = {
    "consultation": Kind.CONSULTATION,
    "complaint": Kind.COMPLAINT,
    "price": Kind.REPORT,
    "other_epidemic": Kind.REPORT,
    "ordinary": Kind.REPORT,
}
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


def draws_of_day(rng: Random, day: date, volume: Volume) -> list[Draw]:
    """Draw the matters of a day: the numbers of the volume exactly, topics by the mix of its stage."""
    stage = stage_of(day)
    known = topics()
    drawn = []
    for group, kind in _GROUPS.items():
        for topic, number in apportioned(mix()[(group, stage)], getattr(volume, group)).items():
            epidemic = group != "ordinary" and (topic.endswith("epidemic") or topic == "epidemic_rule" or (
                topic in known and known[topic].is_epidemic))  # fmt: skip
            drawn += [Draw(kind, topic, epidemic, "") for _ in range(number)]
    rng.shuffle(drawn)
    _place(rng, day, drawn)
    return drawn


def apportioned(weights: Mapping[str, float], number: int) -> dict[str, int]:
    """Split a number by weights, by largest remainder."""
    total = sum(weights.values())
    exact = {topic: number * weight / total for topic, weight in weights.items() if weight > 0}
    result = {topic: int(share) for topic, share in exact.items()}
    rest = number - sum(result.values())
    for topic in sorted(exact, key=lambda name: result[name] - exact[name])[:rest]:
        result[topic] += 1
    return result


def _place(rng: Random, day: date, drawn: Sequence[Draw]) -> None:
    quota = WUJIANG_QUOTA.get(day)
    left = dict(zip(("mask_price", "mask_quality", "other"), quota, strict=True)) if quota else {}
    for draw in drawn:
        if not quota or not draw.is_epidemic or draw.kind == Kind.CONSULTATION:
            draw.district = DISTRICT_URN.draw(rng)
            continue
        sort = draw.topic if draw.topic in left else "other"
        if left[sort] > 0:
            left[sort] -= 1
            draw.district = WUJIANG
        else:
            draw.district = URN_WITHOUT_WUJIANG.draw(rng)


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
