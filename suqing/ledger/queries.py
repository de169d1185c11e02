"""Answers from the ledger: events, the chain, personal data, the centre's time, settings."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from suqing.ledger import chain, policy, vault
from suqing.ledger.models import (
    CentreClock,
    ChainHead,
    ConsumerPosition,
    Event,
    EventQuerySet,
    JobProgress,
    Setting,
    SubjectKey,
)

# As chain.Row names them; "raw" is the stored JSON text.
_COLUMNS = [
    *("id", "at", "recorded_at", "actor", "actor_name", "verb"),
    *("subject_type", "subject_id", "raw", "sealed"),
]
_VERIFY_BATCH = 2000


# Events and positions


def sealed_position() -> int:
    """The position of the last sealed event, 0 before the first."""
    return ChainHead.objects.values_list("position", flat=True).first() or 0


def events_after(position: int, limit: int = 500) -> list[Event]:
    """The sealed events after ``position``, in chain order, at most ``limit``."""
    return list(Event.objects.sealed().filter(position__gt=position)[:limit])


def events_of(subject_type: str, ids: Iterable[Any]) -> EventQuerySet:
    """The events of these subjects, sealed or not, in the order in which they were written."""
    return Event.objects.of(subject_type, [str(pk) for pk in ids])


def consumer_position(name: str) -> int:
    """How far the consumer has come, 0 before its first event."""
    return ConsumerPosition.objects.filter(name=name).values_list("position", flat=True).first() or 0


# The chain


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verify_chain found; ``problem`` is empty for a whole chain."""

    checked: int
    head: str
    broken_at: int | None
    problem: str
    unsealed: int
    oldest_unsealed: timedelta | None

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


@dataclass(frozen=True, slots=True)
class ChainedRow:
    """A row with the place the sealer gave it."""

    position: int | None
    chain_hash: bytes
    row: chain.Row


def rows_of(events: EventQuerySet) -> list[ChainedRow]:
    """The canonical rows; ``data`` is read as the stored text, so that no reading of it can hide a change."""
    values = events.annotate(raw=Cast("data", TextField())).values_list("position", "chain_hash", *_COLUMNS)
    return [ChainedRow(row[0], bytes(row[1] or b""), chain.Row(*row[2:])) for row in values]


def verify_chain(progress: Callable[[int], None] | None = None) -> ChainReport:
    """Recompute the whole chain; stop at the first position that is missing or differs."""
    previous, position = chain.GENESIS, 0
    broken_at: int | None = None
    problem = ""
    while broken_at is None:
        rows = rows_of(Event.objects.sealed().filter(position__gt=position)[:_VERIFY_BATCH])
        for row in rows:
            problem = _fault(row, previous, position + 1)
            if problem:
                broken_at = position + 1
                break
            previous, position = row.chain_hash, position + 1
        if not rows:
            broken_at, problem = _head_fault(previous, position)
            break
        if progress is not None:
            progress(position)
    unsealed, age = _backlog()
    return ChainReport(position, previous.hex(), broken_at, problem, unsealed, age)


def _fault(found: ChainedRow, previous: bytes, expected: int) -> str:
    if found.position != expected:
        return f"no event has position {expected}; the next one is {found.position}"
    computed = chain.link(previous, expected, found.row)
    if computed == found.chain_hash:
        return ""
    row = found.row
    return (
        f"event {row.id} ({row.verb} {row.subject_type}:{row.subject_id}) is not what was sealed here:"
        f" computed {computed.hex()}, stored {found.chain_hash.hex()}"
    )


def _head_fault(previous: bytes, position: int) -> tuple[int | None, str]:
    """Compare with the head the sealer wrote.  Sealing may have gone on meanwhile: only less is a fault."""
    head = ChainHead.objects.first()
    if head is None:
        return (None, "") if position == 0 else (position, "the head of the chain is missing")
    if Event.objects.filter(position__gt=position).exists():
        return None, ""
    if head.position > position:
        return position + 1, f"events {position + 1} to {head.position} were sealed and are missing"
    if head.position == position and bytes(head.chain_hash) != previous:
        return position, "the last event differs from the head the sealer wrote"
    return None, ""


def _backlog() -> tuple[int, timedelta | None]:
    waiting = Event.objects.filter(position__isnull=True)
    oldest = waiting.aggregate(oldest=Min("recorded_at"))["oldest"]
    return waiting.count(), None if oldest is None else timezone.now() - oldest


# Personal data under subject keys


def keys_of(subjects: Iterable[str]) -> dict[str, bytes]:
    """The unwrapped keys of those subjects that have one.

    One query a call and no cache beyond it: an erasure in another process must hold at once here too.
    """
    held = SubjectKey.objects.filter(subject__in=set(subjects), wrapped_key__isnull=False)
    master = settings.SUQING_MASTER_KEY
    return {
        subject: vault.unwrap(master, subject, bytes(wrapped or b""))
        for subject, wrapped in held.values_list("subject", "wrapped_key")
    }


def decrypt_for(subject: str, data: bytes | memoryview) -> str | None:
    """The text that encrypt_for sealed, or None after the subject was erased."""
    return decrypt_many([(subject, data)])[0]


def decrypt_many(items: Sequence[tuple[str, bytes | memoryview]]) -> list[str | None]:
    """As decrypt_for for many texts, with one query for all keys."""
    keys = keys_of(subject for subject, _data in items)
    return [
        vault.open_text(keys[subject], subject, bytes(data)) if subject in keys else None
        for subject, data in items
    ]


def is_erased(subject: str) -> bool:
    return SubjectKey.objects.filter(subject=subject, destroyed_at__isnull=False).exists()


def open_personal(event: Event) -> dict[str, dict[str, Any]]:
    """The personal data of an event by subject; erased subjects are absent."""
    return open_personal_many([event])[0]


def open_personal_many(events: Sequence[Event]) -> list[dict[str, dict[str, Any]]]:
    """As open_personal for many events, with one query for all keys."""
    boxes: list[dict[str, str]] = [
        json.loads(bytes(e.sealed)) if e.sealed is not None else {} for e in events
    ]
    keys = keys_of({subject for box in boxes for subject in box})
    return [
        {
            subject: json.loads(vault.open_text(keys[subject], subject, b64decode(sealed)))
            for subject, sealed in box.items()
            if subject in keys
        }
        for box in boxes
    ]


def keyed_hash(purpose: str, value: str) -> str:
    """A hash by which equal values are found (64 hex digits); different purposes never match each other."""
    return vault.blind(settings.SUQING_MASTER_KEY, purpose, value)


# Time


def centre_clock() -> CentreClock:
    """The centre's clock as set; the real one where none was."""
    clock = CentreClock.objects.first()
    if clock is not None:
        return clock
    now = timezone.now()
    return CentreClock(mode=CentreClock.Mode.REAL, anchor_real=now, anchor_centre=now, speed=1.0)


def centre_now() -> datetime:
    """The centre's time now, aware.  One query: read it once a request and pass it down."""
    return timezone.localtime(centre_clock().read(timezone.now()))


def is_rehearsal() -> bool:
    """True while the centre rehearses; everything on screen and in files is then marked synthetic."""
    return centre_clock().is_rehearsal


# Settings and jobs


def setting(key: str) -> Any:
    """The value in force: local policy if it was changed, else the declared default."""
    declared = policy.declared(key)
    row = Setting.objects.filter(key=key).first()
    return deepcopy(declared.default) if row is None else row.value


def settings_of(keys: Collection[str]) -> dict[str, Any]:
    """The values in force of several settings; one query."""
    values = {key: deepcopy(policy.declared(key).default) for key in keys}
    return values | dict(Setting.objects.filter(key__in=keys).values_list("key", "value"))


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """A declared setting with its value, for the page of settings."""

    declared: policy.Declared
    value: Any
    changed_at: datetime | None
    changed_by: str

    @property
    def is_local(self) -> bool:
        return self.declared.is_local or self.changed_at is not None


def all_settings() -> list[SettingInForce]:
    """Every declared setting with the value in force, sorted by key."""
    rows = Setting.objects.in_bulk()
    found = []
    for declared in policy.all_declared():
        row = rows.get(declared.key)
        if row is None:
            found.append(SettingInForce(declared, deepcopy(declared.default), None, ""))
        else:
            found.append(SettingInForce(declared, row.value, row.changed_at, row.changed_by))
    return found


def latest_progress(name: str) -> JobProgress | None:
    """The latest run of the job of this name."""
    return JobProgress.objects.filter(name=name).order_by("-started_at").first()
