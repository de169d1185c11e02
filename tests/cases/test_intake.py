"""What may be registered: bad input gets a clear answer beside its field."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from suqing.cases.intake import EntityInput, MatterInput, PartyInput, SubmissionInput, cleaned, problems_of
from suqing.cases.vocabulary import ContactOutcome, Kind

NOW = datetime(2020, 1, 27, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
GOOD_CODE = "91440300085948158H"


def contact(**changes: object) -> SubmissionInput:
    given = {
        "ref": uuid4(),
        "received_at": NOW,
        "narrative": "药店口罩卖三十元一只",
        "party": PartyInput("王小明", "138 0000 1234"),
        "matters": (matter(),),
    }
    return SubmissionInput(**{**given, **changes})  # type: ignore[arg-type]


def matter(**changes: object) -> MatterInput:
    given = {"kind": Kind.COMPLAINT, "entity": EntityInput("某某大药房")}
    return MatterInput(**{**given, **changes})  # type: ignore[arg-type]


def problems(submission: SubmissionInput) -> dict[str, str]:
    return {path: str(found[0]) for path, found in problems_of(cleaned(submission), NOW).items()}


def test_a_complete_complaint_has_no_problems() -> None:
    assert problems(contact()) == {}


def test_a_single_matter_takes_the_words_of_the_contact() -> None:
    assert cleaned(contact()).matters[0].narrative == "药店口罩卖三十元一只"


def test_several_matters_need_words_of_their_own() -> None:
    two = contact(matters=(matter(narrative="口罩太贵"), matter()))
    assert set(problems(two)) == {"matters.1.narrative"}


def test_a_phone_is_stored_in_its_normal_form() -> None:
    assert cleaned(contact(party=PartyInput("王小明", "+86 138-0000-1234"))).party.phone == "13800001234"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"received_at": NOW + timedelta(hours=1)}, "received_at"),
        ({"party": PartyInput("王小明", "one two three")}, "party.phone"),
        ({"party": PartyInput("", "13800001234")}, "party.name"),
        ({"party": PartyInput("王小明", "")}, "party.phone"),
        ({"matters": ()}, "matters"),
        ({"outcome": ContactOutcome.PRAISE}, "outcome"),
        ({"matters": (matter(),) * 21, "narrative": "x"}, "matters"),
        ({"narrative": "很" * 100_000, "matters": (matter(narrative="短"),)}, "narrative"),
        ({"matters": (matter(narrative="长" * 20_001),)}, "matters.0.narrative"),
        ({"matters": (matter(incident_on=date(2020, 1, 28)),)}, "matters.0.incident_on"),
        ({"matters": (matter(price_earlier_on=date(2020, 2, 1)),)}, "matters.0.price_earlier_on"),
        ({"matters": (matter(incident_on=date(202, 1, 2)),)}, "matters.0.incident_on"),
        ({"matters": (matter(amount=Decimal(-1)),)}, "matters.0.amount"),
        ({"matters": (matter(amount=Decimal("NaN")),)}, "matters.0.amount"),
        ({"matters": (matter(price_asked=Decimal("1e12")),)}, "matters.0.price_asked"),
        ({"matters": (matter(entity=EntityInput()),)}, "matters.0.entity.name"),
        ({"matters": (matter(goods="罩" * 101),)}, "matters.0.goods"),
    ],
)
def test_bad_input_is_told_beside_its_field(changes: dict[str, object], path: str) -> None:
    assert path in problems(contact(**changes))


def test_today_is_the_centres_day_not_the_day_in_greenwich() -> None:
    early = NOW.replace(hour=3)  # still the 26th in UTC
    today = contact(received_at=early, matters=(matter(incident_on=date(2020, 1, 27)),))
    assert problems_of(cleaned(today), early) == {}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (GOOD_CODE[:-1] + "J", "check digit"),
        (GOOD_CODE[:-1], "18 characters"),
        ("9144030008594815I8"[:18], "letter I"),
        ("91AB0300085948158H", "division code"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_the_reason(code: str, words: str) -> None:
    wrong = contact(matters=(matter(entity=EntityInput("某店", code)),))
    assert words in problems(wrong)["matters.0.entity.uscc"]


def test_a_credit_code_typed_small_and_spaced_is_accepted() -> None:
    given = contact(matters=(matter(entity=EntityInput("某店", " 91440300 085948158h ")),))
    assert problems(given) == {}
    assert cleaned(given).matters[0].entity.uscc == GOOD_CODE


def test_an_anonymous_report_needs_no_person_but_a_real_name_one_does() -> None:
    anonymous = contact(party=PartyInput(), matters=(matter(kind=Kind.REPORT, is_real_name=False),))
    assert problems(anonymous) == {}
    named = contact(party=PartyInput(), matters=(matter(kind=Kind.REPORT),))
    assert set(problems(named)) == {"party.name", "party.phone"}


def test_a_consultation_needs_neither_person_nor_operator() -> None:
    asked = contact(party=PartyInput(), matters=(matter(kind=Kind.CONSULTATION, entity=EntityInput()),))
    assert problems(asked) == {}
