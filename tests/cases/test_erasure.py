"""Erasing a person reaches what was written wherever a case was paused, extended, mediated or supervised."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from suqing.cases.actions import orders, periods
from suqing.cases.actions.extensions import ask_extension, decide_extension
from suqing.cases.actions.import_files import remove_old_files
from suqing.cases.actions.mediation_sessions import schedule
from suqing.cases.actions.parties import erase
from suqing.cases.models import (
    Case,
    ExcludedPeriod,
    ExtensionRequest,
    ImportedCase,
    ImportProblem,
    ImportRun,
    MediationSession,
    SupervisedReply,
    SupervisionOrder,
)
from suqing.cases.oversight import Trigger
from suqing.files.actions import keep
from suqing.files.models import StoredFile, Upload
from suqing.files.storage import object_key, storage
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cases.handled import checked, clock, mediated, on
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
PHONE = "13912345678"
WORDS = f"按{PHONE}联系后再定"


def erased(centre: Cast, case: Case) -> None:
    assert case.party is not None
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=on("2020-02-10"))


def test_notes_and_reasons_of_pauses_and_extensions(centre: Cast) -> None:
    case = checked(centre)
    case = ask_extension(case=case, reason=WORDS, by=centre.handler, at=on("2020-02-04"))
    case = decide_extension(case=case, is_granted=True, note=WORDS, by=centre.head, at=on("2020-02-04"))
    case = periods.begin_period(
        case=case,
        kind="testing",
        first_on=date(2020, 2, 4),
        note=WORDS,
        by=centre.handler,
        at=on("2020-02-04", 11),
    )
    assert PHONE in json.dumps(clock(case, "D5").extensions)
    erased(centre, case)
    period, asked = ExcludedPeriod.objects.get(), ExtensionRequest.objects.get()
    told = period.note + asked.reason + asked.decision_note + json.dumps(clock(case, "D5").extensions)
    assert PHONE not in told
    assert "联系后再定" in period.note, "what names nobody stays"


def test_where_the_sides_met(centre: Cast) -> None:
    case = mediated(centre)
    day = on("2020-02-04")
    schedule(
        case=case, mode="on_site", begins_at=day + timedelta(days=1), mediators="陈调解",
        place=f"平江花园3幢502室（{PHONE}）", told_at=day, by=centre.handler, at=day,
    )  # fmt: skip
    event = Event.objects.get(verb="case.session_arranged")
    assert PHONE not in json.dumps(event.data), "an event stays for good"
    assert "502" not in json.dumps(event.data)
    erased(centre, case)
    assert PHONE not in MediationSession.objects.get().place


def test_orders_that_name_the_case_and_the_replies_to_them(centre: Cast) -> None:
    case, day = mediated(centre), on("2020-02-04")
    order = orders.issue_order(
        title=f"督办{PHONE}", text=WORDS, trigger=Trigger.OTHER, due_on=date(2020, 2, 10), lead=centre.gusu,
        cases=[case], by=centre.supervisor, at=day,
    )  # fmt: skip
    orders.reply_order(order=order, unit=centre.gusu, reply=WORDS, by=centre.handler, at=day)
    orders.review_reply(
        order=order, unit=centre.gusu, is_accepted=False, note=WORDS, by=centre.supervisor, at=day
    )
    erased(centre, case)
    order, reply = SupervisionOrder.objects.get(), SupervisedReply.objects.get()
    assert PHONE not in order.title + order.text + reply.text + reply.review_note
    assert "联系后再定" in order.text


def test_cells_that_an_import_kept_beside_the_case(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    stored = StoredFile.objects.create(digest="0" * 64, size=1, kind="csv", stored_at=AT)
    run = ImportRun.objects.create(
        ref=uuid4(), file=stored, file_name="a.csv", started_by=centre.supervisor, started_at=AT,
        preview=[{"row": 2, "narrative": WORDS}, {"row": 3, "narrative": "另一件"}],
    )  # fmt: skip
    ImportProblem.objects.create(run=run, row=2, column="电话", value=PHONE, message="x")
    ImportedCase.objects.create(
        case=case,
        source="s",
        number="1",
        run=run,
        row=2,
        fingerprint="f",
        told={"电话": PHONE},
        first_at=AT,
        last_at=AT,
    )
    erased(centre, case)
    run.refresh_from_db()
    assert [one["row"] for one in run.preview] == [3]
    assert PHONE not in str(list(ImportProblem.objects.values())) + str(list(ImportedCase.objects.values()))


def imported(centre: Cast, data: bytes, state: str) -> ImportRun:
    """A run of a file that is really kept, with one row that brought a case."""
    file = keep(BytesIO(data), purpose="import", name="a.csv", by=centre.supervisor, at=AT)
    run = ImportRun.objects.create(
        ref=uuid4(), file=file, file_name="a.csv", state=state, started_by=centre.supervisor, started_at=AT,
        finished_at=AT,
    )  # fmt: skip
    case = one_case(centre.call_taker)
    ImportedCase.objects.create(
        case=case, source="s", number=state, run=run, row=2, first_at=AT, last_at=AT
    )  # fmt: skip
    return run


def test_the_files_of_ended_imports_that_name_the_person_go_at_once(
    centre: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    ended, running = imported(centre, b"a,b\n1,2\n", "done"), imported(centre, b"a,b\n3,4\n", "running")
    Upload.objects.create(
        ref=uuid4(), owner=centre.supervisor, purpose="import", name="王小明.csv", size=8, received=8,
        file=ended.file, started_at=AT, last_at=AT,
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        erased(centre, Case.objects.latest("pk"))
    ended.file.refresh_from_db()
    running.file.refresh_from_db()
    assert ended.file.removed_at is not None
    assert not storage().has(object_key(ended.file.digest))
    assert not Upload.objects.exists(), "the name of the file is gone with it"
    assert running.file.removed_at is None, "rows that are still to be read would be lost"


def test_a_file_of_two_imports_stays_while_one_of_them_needs_it(centre: Cast) -> None:
    old, young = imported(centre, b"a,b\n1,2\n", "done"), imported(centre, b"a,b\n1,2\n", "checked")
    ImportRun.objects.filter(pk=young.pk).update(started_at=AT + timedelta(days=80))
    assert old.file_id == young.file_id
    assert remove_old_files(at=AT + timedelta(days=91)) == 0
    assert storage().has(object_key(old.file.digest))
    assert remove_old_files(at=AT + timedelta(days=171)) == 1
    assert not storage().has(object_key(old.file.digest))
    assert ImportRun.objects.count() == 2
    assert remove_old_files(at=AT + timedelta(days=172)) == 0


def test_the_days_that_a_file_is_kept_are_local_policy(centre: Cast) -> None:
    imported(centre, b"a,b\n1,2\n", "done")
    assert remove_old_files(at=AT + timedelta(days=20)) == 0
    change_setting("imports.kept_days", 10, by=SYSTEM, at=AT)
    assert remove_old_files(at=AT + timedelta(days=20)) == 1
