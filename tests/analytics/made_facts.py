"""Flat facts that no case ever had, of every source, for executors that need no database; and their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from suqing.analytics.engine.files import Files
from suqing.analytics.facts import SOURCES, Column, Source
from suqing.analytics.periods import CENTRE_ZONE
from suqing.cases.vocabulary import Channel, ClockState, ContactOutcome, Kind, Outcome, State
from tests.analytics.flat import TYPES, Facts

# Values that measures ask for; other texts are made up.
WORDS: dict[str, tuple[str, ...]] = {
    "kind": tuple(Kind), "state": (State.CLOSED, State.CLOSED, *State), "channel": tuple(Channel), "outcome": tuple(Outcome),
    "contact_outcome": tuple(ContactOutcome), "clock_state": tuple(ClockState), "limit_code": ("D1", "D2b", "D5"),
    "goods": ("口罩", "x'; DROP", "?", "{0}", ""),
}  # fmt: skip
TOPICS = ("epidemic", "mask_price", "refund", "price_surge")
FIRST, DAYS = datetime(2018, 1, 1, tzinfo=CENTRE_ZONE), 1000
ROWS = {"cases": 1500, "clocks": 2500, "contacts": 1200, "calls": 400}


def made_facts(rng: Random) -> dict[str, Facts]:
    """Rows of every source; keys that point to another source mostly find something there."""
    return {
        name: [_row(rng, source, key) for key in range(1, ROWS[name] + 1)] for name, source in SOURCES.items()
    }


def _row(rng: Random, source: Source, key: int) -> dict[str, Any]:
    row = {column.name: _value(rng, column) for column in source.own} | {source.key: key}
    if row[source.month_of] is None:
        row[source.month_of] = FIRST
    return row


def _value(rng: Random, column: Column) -> Any:
    match column.kind:
        case "int":
            return (
                None
                if column.name == "entity_id" and rng.random() < 0.2
                else rng.randrange(1, _most(column.name))
            )
        case "text":
            return rng.choice(WORDS.get(column.name) or ("", f"{column.name} 甲", f"{column.name} 乙", "丙"))
        case "moment":
            return _moment(rng)
        case "money":
            return Decimal(rng.randrange(10**7)) / 100 if rng.random() < 0.6 else None
        case "flag":
            return rng.random() < 0.5
        case "texts":
            return sorted(rng.sample(TOPICS, rng.choice((0, 0, 1, 2))))
        case _:
            return _moment(rng) and FIRST.date() + timedelta(days=rng.randrange(DAYS))


def _most(name: str) -> int:
    return {"unit_id": 6, "agent_id": 5, "entity_id": 40, "party_id": 300, "event_key": 200}.get(name, 1400)


def _moment(rng: Random) -> datetime | None:
    """Unknown, any moment, or one on the edge of a local day."""
    if rng.random() < 0.15:
        return None
    day = FIRST + timedelta(days=rng.randrange(DAYS))
    within = rng.choice((timedelta(), -timedelta(microseconds=1), timedelta(seconds=rng.random() * 86400)))
    return (day + within).astimezone(UTC)


def lay_out(folder: Path, rng: Random, facts: Mapping[str, Facts]) -> dict[str, Files]:
    """The facts as files: a base by months and two files of changes, with older versions and ghosts among them."""
    return {name: _files(folder / name, rng, SOURCES[name], rows) for name, rows in facts.items()}


def _files(folder: Path, rng: Random, source: Source, rows: Facts) -> Files:
    base: dict[str, Facts] = {}
    changes: Facts = []
    for row in rows:
        now, old = row | {"position": 1, "gone": False}, _older(rng, source, row)
        fate = rng.random()
        if fate < 0.1:
            changes += [old | {"position": 2}, now | {"position": 3}]
            base.setdefault(_month(old, source), []).append(old)
        elif fate < 0.15:
            changes.append(now | {"position": 3})
        else:
            base.setdefault(_month(row, source), []).append(now)
        if fate > 0.9:
            ghost = old | {source.key: -row[source.key]}
            base.setdefault(_month(ghost, source), []).append(ghost)
            changes.append(ghost | {"position": 4, "gone": True})
    rng.shuffle(changes)
    halves = (changes[::2], changes[1::2])
    return Files(
        tuple(_written(folder / "base" / f"month={month}" / "part.parquet", source, part) for month, part in base.items()),
        tuple(_written(folder / "changes" / f"{n}.parquet", source, part) for n, part in enumerate(halves)),
    )  # fmt: skip


def _older(rng: Random, source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """What stood there before: of another month and another state."""
    return _row(rng, source, row[source.key]) | {"position": 1, "gone": False}


def _month(row: dict[str, Any], source: Source) -> str:
    return f"{row[source.month_of].astimezone(CENTRE_ZONE):%Y-%m}"


def _written(path: Path, source: Source, rows: Facts) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = [(column.name, TYPES[column.kind]) for column in source.own]
    schema = pa.schema([*fields, ("position", pa.int64()), ("gone", pa.bool_())])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return str(path)
