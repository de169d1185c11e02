"""The pages of imports: upload, columns, preview, problems, confirm, corrections, the list of its cases."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suqing.accounts.models import Person, PersonalLook
from suqing.cases.actions.importing_slices import work_off_imports
from suqing.cases.actions.imports import save_mapping
from suqing.cases.importing.national import COLUMNS
from suqing.cases.models import Case, ColumnMapping, ImportRun
from suqing.files.models import StoredFile
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.queries import centre_now
from tests.cases.imported import national, number
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.SUQING_FILES = tmp_path / "files"
    return tmp_path


@pytest.fixture
def centre(centre: Cast) -> Cast:
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def table(*rows: tuple[str, ...], header: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def sent(person: Person, data: bytes, name: str = "导出.csv") -> Any:
    """Upload as a browser without script does."""
    return seat(person).post("/imports/new/", {"uploads-file": SimpleUploadedFile(name, data)})


def begun(person: Person, data: bytes, name: str = "导出.csv") -> ImportRun:
    answer = sent(person, data, name)
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.latest("pk")
    assert answer.headers["Location"] == f"/imports/{run.ref}/"
    return run


def worked_off(run: ImportRun) -> ImportRun:
    work_off_imports(now=centre_now)
    run.refresh_from_db()
    return run


def page(person: Person, run: ImportRun, query: str = "", **headers: Any) -> str:
    answer = seat(person).get(f"/imports/{run.ref}/{query}", **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def act(person: Person, run: ImportRun, name: str) -> None:
    assert seat(person).post(f"/imports/{run.ref}/{name}/").status_code == 302


def test_a_file_is_read_checked_confirmed_and_its_cases_listed(centre: Cast) -> None:
    run = begun(centre.dispatcher, table(*(national(index) for index in range(3))))
    shown = page(centre.dispatcher, run)
    assert 'hx-trigger="every 2s"' in shown
    assert "正在读取并核对文件" in shown
    shown = page(centre.dispatcher, worked_off(run))
    assert "hx-trigger" not in shown.partition('id="run"')[2]
    assert "导入 3 行" in shown
    assert number(1) in shown
    assert centre.gusu.name in shown
    assert not Case.objects.exists()
    act(centre.dispatcher, run, "confirm")
    assert '<progress max="3"' in page(centre.dispatcher, run)
    shown = page(centre.dispatcher, worked_off(run))
    assert "<b>3</b>" in shown.partition('data-count="added"')[2][:160]
    listed = seat(centre.dispatcher).get(f"/cases/?view=all&run={run.ref}").content.decode()
    assert "来自导入文件：导出.csv" in listed
    assert all(case.number in listed for case in Case.objects.all())
    assert "没有符合条件" in seat(centre.dispatcher).get(f"/cases/?view=all&run={run.pk}").content.decode()
    assert "导出.csv" in seat(centre.dispatcher).get("/imports/").content.decode()


def test_the_part_that_moves_comes_alone(centre: Cast) -> None:
    run = begun(centre.dispatcher, table(national(0)))
    part = page(centre.dispatcher, run, headers={"HX-Request": "true"})
    assert part.lstrip().startswith('<div id="run"')
    assert "<html" not in part


def test_what_is_wrong_stands_in_groups_and_comes_as_a_file_to_correct(centre: Cast) -> None:
    rows = [national(0), national(1, 类型="表扬"), national(2, 类型="表扬"), national(3, 登记编号="")]
    run = worked_off(begun(centre.dispatcher, table(*rows)))
    shown = page(centre.dispatcher, run)
    assert (run.added, run.rejected) == (1, 3)
    assert "2 处" in shown
    group = shown.partition("?group=")[2].partition("#")[0]
    assert "表扬" in page(centre.dispatcher, run, f"?group={group}")
    answer = seat(centre.dispatcher).get(f"/imports/{run.ref}/corrections/")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    told = list(csv.DictReader(io.StringIO(text)))
    assert [one["登记编号"] for one in told] == [number(1), number(2), ""]
    assert told[0]["问题说明"].startswith("类型：")
    assert all(one["问题说明"] for one in told)


def test_who_sees_what_the_file_says_is_on_record(centre: Cast) -> None:
    run = begun(centre.dispatcher, table(national(0)))
    page(centre.dispatcher, run)
    assert not PersonalLook.objects.exists()
    page(centre.dispatcher, worked_off(run))
    look = PersonalLook.objects.get()
    assert (look.person, look.subject) == (centre.dispatcher, f"import_run:{run.pk}")
    act(centre.dispatcher, run, "confirm")
    page(centre.dispatcher, run, headers={"HX-Request": "true"})  # asks every two seconds, and shows no cell
    assert PersonalLook.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xlsx", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", ""),
        (table(header=COLUMNS), "empty.csv", "没有数据行"),
        (b"", "a.csv", ""),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(centre: Cast, data: bytes, name: str, said: str) -> None:
    answer = sent(centre.dispatcher, data, name)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "没有导入任何内容" in text
    assert said in text
    assert not ImportRun.objects.exists()


def test_nothing_chosen_is_said(centre: Cast) -> None:
    answer = seat(centre.dispatcher).post("/imports/new/", {})
    assert (answer.status_code, "请先选择文件" in answer.content.decode()) == (422, True)


STRANGE = ("流水", "何类", "时间", "说了什么", "怎么来的")


def strange(index: int, kind: str = "民意") -> tuple[str, ...]:
    return (f"A-{index}", kind, "2020-01-20 10:00", "口罩太贵了", "专线")


def test_columns_of_a_strange_table_are_said_once(centre: Cast) -> None:
    run = begun(centre.dispatcher, table(strange(1), strange(2), header=STRANGE), "别处.csv")
    run.refresh_from_db()
    assert run.state == "refused"
    shown = page(centre.dispatcher, run)
    assert '<option value="说了什么">说了什么 — 口罩太贵了</option>' in shown
    client, address = seat(centre.dispatcher), f"/imports/{run.ref}/columns/"
    given = {"map-number": "流水", "map-kind": "何类", "map-received_at": "时间", "map-narrative": "说了什么"}
    assert client.post(address, given).status_code == 422  # it has no name yet
    given |= {"name": "别处的表", "source": "elsewhere"}
    asked = client.post(address, given)
    assert (asked.status_code, "民意" in asked.content.decode()) == (422, True)  # what does this word mean?
    given |= {"words-seen": "1", "said-kind-0": "民意", "word-kind-0": "complaint"}
    assert client.post(address, given).status_code == 302
    assert ColumnMapping.objects.get().values == {"kind": {"民意": "complaint"}}
    again = worked_off(ImportRun.objects.latest("pk"))
    assert (again.state, again.added, again.rejected) == ("checked", 2, 0)
    # The next table with these columns is read by itself.
    third = worked_off(begun(centre.supervisor, table(strange(3), header=STRANGE), "又一张.csv"))
    assert (third.state, third.added, third.mapping) == ("checked", 1, ColumnMapping.objects.get())


def test_a_saved_assignment_of_columns_can_be_taken_over(centre: Cast) -> None:
    saved = save_mapping(
        name="甲表",
        source="jia",
        columns={"number": "流水", "goods": "没有这列"},
        by=centre.supervisor,
        at=AT,
    )
    run = begun(centre.dispatcher, table(strange(1), header=STRANGE))
    assert f"?mapping={saved.pk}" in page(centre.dispatcher, run)
    answer = seat(centre.dispatcher).get(f"/imports/{run.ref}/columns/?mapping={saved.pk}")
    text = answer.content.decode()
    assert '<option value="流水" selected>' in text
    assert 'value="甲表"' in text
    assert "没有这列" not in text


def test_required_columns_are_asked_for_beside_their_field(centre: Cast) -> None:
    run = begun(centre.dispatcher, table(strange(1), header=STRANGE))
    given = {"name": "甲", "source": "乙", "map-number": "流水", "kind-else": "report"}
    text = seat(centre.dispatcher).post(f"/imports/{run.ref}/columns/", given).content.decode()
    assert 'id="map-received_at-error"' in text
    assert 'id="map-kind-error"' not in text  # every row is a report then
    assert not ColumnMapping.objects.exists()


def test_an_import_is_stopped_and_says_what_stays(centre: Cast) -> None:
    run = worked_off(begun(centre.dispatcher, table(national(0))))
    act(centre.supervisor, run, "stop")
    act(centre.supervisor, run, "confirm")
    run.refresh_from_db()
    assert run.state == "stopped"
    assert "已停止" in page(centre.dispatcher, run)


def test_an_import_whose_file_is_not_kept_any_more_says_so(centre: Cast) -> None:
    run = worked_off(begun(centre.supervisor, table(national(1), ("坏", *national(2)[1:]))))
    assert "corrections/" in page(centre.supervisor, run)
    StoredFile.objects.update(removed_at=AT)
    said = page(centre.supervisor, run)
    assert "文件本身已不再保存" in said
    assert "corrections/" not in said
    for name in ("corrections", "columns"):
        answer = seat(centre.supervisor).get(reverse(f"import-{name}", args=[run.ref]))
        assert answer.status_code == 302, "refused in words on the page of the run"


def test_an_import_that_is_not_there_is_not_found(centre: Cast) -> None:
    ref = "00000000-0000-4000-8000-000000000000"
    for name in ("import", "import-columns", "import-corrections"):
        assert seat(centre.dispatcher).get(reverse(name, args=[ref])).status_code == 404
    assert "还没有导入过文件" in seat(centre.dispatcher).get("/imports/").content.decode()


def test_a_shared_file_name_is_never_markup(centre: Cast) -> None:
    run = worked_off(begun(centre.dispatcher, table(national(0, 类型="<b>表扬</b>")), "<i>x.csv"))
    shown = page(centre.dispatcher, run)
    assert "<b>表扬" not in shown
    assert "<i>x" not in shown
