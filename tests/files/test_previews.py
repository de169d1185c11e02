"""Previews: drawn anew by a child, of hostile files nothing, nothing of the upload in them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from suqing.files import children, reading
from suqing.files.actions import keep
from suqing.files.models import StoredFile
from suqing.files.previews import NOTHING, folder_of, preview_of
from suqing.files.reading import read_text
from tests.cast import AT, Cast
from tests.files import samples

pytestmark = pytest.mark.django_db


def kept(cast: Cast, data: bytes) -> StoredFile:
    return keep(BytesIO(data), purpose="attachment", name="x", by=cast.supervisor, at=AT)


def test_a_picture_is_turned_upright_and_loses_its_metadata(cast: Cast) -> None:
    preview = preview_of(kept(cast, samples.turned_jpg()))
    with Image.open(preview.pages[0]) as page:
        assert page.size == (200, 400)
        top, bottom = page.getpixel((100, 50)), page.getpixel((100, 350))
        assert top[0] > 200 > 60 > top[2] and bottom[2] > 200 > 60 > bottom[0]
        assert dict(page.getexif()) == {}
    assert b"SECRET-CAMERA" not in preview.pages[0].read_bytes()
    assert preview.thumbnail is not None and preview.thumbnail.stat().st_size < 20_000


def test_what_hides_behind_a_picture_is_not_in_its_preview(cast: Cast) -> None:
    preview = preview_of(kept(cast, samples.jpg() + samples.HTML))
    assert preview.is_drawn
    assert b"script" not in preview.pages[0].read_bytes()


def test_the_pages_of_a_pdf_are_drawn_and_kept(cast: Cast) -> None:
    file = kept(cast, samples.pdf(3))
    preview = preview_of(file)
    assert (len(preview.pages), preview.page_count) == (3, 3)
    with Image.open(preview.pages[1]) as page:
        red, _green, blue = page.convert("RGB").getpixel((50, 50))
        assert red > 200 > 80 > blue, "the second sheet is yellow"
    drawn = preview.pages[0].stat().st_mtime_ns
    assert preview_of(file).pages[0].stat().st_mtime_ns == drawn


def test_a_transparent_png_is_laid_on_white(cast: Cast) -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(preview_of(kept(cast, out.getvalue())).pages[0]) as page:
        assert page.getpixel((10, 10)) == (255, 255, 255)


def test_what_cannot_be_drawn_is_remembered_as_such(cast: Cast) -> None:
    png = samples.png()
    start = png.index(b"IDAT") + 4
    broken = png[:start] + b"\xff" * 40 + png[start + 40 :]
    for data in (broken, b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF"):
        file = kept(cast, data)
        assert not preview_of(file).is_drawn
        assert (folder_of(file) / "facts.json").exists()
    assert preview_of(kept(cast, samples.mp3())) == NOTHING


def test_a_child_that_takes_too_much_time_or_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = samples.bomb_png(30_000, 30_000)
    assert bomb.startswith(b"\x89PNG")
    result = children.run("drawing.py", "png", "/dev/zero", "/nowhere", "1", seconds=2, memory=400 * 1024**2)
    assert not result.is_good


def test_the_child_refuses_a_bomb_that_was_let_through(tmp_path) -> None:
    (tmp_path / "bomb").write_bytes(samples.bomb_png())
    result = children.run(
        "drawing.py", "png", str(tmp_path / "bomb"), str(tmp_path), "1", seconds=10, memory=1024**3
    )
    assert not result.is_good
    assert "DecompressionBomb" in result.said


@pytest.mark.skipif(not reading.is_available(), reason="the extra ocr is not installed")
def test_the_text_of_a_receipt_is_read(cast: Cast) -> None:
    text = read_text(kept(cast, samples.receipt()))
    assert "2020-01-26" in text
    assert "128.00" in text
    assert "平江大药房" in text
