"""The rows behind a number of a bulletin as lists that can be written to files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.analytics.export_cases import OURS
from suqing.analytics.export_lists import CONTACTS
from suqing.analytics.exports import SUQING, Filters, ListToWrite, Rows, register
from suqing.bulletins.models import BulletinFigure
from suqing.bulletins.queries import behind

N_ = str


def _behind(person: Person, filters: Filters, *, contacts: bool) -> Rows:
    stored = BulletinFigure.objects.get(bulletin=filters["bulletin"], key=filters["key"])
    found = behind(stored, person)
    rows: Any = found.submissions if contacts else found.cases
    return rows.filter(pk__in=stored.numerator_ids) if filters.get("part") else rows


def _cases(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    return _behind(person, filters, contacts=False)


def _contacts(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    return _behind(person, filters, contacts=True)


_READERS = frozenset({P.BULLETIN_VIEW})
register(
    ListToWrite(
        "bulletin_cases", N_("Cases behind a figure of a bulletin"), _READERS, _cases, {SUQING: OURS}, has_personal=True
    )
)  # fmt: skip
register(
    ListToWrite(
        "bulletin_contacts", N_("Contacts behind a figure of a bulletin"), _READERS, _contacts, {SUQING: CONTACTS}
    )
)  # fmt: skip
