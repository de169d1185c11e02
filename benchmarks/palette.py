"""What Ctrl+K offers in a centre with 100,000 cases: by number, phone, words, operator and page, for four people.

python benchmarks/palette.py [--record] [--size 100000]

Each is measured whole over Django's test client.  Every query is explained as well: a table of many rows that was
read from end to end is told by its name.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from ground.centre import throw_away_database
from ground.telling import spread, tell, times

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the stage is that of the tests

MOST = 150  # ms
REPEATS, YEARS = 30, 2
MANY_ROWS = 2_000  # a smaller table may be read whole
WHO = ("dispatcher", "supervisor", "handler", "analyst")


def main() -> None:
    size = _asked()
    with throw_away_database():
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        cast, typed = _filled(size)
        found = [one for who in WHO for one in _measured(who, getattr(cast, who), typed)]
    found.sort(key=lambda one: -one[0])
    print("\n".join(line for _slow, line in found), flush=True)
    slow = sum(p95 > MOST for p95, _line in found)
    tell(
        "palette",
        f"{size:,} cases, {len(found)} questions of {len(WHO)} people",
        [f"p95 over {MOST} ms: {slow}", *(line for _p95, line in found[:5])],
    )


def _asked() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    found, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    return int(found.size)


def _filled(size: int) -> tuple[Any, dict[str, str]]:
    """A centre with so many cases of ordinary years, and what is typed: each finds something where it may."""
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from suqing.cases.models import Case, EventGroup
    from tests.cast import make_cast
    from tests.web.past import fill
    from tests.web.staged import NOW, stage

    cast = make_cast()
    setup_test_environment()  # the stage reads the forms that it sends
    stage(cast)
    teardown_test_environment()
    last = NOW.date() - timedelta(days=1)
    fill(size, first=last.replace(year=last.year - YEARS), last=last, horizon=NOW, by=cast.call_taker)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    named = Case.objects.filter(entity__isnull=False).order_by("pk")
    case = named[named.count() // 2]
    event = EventGroup.objects.order_by("pk").first()
    assert case.entity is not None and event is not None
    return cast, {
        "nothing": "",
        "a whole number": case.number,
        "a number's beginning": case.number[:8],
        "a number without its letters": case.number[2:],
        "a contact": case.submission.number,
        "a phone number": "13800001234",
        "a phone number of nobody": "13999999999",
        "an operator": case.entity.name,
        "a part of its name": case.entity.name[2:6],
        "two characters": "药房",
        "an event": event.title,
        "words of a matter": "口罩 价格",
        "words of nothing": "火星上的海",
        "a page in pinyin": "gongdan",
        "help": "bangzhu",
    }


def _measured(who: str, person: Any, typed: dict[str, str]) -> Iterator[tuple[float, str]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for name, words in typed.items():

        def ask(words: str = words) -> Any:
            return client.post("/jump/", {"q": words, "part": "offers"})

        assert ask().status_code == 200, name
        with CaptureQueriesContext(connection) as queries:
            ask()
        asked = [query["sql"] for query in queries.captured_queries]  # the next request empties the log
        assert asked, name
        whole = sorted({table for sql in asked for table in _read_whole(sql)})
        taken = times(ask, REPEATS)
        read = f"; read whole: {', '.join(whole)}" if whole else ""
        p95 = quantiles(taken, n=100, method="inclusive")[94]
        yield p95, f"{who}, {name}: {spread(taken)}, {len(asked)} queries{read}"


def _read_whole(sql: str) -> Iterator[str]:
    """The tables of many rows that the query reads from end to end, by the planner's word."""
    from django.db import connection

    if not sql.startswith(("SELECT", "WITH")):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
        plan = json.loads(answer) if isinstance(answer, str) else answer
        nodes = [plan[0]["Plan"]]
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", ())
            if node["Node Type"] != "Seq Scan":
                continue
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [node["Relation Name"]])
            if cursor.fetchone()[0] > MANY_ROWS:
                yield node["Relation Name"]


if __name__ == "__main__":
    main()
