"""The exact number that a rule finds, counted over every case in sight after the sample has answered.

Whoever types asks again before the answer is there: a question that its person has followed by another stops.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count, islice
from threading import Lock

from django.db.models import QuerySet

from suqing.cases.models import Case
from suqing.cases.queries.topic_facts import facts_of
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, RuleSet
from suqing.taxonomy.text.rules.tree import Rule, asks_facts

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
    rules, has_facts = RuleSet({"rule": rule}), asks_facts(rule)
    found = 0
    rows = cases.order_by().values_list("pk", "match_text").iterator(chunk_size=BATCH)
    while some := list(islice(rows, BATCH)):
        if not is_wanted():
            raise Superseded
        asked = [case for case, text in some if rules.can_hold(text)] if has_facts else []
        facts = facts_of(asked) if asked else {}
        found += sum(bool(rules.match(text, facts.get(case, NOTHING_KNOWN))) for case, text in some)
    return found
