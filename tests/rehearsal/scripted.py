"""The script of one seed, made once for all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import suqing.taxonomy
from suqing.rehearsal.script import Contact, Matter, plan
from suqing.rehearsal.script.cities.suzhou import BASELINE, REPLAY

SEEDS = (1, 2, 77)
CLASSES = Path(suqing.taxonomy.__file__).parent / "data" / "classes"


@lru_cache(maxsize=4)
def replay(seed: int) -> tuple[Contact, ...]:
    return tuple(plan(seed, *REPLAY))


@lru_cache(maxsize=2)
def baseline(seed: int) -> tuple[Contact, ...]:
    return tuple(plan(seed, *BASELINE))


def of_days(contacts: Iterable[Contact], first: date, last: date) -> list[Contact]:
    return [contact for contact in contacts if first <= contact.moment.date() <= last]


def matters(contacts: Iterable[Contact]) -> list[Matter]:
    return [matter for contact in contacts for matter in contact.matters]


@lru_cache(maxsize=8)
def codes(name: str) -> set[str]:
    found, left = set(), json.loads((CLASSES / name).read_text(encoding="utf-8"))["nodes"]
    while left:
        node = left.pop()
        found.add(node["code"])
        left += node.get("children", [])
    return found
