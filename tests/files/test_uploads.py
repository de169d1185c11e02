"""Files in pieces: nothing lost by a broken line or a killed process, nothing kept of what was not announced."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from suqing.accounts.queries import NotPermitted
from suqing.files import content
from suqing.files.actions import Refused, WrongOffset, append, begin_upload, finish, sweep_uploads, uploads
from suqing.files.actions.storing import NO_ROOM, TOO_LARGE
from suqing.files.actions.uploads import part_of
from suqing.files.models import StoredFile, Upload
from suqing.files.queries import finished, opened
from suqing.ledger.actions import change_setting
from tests.cast import AT, SYSTEM, Cast
from tests.files import samples

pytestmark = pytest.mark.django_db

DATA = samples.pdf(3)


def begun(cast: Cast, name: str = "发票.pdf", size: int = len(DATA), purpose: str = "attachment") -> Upload:
    return begin_upload(purpose=purpose, name=name, size=size, by=cast.supervisor, at=AT)


def test_pieces_become_the_file(cast: Cast) -> None:
    upload = begun(cast)
    for start in range(0, len(DATA), 1000):
        append(upload, start, DATA[start : start + 1000])
    file = finish(upload, at=AT)
    assert finish(upload, at=AT) == file
    with opened(file) as stream:
        assert stream.read() == DATA
    assert finished(cast.supervisor, upload.ref, "attachment") == (file, "发票.pdf")
    assert finished(cast.supervisor, str(upload.ref), "attachment")[0] == file


def test_a_wrong_offset_answers_with_the_right_one_and_changes_nothing(cast: Cast) -> None:
    upload = begun(cast)
    append(upload, 0, DATA[:1000])
    for offset in (0, 500, 2000):
        with pytest.raises(WrongOffset) as wrong:
            append(upload, offset, b"x" * 100)
        assert wrong.value.received == 1000
    append(upload, 1000, DATA[1000:])
    with opened(finish(upload, at=AT)) as stream:
        assert stream.read() == DATA


def test_what_a_killed_process_wrote_without_acknowledging_is_overwritten(cast: Cast) -> None:
    upload = begun(cast)
    append(upload, 0, DATA[:1000])
    with part_of(upload).open("ab") as part:
        part.write(b"half of a piece that nobody knows of")
    append(upload, 1000, DATA[1000:])
    with opened(finish(upload, at=AT)) as stream:
        assert stream.read() == DATA


def test_a_disk_that_lost_the_pieces_begins_again(cast: Cast) -> None:
    upload = begun(cast)
    append(upload, 0, DATA[:1000])
    part_of(upload).unlink()
    with pytest.raises(WrongOffset) as wrong:
        append(upload, 1000, DATA[1000:])
    assert wrong.value.received == 0


def test_two_gigabytes_are_refused_before_a_byte_of_them(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        begun(cast, "film.mp4", 2 * 1024**3)
    assert refused.value.message == TOO_LARGE
    assert refused.value.values == {"size": 2048, "limit": 200}
    assert not Upload.objects.exists()


def test_the_name_makes_the_refusal_early_but_is_not_believed(cast: Cast) -> None:
    with pytest.raises(Refused):
        begun(cast, "photo.jpg", 30 * 1024**2)
    change_setting("files.picture_mb", 1, by=SYSTEM, at=AT)
    data = samples.jpg() + bytes(1024 * 1024)
    upload = begun(cast, "photo.mp4", len(data))
    append(upload, 0, data)
    with pytest.raises(Refused) as refused:
        finish(upload, at=AT)
    assert refused.value.message == TOO_LARGE
    assert not part_of(upload).exists()


def test_more_than_was_announced_is_refused_and_let_go(cast: Cast) -> None:
    upload = begun(cast, size=1000)
    append(upload, 0, b"x" * 900)
    with pytest.raises(Refused) as refused:
        append(upload, 900, b"x" * 200)
    assert refused.value.message == uploads.BEYOND
    assert not part_of(upload).exists()
    with pytest.raises(Upload.DoesNotExist):
        finished(cast.supervisor, upload.ref, "attachment")


def test_a_web_page_named_as_a_picture_is_refused_when_it_is_whole(cast: Cast) -> None:
    upload = begun(cast, "小票.jpg", len(samples.HTML))
    append(upload, 0, samples.HTML)
    with pytest.raises(Refused) as refused:
        finish(upload, at=AT)
    assert refused.value.message == content.WEB_PAGE
    assert not part_of(upload).exists()
    assert not StoredFile.objects.exists()


def test_uploads_belong_to_one_person_and_one_purpose(cast: Cast) -> None:
    upload = begun(cast)
    append(upload, 0, DATA)
    finish(upload, at=AT)
    for person, purpose in ((cast.handler, "attachment"), (cast.supervisor, "import")):
        with pytest.raises(Upload.DoesNotExist):
            finished(person, upload.ref, purpose)
    for ref in ("", "x", "../../etc/passwd"):
        with pytest.raises(Upload.DoesNotExist):
            finished(cast.supervisor, ref, "attachment")
    with pytest.raises(NotPermitted):
        begin_upload(purpose="import", name="a.csv", size=10, by=cast.handler, at=AT)


def test_names_are_one_line_without_a_path_or_marks_of_direction(cast: Cast) -> None:
    names = {
        "../../etc/passwd": "passwd.pdf",
        "C:\\Users\\王\\发票.PDF": "发票.pdf",
        "bill\u202efdp.exe": "billfdp.exe.pdf",
        "a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie: x=1.pdf",
        '"><script>.pdf': '"><script>.pdf',
        "...": "file.pdf",
        "小票.jpg": "小票.pdf",
    }
    for name, cleaned in names.items():
        upload = begun(cast, name)
        append(upload, 0, DATA)
        finish(upload, at=AT)
        assert finished(cast.supervisor, upload.ref, "attachment")[1] == cleaned


def test_somebody_cannot_begin_more_and_more(cast: Cast) -> None:
    change_setting("files.uploads_at_once", 2, by=SYSTEM, at=AT)
    begun(cast), begun(cast)
    with pytest.raises(Refused) as refused:
        begun(cast)
    assert refused.value.message == uploads.TOO_MANY


def test_a_disk_without_room_is_said_at_the_beginning(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suqing.files.actions.storing.RESERVE", 10**18)
    with pytest.raises(Refused) as refused:
        begun(cast)
    assert refused.value.message == NO_ROOM


def test_uploads_that_were_given_up_are_removed_with_their_bytes(cast: Cast) -> None:
    old, fresh = begun(cast), begun(cast)
    for upload in (old, fresh):
        append(upload, 0, DATA[:1000])
    old.refresh_from_db()
    Upload.objects.filter(pk=old.pk).update(last_at=old.last_at - timedelta(hours=25))
    assert sweep_uploads() == 1
    assert not part_of(old).exists()
    assert part_of(fresh).exists()
    assert list(Upload.objects.all()) == [fresh]


@pytest.mark.django_db(transaction=True)
def test_the_same_piece_sent_twice_at_once_counts_once(cast: Cast) -> None:
    upload = begun(cast)

    def send() -> None:
        try:
            append(upload, 0, DATA)
        except WrongOffset as wrong:
            assert wrong.received == len(DATA)
        finally:
            connection.close()

    threads = [Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(finish(upload, at=AT)) as stream:
        assert stream.read() == DATA
