"""The exact number that a rule finds, counted over every case in sight after the sample has answered.

Whoever types asks again before the answer is there: a question that its person has followed by another stops.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock

from django.db.models import QuerySet

from suqing.cases.models import Case
from suqing.taxonomy.text.rules.matching import RuleSet
from suqing.taxonomy.text.rules.tree import Rule

BATCH = 5_000  # texts between two looks whether the answer is still wanted
MOST = 2_000_000  # cases that are read while somebody waits, some ten seconds; beyond them saving counts


class Superseded(Exception):
    """The person has asked something else meanwhile."""


class NewestQuestions:
    """Which question of each person is the newest, in this process."""

    def __init__(self) -> None:
        self._newest: dict[Hashable, int] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def ask(self, person: Hashable) -> Callable[[], bool]:
        """Begin a question, which ends the ones before; the answer says whether it is still the newest."""
        with self._lock:
            number = self._newest[person] = next(self._numbers)
        return lambda: self._newest.get(person) == number


def count_all(rule: Rule, cases: QuerySet[Case], *, is_wanted: Callable[[], bool]) -> int:
    """How many of the cases the rule finds, every text read once.  Raise Superseded."""
    rules = RuleSet({"rule": rule})
    found = 0
    texts = cases.order_by().values_list("match_text", flat=True).iterator(chunk_size=BATCH)
    for number, text in enumerate(texts):
        if number % BATCH == 0 and not is_wanted():
            raise Superseded
        found += bool(rules.match(text))
    return found
