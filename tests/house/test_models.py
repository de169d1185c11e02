"""What the linter cannot see in the models: keys point down, every field has its class of privacy."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

from tests.house.tree import PACKAGE, level, place

CLASSES = {"public", "internal", "personal", "confidential"}


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("suqing.")]


def package(model: type[Model]) -> str:
    return model.__module__.split(".")[1]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_classed_for_privacy(model: type[Model]) -> None:
    classed = getattr(model, "PRIVACY", {})
    fields = {field.name for field in model._meta.concrete_fields} | {
        field.name for field in model._meta.local_many_to_many
    }
    assert fields - set(classed) == set(), "fields without a class"
    assert set(classed) - fields == set(), "classes without a field"
    assert set(classed.values()) <= CLASSES


def test_no_foreign_key_points_up_or_sideways() -> None:
    found = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one or field.many_to_many) and not field.auto_created
        if isinstance(field.related_model, type) and field.related_model.__module__.startswith("suqing.")
        if package(field.related_model) != package(model)
        if level(package(field.related_model)) >= level(package(model))
    ]
    assert found == []


def test_constraints_and_indexes_have_names_of_their_own() -> None:
    names = [constraint.name for model in our_models() for constraint in model._meta.constraints]
    assert [name for name in names if not name] == []
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_the_migrations_are_complete() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
    except SystemExit:
        pytest.fail(f"models without a migration:\n{said.getvalue()}")


def test_migrations_are_named_by_what_they_do() -> None:
    found = [place(path) for path in PACKAGE.glob("*/migrations/*.py") if "_auto_" in path.name]
    assert found == []
