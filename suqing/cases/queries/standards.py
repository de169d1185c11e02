"""Entry standards: all versions, and those in force on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from suqing.cases.entry_standard import Standard, first, in_force, of_levels
from suqing.cases.models import CaseQuerySet, EntryStandard, TopicMembership
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.models import Topic


def entry_standards() -> tuple[Standard, ...]:
    """Every version of every kind, the first ones included; one query."""
    stored = EntryStandard.objects.order_by("kind", "version")
    return (*(first(kind) for kind in Kind), *(_standard(row) for row in stored))


def standards_on(day: date) -> dict[Kind, Standard]:
    """The version of each kind in force on a day; one query."""
    known = entry_standards()
    return {kind: in_force(known, kind, day) for kind in Kind}


def stored_standards(kind: Kind) -> list[EntryStandard]:
    """The versions of a kind made here, newest first, with who issued them."""
    return list(EntryStandard.objects.filter(kind=kind).select_related("issued_by").order_by("-version"))


def topic_names(codes: Collection[str]) -> dict[str, str]:
    """The names of those topics that are in use, by code in the topics' order; no query without a code."""
    rows = Topic.objects.active().filter(code__in=codes).order_by("order", "code") if codes else []
    return {topic.code: topic.label for topic in rows}


def topics_asked(cases: CaseQuerySet, standards: Iterable[Standard]) -> dict[int, list[str]]:
    """Those topics of each case that one of the standards asks more of; one query, none where no standard asks by topic."""
    codes = {code for one in standards for code in one.topics}
    found: dict[int, list[str]] = {}
    if codes:
        held = TopicMembership.objects.filter(case__in=cases.values("pk"), version__topic__code__in=codes)
        for case, code in held.values_list("case_id", "version__topic__code").distinct():
            found.setdefault(case, []).append(code)
    return found


def _standard(row: EntryStandard) -> Standard:
    levels = {fact["code"]: fact["level"] for fact in row.facts if "topic" not in fact}
    topics: dict[str, dict[str, str]] = {}
    for fact in row.facts:
        if "topic" in fact:
            topics.setdefault(fact["topic"], {})[fact["code"]] = fact["level"]
    return of_levels(Kind(row.kind), row.version, row.effective_on, levels, topics)
