"""One definition, several executors: random questions have one answer in PostgreSQL, in the mirror's files, and by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import override_settings

from suqing.accounts.actions import load_units
from suqing.accounts.models import Person
from suqing.analytics import dimensions
from suqing.analytics.conditions import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AtHour,
    AtLeast,
    Below,
    Condition,
    Empty,
    Has,
    Is,
    Missing,
    Not,
    NotAfter,
    holds,
)
from suqing.analytics.dimensions import CENTRE_OFFSET
from suqing.analytics.engine.duck import Duck
from suqing.analytics.engine.postgres import Postgres
from suqing.analytics.engine.questions import Counted, Question, Sight
from suqing.analytics.facts import SOURCES
from suqing.analytics.lunar import LunarYearMissing
from suqing.analytics.period_kinds import KINDS
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.registry import Measure, all_measures
from suqing.cases.models import (
    Case,
    CaseLink,
    CaseResult,
    Clock,
    EventGroup,
    GroupMember,
    Submission,
    TopicMembership,
)
from suqing.cases.vocabulary import ClockState, Kind, LinkKind, VisitGrade
from suqing.lawclock.actions import load_calendars
from suqing.rehearsal.actions.history import write_history
from suqing.rehearsal.actions.replay import begin
from suqing.taxonomy.actions import load_reference_data
from suqing.taxonomy.models import TopicVersion
from suqing.telephony.models import Call
from tests.analytics.flat import Facts, facts_of, lay_out
from tests.cast import SYSTEM

CLOCK = datetime(2020, 1, 27, 10, 0, tzinfo=CENTRE_ZONE)
POSTGRES = Postgres()


@pytest.fixture
def world(nobody_yet: None, tmp_path: Path) -> tuple[Duck, dict[str, Facts]]:
    """Some hundred cases of two quiet years, many of them bent: in files, and as plain rows."""
    load_units(by=SYSTEM, at=CLOCK)
    load_calendars(by=SYSTEM, at=CLOCK)
    load_reference_data(by=SYSTEM, at=CLOCK)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        begin(city="suzhou", seed=7, with_baseline=False, clock=CLOCK, years=2, size=400)
    assert write_history() == 400
    bend(Random(3))
    return Duck(lay_out(tmp_path, Random(5))), {name: facts_of(source) for name, source in SOURCES.items()}


def bend(rng: Random) -> None:
    """What history does not have: unknown facts, moments on the edge of a day, calls, contacts without a case."""
    for case in Case.objects.all():
        if rng.random() < 0.2:
            case.entity_id = case.place_id = case.issue_class_id = None
        if rng.random() < 0.1:
            midnight = datetime.combine(
                case.received_at.astimezone(CENTRE_ZONE), datetime.min.time(), CENTRE_ZONE
            )
            case.received_at = midnight - timedelta(microseconds=rng.choice((0, 1)))
        if rng.random() < 0.2:
            case.goods = rng.choice(("活性炭口罩", " 酒精 ", "x'; DROP", ""))
        if case.closed_at is not None and rng.random() < 0.5:
            case.visit_grade = rng.choice(list(VisitGrade))
        case.publicity_consent = rng.choice((None, False, True))
        case.save(
            update_fields=[
                *("entity", "place", "issue_class", "received_at", "goods"),
                *("visit_grade", "publicity_consent"),
            ]
        )
    for number, submission in enumerate(Submission.objects.all()[:40]):
        Call.objects.create(
            ref=submission.ref, source="switch" if number % 5 else "typed", direction="in", agent_id=submission.registered_by_id,
            started_at=submission.received_at,
            answered_at=submission.received_at + timedelta(seconds=number, milliseconds=999) if number % 3 else None,
            ended_at=submission.received_at + timedelta(minutes=3) if number % 4 else None,
        )  # fmt: skip
    Clock.objects.filter(pk__in=Clock.objects.all()[:30].values("pk")).update(is_binding=False)
    leads_late_limits_and_confiscations(rng)
    in_topics_and_events(rng)


def leads_late_limits_and_confiscations(rng: Random) -> None:
    complaint = Case.objects.filter(kind=Kind.COMPLAINT).first()
    for report in Case.objects.filter(kind=Kind.REPORT):
        if rng.random() < 0.3:
            CaseLink.objects.create(case=report, other=complaint, kind=rng.choice(list(LinkKind)), at=CLOCK)
        if rng.random() < 0.3:
            CaseResult.objects.update_or_create(
                case=report, defaults={"confiscated_amount": rng.choice((None, Decimal("12.34")))}
            )
    for clock in Clock.objects.filter(state=ClockState.MET):
        if rng.random() < 0.2:
            clock.state = ClockState.BREACHED
            clock.save(update_fields=["state"])


def in_topics_and_events(rng: Random) -> None:
    versions, cases = list(TopicVersion.objects.distinct("topic")), list(Case.objects.all())
    TopicMembership.objects.all().delete()
    TopicMembership.objects.bulk_create(
        TopicMembership(case=case, version=version, since=CLOCK)
        for case in cases
        for version in rng.sample(versions, rng.choice((0, 0, 1, 2)))
    )
    person = Person.objects.first()
    for number in range(12):
        group = EventGroup.objects.create(number=f"EV{number}", title="x", made_by=person, made_at=CLOCK)
        for case in cases[number * 4 : number * 4 + 4]:
            GroupMember.objects.create(group=group, case=case, added_by=person, added_at=CLOCK)


# The third answer: by hand over plain rows


def by_hand(question: Question, facts: dict[str, Facts]) -> Facts:
    """The rows that a question counts, each with the facts of its case."""
    source, sight = question.measure.source, question.sight
    cases = {row["case_id"]: row for row in facts["cases"]}
    rows = [cases.get(row.get("case_id"), {}) | row for row in facts[source.name]]
    rows = [row for row in rows if holds(question.counted, row)]
    if source.name == "calls":
        return [row for row in rows if holds(sight.of_calls, row)]
    if source.case is not None:
        return [row for row in rows if holds(sight.of_cases, row)]
    of_contact: dict[int, Facts] = {}
    for row in facts["cases"]:
        of_contact.setdefault(row["submission_id"], []).append(row)
    return [
        row for row in rows
        if any(holds(sight.of_cases, case) for case in of_contact.get(row["contact_id"], ()))
        or (row["contact_id"] not in of_contact and holds(sight.of_barren_contacts, row))
    ]  # fmt: skip


def number(question: Question, rows: Facts) -> Counted:
    measure = question.measure
    if measure.summed:
        return Counted(sum((row[measure.summed] or Decimal(0) for row in rows), Decimal(0)))
    if measure.averaged:
        return Counted(sum(row[measure.averaged] for row in rows), len(rows))
    if question.numerator is not None:
        return Counted(sum(holds(question.numerator, row) for row in rows), len(rows))
    if measure.distinct:
        return Counted(len({row[measure.distinct] for row in rows} - {None}))
    return Counted(len(rows))


def value(code: str, measure: Measure, row: dict[str, Any]) -> list[str]:
    """The values of a row in a dimension."""
    dimension = dimensions.get(code)
    if dimension.time:
        local = row[measure.moment].astimezone(CENTRE_ZONE)
        if dimension.time == "hour":
            return [str(local.hour)]
        try:
            return [Period.containing(dimension.time, local).first.isoformat()]
        except LunarYearMissing:
            return [""]
    found = row[dimension.column]
    if isinstance(found, list):
        return found or [""]
    return ["" if found is None else str(found)]


# Random questions


def a_question(rng: Random, facts: dict[str, Facts]) -> Question:
    measure = rng.choice(list(all_measures()))
    kept: Condition = EVERYTHING
    for code in rng.sample(cuts_of(measure), rng.choice((0, 0, 0, 1, 2))):
        kept &= dimensions.condition(
            code, some_values(rng, code, measure, facts), measure.source, measure.moment
        )
    first = date(2018, 1, 1) + timedelta(days=rng.randrange(750))
    last = first + timedelta(days=rng.choice((0, 40, 400, 700)))
    until = datetime.combine(last, time(rng.randrange(1, 24)), CENTRE_ZONE) if rng.random() < 0.3 else None
    return Question(measure, Period(first, last, until), kept, a_sight(rng, facts))


def cuts_of(measure: Measure) -> list[str]:
    return [code for code, one in dimensions.DIMENSIONS.items() if measure.source in one.sources]


def some_values(rng: Random, code: str, measure: Measure, facts: dict[str, Facts]) -> list[str]:
    cases = {row["case_id"]: row for row in facts["cases"]}
    rows = [cases.get(row.get("case_id"), {}) | row for row in rng.sample(facts[measure.source.name], 3)]
    found = {one for row in rows if row[measure.moment] for one in value(code, measure, row)}
    return [*sorted(found), *rng.choice(([], [""], ["no such value"], ["-1", "99"]))]


def a_sight(rng: Random, facts: dict[str, Facts]) -> Sight:
    units = sorted({row["unit_id"] for row in facts["cases"]})
    some = frozenset(rng.sample(units, min(2, len(units))))
    people = [row["agent_id"] for row in facts["calls"]]
    return rng.choice(
        (Sight(), Sight(), Sight(some, some, people[0]), Sight(some, frozenset()), Sight(None, frozenset()))
    )


@pytest.mark.parametrize("seed", range(4))
def test_random_questions_have_one_answer(world: tuple[Duck, dict[str, Facts]], seed: int) -> None:
    duck, facts = world
    rng = Random(seed)
    questions = [a_question(rng, facts) for _number in range(120)]
    expected = [number(one, by_hand(one, facts)) for one in questions]
    assert sum(one.value > 0 for one in expected) > 20, "the questions ask for nothing"
    assert POSTGRES.totals(questions) == expected
    assert duck.totals(questions) == expected
    for one in questions[:40]:
        assert duck.rows(one) == POSTGRES.rows(one)
        rows = by_hand(one, facts)
        by = rng.sample(cuts_of(one.measure), rng.choice((1, 1, 2)))
        if "topic" in by and one.measure.summed:
            continue
        groups: dict[tuple[str, ...], Facts] = {}
        for row in rows:
            for values in product(*(value(code, one.measure, row) for code in by)):
                groups.setdefault(values, []).append(row)
        lines = {values: number(one, group) for values, group in groups.items()}
        assert {line.values: line.counted for line in duck.cut(one, by)} == lines
        assert {line.values: line.counted for line in POSTGRES.cut(one, by)} == lines
        assert {line.values: line.keys for line in duck.cut(one, by, with_keys=True)} == {
            line.values: line.keys for line in POSTGRES.cut(one, by, with_keys=True)
        }


def test_days_weeks_thirds_of_months_and_lunar_weeks_are_cut_alike_by_all(
    world: tuple[Duck, dict[str, Facts]],
) -> None:
    duck, facts = world
    measure = next(one for one in all_measures() if one.code == "cases_registered")
    edges = [datetime.combine(day, time.min, CENTRE_ZONE) for day in EDGES]
    for case, at in zip(Case.objects.order_by("pk"), edges * 2, strict=False):
        case.received_at = at - timedelta(microseconds=case.pk % 2)
        case.save(update_fields=["received_at"])
    rows = facts_of(SOURCES["cases"])
    always = Question(measure, Period(date(1980, 1, 1), date(2060, 1, 1)))
    for kind in (*KINDS, "hour"):
        code = str(kind)
        on_files = {line.values: line.counted for line in duck.cut(always, [code])}
        assert on_files == counts_of(code, measure, facts["cases"]), "as the files were written"
        assert {line.values: line.counted for line in POSTGRES.cut(always, [code])} == counts_of(
            code, measure, rows
        )


# Ends of years, of February, of thirds of months, around the lunar new year and the turn of the lunar year.
EDGES = [
    date(2019, 12, 30), date(2020, 1, 1), date(2020, 1, 11), date(2020, 1, 21), date(2020, 1, 25), date(2020, 2, 1),
    date(2020, 2, 29), date(2020, 3, 1), date(2021, 1, 4), date(2021, 1, 1), date(2019, 7, 27), date(2020, 8, 14),
    date(2020, 8, 13), date(2020, 10, 1), date(2016, 2, 8), date(2051, 2, 11), date(1989, 7, 29), date(1989, 7, 1),
]  # fmt: skip


def counts_of(code: str, measure: Measure, rows: Facts) -> dict[tuple[str, ...], Counted]:
    found: dict[tuple[str, ...], int] = {}
    for row in rows:
        (one,) = value(code, measure, row)
        found[one,] = found.get((one,), 0) + 1
    return {values: Counted(count) for values, count in found.items()}


A, B = "decided_at", "closed_at"
CONDITIONS = [
    Is("kind", ("report",)), Is("kind", ()), Missing("entity_id"), Missing("decided_at"), Has("topics_above", ("epidemic",)),
    Has("topics", ()), Empty("topics"), AtLeast(A, CLOCK - timedelta(days=400)), Below(B, CLOCK - timedelta(days=200)),
    AtLeast("amount", Decimal("100.5")), NotAfter(A, B), NotAfter(B, A), AtHour("closed_at", (9, 10, 23), CENTRE_OFFSET),
    Is("is_price", (True,)), Is("is_price", (False,)), Is("goods", ("x'; DROP", "口罩")), Is("event_key", (-1, 5)),
    EVERYTHING, NOTHING,
]  # fmt: skip


def test_every_condition_and_its_opposite_mean_the_same_to_all(world: tuple[Duck, dict[str, Facts]]) -> None:
    duck, facts = world
    rng = Random(9)
    measure = next(one for one in all_measures() if one.code == "cases_registered")
    always = Period(date(2010, 1, 1), date(2030, 1, 1))
    asked: list[Condition] = [one for part in CONDITIONS for one in (part, Not(part))]
    for _number in range(60):
        first, second = rng.sample(asked, 2)
        asked += [first & second, Not(first | second), Not(AllOf((first, Not(second))))]
    for one in asked:
        question = Question(measure, always, one)
        expected = number(question, by_hand(question, facts))
        assert POSTGRES.totals([question]) == duck.totals([question]) == [expected], one
