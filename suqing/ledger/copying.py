"""Many new rows at once by COPY: for imports and rehearsed history, where row by row would take days.

What comes in through here is complete: the caller has taken keys from the sequences and fills every column that must
not be null.  Constraints and triggers hold as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from psycopg import Copy

from suqing.kit import secretbox
from suqing.ledger import vault
from suqing.ledger.models import SubjectKey


def take(sequence: str, count: int) -> list[int]:
    """Take the next values of a sequence with one statement."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [int(value) for (value,) in cursor.fetchall()]


def take_ids(model: type[Model], count: int) -> list[int]:
    """Take primary keys for new rows of a model."""
    return take(f"{model._meta.db_table}_id_seq", count)


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows given as values in the order of ``columns``; JSON as text."""
    whole = list(rows)  # a query while the rows are still being made would wait for this very statement
    if not whole:
        return
    with _copying(model, columns) as copy:
        for row in whole:
            copy.write_row(row)


def copy_numbers(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[int]]) -> None:
    """As ``copy_rows`` for rows of whole numbers only, at a third of the cost."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    if text:
        with _copying(model, columns) as copy:
            copy.write(text)


@contextmanager
def _copying(model: type[Model], columns: Sequence[str]) -> Iterator[Copy]:
    """A COPY into the table; what it raises is Django's, as of every other statement."""
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def seal_for_new(items: Sequence[tuple[str, str]]) -> list[bytes]:
    """Encrypt texts for subjects that have no key yet, as ``actions.encrypt_many``; their keys are made here.

    Raise IntegrityError for a subject that has one.
    """
    master, now = settings.SUQING_MASTER_KEY, timezone.now()
    keys = {subject: secretbox.new_key() for subject, _text in items}
    rows = ((subject, vault.wrap(master, subject, key), now) for subject, key in keys.items())
    copy_rows(SubjectKey, ("subject", "wrapped_key", "created_at"), rows)
    return [vault.seal_text(keys[subject], subject, text) for subject, text in items]
