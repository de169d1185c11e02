"""What a bulletin says, without how it looks: frozen values that ``typeset`` and a page can both read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias


class BadDocument(ValueError):
    """The document contradicts itself; the message says where."""


class Unmasked(BadDocument):
    """A typical case still shows a mobile number or an identity number."""


@dataclass(frozen=True)
class Text:
    """A stretch of words; ``strong`` sets it bold."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class FigureRef:
    """A number of the bulletin; ``key`` names the stored figure and becomes a bookmark of the document."""

    text: str
    key: str = ""


Run: TypeAlias = Text | FigureRef


@dataclass(frozen=True)
class Masthead:
    """The head of the first page (报头); ``date`` is the signing date, ``total_no`` counts over the years.

    A draft has no ``issue_no`` yet: its place stays blank.
    """

    series: str
    issue_no: int | None
    compiled_by: str
    date: date
    total_no: int | None = None
    classification: str = "内部资料　注意保存"
    supplement: bool = False
    synthetic: bool = False


@dataclass(frozen=True)
class Title:
    """The title of the body; a line break in it is kept, else long titles are broken evenly."""

    text: str


@dataclass(frozen=True)
class Lead:
    """The opening paragraph: what a leader reads in ten seconds."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; its number (一、（一）1.（1）) is counted by the typesetter."""

    level: int
    text: str
    numbered: bool = True

    def __post_init__(self) -> None:
        if self.level not in (1, 2, 3, 4):
            raise BadDocument(f"no heading of level {self.level}")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body."""

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Table:
    """A table over one or more pages.  ``widths`` are shares of the line; without them the text decides."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    numeric: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.header:
            raise BadDocument(f"table {self.caption}: no columns")
        if any(len(row) != len(self.header) for row in self.rows):
            raise BadDocument(f"table {self.caption}: a row has not {len(self.header)} cells")
        if self.widths and len(self.widths) != len(self.header):
            raise BadDocument(
                f"table {self.caption}: {len(self.widths)} widths for {len(self.header)} columns"
            )
        if any(width <= 0 for width in self.widths):
            raise BadDocument(f"table {self.caption}: a width is not positive")
        if any(not 0 <= column < len(self.header) for column in self.numeric):
            raise BadDocument(f"table {self.caption}: a numeric column does not exist")


@dataclass(frozen=True)
class Picture:
    """A chart as PNG with its caption; ``description`` is read to those who cannot see it."""

    png: bytes = field(repr=False)
    caption: str
    description: str = ""
    width_mm: float = 150.0


MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(
    r"(?<!\d)[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)


@dataclass(frozen=True)
class CaseBox:
    """A typical case, masked by the caller.  Raise ``Unmasked`` when a mobile or identity number shows."""

    title: str
    narrative: str
    facts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for text in (self.title, self.narrative, *(value for _, value in self.facts)):
            if MOBILE.search(text) or IDENTITY.search(text):
                raise Unmasked(f"{self.title[:20]}: a personal number is not masked")


@dataclass(frozen=True)
class Note:
    """A small remark: how something was counted, from when the data are."""

    text: str


Block: TypeAlias = Title | Lead | Heading | Paragraph | Table | Picture | CaseBox | Note


@dataclass(frozen=True)
class Tail:
    """The foot of the last page (报尾): reported to superiors, sent to peers, distributed to subordinates."""

    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    distribute_to: tuple[str, ...] = ()
    copies: int | None = None


@dataclass(frozen=True)
class Document:
    """A whole bulletin; ``created`` (aware) goes into the file's properties."""

    masthead: Masthead
    blocks: tuple[Block, ...]
    tail: Tail
    created: datetime

    def __post_init__(self) -> None:
        if self.created.tzinfo is None:
            raise BadDocument("the time of creation has no time zone")

    @property
    def title(self) -> str:
        """The title of the body on one line, or the name of the series without one."""
        titles = [block.text for block in self.blocks if isinstance(block, Title)]
        return titles[0].replace("\n", "") if titles else self.masthead.series


def runs(*parts: str | Run) -> tuple[Run, ...]:
    """Runs from plain strings and figures: ``runs("登记举报", FigureRef("88", "k1"), "件。")``."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def paragraph(*parts: str | Run) -> Paragraph:
    """A paragraph from plain strings and figures."""
    return Paragraph(runs(*parts))


def heading_labels(blocks: Sequence[Block]) -> list[str]:
    """The printed text of each heading in order, with its number: 一、 （一） 1. （1）."""
    counts = [0, 0, 0, 0]
    labels = []
    for block in blocks:
        if not isinstance(block, Heading):
            continue
        if block.numbered:
            counts[block.level - 1] += 1
            counts[block.level :] = [0] * (4 - block.level)
        labels.append((_number(block.level, counts[block.level - 1]) if block.numbered else "") + block.text)
    return labels


def _number(level: int, count: int) -> str:
    if level == 1:
        return f"{chinese_number(count)}、"
    if level == 2:
        return f"（{chinese_number(count)}）"
    return f"{count}. " if level == 3 else f"（{count}）"


def chinese_number(count: int) -> str:
    """Write 1 to 99 in Chinese: 一, 十, 十二, 二十一."""
    if not 1 <= count <= 99:
        raise BadDocument(f"no heading number {count}")
    digits = "零一二三四五六七八九"
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else "十" if tens == 1 else digits[tens] + "十"
    return head + (digits[ones] if ones else "")
