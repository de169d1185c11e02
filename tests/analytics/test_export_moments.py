"""A file is one moment: what changes while it is written is not in it, and a death in between leaves nothing behind."""

from __future__ import annotations

import csv
import io
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from suqing.accounts.models import PersonalLook
from suqing.analytics import export_cases, exports
from suqing.analytics.actions import export_meter
from suqing.analytics.actions import exports as actions
from suqing.analytics.actions.exports import ask_export, remove_expired, take_away, write_kept
from suqing.analytics.exports import Reader
from suqing.analytics.jobs import exports_due
from suqing.analytics.models import Export
from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.files.storage import storage
from suqing.ledger.models import Event
from tests.analytics.written import asked
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.dying import started

pytestmark = pytest.mark.django_db(transaction=True)

# Writes the export and stops in the middle of it, so that the test can kill it there and not elsewhere.
SCRIPT = """
import sys, time
import django
django.setup()
from suqing.analytics import exports
from suqing.analytics.actions.exports import write_kept
from suqing.analytics.models import Export
exports.CHUNK = 2
whole = exports.chunks
def slowly(rows):
    for place, chunk in enumerate(whole(rows)):
        yield chunk
        if place == 1:
            print("in the middle", flush=True)
            time.sleep(60)
exports.chunks = slowly
write_kept(Export.objects.get().ref)
"""


@pytest.fixture(autouse=True)
def small(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SUQING_FILES = tmp_path
    monkeypatch.setattr(exports, "CHUNK", 2)


def numbers(export: Export) -> list[str]:
    export.refresh_from_db()
    with storage().opened(export.file_key) as file:
        text = file.read().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return [row[0] for row in rows[rows.index([]) + 2 :]]


def meanwhile(what: Any) -> None:
    """Do something on another connection, as another desk would, and wait for it."""

    def run() -> None:
        try:
            what()
        finally:
            connection.close()

    desk = Thread(target=run)
    desk.start()
    desk.join()


def test_a_list_that_changes_while_it_is_written_is_one_moment(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [one_case(centre.call_taker) for _each in range(6)]
    whole, added = export_cases.lines, []

    def meddled(cases: Sequence[Case], reader: Reader) -> Iterator[Any]:
        if not added:
            added.append(None)
            # One is added on top, one leaves the list, one changes: none of it after the first two rows were read.
            meanwhile(lambda: added.append(one_case(centre.call_taker)))
            meanwhile(
                lambda: dispatching.dispatch(case=before[0], to_unit=centre.gusu, by=centre.dispatcher, at=AT)
            )
        yield from whole(cases, reader)

    ours = exports.LISTS["cases"].layouts["suqing"]
    monkeypatch.setitem(
        exports.LISTS["cases"].layouts,  # type: ignore[arg-type]
        "suqing",
        exports.Layout(ours.headings, meddled),
    )
    export = ask_export(asked=asked(filters={"waiting": "to_dispatch"}), by=centre.dispatcher, at=AT)
    assert write_kept(export.ref)
    assert numbers(export) == [case.number for case in reversed(before)]
    event = Event.objects.get(verb="list.exported")
    assert event.data["rows"] == export.total == 6
    assert (
        Event.objects.filter(position__gt=export.position).exists()
        or Event.objects.filter(position=None).exists()
    )


def test_a_file_taken_away_while_it_is_written_is_not_there(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(4):
        one_case(centre.call_taker)
    export = ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    finish = actions._finish

    def late(*given: Any, **more: Any) -> None:
        meanwhile(lambda: take_away(ref=export.ref, by=centre.dispatcher, at=AT))
        finish(*given, **more)

    monkeypatch.setattr(actions, "_finish", late)
    assert write_kept(export.ref)
    export.refresh_from_db()
    assert export.state == "expired"
    assert not list(storage().keys("exports"))
    assert not Event.objects.filter(verb="list.exported").exists()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_writer_sees_between_two_rows_that_nobody_wants_the_file(
    centre: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str
) -> None:
    monkeypatch.setattr(export_meter, "TELL_SECONDS", 0)
    for _each in range(6):
        one_case(centre.call_taker)
    export = ask_export(asked=asked(format=format), by=centre.dispatcher, at=AT)
    whole, seen = exports.chunks, []

    def watched(rows: Any) -> Iterator[Any]:
        for chunk in whole(rows):
            seen.append(len(chunk))
            if len(seen) == 1:
                meanwhile(lambda: take_away(ref=export.ref, by=centre.dispatcher, at=AT))
            yield chunk

    monkeypatch.setattr(exports, "chunks", watched)
    assert write_kept(export.ref)
    assert seen == [2]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_lists_are_not_written_at_once(centre: Cast) -> None:
    first = ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    second = ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    found = []
    with export_meter.Meter.on(first.ref):
        meanwhile(lambda: found.append(write_kept(second.ref)))
    assert found == [False]
    assert write_kept(second.ref)


def test_a_writer_killed_in_the_middle_leaves_nothing_and_the_next_one_writes_it_whole(
    centre: Cast, tmp_path: Path
) -> None:
    cases = [one_case(centre.call_taker) for _each in range(7)]
    for case in cases:
        dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    plain = asked(is_plain=True, reason="逐一电话回访")
    export = ask_export(asked=plain, by=centre.handler, at=AT)
    with started(SCRIPT, settings={"SUQING_FILES": str(tmp_path)}) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "in the middle\n"
        half = list((tmp_path / "exports-at-work").rglob("list"))
        assert len(half) == 1
        writer.send_signal(signal.SIGKILL)
    export.refresh_from_db()
    assert export.state == "running"
    assert not PersonalLook.objects.exists(), "what nobody got nobody looked at"
    assert not Event.objects.filter(verb="list.exported").exists()
    remove_expired(at=AT)
    assert not half[0].exists()
    assert exports_due(0) >= 1
    assert numbers(export) == [case.number for case in reversed(cases)]
    assert (export.state, export.attempts) == ("done", 2)
    assert PersonalLook.objects.count() >= 1
    assert Event.objects.filter(verb="list.exported").count() == 1
    assert len(list(storage().keys("exports"))) == 1
