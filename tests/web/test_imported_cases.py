"""An imported case on its page: where it came from, what imports did to it, and how it is found by its other number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as here

from suqing.accounts.models import Person
from suqing.cases.models import Case
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cases.imported import imported, national, number
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


@pytest.fixture
def centre(centre: Cast, settings: Any, tmp_path: Path) -> Cast:
    here.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.SUQING_FILES = tmp_path / "files"
    set_centre_clock(mode="rehearsal", centre=LATER, speed=1.0, by=SYSTEM)
    return centre


def page(person: Person, case: Case, query: str = "") -> str:
    answer = seat(person).get(f"/cases/{case.number}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def brought(centre: Cast, folder: Path, **cells: str) -> Case:
    imported(centre.supervisor, folder, [national(0, **cells)], name="一月.csv")
    return Case.objects.get(imported__number=number(0))


def test_the_page_tells_where_a_case_came_from(centre: Cast, tmp_path: Path) -> None:
    text = page(centre.supervisor, brought(centre, tmp_path, 处理部门="消保科", 销售方式="网购"))
    for said in ("一月.csv", "第2行", number(0), "全国12315平台", "消保科", "网购", "从“一月.csv”导入此件"):
        assert said in text
    assert "@operator" not in text


def test_what_a_row_said_is_masked_for_who_sees_no_personal_data(centre: Cast, tmp_path: Path) -> None:
    case = brought(centre, tmp_path, 处理部门="消保科，电话13912345678")
    assert "13912345678" not in page(centre.inspector, case)


def test_the_story_tells_what_a_later_table_changed(centre: Cast, tmp_path: Path) -> None:
    case = brought(centre, tmp_path, 办理情况状态="")
    newer = national(0, 办理情况状态="已办结", 挽回经济损失="250", 处理机构="吴中区市场监督管理局")
    imported(centre.supervisor, tmp_path, [newer], at=LATER, name="二月.csv")
    text = page(centre.supervisor, case)
    for said in ("沈督导导入“二月.csv”", "已受理 → 已办结", "吴中区市场监督管理局", "250", "首次导入"):
        assert said in text


def test_a_case_of_our_own_says_nothing_of_imports(centre: Cast) -> None:
    assert "origin-title" not in page(centre.supervisor, one_case(centre.call_taker))


def test_the_number_over_there_opens_the_case_only_in_sight(centre: Cast, tmp_path: Path) -> None:
    case = brought(centre, tmp_path)
    found = seat(centre.handler).get("/cases/", {"q": number(0)})
    assert (found.status_code, found["Location"]) == (302, f"/cases/{case.number}/")
    hidden = seat(centre.other_handler).get("/cases/", {"q": number(0)})
    assert hidden.status_code == 200 and case.number not in hidden.content.decode()


def test_an_old_case_says_that_no_limit_holds(centre: Cast, tmp_path: Path) -> None:
    imported(
        centre.supervisor, tmp_path, [national(0, 登记编号="13205080002018031500000001", 办理情况状态="")]
    )
    assert "2020年以前收到" in page(centre.supervisor, Case.objects.get())


def test_pages_in_english(centre: Cast, tmp_path: Path) -> None:
    case = brought(centre, tmp_path)
    client = seat(centre.supervisor, headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    text = client.get(f"/cases/{case.number}/").content.decode()
    assert "imported the case from" in text and "Number there" in text
