"""Nothing that facts are read from may change unnoticed: rows are watched, names are in the fingerprint."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from suqing.analytics import facts, mirror_state
from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.mirror.tables import ALL_SOURCES
from suqing.analytics.mirror_state import is_build_due
from suqing.cases.models import Case, CaseLink, Clock
from suqing.cases.vocabulary import ClockState, LinkKind
from suqing.config.places import ROOT
from tests.analytics.mirror.at_work import change_some, nothing_waits
from tests.analytics.mirror.reading import is_equal, mirrored
from tests.cast import Cast

# Names, which the fingerprint of a mirror tells; versions of a topic belong to it for ever.
NAMES = {
    "accounts_unit", "taxonomy_classnode", "taxonomy_classtree", "taxonomy_topic", "taxonomy_topicversion",
}  # fmt: skip

EVERY_CHANGE = 4 | 8 | 16  # insert, delete, update, as pg_trigger tells them

SAYS_FINGERPRINTED = """
import django
django.setup()
from suqing.analytics import facts
from suqing.analytics.mirror.tables import SPECS
print([str(facts.rows(one.source).query.sql_with_params()) for one in SPECS.values()])
"""


def tables_of(source: facts.Source) -> set[str]:
    statement, _values = facts.rows(source).query.sql_with_params()
    return set(re.findall(r'(?:FROM|JOIN) "(\w+)"', statement))


def watched() -> dict[str, set[str]]:
    """By the source that is noted, the tables with triggers for every kind of change."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT tgrelid::regclass::text, substring(prosrc FROM $$SELECT '(\w+)'$$), tgtype"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname ~ '^analytics_touch_'"
        )
        triggers = cursor.fetchall()
    found: dict[str, dict[str, int]] = {}
    for table, source, kind in triggers:
        for name in ("cases", "texts") if source == "new_cases" else (source,):
            of = found.setdefault(name, {})
            of[table] = of.get(table, 0) | (kind & EVERY_CHANGE)
    return {
        name: {table for table, kinds in of.items() if kinds == EVERY_CHANGE} for name, of in found.items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL_SOURCES)
def test_every_table_that_facts_are_read_from_is_watched_or_told_by_the_fingerprint(name: str) -> None:
    assert tables_of(ALL_SOURCES[name]) - NAMES == watched()[name]


def test_a_limit_that_is_broken_by_itself_changes_its_case(thirty_cases: Cast) -> None:
    clock = Clock.objects.filter(is_binding=True).order_by("pk").first()
    assert clock is not None
    build()
    ended = clock.due_at + timedelta(days=1)
    Clock.objects.filter(pk=clock.pk).update(state=ClockState.BREACHED, ended_at=ended)
    feed()
    assert is_equal()
    assert [row["case_id"] for row in mirrored("cases") if row["has_breach"]] == [clock.case_id]
    clock.delete()
    feed()
    assert is_equal() and not any(row["has_breach"] for row in mirrored("cases"))


def test_a_link_that_is_made_or_taken_away_later_changes_its_case(thirty_cases: Cast) -> None:
    one, other = Case.objects.order_by("pk")[:2]
    build()
    link = CaseLink.objects.create(case=one, other=other, kind=LinkKind.LEADS, at=timezone.now())
    feed()
    assert is_equal() and [row["case_id"] for row in mirrored("cases") if row["is_of_leads"]] == [one.pk]
    link.delete()
    feed()
    assert is_equal() and nothing_waits()


def test_a_statement_that_changes_nothing_is_not_noted(thirty_cases: Cast) -> None:
    build()
    feed()
    assert nothing_waits()
    Clock.objects.filter(pk=-1).update(is_binding=True)
    CaseLink.objects.filter(pk=-1).delete()
    assert nothing_waits()
    change_some(Random(1), 1)
    assert not nothing_waits()


def test_a_mirror_whose_facts_were_read_in_another_way_is_due_to_be_built(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    assert not is_build_due()
    inner = facts.rows

    def otherwise(source: facts.Source, ids: Any = None) -> Any:
        found = inner(source, ids)
        return found.exclude(pk=0) if source.name == "calls" else found

    monkeypatch.setattr(mirror_state.facts, "rows", otherwise)
    assert is_build_due()


def test_the_way_facts_are_read_is_told_alike_by_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", SAYS_FINGERPRINTED],
            cwd=ROOT, check=True, capture_output=True, text=True,
            env={"DJANGO_SETTINGS_MODULE": "suqing.config.settings", "PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1 and len(told.pop()) > 1000
