"""The body of a bulletin (报核), block by block."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from suqing.bulletins.documents import model
from suqing.bulletins.documents.ooxml import Measure, Rule, paragraph_element
from suqing.bulletins.documents.punctuation import even_lines, tidy
from suqing.bulletins.documents.sheet import BODY_PT, HEADING_FACES, LINE_MM, LINE_PT, PITCH, TRACKING
from suqing.bulletins.documents.tabulation import table_element
from suqing.kit.ooxml import FANGSONG, HEITI, KAITI, SMALL_TITLE_SONG, Element, Face, make, run_element

BODY = Face(FANGSONG, BODY_PT, tracking=TRACKING)
BODY_MEASURE = Measure(PITCH, BODY_PT, first=200)
TITLE_PT = 22.0  # 2号
CASE_PT, CASE_PITCH = 14.0, 24.0
SMALL_PT, SMALL_PITCH = 12.0, 20.0
TALLEST_PICTURE_MM = 150.0
NOTHING_HERE = "本期无此项内容。"
BOX = Rule(eighths=4, colour="7F7F7F", space=4)


class Compositor:
    """Set blocks one after the other; counts headings, tables, pictures and bookmarks as it goes."""

    def __init__(self, word: WordDocument, blocks: tuple[model.Block, ...]) -> None:
        self._word = word
        self._blocks = blocks
        self._headings = iter(model.heading_labels(blocks))
        self._tables = self._pictures = 0
        self._bookmarks: set[str] = set()

    def elements(self) -> list[Element]:
        """All lines and tables of the body."""
        setters: dict[type, Callable[[Any], list[Element]]] = {
            model.Title: self._title,
            model.Lead: self._lead,
            model.Heading: self._heading,
            model.Paragraph: self._paragraph,
            model.Table: self._table,
            model.Picture: self._picture,
            model.CaseBox: self._case,
            model.Note: self._note,
        }
        made: list[Element] = []
        for index, block in enumerate(self._blocks):
            made += setters[type(block)](block)
            if self._is_empty_section(index):
                made.append(self._line((model.Text(NOTHING_HERE),), BODY, BODY_MEASURE))
        return made

    def _is_empty_section(self, index: int) -> bool:
        """Whether the block is a heading with nothing under it, not even a deeper heading."""
        block = self._blocks[index]
        if not isinstance(block, model.Heading):
            return False
        if index + 1 == len(self._blocks):
            return True
        following = self._blocks[index + 1]
        return isinstance(following, model.Heading) and following.level <= block.level

    def _title(self, title: model.Title) -> list[Element]:
        face = Face(SMALL_TITLE_SONG, TITLE_PT)
        text = "\n".join(tidy(line) for line in title.text.split("\n"))
        lines = even_lines(text, LINE_PT / TITLE_PT - 1)
        made = []
        for number, line in enumerate(lines, start=1):
            last = number == len(lines)
            measure = Measure(34, TITLE_PT, align="center", keep_next=True, after=PITCH if last else 0)
            made.append(self._line((model.Text(line),), face, measure))
        return made

    def _lead(self, lead: model.Lead) -> list[Element]:
        return [self._line(lead.runs, Face(KAITI, BODY_PT, tracking=TRACKING), BODY_MEASURE)]

    def _heading(self, heading: model.Heading) -> list[Element]:
        measure = Measure(
            PITCH, BODY_PT, first=200, keep_next=True, keep_lines=True, style=f"Heading{heading.level}"
        )
        return [self._line((model.Text(next(self._headings)),), HEADING_FACES[heading.level - 1], measure)]

    def _paragraph(self, paragraph: model.Paragraph) -> list[Element]:
        return [self._line(paragraph.runs, BODY, BODY_MEASURE)]

    def _note(self, note: model.Note) -> list[Element]:
        measure = Measure(SMALL_PITCH, SMALL_PT, first=200, before=3, after=6)
        return [self._line((model.Text(f"注：{note.text}"),), Face(KAITI, SMALL_PT), measure)]

    def _table(self, table: model.Table) -> list[Element]:
        self._tables += 1
        caption = self._caption(f"表{self._tables}　{table.caption}", keep_next=True, before=8, after=3)
        return [caption, table_element(table), paragraph_element(Measure(10, 10))]

    def _picture(self, picture: model.Picture) -> list[Element]:
        self._pictures += 1
        # python-docx stores the picture in the package; its paragraph is then taken out and set in place.
        holder = self._word.add_paragraph()
        width = Mm(min(picture.width_mm, LINE_MM))
        shape = holder.add_run().add_picture(io.BytesIO(picture.png), width=width)
        if shape.height > Mm(TALLEST_PICTURE_MM):
            shape.width = int(shape.width * Mm(TALLEST_PICTURE_MM) / shape.height)  # type: ignore[assignment]
            shape.height = Mm(TALLEST_PICTURE_MM)
        described: Element = shape._inline.docPr
        described.set("descr", tidy(picture.description or picture.caption))
        described.set("name", f"picture {self._pictures}")
        element: Element = holder._p
        element.getparent().remove(element)
        line = paragraph_element(Measure(None, BODY_PT, align="center", before=8, keep_next=True))
        line.extend(element.findall(qn("w:r")))
        for run in line.findall(qn("w:r")):
            run.insert(0, run_element("", BODY)[0])
        return [line, self._caption(f"图{self._pictures}　{picture.caption}", before=2, after=8)]

    def _caption(self, text: str, *, before: float, after: float, keep_next: bool = False) -> Element:
        measure = Measure(
            SMALL_PITCH,
            SMALL_PT,
            align="center",
            before=before,
            after=after,
            keep_next=keep_next,
            keep_lines=True,
        )
        return self._line((model.Text(text),), Face(HEITI, SMALL_PT), measure)

    def _case(self, case: model.CaseBox) -> list[Element]:
        """A box of bordered paragraphs, not a table: a long story may run over the page."""
        sides = tuple((side, BOX) for side in ("top", "left", "bottom", "right"))

        def measure(*, first: int = 200, keep_next: bool = False) -> Measure:
            return Measure(
                CASE_PITCH, CASE_PT, first=first, left=75, right=75, rules=sides, keep_next=keep_next
            )

        lines = [
            self._line((model.Text(case.title),), Face(HEITI, CASE_PT), measure(first=0, keep_next=True)),
            self._line((model.Text(case.narrative),), Face(KAITI, CASE_PT), measure()),
        ]
        for label, value in case.facts:
            words = (model.Text(f"{label}：{value}"),)
            lines.append(self._line(words, Face(FANGSONG, CASE_PT), measure()))
        # Two boxes that touch would be drawn as one.
        return [*lines, paragraph_element(Measure(10, 10))]

    def _line(self, runs: tuple[model.Run, ...], face: Face, measure: Measure) -> Element:
        made = paragraph_element(measure)
        for run in runs:
            strong = isinstance(run, model.FigureRef) or run.strong
            look = replace(face, bold=True) if strong else face
            element = run_element(tidy(run.text), look)
            if isinstance(run, model.FigureRef) and run.key:
                made.extend(self._bookmarked(element, run.key))
            else:
                made.append(element)
        return made

    def _bookmarked(self, element: Element, key: str) -> list[Element]:
        stem = "figure_" + re.sub(r"\W", "_", key, flags=re.ASCII)[:28]
        name, number = stem, 1
        while name in self._bookmarks:
            number += 1
            name = f"{stem}_{number}"
        self._bookmarks.add(name)
        identity = len(self._bookmarks)
        return [make("bookmarkStart", id=identity, name=name), element, make("bookmarkEnd", id=identity)]
