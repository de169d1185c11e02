"""What is taken, what is refused and why, and that bytes are kept once."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from suqing.accounts.queries import NotPermitted
from suqing.files import content
from suqing.files.actions import Refused, keep, sweep_files
from suqing.files.actions.storing import NO_ROOM, TOO_LARGE
from suqing.files.models import FileKind, StoredFile
from suqing.files.queries import local_path, opened
from suqing.files.storage import DiskStorage, Missing, object_key, root, storage
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.cast import AT, SYSTEM, Cast
from tests.files import samples

pytestmark = pytest.mark.django_db


def kept(cast: Cast, data: bytes, purpose: str = "attachment", name: str = "x") -> StoredFile:
    by = cast.supervisor
    return keep(BytesIO(data), purpose=purpose, name=name, by=by, at=AT)


def why(cast: Cast, data: bytes, purpose: str = "attachment", name: str = "x.jpg") -> str:
    with pytest.raises(Refused) as refused:
        kept(cast, data, purpose, name)
    return refused.value.message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.jpg(), "jpg"),
        (samples.png(), "png"),
        (samples.pdf(), "pdf"),
        (samples.mp3(), "mp3"),
        (samples.mp3(tagged=False), "mp3"),
        (samples.mp4(), "mp4"),
        (samples.docx(), "docx"),
        (samples.xlsx(), "xlsx"),
    ],
)
def test_the_kind_is_told_by_the_content_and_never_by_the_name(cast: Cast, data: bytes, kind: str) -> None:
    file = kept(cast, data, name="invoice.exe")
    assert (file.kind, file.size) == (kind, len(data))
    assert file.digest == hashlib.sha256(data).hexdigest()
    with opened(file) as stream:
        assert stream.read() == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", content.EMPTY),
        (samples.HTML, content.WEB_PAGE),
        (b"\xef\xbb\xbf \n" + samples.SVG, content.WEB_PAGE),
        (samples.EXE, content.PROGRAM),
        (b"#!/bin/sh\nrm -rf /", content.PROGRAM),
        (b"GIF89a" + b"\0" * 100, content.STRANGE),
        (b"just some words", content.STRANGE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, content.OLD_OFFICE),
        (samples.jpg()[:-600], content.TORN),
        (samples.jpg()[:40], content.TORN),
        (b"\xff\xd8\xff" + samples.HTML + b"\xff\xd9", content.TORN),
        (samples.png()[:-20], content.TORN),
        (samples.bomb_png(), content.TOO_MANY_POINTS),
        (samples.pdf()[:800], content.TORN),
        (samples.mp4()[:-10], content.TORN),
        (samples.docx()[:-300], content.TORN),
        (samples.macro_xlsx(), content.MACROS),
        (samples.with_part(b"", "evil.html", samples.HTML), content.STRANGE),
    ],
)
def test_what_is_dangerous_broken_or_strange_is_refused_in_its_own_words(
    cast: Cast, data: bytes, message: str
) -> None:
    before = StoredFile.objects.count()
    assert why(cast, data) == message
    assert StoredFile.objects.count() == before
    assert list((root() / "incoming").iterdir()) == []


def test_an_archive_that_says_it_becomes_huge_is_not_unpacked(cast: Cast) -> None:
    bomb = samples.bomb_docx()
    assert len(bomb) < 1024 * 1024
    assert why(cast, bomb, name="x.docx") == content.BOMB


def test_a_table_is_taken_for_an_import_only_and_only_as_text(cast: Cast) -> None:
    table = "登记编号,诉求内容\n1,口罩\n"
    assert kept(cast, table.encode("gb18030"), "import").kind == FileKind.CSV
    assert kept(cast, table.encode(), "import").kind == FileKind.CSV
    assert why(cast, table.encode()) == content.STRANGE
    assert why(cast, table.encode() + b"\xff\xfe\xff" * 40, "import") == content.NOT_TEXT
    assert why(cast, b"a,b\n" + b"1,2\n" * 4000 + b"\0", "import") == content.NOT_TEXT
    assert why(cast, samples.HTML, "import") == content.WEB_PAGE
    assert why(cast, samples.jpg(), "import") == content.NOT_TAKEN


def test_the_limit_is_that_of_the_kind_and_can_be_changed(cast: Cast) -> None:
    change_setting("files.picture_mb", 1, by=SYSTEM, at=AT)
    large = samples.jpg() + b"\0" * 1024 * 1024
    assert why(cast, large) == TOO_LARGE
    assert kept(cast, samples.mp4(1024 * 1024)).kind == FileKind.MP4


def test_nobody_keeps_a_file_without_the_right_to(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        keep(BytesIO(samples.jpg()), purpose="attachment", name="x", by=cast.analyst, at=AT)


def test_the_same_bytes_are_kept_once_and_put_on_record_once(cast: Cast) -> None:
    one, other = kept(cast, samples.jpg()), kept(cast, samples.jpg())
    assert one.pk == other.pk
    assert Event.objects.filter(verb="file.stored").count() == 1


def test_bytes_lie_by_their_digest_for_nobody_but_us(cast: Cast) -> None:
    file = kept(cast, samples.jpg("olive"))
    with local_path(file) as path:
        assert path.parts[-3:] == (file.digest[:2], file.digest[2:4], file.digest)
        assert path.stat().st_mode & 0o777 == 0o600
        assert {parent.stat().st_mode & 0o777 for parent in list(path.parents)[:4]} == {0o700}


def test_a_full_disk_is_said_and_leaves_nothing_half_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    assert why(cast, samples.jpg("orange")) == NO_ROOM
    monkeypatch.undo()
    digest = hashlib.sha256(samples.jpg("orange")).hexdigest()
    assert not storage().has(object_key(digest))
    assert not StoredFile.objects.filter(digest=digest).exists()


def test_keys_that_people_might_make_lead_nowhere(tmp_path: Path) -> None:
    store = DiskStorage(tmp_path)
    for key in ("../secret", "/etc/passwd", "objects/../../x", "", "Objects"):
        with pytest.raises(ValueError, match="not a key"):
            store.opened(key)


def test_what_belongs_to_nothing_is_removed_after_its_grace_and_may_come_again(cast: Cast) -> None:
    file = kept(cast, samples.jpg("purple"))
    assert sweep_files(at=AT) == 0
    StoredFile.objects.filter(pk=file.pk).update(stored_at=timezone.now() - timezone.timedelta(days=9))
    assert sweep_files(at=AT) == 1
    assert not storage().has(object_key(file.digest))
    file.refresh_from_db()
    with pytest.raises(Missing):
        opened(file)
    again = kept(cast, samples.jpg("purple"))
    assert (again.pk, again.removed_at) == (file.pk, None)
    assert storage().has(object_key(file.digest))


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_bytes_at_once_get_the_same_file(cast: Cast) -> None:
    data = samples.pdf(3)

    def send(_number: int) -> int:
        try:
            return kept(cast, data).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(send, range(6)))
    assert len(keys) == 1
    assert Event.objects.filter(verb="file.stored").count() == 1
