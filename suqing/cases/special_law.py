"""Which special laws a case falls under, by its classes, and what they ask to be told.  Pure.

The regulations leave it to other laws whether the reporter is told or answered (O20 art. 32, O121 art. 36).  The duties
stand in ``lawclock``; here stands which class of goods or of problem brings a case under which of them.  Classes are
known by their codes in the shipped trees; a class below a listed one belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from suqing.cases.vocabulary import Kind, Outcome
from suqing.lawclock.limits import Overlay, duties


@dataclass(frozen=True, slots=True)
class Heading:
    """One class that brings a case under a special law; ``source`` says who calls it so."""

    tree: str
    code: str
    fact: str
    source: str


_CH20 = "SZ table CH20"
_SD = "SD 2020"
_CH27 = "SZ table CH27"
_PLATFORM = "platform 2021; codes local"
_FORM5 = "statistics form 消保5"
_ROLL_UP = "one of the five goods classes that the national platform rolls up as food (yaan.gov.cn 2021)"
_CATERING = "catering, part of the same roll-up; second level local"

HEADINGS: tuple[Heading, ...] = (
    Heading("issue-sd-2020", "03", "advertising", _SD),
    Heading("issue-sz-ch27", "02", "advertising", _CH27),
    Heading("report-issue-platform-2021", "R03", "advertising", _PLATFORM),
    Heading("report-issue-xb5", "7", "advertising", _FORM5),
    Heading("issue-sd-2020", "05", "unfair_competition", _SD),
    Heading("issue-sz-ch27", "04", "unfair_competition", _CH27),
    Heading("report-issue-platform-2021", "R08", "unfair_competition", _PLATFORM),
    Heading("report-issue-xb5", "4", "unfair_competition", _FORM5),
    Heading("issue-sd-2020", "06", "unlicensed_trade", _SD),
    Heading("issue-sz-ch27", "05", "unlicensed_trade", _CH27),
    # No list of report classes has a head of its own for unlicensed trade; form 消保5 counts it under registration of
    # private traders, so the whole head is taken: told once too often is no breach, told too seldom is.
    Heading("report-issue-platform-2021", "R06", "unlicensed_trade", f"{_PLATFORM}; {_FORM5} head 5"),
    Heading("report-issue-xb5", "5", "unlicensed_trade", _FORM5),
    Heading("issue-sd-2020", "1501", "food", "second level as exported from the national platform"),
    Heading("report-issue-platform-2021", "R04", "food", _PLATFORM),
    Heading("report-issue-xb5", "3", "food", _FORM5),
    Heading("report-issue-platform-2021", "R09", "drug", _PLATFORM),
    Heading("object-sz-ch20", "101", "food", f"{_CH20}; {_ROLL_UP}"),
    Heading("object-sz-ch20", "103", "food", f"{_CH20}; {_ROLL_UP}"),
    Heading("object-sz-ch20", "180", "food", f"{_CH20}; {_ROLL_UP}"),
    Heading("object-sz-ch20", "S0101", "food", _CATERING),
    Heading("object-sz-ch20", "S0104", "food", _CATERING),
    Heading("object-sz-ch20", "108", "drug", _CH20),
    Heading("object-sz-ch20", "110", "medical_device", _CH20),
    Heading("object-sz-ch20", "114", "cosmetics", _CH20),
)

# The first day of the edition whose article is cited (last article of each law): a case received before it is not
# governed by an article of that number.
CITED_SINCE: dict[str, date] = {
    "AUCL:20": date(2025, 10, 15),
    "UNLIC:9": date(2017, 10, 1),
    "FOOD:115": date(2015, 10, 1),
    "DEVICE:79": date(2021, 6, 1),
    "DRUG:106": date(2019, 12, 1),
    "COSM:58": date(2021, 1, 1),
}

NOT_COMPETENT = "not_competent"
REAL_NAME = "real_name"
FACTS_GIVEN = "facts_given"
TELL_RESULT = "tell_result"


def facts_of_classes(classes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The fields of special law that these classes, given as (tree, code), belong to."""
    given = tuple(classes)
    return frozenset(
        one.fact for one in HEADINGS for tree, code in given if tree == one.tree and code.startswith(one.code)
    )


def facts_of(
    kind: Kind, classes: Iterable[tuple[str, str]], *, is_real_name: bool, outcome: str = "", ground: str = ""
) -> frozenset[str]:
    """All facts by which the special laws' duties are chosen.

    Whether a reporter gave facts and evidence (反不正当竞争法 20) no field says: a real-name report is taken to have
    them, since O20 art. 24 and O121 art. 28 ask for them.
    """
    found = set(facts_of_classes(classes))
    if kind == Kind.REPORT and is_real_name:
        found |= {REAL_NAME, FACTS_GIVEN}
    if outcome == Outcome.TOLD_ELSEWHERE or ground == NOT_COMPETENT:
        found.add(NOT_COMPETENT)
    return frozenset(found)


def duties_without_days(kind: Kind, facts: Collection[str], received: date) -> list[Overlay]:
    """The duties that no clock counts, of the laws in force when the case was received, in the order of the data.

    A matter that must be transferred with written notice need not be answered too: of two duties from one article the
    one that asks for more facts stands.
    """
    open_ended = [
        one
        for one in duties(kind, facts)
        if one.limit is None and CITED_SINCE.get(one.article, received) <= received
    ]
    by_article: dict[str, Overlay] = {}
    for one in open_ended:
        before = by_article.get(one.article)
        if before is None or len(one.requires) > len(before.requires):
            by_article[one.article] = one
    return list(by_article.values())
