"""The canonical bytes of an event and its link in the chain.  Pure: rows in, hashes out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the database holds it; ``data`` is the stored JSON text itself, not a reading of it."""

    id: int
    at: datetime
    recorded_at: datetime
    actor: str
    actor_name: str
    verb: str
    subject_type: str
    subject_id: str
    data: str
    sealed: bytes | None


def link(previous: bytes, position: int, row: Row) -> bytes:
    """SHA-256 over the previous link, the position and every column, ciphertext included."""
    parts = [
        previous.hex(),
        position,
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.actor_name,
        row.verb,
        row.subject_type,
        row.subject_id,
        row.data,
        None if row.sealed is None else bytes(row.sealed).hex(),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).digest()
