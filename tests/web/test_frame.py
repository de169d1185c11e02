"""The frame without a browser: doors, refusals, language, words; every address stands in the permission table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver
from django.utils import translation

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted
from suqing.ledger.actions import set_centre_clock
from suqing.web import wording
from suqing.web.middleware import PermissionMiddleware
from suqing.web.permission_table import PAGES, Door
from tests.cast import AT, PASSWORD, Cast
from tests.web.seats import seat

SHANGHAI = ZoneInfo("Asia/Shanghai")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _static_folder() -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_every_address_stands_in_the_permission_table() -> None:
    assert names() - PAGES.keys() == set()


def test_only_the_doors_are_public() -> None:
    public = {name for name, rule in PAGES.items() if rule is Door.PUBLIC}
    ways_in = {"second-step-passkey", "passkey-question", "passkey-alone", "single-start", "single-return"}
    assert public == {"sign-in", "second-step", "sign-out", "language", "theme"} | ways_in


def test_a_visitor_is_led_to_the_door_and_back(cast: Cast) -> None:
    client = Client()
    answer = client.get("/jump/?q=%E5%8F%A3%E7%BD%A9")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=%2Fjump%2F")
    entered = client.post(
        answer["Location"], {"username": "administrator", "password": PASSWORD, "next": "/password/"}
    )
    assert entered["Location"] == "/password/"


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(cast: Cast, next_: str) -> None:
    answer = Client().post("/sign-in/", {"username": "editor", "password": PASSWORD, "next": next_})
    assert answer["Location"] == "/"


def test_a_part_of_a_page_and_autosave_are_told_with_401(cast: Cast) -> None:
    for header in ("HX-Request", "X-Autosave"):
        answer = Client().post("/styleguide/autosave/", headers={header: "true"})
        assert answer.status_code == 401
        assert "登录已失效" in answer.json()["message"]


def test_the_refusal_names_the_permission_the_roles_and_whom_to_ask(cast: Cast) -> None:
    answer = seat(cast.call_taker).get("/styleguide/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert str(Permission.STYLEGUIDE_VIEW.sentence) in page
    assert cast.administrator.display_name in page


def test_a_verb_refused_by_an_action_answers_like_a_closed_page(cast: Cast) -> None:
    request = RequestFactory().get("/")
    request.user = cast.stranger
    refusal = PermissionMiddleware(lambda _request: None).process_exception(  # type: ignore[arg-type, return-value]
        request, NotPermitted(Permission.CASE_CLOSE)
    )
    assert refusal is not None
    assert refusal.status_code == 403
    assert str(Permission.CASE_CLOSE.sentence) in refusal.content.decode()


def test_an_address_outside_the_table_is_closed_to_everybody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(PAGES, "styleguide")
    assert seat(cast.administrator).get("/styleguide/").status_code == 403
    with override_settings(SUQING_STRICT_PAGES=True), pytest.raises(Exception, match="permission_table"):
        seat(cast.administrator).get("/styleguide/")


def test_a_stranger_with_an_account_is_told_plainly(cast: Cast) -> None:
    answer = seat(cast.stranger).get("/")
    assert answer.status_code == 200
    assert "尚未为您开通工作台" in answer.content.decode()


def test_a_password_given_by_somebody_else_must_be_changed_first(cast: Cast) -> None:
    Person.objects.filter(pk=cast.editor.pk).update(must_change_password=True)
    client = seat(cast.editor)
    assert client.get("/")["Location"] == "/password/"
    refused = client.post(
        "/password/", {"old": "wrong", "new": "新口罩-2020-真的", "again": "新口罩-2020-真的"}
    )
    assert refused.status_code == 422
    assert "原密码不正确" in refused.content.decode()
    given = {"old": PASSWORD, "new": "新口罩-2020-真的", "again": "新口罩-2020-真的"}
    assert client.post("/password/", given).status_code == 302
    cast.editor.refresh_from_db()
    assert not cast.editor.must_change_password
    assert client.get("/password/").status_code == 200, "the session survives the change"


def test_the_sixth_wrong_password_pauses_signing_in(cast: Cast) -> None:
    client = Client()
    answers = [
        client.post("/sign-in/", {"username": "editor", "password": f"wrong-{turn}"}) for turn in range(6)
    ]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert "暂停登录" in answers[-1].content.decode()
    assert "15 分钟" in answers[-1].content.decode()


def test_signing_out_needs_a_post(cast: Cast) -> None:
    client = seat(cast.editor)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_chinese_stands_until_somebody_switches(cast: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    assert "登录" in client.get("/sign-in/").content.decode()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    page = client.get("/sign-in/").content.decode()
    assert "Sign in" in page
    assert 'lang="en"' in page


def test_a_rehearsal_is_marked_on_every_page(cast: Cast) -> None:
    client = seat(cast.administrator)
    assert "模拟数据" not in client.get("/jump/?q=1").content.decode()
    set_centre_clock(mode="rehearsal", centre=AT, speed=60.0, by="system:tests")
    page = client.get("/jump/?q=1").content.decode()
    assert "模拟数据" in page
    assert "1月27日 周一 10:0" in page


def test_no_page_holds_inline_script_or_style(cast: Cast) -> None:
    page = seat(cast.administrator).get("/styleguide/").content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert all("src=" in tag or "application/json" in tag for tag in page.split("<script")[1:])


def test_the_page_for_faults_needs_no_database() -> None:
    from suqing.web.desks.refusal import broken

    answer = broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "系统出现故障" in answer.content.decode()


@pytest.mark.parametrize(
    ("count", "unit", "text"),
    [
        (2, "working_day", "还剩 2 个工作日"),
        (0, "working_day", "今天到期"),
        (-3, "working_day", "已超期 3 个工作日"),
        (0, "minute", "现在到期"),
        (1, "hour", "还剩 1 小时"),
    ],
)
def test_what_remains_is_said_in_words(count: int, unit: str, text: str) -> None:
    assert wording.remaining_text(count, unit) == text


def test_a_moment_shows_the_year_only_when_it_is_another() -> None:
    now = datetime(2020, 1, 27, 9, 0, tzinfo=SHANGHAI)
    assert (
        wording.moment_text(datetime(2020, 1, 27, 14, 5, tzinfo=SHANGHAI), now, SHANGHAI)
        == "1月27日 周一 14:05"
    )
    assert wording.day_text(date(2019, 12, 31), now.date()) == "2019年12月31日 周二"
    with translation.override("en"):
        assert wording.day_text(date(2019, 12, 31), now.date()) == "Tue 31 Dec 2019"


def test_numbers_are_exact_in_tables_and_short_on_walls() -> None:
    assert wording.number_text(12345) == "12,345"
    assert wording.wall_text(9999) == "9,999"
    assert wording.wall_text(12345) == "1.2万"
    assert wording.money_text(Decimal("1234.5")) == "1,234.50 元"
    assert wording.money_text(None) == "—"
