"""The pages of local policy: every declared setting, typed as its kind asks, changed for a reason, with history."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.accounts.roles import ROLES
from suqing.ledger.models import Event
from suqing.ledger.policy import all_declared
from suqing.ledger.queries import setting
from tests.cast import Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
POLICY = "/administration/policy/"


@pytest.fixture
def client(centre: Cast) -> Client:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return seat(centre.administrator)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def change(client: Client, key: str, value: str | list[str], reason: str = "中心会议决定") -> Any:
    return client.post(f"{POLICY}{key}/", {"value": value, "reason": reason})


def test_every_declared_setting_stands_on_the_page_and_opens(client: Client) -> None:
    text = page(client, POLICY)
    for known in all_declared():
        assert f'href="{POLICY}{known.key}/"' in text
        assert known.key in page(client, f"{POLICY}{known.key}/")
    with CaptureQueriesContext(connection) as asked:
        page(client, POLICY)
    assert len(asked) <= 10


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("accounts.look_reason_min", "6", 6),
        ("inbox.breach_at_once", "1", True),
        ("lawclock.rolling", "every_off_day", "every_off_day"),
        ("lawclock.warning_hours", "72\n24\n\n", [72, 24]),
        ("bulletins.report_to", "市局办公室\n市政府值班室", ["市局办公室", "市政府值班室"]),
        ("orders.words", '{"sz-12315": "苏"}', {"sz-12315": "苏"}),
        ("web.centre_name", "苏州12315", "苏州12315"),
    ],
)
def test_a_value_is_stored_as_its_kind(client: Client, key: str, typed: str, stored: object) -> None:
    assert change(client, key, typed).status_code == 302
    assert setting(key) == stored
    event = Event.objects.get(verb="setting.changed", subject_id=key)
    assert event.data["reason"] == "中心会议决定"
    text = page(client, f"{POLICY}{key}/")
    assert "中心会议决定" in text
    assert "管理员" in page(client, POLICY)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("accounts.look_reason_min", "1"),
        ("accounts.look_reason_min", "viel"),
        ("accounts.look_reason_min", "99999999999999999999"),
        ("lawclock.rolling", "sometimes"),
        ("lawclock.warning_hours", "24\nsoon"),
        ("lawclock.warning_hours", "0"),
        ("lawclock.local_limits", '{"D1": ['),
        ("lawclock.local_limits", "[" * 3000),
        ("lawclock.local_limits", '{"nix": [3, "working_day"]}'),
        ("duty.hours", "[]"),
        ("orders.words", '{"sz-12315": "\\u0000"}'),
        ("orders.words", '{"sz-12315": "\\ud800"}'),
        ("documents.unit_words", '{"sz": NaN}'),
        ("orders.number_pattern", "{nix}"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_beside_the_field_and_kept_as_typed(
    client: Client, key: str, typed: str
) -> None:
    before = setting(key)
    answer = change(client, key, typed)
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert setting(key) == before


def test_roles_are_boxes_named_as_people_name_them(client: Client) -> None:
    key = "accounts.second_factor_roles"
    before = page(client, f"{POLICY}{key}/")
    assert before.count('type="checkbox" name="value"') == len(ROLES)
    assert str(ROLES["administrator"].label) in before
    assert "checked" not in before
    assert change(client, key, ["administrator", "supervisor"]).status_code == 302
    assert setting(key) == ["administrator", "supervisor"]
    assert page(client, f"{POLICY}{key}/").count(" checked") == 2
    assert "administrator" not in page(client, POLICY).replace(
        "/administration", ""
    )  # the page names, not codes
    assert change(client, key, ["astronaut"]).status_code == 422
    assert change(client, key, []).status_code == 302  # no box: no role
    assert setting(key) == []


def test_a_change_needs_a_reason_and_a_difference(client: Client) -> None:
    assert change(client, "visits.share", "50", reason=" ").status_code == 422
    assert change(client, "visits.share", "100").status_code == 422
    assert not Event.objects.filter(verb="setting.changed", subject_id="visits.share").exists()


def test_a_setting_that_moves_limits_says_so(client: Client) -> None:
    assert "全部运行中的期限" in page(client, f"{POLICY}lawclock.rolling/")
    assert "全部运行中的期限" not in page(client, f"{POLICY}web.centre_name/")


def test_a_key_that_nobody_declared_is_not_found(client: Client) -> None:
    assert client.get(f"{POLICY}nix.nix/").status_code == 404
