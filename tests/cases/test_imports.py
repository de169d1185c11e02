"""Imports of tables: checked, confirmed, brought in batch by batch; nothing lost, doubled or overwritten."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import import_problems, import_writing, imports
from suqing.cases.actions.complaints import accept
from suqing.cases.actions.import_rows import KEPT
from suqing.cases.actions.importing_slices import work_off_imports
from suqing.cases.actions.imports import confirm, run_some, save_mapping, start_import, stop
from suqing.cases.actions.moving import Refused
from suqing.cases.importing.national import COLUMNS
from suqing.cases.models import (
    Case,
    CaseResult,
    Clock,
    ColumnMapping,
    Dispatch,
    ImportedCase,
    ImportProblem,
    ImportRun,
    Submission,
)
from suqing.cases.queries.import_pages import register
from suqing.cases.queries.imports import look_at, problems, run_for, told_by_imports
from suqing.cases.vocabulary import State
from suqing.files.actions import keep
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cases.imported import begun, checked, imported, national, number
from tests.cases.importing.tables import write_csv, write_xlsx
from tests.cast import AT, Cast
from tests.dying import killed_until_finished

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COUNTS = ("added", "updated", "unchanged", "kept", "rejected")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_FILES = tmp_path / "files"
    return tmp_path


def counts(run: ImportRun) -> dict[str, int]:
    return {name: value for name in COUNTS if (value := getattr(run, name))}


def case_of(index: int) -> Case:
    return Case.objects.get(imported__number=number(index))


def test_rows_become_cases(centre: Cast, folder: Path) -> None:
    run = imported(centre.supervisor, folder, [national(index) for index in range(20)])
    assert (run.state, run.total, counts(run)) == ("done", 20, {"added": 20})
    case = case_of(3)
    assert (case.state, case.entity_name, case.place_id) == ("closed", "平江大药房3店", "320508")
    assert case.responsible_unit == centre.gusu
    assert case.recovered_amount == Decimal(100)
    assert case.imported.run == run and case.imported.row == 5  # the header is row 1
    assert Case.objects.count() == Submission.objects.count() == 20
    events = Event.objects.filter(verb="import.batch").order_by("pk")
    assert [event.data["added"] for event in events] == [7, 7, 6]
    assert [event.data["rows"] for event in events] == [[2, 8], [9, 15], [16, 21]]


def test_nothing_is_imported_before_somebody_says_yes(centre: Cast, folder: Path) -> None:
    run = checked(begun(centre.supervisor, folder, [national(index) for index in range(9)]))
    assert (run.state, run.checked, run.total, counts(run)) == ("checked", 9, 9, {"added": 9})
    assert not Case.objects.exists() and not run_some(run, at=AT)
    assert [one["number"] for one in run.preview] == [number(index) for index in range(9)]
    assert run.preview[1]["state"] == "closed" and run.layout == "national" and run.encoding


def test_a_bad_row_stands_in_nobodys_way_and_can_be_corrected(centre: Cast, folder: Path) -> None:
    rows = [national(index) for index in range(10)]
    rows[4] = national(4, 类型="建议")
    rows[7] = national(2)
    run = imported(centre.supervisor, folder, rows)
    assert counts(run) == {"added": 8, "rejected": 2}
    wrong = [(one.row, one.column) for one in problems(run) if one.rejects]
    assert wrong == [(6, "类型"), (9, "登记编号")]
    assert problems(run)[-1].values == {"first": 4}
    again = imported(centre.supervisor, folder, [national(4), national(7)], name="again.csv")
    assert counts(again) == {"added": 2}
    assert Case.objects.count() == 10


def test_every_rejected_row_is_listed_however_many_remarks_there_are(
    centre: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_problems, "MOST_REMARKS", 0)
    run = imported(centre.supervisor, folder, [national(index, 类型="建议") for index in range(9)])
    assert counts(run) == {"rejected": 9}
    assert {one.row for one in problems(run) if one.rejects} == set(range(2, 11))
    assert not [one for one in problems(run) if not one.rejects] and run.unlisted > 0


def test_the_same_table_again_changes_nothing(centre: Cast, folder: Path) -> None:
    rows = [national(index) for index in range(10)]
    imported(centre.supervisor, folder, rows)
    before = list(Case.objects.order_by("id").values())
    run = imported(centre.supervisor, folder, rows, at=AT + DAY, name="again.csv")
    assert counts(run) == {"unchanged": 10}
    assert list(Case.objects.order_by("id").values()) == before


def test_a_known_case_follows_the_table_and_its_story_tells_so(centre: Cast, folder: Path) -> None:
    imported(centre.supervisor, folder, [national(0), national(2)])
    before = case_of(0)
    assert before.state == State.ACCEPTED and before.next_due_at is None
    changed = national(
        0,
        办理情况状态="已办结",
        挽回经济损失="250",
        反馈内容="双方和解",
        处理机构="吴中区市场监督管理局",
        没收金额="9",
    )
    run = imported(centre.supervisor, folder, [changed, national(2)], at=AT + DAY, name="later.csv")
    assert counts(run) == {"updated": 1, "unchanged": 1}
    case = case_of(0)
    assert (case.state, case.closed_at, case.recovered_amount) == ("closed", AT + DAY, Decimal(250))
    assert (case.result_note, case.responsible_unit) == ("双方和解", centre.wuzhong)
    assert case.revision == before.revision + 1
    assert CaseResult.objects.get(case=case).confiscated_amount == Decimal(9)
    assert [row.to_unit for row in Dispatch.objects.filter(case=case)] == [centre.wuzhong]
    assert not Clock.objects.filter(case=case, ended_at=None).exists()
    brought, updated = told_by_imports(case)
    assert "changes" not in brought.facts and updated.facts["file"] == "later.csv"
    assert updated.facts["changes"]["state"] == ["accepted", "closed"]
    assert updated.facts["changes"]["result_note"] == ["", ""]
    assert "双方和解" not in str(updated.event.data)


def test_a_row_that_says_nothing_of_a_field_leaves_it(centre: Cast, folder: Path) -> None:
    imported(centre.supervisor, folder, [national(0, 挽回经济损失="77")])
    run = imported(
        centre.supervisor,
        folder,
        [national(0, 挽回经济损失="", 反馈内容="", 处理机构="", 处理部门="二科")],
        name="b.csv",
    )
    case = case_of(0)
    assert (case.recovered_amount, case.result_note, case.responsible_unit) == (77, "已退款", centre.gusu)
    assert counts(run) == {"unchanged": 1}
    assert case.imported.told["处理部门"] == "二科"


def test_what_people_here_have_worked_on_is_kept_and_told(centre: Cast, folder: Path) -> None:
    imported(centre.supervisor, folder, [national(0, 初查受理状态="")])
    accept(case=case_of(0), by=centre.handler, at=AT)
    run = imported(
        centre.supervisor, folder, [national(0, 初查受理状态="不受理", 反馈内容="别的")], name="b.csv"
    )
    assert counts(run) == {"kept": 1}
    assert case_of(0).state == State.ACCEPTED
    warning = ImportProblem.objects.get(run=run, message=KEPT)
    assert (warning.rejects, warning.row, warning.values) == (
        False,
        2,
        {"fields": ["State", "Outcome", "Result"]},
    )


def test_a_case_of_ours_is_never_overwritten(centre: Cast, folder: Path) -> None:
    ours = one_case(centre.call_taker)
    before = Case.objects.filter(pk=ours.pk).values().get()
    told = {"登记编号": ours.number, "处理机构": "", "反馈内容": "", "挽回经济损失": "", "消费金额": ""}
    same = national(0, **{**told, "初查受理状态": "", "办理情况状态": ""})
    other = national(0, **{**told, "初查受理状态": "不受理", "办理情况状态": "已办结"})
    assert counts(imported(centre.supervisor, folder, [same])) == {"unchanged": 1}
    assert counts(imported(centre.supervisor, folder, [other], name="b.csv")) == {"kept": 1}
    assert Case.objects.filter(pk=ours.pk).values().get() == before
    assert Case.objects.count() == 1


def test_old_cases_come_in_without_a_regime(centre: Cast, folder: Path) -> None:
    old = national(0, 登记编号="13205080002018031500000001", 办理情况状态="")
    imported(centre.supervisor, folder, [old])
    case = Case.objects.get()
    assert (case.regime, case.next_due_at, case.clocks.count()) == ("none", None, 0)


def test_a_workbook_is_read_like_a_csv(centre: Cast, folder: Path) -> None:
    path = write_xlsx(folder / "t.xlsx", [COLUMNS, *(national(index) for index in range(10))])
    file = keep(path, purpose="import", name="t.xlsx", by=centre.supervisor, at=AT)
    seen = look_at(file)
    assert seen.layout is not None and seen.layout.code == "national" and seen.sheets == ("业务信息",)
    run = checked(start_import(upload=file, file_name="t.xlsx", by=centre.supervisor, at=AT))
    confirm(run, by=centre.supervisor, at=AT)
    assert work_off_imports(now=lambda: AT) == (1, False)
    run.refresh_from_db()
    assert (run.state, counts(run), run.sheet) == ("done", {"added": 10}, "业务信息")


def test_a_strange_table_is_refused_until_its_columns_are_named(centre: Cast, folder: Path) -> None:
    rows = [
        ("工单", "时间", "事由", "类别"),
        ("A1", "2020-01-20 10:00", "口罩太贵", "投诉"),
        ("A2", "2020-01-21", "假酒精", "举报"),
    ]
    path = write_csv(folder / "strange.csv", rows)
    file = keep(path, purpose="import", name="strange.csv", by=centre.supervisor, at=AT)
    refused = checked(start_import(upload=file, file_name="strange.csv", by=centre.supervisor, at=AT))
    assert refused.state == "refused" and refused.refusal["message"] == (
        "The columns of this table are not known here. Say which column holds what."
    )
    columns = {"number": "工单", "received_at": "时间", "narrative": "事由", "kind": "类别"}
    mapping = save_mapping(name="街道", source="street", columns=columns, by=centre.supervisor, at=AT)
    run = checked(
        start_import(upload=file, file_name="strange.csv", mapping=mapping, by=centre.supervisor, at=AT)
    )
    confirm(run, by=centre.supervisor, at=AT)
    assert run_some(run, at=AT) and not run_some(run, at=AT)
    assert set(ImportedCase.objects.values_list("source", "number")) == {("street", "A1"), ("street", "A2")}


def test_a_mapping_is_replaced_by_one_of_its_name(centre: Cast) -> None:
    by = centre.supervisor
    first = save_mapping(name="街道", source="s", columns={"number": "号"}, by=by, at=AT)
    second = save_mapping(name="街道", source="s", columns={"number": "编号"}, by=by, at=AT + DAY)
    first.refresh_from_db()
    assert first.replaced_at == AT + DAY
    assert list(ColumnMapping.objects.filter(replaced_at=None)) == [second]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"source": ""}, "source"),
        ({"columns": {"number": "号", "nonsense": "x"}}, "nonsense"),
        ({"columns": {"kind": "类型"}}, "number"),
    ],
)
def test_a_mapping_that_cannot_be_kept_is_refused(centre: Cast, given: dict[str, Any], field: str) -> None:
    values: dict[str, Any] = {"name": "街道", "source": "s", "columns": {"number": "号"}}
    with pytest.raises(Refused) as refused:
        save_mapping(**{**values, **given}, by=centre.supervisor, at=AT)
    assert refused.value.field == field


def test_an_import_can_be_stopped_and_keeps_what_came(centre: Cast, folder: Path) -> None:
    run = checked(begun(centre.supervisor, folder, [national(index) for index in range(20)]))
    confirm(run, by=centre.supervisor, at=AT)
    assert run_some(run, at=AT, size=5)
    stop(run, by=centre.supervisor, at=AT)
    assert not run_some(run, at=AT)
    run.refresh_from_db()
    assert (run.state, run.added, Case.objects.count()) == ("stopped", 5, 5)
    with pytest.raises(Refused):
        confirm(run, by=centre.supervisor, at=AT)
    done = imported(centre.supervisor, folder, [national(index) for index in range(20)], name="b.csv")
    assert counts(done) == {"added": 15, "unchanged": 5}
    with pytest.raises(Refused):
        stop(done, by=centre.supervisor, at=AT)


def test_only_who_may_import_does(centre: Cast, folder: Path) -> None:
    run = checked(begun(centre.dispatcher, folder, [national(0)]))
    for person in (centre.call_taker, centre.handler, centre.analyst, centre.stranger):
        with pytest.raises(NotPermitted):
            confirm(run, by=person, at=AT)
        with pytest.raises(NotPermitted):
            stop(run, by=person, at=AT)
        with pytest.raises(NotPermitted):
            start_import(upload=run.file, file_name="x", by=person, at=AT)
        with pytest.raises(NotPermitted):
            save_mapping(name="x", source="x", columns={"number": "x"}, by=person, at=AT)
        with pytest.raises(NotPermitted):
            register(person)
        with pytest.raises(NotPermitted):
            run_for(person, run.ref)
    assert list(register(centre.supervisor)) == [run_for(centre.dispatcher, run.ref)] == [run]


def test_a_report_in_the_table_shows_on_no_complaint(centre: Cast, folder: Path) -> None:
    imported(centre.supervisor, folder, [national(0), national(1, 类型="举报", 初查受理状态="")])
    kinds = {case.kind: case.submission_id for case in Case.objects.all()}
    assert kinds["complaint"] != kinds["report"]


def test_two_workers_never_take_the_same_batch(
    centre: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked(begun(centre.supervisor, folder, [national(index) for index in range(6)]))
    confirm(run, by=centre.supervisor, at=AT)
    stale = ImportRun.objects.get(pk=run.pk)
    inner, seen = imports.write_batch, []

    def meanwhile(*words: Any, **more: Any) -> None:
        monkeypatch.setattr(imports, "write_batch", inner)
        inner(*words, **more)
        with pytest.raises(imports._NotOurs):  # the other one stands where this batch began
            ImportRun.objects.filter(pk=run.pk).update(position=4)
            imports._ours(stale, "running")
        ImportRun.objects.filter(pk=run.pk).update(position=0)
        seen.append(True)

    monkeypatch.setattr(imports, "write_batch", meanwhile)
    while run_some(run, at=AT, size=3):
        pass
    assert seen == [True] and Case.objects.count() == 6


def test_a_value_that_the_database_refuses_costs_only_its_row(
    centre: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked(begun(centre.supervisor, folder, [national(index) for index in range(9)]))
    confirm(run, by=centre.supervisor, at=AT)
    inner = import_writing.write_batch

    def broken(run: ImportRun, decided: Any, **more: Any) -> None:
        inner(run, decided, **more)
        if any(one.row.number == 6 for one in decided):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 'x'::int")  # what a value too large for its column raises

    monkeypatch.setattr(imports, "write_batch", broken)
    while run_some(run, at=AT):
        pass
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("done", {"added": 8, "rejected": 1})
    assert ImportProblem.objects.get(run=run, rejects=True).row == 6
    assert Case.objects.count() == 8


SCRIPT = """
import sys, time
import django
django.setup()
from datetime import datetime
from suqing.cases.actions import imports
from suqing.cases.models import ImportRun
inner = imports.write_batch
def told(run, decided, **more):
    inner(run, decided, **more)
    print("written", flush=True)
    time.sleep(0.02)  # the batch is written but not committed: here death is worst
imports.write_batch = told
run, at = ImportRun.objects.get(), datetime.fromisoformat(sys.argv[1])
while imports.check_some(run, at=at, size=10):
    print("checked", flush=True)
run.refresh_from_db()
if run.state == "checked":
    imports.confirm(run, by=run.started_by, at=at)
while imports.run_some(run, at=at, size=10):
    pass
print("finished", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_an_import_that_is_killed_again_and_again_loses_and_doubles_nothing(
    centre: Cast, folder: Path
) -> None:
    rows = [national(index) for index in range(80)]
    rows[33] = national(33, 类型="建议")
    rows[77] = national(5)
    begun(centre.supervisor, folder, rows)
    deaths = killed_until_finished(
        SCRIPT, AT.isoformat(), lines=(1, 7), seed=4, told=("written", "checked"),
        settings={"SUQING_FILES": str(folder / "files")},
    )  # fmt: skip
    assert deaths >= 3
    run = ImportRun.objects.get()
    assert (run.state, run.total, counts(run)) == ("done", 80, {"added": 78, "rejected": 2})
    assert Case.objects.count() == Submission.objects.count() == ImportedCase.objects.count() == 78
    assert ImportProblem.objects.filter(run=run, rejects=True).count() == 2
    told = Event.objects.filter(verb="import.batch")
    assert sum(event.data["added"] for event in told) == 78
    assert Event.objects.filter(verb="import.done").count() == 1
