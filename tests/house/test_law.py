"""docs/law.md says which article is kept where: the tests it names exist, and no article of the regulations is left out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LAW = ROOT / "docs" / "law.md"
# Articles of order no. 20 and of order no. 121.
ARTICLES = {"O20": range(1, 41), "O121": range(1, 47)}
ROW = re.compile(r"^\| (?P<articles>[^|]+) \| (?P<behaviour>[^|]+) \| (?P<tests>[^|]*) \|$")
SAID = re.compile(r"\b([A-Z]+\d*) ([\d–, ()]+)")
NUMBERS = re.compile(r"(\d+)(?:\(\d\))?(?:–(\d+))?")


def rows() -> list[tuple[str, str, str]]:
    found = [ROW.match(line) for line in LAW.read_text(encoding="utf-8").splitlines()]
    return [
        (row["articles"], row["behaviour"], row["tests"])
        for row in found
        if row and not set(row["articles"]) <= set("-: ") and row["articles"].strip() != "article"
    ]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def named_tests() -> list[str]:
    return sorted(
        {name for _, _, tests in rows() for name in re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", tests)}
    )


@pytest.mark.parametrize("name", named_tests())
def test_a_test_that_the_table_names_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert (ROOT / path).exists()
    if function:
        assert function in functions_of(ROOT / path)


def test_every_row_has_a_test_or_says_that_it_is_not_for_software() -> None:
    bare = [row for row in rows() if not row[2].strip() and "not for software" not in row[1]]
    assert bare == []


def test_no_article_of_the_regulations_is_left_out() -> None:
    told: dict[str, set[int]] = {law: set() for law in ARTICLES}
    for articles, _, _ in rows():
        for law, numbers in SAID.findall(articles):
            for first, last in NUMBERS.findall(numbers) if law in told else ():
                told[law] |= set(range(int(first), int(last or first) + 1))
    assert {law: sorted(set(known) - told[law]) for law, known in ARTICLES.items()} == {"O20": [], "O121": []}
