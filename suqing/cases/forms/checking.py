"""What is wrong with the fields of a form before it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from suqing.cases.forms.model import Field, FieldKind, Form
from suqing.cases.forms.wording import clean

N_ = str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field: an English message id and its values."""

    key: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


def problems(form: Form, regime: str, values: Mapping[str, str]) -> list[Problem]:
    """Everything wrong, in the order of the form; empty if it can be issued."""
    found = [_problem(one, regime, clean(values.get(one.key, ""))) for one in form.fields]
    found.append(_basis(form, values))
    return [one for one in found if one is not None]


def choices_of(one: Field, regime: str) -> tuple[tuple[str, str], ...]:
    """The choices of a field; grounds only of the regulation that governs."""
    law = "O121:" if regime == "O121" else "O20:"
    if any(value.startswith(("O20:", "O121:")) for value, _label in one.choices):
        return tuple(choice for choice in one.choices if choice[0].startswith(law))
    return one.choices


def _problem(one: Field, regime: str, value: str) -> Problem | None:
    if not value:
        return Problem(one.key, N_("Fill in this field.")) if one.required else None
    if len(value) > one.limit:
        return Problem(
            one.key,
            N_("The text has %(length)s characters; at most %(limit)s can be kept."),
            {"length": len(value), "limit": one.limit},
        )
    if one.kind in (FieldKind.DAY, FieldKind.MOMENT):
        return _bad_time(one, value)
    if one.kind == FieldKind.CHOICE and value not in dict(choices_of(one, regime)):
        return Problem(one.key, N_("Choose one of the values."))
    if one.kind == FieldKind.LINE and "\n" in value:
        return Problem(one.key, N_("This field takes one line."))
    return None


def _bad_time(one: Field, value: str) -> Problem | None:
    try:
        if one.kind == FieldKind.DAY:
            date.fromisoformat(value)
        elif datetime.fromisoformat(value).tzinfo is not None:
            raise ValueError("local time is wanted")
    except ValueError:
        return Problem(one.key, N_("This is not a date."))
    return None


def _basis(form: Form, values: Mapping[str, str]) -> Problem | None:
    """The result of a report is told where a law or rule says so (O121 art. 36): it has to be named."""
    keys = {one.key for one in form.fields}
    if "other_basis" not in keys or values.get("basis", "").strip() or values.get("other_basis", "").strip():
        return None
    return Problem("other_basis", N_("Name the law or rule that wants the result told."))


def presentable(form: Form, regime: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values as a preview can set them: days, moments and choices that are none are left blank."""
    unset = {
        one.key
        for one in form.fields
        if one.kind in (FieldKind.DAY, FieldKind.MOMENT, FieldKind.CHOICE)
        and _problem(one, regime, clean(values.get(one.key, ""))) is not None
    }
    return {one.key: "" if one.key in unset else clean(values.get(one.key, "")) for one in form.fields}
