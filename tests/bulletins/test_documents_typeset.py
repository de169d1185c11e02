"""What stands in the .docx: sheet, fonts, head and foot, tables, boxes; measures of GB/T 9704-2012."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from suqing.bulletins.documents import (
    Block,
    CaseBox,
    Document,
    FigureRef,
    Heading,
    Masthead,
    Picture,
    Table,
    Tail,
    Title,
    paragraph,
    typeset,
)
from tests.bulletins import sample_daily

FONTS = {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"}


def document(*blocks: Block, **masthead: Any) -> Document:
    head = replace(sample_daily.masthead(), **masthead)
    return Document(head, blocks, Tail(report_to=("某某局",), copies=9), sample_daily.CREATED)


def body_of(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made)).element.body


def text_of(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def paragraphs(made: bytes) -> list[tuple[str, Any]]:
    return [(text_of(element), element) for element in body_of(made).iter(qn("w:p"))]


def one(made: bytes, text: str) -> Any:
    """The smallest paragraph with the text: the one the tail hangs on holds the tail's words too."""
    return min((found for found in paragraphs(made) if text in found[0]), key=lambda found: len(found[0]))[1]


def get(element: Any, path: str, attribute: str = "val") -> str:
    found = element.find("/".join(qn(f"w:{part}") for part in path.split("/")))
    assert found is not None, path
    return str(found.get(qn(f"w:{attribute}")))


@pytest.fixture(scope="module")
def sample() -> bytes:
    return typeset(sample_daily.document())


def test_the_same_document_gives_the_same_bytes(sample: bytes) -> None:
    assert typeset(sample_daily.document()) == sample
    assert typeset(replace(sample_daily.document(), tail=Tail(copies=31))) != sample


def test_paper_and_margins_leave_a_type_area_of_156_by_225_mm(sample: bytes) -> None:
    section = docx.Document(io.BytesIO(sample)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    edges = (section.top_margin, section.left_margin, section.bottom_margin, section.right_margin)
    assert [round(edge.mm) for edge in edges] == [37, 28, 35, 26]
    grid = body_of(sample).find(qn("w:sectPr")).find(qn("w:docGrid"))
    assert int(grid.get(qn("w:linePitch"))) <= 579
    assert 22 * 579 / 20 <= 225 / 25.4 * 72


def test_every_run_of_every_part_names_its_east_asian_font(sample: bytes) -> None:
    seen = set()
    with zipfile.ZipFile(io.BytesIO(sample)) as package:
        parts = [
            name
            for name in package.namelist()
            if name.startswith(("word/document", "word/foot", "word/head"))
        ]
        for name in parts:
            root = docx.oxml.parse_xml(package.read(name))
            for run in root.iter(qn("w:r")):
                fonts = run.find(qn("w:rPr")).find(qn("w:rFonts"))
                seen.add(fonts.get(qn("w:eastAsia")))
                assert fonts.get(qn("w:ascii")) in ("Times New Roman", "宋体")
    assert len(parts) >= 5
    assert seen == FONTS


@pytest.mark.parametrize(
    ("words", "font", "half_points"),
    [
        ("内部资料", "黑体", "32"),
        ("12315每日重热点快报", "方正小标宋简体", "72"),
        ("第4期（总第37期）", "仿宋_GB2312", "32"),
        ("关于2020年1月27日疫情期间", "方正小标宋简体", "44"),
        ("一、总体情况", "黑体", "32"),
        ("（一）变化趋势", "楷体_GB2312", "32"),
        ("1. 网格排查", "仿宋_GB2312", "32"),
        ("（1）时限", "仿宋_GB2312", "32"),
        ("建议价格监督检查机构", "仿宋_GB2312", "32"),
        ("报：江苏省", "仿宋_GB2312", "28"),
    ],
)
def test_each_part_has_its_font_and_size(sample: bytes, words: str, font: str, half_points: str) -> None:
    run = one(sample, words).find(qn("w:r"))
    assert get(run, "rPr/rFonts", "eastAsia") == font
    assert get(run, "rPr/sz") == half_points
    assert get(run, "rPr/b") == "0"


def test_the_name_is_red_and_a_red_rule_closes_the_head(sample: bytes) -> None:
    assert get(one(sample, "12315每日重热点快报").find(qn("w:r")), "rPr/color") == "FF0000"
    line = one(sample, "苏州市12315投诉举报中心")
    assert text_of(line).endswith("2020年1月28日")
    assert get(line, "pPr/pBdr/bottom", "color") == "FF0000"
    assert get(line, "pPr/tabs/tab") == "right"
    assert get(line, "pPr/ind", "left") == get(line, "pPr/ind", "right") == "0"


def test_body_paragraphs_stand_on_the_fixed_pitch_two_characters_in(sample: bytes) -> None:
    line = one(sample, "建议价格监督检查机构")
    assert (get(line, "pPr/spacing", "line"), get(line, "pPr/spacing", "lineRule")) == ("579", "exact")
    assert get(line, "pPr/ind", "firstLineChars") == "200"
    assert line.find(qn("w:pPr")).find(qn("w:kinsoku")) is not None
    assert line.find(qn("w:pPr")).find(qn("w:widowControl")) is not None


def test_headings_stay_with_what_follows_and_are_known_to_the_outline(sample: bytes) -> None:
    heading = one(sample, "一、总体情况")
    assert heading.find(qn("w:pPr")).find(qn("w:keepNext")) is not None
    assert get(heading, "pPr/pStyle") == "Heading1"


def test_figures_are_bold_and_bookmarked_under_their_own_names() -> None:
    made = typeset(
        document(paragraph("登记", FigureRef("88", "price"), "件，", FigureRef("88", "price"), "件。"))
    )
    bold = [text_of(run) for run in one(made, "登记88").iter(qn("w:r")) if get(run, "rPr/b") != "0"]
    assert bold == ["88", "88"]
    names = [mark.get(qn("w:name")) for mark in body_of(made).iter(qn("w:bookmarkStart"))]
    assert names == ["figure_price", "figure_price_2"]


def test_a_table_of_a_hundred_rows_repeats_its_head_and_tears_no_row() -> None:
    rows = tuple((f"经营者{n}", str(n)) for n in range(100))
    table = next(
        body_of(typeset(document(Table("表", ("经营者", "件"), rows, numeric=(1,))))).iter(qn("w:tbl"))
    )
    found = table.findall(qn("w:tr"))
    assert len(found) == 101
    assert [row.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in found] == [True] + [
        False
    ] * 100
    assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in found)
    assert [get(cell.find(qn("w:p")), "pPr/jc") for cell in found[1].findall(qn("w:tc"))] == ["left", "right"]


def test_a_table_without_rows_and_a_section_without_content_say_so() -> None:
    made = typeset(document(Heading(1, "举报"), Heading(1, "投诉"), Table("无", ("类", "件"), ())))
    words = [text for text, _ in paragraphs(made)]
    assert words.count("本期无此项内容。") == 1
    assert words.index("一、举报") + 1 == words.index("本期无此项内容。")
    assert words.count("本期无数据") == 1


def test_a_heading_over_a_deeper_heading_is_not_empty() -> None:
    made = typeset(document(Heading(1, "价格"), Heading(2, "口罩"), paragraph("涨价。")))
    assert "本期无此项内容。" not in [text for text, _ in paragraphs(made)]


def test_synthetic_documents_say_so_under_the_head_and_on_every_page(sample: bytes) -> None:
    word = docx.Document(io.BytesIO(sample))
    section = word.sections[0]
    for header in (section.header, section.even_page_header):
        assert "模拟数据" in text_of(header._element)
    words = [text for text, _ in paragraphs(sample)]
    assert words.index("模拟数据") == words.index("　苏州市12315投诉举报中心2020年1月28日") + 1
    assert word.core_properties.comments == "模拟数据"


def test_real_documents_carry_no_such_mark() -> None:
    made = typeset(document(paragraph("正文。"), synthetic=False))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert not [
            name for name in package.namelist() if "模拟数据" in package.read(name).decode("utf-8", "ignore")
        ]


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(sample: bytes) -> None:
    word = docx.Document(io.BytesIO(sample))
    assert word.settings.odd_and_even_pages_header_footer
    for footer, side in ((word.sections[0].footer, "right"), (word.sections[0].even_page_footer, "left")):
        line = footer._element.find(qn("w:p"))
        assert text_of(line) == "— 1 —"
        assert get(line, "pPr/jc") == side
        assert get(line, "pPr/ind", f"{side}Chars") == "100"
        assert {get(run, "rPr/sz") for run in line.iter(qn("w:r"))} == {"28"}


def test_the_tail_has_thick_rules_outside_and_thin_ones_inside(sample: bytes) -> None:
    box = next(body_of(sample).iter(qn("w:txbxContent")))
    rows = [text_of(row) for row in box.iter(qn("w:tr"))]
    assert rows[0] == "报：江苏省市场监督管理局，苏州市人民政府办公室。"
    assert [row[0] for row in rows] == ["报", "送", "发", "共"]
    borders = list(box.iter(qn("w:tcBorders")))
    assert get(borders[0], "top", "sz") == get(borders[-1], "bottom", "sz") == "8"
    assert {get(border, "bottom", "sz") for border in borders[:-1]} == {"6"}


def test_without_a_tail_there_is_no_box() -> None:
    made = typeset(replace(document(paragraph("正文。")), tail=Tail()))
    assert not list(body_of(made).iter(qn("w:txbxContent")))


def test_the_properties_name_title_author_and_the_time_passed_in(sample: bytes) -> None:
    properties = docx.Document(io.BytesIO(sample)).core_properties
    assert properties.title == "关于2020年1月27日疫情期间12315投诉举报重热点情况的快报"
    assert properties.author == "苏州市12315投诉举报中心"
    assert properties.created == properties.modified == datetime(2020, 1, 28, 0, 30, tzinfo=UTC)
    with zipfile.ZipFile(io.BytesIO(sample)) as package:
        assert not [name for name in package.namelist() if "thumbnail" in name]
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}


def test_two_cases_in_a_row_stay_two_boxes() -> None:
    made = typeset(document(CaseBox("案例1", "甲。"), CaseBox("案例2", "乙。")))
    framed = [bool(element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}")) for _, element in paragraphs(made)]
    first = framed.index(True, 4)
    assert framed[first : first + 5] == [True, True, False, True, True]


def test_a_tall_picture_is_kept_on_the_page_and_described() -> None:
    made = typeset(document(Picture(sample_daily.draw(sample_daily.chart(), 60, 150), "高图", "说明")))
    word = docx.Document(io.BytesIO(made))
    assert word.inline_shapes[0].height.mm <= 150.1
    assert word.inline_shapes[0]._inline.docPr.get("descr") == "说明"
    assert one(made, "图1　高图") is not None


@pytest.mark.parametrize("series", ["报", "某某市消费者投诉举报中心疫情防控阶段诉求分析专题报告"])
def test_short_and_long_names_of_a_series_fit_the_line(series: str) -> None:
    made = typeset(document(Title("题"), series=series))
    size = int(get(one(made, series).find(qn("w:r")), "rPr/sz")) / 2
    assert 16 <= size <= 42
    assert size * len(series) <= 156 / 25.4 * 72 or size == 22


def test_supplements_and_missing_totals_are_written_as_such() -> None:
    head = Masthead("急报", 2, "中心", sample_daily.CREATED.date(), supplement=True)
    made = typeset(Document(head, (), Tail(), sample_daily.CREATED))
    assert one(made, "增刊第2期") is not None


def test_characters_a_file_cannot_hold_are_dropped() -> None:
    made = typeset(document(paragraph("坏\x00字\x1f符\ufffe"), CaseBox("案例", "\ud800x")))
    assert one(made, "坏字符") is not None


def test_the_file_says_it_is_of_today_s_word(sample: bytes) -> None:
    settings = docx.Document(io.BytesIO(sample)).settings.element
    modes = [one.get(qn("w:val")) for one in settings.iter(qn("w:compatSetting"))]
    assert modes == ["15"]
