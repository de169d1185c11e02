"""Numbers of documents: one gapless series per unit and year, in the pattern of the printed forms."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Max

from suqing.accounts.models import Unit
from suqing.cases.forms import FORMS, Form
from suqing.cases.models import CaseDocument
from suqing.ledger.policy import BadSetting, declare
from suqing.ledger.queries import setting
from suqing.ledger.writing import writer

N_ = str
LONGEST_WORD = 10
EVERY_UNIT = "*"


def _word(value: Any) -> None:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_WORD:
        raise BadSetting(f"a word of a document number has 1 to {LONGEST_WORD} characters")


def _unit_words(value: Any) -> None:
    for word in value.values():
        _word(word)


def _kind_words(value: Any) -> None:
    for words in value.values():
        if not isinstance(words, dict) or set(words) - set(FORMS):
            raise BadSetting("kind words are given by the code of the form")
        for word in words.values():
            _word(word)


# The printed pattern is known, __市监__﹝年﹞第__号; what a place writes into its blanks is not.
UNIT_WORDS = declare(
    "documents.unit_words",
    {},
    N_("Word of each unit in its document numbers, by the unit's code; otherwise the place in its name"),
    check=_unit_words,
)
KIND_WORDS = declare(
    "documents.kind_words",
    {},
    N_("Words of the forms in document numbers, by the unit's code (* for every unit) and the form's code"),
    check=_kind_words,
)


def next_number(unit: Unit, form: Form, year: int) -> tuple[int, str]:
    """Take the next serial of a unit and year and write the number.

    The row of the unit is locked until the transaction ends, so that two documents at once follow each other without
    a gap; a document that is void keeps its number.
    """
    write = writer()
    held = write.held(CaseDocument, ("last number", unit.pk, year))
    if held is not None:
        serial = held.serial + 1
    else:
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        known = CaseDocument.objects.filter(unit=unit, year=year)
        serial = (known.aggregate(last=Max("serial"))["last"] or 0) + 1
    return serial, f"{unit_word(unit)}市监{kind_word(unit, form)}﹝{year}﹞第{serial}号"


def unit_word(unit: Unit) -> str:
    """The word the unit set, or the place in the name of its authority: 姑苏区市场监督管理局 is 姑苏."""
    words: dict[str, str] = setting(UNIT_WORDS.key)
    if unit.code in words:
        return words[unit.code]
    authority = unit
    if unit.kind != Unit.Kind.BUREAU:
        authority = unit.ancestors().filter(kind=Unit.Kind.BUREAU).last() or unit
    place = re.sub(r"（.*?）", "", authority.name.split("市场监督")[0])
    return re.sub(r"(?<=..)[市区县]$", "", place)[:LONGEST_WORD]


def kind_word(unit: Unit, form: Form) -> str:
    """The word the unit set for this form, one set for every unit, or ours."""
    words: dict[str, dict[str, str]] = setting(KIND_WORDS.key)
    for code in (unit.code, EVERY_UNIT):
        if form.code in words.get(code, {}):
            return words[code][form.code]
    return form.word
