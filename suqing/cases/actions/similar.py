"""The index of near-duplicate texts: bands are written with each case, and afterwards for cases from before it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from suqing.cases.models import Case, TextBand, TextIndexing
from suqing.cases.near_text import VERSION, bands_of
from suqing.ledger.writing import writer

BATCH = 2000  # cases


def write_bands(*, case: Case) -> None:
    """Write the bands of a new case; called inside the transaction that registers it."""
    writer().new_many([TextBand(case=case, key=key) for key in bands_of(case.match_text)])


def begin_indexing() -> TextIndexing:
    """Return the run of the version in force; it begins with the cases that are there when it is first asked for."""
    last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    return TextIndexing.objects.get_or_create(version=VERSION, defaults={"until_case": last})[0]


@transaction.atomic
def index_some(*, at: datetime, size: int = BATCH) -> bool:
    """Write the bands of the next cases that came before the index; False when all have theirs.

    Safe to kill and to repeat: a batch is written wholly or not at all, and a band that is there stays.
    """
    run = TextIndexing.objects.select_for_update().get(version=VERSION)
    if run.finished_at is not None:
        return False
    texts = _next_texts(run, size)
    if not texts:
        run.finished_at, run.last_case = at, run.until_case
        run.save(update_fields=["finished_at", "last_case"])
        return False
    bands = [(key, case) for case, text in texts for key in bands_of(text)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_textband (key, case_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
            " ON CONFLICT DO NOTHING",
            [[key for key, _case in bands], [case for _key, case in bands]],
        )
    run.last_case = texts[-1][0]
    run.save(update_fields=["last_case"])
    return True


def _next_texts(run: TextIndexing, size: int) -> list[tuple[int, str]]:
    """Cases after the last one with their texts, held so that none changes before its bands are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, match_text FROM cases_case WHERE id > %s AND id <= %s ORDER BY id LIMIT %s FOR SHARE",
            [run.last_case, run.until_case, size],
        )
        return [(int(case), str(text)) for case, text in cursor.fetchall()]
