"""The focus list of prices in a flood: 16,000 price cases in eight days (synthetic), page and query.

python benchmarks/prices.py [--record]

Every case of the days is made a price case by giving it a price; three in four have goods, the others are read for them.
The pages are measured whole over Django's test client, rendering included.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from ground.centre import throw_away_database
from ground.telling import spread, tell, times

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the days are written as the tests write them

CASES, DAYS, REPEATS = 16_000, 8, 15


def main() -> None:
    with throw_away_database():
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        found = _measured(_filled())
        tell("prices", f"{CASES:,} price cases in {DAYS} days (synthetic)", found)


def _filled() -> Any:
    """A centre with nothing but price cases; give its people."""
    from django.db import connection
    from django.db.models import F, Value
    from django.db.models.functions import Mod

    from suqing.cases.models import Case
    from suqing.cases.vocabulary import Kind
    from suqing.lawclock.actions import load_calendars
    from suqing.ledger.actions import set_centre_clock
    from suqing.taxonomy.actions import load_reference_data
    from tests.cast import AT, SYSTEM, make_cast
    from tests.web.past import fill

    load_reference_data(by=SYSTEM, at=AT)
    load_calendars(by=SYSTEM, at=AT)
    cast = make_cast()
    set_centre_clock(mode="rehearsal", centre=AT.replace(hour=23), speed=1.0, by=SYSTEM)
    last = AT.date()
    fill(
        CASES,
        first=last - timedelta(days=DAYS - 1),
        last=last,
        horizon=AT.replace(hour=23),
        by=cast.call_taker,
    )
    rows = Case.objects.filter(kind=Kind.CONSULTATION)
    rows.update(kind=Kind.COMPLAINT)
    Case.objects.update(
        price_asked=Mod(F("pk"), Value(90)) + 10, price_earlier=Mod(F("pk"), Value(7)) + 5,
        price_earlier_on=last - timedelta(days=20), price_unit="只",
    )  # fmt: skip
    for place, goods in enumerate(("N95口罩", "75%酒精", "大白菜")):
        Case.objects.annotate(part=Mod(F("pk"), Value(4))).filter(part=place).update(goods=goods)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cast


def _measured(cast: Any) -> list[str]:
    from django.test import Client

    from suqing.cases.queries.price_focus import price_focus, window_of
    from tests.cast import AT

    window = window_of(AT.date(), AT + timedelta(days=1))
    client = Client()
    client.force_login(cast.analyst, backend="django.contrib.auth.backends.ModelBackend")
    day = AT.date().isoformat()
    found = price_focus(cast.analyst, window)
    groups = len(found.ranked(("goods", "district", "operator")))
    lines = [
        f"{len(found.cases):,} cases that day, {sum(found.week_before.values()):,} before, {groups:,} groups"
    ]
    lines.append(f"query: {spread(times(lambda: price_focus(cast.analyst, window), REPEATS))}")
    for name, address in (
        ("page", f"/prices/?day={day}"),
        ("all rows", f"/prices/?day={day}&all=each"),
        ("cases behind a number", f"/prices/cases/?day={day}&goods=口罩"),
        ("file", f"/prices/list.csv?day={day}&by=each"),
    ):
        assert client.get(address).status_code == 200
        lines.append(f"{name}: {spread(times(lambda address=address: client.get(address), REPEATS))}")
    return lines


if __name__ == "__main__":
    main()
