"""What a password must be: length, words nobody may use, past ones, age; the values are local policy."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.accounts.models import PastPassword, Person
from suqing.accounts.policy import (
    FORBIDDEN_WORDS,
    MOST_REMEMBERED,
    PASSWORD_DAYS,
    PASSWORD_LENGTH,
    PASSWORDS_REMEMBERED,
)
from suqing.ledger.queries import setting, settings_of

__all__ = ["MOST_REMEMBERED", "LocalRules", "is_expired"]


class LocalRules:
    """A validator of Django's: the rules in force when it is asked."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError that says everything the password lacks."""
        rules = settings_of([PASSWORD_LENGTH.key, FORBIDDEN_WORDS.key, PASSWORDS_REMEMBERED.key])
        wrong: list[ValidationError] = []
        if len(password) < rules[PASSWORD_LENGTH.key]:
            wrong.append(ValidationError(_length_sentence(rules[PASSWORD_LENGTH.key]), code="too_short"))
        found = [word for word in rules[FORBIDDEN_WORDS.key] if _plain(word) in _plain(password)]
        if found:
            text = _("The password must not contain “%(word)s”.") % {"word": found[0]}
            wrong.append(ValidationError(text, code="forbidden_word"))
        if isinstance(user, Person) and _was_used(user, password, rules[PASSWORDS_REMEMBERED.key]):
            wrong.append(ValidationError(_("You have used this password before."), code="used_before"))
        if wrong:
            raise ValidationError(wrong)

    def get_help_text(self) -> str:
        """The rules as sentences, for the page where somebody is about to type."""
        keys = (PASSWORD_LENGTH, FORBIDDEN_WORDS, PASSWORDS_REMEMBERED, PASSWORD_DAYS)
        rules = settings_of([declared.key for declared in keys])
        said = [_length_sentence(rules[PASSWORD_LENGTH.key])]
        if words := rules[FORBIDDEN_WORDS.key]:
            said.append(_("It must not contain any of: %(words)s.") % {"words": _(", ").join(words)})
        if (count := rules[PASSWORDS_REMEMBERED.key]) > 1:
            said.append(_("It must not be one of your last %(count)d passwords.") % {"count": count})
        if days := rules[PASSWORD_DAYS.key]:
            said.append(
                ngettext("It holds for %(days)d day.", "It holds for %(days)d days.", days) % {"days": days}
            )
        return " ".join(said)


def is_expired(person: Person, now: datetime) -> bool:
    """Whether the person chose the password longer ago than local policy allows (real time)."""
    days: int = setting(PASSWORD_DAYS.key)
    return bool(days) and (person.password_set_at or person.created_at) + timedelta(days=days) <= now


def _length_sentence(length: int) -> str:
    text = ngettext(
        "The password has at least %(length)d character.",
        "The password has at least %(length)d characters.",
        length,
    )
    return text % {"length": length}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _was_used(person: Person, password: str, remembered: int) -> bool:
    """Whether it is the present password or one of those before it, ``remembered`` in all."""
    if remembered < 1 or person.pk is None:
        return False
    past = PastPassword.objects.filter(person=person).order_by("-replaced_at", "-pk")[: remembered - 1]
    return any(check_password(password, one) for one in past.values_list("password", flat=True))
