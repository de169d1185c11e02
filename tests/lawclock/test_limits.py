"""D1-D15 as data: complete, cited, and applied to the right events."""

from __future__ import annotations

import pytest

from suqing.lawclock import wording
from suqing.lawclock.articles import chinese_number, cite, laws
from suqing.lawclock.limits import (
    Kind,
    Limit,
    Trigger,
    UnknownLimit,
    applicable,
    duties,
    limit,
    limit_of,
    limits,
    overlays,
)
from suqing.lawclock.policies import Unit
from suqing.lawclock.regimes import regimes

O20, BOTH, O121 = "O20", "O20+XBLR", "O121"
ALL = {O20, BOTH, O121}

# The table of the domain book: limit, unit, extension, regimes.
TABLE = {
    "D1": (7, "working_day", [], ALL),
    "D2a": (45, "working_day", [], {O20, BOTH}),
    "D2b": (60, "calendar_day", [], {BOTH, O121}),
    "D3": (7, "working_day", [], ALL),
    "D4": (15, "working_day", [15], ALL),
    "D5": (15, "working_day", [15], ALL),
    "D6": (5, "working_day", [], {O20, BOTH}),
    "D7": (7, "working_day", [], ALL),
    "D8": (7, "working_day", [], ALL),
    "D9": (7, "working_day", [], ALL),
    "D10": (90, "calendar_day", [30, None], ALL),
    "D11": (15, "working_day", [], ALL),
    "D12": (7, "working_day", [], ALL),
    "D13": (15, "working_day", [], ALL),
    "D14": (3, "year", [], ALL),
    "D15": (1, "working_day", [], ALL),
}


@pytest.mark.parametrize("limit_id", TABLE)
def test_each_limit_is_as_the_table_says(limit_id: str) -> None:
    amount, unit, extension, where = TABLE[limit_id]
    found = [one for one in limits() if one.id == limit_id]
    assert {one.regime for one in found} == where
    for one in found:
        assert (one.amount, one.unit) == (amount, Unit(unit))
        assert [step.amount for step in one.extensions] == extension
        assert one.articles
        assert one.kinds
        assert one.triggers


def test_nothing_but_the_table_is_there() -> None:
    assert {one.id for one in limits()} == set(TABLE)


def test_every_article_names_a_known_law_and_is_cited_as_in_a_notice() -> None:
    for one in limits():
        steps = [article for step in one.extensions for article in step.articles]
        for article in (*one.articles, *one.excluded_articles, one.counting, *steps):
            assert article.partition(":")[0] in laws(), article
            assert cite(article).startswith("《")
    assert cite("O20:21.1.5") == "《市场监督管理投诉举报处理暂行办法》第二十一条第一款第（五）项"
    assert cite("FOOD:115") == "《中华人民共和国食品安全法》第一百一十五条"
    assert cite("O20:21.1.5", chinese=False) == "O20 art. 21(1)(5)"
    assert cite("PROC") == "《市场监督管理行政处罚程序规定》"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "七"),
        (10, "十"),
        (14, "十四"),
        (20, "二十"),
        (53, "五十三"),
        (100, "一百"),
        (106, "一百零六"),
        (115, "一百一十五"),
    ],
)
def test_article_numbers_are_written_in_chinese(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_an_article_number_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 999"):
        chinese_number(0)


def test_a_limit_cites_no_rule_that_was_not_in_force() -> None:
    for one in limits():
        named = {article.partition(":")[0] for article in one.articles}
        assert not ("O121" in named and one.regime != O121), one.key
        assert not ("O20" in named and one.regime == O121), one.key
        assert not ("XBLR" in named and one.regime == O20), one.key


def test_every_limit_has_a_name_a_consequence_and_words_for_what_it_leaves_out() -> None:
    for one in limits():
        assert one.name
        assert one.consequence
        assert set(one.excluded) <= set(wording.SPAN_KINDS)
        assert one.unit.value in wording.UNITS
    assert set(wording.REGIMES) == {one.id for one in regimes()}


@pytest.mark.parametrize(
    ("kind", "regime", "trigger", "facts", "expected"),
    [
        ("complaint", O20, "received", (), ["D1", "D15"]),
        ("complaint", O20, "received", ("advertising",), ["D1", "D7", "D15"]),
        ("report", O121, "received", (), ["D5", "D15"]),
        ("complaint", O20, "accepted", (), ["D2a"]),
        ("complaint", BOTH, "accepted", (), ["D2a", "D2b"]),
        ("complaint", O121, "accepted", (), ["D2b"]),
        ("complaint", O121, "termination_decided", (), ["D3"]),
        ("complaint", O121, "lead_found", (), []),
        ("report", O20, "lead_found", (), ["D4"]),
        ("report", O121, "lead_found", (), ["D4"]),
        ("report", O20, "filing_decided", (), []),
        ("report", O20, "filing_decided", ("real_name",), ["D6"]),
        ("report", BOTH, "filing_decided", ("real_name",), ["D6"]),
        ("report", O121, "filing_decided", ("real_name",), []),
        ("complaint", O20, "competence_disputed", (), ["D8"]),
        ("report", O20, "designation_requested", (), ["D9"]),
        ("report", O20, "case_filed", (), ["D10"]),
        ("report", O20, "assistance_letter_received", (), ["D11"]),
        ("report", O20, "evidence_registered", (), ["D12"]),
        ("report", O20, "closing_condition_met", (), ["D13"]),
        ("complaint", O20, "harm_known", (), ["D14"]),
        ("consultation", O20, "received", (), []),
        ("complaint", "none", "received", ("advertising",), []),
    ],
)
def test_an_event_starts_the_right_limits(
    kind: str, regime: str, trigger: str, facts: tuple[str, ...], expected: list[str]
) -> None:
    assert [one.id for one in applicable(kind, regime, trigger, facts)] == expected


def test_every_kind_and_trigger_is_used_and_an_unknown_one_is_an_error() -> None:
    assert {trigger for one in limits() for trigger in one.triggers} == set(Trigger)
    with pytest.raises(ValueError, match="praise"):
        applicable("praise", O20, "received")
    with pytest.raises(ValueError, match="sneezed"):
        applicable("report", O20, "sneezed")


def test_only_testing_by_a_body_that_the_rule_names_stops_mediation() -> None:
    assert set(limit("D2a", O20).excluded) >= {"verification", "inspection", "testing", "appraisal"}
    assert set(limit("D2b", O121).excluded) == {"testing", "appraisal"}
    assert "hearing" in limit("D10", O121).excluded
    assert "hearing" not in limit("D5", O121).excluded


def test_time_in_transit_is_left_out_where_the_punishment_procedure_counts() -> None:
    travel = {(one.id, one.regime) for one in limits() if "travel" in one.excluded}
    assert ("D1", O20) in travel
    assert ("D1", O121) not in travel
    assert ("D10", O121) in travel
    assert not any(limit_id == "D14" for limit_id, _regime in travel)


def test_who_approves_an_extension_depends_on_the_rule() -> None:
    assert limit("D4", O20).extensions[0].approver is None
    assert limit("D4", O121).extensions[0].approver == "head"
    assert [step.approver for step in limit("D10", O20).extensions] == ["head", "collective_decision"]


def test_dispatch_is_marked_as_local_policy_and_nothing_else_is() -> None:
    assert {one.id for one in limits() if one.is_local} == {"D15"}


def test_a_limit_is_stored_and_found_again() -> None:
    one = limit("D2b", BOTH)
    assert one.key == "D2b@O20+XBLR"
    assert limit_of(one.key) is one
    assert Limit.from_json(one.to_json()) is one
    with pytest.raises(UnknownLimit):
        limit_of("D2b@O20")


def test_special_laws_add_their_duties() -> None:
    assert [one.id for one in duties("report", {"advertising"})] == ["advertising"]
    food = {"food", "not_competent"}
    assert [one.duty for one in duties(Kind.COMPLAINT, food)] == [
        "answer_in_time",
        "transfer_with_written_notice",
    ]
    assert duties("report", {"unfair_competition"}) == []
    known = {one.id for one in limits()}
    for one in overlays():
        assert one.sentence
        assert cite(one.article)
        assert one.limit is None or one.limit in known
