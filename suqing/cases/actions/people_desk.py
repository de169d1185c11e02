"""What is recorded beside the table of states about the people of a complaint: who may, when, and how it is written.

Nothing here moves a case; each counts its revision up, so that two people at once cannot overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted, can
from suqing.cases.actions import parties
from suqing.cases.actions.moving import NotYours, Refused, Stale, locked
from suqing.cases.intake import PartyInput, local_day
from suqing.cases.models import Case, Party
from suqing.cases.queries.people import may_record, recorders
from suqing.cases.vocabulary import Kind
from suqing.kit import phones
from suqing.ledger.writing import writer

N_ = str


def begin_beside(case: Case, *, by: Person, revision: int | None, also_ended: bool = False) -> Case:
    """Return the locked complaint.  Raise Stale, NotPermitted, NotYours, or Refused for a case that is over."""
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    if not may_record(by, row):
        wanted = recorders(row)
        if any(can(by, permission) for permission in wanted):
            raise NotYours
        raise NotPermitted(wanted[0])
    if row.kind != Kind.COMPLAINT:
        raise Refused(N_("Only a complaint has this."))
    if row.archived_at is not None or (row.has_ended and not also_ended):
        raise Refused(N_("The case has ended: nothing of this can be recorded any more."))
    return row


def record_beside(
    row: Case,
    verb: str,
    *fields: str,
    by: Person,
    at: datetime,
    data: Mapping[str, Any],
    personal: Mapping[str, Mapping[str, Any]] | None = None,
) -> Case:
    """Count the revision up and write the event."""
    row.revision += 1
    writer().save(row, "revision", *fields)
    writer().record(verb, row, by=by, at=at, data=data, personal=personal)
    return row


def remembered(party: PartyInput, *, at: datetime, article: str, needs_phone: bool) -> Party:
    """Remember a person named at a desk.  Raise Refused beside the field that is missing or wrong."""
    given = PartyInput(
        party.name.strip(),
        phones.normalise(party.phone) or party.phone.strip(),
        party.address.strip(),
        party.id_number.strip().upper(),
    )
    if not given.name:
        raise Refused(N_("Give the person's name."), field="name", article=article)
    if needs_phone and not given.phone:
        raise Refused(N_("Give a phone number of the person."), field="phone", article=article)
    if given.phone and not phones.normalise(given.phone):
        raise Refused(N_("This is not a phone number."), field="phone")
    for field, text, limit in (
        ("name", given.name, 60),
        ("address", given.address, 300),
        ("id_number", given.id_number, 40),
    ):
        if len(text) > limit:
            raise Refused(N_("This field takes at most %(limit)s characters."), field=field, limit=limit)
    found = parties.remember(party=given, at=at)
    assert found is not None  # a name was given
    return found


def past_day(day: date, at: datetime, *, field: str) -> None:
    """Raise Refused for a day that has not come yet: what is recorded has been said or signed."""
    if day > local_day(at):
        raise Refused(N_("This date lies in the future."), field=field)


def words_of(party: PartyInput) -> dict[str, str]:
    """What an event keeps of a person, under that person's key."""
    given = {"name": party.name.strip(), "phone": party.phone.strip(), "address": party.address.strip()}
    return {name: text for name, text in given.items() if text}
