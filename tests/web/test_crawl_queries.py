"""How many questions each page puts to the database: few, and no more at 500 cases than at 50."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from tests.cast import Cast
from tests.web.crawled import opened, pages, people_of
from tests.web.past import fill
from tests.web.staged import NOW, stage

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

FIRST, LAST = date(2020, 1, 2), NOW.date() - timedelta(days=1)
MOST = 45
# Pages of many parts may ask more, each at most so many.
MORE = {
    **dict.fromkeys(
        ("case", "case-step", "case-mediating", "case-report", "case-refused", "case-of-others"), 72
    ),
    **dict.fromkeys(
        ("case-step-schedule", "case-step-terminate", "case-step-refuse", "case-step-return"), 72
    ),
    **dict.fromkeys(("figures", "figures-empty", "figure-month"), 70),
    **dict.fromkeys(
        ("entity", "today", "cases", "cases-mine", "cases-none", "home-taker", "entity-compare", "entities"),
        66,
    ),
}


@pytest.fixture
def staged(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    stage(cast)
    return cast


def test_no_page_asks_more_at_500_cases_than_at_50(staged: Cast) -> None:
    people = people_of(staged)
    crawled = [(page.name, page) for page in pages(people)]
    fill(50, first=FIRST, last=LAST, horizon=NOW, by=staged.call_taker, seed=1)
    few = asked(people, crawled)
    fill(450, first=FIRST, last=LAST, horizon=NOW, by=staged.call_taker, seed=2)
    many = asked(people, crawled)
    grown = {name: (few[name], many[name]) for name in many if many[name] > few[name]}
    assert not grown, f"pages that ask more where there are more cases: {grown}"
    too_many = {name: count for name, count in many.items() if count > MORE.get(name, MOST)}
    assert not too_many, f"pages that ask too much: {too_many}"


def asked(people: dict[str, Person], crawled: list[tuple[str, Any]]) -> dict[str, int]:
    """The questions of each page when it is opened the second time; caches of the process are warm then."""
    found = {}
    for name, page in crawled:
        opened(people, page)
        with CaptureQueriesContext(connection) as queries:
            assert opened(people, page).status_code == 200, page
        found[name] = len(queries)
    return found
