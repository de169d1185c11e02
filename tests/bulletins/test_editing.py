"""Editing a draft, its figures, its typical cases, and its review by a second person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from suqing.accounts.queries import NotPermitted
from suqing.analytics.periods import Period
from suqing.analytics.queries import where
from suqing.bulletins import actions, queries, sections
from suqing.bulletins.actions import CannotDo
from suqing.bulletins.blocks import all_runs, from_json
from suqing.bulletins.documents import FigureRef
from suqing.bulletins.gathering import fact_of
from suqing.bulletins.models import Bulletin, State
from suqing.bulletins.wording import part_text
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from tests.analytics.days import MONDAY, load, make_week, mask_report, moment, take
from tests.bulletins.steps import approved, issued
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
MORNING = moment(MONDAY + timedelta(days=1), "08:30")
LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def drafted(cast: Cast) -> Bulletin:
    return actions.draft_daily(day=MONDAY, by=cast.editor, at=MORNING)


def save(row: Bulletin, number: int, text: str, version: int, cast: Cast, title: str = "总体情况") -> int:
    made = actions.save_section(
        bulletin=row, number=number, title=title, text=text, version=version, by=cast.editor, at=MORNING
    )
    return made.version


def text_of(row: Bulletin, number: int) -> str:
    row.refresh_from_db()
    found = sections.sections(sections.prepared(row.text), queries.figure_names(row))
    return next(one.text for one in found if one.number == number)


def disagreeing(row: Bulletin) -> list[str]:
    """Numbers of the text that are not those of the stored figure."""
    facts = {one.key: fact_of(one) for one in row.figures.all()}
    runs = [run for run in all_runs(from_json(row.text["blocks"])) if isinstance(run, FigureRef)]
    return [
        run.key
        for run in runs
        if run.text != part_text(facts[run.key.partition(":")[0]], run.key.partition(":")[2])
    ]


def merged(block: dict[str, Any]) -> dict[str, Any]:
    """The block with words that follow on each other in one run."""
    made: list[dict[str, Any]] = []
    for run in block.get("runs", []):
        if made and "key" not in run and "key" not in made[-1]:
            made[-1] = {"text": made[-1]["text"] + run["text"]}
        else:
            made.append(run)
    return {**block, "runs": made}


def test_every_section_of_a_fresh_draft_can_be_saved_as_it_was_read(week: Cast) -> None:
    row = drafted(week)
    before = row.text["blocks"]
    found = sections.sections(row.text, queries.figure_names(row))
    for one in found:
        actions.save_section(
            bulletin=row, number=one.number, title=one.title, text=one.text + "\n补充。", version=1, by=week.analyst, at=LATER,
        )  # fmt: skip
    row.refresh_from_db()
    kept = [block for block in row.text["blocks"] if block.get("runs") != [{"text": "补充。"}]]
    assert [merged(block) for block in kept] == [merged(block) for block in before]
    assert disagreeing(row) == []
    assert set(row.authors) == {week.editor.pk, week.analyst.pk}
    assert Event.objects.filter(verb="bulletin.edited").count() == len(found)


def test_a_stale_save_is_refused_with_what_is_stored_and_another_section_is_free(week: Cast) -> None:
    row = drafted(week)
    assert save(row, 1, "甲写的。", 1, week) == 2
    with pytest.raises(actions.Stale) as stale:
        save(row, 1, "乙写的。", 1, week)
    assert (stale.value.stored.text, stale.value.saved["by"]) == ("甲写的。", week.editor.display_name)
    assert text_of(row, 1) == "甲写的。"
    assert save(row, 1, "甲写的。", 1, week) == 2, "the same text once more is no conflict"
    assert save(row, 2, "另一部分。", 1, week, "热点") == 2


def test_a_figure_is_put_in_named_in_a_text_and_taken_out_only_when_unused(week: Cast) -> None:
    row = drafted(week)
    figure = actions.add_figure(
        bulletin=row, measure="reports_registered", period=Period.of_day(MONDAY), filters=where(district="320508"),
        label="姑苏举报", by=week.editor, at=LATER,
    )  # fmt: skip
    save(row, 1, f"姑苏区举报〔图{figure.number}〕件，环比〔图{figure.number}·环比〕。", 1, week)
    row.refresh_from_db()
    assert disagreeing(row) == []
    assert figure.case_ids and figure.value == len(figure.case_ids)
    assert text_of(row, 1).startswith(f"姑苏区举报〔图{figure.number}：姑苏举报〕件")
    with pytest.raises(CannotDo, match="still stands"):
        actions.remove_figure(bulletin=row, key=figure.key, by=week.editor, at=LATER)
    save(row, 1, "没有数字。", 2, week)
    actions.remove_figure(bulletin=row, key=figure.key, by=week.editor, at=LATER)
    assert not row.figures.filter(key=figure.key).exists()
    with pytest.raises(CannotDo, match="measure"):
        actions.add_figure(
            bulletin=row,
            measure="nothing",
            period=Period.of_day(MONDAY),
            filters=(),
            label="",
            by=week.editor,
            at=LATER,
        )


def test_a_refresh_tells_what_changes_and_brings_text_and_figures_to_one_moment(week: Cast) -> None:
    row = drafted(week)
    actions.add_figure(
        bulletin=row, measure="cases_registered", period=Period.of_day(MONDAY), filters=(), label="", by=week.editor, at=LATER
    )  # fmt: skip
    with pytest.raises(CannotDo, match="different moments"):
        actions.submit(bulletin=row, revision=row.revision + 1, by=week.editor, at=LATER)
    take(week, moment(MONDAY, "21:00"), mask_report())
    changes = actions.refresh_figures(bulletin=row, by=week.editor, at=LATER, is_trial=True)
    assert ("10", "11") in [(one.before, one.after) for one in changes]
    row.refresh_from_db()
    assert row.figures.get(key="reports").value == 10, "a trial changes nothing"
    actions.refresh_figures(bulletin=row, by=week.editor, at=LATER)
    row.refresh_from_db()
    assert row.figures.get(key="reports").value == 11
    assert disagreeing(row) == []
    assert not row.figures.exclude(counted_at=None).exists()
    assert row.snapshot.at == LATER
    assert Event.objects.get(verb="bulletin.refreshed").data["changes"]


def test_a_refresh_without_changes_changes_no_text(week: Cast) -> None:
    row = drafted(week)
    before = row.text["blocks"]
    assert actions.refresh_figures(bulletin=row, by=week.editor, at=LATER) == []
    row.refresh_from_db()
    assert row.text["blocks"] == before


def test_the_hour_of_a_day_that_was_not_over_goes_when_it_is(week: Cast) -> None:
    row = actions.draft_daily(day=MONDAY, by=week.editor, at=moment(MONDAY, "03:30"))
    assert "截至03:30" in json.dumps(row.text, ensure_ascii=False)
    actions.refresh_figures(bulletin=row, by=week.editor, at=MORNING)
    row.refresh_from_db()
    said = json.dumps(row.text["blocks"], ensure_ascii=False)
    assert "截至0" not in said and "同期" not in said
    assert row.figures.get(key="reports").value == 10
    assert disagreeing(row) == []


def put_in(row: Bulletin, case: Case, cast: Cast, **changes: object) -> None:
    given = {
        "section": 5,
        "title": "案例　某药店",
        "text": "群众反映口罩价格过高。",
        "is_read": True,
        "is_operator_shown": False,
    }
    actions.add_case(bulletin=row, case=case, by=cast.editor, at=LATER, **(given | changes))  # type: ignore[arg-type]


def test_a_case_is_put_in_once_read_without_names_and_never_a_report(week: Cast) -> None:
    row = drafted(week)
    taken = [block["case_id"] for block in row.text["blocks"] if block["type"] == "case"]
    case = (
        Case.objects.exclude(pk__in=taken).filter(kind=Kind.COMPLAINT).first()
        or Case.objects.filter(kind="consultation").first()
    )
    assert case is not None
    with pytest.raises(CannotDo, match="have read"):
        put_in(row, case, week, is_read=False)
    with pytest.raises(CannotDo, match="personal"):
        put_in(row, case, week, text="来电人13800001234反映口罩价格过高。")
    with pytest.raises(CannotDo, match="cannot stand"):
        put_in(row, Case.objects.filter(kind=Kind.REPORT)[0], week)
    put_in(row, case, week)
    with pytest.raises(CannotDo, match="already"):
        put_in(row, case, week)
    assert "：案例　某药店〕" in text_of(row, 5)
    assert len(queries.file_of(row)) > 10_000


def test_what_was_edited_is_not_drafted_over_by_accident(week: Cast) -> None:
    row = drafted(week)
    save(row, 1, "手工撰写。", 1, week)
    with pytest.raises(CannotDo, match="edited"):
        drafted(week)
    actions.draft_daily(day=MONDAY, by=week.editor, at=LATER, over_edits=True)
    assert "手工撰写" not in text_of(row, 1)


def test_who_wrote_does_not_approve_unless_the_centre_says_so(week: Cast) -> None:
    row = drafted(week)
    actions.submit(bulletin=row, revision=row.revision, by=week.analyst, at=LATER)
    row.refresh_from_db()
    for writer, refusal in ((week.editor, CannotDo), (week.analyst, NotPermitted)):
        with pytest.raises(refusal):
            actions.approve(bulletin=row, revision=row.revision, by=writer, at=LATER)
    change_setting("bulletins.second_person", False, by=SYSTEM, at=LATER)
    actions.approve(bulletin=row, revision=row.revision, by=week.editor, at=LATER)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (State.APPROVED, week.editor)


def test_in_review_nothing_changes_until_it_is_returned_with_a_reason(week: Cast) -> None:
    row = drafted(week)
    actions.submit(bulletin=row, revision=row.revision, by=week.editor, at=LATER)
    with pytest.raises(CannotDo):
        save(row, 1, "偷偷改。", 1, week)
    with pytest.raises(DatabaseError, match="text stays"), transaction.atomic():
        Bulletin.objects.filter(pk=row.pk).update(text={"blocks": []})
    actions.remark(bulletin=row, section=1, text="请核对吴中区数字。", by=week.leader, at=LATER)
    with pytest.raises(CannotDo, match="why"):
        actions.send_back(bulletin=row, reason=" ", by=week.leader, at=LATER)
    actions.send_back(bulletin=row, reason="见意见", by=week.leader, at=LATER)
    assert [(one.section, one.text) for one in row.remarks.all()] == [
        (1, "请核对吴中区数字。"),
        (None, "见意见"),
    ]
    assert save(row, 1, "已核对。", 1, week) == 2


def test_only_what_is_approved_is_issued(week: Cast) -> None:
    row = drafted(week)
    with pytest.raises(CannotDo, match="approved"):
        actions.issue(bulletin=row, by=week.leader, at=LATER)
    with pytest.raises(DatabaseError, match="not approved"), transaction.atomic():
        Bulletin.objects.filter(pk=row.pk).update(
            state="issued",
            issued_at=LATER,
            issued_by=week.editor,
            issue_year=2020,
            issue_no=1,
            total_no=1,
            document=b"x",
        )
    old = row.revision
    save(row, 1, "新。", 1, week)
    with pytest.raises(CannotDo, match="changed after"):
        actions.submit(bulletin=row, revision=old, by=week.editor, at=LATER)


def test_a_correction_names_the_issue_it_replaces_and_a_notice_tells_the_receivers(week: Cast) -> None:
    first = issued(drafted(week), week, MORNING)
    actions.withdraw(bulletin=first, reason="地区数有误", by=week.leader, at=LATER)
    first.refresh_from_db()
    notice = queries.notice_of(first)
    assert notice.title == "关于撤回《12315每日重热点快报》2020年第1期的通知"
    second = approved(drafted(week), week, LATER)
    assert second.corrects == first
    assert "本期更正并代替2020年第1期（2020年1月28日签发，已撤回）。" in text_of(second, 0)


def test_the_register_is_found_by_series_year_state_and_words(week: Cast) -> None:
    row = issued(drafted(week), week, MORNING)
    for asked, count in (({"series": "daily"}, 1), ({"series": "x"}, 0), ({"year": "2020"}, 1), ({"year": "2019"}, 0),
                         ({"state": "issued"}, 1), ({"state": "draft"}, 0), ({"q": "价格违法行为"}, 1), ({"q": "火星"}, 0)):  # fmt: skip
        assert queries.register(asked).count() == count, asked
    assert queries.issue_years(2021) == [2021, 2020]
    assert row.issue_no == 1
