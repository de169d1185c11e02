"""Read the reference data that ships with the product: divisions, class trees, topics.  Plain values, no tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from suqing.kit import pinyin
from suqing.taxonomy.text.addresses import SEVERAL, PlaceIndex, PlaceRow, parse_address
from suqing.taxonomy.text.topics import TopicRule, parse_rule

SURE = 0.5  # below this a guess is an offer to a person, not a value for a field

# rows of the statistical list that stand for "no city of its own" and are not part of a place's name
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class DivisionRow:
    code: str
    name: str
    full_name: str
    level: str
    parent_id: str | None
    pinyin: str
    search_key: str
    aliases: tuple[str, ...]
    is_functional: bool


@dataclass(frozen=True, slots=True)
class NodeRow:
    code: str
    name: str
    name_en: str
    parent: str | None
    path_name: str
    is_local: bool
    source: str
    pinyin: str
    search_key: str
    order: int


@dataclass(frozen=True, slots=True)
class TreeRow:
    code: str
    kind: str
    version: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None
    is_active: bool
    source: str
    nodes: tuple[NodeRow, ...]


@dataclass(frozen=True, slots=True)
class TopicRow:
    code: str
    name: str
    name_en: str
    parent: str | None
    order: int
    rule: dict[str, Any]
    shipped_version: int


@cache
def divisions() -> tuple[DivisionRow, ...]:
    """Give all shipped divisions, every parent before what lies in it."""
    local = json.loads(_text("divisions/local_names.json"))
    functional = set(local["functional"])
    added = {zone["code"]: zone for zone in local["added"]}
    rows: dict[str, DivisionRow] = {}
    spelt: dict[str, str] = {}  # the pinyin of full names, put together from those of the parts
    for level, code, name, parent in _division_lines(local["added"]):
        above = rows[parent].full_name if parent else ""
        said = "" if name in _PLACEHOLDERS else name
        key = pinyin.sort_key(name)
        spelt[code] = spelt.get(parent, "") + (key.replace(" ", "") if said else "")
        aliases = tuple(added[code]["aliases"] if code in added else local["aliases"].get(code, []))
        rows[code] = DivisionRow(
            code=code,
            name=name,
            full_name=above + said,
            level=level,
            parent_id=parent or None,
            pinyin=key,
            search_key=f"{_search_key(code, name, *aliases)} {above + said} {spelt[code]}",
            aliases=aliases,
            is_functional=code in functional or code in added,
        )
    return tuple(rows.values())


@cache
def place_index() -> PlaceIndex:
    """Give the index of all shipped divisions' names, with what people in our cities call them."""
    rows = [PlaceRow(row.code, row.name, row.level, row.parent_id, row.aliases) for row in divisions()]
    return PlaceIndex(rows, json.loads(_text("divisions/spoken_places.json"))["spoken"])


def place_named(text: str, near: str | Sequence[str] = ()) -> str:
    """Give the code of the division that a text means, or "" where it means none or several.  Asks no database.

    A code counts as itself, an older code as today's (320571 is 320576).
    """
    codes = (near,) if isinstance(near, str) else tuple(near)
    guesses = parse_address(text, place_index(), [code for code in codes if code])
    if not guesses or SEVERAL in guesses[0].reasons or guesses[0].confidence < SURE:
        return ""
    return guesses[0].code


@cache
def trees() -> tuple[TreeRow, ...]:
    """Give all shipped class trees, in the order of their files."""
    folder = files("suqing.taxonomy").joinpath("data/classes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(_tree(json.loads(_text(f"classes/{name}"))) for name in names)


@cache
def topics() -> tuple[TopicRow, ...]:
    """Give all shipped topics, parents first.  Raise BadRule if a shipped rule cannot be read."""
    rows = []
    for order, topic in enumerate(json.loads(_text("topics.json"))["topics"]):
        parse_rule(topic["code"], topic["version"], topic["rule"])
        rows.append(
            TopicRow(
                code=topic["code"],
                name=topic["name"],
                name_en=topic["name_en"],
                parent=topic["parent"],
                order=order,
                rule=topic["rule"],
                shipped_version=topic["version"],
            )
        )
    return tuple(rows)


def shipped_rules() -> tuple[TopicRule, ...]:
    """Give the shipped topic rules without a database, for measurements and tests."""
    return tuple(parse_rule(t.code, t.shipped_version, t.rule, t.parent) for t in topics())


def _division_lines(added: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """Give (level, code, name, parent's code), provinces and cities padded to six digits."""
    for row in _csv("national_provinces"):
        yield "province", f"{row['code']}0000", row["name"], ""
    for row in _csv("national_cities"):
        yield "city", f"{row['code']}00", row["name"], f"{row['province_code']}0000"
    for row in _csv("national_districts"):
        yield "district", row["code"], row["name"], f"{row['city_code']}00"
    for zone in added:
        yield zone["level"], zone["code"], zone["name"], zone["parent"]
    for row in _csv("jiangsu_streets"):
        yield "street", row["code"], row["name"], row["district_code"]


def _tree(raw: dict[str, Any]) -> TreeRow:
    end = raw["valid_to"]
    return TreeRow(
        code=raw["code"],
        kind=raw["kind"],
        version=raw["version"],
        name=raw["name"],
        name_en=raw["name_en"],
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=date.fromisoformat(end) if end else None,
        is_active=raw["is_active"],
        source=raw["source"],
        nodes=tuple(
            NodeRow(order=order, **fields) for order, fields in enumerate(_nodes(raw["nodes"], None, ""))
        ),
    )


def _nodes(raw: list[dict[str, Any]], parent: str | None, path: str) -> Iterator[dict[str, Any]]:
    """Walk a tree depth first; paths are joined by ``->`` as in the national platform's exports."""
    for node in raw:
        path_name = f"{path}->{node['name']}" if path else node["name"]
        yield {
            "code": node["code"],
            "name": node["name"],
            "name_en": node["name_en"],
            "parent": parent,
            "path_name": path_name,
            "is_local": node.get("is_local", False),
            "source": node["source"],
            "pinyin": pinyin.sort_key(node["name"]),
            "search_key": _search_key(node["code"], node["name"], node["name_en"]),
        }
        yield from _nodes(node.get("children", []), node["code"], path_name)


def _search_key(code: str, *names: str) -> str:
    """Put all that people type for a thing into one small-lettered text: code, names, pinyin, initials."""
    parts = [code, *names]
    for name in names:
        if not name.isascii():
            syllables = pinyin.sort_key(name).split()
            parts += ["".join(syllables), "".join(syllable[0] for syllable in syllables)]
    return " ".join(dict.fromkeys(part.lower() for part in parts if part))


def _csv(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(f"divisions/{name}.csv").splitlines()))


def _text(path: str) -> str:
    return files("suqing.taxonomy").joinpath(f"data/{path}").read_text(encoding="utf-8")
