"""Writing to the ledger: events, their seal, consumers, subject keys, the clock, settings, job progress."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from suqing.kit import secretbox
from suqing.ledger import chain, policy, queries, vault
from suqing.ledger.models import (
    CentreClock,
    ChainHead,
    ConsumerPosition,
    Event,
    JobProgress,
    Setting,
    SubjectKey,
)

Subject = Model | tuple[str, Any]

LIVE_CHANNEL = "suqing_live"
SEAL_BATCH = 1000
# Any constant will do, as long as nothing else in the database uses it.
_SEALER_LOCK = 0x5371_0001


class OutsideTransaction(RuntimeError):
    """An event must be written in the transaction of what it tells."""


class SubjectErased(ValueError):
    """No personal data may be added for a subject whose key was destroyed."""


# Events


def record(
    verb: str,
    subject: Subject,
    *,
    by: Model | str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, Mapping[str, Any]] | None = None,
) -> Event:
    """Append one event to the transaction at hand.

    ``data`` holds public and internal facts; ``personal`` maps a subject ("party:12") to facts that are
    encrypted under that subject's key.  Raise OutsideTransaction, or SubjectErased for an erased subject.
    """
    event = EventToBe(verb, subject, by, at, data or {}, personal or {})
    _check_transaction(event)
    row = _event(event, _ensure_keys(set(event.personal)) if personal else {})
    row.save(force_insert=True)
    return row


@dataclass(frozen=True, slots=True)
class EventToBe:
    """An event that waits to be written with others."""

    verb: str
    subject: Subject
    by: Model | str
    at: datetime
    data: Mapping[str, Any]
    personal: Mapping[str, Mapping[str, Any]]


def record_many(events: Sequence[EventToBe]) -> None:
    """Append many events in their order, as ``record`` does, with a fixed number of statements per 500."""
    if not events:
        return
    _check_transaction(events[0])
    keys = _ensure_keys({subject for one in events for subject in one.personal})
    Event.objects.bulk_create([_event(one, keys) for one in events], batch_size=500)


def _check_transaction(event: EventToBe) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{event.verb} was recorded outside a transaction")


def _event(event: EventToBe, keys: Mapping[str, bytes]) -> Event:
    if timezone.is_naive(event.at):
        raise ValueError("the time of an event must carry its zone")
    subject_type, subject_id = subject_label(event.subject)
    actor, actor_name = _actor(event.by)
    return Event(
        at=event.at,
        recorded_at=timezone.now(),
        actor=actor,
        actor_name=actor_name,
        verb=event.verb,
        subject_type=subject_type,
        subject_id=subject_id,
        data=dict(event.data),
        sealed=_box(event.personal, keys) if event.personal else None,
    )


def subject_label(subject: Subject) -> tuple[str, str]:
    """``("market_entity", "12")`` for a MarketEntity with primary key 12; a pair is taken as it is."""
    if isinstance(subject, Model):
        if subject.pk is None:
            raise ValueError(f"an unsaved {_name(subject)} cannot be the subject of an event")
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _name(subject)).lower(), str(subject.pk)
    subject_type, subject_id = subject
    return subject_type, str(subject_id)


def _name(row: Model) -> str:
    # Not type(row): request.user is a lazy wrapper, and a proxy model is still its table's row.
    return row._meta.concrete_model.__name__ if row._meta.concrete_model else row._meta.object_name or ""


def _actor(by: Model | str) -> tuple[str, str]:
    if isinstance(by, str):
        return by, ""
    return ":".join(subject_label(by)), str(getattr(by, "display_name", ""))


def _box(personal: Mapping[str, Mapping[str, Any]], keys: Mapping[str, bytes]) -> bytes:
    box = {}
    for subject in sorted(personal):
        text = json.dumps(dict(personal[subject]), ensure_ascii=False, cls=DjangoJSONEncoder)
        box[subject] = b64encode(vault.seal_text(keys[subject], subject, text)).decode()
    return json.dumps(box).encode()


# The seal


def seal_events() -> int:
    """Give every committed event its position and link, and tell ``suqing_live``; return how many.

    Events that commit late get later positions.  One sealer at a time: a second one waits for the first.
    """
    total = 0
    while True:
        sealed = _seal_batch()
        total += sealed
        if sealed < SEAL_BATCH:
            return total


@transaction.atomic
def _seal_batch() -> int:
    """Seal one batch: 1 take the lock, 2 read where the chain ends, 3 link, 4 write, 5 notify at commit."""
    waiting = Event.objects.unsealed()
    if not waiting.exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALER_LOCK])
    # Read only now: what the previous holder of the lock committed is visible to this statement.
    head = ChainHead.objects.first()
    position = head.position if head else 0
    previous = bytes(head.chain_hash) if head else chain.GENESIS
    ids: list[int] = []
    positions: list[int] = []
    hashes: list[bytes] = []
    told: set[tuple[str, str]] = set()
    for found in queries.rows_of(waiting[:SEAL_BATCH]):
        position += 1
        previous = chain.link(previous, position, found.row)
        ids.append(found.row.id)
        positions.append(position)
        hashes.append(previous)
        told.add((found.row.verb, found.row.subject_type))
    if ids:
        _write_seal(ids, positions, hashes, told)
    return len(ids)


def _write_seal(
    ids: list[int], positions: list[int], hashes: list[bytes], told: set[tuple[str, str]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_event e SET position = s.position, chain_hash = s.chain_hash"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS s (id, position, chain_hash)"
            " WHERE e.id = s.id",
            [ids, positions, hashes],
        )
        head = {"position": positions[-1], "chain_hash": hashes[-1], "sealed_at": timezone.now()}
        ChainHead.objects.update_or_create(id=1, defaults=head)
        cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, _live_message(positions[-1], told)])


def _live_message(position: int, told: set[tuple[str, str]]) -> str:
    """What listeners hear: kinds of things only, never data; PostgreSQL allows 8000 bytes."""
    message = {
        "position": position,
        "verbs": sorted({verb for verb, _subject in told}),
        "subjects": sorted({subject for _verb, subject in told}),
    }
    text = json.dumps(message)
    return text if len(text) < 7900 else json.dumps({"position": position, "verbs": [], "subjects": []})


@transaction.atomic
def consume(name: str, handler: Callable[[list[Event]], None], limit: int = 500) -> int:
    """Hand the next sealed events to ``handler`` as one list and move the consumer on; return how many.

    Handler and position share one transaction under a row lock: if the handler raises, neither happened.
    """
    consumer, _made = ConsumerPosition.objects.select_for_update().get_or_create(name=name)
    events = queries.events_after(consumer.position, limit)
    if not events:
        return 0
    handler(events)
    consumer.position = events[-1].position or consumer.position
    consumer.save(update_fields=["position"])
    return len(events)


# Subject keys


def encrypt_for(subject: str, text: str) -> bytes:
    """Encrypt under the subject's own key, made on first use.  Raise SubjectErased after its erasure."""
    return encrypt_many([(subject, text)])[0]


def encrypt_many(items: list[tuple[str, str]]) -> list[bytes]:
    """As encrypt_for for many texts, with a fixed number of queries."""
    keys = _ensure_keys({subject for subject, _text in items})
    return [vault.seal_text(keys[subject], subject, text) for subject, text in items]


def _ensure_keys(subjects: set[str]) -> dict[str, bytes]:
    keys = queries.keys_of(subjects)
    missing = sorted(subjects - keys.keys())  # sorted: two transactions must not make the same keys crosswise
    if not missing:
        return keys
    now, master = timezone.now(), settings.SUQING_MASTER_KEY
    SubjectKey.objects.bulk_create(
        [
            SubjectKey(subject=s, wrapped_key=vault.wrap(master, s, secretbox.new_key()), created_at=now)
            for s in missing
        ],
        ignore_conflicts=True,
    )
    # Another transaction may have made one of them first: what the table holds is the key.
    keys |= queries.keys_of(missing)
    erased = subjects - keys.keys()
    if erased:
        raise SubjectErased(", ".join(sorted(erased)))
    return keys


@transaction.atomic
def destroy_key(subject: str, *, by: Model | str, at: datetime) -> None:
    """Erase the subject: nothing under its key can ever be read again.  A second call changes nothing."""
    now = timezone.now()
    SubjectKey.objects.bulk_create(
        [SubjectKey(subject=subject, created_at=now, destroyed_at=now)], ignore_conflicts=True
    )
    key = SubjectKey.objects.select_for_update().get(subject=subject)
    if key.wrapped_key is None and key.destroyed_at != now:
        return
    key.wrapped_key, key.destroyed_at = None, now
    key.save(update_fields=["wrapped_key", "destroyed_at"])
    kind, _colon, pk = subject.partition(":")
    record("subject.key_destroyed", (kind, pk), by=by, at=at)


# The centre's clock


@transaction.atomic
def set_centre_clock(
    *, mode: str, by: Model | str, centre: datetime | None = None, speed: float = 1.0
) -> CentreClock:
    """Set the clock: ``real``, or ``rehearsal`` showing ``centre`` now, running ``speed`` times as fast."""
    mode = CentreClock.Mode(mode)
    real = timezone.now()
    if mode == CentreClock.Mode.REAL:
        centre, speed = real, 1.0
    if centre is None or timezone.is_naive(centre):
        raise ValueError("a rehearsal needs the time that its clock shows, with its zone")
    if not speed > 0:
        raise ValueError("the centre's clock can only run forward")
    values = {"mode": mode, "anchor_real": real, "anchor_centre": centre, "speed": speed}
    clock, _made = CentreClock.objects.update_or_create(id=1, defaults=values)
    data = {"mode": str(mode), "anchor_real": real, "anchor_centre": centre, "speed": speed}
    record("centre_clock.set", clock, by=by, at=centre, data=data)
    return clock


# Settings


@transaction.atomic
def change_setting(key: str, value: Any, *, by: Model | str, at: datetime, reason: str = "") -> None:
    """Change local policy, perhaps for a reason.  Raise UnknownSetting, or BadSetting for a value that does not fit."""
    policy.validate(key, value)
    before = queries.setting(key)
    values = {"value": value, "changed_at": at, "changed_by": _actor(by)[0]}
    Setting.objects.update_or_create(key=key, defaults=values)
    data = {"before": before, "after": value} | ({"reason": reason} if reason else {})
    record("setting.changed", ("setting", key), by=by, at=at, data=data)


# Long jobs


def start_progress(name: str, total: int | None = None) -> JobProgress:
    return JobProgress.objects.create(name=name, total=total, started_at=timezone.now())


def advance_progress(progress: JobProgress, done: int, message: str = "") -> None:
    """Write how far the job is; inside the job's own transaction nobody would see it until the end."""
    progress.done, progress.message = done, message[:300]
    progress.save(update_fields=["done", "message"])


def finish_progress(progress: JobProgress, message: str = "") -> None:
    progress.finished_at, progress.message = timezone.now(), message[:300]
    progress.save(update_fields=["finished_at", "message"])


def fail_progress(progress: JobProgress, reason: str) -> None:
    progress.finished_at, progress.failed_reason = timezone.now(), reason
    progress.save(update_fields=["finished_at", "failed_reason"])
