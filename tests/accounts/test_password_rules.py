from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from suqing.accounts.actions import change_password, reset_password
from suqing.accounts.models import PastPassword, Person
from suqing.ledger.actions import change_setting
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from tests.cast import AT, PASSWORD, Cast

SYSTEM = "system:test"
SECOND, THIRD, FOURTH = "绿水青山-second-7", "绿水青山-third-7", "绿水青山-fourth-7"


def rule(name: str, value: Any) -> None:
    change_setting(f"accounts.{name}", value, by=SYSTEM, at=AT)


def change(person: Person, old: str, new: str) -> None:
    change_password(person=person, old=old, new=new, by=person, at=AT)


def test_the_length_is_local_policy(cast: Cast) -> None:
    rule("password_length", 20)
    with pytest.raises(ValidationError) as refused, override("en"):
        change(cast.handler, PASSWORD, SECOND)
    assert "at least 20 characters" in str(refused.value)
    rule("password_length", 12)
    change(cast.handler, PASSWORD, SECOND)


def test_no_rule_lets_passwords_become_shorter_than_eight(cast: Cast) -> None:
    with pytest.raises(BadSetting):
        rule("password_length", 7)


def test_a_forbidden_word_is_found_in_any_spelling(cast: Cast) -> None:
    rule("password_forbidden_words", ["Gusu"])
    with pytest.raises(ValidationError):
        change(cast.handler, PASSWORD, "mine-ｇＵＳu-2020")
    change(cast.handler, PASSWORD, "mine-12315-2020")  # the list replaces the one that came with the program


def test_the_last_passwords_may_not_be_chosen_again(cast: Cast) -> None:
    rule("passwords_remembered", 3)
    change(cast.handler, PASSWORD, SECOND)
    change(cast.handler, SECOND, THIRD)
    with pytest.raises(ValidationError):
        change(cast.handler, THIRD, PASSWORD)
    change(cast.handler, THIRD, FOURTH)
    change(cast.handler, FOURTH, PASSWORD)  # the fourth last: free again
    assert PASSWORD not in str(list(PastPassword.objects.values()))


def test_a_reset_does_not_bring_the_forgotten_password_back(cast: Cast) -> None:
    given = reset_password(person=cast.handler, by=cast.administrator, at=AT)
    with pytest.raises(ValidationError):
        change(cast.handler, given, PASSWORD)
    change(cast.handler, given, SECOND)
    assert PastPassword.objects.filter(person=cast.handler).count() == 1  # the generated one is not kept


def test_an_old_password_is_asked_to_be_changed_at_sign_in_and_the_page_says_why(
    cast: Cast, client: Client
) -> None:
    rule("password_days", 90)
    Person.objects.filter(pk=cast.handler.pk).update(password_set_at=timezone.now() - timedelta(days=91))
    client.cookies["django_language"] = "en"
    client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/password/"
    assert "has grown too old" in answer.content.decode()
    assert Event.objects.filter(verb="person.password_expired", subject_id=str(cast.handler.pk)).count() == 1
    typed = {"old": PASSWORD, "new": SECOND, "again": SECOND}
    assert client.post("/password/", typed).status_code == 302
    assert client.get("/").status_code == 200


def test_a_password_of_yesterday_is_not_asked_to_be_changed(cast: Cast, client: Client) -> None:
    rule("password_days", 90)
    Person.objects.filter(pk=cast.handler.pk).update(password_set_at=timezone.now() - timedelta(days=89))
    client.post("/sign-in/", {"username": "handler", "password": PASSWORD})
    assert client.get("/").status_code == 200


def test_the_rules_are_said_before_one_types(cast: Cast, client: Client) -> None:
    rule("password_length", 14)
    rule("password_forbidden_words", ["noodles"])
    client.force_login(cast.handler)
    client.cookies["django_language"] = "en"
    page = client.get("/password/").content.decode()
    assert "at least 14 characters" in page
    assert "noodles" in page
    assert "your last 3 passwords" in page


def test_the_rules_read_well_in_chinese(cast: Cast) -> None:
    rule("password_days", 90)
    with override("zh-hans"):
        said = " ".join(map(str, password_validators_help_texts()))
    assert "密码至少 10 个字符。" in said
    assert "12315、12345、suqing、诉情" in said
    assert "最近 3 个密码" in said
    assert "90 天" in said
