"""How actions write: row by row as a desk does, or gathered and written at once for a long series of actions.

An action asks for the ``writer()`` and hands it every new row, changed row, text to encrypt and event.  At a desk that
is written at once.  Inside ``with gathered():`` the same actions run on rows in memory, and the end of the block writes
all of it with a few statements in one transaction: history is replayed by the actions of the desk, several times as
fast (docs/benchmarks.md).  If the block raises, nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.models import CompositePrimaryKey, Model

from suqing.ledger import actions

Row = TypeVar("Row", bound=Model)
Value = TypeVar("Value")
Result = TypeVar("Result")
P = ParamSpec("P")

IDS_AT_ONCE = 500


class Writer:
    """Writes at once."""

    is_gathering = False

    def new(self, row: Row) -> Row:
        """Insert a row."""
        row.save(force_insert=True)
        return row

    def new_many(self, rows: Sequence[Row]) -> None:
        """Insert rows of one model."""
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)

    def save(self, row: Model, *fields: str) -> None:
        """Update the named fields of a row."""
        row.save(update_fields=fields)

    def save_many(self, rows: Sequence[Row], *fields: str) -> None:
        """Update the named fields of rows of one model."""
        if rows:
            type(rows[0])._default_manager.bulk_update(rows, fields)

    def encrypt(self, row: Model, field: str, subject: str, text: str) -> None:
        """Put the text, encrypted under the subject's key, into the field; the caller saves the row."""
        setattr(row, field, actions.encrypt_for(subject, text))

    def record(
        self,
        verb: str,
        subject: Model,
        *,
        by: Model | str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
        personal: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Append an event."""
        actions.record(verb, subject, by=by, at=at, data=data, personal=personal)

    def memo(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """Read something that stays the same within a gathered block; at a desk it is read each time."""
        del key
        return read()

    def held(self, model: type[Row], key: Hashable) -> Row | None:
        """Return the row in memory that was kept under this key; a desk keeps none."""
        del model, key
        return None

    def hold(self, row: Model, key: Hashable) -> None:
        """Keep a row under a key for the rest of the block."""

    def next_value(self, sequence: str) -> int:
        """Take the next value of a sequence."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [sequence])
            return int(cursor.fetchone()[0])


class GatheringWriter(Writer):
    """Keeps rows, texts and events in memory until ``flush``; keys are taken from the sequences beforehand."""

    is_gathering = True

    def __init__(self) -> None:
        self._fresh: dict[type[Model], list[Model]] = defaultdict(list)
        self._fresh_ids: set[int] = set()
        self._changed: dict[type[Model], dict[Any, Model]] = defaultdict(dict)
        self._fields: dict[type[Model], set[str]] = defaultdict(set)
        self._texts: list[tuple[Model, str, str, str]] = []
        self._events: list[actions.EventToBe] = []
        self._memo: dict[Hashable, Any] = {}
        self._held: dict[tuple[type[Model], Hashable], Model] = {}
        self._values: dict[str, list[int]] = defaultdict(list)

    def new(self, row: Row) -> Row:
        if not isinstance(
            type(row)._meta.pk, CompositePrimaryKey
        ):  # such a row says itself what it is called
            row.pk = self.next_value(_key_sequence(type(row)))
        self._fresh[type(row)].append(row)
        self._fresh_ids.add(id(row))
        return row

    def new_many(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.new(row)

    def save_many(self, rows: Sequence[Row], *fields: str) -> None:
        for row in rows:
            self.save(row, *fields)

    def save(self, row: Model, *fields: str) -> None:
        if id(row) not in self._fresh_ids:
            self._changed[type(row)][row.pk] = row
            self._fields[type(row)].update(fields)

    def encrypt(self, row: Model, field: str, subject: str, text: str) -> None:
        self._texts.append((row, field, subject, text))

    def record(
        self,
        verb: str,
        subject: Model,
        *,
        by: Model | str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
        personal: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._events.append(actions.EventToBe(verb, subject, by, at, data or {}, personal or {}))

    def memo(self, key: Hashable, read: Callable[[], Value]) -> Value:
        if key not in self._memo:
            self._memo[key] = read()
        value: Value = self._memo[key]
        return value

    def held(self, model: type[Row], key: Hashable) -> Row | None:
        row = self._held.get((model, key))
        return row if isinstance(row, model) else None

    def hold(self, row: Model, key: Hashable) -> None:
        self._held[(type(row), key)] = row

    def next_value(self, sequence: str) -> int:
        values = self._values[sequence]
        if not values:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, IDS_AT_ONCE])
                values.extend(int(value) for (value,) in reversed(cursor.fetchall()))
        return values.pop()

    def fresh(self, model: type[Row]) -> list[Row]:
        """Return the new rows of a model in the order they were made."""
        return [row for row in self._fresh[model] if isinstance(row, model)]

    def flush(self) -> None:
        """Write all of it.  Foreign keys are checked at the end of the transaction, so the order does not matter."""
        ciphers = actions.encrypt_many([(subject, text) for _row, _field, subject, text in self._texts])
        for (row, field, _subject, _text), cipher in zip(self._texts, ciphers, strict=True):
            setattr(row, field, cipher)
        # Changes first: a new open dispatch or running clock may take the place of one that was ended in the block.
        for model, changed in self._changed.items():
            fields = sorted(self._fields[model])
            model._default_manager.bulk_update(list(changed.values()), fields, batch_size=IDS_AT_ONCE)
        for model, rows in self._fresh.items():
            model._default_manager.bulk_create(rows, batch_size=IDS_AT_ONCE)
        actions.record_many(self._events)


_AT_ONCE = Writer()
_gathering: ContextVar[GatheringWriter | None] = ContextVar("gathering", default=None)


def writer() -> Writer:
    """Return the writer in force: the gathering one inside ``gathered``, else the one that writes at once."""
    return _gathering.get() or _AT_ONCE


@contextmanager
def gathered() -> Iterator[None]:
    """Gather what the actions inside write and write it in one transaction at the end; nothing if they raise."""
    if writer().is_gathering:
        raise RuntimeError("gathered blocks do not nest")
    gathering = GatheringWriter()
    with transaction.atomic():
        token = _gathering.set(gathering)
        try:
            yield
        finally:
            _gathering.reset(token)
        gathering.flush()


def one_transaction(action: Callable[P, Result]) -> Callable[P, Result]:
    """Decorate an action: all of it is written or nothing.

    Inside ``gathered`` it joins the block's transaction without a savepoint: rows in memory cannot be rolled back, so
    an action that raises there must end the block.
    """

    @wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> Result:
        with transaction.atomic(savepoint=not writer().is_gathering):
            return action(*args, **kwargs)

    return whole


def _key_sequence(model: type[Model]) -> str:
    return f"{model._meta.db_table}_id_seq"
