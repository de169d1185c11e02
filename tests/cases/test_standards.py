"""Entry standards: versions with a day of effect, the minimum of the law, completeness of what was registered."""

from __future__ import annotations

import ast
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.cases import entry_standard
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.standards import issue_standard
from suqing.cases.entry_standard import (
    FIRST,
    KNOWN,
    Level,
    Standard,
    coming,
    first,
    follower,
    in_force,
    of_levels,
)
from suqing.cases.intake import EntityInput, Invalid, PartyInput
from suqing.cases.models import Case, EntryStandard
from suqing.cases.queries.data_quality import Scope, judged
from suqing.cases.queries.standards import entry_standards, standards_on, topics_asked
from suqing.cases.vocabulary import Kind
from suqing.inbox.models import Message
from suqing.ledger.models import Event
from suqing.ledger.writing import gathered
from suqing.taxonomy.models import Topic
from tests.cases.examples import WANG, matter, one_case, registered
from tests.cast import AT, Cast
from tests.ledger.threads import threads

TODAY = AT.date()


def levels(kind: Kind, **changes: str) -> dict[str, str]:
    """The first standard of a kind, with changes; "" leaves a fact out."""
    found = {fact.code: str(Level.MUST if fact.must else Level.SHOULD) for fact in FIRST[kind]}
    return {code: level for code, level in (found | changes).items() if level}


def issued(centre: Cast, *, effective_on: date = TODAY, at: datetime = AT, **changes: str) -> EntryStandard:
    return issue_standard(
        kind=Kind.COMPLAINT,
        levels=levels(Kind.COMPLAINT, **changes),
        effective_on=effective_on,
        notice="关于规范初始数据录入的通知",
        by=centre.supervisor,
        at=at,
    )


# Pure


def test_the_module_knows_no_database() -> None:
    tree = ast.parse(Path(entry_standard.__file__).read_text())
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in names if "django" in name or "models" in name]


def test_completeness_is_the_share_of_facts_given() -> None:
    standard = first(Kind.COMPLAINT)
    assert standard.completeness(PartyInput(), matter(entity=EntityInput(), place="", address="")) == 0
    given = matter(narrative="口罩太贵")
    assert standard.completeness(WANG, given) == Decimal("0.583")
    assert [fact.code for fact in standard.missing(WANG, given)] == [
        "amount",
        "requests",
        "incident_on",
        "object_class",
        "issue_class",
    ]


def test_the_newest_version_that_has_taken_effect_is_in_force() -> None:
    rows: list[Standard] = [
        first(Kind.COMPLAINT),
        of_levels(Kind.COMPLAINT, 2, TODAY + timedelta(days=3), levels(Kind.COMPLAINT)),
        of_levels(Kind.COMPLAINT, 3, TODAY + timedelta(days=9), levels(Kind.COMPLAINT)),
        of_levels(Kind.REPORT, 2, TODAY, levels(Kind.REPORT)),
    ]
    found = [in_force(rows, Kind.COMPLAINT, TODAY + timedelta(days=n)).version for n in (0, 2, 3, 8, 9, 99)]
    assert found == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_fact_of_the_first_version_can_be_asked_for_again(kind: Kind) -> None:
    codes = [fact.code for fact in KNOWN[kind]]
    assert codes[: len(FIRST[kind])] == [fact.code for fact in FIRST[kind]]
    assert len(codes) == len(set(codes))


# Issuing


@pytest.mark.django_db
def test_a_new_version_takes_effect_on_its_day(centre: Cast) -> None:
    row = issued(centre, effective_on=TODAY + timedelta(days=2), amount="must", goods="should")
    assert (row.version, row.issued_by) == (2, centre.supervisor)
    assert standards_on(TODAY)[Kind.COMPLAINT].version == 1
    later = standards_on(TODAY + timedelta(days=2))
    assert later[Kind.COMPLAINT].version == 2
    assert later[Kind.REPORT].version == 1
    told = Event.objects.get(verb="entry_standard.issued").data
    assert (told["version"], told["effective_on"]) == (2, "2020-01-29")


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["should", ""])
@pytest.mark.parametrize("code", [fact.code for fact in FIRST[Kind.COMPLAINT] if fact.must])
def test_the_minimum_of_the_law_cannot_be_lowered(centre: Cast, code: str, level: str) -> None:
    for day, article in ((TODAY, "O20:9"), (date(2026, 4, 15), "O121:10")):
        with pytest.raises(Refused) as refused:
            issued(centre, effective_on=day, **{code: level})
        assert (refused.value.field, refused.value.article) == (code, article)
    assert not EntryStandard.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"king": "must"}, {"amount": "perhaps"}])
def test_only_known_facts_and_levels(centre: Cast, changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        issued(centre, **changes)
    assert refused.value.field == "levels"


@pytest.mark.django_db
def test_a_version_cannot_take_effect_in_the_past(centre: Cast) -> None:
    with pytest.raises(Refused) as refused:
        issued(centre, effective_on=TODAY - timedelta(days=1))
    assert refused.value.field == "effective_on"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["call_taker", "dispatcher", "handler", "head", "analyst"])
def test_who_may_not_manage_rules_issues_no_version(centre: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        issue_standard(
            kind=Kind.REPORT, levels=levels(Kind.REPORT), effective_on=TODAY, by=getattr(centre, name), at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_two_people_issuing_at_once_make_two_versions(centre: Cast) -> None:
    start = Barrier(2)

    def issue() -> int:
        start.wait()
        return issued(centre).version

    with threads() as running:
        work = [running.start(issue) for _ in range(2)]
    assert sorted(one.result() for one in work) == [2, 3]


# Registration


@pytest.mark.django_db
def test_a_case_keeps_its_version_and_completeness(centre: Cast) -> None:
    case = one_case(centre.call_taker, amount=Decimal(30))
    case.refresh_from_db()
    assert (case.entry_standard, case.completeness) == (1, Decimal("0.667"))
    told = Event.objects.get(verb="case.registered").data
    assert (told["entry_standard"], told["completeness"]) == (1, "0.667")


@pytest.mark.django_db
def test_what_a_version_requires_stops_registration_from_its_day_on(centre: Cast) -> None:
    issued(centre, effective_on=TODAY + timedelta(days=1), amount="must", id_number="must")
    assert one_case(centre.call_taker).entry_standard == 1
    tomorrow = AT + timedelta(days=1)
    with pytest.raises(Invalid) as invalid:
        one_case(centre.call_taker, at=tomorrow)
    assert set(invalid.value.problems) == {"matters.0.amount", "party.id_number"}
    person = PartyInput(WANG.name, WANG.phone, WANG.address, "320508199001011234")
    case = registered(centre.call_taker, matter(amount=Decimal(30)), at=tomorrow, party=person).cases.get()
    assert case.entry_standard == 2


@pytest.mark.django_db
def test_the_day_of_receipt_decides_not_the_day_of_registration(centre: Cast) -> None:
    issued(centre, effective_on=TODAY + timedelta(days=1), amount="must")
    late = registered(centre.call_taker, matter(), at=AT + timedelta(days=2), received_at=AT).cases.get()
    assert late.entry_standard == 1


@pytest.mark.django_db
def test_an_anonymous_report_is_measured_without_its_person(centre: Cast) -> None:
    report = one_case(centre.call_taker, Kind.REPORT, is_real_name=False)
    assert report.completeness == Decimal("0.625")


@pytest.mark.django_db
def test_a_gathered_block_reads_the_standards_once(centre: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    issued(centre, amount="should")
    with django_assert_max_num_queries(80) as asked, gathered():
        for _ in range(10):
            registered(centre.call_taker)
    assert sum("cases_entrystandard" in query["sql"] for query in asked.captured_queries) == 1
    assert set(Case.objects.values_list("entry_standard", flat=True)) == {2}


@pytest.mark.django_db
def test_a_fact_this_program_no_longer_knows_is_left_out(centre: Cast) -> None:
    row = issued(centre)
    EntryStandard.objects.filter(pk=row.pk).update(facts=[*row.facts, {"code": "gone", "level": "must"}])
    newest = entry_standards()[-1]
    assert newest.version == 2
    assert "gone" not in [fact.code for fact in newest.facts]


# What the next version brings


def test_the_next_version_is_told_with_what_it_adds_raises_and_drops() -> None:
    facts = levels(Kind.COMPLAINT, amount="must", goods="should", contact="")
    second = of_levels(Kind.COMPLAINT, 2, TODAY + timedelta(days=2), facts)
    known = [first(kind) for kind in Kind] + [second]
    change = coming(known, Kind.COMPLAINT, TODAY)
    assert change is not None and change.standard == second
    assert [[fact.code for fact in part] for part in (change.added, change.raised, change.dropped)] == [
        ["goods"],
        ["amount"],
        ["contact"],
    ]
    assert coming(known, Kind.COMPLAINT, TODAY + timedelta(days=1)) == change
    assert coming(known, Kind.COMPLAINT, TODAY + timedelta(days=2)) is None
    assert coming(known, Kind.REPORT, TODAY) is None


def test_a_version_that_never_comes_into_force_is_not_told() -> None:
    later = of_levels(Kind.REPORT, 2, TODAY + timedelta(days=9), levels(Kind.REPORT, goods="should"))
    sooner = of_levels(Kind.REPORT, 3, TODAY + timedelta(days=3), levels(Kind.REPORT))
    known = [first(Kind.REPORT), later, sooner]
    change = coming(known, Kind.REPORT, TODAY)
    assert change is not None and change.standard == sooner
    assert coming(known, Kind.REPORT, TODAY + timedelta(days=3)) is None
    assert follower(known, first(Kind.REPORT)) == TODAY + timedelta(days=3)
    assert follower(known, sooner) is None


@pytest.mark.django_db
def test_call_takers_are_told_once_of_a_new_version(centre: Cast) -> None:
    row = issued(centre, effective_on=TODAY + timedelta(days=3), amount="must", goods="should")
    told = Message.objects.filter(code="entry_standard.announced").select_related("recipient")
    assert {one.recipient for one in told} == {
        centre.call_taker,
        centre.other_call_taker,
        centre.supervisor,
    }
    assert told[0].values == {
        "day": {"day": "2020-01-30"},
        "kind": {"msgid": "Complaint"},
        "added": 1,
        "raised": 1,
    }
    assert told[0].subject_id == str(row.pk)


@pytest.mark.django_db
def test_a_replay_announces_nothing(centre: Cast) -> None:
    with gathered():
        issued(centre)
    assert not Message.objects.exists()


# By topic


PRICES = {"mask_price": {"price_asked": "must", "goods": "should"}}
MASKS = "药店的口罩涨价太多，卖三十元"


def by_topic(centre: Cast, topics: dict[str, dict[str, str]], **changes: str) -> EntryStandard:
    return issue_standard(
        kind=Kind.COMPLAINT, levels=levels(Kind.COMPLAINT, **changes), topics=topics, effective_on=TODAY,
        by=centre.supervisor, at=AT,
    )  # fmt: skip


def test_the_stricter_level_of_several_topics_holds_and_nothing_is_loosened() -> None:
    standard = of_levels(
        Kind.COMPLAINT, 2, TODAY, levels(Kind.COMPLAINT, amount="must"),
        {"a": {"goods": "should", "amount": "should"}, "b": {"goods": "must"}},
    )  # fmt: skip

    def asked(*codes: str) -> dict[str, bool]:
        return {fact.code: fact.must for fact in standard.of_topics(codes).facts}

    assert standard.of_topics(["z"]) is standard
    assert asked("a")["goods"] is False and asked("a", "b")["goods"] is True
    assert asked("a")["amount"] is True, "what is required of all stays required"
    assert set(asked("a", "b")) == {fact.code for fact in standard.facts} | {"goods"}
    order = [fact.code for fact in KNOWN[Kind.COMPLAINT]]
    merged = [fact.code for fact in standard.of_topics(["b"]).facts]
    assert merged == sorted(merged, key=order.index)


@pytest.mark.django_db
def test_a_required_fact_of_a_topic_stops_its_cases_alone(centre: Cast) -> None:
    by_topic(centre, PRICES)
    with pytest.raises(Invalid) as refused:
        registered(centre.call_taker, matter(narrative=MASKS))
    assert list(refused.value.problems) == ["matters.0.price_asked"]
    whole = one_case(centre.call_taker, narrative=MASKS, price_asked=Decimal(30))
    other = one_case(centre.call_taker, narrative="健身卡退费一直拖延")
    assert (whole.entry_standard, other.entry_standard) == (2, 2)
    facts = len(levels(Kind.COMPLAINT))
    assert other.completeness is not None
    given = round(other.completeness * facts)
    assert whole.completeness == round(Decimal(given + 1) / (facts + 2), 3), "price given, goods asked for"


@pytest.mark.django_db
def test_a_topic_that_ended_asks_nothing(centre: Cast) -> None:
    by_topic(centre, PRICES)
    Topic.objects.filter(code="mask_price").update(is_active=False)
    assert one_case(centre.call_taker, narrative=MASKS).entry_standard == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "topics",
    [
        {"no_such": {"goods": "must"}},
        {"mask_price": {"goods": "always"}},
        {"mask_price": {"no_fact": "must"}},
        {"mask_price": {"narrative": "should"}},
    ],
)
def test_what_a_topic_may_not_ask_is_refused(centre: Cast, topics: dict[str, dict[str, str]]) -> None:
    with pytest.raises(Refused):
        by_topic(centre, topics)
    assert not EntryStandard.objects.exists()


@pytest.mark.django_db
def test_who_takes_calls_is_told_how_much_more_is_asked(centre: Cast) -> None:
    by_topic(centre, PRICES)
    told = Message.objects.filter(code="entry_standard.announced").first()
    assert told is not None and told.values["added"] == 2
    change = coming(entry_standards(), Kind.COMPLAINT, TODAY - timedelta(days=1))
    assert change is not None
    assert [(topic, fact.code) for topic, fact in change.topics] == [
        ("mask_price", "goods"), ("mask_price", "price_asked"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_cases_are_judged_by_what_their_topics_ask(centre: Cast) -> None:
    first_one = one_case(centre.call_taker, narrative=MASKS)
    other = one_case(centre.call_taker, narrative="健身卡退费一直拖延")
    row = by_topic(centre, {"mask_price": {"goods": "should"}})
    standard = next(
        one for one in entry_standards() if one.version == row.version and one.kind == Kind.COMPLAINT
    )
    assert topics_asked(Case.objects.all(), [standard]) == {first_one.pk: ["mask_price"]}
    assert topics_asked(Case.objects.all(), [first(Kind.COMPLAINT)]) == {}
    scope = Scope(centre.analyst, AT - timedelta(hours=1), AT + timedelta(hours=1))
    missed = {one.case: {finding.code for finding in one.findings} for one in judged(scope)}
    assert len(missed[first_one.pk] - missed[other.pk]) == 1, "goods are missed where the topic asks for them"
