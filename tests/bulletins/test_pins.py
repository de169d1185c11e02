"""A number that was issued counts the same for ever, from the files that were pinned with it."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from suqing.analytics.actions import snapshots
from suqing.analytics.actions.mirror_building import build, remove_old_folders
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold
from suqing.analytics.mirror import epoch
from suqing.analytics.mirror_state import mirror_row
from suqing.analytics.models import Mirror, Snapshot
from suqing.analytics.periods import Period
from suqing.analytics.pinned import counted_as_pinned, folder_of, is_pinned, pinned_files
from suqing.analytics.queries import days_before, figure, where
from suqing.analytics.standing import LIVE, standing_for
from suqing.bulletins.actions import CannotDo, draft_daily, issue, send_back
from suqing.bulletins.actions.figures import add_figure, refresh_figures
from suqing.bulletins.actions.pins import release_pins
from suqing.bulletins.models import Bulletin, BulletinFigure
from suqing.bulletins.recounting import can_recount, recounted
from suqing.cases.actions.parties import erase
from suqing.cases.models import Case, Party, Submission, TopicMembership
from suqing.ledger.actions import change_setting
from tests.analytics.days import MONDAY, hotel_complaint, load, make_week, mask_report, moment, take
from tests.bulletins.steps import approved
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
MORNING = moment(MONDAY + timedelta(days=1), "08:30")


@pytest.fixture(autouse=True)
def mirror_folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_MIRROR = tmp_path / "mirror"
    return tmp_path / "mirror"


@pytest.fixture
def centre(cast: Cast) -> Cast:
    """The week of ``make_week`` with a mirror, some of it fed and some not yet."""
    load(cast)
    make_week(cast)
    build()
    take(cast, moment(MONDAY, "20:00"), hotel_complaint(), mask_report())
    feed()
    take(cast, moment(MONDAY, "21:00"), mask_report())
    return cast


def issued(cast: Cast) -> Bulletin:
    drafted = draft_daily(day=MONDAY, by=cast.editor, at=MORNING)
    add_figure(
        bulletin=drafted, measure="cases_registered", period=Period(MONDAY - timedelta(days=7), MONDAY),
        filters=where(district="320506"), label="吴中一周", by=cast.editor, at=MORNING,
    )  # fmt: skip
    refresh_figures(bulletin=drafted, by=cast.editor, at=MORNING)
    drafted.refresh_from_db()
    return issue(bulletin=approved(drafted, cast, MORNING), by=cast.editor, at=MORNING)


def all_equal(bulletin: Bulletin) -> bool:
    found = list(recounted(bulletin))
    assert len(found) == bulletin.figures.count() > 10
    return all(one.is_equal for one in found)


def test_a_pin_holds_what_the_figures_were_counted_from_also_what_was_not_fed(centre: Cast) -> None:
    bulletin = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    Case.objects.update(goods="later")
    taken = bulletin.snapshot
    assert is_pinned(taken) and taken.position > 0
    assert {one.table for one in pinned_files(taken)} <= {"cases", "clocks", "contacts", "calls"}
    assert all_equal(bulletin)
    week = Period(MONDAY - timedelta(days=7), MONDAY)
    with counted_as_pinned(taken):
        assert figure("cases_registered", period=week, filters=where(goods="later")).value == 0


def test_changes_erasures_cleaning_and_building_anew_change_no_issued_number(
    centre: Cast, monkeypatch: pytest.MonkeyPatch, mirror_folder: Path
) -> None:
    bulletin = issued(centre)
    before = {one.stored.key: one.value for one in recounted(bulletin)}
    for party in Party.objects.filter(erased_at=None):
        erase(party=party, reason="本人要求删除", by=centre.supervisor, at=MORNING)
    TopicMembership.objects.all().delete()
    Case.objects.update(kind="consultation", place=None, received_at=MORNING)
    monkeypatch.setattr(epoch, "RETENTION_HOURS", 0)
    feed()
    compact_changes()
    fold()
    clean()  # vacuum and the clean-up of the logs
    old = mirror_row()
    build()
    assert remove_old_folders(grace=-1.0) == [old.epoch]  # type: ignore[union-attr]
    assert all_equal(bulletin)
    assert {one.stored.key: one.value for one in recounted(bulletin)} == before
    assert figure("cases_registered", period=Period(MONDAY, MONDAY)).value == 0

    for folder in mirror_folder.iterdir():  # … nor does the loss of the whole mirror
        if folder.name != "pins":
            shutil.rmtree(folder)
    Mirror.objects.all().delete()
    assert all_equal(bulletin)


def test_a_figure_is_counted_once_more_by_the_policy_of_its_moment(centre: Cast) -> None:
    bulletin = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    kept = bulletin.snapshot.policy
    assert len(kept) == 3
    key = next(key for key, value in kept.items() if isinstance(value, int))
    change_setting(key, kept[key] + 5, by=SYSTEM, at=MORNING, reason="x")
    with counted_as_pinned(bulletin.snapshot):
        from suqing.analytics.policy_in_force import in_force

        assert in_force([key]) == {key: kept[key]}
    assert in_force([key]) == {key: kept[key] + 5}


def test_a_figure_that_was_tampered_with_is_not_issued(centre: Cast) -> None:
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    BulletinFigure.objects.filter(bulletin=drafted, value__gt=0).update(value=4711)
    row = approved(drafted, centre, MORNING)
    with pytest.raises(CannotDo, match="4711"):
        issue(bulletin=row, by=centre.editor, at=MORNING)


def test_a_comparison_that_was_tampered_with_is_not_issued_either(centre: Cast) -> None:
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    row = drafted.figures.get(key="price_reports")
    assert {name for one in recounted(drafted) for name in one.compared} == {"previous", "mean"}
    row.compared["previous"]["ratio"] = "4711.0"
    row.save(update_fields=["compared"])
    with pytest.raises(CannotDo, match="4711"):
        issue(bulletin=approved(drafted, centre, MORNING), by=centre.editor, at=MORNING)


def test_history_that_is_brought_in_later_changes_no_mean_of_the_days_before(centre: Cast) -> None:
    bulletin = issued(centre)
    means = [one for one in recounted(bulletin) if "mean" in one.compared]
    assert means
    assert len(list(days_before(Period.of_day(MONDAY)))) == 7
    Submission.objects.filter(received_at__lt=moment(MONDAY - timedelta(days=2), "00:00")).update(
        received_at=moment(MONDAY - timedelta(days=40))
    )
    assert len(list(days_before(Period.of_day(MONDAY)))) == 2
    assert all_equal(bulletin)


def test_a_pin_that_is_gone_is_damage_and_holds_the_issue_up(
    centre: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    shutil.rmtree(folder_of(drafted.snapshot.pin))
    row = approved(drafted, centre, MORNING)
    with pytest.raises(CannotDo, match="is missing or damaged"):
        issue(bulletin=row, by=centre.editor, at=MORNING)
    bulletin = issued_anew(row, centre)
    shutil.rmtree(folder_of(bulletin.snapshot.pin))
    with pytest.raises(CommandError):
        call_command("verify_figures")
    assert "is missing" in capsys.readouterr().err


def issued_anew(row: Bulletin, cast: Cast) -> Bulletin:
    row = send_back(bulletin=row, reason="文件缺失", by=cast.leader, at=MORNING)
    refresh_figures(bulletin=row, by=cast.editor, at=MORNING)
    row.refresh_from_db()
    return issue(bulletin=approved(row, cast, MORNING), by=cast.editor, at=MORNING)


def test_a_refusal_leaves_nothing_counted_at_the_pin(centre: Cast) -> None:
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    BulletinFigure.objects.filter(bulletin=drafted, value__gt=0).update(value=4711)
    try:
        issue(bulletin=approved(drafted, centre, MORNING), by=centre.editor, at=MORNING)
    except CannotDo:
        assert standing_for(Period(MONDAY, MONDAY)) is LIVE


def test_a_damaged_file_of_a_pin_is_named(centre: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    bulletin = issued(centre)
    call_command("verify_figures")
    assert "0 differ" in capsys.readouterr().out
    victim = folder_of(bulletin.snapshot.pin) / pinned_files(bulletin.snapshot)[0].path
    content = victim.read_bytes()
    os.unlink(victim)  # a file of its own, not the one that the mirror still has
    victim.write_bytes(content[:-9] + b"123456789")
    with pytest.raises(CommandError):
        call_command("verify_figures")
    assert victim.name in capsys.readouterr().err


def test_what_no_bulletin_stands_on_is_let_go(centre: Cast) -> None:
    first = draft_daily(day=MONDAY, by=centre.editor, at=MORNING).snapshot
    second = draft_daily(day=MONDAY, by=centre.editor, at=MORNING).snapshot
    assert release_pins() == []  # too young
    assert release_pins(grace=-1.0) == [first.pin]
    assert not is_pinned(first) and is_pinned(second)
    assert pinned_files(first)  # what was counted from stays written down


def test_without_a_mirror_a_bulletin_is_drafted_and_issued_all_the_same(cast: Cast) -> None:
    load(cast)
    make_week(cast)
    bulletin = draft_daily(day=MONDAY, by=cast.editor, at=MORNING)
    assert not can_recount(bulletin) and Snapshot.objects.get().files == []
    row = issue(bulletin=approved(bulletin, cast, MORNING), by=cast.editor, at=MORNING)
    assert row.issue_no == 1 and list(recounted(row)) == []


def test_a_mirror_of_other_names_or_far_behind_is_not_pinned_and_holds_nothing_up(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Mirror.objects.update(fingerprint="of other names")
    assert draft_daily(day=MONDAY, by=centre.editor, at=MORNING).snapshot.files == []
    build()
    assert is_pinned(draft_daily(day=MONDAY, by=centre.editor, at=MORNING).snapshot)
    take(centre, moment(MONDAY, "22:00"), mask_report())
    monkeypatch.setattr(snapshots, "MOST_NOT_FED", 1)
    monkeypatch.setattr(snapshots, "PATIENCE_SECONDS", 0.0)
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    assert drafted.snapshot.files == [] and not can_recount(drafted)
    assert issue(bulletin=approved(drafted, centre, MORNING), by=centre.editor, at=MORNING).issue_no == 1


@pytest.mark.parametrize("is_gone", [True, False])
def test_with_a_broken_disk_a_bulletin_is_drafted_and_issued_unpinned(
    centre: Cast, mirror_folder: Path, is_gone: bool
) -> None:
    take(centre, moment(MONDAY, "22:00"), mask_report())
    for folder in mirror_folder.iterdir():
        if is_gone:
            shutil.rmtree(folder)
            continue
        for path in folder.glob("cases/**/*.parquet"):
            path.write_bytes(path.read_bytes()[:-20])
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    assert drafted.snapshot.files == [] and not (mirror_folder / "pins").exists()
    assert drafted.figures.get(key="price_reports").value == 12
    assert issue(bulletin=approved(drafted, centre, MORNING), by=centre.editor, at=MORNING).issue_no == 1


def test_a_file_that_was_spoiled_before_it_was_pinned_holds_the_issue_up(
    centre: Cast, mirror_folder: Path
) -> None:
    for path in mirror_folder.glob("*/cases/**/*.parquet"):
        content = path.read_bytes()
        footer = int.from_bytes(content[-8:-4], "little") + 8
        path.write_bytes(content[:4] + bytes(len(content) - 4 - footer) + content[-footer:])
    drafted = draft_daily(day=MONDAY, by=centre.editor, at=MORNING)
    assert is_pinned(drafted.snapshot)
    with pytest.raises(CannotDo, match="is missing or damaged"):
        issue(bulletin=approved(drafted, centre, MORNING), by=centre.editor, at=MORNING)
