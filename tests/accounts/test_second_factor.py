from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.utils import timezone

from suqing.accounts.actions import (
    AlreadySetUp,
    NotSetUp,
    WrongCode,
    WrongPassword,
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from suqing.accounts.models import Person, RecoveryCode, SecondFactor
from suqing.accounts.queries import NotPermitted
from suqing.accounts.second_factor import confirmed, must_set_up, seed_of, setup_of
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from tests.cast import AT, PASSWORD, Cast


def code_of(person: Person, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    at = timezone.now() + timedelta(seconds=30 * steps)
    return pyotp.TOTP(seed_of(SecondFactor.objects.get(person=person))).at(at)


def set_up(person: Person) -> list[str]:
    """With the code of the last half minute, so that the present one is still to be taken."""
    begin_second_factor(person=person, by=person, at=AT)
    return confirm_second_factor(person=person, code=code_of(person, -1), by=person, at=AT)


def check(person: Person, typed: str) -> str:
    return check_second_factor(person=person, typed=typed, at=AT)


def test_nothing_is_asked_before_the_first_code_was_right(cast: Cast) -> None:
    begin_second_factor(person=cast.handler, by=cast.handler, at=AT)
    with pytest.raises(WrongCode):
        confirm_second_factor(person=cast.handler, code="000 00", by=cast.handler, at=AT)
    assert confirmed(cast.handler) is None
    with pytest.raises(NotSetUp):
        check(cast.handler, code_of(cast.handler))


def test_the_secret_is_sealed_and_its_address_names_centre_and_person(cast: Cast) -> None:
    begin_second_factor(person=cast.handler, by=cast.handler, at=AT)
    setup = setup_of(cast.handler, "苏州 12315")
    assert setup is not None
    plain = setup.secret.replace(" ", "")
    assert plain.encode() not in bytes(SecondFactor.objects.get(person=cast.handler).seed_cipher)
    read = pyotp.parse_uri(setup.address)
    assert (read.secret, read.issuer, read.name) == (plain, "苏州 12315", "handler")
    assert plain not in str(list(Event.objects.values()))


def test_a_code_is_taken_once_and_a_late_one_not_at_all(cast: Cast) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        set_up(cast.handler)
        now = code_of(cast.handler)
        assert check(cast.handler, f"{now[:3]} {now[3:]}") == "app"
        with pytest.raises(WrongCode):
            check(cast.handler, now)
        next_one = code_of(cast.handler, 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)), pytest.raises(WrongCode):
        check(cast.handler, next_one)


def test_each_recovery_code_works_once_in_any_spelling(cast: Cast) -> None:
    codes = set_up(cast.handler)
    assert len(set(codes)) == 10
    assert check(cast.handler, codes[0].upper().replace("-", " ")) == "recovery code"
    event = Event.objects.filter(verb="person.recovery_code_used").get()
    assert event.data == {"left": 9}
    with pytest.raises(WrongCode):
        check(cast.handler, codes[0])
    kept = str(list(RecoveryCode.objects.values()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_recovery_code_of_somebody_else_does_not_work(cast: Cast) -> None:
    set_up(cast.handler)
    with pytest.raises(WrongCode):
        check(cast.handler, set_up(cast.editor)[0])


def test_new_recovery_codes_end_the_old_ones_and_ask_for_the_password(cast: Cast) -> None:
    old = set_up(cast.handler)
    with pytest.raises(WrongPassword):
        renew_recovery_codes(person=cast.handler, password="wrong", by=cast.handler, at=AT)
    new = renew_recovery_codes(person=cast.handler, password=PASSWORD, by=cast.handler, at=AT)
    with pytest.raises(WrongCode):
        check(cast.handler, old[0])
    check(cast.handler, new[0])


def test_a_second_step_in_use_is_not_set_up_over(cast: Cast) -> None:
    set_up(cast.handler)
    with pytest.raises(AlreadySetUp):
        begin_second_factor(person=cast.handler, by=cast.handler, at=AT)


def test_it_is_given_up_with_the_password(cast: Cast) -> None:
    set_up(cast.handler)
    with pytest.raises(WrongPassword):
        remove_second_factor(person=cast.handler, password="wrong", by=cast.handler, at=AT)
    remove_second_factor(person=cast.handler, password=PASSWORD, by=cast.handler, at=AT)
    assert not RecoveryCode.objects.filter(person=cast.handler).exists()
    assert Event.objects.latest("pk").verb == "person.second_factor_removed"


def test_who_manages_people_takes_it_away_from_who_lost_it(cast: Cast) -> None:
    set_up(cast.handler)
    with pytest.raises(NotPermitted):
        reset_second_factor(person=cast.handler, by=cast.supervisor, at=AT)
    reset_second_factor(person=cast.handler, by=cast.administrator, at=AT)
    event = Event.objects.latest("pk")
    assert (event.verb, event.actor) == ("person.second_factor_reset", f"person:{cast.administrator.pk}")
    assert confirmed(cast.handler) is None
    with pytest.raises(NotSetUp):
        reset_second_factor(person=cast.handler, by=cast.administrator, at=AT)


def test_nobody_sets_it_up_for_somebody_else(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        begin_second_factor(person=cast.handler, by=cast.administrator, at=AT)


def test_local_policy_says_which_roles_need_it(cast: Cast) -> None:
    with pytest.raises(BadSetting):
        change_setting("accounts.second_factor_roles", ["astronaut"], by="system:test", at=AT)
    change_setting("accounts.second_factor_roles", ["handler"], by="system:test", at=AT)
    assert must_set_up(cast.handler)
    assert not must_set_up(cast.editor)
    set_up(cast.handler)
    assert not must_set_up(cast.handler)
