"""Correcting what was registered: the amount in dispute and the day of the matter.  What stood before stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can, can_in
from suqing.cases.actions import topics
from suqing.cases.actions.moving import NotYours, Refused, Stale, amount_of, locked, plain
from suqing.cases.intake import FIRST_YEAR, local_day
from suqing.cases.models import Case
from suqing.ledger.writing import one_transaction, writer

N_ = str

# Who corrects registrations, and who handles the case and knows better by now.
CORRECTORS = (Permission.CASE_CORRECT, Permission.CASE_HANDLE)

ARCHIVED = N_("The case is archived; what it says stays.")
LATER = N_("The matter cannot have happened after today.")
TOO_EARLY = N_("The day lies before %(year)s; check the year.")


def may_correct(person: Person, case: Case) -> bool:
    """Whether this person may correct the facts of this case now."""
    return case.archived_at is None and any(
        can_in(person, permission, case.responsible_unit) for permission in CORRECTORS
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What a correction is about."""

    amount: Decimal | None
    incident_on: date | None


class Clash(Stale):
    """Somebody else has corrected the same field meanwhile; ``fields`` are the names, ``case`` as it stands now."""

    def __init__(self, case: Case, fields: tuple[str, ...]) -> None:
        super().__init__()
        self.case, self.fields = case, fields


@one_transaction
def correct_facts(
    *,
    case: Case,
    amount: Decimal | None,
    incident_on: date | None,
    by: Person,
    at: datetime,
    revision: int | None = None,
    was: Facts | None = None,
) -> Case:
    """Set amount and day; nothing happens if both stand so already.

    With ``was``, what the person had begun with, an older ``revision`` is merged: a field they left alone stays as the
    others have set it; one that both have changed raises Clash.  Raise Refused, Stale, NotYours, NotPermitted.
    """
    row = locked(case)
    _check_right(row, by)
    if revision is not None and row.revision != revision:
        if was is None:
            raise Stale
        amount, incident_on = _merged(row, was, Facts(amount, incident_on))
    amount = amount_of(amount, field="amount")
    _check_day(incident_on, at)
    before = {"amount": plain(row.amount), "incident_on": _iso(row.incident_on)}
    after = {"amount": plain(amount), "incident_on": _iso(incident_on)}
    if row.amount == amount and row.incident_on == incident_on:
        return row
    row.amount, row.incident_on = amount, incident_on
    row.revision += 1
    writer().save(row, "amount", "incident_on", "revision")
    writer().record("case.facts_corrected", row, by=by, at=at, data={"before": before, "after": after})
    topics.renew(cases=[row.pk], at=at)
    return row


def _merged(row: Case, was: Facts, mine: Facts) -> tuple[Decimal | None, date | None]:
    """The values that stand after both: mine where only I changed them.  Raise Clash where both did, differently."""
    stands: list[Any] = []
    clashes = []
    for name in ("amount", "incident_on"):
        base, own, theirs = getattr(was, name), getattr(mine, name), getattr(row, name)
        if theirs not in (base, own) and own != base:
            clashes.append(name)
        stands.append(theirs if own == base else own)
    if clashes:
        raise Clash(row, tuple(clashes))
    return stands[0], stands[1]


def _check_right(case: Case, by: Person) -> None:
    if case.archived_at is not None:
        raise Refused(ARCHIVED)
    if not may_correct(by, case):
        if any(can(by, permission) for permission in CORRECTORS):
            raise NotYours
        raise NotPermitted(Permission.CASE_CORRECT)


def _check_day(day: date | None, at: datetime) -> None:
    if day is None:
        return
    if day > local_day(at):
        raise Refused(LATER, field="incident_on")
    if day.year < FIRST_YEAR:
        raise Refused(TOO_EARLY, field="incident_on", year=FIRST_YEAR)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
