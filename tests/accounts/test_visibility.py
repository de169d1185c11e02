from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from suqing.accounts.actions import appoint
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import NotPermitted, can, permissions_of, require, visible_unit_ids
from suqing.ledger.actions import record
from tests.cast import AT, SYSTEM, Cast


def test_a_handler_sees_the_own_unit_and_those_below(cast: Cast) -> None:
    seen = visible_unit_ids(cast.handler)
    assert seen == set(Unit.objects.filter(code__startswith="sz-gusu").values_list("pk", flat=True))
    assert len(seen) == 4
    assert visible_unit_ids(cast.other_handler) is not None
    assert not seen & (visible_unit_ids(cast.other_handler) or set())


def test_a_handler_of_two_units_sees_both(cast: Cast) -> None:
    one, other = visible_unit_ids(cast.handler), visible_unit_ids(cast.other_handler)
    appoint(person=cast.handler, unit=cast.wuzhong, role="handler", by=SYSTEM, at=AT)
    assert visible_unit_ids(cast.handler) == (one or set()) | (other or set())


@pytest.mark.parametrize("name", ["call_taker", "supervisor", "analyst", "editor", "inspector", "leader"])
def test_the_desks_of_the_centre_see_all_units(cast: Cast, name: str) -> None:
    assert visible_unit_ids(getattr(cast, name)) is None


def test_a_stranger_and_the_administrator_see_no_unit(cast: Cast) -> None:
    assert visible_unit_ids(cast.stranger) == set()
    assert visible_unit_ids(cast.administrator) == set()


@pytest.mark.parametrize("permission", Permission)
def test_a_stranger_and_a_visitor_can_nothing(cast: Cast, permission: Permission) -> None:
    assert not can(cast.stranger, permission)
    assert not can(AnonymousUser(), permission)
    with pytest.raises(NotPermitted) as refused:
        require(cast.stranger, permission)
    assert refused.value.permission == permission


def test_the_system_may_and_a_name_that_only_looks_like_it_may_not() -> None:
    require("system:sealer", Permission.CASE_CLOSE)
    for name in ("", "systemd", "person:1", " system:x"):
        with pytest.raises(NotPermitted):
            require(name, Permission.CASE_CLOSE)


def test_permissions_are_read_once_per_instance(cast: Cast, django_assert_num_queries: Any) -> None:
    person = Person.objects.get(pk=cast.supervisor.pk)
    with django_assert_num_queries(1):
        for permission in Permission:
            can(person, permission)
        permissions_of(person)
        visible_unit_ids(person)


def test_the_lazy_person_of_a_request_counts_as_the_person(cast: Cast) -> None:
    lazy: Any = SimpleLazyObject(lambda: cast.stranger)
    assert not can(lazy, Permission.CASE_HANDLE)
    appoint(person=lazy, unit=cast.gusu, role="handler", by=SYSTEM, at=AT)
    assert can(lazy, Permission.CASE_HANDLE)
    event = record("case.registered", lazy, by=lazy, at=AT)
    assert event.actor == f"person:{cast.stranger.pk}"
    assert event.subject_type == "person"
