from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from suqing.ledger import policy, queries
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event, Setting
from tests.cast import AT, SYSTEM


def _not_negative(value: int) -> None:
    if value < 0:
        raise policy.BadSetting("negative")


@pytest.fixture(autouse=True)
def _declarations() -> Iterator[None]:
    kept = dict(policy._declared)
    policy.declare("test.days", 7, "Days", check=_not_negative)
    policy.declare("test.words", ["退费"], "Words")
    policy.declare("test.rate", 0.95, "Rate", "GB/T 33358-2016")
    policy.declare("test.on", False, "On")
    yield
    policy._declared.clear()
    policy._declared.update(kept)


@pytest.mark.django_db
def test_a_setting_has_its_default_until_it_is_changed() -> None:
    assert queries.setting("test.days") == 7
    change_setting("test.days", 10, by=SYSTEM, at=AT)
    assert queries.setting("test.days") == 10


@pytest.mark.django_db
def test_a_change_is_on_record_with_before_and_after() -> None:
    change_setting("test.days", 10, by=SYSTEM, at=AT)
    change_setting("test.days", 12, by=SYSTEM, at=AT)
    events = list(Event.objects.order_by("id"))
    assert [e.data for e in events] == [{"before": 7, "after": 10}, {"before": 10, "after": 12}]
    assert events[0].subject_id == "test.days"
    assert Setting.objects.get().changed_by == SYSTEM


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value"),
    [("test.days", "7"), ("test.days", -1), ("test.days", True), ("test.on", 1), ("test.words", "退费")],
)
def test_a_value_that_does_not_fit_is_refused(key: str, value: Any) -> None:
    with pytest.raises(policy.BadSetting):
        change_setting(key, value, by=SYSTEM, at=AT)
    assert not Setting.objects.exists()


@pytest.mark.django_db
def test_a_whole_number_fits_where_a_fraction_is_the_default() -> None:
    change_setting("test.rate", 1, by=SYSTEM, at=AT)
    assert queries.setting("test.rate") == 1


@pytest.mark.django_db
def test_an_undeclared_setting_can_be_neither_read_nor_changed() -> None:
    with pytest.raises(policy.UnknownSetting):
        queries.setting("test.nothing")
    with pytest.raises(policy.UnknownSetting):
        change_setting("test.nothing", 1, by=SYSTEM, at=AT)


@pytest.mark.django_db
def test_nobody_changes_a_default_by_changing_what_they_got() -> None:
    queries.setting("test.words").append("口罩")
    assert queries.setting("test.words") == ["退费"]


@pytest.mark.django_db
def test_what_has_no_published_source_or_was_changed_is_local_policy() -> None:
    def local() -> dict[str, bool]:
        return {found.declared.key: found.is_local for found in queries.all_settings()}

    assert local()["test.days"]
    assert not local()["test.rate"]
    change_setting("test.rate", 0.9, by=SYSTEM, at=AT)
    assert local()["test.rate"]


def test_a_key_is_not_declared_twice_differently() -> None:
    policy.declare("test.days", 7, "Days", check=_not_negative)
    with pytest.raises(policy.BadSetting):
        policy.declare("test.days", 8, "Days")


def test_a_default_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(policy.BadSetting):
        policy.declare("test.tuple", (1, 2), "Tuple")
