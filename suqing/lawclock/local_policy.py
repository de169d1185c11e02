"""The settings that fill what the law leaves open; each is marked as local policy on its page."""

from __future__ import annotations

from typing import Any

from suqing.lawclock.limits import limits
from suqing.lawclock.policies import DEFAULT, Binding, Policy, RegimeDate, Rolling
from suqing.ledger.policy import BadSetting, declare

PREFIX = "lawclock."


def N_(message: str) -> str:
    """Mark a message id for the catalogue; pages translate it."""
    return message


def _checked(name: str, value: Any) -> None:
    """Try the value as part of a policy, so that what is stored can always be read."""
    try:
        policy = Policy.from_json({name: value})
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise BadSetting(f"{PREFIX}{name}: {error}") from error
    unknown = {one.limit_id for one in policy.local_limits} - {one.id for one in limits()}
    if unknown:
        raise BadSetting(f"{PREFIX}{name}: no such limit: {', '.join(sorted(unknown))}")
    if any(hours < 1 for hours in policy.warning_hours):
        raise BadSetting(f"{PREFIX}{name}: hours must be at least 1")


def _declare(name: str, label: str) -> None:
    declare(PREFIX + name, DEFAULT.to_json()[name], label, check=lambda value: _checked(name, value))


_declare("rolling", N_("Which last days move past a day off: declared holidays, every day off, or none"))
_declare("regime_date", N_("Which date of a case decides the rules: receipt or acceptance"))
_declare("mediation_binding", N_("Which mediation limit binds from 2024-07-01 to 2026-04-14"))
_declare("recusal_stops_mediation", N_("Whether a suspension for a recusal stops the mediation period"))
_declare("local_limits", N_("Local limits: in place of “promptly”, or tighter than the law"))
_declare("warning_hours", N_("Hours before the end at which a deadline warns"))

CHOICES: dict[str, tuple[str, ...]] = {
    f"{PREFIX}rolling": tuple(one.value for one in Rolling),
    f"{PREFIX}regime_date": tuple(one.value for one in RegimeDate),
    f"{PREFIX}mediation_binding": tuple(one.value for one in Binding),
}
