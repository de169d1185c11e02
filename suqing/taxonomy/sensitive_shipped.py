"""The sensitive rules that ship with the product.  Plain values, no tables.

Their words are a start of our own; no real tickets of a centre were at hand to measure them (docs/radar.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.tree import NOWHERE
from suqing.taxonomy.text.topics import TopicRule, parse_rule

REPEATED = {"repeated": True}  # the wording of the rule that counts contacts
MODEL = {"model": True}  # the wording of the rule that asks the learnt model


@dataclass(frozen=True, slots=True)
class ShippedRule:
    code: str
    name: str
    name_en: str
    order: int
    wording: dict[str, Any]


@cache
def shipped() -> tuple[ShippedRule, ...]:
    """Give the shipped rules in their order.  Raise BadRule if one cannot be read."""
    text = files("suqing.taxonomy").joinpath("data/sensitive_rules.json").read_text(encoding="utf-8")
    rows = []
    for order, rule in enumerate(json.loads(text)["rules"]):
        check_wording(rule["code"], rule["wording"])
        rows.append(ShippedRule(rule["code"], rule["name"], rule["name_en"], order, rule["wording"]))
    return tuple(rows)


def shipped_rules() -> tuple[TopicRule, ...]:
    """Give the shipped rules that read words, without a database, for measurements and tests."""
    return tuple(parse_rule(one.code, 1, one.wording) for one in shipped() if "text" in one.wording)


def check_wording(code: str, wording: dict[str, Any]) -> None:
    """Raise BadRule for a wording that nobody can read."""
    if wording not in (REPEATED, MODEL):
        rule = parse_rule(code, 0, wording).rule
        if rule is None:
            raise BadRule(Reason.EMPTY, NOWHERE)
