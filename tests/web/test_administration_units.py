"""The pages of units: the tree, a new one, renamed, moved, closed with what that means for its cases, reopened."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suqing.accounts.actions import end_appointment
from suqing.accounts.models import Appointment, Unit
from suqing.cases.actions import dispatching
from suqing.cases.vocabulary import Kind
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
UNITS = "/administration/units/"


@pytest.fixture
def client(centre: Cast) -> Client:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return seat(centre.administrator)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, unit: Unit, what: str, **typed: Any) -> Any:
    return client.post(f"{UNITS}{unit.pk}/{what}/", typed)


def emptied(unit: Unit) -> Unit:
    """The unit without people and without units below."""
    for row in Appointment.objects.filter(unit=unit):
        end_appointment(appointment=row, by=SYSTEM, at=AT)
    Unit.objects.under(unit).exclude(pk=unit.pk).update(is_active=False)
    return unit


def test_the_tree_shows_how_many_people_each_unit_has(client: Client, centre: Cast) -> None:
    text = page(client, UNITS)
    assert f'href="/administration/people/?unit={centre.gusu.pk}">2</a>' in text
    with CaptureQueriesContext(connection) as asked:
        page(client, UNITS)
    assert len(asked) <= 10


def test_a_unit_is_added_below_another(client: Client, centre: Cast) -> None:
    assert f'value="{centre.gusu.pk}" selected' in page(client, f"{UNITS}new/?below={centre.gusu.pk}")
    typed = {
        "name": "平江分局",
        "kind": "station",
        "code": "sz-gusu-9",
        "parent": centre.gusu.pk,
        "division_code": "",
    }
    assert client.post(f"{UNITS}new/", typed).status_code == 302
    made = Unit.objects.get(code="sz-gusu-9")
    assert made.path.startswith(centre.gusu.path)
    assert "新增了该单位" in page(client, f"{UNITS}{made.pk}/")
    again = client.post(f"{UNITS}new/", typed | {"division_code": "12"})
    assert again.status_code == 422
    assert "6位、9位或12位" in again.content.decode()
    taken = client.post(f"{UNITS}new/", typed)
    assert "已被占用" in taken.content.decode()


def test_a_renamed_unit_keeps_its_old_name_in_the_history(client: Client, centre: Cast) -> None:
    act(client, centre.gusu, "rename", name="古城区市场监督管理局")
    text = page(client, f"{UNITS}{centre.gusu.pk}/")
    assert text.count(centre.gusu.name) >= 1
    assert "古城区市场监督管理局" in page(client, UNITS)


def test_a_moved_unit_is_not_offered_places_below_itself(client: Client, centre: Cast) -> None:
    station = Unit.objects.get(code="sz-gusu-1")
    text = page(client, f"{UNITS}{centre.gusu.pk}/")
    assert f'<option value="{station.pk}"' not in text
    act(client, centre.gusu, "move", parent=centre.wuzhong.pk)
    assert Unit.objects.get(pk=station.pk).path.startswith(centre.wuzhong.path)
    assert act(client, centre.gusu, "move", parent=station.pk).status_code == 422


def test_a_unit_with_people_is_not_closed(client: Client, centre: Cast) -> None:
    answer = act(client, centre.gusu, "close", understood="on")
    assert answer.status_code == 422
    assert "仍有人员任职" in answer.content.decode()
    assert Unit.objects.get(pk=centre.gusu.pk).is_active


def test_what_happens_to_open_cases_is_said_and_must_be_read_before_a_unit_closes(
    client: Client, centre: Cast
) -> None:
    case = one_case(centre.call_taker, Kind.COMPLAINT, at=AT)
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    unit = emptied(centre.gusu)
    assert "有 1 件未办结工单" in page(client, f"{UNITS}{unit.pk}/")
    assert act(client, unit, "close").status_code == 422
    assert Unit.objects.get(pk=unit.pk).is_active
    answer = client.post(f"{UNITS}{unit.pk}/close/", {"understood": "on"}, follow=True)
    assert f'data-undo-url="{UNITS}{unit.pk}/reopen/"' in answer.content.decode()
    assert not Unit.objects.get(pk=unit.pk).is_active
    assert unit.name not in page(client, UNITS)
    assert unit.name in page(client, f"{UNITS}?closed=1")
    act(client, unit, "reopen")
    assert Unit.objects.get(pk=unit.pk).is_active


def test_a_unit_without_cases_closes_without_a_box_to_tick(client: Client, centre: Cast) -> None:
    unit = emptied(centre.wuzhong)
    assert "没有未办结工单" in page(client, f"{UNITS}{unit.pk}/")
    assert act(client, unit, "close").status_code == 302
    assert not Unit.objects.get(pk=unit.pk).is_active


def test_addresses_of_nothing_are_not_found(client: Client, centre: Cast) -> None:
    assert client.get(f"{UNITS}999999/").status_code == 404
    assert act(client, centre.gusu, "delete").status_code == 404
