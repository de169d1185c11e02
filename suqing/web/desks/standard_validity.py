"""How many cases hold every fact that an entry standard asks for, before and after its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.entry_standard import Standard, follower
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.queries.data_quality import Validity, validity
from suqing.kit.dates import range_bounds
from suqing.kit.proportions import wilson

N_ = str
SPANS = (7, 30, 90)  # days on either side
FIRST_SPAN = 30


def read_span(text: str) -> int:
    """How many days on either side the address asks for."""
    return int(text) if text in {str(span) for span in SPANS} else FIRST_SPAN


def validity_facts(
    person: Person, standard: Standard, known: Sequence[Standard], span: int, today: date
) -> dict[str, Any] | None:
    """Both sides of the standard's day, judged by this standard; None for the first, which holds from the beginning.

    The days after end where another version takes its place, and today at the latest.
    """
    start = standard.effective_on
    if start is None:
        return None
    length = timedelta(days=span)
    ends = [start + length, today + timedelta(days=1), follower(known, standard) or date.max]
    sides = [(_("Before its day"), start - length, start)]
    if min(ends) > start:
        sides.append((_("From its day on"), start, min(ends)))
    return {
        "span": span,
        "rows": [_side(name, validity(person, standard, *_moments(since, until))) for name, since, until in sides],
        "is_coming": start > today,
    }  # fmt: skip


def _moments(since: date, until: date) -> tuple[datetime, datetime]:
    return range_bounds(since, until - timedelta(days=1), LOCAL_ZONE)


def _side(name: str, found: Validity) -> dict[str, Any]:
    low, high = wilson(found.valid, found.of)
    return {
        "name": name,
        "first": found.since.date(),
        "last": (found.until - timedelta(days=1)).date(),
        "valid": found.valid,
        "of": found.of,
        "share": f"{100 * found.valid / found.of:.1f}" if found.of else "",
        "low": f"{100 * low:.1f}",
        "high": f"{100 * high:.1f}",
    }
