"""The pages of people and roles: found, made with a one-time password, corrected, appointed, locked out, on record."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suqing.accounts.models import Appointment, Person
from suqing.accounts.permissions import Permission
from suqing.ledger.models import Event
from tests.cast import PASSWORD, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
PEOPLE = "/administration/people/"


@pytest.fixture
def client(centre: Cast) -> Client:
    """The administrator's seat."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    return seat(centre.administrator)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, person: Person, what: str, **typed: Any) -> Any:
    return client.post(f"{PEOPLE}{person.pk}/{what}/", typed)


def test_a_new_person_gets_a_password_once_and_must_change_it(client: Client, centre: Cast) -> None:
    typed = {"username": "Zhou.Li", "display_name": "周丽", "staff_no": "0417"}
    answer = client.post(f"{PEOPLE}new/", typed)
    assert answer["Cache-Control"] == "private, no-store"
    found = re.search(r"data-once>([^<]+)<", answer.content.decode())
    assert found is not None
    person = Person.objects.get(username="zhou.li")
    assert person.check_password(found[1])
    assert person.must_change_password
    assert found[1] not in page(client, f"{PEOPLE}{person.pk}/")
    newcomer = Client()
    newcomer.post("/sign-in/", {"username": "zhou.li", "password": found[1]})
    assert newcomer.get("/")["Location"].startswith("/password/")


def test_what_is_wrong_with_a_new_person_stands_beside_the_field_and_nothing_typed_is_lost(
    client: Client,
) -> None:
    answer = client.post(f"{PEOPLE}new/", {"username": "handler", "display_name": "顾二", "staff_no": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "已被占用" in text
    assert 'value="顾二"' in text
    assert Person.objects.filter(display_name="顾二").count() == 0


def test_people_are_found_by_initials_and_filters(client: Client, centre: Cast) -> None:
    assert "顾办理" in page(client, f"{PEOPLE}?q=gbl")
    only = page(client, f"{PEOPLE}?unit={centre.gusu.pk}&role=head")
    assert "顾局长" in only
    assert "苏局长" not in only
    assert "没有符合" in page(client, f"{PEOPLE}?q=nobodyatall")


def test_the_list_costs_the_same_for_one_and_for_everybody(client: Client) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, address)
        return len(queries)

    page(client, PEOPLE)
    assert asked(PEOPLE) == asked(f"{PEOPLE}?q=gbl") <= 12


def test_a_person_is_appointed_from_a_day_until_another(client: Client, centre: Cast) -> None:
    first = timezone.localdate() + timedelta(days=2)
    typed = {"unit": centre.gusu.pk, "role": "handler", "since": first, "until": first + timedelta(days=9)}
    assert act(client, centre.stranger, "appoint", **typed).status_code == 302
    row = Appointment.objects.get(person=centre.stranger)
    assert timezone.localtime(row.since).date() == first
    assert row.until is not None
    assert timezone.localtime(row.until).date() == first + timedelta(days=10)  # the last day counts whole
    text = page(client, f"{PEOPLE}{centre.stranger.pk}/")
    assert "尚未开始" in text
    assert "任命：姑苏区" in text.replace("苏州市", "") or "任命：" in text


def test_an_appointment_that_ends_before_it_begins_or_lies_in_the_past_is_refused(
    client: Client, centre: Cast
) -> None:
    today = timezone.localdate()
    wrong = ({"since": today, "until": today - timedelta(days=1)}, {"since": today - timedelta(days=1)})
    for days in wrong:
        typed = {"unit": centre.gusu.pk, "role": "handler", **days}
        answer = act(client, centre.stranger, "appoint", **typed)
        assert answer.status_code == 422
        assert "data-error-summary" in answer.content.decode()
    assert not Appointment.objects.filter(person=centre.stranger).exists()


def test_the_same_open_appointment_is_not_given_twice(client: Client, centre: Cast) -> None:
    typed = {"unit": centre.gusu.pk, "role": "handler", "since": timezone.localdate()}
    answer = act(client, centre.handler, "appoint", **typed)
    assert answer.status_code == 422
    assert "已在该单位任此角色" in answer.content.decode()


def test_an_appointment_ends_now(client: Client, centre: Cast) -> None:
    row = Appointment.objects.get(person=centre.handler)
    act(client, centre.handler, "end", appointment=row.pk)
    assert seat(centre.handler).get("/cases/").status_code == 403
    assert "终止任职" in page(client, f"{PEOPLE}{centre.handler.pk}/")


def test_an_appointment_of_somebody_else_is_not_ended_through_this_address(
    client: Client, centre: Cast
) -> None:
    row = Appointment.objects.get(person=centre.head)
    assert act(client, centre.handler, "end", appointment=row.pk).status_code == 404
    assert act(client, centre.handler, "end", appointment="x").status_code == 404
    row.refresh_from_db()
    assert row.until is None


def test_the_last_administrator_stays(client: Client, centre: Cast) -> None:
    row = Appointment.objects.get(person=centre.administrator)
    answer = client.post(f"{PEOPLE}{centre.administrator.pk}/end/", {"appointment": row.pk}, follow=True)
    assert "必须始终有人能够管理人员" in answer.content.decode()
    act(client, centre.administrator, "deactivate")
    centre.administrator.refresh_from_db()
    assert centre.administrator.is_active


def test_somebody_locked_out_cannot_sign_in_until_let_in_again_and_stays_on_record(
    client: Client, centre: Cast
) -> None:
    theirs = seat(centre.handler)
    answer = client.post(f"{PEOPLE}{centre.handler.pk}/deactivate/", follow=True)
    assert f'data-undo-url="{PEOPLE}{centre.handler.pk}/reactivate/"' in answer.content.decode()
    assert theirs.get("/cases/").status_code == 302
    fresh = Client()
    fresh.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert fresh.get("/").status_code == 302
    assert "顾办理" in page(client, f"{PEOPLE}?status=inactive")
    act(client, centre.handler, "reactivate")
    text = page(client, f"{PEOPLE}{centre.handler.pk}/")
    assert "恢复了登录" in text
    assert Person.objects.get(pk=centre.handler.pk).is_active


def test_a_corrected_name_is_told_with_what_stood_before(client: Client, centre: Cast) -> None:
    act(client, centre.handler, "correct", display_name="顾承办", staff_no="17")
    text = page(client, f"{PEOPLE}{centre.handler.pk}/")
    assert "<del>" in text
    assert "顾办理" in text
    assert act(client, centre.head, "correct", display_name="顾局长", staff_no="17").status_code == 422


def test_a_reset_password_is_another_one_and_shown_once(client: Client, centre: Cast) -> None:
    text = act(client, centre.handler, "reset").content.decode()
    centre.handler.refresh_from_db()
    found = re.search(r"data-once>([^<]+)<", text)
    assert found is not None
    assert centre.handler.check_password(found[1])
    assert centre.handler.must_change_password
    assert not Event.objects.filter(data__icontains=found[1]).exists()


def test_an_act_that_does_not_exist_is_not_found(client: Client, centre: Cast) -> None:
    assert act(client, centre.handler, "delete").status_code == 404
    assert client.get(f"{PEOPLE}{centre.handler.pk}/deactivate/").status_code == 405
    assert client.get(f"{PEOPLE}999999/").status_code == 404


def test_the_table_of_roles_says_each_permission_and_who_holds_each_role(
    client: Client, centre: Cast
) -> None:
    text = page(client, "/administration/roles/")
    for permission in Permission:
        assert f'title="{permission}"' in text
    assert "顾局长" in text
    assert f"{PEOPLE}?role=head" in text


def test_the_administration_leads_to_what_the_person_may_open(client: Client, centre: Cast) -> None:
    text = page(client, "/administration/")
    assert PEOPLE in text
    assert "/dispatch-catalogue/" in text
    supervisor = page(seat(centre.supervisor), "/administration/")
    assert PEOPLE not in supervisor
    assert "/dispatch-catalogue/" in supervisor
    assert 'href="/administration/"' in page(client, "/")
