"""Files of a case: who may attach, nothing lost by a slip, nothing left after an erasure."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import attachments, dispatching
from suqing.cases.actions.attachment_texts import NOT_HERE, ask_text, read_waiting
from suqing.cases.actions.attachments import attach, let_go, remove, restore
from suqing.cases.actions.moving import NotYours, Refused
from suqing.cases.actions.parties import erase
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, CaseAttachment
from suqing.cases.queries import timeline
from suqing.cases.queries.attachments import attachment_for, attachments_of
from suqing.files.actions import keep, sweep_files
from suqing.files.models import StoredFile, Upload
from suqing.files.queries import opened
from suqing.files.storage import object_key, storage
from suqing.ledger.actions import change_setting
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, SYSTEM, Cast
from tests.files import samples

pytestmark = pytest.mark.django_db


def dispatched(centre: Cast) -> Case:
    case = one_case(centre.call_taker)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def file_of(by: Person, data: bytes) -> StoredFile:
    return keep(BytesIO(data), purpose="attachment", name="x", by=by, at=AT)


def attached(case: Case, by: Person, *pictures: bytes) -> list[CaseAttachment]:
    files = [
        (file_of(by, data), f"小票{number}.jpg") for number, data in enumerate(pictures or (samples.jpg(),))
    ]
    return attach(case=case, files=files, by=by, at=AT)


def test_several_files_are_attached_at_once_and_told_as_one_event(centre: Cast) -> None:
    case = dispatched(centre)
    added = attached(case, centre.handler, samples.jpg(), samples.png(), samples.jpg())
    assert [one.name for one in added] == ["小票2.jpg", "小票1.jpg"], (
        "the same bytes once, under the last name"
    )
    last = timeline(case, with_texts=True)[-1]
    assert (last.event.verb, last.event.data["count"]) == ("case.files_attached", 2)
    assert last.text == "小票2.jpg\n小票1.jpg"
    assert "小票" not in str(last.event.data), "names are personal and stand under the person's key"
    assert timeline(case, with_texts=False)[-1].text is None


def test_what_is_attached_already_is_left_out(centre: Cast) -> None:
    case = dispatched(centre)
    attached(case, centre.handler)
    assert attached(case, centre.supervisor) == []
    assert len(attachments_of(case)) == 1


def test_only_who_has_the_case_in_hand_or_sits_in_the_centre_attaches(centre: Cast) -> None:
    case = dispatched(centre)
    file = file_of(centre.handler, samples.jpg())
    with pytest.raises(NotYours):
        attach(case=case, files=[(file, "a.jpg")], by=centre.other_handler, at=AT)
    with pytest.raises(NotPermitted):
        attach(case=case, files=[(file, "a.jpg")], by=centre.analyst, at=AT)
    assert attach(case=case, files=[(file, "a.jpg")], by=centre.call_taker, at=AT)


def test_a_removed_file_can_be_brought_back_for_some_days_and_then_its_bytes_go(centre: Cast) -> None:
    case = dispatched(centre)
    (row,) = attached(case, centre.handler, samples.jpg("crimson"))
    assert row.file is not None
    remove(attachment=row, by=centre.handler, at=AT)
    restore(attachment=row, by=centre.supervisor, at=AT)
    row.refresh_from_db()
    assert (row.removed_at, row.removed_by) == (None, None)
    remove(attachment=row, by=centre.handler, at=AT)
    assert let_go(at=AT + timedelta(days=29)) == 0
    assert let_go(at=AT + timedelta(days=31)) == 1
    with pytest.raises(Refused) as refused:
        restore(attachment=row, by=centre.handler, at=AT)
    assert refused.value.message == attachments.TOO_LATE
    old = timezone.now() - timedelta(days=9)
    StoredFile.objects.filter(pk=row.file.pk).update(stored_at=old)
    assert sweep_files(at=AT) == 1
    assert not storage().has(object_key(row.file.digest))


def test_a_file_that_another_case_has_stays(centre: Cast) -> None:
    one, other = dispatched(centre), dispatched(centre)
    (row,) = attached(one, centre.handler)
    attached(other, centre.handler)
    remove(attachment=row, by=centre.handler, at=AT)
    let_go(at=AT + timedelta(days=31))
    StoredFile.objects.update(stored_at=timezone.now() - timedelta(days=9))
    assert sweep_files(at=AT) == 0
    (kept,) = attachments_of(other)
    assert kept.file is not None
    with opened(kept.file) as stream:
        assert stream.read() == samples.jpg()


def test_bringing_back_what_was_attached_again_is_refused(centre: Cast) -> None:
    case = dispatched(centre)
    (row,) = attached(case, centre.handler)
    remove(attachment=row, by=centre.handler, at=AT)
    attached(case, centre.handler)
    with pytest.raises(Refused) as refused:
        restore(attachment=row, by=centre.handler, at=AT)
    assert refused.value.message == attachments.THERE_ALREADY


def test_a_case_holds_so_many_and_no_more(centre: Cast) -> None:
    change_setting("cases.most_attachments", 1, by=SYSTEM, at=AT)
    case = dispatched(centre)
    attached(case, centre.handler)
    with pytest.raises(Refused) as refused:
        attached(case, centre.handler, samples.png())
    assert refused.value.message == attachments.TOO_MANY


def test_an_archived_case_keeps_its_files_as_they_are(centre: Cast) -> None:
    case = dispatched(centre)
    (row,) = attached(case, centre.handler)
    Case.objects.filter(pk=case.pk).update(archived_at=AT)
    for change in (
        lambda: attached(case, centre.handler, samples.png()),
        lambda: remove(attachment=row, by=centre.handler, at=AT),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.message == attachments.ARCHIVED


def test_a_swept_file_cannot_be_attached(centre: Cast) -> None:
    case, file = dispatched(centre), file_of(centre.handler, samples.jpg("tan"))
    StoredFile.objects.filter(pk=file.pk).update(stored_at=timezone.now() - timedelta(days=9))
    sweep_files(at=AT)
    with pytest.raises(Refused) as refused:
        attach(case=case, files=[(file, "a.jpg")], by=centre.handler, at=AT)
    assert refused.value.message == attachments.FILE_GONE


def test_erasing_a_person_lets_their_files_go_with_names_and_texts(centre: Cast) -> None:
    case = dispatched(centre)
    one, other = attached(case, centre.handler, samples.jpg("khaki"), samples.png())
    remove(attachment=other, by=centre.handler, at=AT)
    CaseAttachment.objects.filter(pk=one.pk).update(text="王小明 13800001234", text_state="read")
    digest = one.file.digest if one.file else ""
    assert case.party is not None
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=AT)
    for row in CaseAttachment.objects.all():
        assert (row.file, row.name, row.text, row.text_state) == (None, "", "", "")
        assert row.removed_at is not None
    assert attachments_of(case) == []
    with pytest.raises(CaseAttachment.DoesNotExist):
        attachment_for(case, one.pk)
    told = [entry for entry in timeline(case, with_texts=True) if entry.event.verb == "case.files_attached"]
    assert told[0].text is None, "the name in the event cannot be read any more"
    StoredFile.objects.update(stored_at=timezone.now() - timedelta(days=9))
    sweep_files(at=AT)
    assert not storage().has(object_key(digest))


def test_the_bytes_go_with_the_erasure_but_not_those_that_another_case_has(
    centre: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    case, li = dispatched(centre), PartyInput("李四", "13900005678")
    other = registered(centre.call_taker, matter(), party=li).cases.get()
    other = dispatching.dispatch(case=other, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    alone, shared = attached(case, centre.handler, samples.jpg("khaki"), samples.png())
    assert alone.file
    assert shared.file
    attach(case=other, files=[(shared.file, "b.png")], by=centre.handler, at=AT)
    for row in (alone, shared):
        Upload.objects.create(
            ref=uuid4(), owner=centre.handler, purpose="attachment", name="王小明.jpg", size=1, file=row.file,
            started_at=AT, last_at=AT,
        )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assert case.party is not None
        erase(party=case.party, reason="本人要求", by=centre.supervisor, at=AT)
    assert not storage().has(object_key(alone.file.digest))
    assert storage().has(object_key(shared.file.digest))
    assert not Upload.objects.exists()


def test_text_is_asked_for_and_a_person_erased_meanwhile_is_not_brought_back(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqing.cases.actions.attachment_texts.is_available", lambda: True)
    case = dispatched(centre)
    (row,) = attached(case, centre.handler)
    ask_text(attachment=row, by=centre.handler, at=AT)

    def erased_while_reading(_file: StoredFile) -> str:
        assert case.party is not None
        erase(party=case.party, reason="本人要求", by=centre.supervisor, at=AT)
        return "王小明 合计128.00元"

    monkeypatch.setattr("suqing.cases.actions.attachment_texts.read_text", erased_while_reading)
    assert read_waiting(row.pk) == ""
    row.refresh_from_db()
    assert row.text == ""


def test_without_the_extra_it_is_said_that_nothing_can_be_read(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqing.cases.actions.attachment_texts.is_available", lambda: False)
    (row,) = attached(dispatched(centre), centre.handler)
    with pytest.raises(Refused) as refused:
        ask_text(attachment=row, by=centre.handler, at=AT)
    assert refused.value.message == NOT_HERE


@pytest.mark.django_db(transaction=True)
def test_two_who_attach_the_same_file_at_once_make_one_attachment(centre: Cast) -> None:
    case = dispatched(centre)
    file = file_of(centre.handler, samples.jpg())
    faults: list[BaseException] = []

    def send() -> None:
        try:
            attach(case=case, files=[(file, "a.jpg")], by=centre.handler, at=AT)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(attachments_of(case)) == 1
