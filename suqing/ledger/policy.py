"""Declared settings: each app declares its own at import, with default, label and source.

A setting without a published source is local policy, and pages mark it so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

N_ = str  # marks an id for the catalogue; pages translate

LOCAL = N_("local policy")


class UnknownSetting(KeyError):
    """No app declared this key."""


class BadSetting(ValueError):
    """The value does not fit what was declared."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting: ``label`` and ``source`` are English message ids that pages translate."""

    key: str
    default: Any
    label: str
    source: str
    check: Callable[[Any], None] | None

    @property
    def is_local(self) -> bool:
        """True when no law or standard gives the value, so the page marks it as local policy."""
        return self.source == LOCAL


_declared: dict[str, Declared] = {}


def declare(
    key: str, default: Any, label: str, source: str = LOCAL, *, check: Callable[[Any], None] | None = None
) -> Declared:
    """Register a setting; declaring a key again with another default is an error."""
    if json.loads(json.dumps(default)) != default:
        raise BadSetting(f"the default of {key} does not survive JSON")
    declared = Declared(key, default, label, source, check)
    known = _declared.get(key)
    if known is not None and (known.default, known.label, known.source) != (default, label, source):
        raise BadSetting(f"{key} is declared twice, differently")
    _declared[key] = declared
    return declared


def declared(key: str) -> Declared:
    """Return the declaration of ``key`` or raise UnknownSetting."""
    try:
        return _declared[key]
    except KeyError:
        raise UnknownSetting(key) from None


def all_declared() -> list[Declared]:
    return [_declared[key] for key in sorted(_declared)]


def validate(key: str, value: Any) -> Any:
    """Return ``value`` if it has the default's type and passes the declared check; else raise BadSetting."""
    known = declared(key)
    if not _same_kind(known.default, value):
        raise BadSetting(f"{key} must be {type(known.default).__name__}, not {type(value).__name__}")
    if known.check is not None:
        known.check(value)
    return value


def _same_kind(default: Any, value: Any) -> bool:
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
