"""Lists as files, on the pages: the menu, the answer at once, the register of exports, and whose files they are."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person, PersonalLook
from suqing.analytics.actions import exports as actions
from suqing.analytics.jobs import write_exports
from suqing.analytics.models import Export
from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
BEYOND = AT + timedelta(days=30)


@pytest.fixture
def centre(centre: Cast, tmp_path: object, settings: object) -> Cast:
    settings.SUQING_FILES = tmp_path  # type: ignore[attr-defined]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def asked(person: Person, query: str = "view=open", **more: str) -> HttpResponse:
    given = {"list": "cases", "query": query, "way": "csv", **more}
    return seat(person).post("/exports/new/", given)  # type: ignore[return-value]


def text(answer: HttpResponse) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def in_gusu(centre: Cast) -> Case:
    case = one_case(centre.call_taker)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


@pytest.fixture
def long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", -1)


def test_the_menu_stands_on_every_list_for_those_who_may(centre: Cast) -> None:
    one_case(centre.call_taker)
    today = AT.date()
    pages = {
        "cases": "/cases/?view=all",
        "orders": "/supervision/",
        "visits": "/visits/",
        "dispatch_rules": "/dispatch-catalogue/",
        "events": "/events/",
        "operators": "/entities/",
        "figure_cases": f"/figures/cases/?measure=cases_registered&from={today}&to={today}",
        "figure_contacts": f"/figures/cases/?measure=contacts&from={today}&to={today}",
    }
    for code, address in pages.items():
        page = seat(centre.supervisor).get(address).content.decode()
        assert f'name="list" value="{code}"' in page, address
        query = re.search(r'name="query" value="([^"]*)"', page)
        assert query is not None
        found = asked(centre.supervisor, query.group(1).replace("&amp;", "&"), list=code)
        assert found.status_code == 200, code
        assert found["Content-Disposition"].startswith("attachment"), code
        assert text(found), code
    assert 'name="list"' not in seat(centre.call_taker).get("/cases/").content.decode()
    assert 'name="list"' not in seat(centre.leader).get(pages["figure_cases"]).content.decode()


def test_a_short_list_comes_with_the_answer_and_is_inert(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    answer = asked(centre.dispatcher)
    assert case.number in text(answer)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert unquote(answer["Content-Disposition"]) == (
        "attachment; filename*=utf-8''模拟数据_工单_20200127-1000.csv"
    )
    export = Export.objects.get()
    assert (export.state, export.file_key) == ("done", "")
    page = seat(centre.dispatcher).get("/exports/").content.decode()
    assert "已即时交付" in page
    assert "全部未办结" in page or "未办结" in page


def test_the_file_is_narrowed_as_the_page_is(centre: Cast) -> None:
    hit, miss = one_case(centre.call_taker), one_case(centre.call_taker, Kind.CONSULTATION)
    found = text(asked(centre.dispatcher, "view=all&kind=complaint"))
    assert hit.number in found
    assert miss.number not in found
    assert "类型：投诉" in found or "投诉" in found.splitlines()[1]


@pytest.mark.parametrize("way", ["xlsx", "csv", "csv-gb18030", "national-xlsx", "national-csv"])
def test_each_form_can_be_had(centre: Cast, way: str) -> None:
    one_case(centre.call_taker)
    answer = asked(centre.dispatcher, way=way)
    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) > 200  # type: ignore[attr-defined]


def test_personal_data_need_a_reason_and_the_role(centre: Cast) -> None:
    in_gusu(centre)
    assert "王小明" not in text(asked(centre.handler))
    without = asked(centre.handler, plain="1", reason="")
    assert without.status_code == 422
    assert "请说明需要个人信息的理由" in without.content.decode()
    assert not PersonalLook.objects.exists()
    assert "王小明" in text(asked(centre.handler, plain="1", reason="逐一电话回访"))
    assert PersonalLook.objects.count() == 1
    assert asked(centre.dispatcher, plain="1", reason="逐一电话回访").status_code == 403
    assert "plain" not in seat(centre.dispatcher).get("/exports/new/?list=cases").content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"list": "nonsense"},
        {"list": "dispatch_rules"},
        {"list": "figure_cases", "query": "measure=nonsense"},
        {"list": "bulletin_cases", "query": "bulletin=1&key=x"},
        {"list": "cases", "query": "q=" + "x" * 5000},
    ],
)
def test_what_is_no_list_of_this_person_is_not_found(centre: Cast, given: dict[str, str]) -> None:
    assert asked(centre.handler, **given).status_code == 404  # type: ignore[arg-type]


@pytest.mark.usefixtures("long_list")
def test_a_long_list_waits_on_the_page_of_exports(centre: Cast) -> None:
    case = in_gusu(centre)
    answer = asked(centre.dispatcher)
    assert answer.headers["Location"] == "/exports/"
    page = seat(centre.dispatcher).get("/exports/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "下载" not in re.sub(r"<title>.*?</title>|toast.*", "", page).replace("他人无法下载", "").replace(
        "完成后在此下载", ""
    )
    assert write_exports() == 1
    page = seat(centre.dispatcher).get("/exports/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in page
    address = re.search(r'href="(/exports/[^"]*/file/)"', page)
    assert address is not None
    assert case.number in text(seat(centre.dispatcher).get(address.group(1)))
    for other in (centre.supervisor, centre.handler, centre.superior):
        assert seat(other).get(address.group(1)).status_code == 404
        assert seat(other).post(address.group(1).replace("/file/", "/remove/")).status_code == 404
        assert address.group(1) not in seat(other).get("/exports/").content.decode()
    set_centre_clock(mode="rehearsal", centre=BEYOND, speed=1.0, by=SYSTEM)
    assert seat(centre.dispatcher).get(address.group(1)).status_code == 404


@pytest.mark.usefixtures("long_list")
def test_a_file_can_be_taken_away(centre: Cast) -> None:
    asked(centre.dispatcher)
    write_exports()
    ref = Export.objects.get().ref
    assert seat(centre.dispatcher).post(f"/exports/{ref}/remove/").status_code == 302
    assert seat(centre.dispatcher).get(f"/exports/{ref}/file/").status_code == 404
    assert seat(centre.dispatcher).post(f"/exports/{ref}/remove/").status_code == 302


def test_the_register_asks_a_fixed_number_of_queries(centre: Cast) -> None:
    for _each in range(3):
        text(asked(centre.dispatcher))
    client = seat(centre.dispatcher)
    client.get("/exports/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/exports/")
    for _each in range(5):
        text(asked(centre.dispatcher))
    with CaptureQueriesContext(connection) as many:
        client.get("/exports/")
    assert len(many) == len(few)


def test_pages_speak_english_too(centre: Cast) -> None:
    one_case(centre.call_taker)
    client = seat(centre.dispatcher)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    found = client.post("/exports/new/", {"list": "cases", "query": "view=all", "way": "csv"})
    assert "Case number" in text(found)
    assert "Lists that you had written" in client.get("/exports/").content.decode()
