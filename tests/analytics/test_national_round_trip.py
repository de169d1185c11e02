"""What goes out in the national layout comes back equal: into an empty centre, and into the same one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from suqing.accounts.models import Person
from suqing.analytics.actions.exports import ask_export, write_at_once
from suqing.cases.actions import complaints, dispatching
from suqing.cases.actions.imports import confirm, run_some, start_import
from suqing.cases.models import Case, ImportRun
from suqing.cases.vocabulary import Kind
from suqing.files.actions import keep
from suqing.ledger.actions import set_centre_clock
from tests.analytics.written import asked
from tests.cases.examples import one_case
from tests.cases.imported import checked, imported, national
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db
REASON = "移交全国平台核对"
# Cells that have no field here, masks, formulas and quotes: all of it must come back.
STRANGE = [
    national(1),
    national(
        2,
        类型="举报",
        初查受理状态="立案",
        诉求内容="",
        罚款金额="500",
        没收金额="12.3",
        反馈内容="已立案查处",
    ),
    national(3, 处理部门="消保科", 销售方式="网购", 反馈内容="=SUM(A1) 已退款"),
    national(4, 企业名称="=HYPERLINK(1)商店", 企业地址="'+一号"),
    national(5, 问题类别="口罩质量", 问题类别全称="质量->没有这一类", 事发地="*****", 诉求内容="退货,道歉"),
    national(6, 类型="举报", 初查受理状态="不立案", 接收方式="小程序"),
    national(7, 具体问题='他说"不退"，\n然后走了', 消费金额="1300.50", 处理机构="小坝市场监管所"),
    national(8, 初查受理状态="", 办理情况状态="", 处理机构=""),
]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_FILES = tmp_path / "files"
    return tmp_path


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def exported(by: Person, format: str = "csv") -> bytes:
    """The whole centre in the national layout, with personal data: the words would else come back redacted."""
    encoding = "utf-8" if format == "csv" else ""
    wanted = asked(layout="national", format=format, encoding=encoding, is_plain=True, reason=REASON)
    with write_at_once(ask_export(asked=wanted, by=by, at=AT), at=AT) as path:
        return path.read_bytes()


def body(file: bytes) -> list[bytes]:
    """The file without what stands above its header."""
    head, _mark, rest = file.partition("登记编号".encode())
    assert head
    assert _mark
    return sorted(rest.split(b"\r\n"))


def brought_in(by: Person, folder: Path, file: bytes, name: str = "out.csv") -> ImportRun:
    """Import a file that was exported."""
    path = folder / name
    path.write_bytes(file)
    stored = keep(path, purpose="import", name=name, by=by, at=AT)
    run = checked(start_import(upload=stored, file_name=name, by=by, at=AT))
    assert run.state == "checked", run.refusal
    confirm(run, by=by, at=AT)
    while run_some(run, at=AT):
        pass
    run.refresh_from_db()
    return run


def in_a_centre_of_its_own(fill: Callable[[], bytes]) -> bytes:
    """Do it, and leave the database as it was; by a savepoint of our own, for a file is not written in a block."""
    before = transaction.savepoint()
    found = fill()
    transaction.savepoint_rollback(before)
    return found


def test_what_came_in_goes_out_and_comes_back_byte_for_byte(centre: Cast, folder: Path) -> None:
    def first() -> bytes:
        assert imported(centre.supervisor, folder, STRANGE).added == len(STRANGE)
        return exported(centre.superior)

    file = in_a_centre_of_its_own(first)
    assert Case.objects.count() == 0
    run = brought_in(centre.supervisor, folder, file)
    assert (run.added, run.rejected) == (len(STRANGE), 0)
    assert body(exported(centre.superior)) == body(file)


def test_cases_of_our_own_come_back_equal_too(centre: Cast, folder: Path) -> None:
    def first() -> bytes:
        plain = "在观前街买口罩，一只要三十元，要求退款"
        waiting = one_case(centre.call_taker, narrative=plain)
        sent = one_case(centre.call_taker, narrative=plain)
        report = one_case(centre.call_taker, Kind.REPORT, narrative=plain, is_real_name=False)
        for case in (sent, report):
            dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
        sent.refresh_from_db()
        complaints.accept(case=sent, by=centre.handler, at=AT)
        assert waiting.number != sent.number
        return exported(centre.superior)

    file = in_a_centre_of_its_own(first)
    run = brought_in(centre.supervisor, folder, file)
    assert (run.added, run.rejected) == (3, 0)
    assert body(exported(centre.superior)) == body(file)


def test_importing_it_again_into_the_same_centre_changes_nothing(centre: Cast, folder: Path) -> None:
    imported(centre.supervisor, folder, STRANGE)
    file = exported(centre.superior)
    run = brought_in(centre.supervisor, folder, file)
    assert (run.added, run.updated, run.rejected) == (0, 0, 0)
    assert run.unchanged + run.kept == len(STRANGE)
    assert body(exported(centre.superior)) == body(file)


def test_a_workbook_comes_back_as_a_csv_does(centre: Cast, folder: Path) -> None:
    file = in_a_centre_of_its_own(
        lambda: (imported(centre.supervisor, folder, STRANGE), exported(centre.superior, "xlsx"))[1]
    )
    run = brought_in(centre.supervisor, folder, file, "out.xlsx")
    assert (run.added, run.rejected) == (len(STRANGE), 0)


def test_what_is_masked_comes_back_with_its_masks(centre: Cast, folder: Path) -> None:
    """A dispatcher's file has no personal data in it, so neither has what is imported from it."""

    def first() -> bytes:
        imported(centre.supervisor, folder, [national(1, 具体问题="我是王小明，电话13800001234，口罩太贵")])
        wanted = asked(layout="national")
        with write_at_once(ask_export(asked=wanted, by=centre.dispatcher, at=AT), at=AT) as path:
            return path.read_bytes()

    file = in_a_centre_of_its_own(first)
    assert b"13800001234" not in file
    assert brought_in(centre.supervisor, folder, file).added == 1
    assert "13800001234" not in Case.objects.get().narrative
