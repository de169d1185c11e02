"""Pages and interfaces write nothing themselves, every address is in the permission table, every word translated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from suqing.config import catalogue
from suqing.web import permission_table
from tests.house.tree import PACKAGE, parsed, place, sources

WRITES = {
    *(
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    ),
    *("asave", "acreate", "aupdate", "adelete"),
}
FACES = [path for path in sources() if path.relative_to(PACKAGE).parts[0] in ("web", "api")]


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the calls that write to a model: a method of a manager or query set, or ``save``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, owner = node.func.attr, ast.unparse(node.func.value)
        if name in WRITES and (
            "objects" in owner.split(".") or "filter(" in owner or name in ("save", "asave")
        ):
            yield node.lineno, f"{owner}.{name}"


def test_pages_and_interfaces_write_nothing_themselves() -> None:
    found = [f"{place(path, line)}: {call}" for path in FACES for line, call in writes(parsed(path))]
    assert found == []


def test_the_scan_for_writes_tells_models_from_dictionaries() -> None:
    code = "Case.objects.filter(pk=1).update(state='x')\nform.cleaned_data.update(a=1)\ncase.save()\n"
    assert [line for line, _ in writes(ast.parse(code))] == [1, 3]


def test_the_state_of_a_case_is_set_only_in_actions_of_cases() -> None:
    found = [
        place(path, node.lineno)
        for path in sources()
        if path.relative_to(PACKAGE).parts[:2] not in (("cases", "actions"), ("cases", "actions.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and target.attr == "state"
        and ast.unparse(target.value).endswith("case")
    ]
    assert found == []


def names_of_addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of_addresses(pattern.url_patterns)
        else:
            yield str(pattern.pattern), pattern.name


def test_every_address_stands_in_the_permission_table() -> None:
    addresses = list(names_of_addresses(get_resolver().url_patterns))
    assert [route for route, name in addresses if name is None] == []
    assert {name for _, name in addresses} - set(permission_table.PAGES) == set()


def test_the_permission_table_names_no_address_that_is_gone() -> None:
    names = {name for _, name in names_of_addresses(get_resolver().url_patterns)}
    assert set(permission_table.PAGES) - names == set()


@pytest.mark.parametrize("package", catalogue.packages(), ids=lambda path: path.name)
def test_all_that_a_package_says_is_translated(package: Path) -> None:
    assert catalogue.faults(package) == []


def test_no_two_packages_translate_one_id_differently() -> None:
    assert catalogue.conflicts() == []
