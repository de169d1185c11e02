"""The files that imports were read from: kept while they are needed, then gone; their runs stay and say so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from suqing.cases.models import ImportRun
from suqing.files.actions import forget_files, remove_lapsed
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting

N_ = str
State = ImportRun.State
ENDED = (State.DONE, State.STOPPED, State.REFUSED)


def _days(value: int) -> None:
    if not 1 <= value <= 3650:
        raise BadSetting("a file is kept for 1 to 3650 days")


# No published source says how long; long enough to correct rejected rows and to answer what came from where.
KEPT_DAYS = declare(
    "imports.kept_days", 90, N_("Days for which the file of an import is kept after its end"), check=_days
)


def remove_old_files(*, at: datetime) -> int:
    """Remove the files of imports that ended, or were checked and never confirmed, longer ago than the setting says."""
    before = at - timedelta(days=setting(KEPT_DAYS.key))
    over = Q(state__in=ENDED, finished_at__lt=before) | Q(state=State.CHECKED, started_at__lt=before)
    return remove_lapsed(ImportRun.objects.filter(over), at=at)


def forget_files_of(runs: Collection[int], *, at: datetime) -> None:
    """Erasing a person: the files of these runs name them, and go when the erasure is committed.

    A run that is still at work keeps its file until it has ended and the days are over: its rows would be lost.
    """
    ended = ImportRun.objects.filter(pk__in=runs, state__in=ENDED)
    for file, sender in ended.values_list("file", "started_by"):
        forget_files([file], sent_by=[sender], at=at)
    transaction.on_commit(lambda: remove_lapsed(ended, at=at), robust=True)
