"""What administrators do to people and units beyond making them: correct, rename, move, reopen, find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suqing.accounts.actions import (
    BadPlace,
    NotInForce,
    add_unit,
    appoint,
    close_unit,
    correct_person,
    deactivate,
    load_units,
    move_unit,
    rename_unit,
    reopen_unit,
)
from suqing.accounts.models import Appointment, Unit
from suqing.accounts.queries import NotPermitted, history_of_person, history_of_unit, holders, people
from tests.cast import AT, SYSTEM, Cast

pytestmark = pytest.mark.django_db


def names(**asked: object) -> list[str]:
    return [person.username for person in people(**asked)]  # type: ignore[arg-type]


def test_people_are_found_by_name_pinyin_initials_and_staff_number(cast: Cast) -> None:
    correct_person(person=cast.handler, display_name="顾办理", staff_no="Gs-017", by=SYSTEM, at=AT)
    for words in ("顾办", "gu banli", "gubanli", "gbl", "GS-017", "handler gu"):
        assert "handler" in names(words=words), words
    assert names(words="顾 xyz") == []


def test_people_are_narrowed_by_unit_with_those_below_by_role_and_by_whether_they_sign_in(cast: Cast) -> None:
    assert set(names(unit=cast.gusu)) == {"handler", "head"}
    assert {"handler", "other_handler", "price_handler"} <= set(names(unit=cast.bureau))
    assert set(names(unit=cast.gusu, role="head")) == {"head"}
    deactivate(person=cast.handler, by=cast.administrator, at=AT)
    assert set(names(unit=cast.gusu)) == {"head"}
    assert names(unit=cast.gusu, active=False) == ["handler"]


def test_an_appointment_that_has_ended_finds_nobody_one_to_come_does(cast: Cast) -> None:
    now = timezone.now()
    Appointment.objects.filter(person=cast.handler).update(
        until=now - timedelta(days=1), since=now - timedelta(days=9)
    )
    assert "handler" not in names(unit=cast.gusu)
    appoint(
        person=cast.stranger, unit=cast.gusu, role="handler", by=SYSTEM, at=AT, since=now + timedelta(days=3)
    )
    assert "stranger" in names(unit=cast.gusu, role="handler")


def test_the_list_of_people_costs_two_queries(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = people()
        assert [one.unit.name for person in found for one in person.held]  # type: ignore[attr-defined]
    assert len(asked) == 2


def test_a_corrected_name_is_in_the_history_with_what_stood_before(cast: Cast) -> None:
    assert correct_person(
        person=cast.handler, display_name=" 顾承办 ", staff_no="17", by=cast.administrator, at=AT
    )
    cast.handler.refresh_from_db()
    assert (cast.handler.display_name, cast.handler.staff_no) == ("顾承办", "17")
    event = history_of_person(cast.handler)[0]
    assert event.verb == "person.corrected"
    assert event.data["before"]["display_name"] == "顾办理"
    assert not correct_person(person=cast.handler, display_name="顾承办", staff_no="17", by=SYSTEM, at=AT)


def test_two_people_do_not_have_one_staff_number(cast: Cast) -> None:
    correct_person(person=cast.handler, display_name="顾办理", staff_no="17", by=SYSTEM, at=AT)
    with pytest.raises(ValidationError):
        correct_person(person=cast.head, display_name="顾局长", staff_no="17", by=SYSTEM, at=AT)


def test_only_those_who_manage_people_correct_and_move(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        correct_person(person=cast.handler, display_name="x", staff_no="", by=cast.supervisor, at=AT)
    with pytest.raises(NotPermitted):
        move_unit(unit=cast.gusu, parent=None, by=cast.supervisor, at=AT)
    with pytest.raises(NotPermitted):
        rename_unit(unit=cast.gusu, name="x", by=cast.supervisor, at=AT)


def test_a_moved_unit_takes_along_what_stands_below_it(cast: Cast) -> None:
    station = Unit.objects.get(code="sz-gusu-1")
    assert move_unit(unit=cast.gusu, parent=cast.wuzhong, by=cast.administrator, at=AT)
    station.refresh_from_db()
    assert station.path.startswith(Unit.objects.get(pk=cast.wuzhong.pk).path)
    assert history_of_unit(cast.gusu)[0].data == {"before": "sz", "after": "sz-wuzhong"}
    assert not move_unit(unit=cast.gusu, parent=cast.wuzhong, by=SYSTEM, at=AT)


def test_a_unit_does_not_stand_below_itself_nor_below_a_closed_one(cast: Cast) -> None:
    station = Unit.objects.get(code="sz-gusu-1")
    with pytest.raises(BadPlace):
        move_unit(unit=cast.gusu, parent=station, by=SYSTEM, at=AT)
    close_unit(unit=station, by=SYSTEM, at=AT)
    with pytest.raises(BadPlace):
        move_unit(unit=cast.wuzhong, parent=station, by=SYSTEM, at=AT)


def test_what_was_renamed_or_moved_here_is_not_undone_by_loading_the_units_again(cast: Cast) -> None:
    rename_unit(unit=cast.gusu, name="古城区市场监督管理局", by=cast.administrator, at=AT)
    move_unit(unit=cast.wuzhong, parent=cast.gusu, by=cast.administrator, at=AT)
    assert load_units(by=SYSTEM, at=AT) == 0
    row = Unit.objects.get(pk=cast.gusu.pk)
    assert (row.name, row.pinyin.split()[0], row.is_local) == ("古城区市场监督管理局", "gu", True)
    assert Unit.objects.get(pk=cast.wuzhong.pk).parent_id == cast.gusu.pk


def test_a_closed_unit_is_taken_into_use_again(cast: Cast) -> None:
    above = add_unit(code="a", name="甲", kind="division", parent=cast.bureau, by=SYSTEM, at=AT)
    below = add_unit(code="b", name="乙", kind="station", parent=above, by=SYSTEM, at=AT)
    close_unit(unit=below, by=SYSTEM, at=AT)
    close_unit(unit=above, by=SYSTEM, at=AT)
    with pytest.raises(BadPlace):
        reopen_unit(unit=below, by=SYSTEM, at=AT)
    reopen_unit(unit=above, by=SYSTEM, at=AT)
    reopen_unit(unit=below, by=SYSTEM, at=AT)
    assert Unit.objects.get(pk=below.pk).is_active
    with pytest.raises(NotInForce):
        reopen_unit(unit=below, by=SYSTEM, at=AT)


def test_holders_are_told_by_role(cast: Cast) -> None:
    found = holders()
    assert {row.person.username for row in found["head"]} == {"head", "superior"}
    assert "stranger" not in {row.person.username for rows in found.values() for row in rows}
