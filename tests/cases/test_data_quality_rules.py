"""What is wrong with a case, rule by rule: tables of cases that a rule finds, and of their neighbours that it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from suqing.cases import data_quality as quality
from suqing.cases.data_quality import Correction, Entry, Finding, Sort
from suqing.cases.entry_standard import first, of_levels
from suqing.cases.intake import EntityInput, MatterInput, PartyInput
from suqing.cases.vocabulary import Kind

AT = datetime(2020, 1, 27, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2020, 1, 27)
MINUTE = timedelta(minutes=1)


def entry(kind: Kind = Kind.COMPLAINT, **changes: Any) -> Entry:
    """A case that holds every fact of the first standard; ``changes`` name fields of the matter or of the entry."""
    matter = MatterInput(
        kind,
        "口罩三十元一只",
        object_class=1,
        issue_class=2,
        entity=EntityInput("平江大药房"),
        place="320508",
        address="观前街10号",
        incident_on=DAY,
        amount=Decimal(300),
        requests=("refund",),
    )
    of_matter = {name: value for name, value in changes.items() if name in MatterInput.__dataclass_fields__}
    of_entry = {name: value for name, value in changes.items() if name in Entry.__dataclass_fields__}
    assert len(of_matter) + len(of_entry) == len(changes)
    given = {"party": PartyInput("有", "有", "有", "有"), "received_at": AT, "registered_at": AT + MINUTE}
    return Entry(**{**given, "matter": replace(matter, **of_matter), **of_entry})  # type: ignore[arg-type]


def broken(one: Entry) -> list[str]:
    return [found.code for found in quality.judge(one, first(one.matter.kind))]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_whole_case_is_sound(kind: Kind) -> None:
    assert broken(entry(kind)) == []
    assert quality.is_valid(entry(kind), first(kind))


def yuan(text: str) -> Decimal:
    return Decimal(text)


TABLE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # rule, a case that it finds, the nearest that it must not find
    ("happened_after_receipt", {"incident_on": DAY + timedelta(1)}, {"incident_on": DAY}),
    # at 00:30 of the 28th here it is still the 27th elsewhere: the day of the centre counts
    (
        "happened_after_receipt",
        {"incident_on": DAY + timedelta(1), "received_at": AT.replace(hour=23, minute=59), "registered_at": AT + timedelta(1)},
        {"incident_on": DAY + timedelta(1), "received_at": datetime(2020, 1, 27, 16, 0, tzinfo=ZoneInfo("UTC")), "registered_at": AT + timedelta(1)},
    ),
    (
        "registered_before_receipt",
        {"registered_at": AT - 2 * MINUTE - timedelta(seconds=1)},
        {"registered_at": AT - 2 * MINUTE},
    ),
    ("earlier_price_after", {"price_earlier_on": DAY + timedelta(1)}, {"price_earlier_on": DAY}),
    (
        "earlier_price_after",
        {"incident_on": date(2020, 1, 20), "price_earlier_on": date(2020, 1, 21)},
        {"incident_on": date(2020, 1, 20), "price_earlier_on": date(2020, 1, 20)},
    ),
    ("negative_sum", {"price_asked": yuan("-0.01")}, {"price_asked": yuan("0")}),
    (
        "rise_that_fell",
        {"is_about_rise": True, "price_asked": yuan("4.99"), "price_earlier": yuan("5")},
        {"is_about_rise": True, "price_asked": yuan("5"), "price_earlier": yuan("5")},
    ),
    (
        "rise_that_fell",
        {"is_about_rise": True, "price_asked": yuan("5"), "price_earlier": yuan("30")},
        {"is_about_rise": False, "price_asked": yuan("5"), "price_earlier": yuan("30")},
    ),
    ("own_operator", {"is_own_name": True}, {"is_own_name": False}),
    (
        "amount_below_price",
        {"amount": yuan("29.99"), "price_asked": yuan("30")},
        {"amount": yuan("30"), "price_asked": yuan("30")},
    ),
    # what was charged too much for one piece is an amount in dispute like another
    (
        "amount_below_price",
        {"amount": yuan("24.99"), "price_asked": yuan("30"), "price_earlier": yuan("5")},
        {"amount": yuan("25"), "price_asked": yuan("30"), "price_earlier": yuan("5")},
    ),
    (
        "amount_slipped",
        {"amount": yuan("3000"), "sums_told": (yuan("300"),)},
        {"amount": yuan("3000"), "sums_told": (yuan("300"), yuan("3000"))},
    ),
    (
        "amount_slipped",
        {"amount": yuan("3"), "sums_told": (yuan("30000"),)},
        {"amount": yuan("3"), "sums_told": (yuan("300000"),)},
    ),
    (
        "amount_slipped",
        {"amount": yuan("0.3"), "sums_told": (yuan("300"),)},
        {"amount": yuan("300"), "sums_told": (yuan("0"), yuan("299"))},
    ),
    # ten pieces of thirty yuan are no slip, nor is the price of one of them
    (
        "amount_slipped",
        {"amount": yuan("30"), "sums_told": (yuan("300"),)},
        {"amount": yuan("30"), "sums_told": (yuan("300"),), "prices_told": (yuan("30"),)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "found", "near"), TABLE)
def test_a_rule_finds_what_it_names_and_not_its_neighbour(
    rule: str, found: dict[str, Any], near: dict[str, Any]
) -> None:
    assert broken(entry(**found)) == [rule]
    assert broken(entry(**near)) == []


def test_every_rule_but_one_is_in_the_table() -> None:
    assert {rule.code for rule in quality.RULES} - {row[0] for row in TABLE} == {"real_name_missing"}


def test_a_report_by_real_name_without_a_number_lacks_the_fact_and_contradicts_itself() -> None:
    nameless = entry(Kind.REPORT, party=PartyInput("有"))
    assert broken(nameless) == ["wanted.identity", "real_name_missing"]
    assert broken(replace(nameless, matter=replace(nameless.matter, is_real_name=False))) == []
    assert broken(entry(Kind.COMPLAINT, party=PartyInput("有", "", "有"))) == ["required.phone"]


def test_what_was_erased_is_not_missed() -> None:
    erased = entry(Kind.REPORT, party=PartyInput(), is_party_known=False)
    assert broken(erased) == []
    complaint = entry(party=PartyInput(), is_party_known=False, amount=None)
    assert broken(complaint) == ["wanted.amount"]


def test_missing_facts_come_by_the_standard_asked_for_and_required_ones_first() -> None:
    levels = {"narrative": "must", "entity": "must", "place": "should", "goods": "must", "address": "should"}
    newer = of_levels(Kind.REPORT, 2, DAY, levels)
    bare = entry(Kind.REPORT, address="", place="", issue_class=None, incident_on=None)
    assert [one.code for one in quality.judge(bare, newer)] == [
        "required.goods",
        "wanted.place",
        "wanted.address",
    ]
    assert "wanted.issue_class" in broken(bare)
    assert not quality.is_valid(bare, newer)
    held = replace(bare, matter=replace(bare.matter, goods="口罩", place="320508", address="观前街"))
    assert quality.is_valid(held, newer) and not quality.is_valid(held, first(Kind.REPORT))


def test_late_is_more_than_so_many_hours_and_each_fact_counts_once() -> None:
    after = timedelta(hours=24)
    on_time = Correction(AT + after, ("amount",))
    assert quality.late(AT, [on_time], after) == ()
    too_late = Correction(AT + after + timedelta(microseconds=1), ("incident_on", "amount"))
    assert quality.late(AT, [on_time, too_late, too_late], after) == (
        Finding(Sort.LATE, "late.amount"),
        Finding(Sort.LATE, "late.incident_on"),
    )
    assert quality.late(AT, [Correction(AT + 2 * after, ("revision",))], after) == ()


def test_every_code_has_a_name_a_reason_and_a_sort() -> None:
    codes = quality.known_codes()
    assert len(codes) == len(set(codes))
    for code in codes:
        label, reason = quality.told(code)
        assert label and reason and quality.sort_of(code) in Sort
    with pytest.raises(KeyError):
        quality.told("late.narrative")
    with pytest.raises(KeyError):
        quality.told("nothing")
