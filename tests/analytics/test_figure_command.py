"""``suqing figure``: what it prints, in which shape, and what it says to a question that makes no sense."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.figure_printing import aligned, printable, width
from suqing.analytics.periods import Period
from suqing.analytics.policy import LEAST_PUBLISHED, LEAST_SHOWN
from suqing.analytics.queries import figure
from suqing.analytics.registry import all_measures
from suqing.ledger.actions import change_setting, set_centre_clock
from tests.analytics.days import MONDAY, mask_report, moment, take
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
DAY = ("--from", "2020-01-27")


@pytest.fixture(autouse=True)
def night(settings: Any, tmp_path: Path, cast: Cast) -> None:
    """The end of that Monday, at a centre whose mirror would be in a folder of its own."""
    settings.SUQING_MIRROR = tmp_path / "mirror"
    set_centre_clock(mode="rehearsal", centre=moment(MONDAY, "23:59"), speed=0.0001, by=SYSTEM)


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("figure", *words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as fault:
        said(*words)
    assert fault.value.returncode == 2
    return str(fault.value)


def lines_of(*words: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(said(*words, "--format", "csv"))))


def facts_of(*words: str) -> Any:
    return json.loads(said(*words, "--format", "json"))


# What is printed


def test_one_number_stands_with_its_period_and_where_it_was_counted(week: Cast) -> None:
    text = said("cases_registered", *DAY)
    assert "2020-01-27" in text
    assert "\n  17" in text or "\n17" in text
    assert "live, #" in text


def test_chinese_words_and_numbers_stand_in_columns(week: Cast) -> None:
    text = said("cases_registered", *DAY, "--by", "district,kind")
    lines = [line for line in text.splitlines() if line.startswith(("姑苏区", "吴中区", "未注明", "合计"))]
    assert len({width(line) for line in lines}) == 1
    assert lines[-1].split() == ["合计", "17"]


def test_a_share_shows_both_its_numbers(week: Cast) -> None:
    found = figure("epidemic_share", period=Period(MONDAY, MONDAY))
    assert f"{found.numerator} ÷ {found.denominator}" in said("epidemic_share", *DAY)
    facts = facts_of("epidemic_share", *DAY)
    assert (facts["numerator"], facts["denominator"]) == (found.numerator, found.denominator)
    assert facts["value"] == str(found.value)


def test_json_holds_all_that_is_needed_to_ask_again(week: Cast) -> None:
    facts = facts_of("cases_registered", *DAY, "--where", "kind=report", "--by", "district")
    assert facts["measure"] == "cases_registered"
    assert facts["period"]["from"] == facts["period"]["to"] == "2020-01-27"
    assert facts["filters"] == [{"dimension": "kind", "values": ["report"]}]
    assert facts["engine"] == "live"
    assert facts["position"] >= 0
    assert facts["value"] == 10 == sum(row["value"] for row in facts["rows"])
    assert {tuple(row["values"]): row["value"] for row in facts["rows"]} == {
        ("320508",): 7,
        ("320506",): 2,
        ("",): 1,
    }


def test_csv_has_no_mark_and_no_cell_that_is_a_formula(week: Cast) -> None:
    take(week, moment(MONDAY, "20:00"), mask_report(goods="=1+1"))
    text = said("cases_registered", *DAY, "--by", "goods", "--format", "csv")
    assert not text.startswith("\ufeff")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert "'=1+1" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_what_is_left_out_is_counted_and_summed(week: Cast) -> None:
    whole = facts_of("cases_registered", *DAY, "--by", "issue")
    facts = facts_of("cases_registered", *DAY, "--by", "issue", "--limit", "1")
    assert len(facts["rows"]) == 1
    assert facts["left_out"] == len(whole["rows"]) - 1 > 0
    assert facts["rows"][0]["value"] + facts["left_out_sum"] == 17
    text = said("cases_registered", *DAY, "--by", "issue", "--limit", "1")
    assert f"另有 {facts['left_out']} 行未列出，合计 {facts['left_out_sum']}" in text
    last = lines_of("cases_registered", *DAY, "--by", "issue", "--limit", "1")[-1]
    assert str(facts["left_out_sum"]) in last


def test_parts_that_overlap_are_never_summed(week: Cast) -> None:
    facts = facts_of("cases_registered", *DAY, "--by", "topic", "--limit", "1")
    assert facts["left_out"] and facts["left_out_sum"] is None and facts["adds_up"] is False
    assert "各部分相加不等于合计" in said("cases_registered", *DAY, "--by", "topic")
    assert facts_of("epidemic_share", *DAY, "--by", "district")["adds_up"] is False


def test_comparisons_stand_beside_the_number_and_beside_every_line(week: Cast) -> None:
    facts = facts_of(
        "cases_registered", "--period", "2020-W05", "--compare", "previous,year,lunar", "--by", "kind"
    )
    assert set(facts["compared"]) == {"previous", "last_year", "lunar_year"}
    before = facts["compared"]["previous"]
    assert before["period"]["code"] == "2020-01-20"  # Monday of a week that is one day old
    assert before["value"] == sum(row["compared"]["previous"]["value"] for row in facts["rows"])
    assert facts["compared"]["last_year"]["missing"] == "no_data"
    assert "没有可比的记录：上年同期、上年农历同期" in said(
        "cases_registered", *DAY, "--compare", "year,lunar"
    )


def test_every_measure_can_be_asked(week: Cast) -> None:
    for measure in all_measures():
        assert facts_of(measure.code, *DAY)["measure"] == measure.code


def test_the_list_names_every_measure_with_unit_and_formula() -> None:
    text = said("--list")
    for measure in all_measures():
        assert measure.code in text
    assert "件" in text and "÷" in text


def test_small_numbers_are_withheld_where_policy_asks_for_it(week: Cast) -> None:
    change_setting(LEAST_SHOWN.key, 5, by=SYSTEM, at=moment(MONDAY, "23:00"))
    text = said("cases_registered", *DAY, "--by", "district")
    assert "<5" in text and "  4" not in text
    assert "小于 5 的数" in text
    assert "withheld" not in said("cases_registered", *DAY, "--by", "district", "--format", "json")
    change_setting(LEAST_PUBLISHED.key, 5, by=SYSTEM, at=moment(MONDAY, "23:01"))
    facts = facts_of("cases_registered", *DAY, "--by", "district", "--limit", "1")
    assert facts["left_out_sum"] is None  # the sum of the others would give one away
    hidden = [
        row for row in facts_of("cases_registered", *DAY, "--by", "district")["rows"] if row.get("withheld")
    ]
    assert hidden and all(row["value"] is None for row in hidden)
    assert "4" not in [line[2] for line in lines_of("cases_registered", *DAY, "--by", "district")]


# Where it is counted


def test_the_mirror_gives_the_number_of_postgres(week: Cast) -> None:
    assert "suqing mirror build" in refused("cases_registered", *DAY, "--engine", "mirror")
    build()
    for measure in ("cases_registered", "contacts", "epidemic_share", "recovered_loss"):
        here, there = (facts_of(measure, *DAY, "--engine", engine) for engine in ("postgres", "mirror"))
        assert (here["engine"], there["engine"]) == ("live", "mirror")
        assert here["value"] == there["value"]
        assert there["position"] <= here["position"]


def test_a_mirror_with_a_spoiled_file_is_told(week: Cast, tmp_path: Path) -> None:
    build()
    assert facts_of("cases_registered", *DAY, "--engine", "mirror")["value"] == 17
    for path in (tmp_path / "mirror").rglob("*/cases/base/**/*.parquet"):
        path.write_bytes(b"PAR1 spoiled")
    assert "suqing mirror check --repair" in refused("cases_registered", *DAY, "--engine", "mirror")
    assert facts_of("cases_registered", *DAY)["value"] == 17


def test_a_place_that_is_not_there_is_told(week: Cast) -> None:
    assert "There is no snapshot s99" in refused("cases_registered", *DAY, "--at", "s99")
    assert "There is no snapshot 99" in refused("cases_registered", *DAY, "--at", "99")
    assert "is no snapshot" in refused("cases_registered", *DAY, "--at", "yesterday")
    assert "PostgreSQL knows only" in refused("cases_registered", *DAY, "--at", "s1", "--engine", "postgres")


# Questions that make no sense

WRONG = (
    (("cases_registred",), "cases_registered"),
    (("cases_registered", "--by", "colour"), "district"),
    (("cases_registered", "--by", "kind,kind"), "--by takes"),
    (("cases_registered", "--by", "kind,district,issue"), "--by takes"),
    (("contacts", "--by", "district"), "contacts are not told apart by district"),
    (("cases_registered", "--where", "kind"), "DIMENSION=VALUE"),
    (("cases_registered", "--where", "colour=red"), "No dimension is called 'colour'"),
    (("cases_registered", "--where", "kind=complaints"), "complaint ("),
    (("cases_registered", "--where", "district=999999"), "No district is called 999999"),
    (("cases_registered", "--where", "unit=\0"), "no text has"),
    (("cases_registered", "--from", "27.1.2020"), "2020-01-27"),
    (("cases_registered", "--from", "2020-01-27", "--to", "2020-01-20"), "before it begins"),
    (("cases_registered", "--from", "2020-01-28"), "not begun yet"),
    (("cases_registered", "--period", "2020-W60"), "2020-W05"),
    (("cases_registered", "--period", "0001"), "Days lie between"),
    (("cases_registered", "--period", "2020-01", "--from", "2020-01-01"), "not both"),
    (("cases_registered", "--compare", "tomorrow"), "previous, year or lunar"),
    (("cases_registered", "--compare", "year", "--by", "day"), "over time"),
)


def test_a_wrong_question_is_told_in_a_few_words_and_ends_with_two() -> None:
    for words, told in WRONG:
        fault = refused(*words)
        assert told in fault, words
        assert len(fault) < 600


def test_filters_that_nothing_passes_give_nought_and_say_so(week: Cast) -> None:
    text = said("cases_registered", *DAY, "--where", "issue=没有这一类")
    assert "没有行符合筛选条件" in text
    assert facts_of("cases_registered", *DAY, "--where", "issue=没有这一类", "--by", "kind")["rows"] == []


def test_columns_and_words_keep_to_a_terminal() -> None:
    assert [width(text) for text in ("口罩", "N95", "e\u0301", "Ａ")] == [4, 3, 1, 2]
    assert aligned([["口罩", "1"], ["a", "100"]], 1) == ["口罩    1", "a     100"]
    assert aligned([], 1) == []
    assert printable("a\x1b[2J\nb") == "a [2J b"
