"""The rows behind a number of a bulletin as lists that can be written to files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.analytics.export_cases import OURS
from suqing.analytics.export_lists import CONTACTS
from suqing.analytics.export_writing import CellKind
from suqing.analytics.exports import SUQING, Column, Filters, ListToWrite, Reader, Rows, layout_of, register
from suqing.bulletins import queries
from suqing.bulletins.models import Bulletin, BulletinFigure, State
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


# The register


def _register(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    return queries.register({name: str(filters.get(name, "")) for name in queries.REGISTER_FILTERS})


def _state(row: Bulletin, reader: Reader) -> str:
    return reader.word(_STATES[State(row.state)])


def _name(person: Person | None) -> str:
    return person.display_name if person else ""


_STATES = {
    State.DRAFT: N_("Draft"),
    State.REVIEW: N_("In review"),
    State.APPROVED: N_("Approved, to be issued"),
    State.ISSUED: N_("Issued"),
    State.WITHDRAWN: N_("Withdrawn"),
}
_BULLETINS = layout_of(
    Column(N_("Series"), lambda row, _reader: row.series.name, width=24),
    Column(N_("About the day"), lambda row, _reader: row.day, CellKind.DAY, 12),
    Column(N_("Title"), lambda row, _reader: row.title, width=40),
    Column(N_("State"), _state, width=10),
    Column(N_("Year"), lambda row, _reader: row.issue_year, CellKind.WHOLE, 8),
    Column(N_("Issue no."), lambda row, _reader: row.issue_no, CellKind.WHOLE, 8),
    Column(N_("Total no."), lambda row, _reader: row.total_no, CellKind.WHOLE, 8),
    Column(N_("Approved by"), lambda row, _reader: _name(row.approved_by), width=10),
    Column(N_("Signed for issue by"), lambda row, _reader: _name(row.issued_by), width=10),
    Column(N_("Signed for issue at"), lambda row, _reader: row.issued_at, CellKind.MOMENT, 17),
    Column(N_("Withdrawn at"), lambda row, _reader: row.withdrawn_at, CellKind.MOMENT, 17),
    Column(N_("Reason of withdrawal"), lambda row, _reader: row.withdrawn_reason, width=40),
    Column(
        N_("Synthetic data"), lambda row, reader: reader.word(N_("Yes")) if row.is_synthetic else "", width=8
    ),
)
register(ListToWrite("bulletins", N_("Register of bulletins"), _READERS, _register, {SUQING: _BULLETINS}))
