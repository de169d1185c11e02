"""What the radar watches for: the shipped rules, those in force at a moment, and their next wording.

The shipped words are a start of our own; no real tickets of a centre were at hand to measure them (docs/radar.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Prefetch, Subquery

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.ledger.actions import record
from suqing.taxonomy.models import RADAR, ClassModel, SensitiveRule, SensitiveVersion
from suqing.taxonomy.queries import check_names
from suqing.taxonomy.sensitive_shipped import check_wording, shipped
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, Facts
from suqing.taxonomy.text.rules.tree import NOWHERE
from suqing.taxonomy.text.topics import Hit, Matcher, parse_rule

SHIPPED, CENTRE = "shipped", "centre"
FIRST_WORDING = datetime(2020, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def load_shipped(at: datetime) -> tuple[int, int]:
    """Write the shipped rules that are not there and their wordings that differ; return how many of each.

    Words of the centre's own are never overwritten.
    """
    known = set(SensitiveRule.objects.values_list("code", flat=True))
    new = [one for one in shipped() if one.code not in known]
    SensitiveRule.objects.bulk_create(
        SensitiveRule(code=one.code, name=one.name, name_en=one.name_en, order=one.order) for one in new
    )
    newest = {one.rule.code: one for one in _newest()}
    keys = dict(SensitiveRule.objects.values_list("code", "pk"))
    versions = []
    for one in shipped():
        last = newest.get(one.code)
        if last is not None and (last.wording == one.wording or last.source != SHIPPED):
            continue
        number, since = (last.number + 1, at) if last else (1, min(at, FIRST_WORDING))
        versions.append(
            SensitiveVersion(
                rule_id=keys[one.code], number=number, wording=one.wording, valid_from=since, source=SHIPPED
            )
        )
    SensitiveVersion.objects.bulk_create(versions)
    return len(new), len(versions)


def _newest() -> list[SensitiveVersion]:
    rows = SensitiveVersion.objects.order_by("rule_id", "-number").distinct("rule_id")
    return list(rows.select_related("rule"))


@dataclass(frozen=True, slots=True)
class Watched:
    """The rules in force: those that read words, compiled together, and the one that counts and the one that asks the
    model, if they are watched.  ``model`` is the key of the model that was in use then."""

    by_words: tuple[SensitiveVersion, ...]
    counting: SensitiveVersion | None
    by_model: SensitiveVersion | None = None
    model: int | None = None

    @property
    def asks_facts(self) -> bool:
        """Whether any rule asks something of the case beside its words."""
        return _matcher(tuple(map(_key, self.by_words))).asks_facts

    def found_in(self, text: str, facts: Facts = NOTHING_KNOWN) -> list[SensitiveVersion]:
        """The versions that find a case with this match_text, in the order of the rules; one pass over the text."""
        codes = _matcher(tuple(map(_key, self.by_words))).match(text, facts)
        return [version for version in self.by_words if version.rule.code in codes]


def watched_at(at: datetime) -> Watched:
    """The rules that are watched at a moment; one query."""
    # In the same query, so that a case costs no more while there is no model.
    newest = ClassModel.objects.filter(kind=RADAR, adopted_at__lte=at).order_by("-number").values("pk")[:1]
    rows = SensitiveVersion.objects.in_force(at).select_related("rule").annotate(model=Subquery(newest))
    versions = sorted(
        (one for one in rows if one.is_watched), key=lambda one: (one.rule.order, one.rule.code)
    )
    return Watched(
        tuple(one for one in versions if one.reads_words),
        next((one for one in versions if one.is_counted), None),
        next((one for one in versions if one.asks_model), None),
        versions[0].model if versions else None,
    )


_Key: TypeAlias = tuple[str, int, str]


def _key(version: SensitiveVersion) -> _Key:
    return version.rule.code, version.number, json.dumps(version.wording, sort_keys=True)


@lru_cache(maxsize=64)
def _matcher(keys: tuple[_Key, ...]) -> Matcher:
    """The automaton of these wordings: reading a rule takes longer than matching it, and registration must not wait."""
    return Matcher([parse_rule(code, number, json.loads(wording)) for code, number, wording in keys])


def _sort(wording: dict[str, Any]) -> str:
    return next((one for one in ("repeated", "model") if one in wording), "text")


def hits_of(version: SensitiveVersion, text: str) -> list[Hit]:
    """The words of a version in a text; none for one that counts or asks the model."""
    return _matcher((_key(version),)).hits(version.rule.code, text) if version.reads_words else []


def rules_with_versions() -> list[tuple[SensitiveRule, list[SensitiveVersion]]]:
    """Every rule in its order with its versions, newest first; two queries."""
    newest_first = Prefetch("versions", SensitiveVersion.objects.select_related("by").order_by("-number"))
    rows = SensitiveRule.objects.in_order().prefetch_related(newest_first)
    return [(one, list(one.versions.all())) for one in rows]


@dataclass(frozen=True, slots=True)
class SensitiveDraft:
    """A rule as somebody at the centre words it.  Of one that counts or asks the model, ``wording`` stays as it is."""

    code: str
    name: str
    wording: dict[str, Any]
    is_watched: bool = True


@transaction.atomic
def change_sensitive_rule(draft: SensitiveDraft, *, by: Person, at: datetime) -> SensitiveVersion:
    """Add a rule, or the next version of one.  Raise BadRule for a rule nobody can read, or NotPermitted.

    Cases registered from ``at`` on are looked at by it; earlier ones are not flagged afterwards.
    """
    require(by, Permission.SENSITIVE_MANAGE)
    check_wording(draft.code, draft.wording)
    if "text" in draft.wording and (read := parse_rule(draft.code, 0, draft.wording).rule) is not None:
        check_names(read)
    rule, created = SensitiveRule.objects.select_for_update().get_or_create(
        code=draft.code, defaults={"name": draft.name, "order": 1000}
    )
    last = rule.versions.order_by("-number").first()
    if _sort(draft.wording) != (_sort(last.wording) if last else "text"):
        raise BadRule(Reason.SHAPE, NOWHERE, draft.code)
    version = SensitiveVersion.objects.create(
        rule=rule,
        number=rule.versions.aggregate(most=Max("number", default=0))["most"] + 1,
        wording=draft.wording,
        is_watched=draft.is_watched,
        valid_from=at,
        source=CENTRE,
        by=by,
    )
    record(
        "sensitive_rule.created" if created else "sensitive_rule.changed",
        rule,
        by=by,
        at=at,
        data={
            "code": rule.code,
            "version": version.number,
            "wording": draft.wording,
            "is_watched": draft.is_watched,
        },
    )
    return version
