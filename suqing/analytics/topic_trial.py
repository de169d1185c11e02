"""Trying a rule before it is saved: how many it would find, when, and what it reads like, on a fixed sample.

The sample are the cases whose ids are scattered lowest, so that it is the same at every look and only grows apart as
cases come in; numbers for all cases are reckoned from it, with the interval of Wilson (1927).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from time import monotonic

from django.db.models import DateField, F, Func, IntegerField, QuerySet
from django.db.models.functions import TruncMonth

from suqing.analytics.periods import CENTRE_ZONE
from suqing.cases.models import Case
from suqing.cases.queries.topic_facts import facts_of
from suqing.kit.proportions import wilson
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, Facts, RuleSet
from suqing.taxonomy.text.rules.tree import Rule
from suqing.taxonomy.text.told import Told

SAMPLE = 50_000
SHOWN = 20
_RULE = "rule"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule finds.  ``low`` and ``high`` bound the share of all cases with 95 %; both are the share itself where
    the sample is all there is.  ``months`` are the first day, how many it finds and of how many."""

    cases: int
    sampled: int
    matched: int
    low: float
    high: float
    months: tuple[tuple[date, int, int], ...]
    hits: tuple[Told, ...]
    near_misses: tuple[Told, ...]

    @property
    def bounds(self) -> tuple[int, int]:
        """Between how many of all cases it would find."""
        return round(self.low * self.cases), round(self.high * self.cases)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A case of the sample: its id, the first day of its month, its redacted text."""

    case: int
    month: date
    text: str


def sample(cases: QuerySet[Case], size: int = SAMPLE) -> tuple[int, list[Sampled]]:
    """How many cases there are, and the sample of them in its scattered order."""
    scattered = cases.annotate(scattered=Func(F("pk"), function="hashint8", output_field=IntegerField()))
    few = scattered.order_by("scattered", "pk").values("pk")[:size]
    rows = (
        Case.objects.filter(pk__in=few)
        .annotate(scattered=Func(F("pk"), function="hashint8", output_field=IntegerField()))
        .annotate(month=TruncMonth("received_at", output_field=DateField(), tzinfo=CENTRE_ZONE))
        .order_by("scattered", "pk")
        .values_list("pk", "month", "match_text")
    )
    return cases.count(), [Sampled(*row) for row in rows]


class KeptSamples:
    """Samples that a process keeps for a while, so that trying a rule reads nothing; one for each sight of the cases."""

    def __init__(self, *, kept: int = 4, seconds: float = 600.0, few: int = 5_000) -> None:
        self._kept, self._seconds, self._few = kept, seconds, few
        self._samples: OrderedDict[Hashable, tuple[float, int, list[Sampled]]] = OrderedDict()
        self._facts: dict[Hashable, tuple[list[Sampled], dict[int, Facts]]] = {}
        self._lock = Lock()

    def get(self, sight: Hashable, cases: QuerySet[Case]) -> tuple[int, list[Sampled]]:
        """The sample of these cases, read anew after some minutes, or always where the cases are few."""
        with self._lock:  # whoever comes meanwhile wants the same
            known = self._samples.get(sight)
            if known is None or known[1] <= self._few or monotonic() - known[0] > self._seconds:
                known = self._samples[sight] = (monotonic(), *sample(cases))
            self._samples.move_to_end(sight)
            while len(self._samples) > self._kept:
                self._facts.pop(self._samples.popitem(last=False)[0], None)
            return known[1], known[2]

    def facts(self, sight: Hashable, cases: QuerySet[Case]) -> dict[int, Facts]:
        """The facts of the sample's cases, read at the first rule that asks any."""
        _total, sampled = self.get(sight, cases)
        with self._lock:
            known = self._facts.get(sight)
            if known is None or known[0] is not sampled:
                known = self._facts[sight] = (sampled, facts_of([one.case for one in sampled]))
            return known[1]


def tried(
    rule: Rule, total: int, sampled: Sequence[Sampled], facts: Mapping[int, Facts] | None = None
) -> Tried:
    """What the rule finds in a sample of so many cases; ``facts`` are theirs, for a rule that asks any."""
    known = facts or {}
    rules = RuleSet({_RULE: rule})
    months: Counter[date] = Counter(one.month for one in sampled)
    found: Counter[date] = Counter()
    hits: list[Told] = []
    near: list[tuple[int, int, Told]] = []
    for place, one in enumerate(sampled):
        is_found, words = rules.match_with_hits(_RULE, one.text, known.get(one.case, NOTHING_KNOWN))
        if is_found:
            found[one.month] += 1
            if len(hits) < SHOWN:
                hits.append(Told(one.case, one.text, tuple(words)))
        elif words:
            near.append((-len({hit.word for hit in words}), place, Told(one.case, one.text, tuple(words))))
    matched = found.total()
    low, high = wilson(matched, len(sampled), total)
    return Tried(
        *(total, len(sampled), matched, low, high),
        tuple((month, found[month], months[month]) for month in sorted(months)),
        tuple(hits),
        tuple(told for _words, _place, told in sorted(near, key=lambda one: one[:2])[:SHOWN]),
    )
