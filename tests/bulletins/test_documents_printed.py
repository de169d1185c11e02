"""What comes out of the printer: LibreOffice lays the pages out, and a ruler is put to them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from suqing.bulletins.documents import CaseBox, Document, Heading, Table, Tail, paragraph, typeset
from tests.bulletins import printed, sample_daily

pytestmark = printed.needs_libreoffice

BOTTOM = (297 - 35) / 25.4 * 72  # the lower edge of the type area, in points
LEFT, RIGHT = 28 / 25.4 * 72, (210 - 26) / 25.4 * 72
FILLING = "国家市场监督管理总局价格举报"
# With a tail of four lines a first page has room for eight lines more; the sweep crosses that border and the next.
SWEEP = (0, 6, 7, 8, 9, 10, 11, 12, 25)
PARTING = (0, 3, 20)


def swept(count: int, last: int = 20) -> Document:
    body = tuple(paragraph(f"第{number}段。") for number in range(count))
    return replace(sample_daily.document(), blocks=(*body, paragraph("末段" * last + "完毕。")))


def swept_heading(count: int) -> Document:
    body = tuple(paragraph(f"第{number}段。") for number in range(count))
    blocks = (*body, Heading(1, "上级"), Heading(2, "下级"), paragraph("完毕。"))
    return replace(sample_daily.document(), blocks=blocks)


def long_table() -> Document:
    rows = tuple(
        (str(n), "某某某医药连锁有限公司分店" * (1 + n % 7), "口罩、消毒液", "9") for n in range(1, 101)
    )
    table = Table("经营者", ("序号", "经营者", "商品", "件数"), rows, numeric=(0, 3))
    box = CaseBox("案例1", "某消费者反映商家涨价。" * 120, (("状态", "已分送"),))
    blocks = (Heading(1, "经营者"), table, box, Heading(1, "无案件"))
    return replace(
        sample_daily.document(), blocks=blocks, tail=Tail(distribute_to=("某某市场监督管理局",) * 12)
    )


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    full = replace(sample_daily.document(), blocks=(paragraph(FILLING * 160),))
    documents = {"sample": sample_daily.document(), "full": full, "long": long_table()}
    documents |= {f"swept{count}": swept(count) for count in SWEEP}
    documents |= {f"headed{count}": swept_heading(count) for count in SWEEP}
    documents |= {f"parting{count}": swept(count, last=150) for count in PARTING}
    made = {name: typeset(document) for name, document in documents.items()}
    return printed.to_pdf(tmp_path_factory.mktemp("printed"), made)


def body_lines(page: printed.Page) -> list[tuple[float, str]]:
    inside = [word for word in page if 37 / 25.4 * 72 - 2 < word.top < BOTTOM - 5]
    return printed.lines(inside)


def test_a_full_page_has_22_lines_of_28_characters_on_the_fixed_pitch(pdfs: dict[str, Path]) -> None:
    lines = body_lines(printed.pages(pdfs["full"])[1])
    assert [len(text) for _, text in lines] == [28] * 22
    pitches = [after[0] - before[0] for before, after in pairwise(lines)]
    assert min(pitches) == pytest.approx(28.95, abs=0.11)
    assert max(pitches) == pytest.approx(28.95, abs=0.11)


def test_words_stay_between_the_margins(pdfs: dict[str, Path]) -> None:
    for name in ("full", "sample", "long"):
        for page in printed.pages(pdfs[name]):
            assert min(word.left for word in page) >= LEFT - 1
            # A closing mark may hang over the edge by its own empty half.
            assert max(word.right for word in page) <= RIGHT + 8.5


def test_the_sample_has_four_pages_in_the_order_it_was_written(pdfs: dict[str, Path]) -> None:
    pages = printed.pages(pdfs["sample"])
    assert len(pages) == 4
    text = "".join(text for page in pages for _, text in printed.lines(page))
    order = [
        "第4期",
        "一、总体情况",
        "表1",
        "二、价格举报",
        "图1",
        "表2",
        "三、典型案例",
        "138****5678",
        "五、其他",
    ]
    places = [text.index(words) for words in (*order, "报：江苏省", "共印30份")]
    assert places == sorted(places)


def test_every_page_says_that_the_data_are_synthetic_and_has_its_number_outside(
    pdfs: dict[str, Path],
) -> None:
    for name in ("sample", "long"):
        for number, page in enumerate(printed.pages(pdfs[name]), start=1):
            lines = printed.lines(page)
            assert lines[0][1].startswith("模拟数据")
            assert lines[-1][1] == f"—{number}—"
            foot = [word for word in page if word.top == pytest.approx(lines[-1][0], abs=3)]
            middle = sum((word.top + word.bottom) / 2 for word in foot) / len(foot)
            assert (middle - BOTTOM) / 72 * 25.4 == pytest.approx(7, abs=1)
            if number % 2:
                assert max(word.right for word in foot) == pytest.approx(RIGHT - 14, abs=2)
            else:
                assert min(word.left for word in foot) == pytest.approx(LEFT + 14, abs=2)


def test_a_long_last_paragraph_parts_and_leaves_no_page_half_empty(pdfs: dict[str, Path]) -> None:
    for count in PARTING:
        first, *_, last = printed.pages(pdfs[f"parting{count}"])
        assert body_lines(first)[-1][0] > BOTTOM - 60
        lines = body_lines(last)
        end = next((top for top, text in lines if text.endswith("完毕。")), 0)
        assert end < next(top for top, text in lines if text.startswith("报：")) - 20
        assert BOTTOM - 28 < lines[-1][0] < BOTTOM - 14


@pytest.mark.parametrize("count", SWEEP)
def test_headings_over_the_last_paragraph_go_with_it(pdfs: dict[str, Path], count: int) -> None:
    words = [text for _, text in body_lines(printed.pages(pdfs[f"headed{count}"])[-1])]
    at = words.index("一、上级")
    assert words[at : at + 3] == ["一、上级", "（一）下级", "完毕。"]
    assert words[-1] == "共印30份"


@pytest.mark.parametrize("count", SWEEP)
def test_the_tail_ends_on_the_bottom_edge_under_the_last_paragraph_never_over_it(
    pdfs: dict[str, Path], count: int
) -> None:
    *_, last = printed.pages(pdfs[f"swept{count}"])
    lines = body_lines(last)
    words = [text for _, text in lines]
    first_of_tail = next(top for top, text in lines if text.startswith("报："))
    copies = next(top for top, text in lines if text == "共印30份")
    end = next(top for top, text in lines if text.endswith("完毕。"))
    assert end + 20 < first_of_tail
    assert BOTTOM - 28 < copies < BOTTOM - 14
    assert words.index("共印30份") == len(words) - 1


def test_a_table_over_pages_repeats_its_head_and_keeps_all_rows(pdfs: dict[str, Path]) -> None:
    pages = printed.pages(pdfs["long"])
    texts = ["".join(text for _, text in printed.lines(page)) for page in pages]
    with_head = [number for number, text in enumerate(texts) if "序号经营者商品件数" in text]
    assert len(with_head) >= 5
    assert with_head == list(range(with_head[0], with_head[0] + len(with_head)))
    seen = {word.text for page in pages for word in page}
    assert {str(number) for number in range(1, 101)} <= seen
    assert texts[-1].count("某某市场监督管理局") == 12


def test_the_head_stands_where_the_rules_put_it(pdfs: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-l", "1", str(pdfs["sample"]), str(tmp_path / "page")],
        check=True,
        timeout=60,
    )
    with Image.open(next(tmp_path.glob("*.png"))) as page:
        red, green, _ = page.convert("RGB").split()
        reddish = Image.composite(
            red.point(lambda v: 255 * (v > 200)),
            Image.new("L", page.size),
            green.point(lambda v: 255 * (v < 90)).convert("1"),
        )
    mm = 25.4 / 200
    box = reddish.getbbox()
    assert box is not None
    left, top, right, bottom = (edge * mm for edge in box)
    assert top - 37 == pytest.approx(35, abs=1)  # the name, 35 mm under the edge of the type area
    assert (left, right) == (pytest.approx(28, abs=0.3), pytest.approx(184, abs=0.3))  # the rule, 156 mm
    words = next(word for word in printed.pages(pdfs["sample"])[0] if word.text.endswith("投诉举报中心"))
    assert bottom - words.bottom / 72 * 25.4 == pytest.approx(4, abs=1.5)
