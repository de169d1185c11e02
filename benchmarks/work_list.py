"""The work list of a centre with 50,000 cases: first page and page 500, as the centre and as a district handler.

python benchmarks/work_list.py [--record]

Each is measured as the query and as the whole page over Django's test client, rendering included.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ground.centre import NOW, Filling, make_people, throw_away_database
from ground.telling import spread, tell, times

CASES, PAGE, REPEATS = 50_000, 500, 30


def main() -> None:
    with throw_away_database():
        people = make_people()
        Filling(people, CASES).until(CASES)
        found = []
        for who, person in (("centre", people.supervisor), ("district handler", people.handler)):
            found += [f"{who}, {line}" for line in _measured(person)]
        tell("work_list", f"{CASES:,} cases, 50 a page, all states", found)


def _measured(person: Any) -> Iterator[str]:
    from django.conf import settings
    from django.test import Client

    from suqing.cases.queries import Filters, visible_cases, work_list
    from suqing.ledger.actions import set_centre_clock

    set_centre_clock(mode="rehearsal", centre=NOW, speed=1.0, by="system:benchmark")
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    count = visible_cases(person).count()
    key, number = "", 1
    while number < PAGE:
        after = work_list(person, Filters(), NOW, after=key).after
        if not after:
            break
        key, number = after, number + 1
    for page, after in ((1, ""), (number, key)):
        query = times(lambda after=after: work_list(person, Filters(), NOW, after=after), REPEATS)
        address = f"/cases/?view=all&after={after}"
        assert client.get(address).status_code == 200
        whole = times(lambda address=address: client.get(address), REPEATS)
        yield f"{count:,} in sight, page {page}: query {spread(query)}; whole page {spread(whole)}"


if __name__ == "__main__":
    main()
