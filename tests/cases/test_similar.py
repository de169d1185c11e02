"""Similar cases: why they are suggested, in which order, to whom, and with how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.cases.actions.parties import erase
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case
from suqing.cases.queries.similar import Reason, Similar, may_compare_words, similar_cases, similar_to
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.text.redact import match_text
from tests.cases.examples import NARRATIVE, WANG, contact, matter, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db

LI = PartyInput("李四", "13900005678", "吴中区木渎镇2号")
MASKS = "昨天在观前街一家药店买口罩，一只要三十元，平时只要五元，价格太高了，要求退款"
NEARLY = "今天在观前街一家药店买口罩，一只要三十五元，平时只要五元，价格太高了，要求退款"
HEATER = "电水壶用了三天就漏水，店家不肯换，说过了七天"
SHOP, OTHER_SHOP = EntityInput("平江大药房"), EntityInput("胥口电器行")


def case(
    cast: Cast,
    words: str,
    party: PartyInput = LI,
    entity: EntityInput = OTHER_SHOP,
    kind: Kind = Kind.COMPLAINT,
    *,
    days_ago: int = 0,
    **changes: object,
) -> Case:
    at = AT - timedelta(days=days_ago)
    given = matter(kind, entity=entity, **changes)
    return registered(cast.call_taker, given, at=at, narrative=words, party=party).cases.get()


def asked(person: Person, words: str = "", **changes: object) -> list[Similar]:
    given = {"phone": "", "entity": None, "place": "", "received_at": AT, "exclude": ()}
    return similar_to(person, text=match_text(words).text, **{**given, **changes})  # type: ignore[arg-type]


def told(found: list[Similar]) -> dict[int, tuple[Reason, ...]]:
    return {one.case.pk: one.reasons for one in found}


def test_each_reason_finds_its_cases_and_more_reasons_come_first(cast: Cast) -> None:
    by_words = case(cast, NEARLY)
    by_shop = case(cast, HEATER, entity=SHOP)
    by_phone = case(cast, HEATER, WANG)
    by_all = case(cast, MASKS, WANG, SHOP)
    unlike = case(cast, "加油站的油有问题，车子熄火三次")
    found = asked(cast.call_taker, MASKS, phone="138 0000 1234", entity=by_all.entity_id)
    assert told(found) == {
        by_all.pk: (Reason.PHONE, Reason.OPERATOR, Reason.WORDS),
        by_phone.pk: (Reason.PHONE,),
        by_words.pk: (Reason.WORDS,),
        by_shop.pk: (Reason.OPERATOR,),
    }
    assert found[0].case == by_all and found[0].likeness == 1.0
    assert unlike.pk not in told(found)
    assert [one.case.pk for one in asked(cast.call_taker, MASKS, limit=1)] == [by_all.pk]


def test_likeness_is_exact_and_texts_below_the_line_are_not_called_similar(cast: Cast) -> None:
    near = case(cast, NEARLY)
    case(cast, "昨天在观前街买口罩，店员说没有货了，让我到别家问问")
    found = asked(cast.call_taker, MASKS)
    assert [one.case for one in found] == [near]
    assert 0.5 < found[0].likeness < 0.9


def test_an_operator_counts_only_near_in_time_and_words_at_any_time(cast: Cast) -> None:
    old = case(cast, HEATER, entity=SHOP, days_ago=200)
    recent = case(cast, "买的体温计不准，量出来都是三十五度", entity=SHOP, days_ago=20)
    found = told(asked(cast.call_taker, HEATER, entity=recent.entity_id))
    assert found == {recent.pk: (Reason.OPERATOR,), old.pk: (Reason.WORDS,)}


def test_the_desk_leaves_out_what_ended_long_ago(cast: Cast) -> None:
    ended, open_ = case(cast, HEATER, days_ago=200), case(cast, HEATER, days_ago=200)
    Case.objects.filter(pk=ended.pk).update(state="closed", closed_at=AT)
    found = told(asked(cast.call_taker, HEATER, since=AT - timedelta(days=90)))
    assert set(found) == {open_.pk}


def test_the_same_contact_and_the_case_itself_are_not_suggested(cast: Cast) -> None:
    given = contact(
        matter(narrative=MASKS), matter(Kind.REPORT, narrative=NEARLY), narrative=MASKS, party=WANG
    )
    one, other = register(submission=given, by=cast.call_taker, at=AT).cases.order_by("pk")
    later = case(cast, MASKS)
    assert set(told(similar_cases(cast.dispatcher, one))) == {later.pk}
    assert set(told(similar_cases(cast.dispatcher, other))) == {later.pk}


def test_a_text_that_thousands_send_is_found_newest_first_and_bounded(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [case(cast, MASKS, days_ago=0) for _ in range(6)]
    monkeypatch.setattr("suqing.cases.queries.similar.NEWEST", 3)
    found = asked(cast.call_taker, MASKS)
    assert {one.case.pk for one in found} == {one.pk for one in sent[-3:]}


# Who sees what


def test_only_cases_in_sight_are_suggested_also_behind_many_of_other_units(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = case(cast, MASKS, WANG, SHOP)
    Case.objects.filter(pk=mine.pk).update(responsible_unit=cast.gusu)
    for _ in range(4):
        case(cast, MASKS, WANG, SHOP)
    monkeypatch.setattr("suqing.cases.queries.similar.COMPARED", 2)
    for facts in ({"words": MASKS}, {"phone": WANG.phone}, {"entity": mine.entity_id}):
        assert set(told(asked(cast.handler, **facts))) == {mine.pk}
    assert asked(cast.stranger, MASKS, phone=WANG.phone, entity=mine.entity_id) == []


def test_a_report_is_not_shown_to_who_may_not_see_reports(cast: Cast) -> None:
    complaint = case(cast, MASKS, WANG, SHOP)
    report = case(cast, NEARLY, WANG, SHOP, Kind.REPORT)
    assert set(told(similar_cases(cast.dispatcher, complaint))) == {report.pk}
    assert similar_cases(cast.inspector, complaint) == []


def test_nobodys_phone_leads_to_a_report_without_a_name(cast: Cast) -> None:
    report = case(cast, HEATER, WANG, OTHER_SHOP, Kind.REPORT, is_real_name=False)
    complaint = case(cast, "加油站的油有问题，车子熄火三次", WANG, SHOP)
    for person in (cast.call_taker, cast.supervisor, cast.dispatcher):
        assert asked(person, phone=WANG.phone, exclude=[complaint.pk]) == []
        assert similar_cases(person, complaint) == []
        assert similar_cases(person, report) == []


def test_words_lead_to_a_report_without_a_name_only_those_who_see_all_cases(cast: Cast) -> None:
    report = case(cast, MASKS, WANG, OTHER_SHOP, Kind.REPORT, is_real_name=False)
    complaint = case(cast, NEARLY, WANG, SHOP)
    Case.objects.update(responsible_unit=cast.gusu)
    assert set(told(similar_cases(cast.supervisor, complaint))) == {report.pk}
    assert similar_cases(cast.handler, complaint) == []
    assert similar_cases(cast.handler, report) == []
    assert not may_compare_words(cast.handler, complaint, report)
    assert may_compare_words(cast.supervisor, complaint, report)
    # The operator is a fact of the report itself and says nothing of who reported.
    Case.objects.filter(pk=report.pk).update(entity=complaint.entity)
    assert told(similar_cases(cast.handler, complaint)) == {report.pk: (Reason.OPERATOR,)}
    assert similar_cases(cast.handler, complaint)[0].likeness == 0.0


def test_an_erased_person_is_found_by_no_phone(cast: Cast) -> None:
    mine = case(cast, HEATER, WANG)
    assert mine.party is not None
    other = case(cast, MASKS, WANG, SHOP)
    erase(party=mine.party, reason="本人要求删除个人信息", by=cast.supervisor, at=AT)
    assert asked(cast.call_taker, phone=WANG.phone) == []
    other.refresh_from_db()
    assert similar_cases(cast.dispatcher, other) == []


def test_the_number_of_queries_does_not_grow_with_what_is_found(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            similar_cases(cast.dispatcher, subject)
        return len(caught)

    subject = case(cast, NARRATIVE, WANG, SHOP)
    case(cast, NARRATIVE, WANG, SHOP)
    queries()  # reads the person of the case and the appointments of the reader once
    few = queries()
    for _ in range(5):
        case(cast, NARRATIVE, WANG, SHOP)
    assert queries() == few <= 6
