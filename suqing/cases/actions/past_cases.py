"""Many past cases at once: imports and rehearsed history, one event a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.cases.past_cases import PastCase
from suqing.ledger.actions import Subject


@dataclass(frozen=True, slots=True)
class Written:
    """What a past case became here."""

    case_id: int
    number: str


def write_past(
    cases: Sequence[PastCase],
    *,
    by: Person | str,
    at: datetime,
    verb: str,
    subject: Subject,
    data: Mapping[str, Any] | None = None,
) -> list[Written]:
    """Write submissions and cases with their topics, clocks, operators, results and text bands; return them in order.

    One transaction, one event ``verb`` about ``subject`` that tells how many and their first and last numbers.
    Refs that exist are left as they are and returned as they stand.
    """
    raise NotImplementedError
