"""How long the daily bulletin takes from 10,000 cases of one day, with a week of as many before it.

    python benchmarks/bulletin_daily.py [CASES] [--record]

Makes a throw-away private database, fills it, drafts, issues, and prints seconds.  Target: 5 s for draft and file
together on two cores.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import date, datetime, timedelta
from uuid import UUID

from ground.centre import throw_away_database
from ground.telling import tell

DAY = date(2020, 1, 27)
WORDS = (
    "在药店买口罩，平时五元一只，现在涨到三十元一只，价格太高，要求查处。", "预订的酒店因为疫情不能入住，商家拒绝退费。",
    "超市的白菜卖到十五元一斤，趁机涨价，没有标价。", "买的电水壶用了三天就不通电，商家不肯换货。", "面包里有异物，要求查处。",
)  # fmt: skip


def main() -> None:
    given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    with throw_away_database():
        _measure(given[0] if given else 10_000)


def _measure(count: int) -> None:
    from suqing.accounts.models import Person
    from suqing.bulletins import queries
    from suqing.bulletins.actions import approve, draft_daily, issue, submit
    from suqing.ledger.actions import change_setting

    at = datetime.combine(DAY + timedelta(days=1), datetime.min.time().replace(hour=8)).astimezone()
    editor = _people(at)
    change_setting("bulletins.second_person", False, by="system:benchmark", at=at)
    _fill(count, editor, at)
    found = []
    for attempt in (1, 2):
        began = time.perf_counter()
        bulletin = draft_daily(day=DAY, by="system:benchmark", at=at)
        drafted = time.perf_counter()
        size = len(queries.file_of(bulletin))
        written = time.perf_counter()
        found.append(
            f"attempt {attempt}: draft {drafted - began:.2f} s, file {written - drafted:.2f} s, "
            f"together {written - began:.2f} s, {size:,} bytes, {bulletin.figures.count()} figures"
        )
    began = time.perf_counter()
    signer = Person.objects.get(username="editor")
    submit(bulletin=bulletin, revision=bulletin.revision, by=signer, at=at)
    bulletin.refresh_from_db()
    approve(bulletin=bulletin, revision=bulletin.revision, by=signer, at=at)
    issue(bulletin=bulletin, by=signer, at=at)
    found.append(f"issue {time.perf_counter() - began:.2f} s")
    tell("bulletin_daily", f"{count:,} cases of the day, as many on each of seven days before", found)


def _people(at: datetime) -> object:
    from suqing.accounts.actions import appoint, create_person, load_units
    from suqing.accounts.models import Unit
    from suqing.taxonomy.actions import load_reference_data

    load_units(by="system:benchmark", at=at)
    load_reference_data(by="system:benchmark", at=at)
    person = create_person(
        username="editor", display_name="文编辑", password="口罩-bench-27", by="system:benchmark", at=at
    ).person
    appoint(
        person=person, unit=Unit.objects.get(code="sz-12315"), role="editor", by="system:benchmark", at=at
    )
    return person


def _fill(count: int, person: object, at: datetime) -> None:
    """Eight days of ``count`` cases each, written in bulk: only what figures read."""
    from django.db import connection

    from suqing.accounts.models import Unit
    from suqing.cases.models import Case, Submission, TopicMembership
    from suqing.taxonomy.models import ClassNode, Division, TopicVersion

    rng = random.Random(12315)
    unit = Unit.objects.get(code="sz-12315")
    places = list(Division.objects.filter(code__startswith="3205", level="street"))
    classes = {
        kind: list(ClassNode.objects.filter(tree__kind=kind, tree__is_active=True))
        for kind in ("object", "issue", "report_issue")
    }
    versions = list(TopicVersion.objects.all())
    for back in range(8):
        day = DAY - timedelta(days=back)
        start = datetime.combine(day, datetime.min.time()).astimezone()
        moments = [start + timedelta(seconds=rng.randrange(86_000)) for _ in range(count)]
        base = {"channel": "phone", "registered_by": person, "registered_at": at}
        submissions = Submission.objects.bulk_create(
            [
                Submission(ref=UUID(int=rng.getrandbits(128)), number=f"B{back}{n:07d}", outcome="cases", unit=unit,
                           received_at=moment, **base)
                for n, moment in enumerate(moments)
            ],
            batch_size=2000,
        )  # fmt: skip
        cases = []
        for n, submission in enumerate(submissions):
            kind = rng.choices(("consultation", "complaint", "report"), (4, 3, 3))[0]
            issues = classes["report_issue" if kind == "report" else "issue"]
            text = rng.choice(WORDS)
            cases.append(
                Case(number=f"C{back}{n:07d}", submission=submission, kind=kind, regime="O20", state="registered",
                     narrative=text, match_text=text, redactor_version=1, object_class=rng.choice(classes["object"]),
                     issue_class=rng.choice(issues), entity_name="平江大药房", place=rng.choice(places),
                     goods=rng.choice(("口罩", "酒精", "白菜", "")), responsible_unit=unit,
                     received_at=submission.received_at, **base)
            )  # fmt: skip
        cases = Case.objects.bulk_create(cases, batch_size=2000)
        memberships = [
            TopicMembership(case=case, version=version, since=at)
            for case in cases
            for version in rng.sample(versions, rng.choice((0, 1, 2)))
        ]
        TopicMembership.objects.bulk_create(memberships, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
