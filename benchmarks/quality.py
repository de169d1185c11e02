"""The report of data quality: one day and 31 days of 2,000 cases a day (synthetic), first and again.

python benchmarks/quality.py [--days 31] [--record]

The narratives are those of the tests' past days; sums in words are read once a process while they are remembered.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from ground.centre import throw_away_database
from ground.telling import spread, tell, times

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the days are written as the tests write them

A_DAY, REPEATS = 2_000, 5
DAYS = int(sys.argv[sys.argv.index("--days") + 1]) if "--days" in sys.argv else 31


def main() -> None:
    with throw_away_database():
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        found = _measured(_filled())
        tell("quality", f"{A_DAY:,} cases a day on {DAYS} days (synthetic)", found)


def _filled() -> Any:
    """A centre with days of cases that were entered here; give its people."""
    from django.db import connection

    from suqing.cases.models import Case
    from suqing.lawclock.actions import load_calendars
    from suqing.ledger.actions import set_centre_clock
    from suqing.taxonomy.actions import load_reference_data
    from tests.cast import AT, SYSTEM, make_cast
    from tests.web.past import fill

    load_reference_data(by=SYSTEM, at=AT)
    load_calendars(by=SYSTEM, at=AT)
    cast = make_cast()
    horizon = AT.replace(hour=23)
    set_centre_clock(mode="rehearsal", centre=horizon, speed=1.0, by=SYSTEM)
    first = AT.date() - timedelta(days=DAYS - 1)
    fill(A_DAY * DAYS, first=first, last=AT.date(), horizon=horizon, by=cast.call_taker)
    Case.objects.filter(entry_standard=None).update(entry_standard=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cast


def _measured(cast: Any) -> list[str]:
    from django.test import Client

    from suqing.cases.queries import data_quality
    from suqing.cases.queries.data_quality import Scope, report
    from tests.cast import AT

    end = AT.replace(hour=0, minute=0) + timedelta(days=1)
    lines = []
    for days in (1, DAYS):
        scope = Scope(cast.analyst, end - timedelta(days=days), end)

        def cold(scope: Scope = scope) -> None:
            data_quality._sums.cache_clear()
            report(scope)

        received = report(scope).whole.received
        lines.append(f"{days} days, {received:,} cases: first {spread(times(cold, REPEATS))}")
        lines.append(f"{days} days: again {spread(times(lambda scope=scope: report(scope), REPEATS))}")
    client = Client()
    client.force_login(cast.analyst, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/quality/?from={AT.date()}&to={AT.date()}"
    assert client.get(address).status_code == 200
    lines.append(f"page of a day: {spread(times(lambda: client.get(address), REPEATS))}")
    return lines


if __name__ == "__main__":
    main()
