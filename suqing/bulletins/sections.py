"""The text of a bulletin as its editor writes it: sections of plain text with chips, and back.  Pure.

A section begins at each heading of level 1; before the first stands the opening (section 0).  One line is one paragraph.
``〔图3：投诉登记数·环比〕`` stands for a part of figure 3: the number itself is never typed, so text and figure cannot
disagree.  ``〔表4：…〕``, ``〔曲线5：…〕`` and ``〔案例6：…〕`` on a line of their own are tables, curves and cases.
``## `` begins a heading below, ``> `` a note; ``**`` encloses what is set bold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeAlias

N_ = str

Blocks: TypeAlias = list[dict[str, Any]]
Stored: TypeAlias = dict[str, Any]  # Bulletin.text: blocks, versions, aside, compiled_by, tail

OPENING = 0
OBJECTS = {"table": "表", "curve": "曲线", "case": "案例"}
PARTS = {
    "": "",
    "previous.change": "环比",
    "last_year.change": "同比",
    "previous.value": "环比基数",
    "last_year.value": "同比基数",
    "previous.ratio": "环比幅度",
    "last_year.ratio": "同比幅度",
    "previous.signed": "环比升降",
    "last_year.signed": "同比升降",
    "previous.points": "环比百分点",
    "last_year.points": "同比百分点",
    "numerator": "分子",
    "denominator": "分母",
    "mean": "日均",
}
_PART_OF = {word: part for part, word in PARTS.items() if word}
_CHIP = re.compile(r"〔图(?P<number>[0-9]{1,4})(?P<rest>[^〔〕\n]*)〕")
_OBJECT = re.compile(r"^〔(?:表|曲线|案例)(?P<mark>[0-9]{1,4})[^〔〕\n]*〕$")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_BY_HAND = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
# Dates, hours and the name of the line are no numbers that were counted.
_NO_COUNT = re.compile(r"[0-9]{4}年|[0-9]{1,2}月|[0-9]{1,2}日|[0-9]{1,2}:[0-9]{2}|12315")


class BadText(ValueError):
    """The text names what is not there; the message is an English message id."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class FigureName:
    """What a chip is made of: the key of the figure, its number and its name."""

    key: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section as the editor has it before them."""

    number: int
    title: str
    text: str
    version: int
    by_hand: tuple[str, ...]  # numbers that no figure stands for


def prepared(stored: Stored) -> Stored:
    """A copy whose sections and objects carry the numbers they are known by; what has one keeps it."""
    made = deepcopy(stored)
    made.setdefault("versions", {})
    made.setdefault("aside", [])
    objects = [block for block in (*made["blocks"], *made["aside"]) if block["type"] in OBJECTS]
    _numbered(objects, "mark")
    _numbered([block for block in made["blocks"] if _begins(block)], "section")
    return made


def _numbered(blocks: Sequence[dict[str, Any]], name: str) -> None:
    last = max((block.get(name, 0) for block in blocks), default=0)
    for block in blocks:
        if name not in block:
            last += 1
            block[name] = last


def _begins(block: Mapping[str, Any]) -> bool:
    return block["type"] == "heading" and block["level"] == 1


def parted(blocks: Iterable[dict[str, Any]]) -> list[tuple[int, Blocks]]:
    """The blocks by section, in order; the heading is the first block of each but the opening."""
    found: list[tuple[int, Blocks]] = [(OPENING, [])]
    for block in blocks:
        if _begins(block):
            found.append((block["section"], []))
        found[-1][1].append(block)
    return found


def joined(sections: Iterable[tuple[int, Blocks]]) -> Blocks:
    """The blocks one after the other."""
    return [block for _number, blocks in sections for block in blocks]


def sections(stored: Stored, figures: Sequence[FigureName]) -> list[Section]:
    """All sections as text.  ``stored`` is prepared."""
    names = {one.key: one for one in figures}
    return [_section(number, blocks, stored, names) for number, blocks in parted(stored["blocks"])]


def _section(number: int, blocks: Blocks, stored: Stored, names: Mapping[str, FigureName]) -> Section:
    head, body = _head(number, blocks)
    lines = [_line(block, names) for block in body]
    version = stored["versions"].get(str(number), 1)
    return Section(number, head, "\n".join(lines), version, tuple(_by_hand(body)))


def _head(number: int, blocks: Blocks) -> tuple[str, Blocks]:
    if number != OPENING:
        return blocks[0]["text"], blocks[1:]
    title = next((block["text"] for block in blocks if block["type"] == "title"), "")
    return title.replace("\n", ""), [block for block in blocks if block["type"] != "title"]


def _line(block: Mapping[str, Any], names: Mapping[str, FigureName]) -> str:
    kind = block["type"]
    if kind in OBJECTS:
        return object_chip(block)
    if kind == "heading":
        return f"{'#' * block['level']} {block['text']}"
    if kind == "note":
        return f"> {block['text']}"
    return "".join(_run_text(run, names) for run in block["runs"])


def _run_text(run: Mapping[str, Any], names: Mapping[str, FigureName]) -> str:
    if "key" not in run:
        return f"**{run['text']}**" if run.get("strong") else str(run["text"])
    key, _colon, part = run["key"].partition(":")
    return figure_chip(names[key], part)


def figure_chip(name: FigureName, part: str = "") -> str:
    """〔图3：投诉登记数·环比〕."""
    word = PARTS[part]
    return f"〔图{name.number}：{name.label}{'·' + word if word else ''}〕"


def object_chip(block: Mapping[str, Any]) -> str:
    """〔表4：各类诉求登记情况〕."""
    words = str(block.get("caption") or block.get("title", ""))
    return f"〔{OBJECTS[block['type']]}{block['mark']}：{words.translate(_PLAIN)}〕"


_PLAIN = str.maketrans("〔〕\n", "（） ")


def _by_hand(blocks: Blocks) -> Iterator[str]:
    for block in blocks:
        runs = block.get("runs", ())
        words = [run["text"] for run in runs if "key" not in run]
        for text in words:
            yield from _BY_HAND.findall(_NO_COUNT.sub("", text))


# Back


def rewritten(
    stored: Stored,
    number: int,
    title: str,
    text: str,
    figures: Sequence[FigureName],
    said: Callable[[str], str],
) -> Stored:
    """The stored text with one section written anew; ``said`` gives the words of a key.  Raise BadText.

    Tables, curves and cases that are taken out stand aside and can be put in again by their chip.
    """
    made = deepcopy(stored)
    parts = parted(made["blocks"])
    place = next((place for place, (one, _blocks) in enumerate(parts) if one == number), None)
    if place is None:
        raise BadText(N_("This section is no longer there."))
    old = parts[place][1]
    free = {block["mark"]: block for block in (*old, *made["aside"]) if block["type"] in OBJECTS}
    reader = _Reader({one.number: one.key for one in figures}, free, said, is_opening=number == OPENING)
    body = [reader.block(line.strip()) for line in text.splitlines() if line.strip()]
    parts[place] = (number, [*_heading(number, title, old), *body])
    made["blocks"] = joined(parts)
    made["aside"] = [block for mark, block in free.items() if mark not in reader.used]
    made["versions"][str(number)] = made["versions"].get(str(number), 1) + 1
    return made


def _heading(number: int, title: str, old: Blocks) -> Blocks:
    title = " ".join(title.split())
    if not title:
        raise BadText(N_("Give it a title."))
    if number == OPENING:
        return [{"type": "title", "text": title.replace("日12315", "日\n12315")}]
    return [{**old[0], "text": title}]


class _Reader:
    """Reads lines; remembers which tables, curves and cases were put in."""

    def __init__(
        self, keys: Mapping[int, str], free: Mapping[int, dict[str, Any]], said: Callable[[str], str], *,
        is_opening: bool,
    ) -> None:  # fmt: skip
        self.keys, self.free, self.said, self.is_opening = keys, free, said, is_opening
        self.used: set[int] = set()

    def block(self, line: str) -> dict[str, Any]:
        if found := _OBJECT.match(line):
            return self._object(int(found["mark"]))
        if line.startswith(("## ", "### ")):
            level, _space, words = line.partition(" ")
            return {"type": "heading", "level": len(level), "text": self._words(words), "numbered": True}
        if line.startswith("> "):
            return {"type": "note", "text": self._words(line[2:])}
        return {"type": "lead" if self.is_opening else "paragraph", "runs": self._runs(line)}

    def _object(self, mark: int) -> dict[str, Any]:
        if mark not in self.free:
            raise BadText(N_("There is no table, curve or case %(mark)s to put in here."), mark=mark)
        if mark in self.used:
            raise BadText(N_("Table, curve or case %(mark)s stands here twice."), mark=mark)
        self.used.add(mark)
        return self.free[mark]

    def _words(self, text: str) -> str:
        if _CHIP.search(text):
            raise BadText(N_("Headings and notes take no figures."))
        return text.strip()

    def _runs(self, line: str) -> list[dict[str, Any]]:
        made, end = [], 0
        for chip in _CHIP.finditer(line):
            made += _plain(line[end : chip.start()])
            made.append(self._figure(chip))
            end = chip.end()
        return made + _plain(line[end:])

    def _figure(self, chip: re.Match[str]) -> dict[str, Any]:
        number = int(chip["number"])
        if number not in self.keys:
            raise BadText(N_("There is no figure %(number)s."), number=number)
        part = _PART_OF.get(chip["rest"].rpartition("·")[2], "") if "·" in chip["rest"] else ""
        key = self.keys[number] + (f":{part}" if part else "")
        return {"text": self.said(key), "key": key}


def _plain(text: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for place, piece in enumerate(_STRONG.split(text)):
        if piece:
            made.append({"text": piece, "strong": True} if place % 2 else {"text": piece})
    return made


# The order of sections


def moved(stored: Stored, number: int, step: int) -> Stored:
    """The text with a section one place up (-1) or down (1); at the end it stays."""
    made = deepcopy(stored)
    parts = parted(made["blocks"])
    place = _place(parts, number)
    other = place + step
    if 1 <= other < len(parts):
        parts[place], parts[other] = parts[other], parts[place]
    made["blocks"] = joined(parts)
    return made


def with_section(stored: Stored, title: str) -> Stored:
    """The text with an empty section at its end.  Raise BadText without a title."""
    made = deepcopy(stored)
    taken = [block["section"] for block in made["blocks"] if _begins(block)]
    number = max([*taken, *map(int, made["versions"])], default=0) + 1
    new = _heading(number, title, [{"type": "heading", "level": 1, "numbered": True, "section": number}])
    made["blocks"] += new
    made["versions"][str(number)] = 1
    return made


def without_section(stored: Stored, number: int) -> Stored:
    """The text without a section; its tables, curves and cases stand aside."""
    made = deepcopy(stored)
    parts = parted(made["blocks"])
    _number, gone = parts.pop(_place(parts, number))
    made["blocks"] = joined(parts)
    made["aside"] += [block for block in gone if block["type"] in OBJECTS]
    return made


def _place(parts: Sequence[tuple[int, Blocks]], number: int) -> int:
    for place, (one, _blocks) in enumerate(parts):
        if one == number and number != OPENING:
            return place
    raise BadText(N_("This section is no longer there."))


# Figures in the text


def runs_of(blocks: Iterable[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Each row of runs that may hold figures: paragraphs, lines of tables, points of curves."""
    for block in blocks:
        if "runs" in block:
            yield block["runs"]
        elif block["type"] == "table":
            yield from block["rows"]
        elif block["type"] == "curve":
            yield [point for point in block["points"] if point]


def places_of(stored: Stored, key: str) -> list[int]:
    """The numbers of the sections that print a figure; what stands aside counts as the last (-1)."""
    parts = [*parted(stored["blocks"]), (-1, stored["aside"])]
    return [
        number
        for number, blocks in parts
        if any(run.get("key", "").partition(":")[0] == key for runs in runs_of(blocks) for run in runs)
    ]
