"""docs/measures.md says what the code counts."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from suqing.analytics.measure_book import book, in_chinese
from suqing.analytics.registry import all_measures

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


def test_the_page_of_measures_is_what_the_command_prints() -> None:
    printed = StringIO()
    call_command("measures", stdout=printed)
    assert PAGE.read_text(encoding="utf-8") == printed.getvalue(), "run: suqing measures > docs/measures.md"


def test_every_measure_stands_in_it_in_both_languages() -> None:
    text = book()
    for one in all_measures():
        for said in (one.name, one.definition, one.formula):
            assert said in text
            assert in_chinese(said) != said, "not translated"
            assert in_chinese(said) in text
