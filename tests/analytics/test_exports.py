"""Lists as files: what stands in them, for whom, in what form."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from suqing.accounts.actions import ReasonMissing, appoint, end_appointment
from suqing.accounts.models import Appointment, Person, PersonalLook
from suqing.accounts.queries import NotPermitted
from suqing.analytics import exports
from suqing.analytics.actions import exports as actions
from suqing.analytics.actions.export_folders import work_root
from suqing.analytics.actions.exports import Refused, ask_export, remove_expired, take_away, write_kept
from suqing.analytics.export_cases import figure_json
from suqing.analytics.jobs import exports_due
from suqing.analytics.models import Export
from suqing.analytics.periods import Period
from suqing.analytics.queries import export_to_fetch, exports_of, figure
from suqing.cases.actions import dispatching
from suqing.cases.actions.parties import erase
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case
from suqing.cases.queries import Filters, work_list
from suqing.cases.queries.filters import to_json
from suqing.cases.vocabulary import Kind
from suqing.files.storage import storage
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from tests.analytics.written import asked, written
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def centre(centre: Cast, tmp_path: object, settings: object) -> Cast:
    settings.SUQING_FILES = tmp_path  # type: ignore[attr-defined]
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    translation.activate("zh-hans")
    return centre


def in_gusu(centre: Cast, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    case = one_case(centre.call_taker, kind, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def column(rows: list[dict[str, object]], title: str) -> list[object]:
    return [row[title] for row in rows]


def test_a_file_holds_the_whole_list_and_says_what_it_is(centre: Cast) -> None:
    numbers = [one_case(centre.call_taker).number for _each in range(60)]
    found = written(centre.dispatcher, filter_words=["全部未办结", "类型：投诉"])
    assert column(found.rows, "工单编号") == numbers[::-1]
    assert found.facts == {
        "列表": "工单",
        "筛选": "全部未办结；类型：投诉",
        "截至": f"2020-01-27 10:00:00+08:00，事件 {found.export.position}",
        "导出人": "金分派",
        "个人信息": "个人信息已脱敏。",
        "行数": "60",
        "模拟数据": "演练中导出",
    }
    assert found.raw.startswith(b"\xef\xbb\xbf"), "Excel takes a csv without a BOM for the local code page"


def test_the_heading_leaves_the_header_in_the_first_ten_lines(centre: Cast) -> None:
    one_case(centre.call_taker)
    lines = written(centre.dispatcher, layout="national").text.splitlines()
    assert next(place for place, line in enumerate(lines) if line.startswith("登记编号")) < 10


def test_dates_and_amounts_of_a_workbook_are_numbers(centre: Cast) -> None:
    case = one_case(centre.call_taker, amount=Decimal(1234))
    row = written(centre.dispatcher, format="xlsx").rows[0]
    assert row["争议金额（元）"] == 1234.0
    assert row["接收时间"] == AT.replace(tzinfo=None)
    assert row["工单编号"] == case.number


def test_a_file_can_be_written_for_old_spreadsheets(centre: Cast) -> None:
    one_case(centre.call_taker, entity=EntityInput("㵪𠮷商店"))
    found = written(centre.dispatcher, encoding="gb18030")
    assert column(found.rows, "经营者") == ["㵪𠮷商店"]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "evil", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "＝1＋1", "＠x", "\t=1", "\r=1"]
)
def test_no_text_becomes_a_formula(centre: Cast, format: str, evil: str) -> None:
    one_case(centre.call_taker, entity=EntityInput(f"{evil}店"))
    found = written(centre.dispatcher, format=format)
    cell = str(found.rows[0]["经营者"])
    assert cell.lstrip("'").strip() == f"{evil}店".strip()
    assert cell.startswith("'") or not cell.startswith(
        ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
    )
    assert "<f>" not in found.text


def test_the_work_list_and_its_file_agree_under_every_filter(centre: Cast) -> None:
    for place, kind in enumerate((Kind.COMPLAINT, Kind.REPORT, Kind.CONSULTATION, Kind.COMPLAINT)):
        one_case(centre.call_taker, kind, at=AT - place * DAY, entity=EntityInput(f"{place}号店"))
    in_gusu(centre)
    for filters in (
        Filters(),
        Filters(kind="complaint"),
        Filters(state="registered"),
        Filters(unit=centre.gusu.pk),
        Filters(words="3号店"),
        Filters(received_from=(AT - DAY).date(), received_to=AT.date()),
        Filters(due="48h"),
        Filters(waiting="to_dispatch"),
        Filters(open_only=True, place="320508"),
        Filters(archived=True),
    ):
        page = [case.number for case in work_list(centre.supervisor, filters, AT).cases]
        found = written(centre.supervisor, filters=to_json(filters))
        assert column(found.rows, "工单编号") == page, filters


# Whose eyes


@pytest.mark.parametrize("name", ["dispatcher", "analyst", "editor", "supervisor"])
def test_who_sees_masked_data_gets_masked_data(centre: Cast, name: str) -> None:
    one_case(centre.call_taker)
    found = written(getattr(centre, name))
    assert "王小明" not in found.text
    assert "13800001234" not in found.text
    assert found.rows[0]["联系电话"] == "138****1234"
    assert found.rows[0]["当事人姓名"] == "王**"
    with pytest.raises(NotPermitted):
        written(getattr(centre, name), is_plain=True, reason="核对联系方式")


def test_a_handler_gets_plain_data_only_for_a_reason_and_each_is_a_look(centre: Cast) -> None:
    mine, _other = in_gusu(centre), one_case(centre.call_taker)
    assert "王小明" not in written(centre.handler).text
    assert PersonalLook.objects.count() == 0
    with pytest.raises(ReasonMissing):
        written(centre.handler, is_plain=True, reason=" ")
    found = written(centre.handler, is_plain=True, reason="逐一电话回访")
    assert column(found.rows, "当事人姓名") == ["王小明"]
    assert column(found.rows, "联系电话") == ["13800001234"]
    assert found.rows[0]["诉求内容"] == mine.narrative
    look = PersonalLook.objects.get()
    assert (look.person, look.subject, look.reason) == (
        centre.handler,
        f"party:{mine.party_id}",
        "逐一电话回访",
    )
    told = Event.objects.filter(verb="list.exported").latest("id").data
    assert told["is_masked"] is False
    assert "reason_hash" in told
    assert "逐一电话回访" not in str(told)


def test_plain_data_end_where_the_right_to_them_ends(centre: Cast) -> None:
    """A head of one bureau who also dispatches at the centre sees the people of the bureau's cases alone."""
    in_gusu(centre)
    one_case(centre.call_taker)
    appoint(person=centre.handler, unit=centre.centre, role="dispatcher", by=SYSTEM, at=AT)
    found = written(centre.handler, is_plain=True, reason="逐一电话回访")
    assert sorted(map(str, column(found.rows, "当事人姓名"))) == ["王**", "王小明"]


def test_who_made_a_report_stands_in_no_file(centre: Cast) -> None:
    in_gusu(centre, Kind.REPORT)
    anonymous = in_gusu(centre, Kind.REPORT, is_real_name=False)
    found = written(centre.handler, is_plain=True, reason="逐一电话回访")
    assert column(found.rows, "当事人姓名") == ["", ""]
    assert column(found.rows, "联系电话") == ["", ""]
    words = {row["工单编号"]: row["诉求内容"] for row in found.rows}
    assert words[anonymous.number] == anonymous.match_text


def test_reports_are_in_no_file_of_whom_they_are_kept_from(centre: Cast) -> None:
    report, complaint = one_case(centre.call_taker, Kind.REPORT), one_case(centre.call_taker)
    assert column(written(centre.inspector).rows, "工单编号") == [complaint.number]
    assert report.number not in written(centre.inspector, format="xlsx").text


def test_an_erased_person_stands_in_no_file(centre: Cast) -> None:
    case = in_gusu(centre)
    erase(party=case.party, reason="本人要求删除", by=centre.supervisor, at=AT)
    found = written(centre.handler, is_plain=True, reason="逐一电话回访")
    assert "王小明" not in found.text
    assert column(found.rows, "当事人姓名") == ["个人信息已删除"]


@pytest.mark.parametrize("name", ["call_taker", "leader", "administrator", "stranger"])
def test_who_may_not_write_lists_to_files_cannot(centre: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        ask_export(asked=asked(), by=getattr(centre, name), at=AT)
    assert not Export.objects.exists()


def test_the_right_to_a_list_is_asked_for_beside_the_right_to_files(centre: Cast) -> None:
    with pytest.raises(NotPermitted):
        written(centre.handler, "dispatch_rules")
    with pytest.raises(NotPermitted):
        written(centre.handler, "visits")
    with pytest.raises(exports.UnknownList):
        written(centre.handler, "nonsense")
    with pytest.raises(exports.UnknownList):
        written(centre.supervisor, "visits", layout="national")
    with pytest.raises(Refused):
        written(centre.supervisor, format="pdf")


def test_the_event_tells_what_left_but_no_word_that_was_searched(centre: Cast) -> None:
    one_case(centre.call_taker)
    found = written(centre.dispatcher, filters={"words": "王小明", "kind": "complaint"})
    event = Event.objects.get(verb="list.exported")
    assert event.data["list"] == "cases"
    assert event.data["rows"] == len(found.rows)
    assert event.data["filters"] == {"kind": "complaint"}
    assert event.data["is_masked"] is True
    assert event.sealed is not None
    assert b"\xe7\x8e\x8b" not in bytes(event.sealed)


# The other lists


def test_every_list_can_be_written(centre: Cast) -> None:
    in_gusu(centre)
    found = figure("cases_registered", period=Period.of_day(AT.date()), person=centre.supervisor)
    contacts = figure("contacts", period=Period.of_day(AT.date()), person=centre.supervisor)
    filters = {"figure_cases": figure_json(found), "figure_contacts": figure_json(contacts)}
    for code in (one for one in exports.LISTS if not one.startswith("bulletin")):
        for format in ("csv", "xlsx"):
            with translation.override("en"):
                assert written(centre.supervisor, code, filters.get(code), format=format).export.size


def test_the_cases_behind_a_figure_are_those_it_counts(centre: Cast) -> None:
    one_case(centre.call_taker, Kind.CONSULTATION)
    expected = {one_case(centre.call_taker).number, one_case(centre.call_taker, Kind.REPORT).number}
    found = figure("cases_registered", period=Period.of_day(AT.date()), person=centre.supervisor)
    rows = written(centre.supervisor, "figure_cases", figure_json(found)).rows
    assert len(rows) == found.value
    assert expected <= set(column(rows, "工单编号"))


# Files that are kept


def kept(centre: Cast, by: Person | None = None, **more: object) -> Export:
    export = ask_export(asked=asked(**more), by=by or centre.dispatcher, at=AT)  # type: ignore[arg-type]
    assert write_kept(export.ref)
    export.refresh_from_db()
    return export


def test_a_long_list_is_kept_until_its_day(centre: Cast) -> None:
    one_case(centre.call_taker)
    export = kept(centre)
    assert (export.state, export.done, export.total) == ("done", 1, 1)
    assert export_to_fetch(centre.dispatcher, export.ref, AT) == export
    with storage().opened(export.file_key) as file:
        assert "138****1234" in file.read().decode()
    with pytest.raises(Export.DoesNotExist):
        export_to_fetch(centre.dispatcher, export.ref, AT + 8 * DAY)
    assert remove_expired(at=AT + 8 * DAY) == 1
    export.refresh_from_db()
    assert (export.state, export.file_key, export.filter_words) == ("expired", "", [])


def test_an_erasure_takes_kept_files_with_unmasked_data_away(
    centre: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    """Masked files stay; what is read after the erasure holds the person no more and stays too."""
    case, mine = in_gusu(centre), partial(kept, by=centre.handler, is_plain=True, reason="逐一电话回访")
    plain, masked = mine(centre), kept(centre, by=centre.handler)
    key = plain.file_key
    assert export_to_fetch(centre.handler, plain.ref, AT) == plain
    with django_capture_on_commit_callbacks(execute=True):
        erase(party=case.party, reason="本人要求删除", by=centre.supervisor, at=AT)
    with pytest.raises(Export.DoesNotExist):
        export_to_fetch(centre.handler, plain.ref, AT)  # at once, before anything is swept
    later = mine(centre)
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_expired(at=AT) == 1
    plain.refresh_from_db()
    assert (plain.state, plain.file_key, plain.failure) == ("expired", "", actions.ERASED_SINCE)
    assert not storage().has(key)
    for one in (masked, later):
        assert export_to_fetch(centre.handler, one.ref, AT).file_key


def test_a_file_is_its_askers_alone(centre: Cast) -> None:
    export = kept(centre)
    for other in (centre.supervisor, centre.handler, centre.administrator):
        with pytest.raises(Export.DoesNotExist):
            export_to_fetch(other, export.ref, AT)
        with pytest.raises(Export.DoesNotExist):
            take_away(ref=export.ref, by=other, at=AT)
    assert exports_of(centre.supervisor) == []


def test_who_has_lost_a_right_cannot_fetch_what_it_gave(centre: Cast) -> None:
    export = kept(centre)
    appointment = Appointment.objects.get(person=centre.dispatcher)
    appoint(person=centre.dispatcher, unit=centre.gusu, role="handler", by=SYSTEM, at=AT)
    assert export_to_fetch(centre.dispatcher, export.ref, AT) == export
    end_appointment(appointment=appointment, by=SYSTEM, at=AT)
    person = type(centre.dispatcher).objects.get(pk=centre.dispatcher.pk)
    with pytest.raises(Export.DoesNotExist):
        export_to_fetch(person, export.ref, AT)


def test_who_loses_the_right_before_the_writing_gets_nothing(centre: Cast) -> None:
    export = ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    end_appointment(appointment=Appointment.objects.get(person=centre.dispatcher), by=SYSTEM, at=AT)
    exports_due(0)
    export.refresh_from_db()
    assert export.state == "failed"
    assert not list(storage().keys("exports"))


def test_what_is_taken_away_is_gone(centre: Cast, django_capture_on_commit_callbacks: object) -> None:
    export = kept(centre)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        take_away(ref=export.ref, by=centre.dispatcher, at=AT)
    assert not list(storage().keys("exports"))
    with pytest.raises(Export.DoesNotExist):
        export_to_fetch(centre.dispatcher, export.ref, AT)


def test_files_that_nobody_names_and_half_written_ones_are_removed(centre: Cast, tmp_path: object) -> None:
    export = kept(centre)
    with storage().local(export.file_key) as path:
        storage().put("exports/orphan", path)
    dead = work_root() / "999999999-abc-x"
    dead.mkdir(parents=True)
    (dead / "list").write_text("half")
    remove_expired(at=AT)
    assert [one.key for one in storage().keys("exports")] == [export.file_key]
    assert not dead.exists()


def test_a_writer_that_dies_again_and_again_is_given_up(
    centre: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    monkeypatch.setattr(actions, "_write", lambda *_given: 1 / 0)
    for _minute in range(actions.ATTEMPTS + 1):
        exports_due(0)
    export.refresh_from_db()
    assert export.state == "failed"
    assert export.failure


def test_nobody_fills_the_queue(centre: Cast) -> None:
    for _each in range(actions.MOST_WAITING):
        ask_export(asked=asked(), by=centre.dispatcher, at=AT)
    with pytest.raises(Refused):
        ask_export(asked=asked(), by=centre.dispatcher, at=AT)
