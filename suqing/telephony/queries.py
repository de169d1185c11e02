"""Answers about calls."""

from __future__ import annotations

from suqing.ledger.queries import decrypt_for
from suqing.telephony.models import Call


def number_of(call: Call) -> str:
    """Return the caller's number in plain, or "" where it was withheld or erased.  The page logs the look."""
    if call.number_cipher is None:
        return ""
    return decrypt_for(call.key_subject, bytes(call.number_cipher)) or ""
