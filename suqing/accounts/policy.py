"""Settings of local policy that accounts declares."""

from __future__ import annotations

from collections.abc import Callable

from suqing.accounts.duty_hours import BadHours, read_week
from suqing.accounts.roles import ROLES
from suqing.ledger.policy import BadSetting, declare

N_ = str


def _at_least_two(value: int) -> None:
    if not 2 <= value <= 200:
        raise BadSetting("the shortest reason has 2 to 200 characters")


def _week(value: object) -> None:
    try:
        read_week(value)
    except BadHours as bad:
        raise BadSetting(str(bad)) from bad


declare(
    "accounts.look_reason_min",
    4,
    N_("Shortest reason for looking at personal data, in characters"),
    check=_at_least_two,
)
# No published source fixes the hours of a centre; who works beyond them is entered as duty.
DUTY_HOURS = declare(
    "duty.hours",
    [*([["09:00", "17:30"]] * 5), [], []],
    N_("Ordinary duty hours, Monday to Sunday; they hold on working days of the calendar"),
    check=_week,
)

# Passwords.  No published rule binds a centre of this kind; what the authority's own rules say is entered here.

MOST_REMEMBERED = 24


def _between(least: int, most: int) -> Callable[[int], None]:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise BadSetting(f"a whole number from {least} to {most}")

    return check


def _words(value: list[object]) -> None:
    if len(value) > 200 or not all(isinstance(one, str) and 2 <= len(one.strip()) <= 40 for one in value):
        raise BadSetting("at most 200 words of 2 to 40 characters")


PASSWORD_LENGTH = declare(
    "accounts.password_length", 10, N_("Shortest password, in characters"), check=_between(8, 64)
)
PASSWORDS_REMEMBERED = declare(
    "accounts.passwords_remembered",
    3,
    N_("How many last passwords, the present one included, may not be chosen again"),
    check=_between(1, MOST_REMEMBERED),
)
FORBIDDEN_WORDS = declare(
    "accounts.password_forbidden_words",
    ["12315", "12345", "suqing", "诉情"],
    N_("Words that no password may contain"),
    check=_words,
)
PASSWORD_DAYS = declare(
    "accounts.password_days",
    0,
    N_("Days after which a new password is asked for at sign-in; 0 for never"),
    check=_between(0, 3650),
)


def _role_codes(value: list[object]) -> None:
    unknown = [str(one) for one in value if one not in ROLES]
    if unknown:
        raise BadSetting(f"no such role: {unknown[0]}")


SECOND_FACTOR_ROLES = declare(
    "accounts.second_factor_roles",
    [],
    N_("Roles that must sign in with a second step"),
    check=_role_codes,
)

# Sessions.

SESSION_IDLE = declare(
    "accounts.session_idle_minutes",
    480,
    N_("Minutes without work after which a session ends"),
    check=_between(10, 1440),
)
SESSION_HOURS = declare(
    "accounts.session_hours",
    24,
    N_("Hours after which a session ends in any case"),
    check=_between(1, 720),
)

# Other ways in.

PASSKEY_ALONE = declare(
    "accounts.passkey_alone",
    True,
    N_("A passkey that checked finger, face or PIN signs in without name and password"),
)
SINGLE_TRUSTED = declare(
    "accounts.single_sign_on_trusted",
    False,
    N_("Single sign-on counts as the second step too"),
)


def _claims(value: list[object]) -> None:
    if len(value) > 20 or not all(isinstance(one, str) and 1 <= len(one.strip()) <= 200 for one in value):
        raise BadSetting("at most 20 values of 1 to 200 characters")


SINGLE_STRENGTH = declare(
    "accounts.single_sign_on_strength",
    ["mfa", "otp", "hwk"],  # RFC 8176: several factors, a one-time code, a key in hardware
    N_("It counts so only if the provider names one of these as acr or amr; empty for always"),
    check=_claims,
)
