"""``suqing explain-figure``: a number with all that it rests on, and nothing of the people behind it."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.pinned import folder_of, is_pinned
from suqing.bulletins.actions import draft_daily
from suqing.bulletins.models import Bulletin
from suqing.cases.models import Case
from suqing.ledger.actions import set_centre_clock
from tests.analytics.days import CALLER, MASKS, MONDAY, load, make_week, mask_report, moment, take
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture
def week(settings: Any, tmp_path: Path, cast: Cast) -> Cast:
    settings.SUQING_MIRROR = tmp_path / "mirror"
    load(cast)
    make_week(cast)
    set_centre_clock(mode="rehearsal", centre=MORNING, speed=0.0001, by=SYSTEM)
    return cast


def drafted(cast: Cast) -> Bulletin:
    return draft_daily(day=MONDAY, by=cast.editor, at=MORNING)


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("explain_figure", *words, stdout=out)
    return out.getvalue()


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as fault:
        said(*words)
    assert fault.value.returncode == 2
    return str(fault.value)


def test_a_figure_of_a_bulletin_tells_its_measure_days_snapshot_and_cases(week: Cast) -> None:
    bulletin = drafted(week)
    row = bulletin.figures.get(key="price_reports")
    text = said(str(row.pk))
    assert "(price_reports_registered)" in text
    assert f"s{bulletin.snapshot_id}, #{bulletin.snapshot.position}" in text
    assert "[2020-01-27 00:00:00, 2020-01-28 00:00:00) Asia/Shanghai" in text
    assert "没有：计数时镜像不可用" in text
    numbers = Case.objects.filter(pk__in=row.case_ids).values_list("number", flat=True)
    assert len(numbers) == 9 and all(number in text for number in numbers)
    assert "9，一致" in text
    assert said(f"{MONDAY}/{row.number}") == said(f"{MONDAY}/price_reports") == text


def test_it_names_nobody_and_holds_no_words_of_a_case(week: Cast) -> None:
    for row in drafted(week).figures.filter(key__in=["price_reports", "recovered", "contacts"]):
        text = said(str(row.pk))
        assert (
            CALLER.name not in text
            and CALLER.phone not in text
            and "138*" not in text
            and MASKS[:10] not in text
        )


def test_a_pinned_figure_is_counted_again_from_its_files_whatever_happened_since(week: Cast) -> None:
    build()
    bulletin = drafted(week)
    assert is_pinned(bulletin.snapshot)
    take(week, moment(MONDAY, "22:00"), mask_report())
    text = said(f"{MONDAY}/price_reports")
    again = [line for line in text.splitlines() if "，一致" in line]
    assert len(again) == 2, text
    assert "另一个数" not in text
    now = said("--measure", "price_reports_registered", "--from", str(MONDAY), "--engine", "postgres")
    then = said(
        "--measure", "price_reports_registered", "--from", str(MONDAY), "--at", f"s{bulletin.snapshot_id}"
    )
    assert "10 件" in now and " 9 件" in then
    assert f"pin, #{bulletin.snapshot.position}" in then
    by_position = said(
        "--measure",
        "price_reports_registered",
        "--from",
        str(MONDAY),
        "--at",
        str(bulletin.snapshot.position),
    )
    assert by_position == then


def test_a_pin_that_is_lost_is_told_as_lost(week: Cast) -> None:
    build()
    bulletin = drafted(week)
    shutil.rmtree(folder_of(bulletin.snapshot.pin))
    text = said(f"{MONDAY}/price_reports")
    assert "无法重算" in text and "没有：计数时镜像不可用" not in text
    assert "9，一致" in text


def test_the_figures_of_a_day_are_listed_with_their_numbers(week: Cast) -> None:
    bulletin = drafted(week)
    lines = said(str(MONDAY)).splitlines()
    assert len(lines) == bulletin.figures.count()
    assert any("price_reports" in line and " 9 件" in line for line in lines)


def test_any_measure_is_explained_with_its_filters_and_few_numbers(week: Cast) -> None:
    text = said(
        "--measure", "cases_registered", "--from", str(MONDAY), "--where", "district=320508", "--limit", "3"
    )
    assert "姑苏区 (320508)" in text
    assert "另 4 个" in text
    share = said("--measure", "epidemic_share", "--from", str(MONDAY))
    assert "÷" in share and "其中计入部分" in share
    contacts = said("--measure", "contacts", "--from", str(MONDAY))
    assert "17 人次" in contacts


def test_a_wrong_question_is_told_and_ends_with_two(week: Cast) -> None:
    drafted(week)
    assert "No figure of a bulletin has the number 999999" in refused("999999")
    assert "There is no bulletin of 2020-01-20" in refused("2020-01-20")
    assert "has no figure 'nothing'" in refused("2020-01-27/nothing")
    assert "is no figure" in refused("gestern")
    assert "Name a figure" in refused()
    assert "Name a figure" in refused("1", "--measure", "contacts")
    assert "not pinned" in refused(
        "--measure", "contacts", "--from", str(MONDAY), "--at", f"s{drafted(week).snapshot_id}"
    )
