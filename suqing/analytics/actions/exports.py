"""Lists to files: asking for one, writing it as of one moment, taking it away again.

A file is written inside one transaction whose view does not change, and the transaction also holds its event, the
looks at personal data and the row that makes it ready: a death in between leaves a row that is written again from the
start, and no file that anybody could fetch.  It cannot be done in slices that are each committed, as other long jobs
are: between two transactions the list would have become another one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from suqing.accounts.actions import checked_reason, look_at_many
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted
from suqing.analytics import exports
from suqing.analytics.actions.export_folders import remove_dead_folders, work_folder
from suqing.analytics.actions.export_meter import Meter, TakenAway
from suqing.analytics.actions.views import fix_view
from suqing.analytics.export_writing import Fact, open_writer
from suqing.analytics.exports import ListToWrite, Reader
from suqing.analytics.models import Export
from suqing.analytics.periods import CENTRE_ZONE
from suqing.analytics.policy import KEPT_DAYS, KEPT_DAYS_PLAIN
from suqing.analytics.queries import may_hold_erased
from suqing.files.storage import storage
from suqing.ledger.actions import record, seal_events, start_progress
from suqing.ledger.models import JobProgress
from suqing.ledger.queries import centre_now, is_rehearsal, keyed_hash, sealed_position, setting

N_ = str
AT_ONCE = 5_000  # rows of a list that is handed over without a job
ATTEMPTS = 5  # a writer that dies so often does not die by chance
MOST_WAITING = 20  # of one person
KEY = "exports/"
SYSTEM = "system:exports"
ERASED_SINCE = N_("Somebody was erased since. Ask for the list anew if it is still needed.")
WAYS = {("csv", "utf-8"), ("csv", "gb18030"), ("xlsx", "")}


class Refused(ValueError):
    """The list cannot be written so; says why, in an English message id."""

    def __init__(self, message: str, field: str = "", **values: object) -> None:
        super().__init__(message)
        self.message, self.field, self.values = message, field, values


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants written: the list, narrowed to what, in which form, masked or with a reason."""

    list_code: str
    filters: Mapping[str, Any]
    filter_words: Sequence[str]
    layout: str = exports.SUQING
    format: str = "csv"
    encoding: str = "utf-8"
    is_plain: bool = False
    reason: str = ""


@transaction.atomic
def ask_export(*, asked: Asked, by: Person, at: datetime) -> Export:
    """Enter what is to be written.  Raise NotPermitted, UnknownList, ReasonMissing or Refused.

    The list is counted: up to AT_ONCE rows it can be handed over by ``write_at_once``.
    """
    found = exports.list_of(asked.list_code)
    found.layout(asked.layout)
    encoding = asked.encoding if asked.format == "csv" else ""
    if not exports.may_export(by, found):
        raise NotPermitted(Permission.LIST_EXPORT)
    if (asked.format, encoding) not in WAYS:
        raise Refused(N_("A list can be written as csv or xlsx."), field="format")
    if asked.is_plain and not exports.may_see_personal(by, found):
        raise NotPermitted(Permission.PERSONAL_SEE)
    waiting = Export.objects.filter(asked_by=by, state__in=[Export.State.WAITING, Export.State.RUNNING])
    if waiting.count() >= MOST_WAITING:
        raise Refused(
            N_("%(count)d of your lists are still being written; wait for them."), count=MOST_WAITING
        )
    return Export.objects.create(
        ref=uuid4(),
        list_code=asked.list_code,
        layout=asked.layout,
        format=asked.format,
        encoding=encoding,
        language=translation.get_language() or "zh-hans",
        filters=dict(asked.filters),
        filter_words=[words.replace("\0", "") for words in asked.filter_words],
        is_masked=not asked.is_plain,
        reason=checked_reason(asked.reason) if asked.is_plain else "",
        as_of=at,
        total=exports.count(found.rows(by, asked.filters, at)),
        asked_by=by,
        asked_at=at,
    )


def is_short(export: Export) -> bool:
    """Whether the list is short enough to be handed over at once."""
    return export.total is not None and export.total <= AT_ONCE


@contextmanager
def write_at_once(export: Export, *, at: datetime) -> Iterator[Path]:
    """Write a short list and give the file, which is gone after the block; its row says that nothing is kept.

    Nothing leaves before the event and the looks are committed.
    """
    with work_folder(export.ref) as folder:
        path = folder / "list"
        with transaction.atomic(durable=True):
            fix_view()
            done = _write(export, path, at, lambda _done: None)
            _finish(export, done, path, at, file_key="")
        yield path


def write_kept(ref: UUID) -> bool:
    """Write a list that waits, or whose writer died, and keep the file; False if another list is being written."""
    with Meter.on(ref) as meter:
        if meter is None:
            return False
        export = _begin(meter)
        if export is None:
            return True
        try:
            _write_kept(export, meter)
        except (TakenAway, OperationalError) as ended:
            # PostgreSQL says so (could not serialize) when the row was changed behind the view of the transaction.
            if isinstance(ended, OperationalError) and not _is_taken_away(export):
                raise
            storage().delete(export.file_key)
        except (NotPermitted, exports.UnknownList) as refused:
            fail(export, str(refused))
    return True


def _is_taken_away(export: Export) -> bool:
    return not Export.objects.filter(pk=export.pk, state=Export.State.RUNNING).exists()


@transaction.atomic
def _begin(meter: Meter) -> Export | None:
    """Mark the export as being written, under a new key for its file; None if there is nothing to do any more."""
    export = Export.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=meter.pk)
    if export.state not in (Export.State.WAITING, Export.State.RUNNING):
        return None
    if export.file_key:
        storage().delete(export.file_key)  # of a writer that died
    if export.attempts >= ATTEMPTS:
        fail(export, N_("The writer ended too often before the end."))
        return None
    progress = start_progress("analytics.exports", export.total)
    export.state, export.attempts, export.progress = Export.State.RUNNING, export.attempts + 1, progress.pk
    # Not to be guessed, and of another name than the half-written file before it.
    export.file_key = f"{KEY}{os.urandom(16).hex()}"
    export.save(update_fields=["state", "attempts", "progress", "file_key"])
    return export


def _write_kept(export: Export, meter: Meter) -> None:
    now = centre_now()
    with work_folder(export.ref) as folder:
        path = folder / "list"
        seal_events()
        with transaction.atomic(durable=True):
            fix_view()
            done = _write(export, path, now, lambda done: meter.tell(export.progress, done))
            storage().put(export.file_key, path)
            _finish(export, done, path, now, file_key=export.file_key)
    JobProgress.objects.filter(pk=export.progress or 0).update(done=done, finished_at=timezone.now())


def _write(export: Export, path: Path, now: datetime, tell: Callable[[int], None]) -> int:
    """Write all rows in view to ``path``; return how many.  Raise NotPermitted if the person no longer may."""
    person, found = Person.objects.get(pk=export.asked_by.pk), exports.list_of(export.list_code)
    if not exports.may_export(person, found):
        raise NotPermitted(Permission.LIST_EXPORT)
    if not export.is_masked and not exports.may_see_personal(person, found):
        raise NotPermitted(Permission.PERSONAL_SEE)
    layout = found.layout(export.layout)
    rows = found.rows(person, export.filters, now)
    export.as_of, export.position, export.scope = now, sealed_position(), exports.scope_of(person)
    with translation.override(export.language):
        reader = Reader.of(person, now, is_masked=export.is_masked)
        export.total = exports.count(rows)
        facts = _facts(export, found, person)
        writer = open_writer(
            export.format, path, layout.titles(), facts,
            zone=CENTRE_ZONE, sheet=layout.sheet or _(found.label), notes=_("About this file"),
            encoding=export.encoding or "utf-8",
        )  # fmt: skip
        try:
            done = 0
            for chunk in exports.chunks(rows):
                for line in layout.lines(chunk, reader):
                    writer.row(line)
                done += len(chunk)
                _log_looks(export, reader, person, now)
                tell(done)
        except BaseException:
            writer.abandon()
            raise
        writer.close()
    return done


def _log_looks(export: Export, reader: Reader, person: Person, now: datetime) -> None:
    """A look a person and chunk of rows, so that not even the list of people is held in memory."""
    if reader.looked_at:
        look_at_many(by=person, subjects=reader.looked_at, reason=export.reason, at=now)
        reader.looked_at.clear()


def _facts(export: Export, found: ListToWrite, person: Person) -> list[Fact]:
    masked = _("Personal data are masked.")
    plain = _("With personal data, as far as the role opens them.")
    return exports.about(
        [(_("List"), _(found.label))],
        words=export.filter_words,
        as_of=export.as_of,
        position=export.position,
        person=person,
        is_synthetic=is_rehearsal(),
        more=[
            (_("Personal data"), masked if export.is_masked else plain),
            (_("Number of rows"), str(export.total)),
        ],
    )


def _finish(export: Export, done: int, path: Path, now: datetime, *, file_key: str) -> None:
    """Make the file ready, with the event that tells of it."""
    days = setting((KEPT_DAYS if export.is_masked else KEPT_DAYS_PLAIN).key)
    export.state, export.done, export.size = Export.State.DONE, done, path.stat().st_size
    export.finished_at = now
    export.expires_at = now + timedelta(days=days) if file_key else None
    export.save(
        update_fields=[
            "state", "done", "total", "size", "as_of", "position", "scope", "finished_at", "expires_at",
        ]
    )  # fmt: skip
    record(
        "list.exported", export, by=export.asked_by, at=now, data=_told(export), personal=_told_sealed(export)
    )


def _told(export: Export) -> dict[str, Any]:
    """What the event says in plain: no word that somebody typed, for it may name people."""
    filters = {name: value for name, value in export.filters.items() if name not in ("words", "parties")}
    data = {
        "list": export.list_code, "layout": export.layout, "format": export.format, "encoding": export.encoding,
        "filters": filters, "rows": export.done, "is_masked": export.is_masked, "position": export.position,
        "as_of": export.as_of.isoformat(), "is_kept": bool(export.file_key),
    }  # fmt: skip
    return data if export.is_masked else data | {"reason_hash": keyed_hash("look reason", export.reason)}


def _told_sealed(export: Export) -> dict[str, dict[str, Any]] | None:
    words = {name: export.filters[name] for name in ("words", "parties") if export.filters.get(name)}
    return {f"export:{export.ref}": words} if words else None


# Taking away


@transaction.atomic
def fail(export: Export, why: str) -> None:
    """End an export that cannot be written; ``why`` is an English message id."""
    Export.objects.filter(pk=export.pk).update(
        state=Export.State.FAILED, failure=why[:300], finished_at=centre_now()
    )


@transaction.atomic
def take_away(*, ref: UUID, by: Person, at: datetime) -> None:
    """Delete the file, or stop its writing.  Raise Export.DoesNotExist for what is not this person's."""
    export = Export.objects.select_for_update(of=("self",)).get(ref=ref, asked_by=by)
    _remove(export)
    record("list.export_removed", export, by=by, at=at, data={"list": export.list_code})


def remove_expired(*, at: datetime) -> int:
    """Delete the files whose time is over, and those that no export names; return how many exports ended."""
    due = Export.objects.filter(state=Export.State.DONE, expires_at__lte=at).exclude(file_key="")
    ended = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            export = Export.objects.select_for_update().get(pk=pk)
            if export.state == Export.State.DONE:
                _remove(export)
                ended += 1
    ended += _remove_of_erased(at)
    _sweep()
    return ended


def _remove_of_erased(at: datetime) -> int:
    """Delete files with unmasked data that were read before somebody was erased, and tell their owner why."""
    plain = Export.objects.filter(state=Export.State.DONE, is_masked=False).exclude(file_key="")
    ended = 0
    for pk in [one.pk for one in plain if may_hold_erased(one)]:
        with transaction.atomic():
            export = Export.objects.select_for_update().get(pk=pk)
            if export.state == Export.State.DONE:
                export.failure = ERASED_SINCE
                _remove(export)
                record("list.export_removed", export, by=SYSTEM, at=at, data={"list": export.list_code})
                ended += 1
    return ended


def _remove(export: Export) -> None:
    """The row stays, without what was searched for; the event keeps that sealed."""
    key = export.file_key
    export.state, export.file_key = Export.State.EXPIRED, ""
    export.filters, export.filter_words = {}, []
    export.save(update_fields=["state", "file_key", "filters", "filter_words", "failure"])
    if key:
        transaction.on_commit(lambda: storage().delete(key))


def _sweep() -> None:
    """Remove what writers left that died: stored files that no export names, and their folders of work."""
    # Listed before the names are read: what is stored later is not in the list.
    stored = [one.key for one in storage().keys(KEY.rstrip("/"))]
    named = set(Export.objects.exclude(file_key="").values_list("file_key", flat=True))
    for key in stored:
        if key not in named:
            storage().delete(key)
    remove_dead_folders()
