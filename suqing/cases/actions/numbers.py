"""Numbers of cases and contacts: ZX consultation, TS complaint, JB report, then day and running number (local)."""

from __future__ import annotations

from datetime import datetime

from suqing.cases.intake import local_day
from suqing.cases.vocabulary import Kind
from suqing.ledger.writing import writer

PREFIX = {Kind.CONSULTATION: "ZX", Kind.COMPLAINT: "TS", Kind.REPORT: "JB"}


def next_number(kind: Kind | None, received_at: datetime) -> str:
    """Return the next number for a case of this kind, or for a contact (None)."""
    value = writer().next_value("cases_number")
    prefix = PREFIX[kind] if kind is not None else ""
    return f"{prefix}{local_day(received_at):%Y%m%d}{value % 10**8:06d}"
