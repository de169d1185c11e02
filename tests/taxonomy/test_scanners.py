"""No expression of the redactor can take more than linear time."""

import re
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from suqing.taxonomy.text import dates, extract, mentions, names, packs, persons, scanners

PATTERNS = [scanner.pattern for scanner in scanners.SCANNERS] + list(names.PATTERNS) + list(extract.PATTERNS)
PATTERNS += [*persons.PATTERNS, *dates.PATTERNS, *mentions.PATTERNS, packs.PACK]


def _repeats(tree: Any) -> list[tuple[Any, int, Any]]:
    """List (operator, most, inner) of every repeat in a parsed expression, at any depth."""
    found = []
    for operator, argument in tree:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            found.append((operator, argument[1], argument[2]))
            found += _repeats(argument[2])
        elif operator is sre.BRANCH:
            for branch in argument[1]:
                found += _repeats(branch)
        elif operator is sre.SUBPATTERN:
            found += _repeats(argument[3])
        elif operator in (sre.ASSERT, sre.ASSERT_NOT):
            found += _repeats(argument[1])
    return found


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:40])
def test_what_repeats_without_limit_is_possessive(pattern: re.Pattern[str]) -> None:
    for operator, most, _ in _repeats(parser.parse(pattern.pattern, pattern.flags)):
        assert most is not sre.MAXREPEAT or operator is sre.POSSESSIVE_REPEAT


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:40])
def test_no_repeat_of_open_length_holds_another_that_is_long(pattern: re.Pattern[str]) -> None:
    for _, most, inner in _repeats(parser.parse(pattern.pattern, pattern.flags)):
        if most > 6:
            assert all(width <= 2 for _, width, _ in _repeats(inner))
