"""Numbers of supervision orders: gapless per issuing unit and year, in the pattern of the place."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from suqing.accounts.models import Unit
from suqing.cases.models import SupervisionOrder
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting

N_ = str
LONGEST = 30
LONGEST_WORD = 14


def _pattern(value: Any) -> None:
    try:
        sample = value.format(word="", year=2020, serial=1)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise BadSetting(f"the pattern may name word, year and serial only: {error}") from error
    if (
        not ("{year}" in value and "{serial}" in value)
        or len(sample) > LONGEST - LONGEST_WORD
        or "/" in sample
    ):
        raise BadSetting("the pattern names {year} and {serial}, is short and holds no slash")


def _words(value: Any) -> None:
    for code, word in value.items():
        if not isinstance(word, str) or not 0 < len(word.strip()) <= LONGEST_WORD or "/" in word:
            raise BadSetting(f"the word of {code} has 1 to {LONGEST_WORD} characters and no slash")


PATTERN = declare(
    "orders.number_pattern",
    "{word}〔{year}〕{serial}号",
    N_("Number of a supervision order; word is the word of the issuing unit, serial runs per unit and year"),
    check=_pattern,
)
WORDS = declare(
    "orders.words",
    {"sz-12315": "苏市监督"},
    N_("Word of each issuing unit in the numbers of its supervision orders, by the unit's code"),
    check=_words,
)


def next_number(unit: Unit, year: int) -> tuple[int, str]:
    """Take the next serial of a unit and year and write it in the pattern.

    The row of the unit is locked until the transaction ends, so that two orders at once follow each other without a
    gap; an order is never deleted.
    """
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    last = SupervisionOrder.objects.filter(issuing_unit=unit, year=year).aggregate(last=Max("serial"))["last"]
    serial = (last or 0) + 1
    word = setting(WORDS.key).get(unit.code) or unit.code[:LONGEST_WORD]
    number: str = setting(PATTERN.key).format(word=word, year=year, serial=serial)
    return serial, number
