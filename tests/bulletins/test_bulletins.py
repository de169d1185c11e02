"""Drafting, issuing and withdrawing the daily bulletin of a small centre."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override
from pytest_django.fixtures import DjangoAssertNumQueries

from suqing.accounts.queries import NotPermitted
from suqing.analytics.periods import Period
from suqing.analytics.queries import Filter, figure
from suqing.bulletins import queries
from suqing.bulletins.actions import CannotDo, draft_daily, issue, withdraw
from suqing.bulletins.blocks import Curve, FigureTable, TypicalCase, all_runs, from_json, to_json
from suqing.bulletins.documents import FigureRef, Heading
from suqing.bulletins.gathering import fact_of
from suqing.bulletins.models import Bulletin, BulletinFigure, State
from suqing.bulletins.wording import part_text
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import change_setting, set_centre_clock
from suqing.ledger.models import Event
from suqing.ledger.queries import sealed_position
from tests.analytics.days import LOADED, MONDAY, load, make_week, mask_report, moment, node, take
from tests.bulletins.steps import approved, issued
from tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
MORNING = moment(MONDAY + timedelta(days=1), "08:30")
PLAIN_DIGITS = re.compile(r"\d{4}年|\d{1,2}月\d{1,2}日|截至\d{2}:\d{2}|12315")


@pytest.fixture
def week(cast: Cast) -> Cast:
    load(cast)
    make_week(cast)
    return cast


def drafted(cast: Cast) -> Bulletin:
    return draft_daily(day=MONDAY, by=cast.editor, at=MORNING)


def words(bulletin: Bulletin) -> str:
    """Everything the bulletin says outside typical cases."""
    return "".join(run.text for run in all_runs(from_json(bulletin.text["blocks"])))


def untraced(bulletin: Bulletin) -> list[str]:
    """Runs with a number that is no figure, or not the number of the stored figure."""
    stored = {row.key: fact_of(row) for row in BulletinFigure.objects.filter(bulletin=bulletin)}
    wrong = []
    for run in all_runs(from_json(bulletin.text["blocks"])):
        if isinstance(run, FigureRef):
            key, _colon, part = run.key.partition(":")
            if key not in stored or part_text(stored[key], part) != run.text:
                wrong.append(f"{run.key}: {run.text}")
        elif re.search(r"\d", PLAIN_DIGITS.sub("", run.text)):
            wrong.append(run.text)
    return wrong


def test_every_number_of_a_bulletin_is_a_stored_figure(week: Cast) -> None:
    bulletin = drafted(week)
    assert untraced(bulletin) == []
    assert sum(isinstance(run, FigureRef) for run in all_runs(from_json(bulletin.text["blocks"]))) > 100


def test_a_number_that_is_no_figure_would_be_found(week: Cast) -> None:
    bulletin = drafted(week)
    bulletin.text["blocks"].append({"type": "paragraph", "runs": [{"text": "另有31件。"}]})
    BulletinFigure.objects.filter(bulletin=bulletin, key="reports").update(value=11)
    assert "另有31件。" in untraced(bulletin)
    assert "reports: 10" in untraced(bulletin)


def test_the_text_says_what_was_counted(week: Cast) -> None:
    said = words(drafted(week))
    for sentence in (
        "1月27日，12315共接收群众诉求17人次，登记咨询、投诉、举报17件，环比上升183.3%（前一日6件）",
        "其中疫情相关11件，占64.7%",
        "登记价格举报9件，环比上升125.0%（前一日4件）",
        "举报10件，环比上升150.0%（前一日4件），同比无可比数据",
        "投诉举报登记13件，居前的为价格违法行为9件、合同2件、违反食品安全法法规1件",
        "价格违法行为9件（日均1.9件）",
        "受理投诉1件，不予受理0件；举报立案0件；办结各类诉求5件",
        "挽回经济损失388.50元",
        "当日无期限届满的投诉受理决定",
    ):
        assert sentence in said


def test_an_editor_who_reads_english_drafts_in_chinese_all_the_same(week: Cast) -> None:
    with override("en"):
        assert "疫情相关11件、口罩价格9件" in words(drafted(week))


def test_the_queries_of_a_draft_do_not_grow_with_the_cases(
    week: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(160) as first:
        drafted(week)
    for minute in range(20):
        take(week, moment(MONDAY, f"21:{minute:02d}"), mask_report())
    with django_assert_max_num_queries(len(first) + 4):
        drafted(week)


def test_every_section_of_the_bulletin_is_there(week: Cast) -> None:
    blocks = from_json(drafted(week).text["blocks"])
    heads = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert heads == ["总体情况", "投诉举报热点", "上升较快", "价格举报", "典型诉求", "办理情况"]
    assert from_json(to_json(blocks)) == blocks


def test_a_table_adds_up_and_has_its_unknown(week: Cast) -> None:
    blocks = from_json(drafted(week).text["blocks"])
    table = next(block for block in blocks if isinstance(block, FigureTable) and block.header[0] == "地区")
    lines = {row[0].text: int(row[1].text) for row in table.rows}
    assert lines == {"姑苏区": 7, "吴中区": 4, "未注明": 2, "合计": 13}


def test_the_curve_has_gaps_before_the_first_data_and_the_marks_that_are_set(week: Cast) -> None:
    change_setting(
        "bulletins.marks", [["2020-01-25", "会商研判"], ["2019-01-01", "旧"]], by=SYSTEM, at=LOADED
    )
    curve = next(block for block in from_json(drafted(week).text["blocks"]) if isinstance(block, Curve))
    values = [None if point is None else point.text for point in curve.points]
    assert values == [None] * 6 + ["1", "1", "1", "1", "2", "3", "4", "9"]
    assert [mark.label for mark in curve.chart.marks] == ["会商研判"]


def test_typical_cases_show_neither_people_nor_operators(week: Cast) -> None:
    said = "我是王小明，电话13800001234，27日在姑苏区平江大药房买口罩，苏州平江大药房有限公司的口罩卖三十元一只，请求退款。"
    mask = mask_report(kind=Kind.COMPLAINT, narrative=said, issue_class=node("issue", "哄抬价格"))
    take(week, moment(MONDAY, "20:00"), mask)
    bulletin = drafted(week)
    cases = [block for block in from_json(bulletin.text["blocks"]) if isinstance(block, TypicalCase)]
    assert 1 <= len(cases) <= 5
    assert len({case.case_id for case in cases}) == len(cases)
    told = "".join(case.title + case.narrative for case in cases)
    for secret in ("平江", "王小明", "13800001234", "太湖度假酒店", "面包房"):
        assert secret not in told
    assert "某药店" in told
    kinds = set(Case.objects.filter(pk__in=[case.case_id for case in cases]).values_list("kind", flat=True))
    assert kinds == {"complaint"}, "what a report says goes only to those who handle it"


def test_a_day_without_anything_still_makes_a_bulletin(cast: Cast) -> None:
    load(cast)
    bulletin = draft_daily(day=date(2020, 1, 5), by=cast.editor, at=MORNING)
    assert untraced(bulletin) == []
    said = words(bulletin)
    assert "登记咨询、投诉、举报0件，环比无可比数据" in said
    assert "投诉举报登记。" in said and "无可刊载的典型诉求" in said
    assert len(queries.file_of(bulletin)) > 10_000


def test_a_day_that_is_not_over_says_until_when_it_counts(week: Cast) -> None:
    bulletin = draft_daily(day=MONDAY, by=week.editor, at=moment(MONDAY, "03:30"))
    said = words(bulletin)
    assert "1月27日（截至03:30），" in said
    assert "登记价格举报4件，前一日同期为零，环比不可比" in said
    assert untraced(bulletin) == []


def test_a_stored_figure_can_be_counted_again_from_its_filters_and_from_its_rows(week: Cast) -> None:
    bulletin = issued(drafted(week), week, MORNING)
    figures = list(bulletin.figures.all())
    assert len(figures) > 40
    for row in figures:
        filters = tuple(Filter.from_json(one) for one in row.filters)
        now = figure(row.measure, period=Period.from_json(row.period), filters=filters).value
        assert row.value == (None if now is None else Decimal(now)), row.key
        assert queries.recomputed(row) == row.value, row.key


def test_later_changes_of_cases_do_not_touch_an_issued_figure(week: Cast) -> None:
    bulletin = issued(drafted(week), week, MORNING)
    take(week, moment(MONDAY, "22:00"), mask_report())
    Case.objects.filter(recovered_amount__isnull=False).update(recovered_amount=1)
    for key, value in (("price_reports", 9), ("recovered", Decimal("388.50"))):
        row = bulletin.figures.get(key=key)
        assert row.value == value == queries.recomputed(row)


def test_the_list_behind_a_figure_is_exactly_what_was_stored(week: Cast) -> None:
    bulletin = drafted(week)
    prices = bulletin.figures.get(key="price_reports")
    seen = queries.behind(prices, week.analyst)
    assert sorted(seen.cases.values_list("pk", flat=True)) == prices.case_ids
    assert seen.total == 9
    hidden = queries.behind(prices, week.leader)
    assert (hidden.cases.count(), hidden.total) == (0, 9)
    contacts = queries.behind(bulletin.figures.get(key="contacts"), week.leader)
    assert (contacts.submissions.count(), contacts.total, contacts.counts_contacts) == (8, 17, True)


def test_a_draft_is_drafted_anew_and_keeps_no_old_figures(week: Cast) -> None:
    first = drafted(week)
    take(week, moment(MONDAY, "21:00"), mask_report())
    second = draft_daily(day=MONDAY, by="system:command", at=MORNING)
    assert (second.pk, second.revision, second.drafted_by) == (first.pk, 2, None)
    assert second.figures.get(key="price_reports").value == 10
    assert second.snapshot.position > first.snapshot.position
    assert second.snapshot_id != first.snapshot_id


def test_a_draft_stands_at_the_sealed_position_with_nothing_unsealed(week: Cast) -> None:
    bulletin = drafted(week)
    assert bulletin.snapshot.position == sealed_position()
    assert bulletin.snapshot.unsealed == 0
    # The one event behind it is that of the draft itself.
    assert Event.objects.unsealed().count() == 1


def test_who_may_draft_issue_and_withdraw(week: Cast) -> None:
    with pytest.raises(NotPermitted):
        draft_daily(day=MONDAY, by=week.call_taker, at=MORNING)
    bulletin = draft_daily(day=MONDAY, by=week.analyst, at=MORNING)
    with pytest.raises(NotPermitted):
        issue(bulletin=bulletin, by=week.analyst, at=MORNING)
    with pytest.raises(CannotDo):
        issue(bulletin=bulletin, by="system:command", at=MORNING)  # type: ignore[arg-type]
    signed = issue(bulletin=approved(bulletin, week, MORNING), by=week.leader, at=MORNING)
    with pytest.raises(NotPermitted):
        withdraw(bulletin=signed, reason="有误", by=week.analyst, at=MORNING)


def test_an_issued_bulletin_is_numbered_stored_and_told(week: Cast) -> None:
    bulletin = issued(drafted(week), week, MORNING)
    assert (bulletin.issue_year, bulletin.issue_no, bulletin.total_no) == (2020, 1, 1)
    assert Event.objects.filter(verb="bulletin.issued", subject_id=str(bulletin.pk)).count() == 1
    text = "\n".join(line.text for line in docx.Document(io.BytesIO(queries.file_of(bulletin))).paragraphs)
    assert "第1期（总第1期）" in text and "草稿" not in text
    assert queries.file_name(bulletin) == "12315每日重热点快报（2020年第1期）.docx"


def test_an_issued_bulletin_cannot_be_issued_or_drafted_again(week: Cast) -> None:
    bulletin = issued(drafted(week), week, MORNING)
    with pytest.raises(CannotDo):
        issue(bulletin=bulletin, by=week.editor, at=MORNING)
    with pytest.raises(CannotDo):
        drafted(week)
    with pytest.raises(CannotDo):
        draft_daily(day=MONDAY + timedelta(days=5), by=week.editor, at=MORNING)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bulletins_bulletin SET title = 'x'",
        "UPDATE bulletins_bulletin SET state = 'draft'",
        "UPDATE bulletins_bulletin SET text = '{}'",
        "UPDATE bulletins_bulletinfigure SET value = 1 WHERE key = 'reports'",
        "DELETE FROM bulletins_bulletinfigure",
        "DELETE FROM bulletins_bulletin",
        "INSERT INTO bulletins_bulletinfigure (bulletin_id, key, label, measure, filters, period, unit, compared, case_ids,"
        " submission_ids, numerator_ids, amounts) SELECT bulletin_id, 'y', '', measure, filters, period, unit, compared,"
        " case_ids, submission_ids, numerator_ids, amounts FROM bulletins_bulletinfigure LIMIT 1",
    ],
)
def test_the_database_refuses_every_change_of_an_issued_bulletin(cast: Cast, statement: str) -> None:
    load(cast)
    issued(drafted(cast), cast, MORNING)
    with pytest.raises(DatabaseError, match="issued"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_move_a_snapshot(cast: Cast) -> None:
    load(cast)
    taken = drafted(cast).snapshot
    taken.position += 1
    with pytest.raises(DatabaseError, match="stay"), transaction.atomic():
        taken.save()


def test_a_withdrawn_bulletin_keeps_its_number_and_text_and_makes_room_for_another(week: Cast) -> None:
    bulletin = issued(drafted(week), week, MORNING)
    before = bulletin.text
    with pytest.raises(CannotDo):
        withdraw(bulletin=bulletin, reason="  ", by=week.editor, at=MORNING)
    bulletin = withdraw(bulletin=bulletin, reason="数据口径有误", by=week.editor, at=MORNING)
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.issue_no, bulletin.text) == (State.WITHDRAWN, 1, before)
    again = issued(drafted(week), week, MORNING)
    assert (again.pk != bulletin.pk, again.issue_no) == (True, 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(state=State.ISSUED)


def test_numbers_begin_anew_each_year_and_the_total_goes_on(cast: Cast) -> None:
    load(cast)
    numbers = []
    for year in (2019, 2020):
        for offset in range(2):
            day = date(year, 12, 28 + offset)
            at = moment(day + timedelta(days=1), "08:00")
            bulletin = issued(draft_daily(day=day, by=cast.editor, at=at), cast, at)
            numbers.append((bulletin.issue_year, bulletin.issue_no, bulletin.total_no))
    assert numbers == [(2019, 1, 1), (2019, 2, 2), (2020, 1, 3), (2020, 2, 4)]


def test_in_a_rehearsal_the_bulletin_is_marked_synthetic(cast: Cast) -> None:
    load(cast)
    assert not drafted(cast).is_synthetic
    set_centre_clock(mode="rehearsal", centre=MORNING, by=SYSTEM)
    bulletin = drafted(cast)
    assert bulletin.is_synthetic
    assert "模拟数据" in docx.Document(io.BytesIO(queries.file_of(bulletin))).element.xml


def test_synthetic_cases_mark_the_bulletin_too(cast: Cast) -> None:
    load(cast)
    take(cast, moment(MONDAY), mask_report(), is_synthetic=True)
    assert drafted(cast).is_synthetic


def test_the_command_writes_a_draft_that_says_so(week: Cast, tmp_path: Path) -> None:
    set_centre_clock(mode="rehearsal", centre=MORNING, by=SYSTEM)
    path = tmp_path / "draft.docx"
    call_command("bulletin", "daily", "2020-01-27", "-o", str(path), verbosity=0)
    text = "\n".join(line.text for line in docx.Document(str(path)).paragraphs)
    assert "草稿" in text and "第　　期" in text
    with pytest.raises(CommandError, match="--as"):
        call_command("bulletin", "daily", "2020-01-27", "--issue")
    with pytest.raises(CommandError, match="permission"):
        call_command("bulletin", "daily", "2020-01-27", "--issue", "--as", "analyst")
    with pytest.raises(CommandError, match="approved"):
        call_command("bulletin", "daily", "2020-01-27", "--issue", "--as", "editor")
    approved(Bulletin.objects.get(), week, MORNING)
    call_command("bulletin", "daily", "2020-01-27", "-o", str(path), "--issue", "--as", "editor")
    signed = Bulletin.objects.get()
    assert path.read_bytes() == bytes(signed.document or b"")
    call_command("bulletin", "daily", "2020-01-27", "-o", str(path))
    assert path.read_bytes() == bytes(signed.document or b"")
