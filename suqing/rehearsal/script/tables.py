"""The data files of the script, read once."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from suqing.rehearsal.script.shares import Urn

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Goods:
    """A thing with its usual price range and by how much it became dearer."""

    name: str
    unit: str
    low: float
    high: float
    factor_low: float
    factor_high: float
    object_class: str


@dataclass(frozen=True)
class Topic:
    """What a matter is about: its class codes (trees in force on 2020-01-01), who sells it, what is asked for."""

    code: str
    is_epidemic: bool
    object_class: str
    issue_class: str
    report_issue: str
    trades: Urn[str]
    amount_low: float
    amount_high: float
    requests: tuple[str, ...]
    goods: tuple[Goods, ...]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Read a table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """All topics that a complaint or report can have, by code."""
    goods: dict[str, list[Goods]] = {}
    for row in rows("goods.csv"):
        low, high, factor_low, factor_high = (
            float(row[name]) for name in ("low", "high", "factor_low", "factor_high")
        )
        one = Goods(row["goods"], row["unit"], low, high, factor_low, factor_high, row["object"])
        goods.setdefault(row["topic"], []).append(one)
    return {row["code"]: _topic(row, tuple(goods.get(row["code"], ()))) for row in rows("topics.csv")}


def _topic(row: Mapping[str, str], goods: tuple[Goods, ...]) -> Topic:
    trades = Urn(
        {name: float(weight) for name, weight in (part.split(":") for part in row["trades"].split(";"))}
    )
    requests = tuple(part for part in row["requests"].split(";") if part)
    return Topic(
        row["code"], row["epidemic"] == "1", row["object"], row["issue"], row["report_issue"], trades,
        float(row["amount_low"]), float(row["amount_high"]), requests, goods,
    )  # fmt: skip


@lru_cache(maxsize=1)
def mix() -> Mapping[tuple[str, str], Mapping[str, float]]:
    """The weights of topics by (group of matters, stage of the story)."""
    result: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows("mix.csv"):
        for stage in ("quiet", "early", "surge", "late", "baseline"):
            result.setdefault((row["group"], stage), {})[row["topic"]] = float(row[stage])
    return result


@lru_cache(maxsize=1)
def trades() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Endings of names and vague ways to speak of an operator, by trade."""
    return {
        row["trade"]: (tuple(row["suffixes"].split("|")), tuple(row["vague"].split("|")))
        for row in rows("trades.csv")
    }


@lru_cache(maxsize=1)
def streets() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Streets (code, name) of the cities by district code."""
    result: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(DATA.glob("*_streets.csv")):
        for row in rows(file.name):
            result.setdefault(row["district"], []).append((row["code"], row["name"]))
    return {district: tuple(found) for district, found in result.items()}


@lru_cache(maxsize=1)
def street_names() -> Mapping[str, str]:
    """Names of the streets by code."""
    return {code: name for found in streets().values() for code, name in found}


def is_epidemic(topic: str) -> bool:
    """Say whether the topic came of the epidemic; questions have topics of their own."""
    known = topics().get(topic)
    return topic.endswith("epidemic") or topic == "epidemic_rule" or (known is not None and known.is_epidemic)
