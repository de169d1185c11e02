"""Every page of the crawl in a centre with 100,000 cases: how long it takes, what it asks, how many cases stand behind.

python benchmarks/pages.py [--record] [--size 100000] [PAGE …]

Each is measured whole over Django's test client, rendering included; 300 ms are the most that a page may take.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from ground.centre import throw_away_database
from ground.telling import tell, times

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the crawl is that of the tests

MOST = 300  # ms
REPEATS, YEARS = 15, 2


def main() -> None:
    size, wanted = _asked()
    with throw_away_database():
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        people, pages = _filled(size)
        found = [_measured(people, page) for page in pages if not wanted or page.name in wanted]
        found.sort(key=lambda one: -one[0])
        slow = [line for middle, line in found if middle > MOST]
        print("\n".join(line for _middle, line in found), flush=True)
        middles = [middle for middle, _line in found]
        cuts = quantiles(middles, n=100, method="inclusive") if len(middles) > 1 else middles * 100
        tell(
            "pages",
            f"{size:,} cases, {len(found)} pages",
            [
                f"p50 of the pages: median {cuts[49]:.0f} ms, slowest {middles[0]:.0f} ms",
                f"over {MOST} ms: {len(slow)}",
                *(line for _middle, line in found[:5]),
            ],
        )


def _asked() -> tuple[int, list[str]]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("pages", nargs="*")
    found, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    return found.size, found.pages


def _filled(size: int) -> tuple[dict[str, Any], list[Any]]:
    """A centre with one of everything and so many cases of ordinary years behind it."""
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from suqing.analytics.actions.mirror_building import build
    from tests.cast import make_cast
    from tests.web.crawled import Page, pages, people_of
    from tests.web.past import fill
    from tests.web.staged import NOW, stage

    cast = make_cast()
    setup_test_environment()  # the stage reads the forms that it sends
    stage(cast)
    teardown_test_environment()
    last = NOW.date() - timedelta(days=1)
    first = last.replace(year=last.year - YEARS)
    fill(size, first=first, last=last, horizon=NOW, by=cast.call_taker)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    build()  # as `suqing serve` does: history is counted in the mirror
    people = people_of(cast)
    whole = f"from={first}&to={NOW.date()}"
    more = [
        Page("cases, open, the centre's", "supervisor", "/cases/?view=open"),
        Page("cases, a word", "supervisor", "/cases/?view=all&q=%E9%80%80%E6%AC%BE"),
        Page(
            "figures of 30 days",
            "analyst",
            f"/figures/?from={NOW.date() - timedelta(days=29)}&to={NOW.date()}",
        ),
        Page("figures of two years", "analyst", f"/figures/?{whole}"),
        Page("cases of a figure", "analyst", f"/figures/cases/?measure=cases_registered&{whole}"),
    ]
    return people, [*pages(people), *more]


def _measured(people: dict[str, Any], page: Any) -> tuple[float, str]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if page.who:
        client.force_login(people[page.who], backend="django.contrib.auth.backends.ModelBackend")

    def open_it() -> Any:
        return client.get(page.address)

    assert open_it().status_code == 200, page
    with CaptureQueriesContext(connection) as queries:
        answer = open_it()
    asked = len(queries)
    in_sql = sum(float(query["time"]) for query in queries.captured_queries) * 1000
    taken = times(open_it, REPEATS)
    cuts = quantiles(taken, n=100, method="inclusive")
    rows = answer.content.count(b"<tr")
    return cuts[49], (
        f"{page.name}: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, {asked} queries ({in_sql:.0f} ms), "
        f"{rows} rows, {len(answer.content) // 1024} kB"
    )


if __name__ == "__main__":
    main()
