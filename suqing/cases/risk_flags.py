"""Signs that a complaint may not be about living consumption (O121 art. 17).  Pure: counts in, flags out.

A flag is never a verdict: a person decides, and gives the reason.  The article gives no numbers; the thresholds are
local policy, which O121 art. 17(2) lets bureaus of cities refine.
"""

from __future__ import annotations

from dataclasses import dataclass

N_ = str


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of a complainant: complaints in the window of days, this one included; people on one number."""

    same_operator: int = 0
    same_issue: int = 0
    people_on_number: int = 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which count on a flag is shown, and the days that are a short time."""

    days: int
    complaints: int
    people: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One sign: the item of the article, an English message id and its values."""

    article: str
    message: str
    values: dict[str, int]


def flags(counts: Counts, limits: Thresholds) -> tuple[Flag, ...]:
    """Return the signs that these counts give, in the order of the article's items."""
    found = []
    if counts.same_operator >= limits.complaints:
        message = N_("%(count)d complaints of this person about this operator within %(days)d days")
        found.append(Flag("O121:17.1.2", message, {"count": counts.same_operator, "days": limits.days}))
    if counts.same_issue >= limits.complaints:
        message = N_("%(count)d complaints of this person about the same problem within %(days)d days")
        found.append(Flag("O121:17.1.2", message, {"count": counts.same_issue, "days": limits.days}))
    if counts.people_on_number >= limits.people:
        message = N_("%(count)d people have complained from this number")
        found.append(Flag("O121:17.1.4", message, {"count": counts.people_on_number}))
    return tuple(found)
