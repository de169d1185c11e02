"""Operators who are natural persons: masked wherever they are read, opened only where the right is checked."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from suqing.cases.actions import entities, entity_merging
from suqing.cases.actions.entities import Correction
from suqing.cases.actions.entity_merging import NewOperator
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.past_operators import Meant, find_or_make_many
from suqing.cases.intake import EntityInput, Invalid
from suqing.cases.models import Case, EntityName, MarketEntity
from suqing.cases.queries.competence import same_dispute
from suqing.cases.queries.entities import entities_called, search_entities
from suqing.cases.queries.operator_persons import may_unmask_operator, plain_operator
from suqing.cases.queries.same_entities import compared, suggestions
from suqing.ledger.models import Event
from suqing.ledger.queries import open_personal
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db

CODE = "91440300085948158H"
SELLER = EntityInput("张三丰", is_person=True)
ADDRESS = "江苏省苏州市姑苏区平江街道白塔东路5号301室"


def sold_by(centre: Cast, entity: EntityInput = SELLER, **changes: object) -> Case:
    words = changes.pop("narrative", f"在微信群里向{entity.name}买口罩，付了钱不发货")
    return one_case(centre.call_taker, entity=entity, narrative=words, address=ADDRESS, **changes)  # type: ignore[arg-type]


def person(case: Case) -> MarketEntity:
    assert case.entity is not None
    return case.entity


def test_what_pages_lists_and_searches_read_holds_masks_only(centre: Cast) -> None:
    case = sold_by(centre)
    row = person(case)
    assert (row.name, row.address) == ("张**", "江苏省苏州市姑苏区平江街道****")
    assert (row.name_key, row.sound_key, row.uscc) == ("", "", "")
    assert case.entity_name == "张**"
    assert "张三丰" not in case.match_text and "张三丰" not in case.submission.match_text
    assert plain_operator(row).name == "张三丰" and plain_operator(row).address == ADDRESS


def test_no_event_says_the_name_but_the_sealed_part_does(centre: Cast) -> None:
    sold_by(centre)
    made = Event.objects.get(verb="market_entity.made")
    assert not [event for event in Event.objects.all() if "张三丰" in str(event.data)]
    assert next(iter(open_personal(made).values()))["name"] == "张三丰"


def test_the_same_whole_name_in_the_same_place_is_the_same_person(centre: Cast) -> None:
    first = person(sold_by(centre))
    assert person(sold_by(centre, EntityInput("张三 丰", is_person=True))) == first
    assert person(sold_by(centre, EntityInput("张四海", is_person=True))) != first


def test_a_shop_of_the_name_or_of_the_mask_is_not_the_person(centre: Cast) -> None:
    first = person(sold_by(centre))
    for name in ("张三丰", "张**"):
        shop = person(sold_by(centre, EntityInput(name)))
        assert shop != first and not shop.is_person
    found, _made = find_or_make_many([Meant(EntityInput("张**"), first.place_id, "")], at=AT)
    assert found[0] is not None and found[0].pk != first.pk


def test_a_code_and_a_natural_person_exclude_each_other(centre: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        sold_by(centre, EntityInput("张三丰", CODE, is_person=True))
    assert "matters.0.entity.uscc" in refused.value.problems
    row = person(sold_by(centre))
    with pytest.raises(Refused):
        entities.correct(entity=row, to=Correction(code=CODE), by=centre.supervisor, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        MarketEntity.objects.filter(pk=row.pk).update(uscc=CODE)


def test_the_whole_name_finds_the_person_for_who_may_unmask_and_for_nobody_else(centre: Cast) -> None:
    row = person(sold_by(centre))
    assert search_entities("张三丰") == [row]
    assert entities_called(centre.supervisor, "张三丰", limit=5) == [row]
    assert entities_called(centre.analyst, "张三丰", limit=5) == []


def test_an_operator_that_turns_out_to_be_a_natural_person_is_masked_in_its_cases(centre: Cast) -> None:
    case = sold_by(centre, EntityInput("张三丰"))
    row = person(case)
    entities.add_name(entity=row, name="三丰代购", by=centre.supervisor, at=AT)
    entities.correct(entity=row, to=Correction(is_person=True), by=centre.supervisor, at=AT)
    case.refresh_from_db()
    row.refresh_from_db()
    assert row.is_person and (row.name, case.entity_name) == ("张**", "张**")
    assert "张三丰" not in case.match_text and "张三丰" in case.narrative
    assert not EntityName.objects.filter(entity=row).exists()
    assert Event.objects.filter(verb="market_entity.became_person", subject_id=str(row.pk)).exists()


def test_who_turns_out_to_be_registered_is_called_by_name_again(centre: Cast) -> None:
    case = sold_by(centre)
    row = person(case)
    to = Correction(name="张三丰日用品店", code=CODE, is_person=False)
    entities.correct(entity=row, to=to, by=centre.supervisor, at=AT)
    case.refresh_from_db()
    row.refresh_from_db()
    assert not row.is_person and (row.name, row.uscc, row.address) == ("张三丰日用品店", CODE, ADDRESS)
    assert row.name_key and case.entity_name == "张三丰日用品店"


def test_a_correction_of_a_person_keeps_what_is_left_out(centre: Cast) -> None:
    row = person(sold_by(centre))
    entities.correct(entity=row, to=Correction(name="张三峰"), by=centre.supervisor, at=AT)
    row.refresh_from_db()
    assert (plain_operator(row).name, plain_operator(row).address) == ("张三峰", ADDRESS)


def test_persons_are_suggested_by_their_whole_name_only(centre: Cast) -> None:
    row = person(sold_by(centre))
    other = person(sold_by(centre, EntityInput("张四海", is_person=True)))
    shop = person(sold_by(centre, EntityInput("张三丰大药房")))
    same = person(sold_by(centre, place="320506"))
    assert [one.entity for one in suggestions(row)] == [same]
    assert suggestions(shop) == []
    assert compared(row, other).score == 0 and compared(row, same).score == 1


def test_persons_merge_with_persons_only_and_come_apart_again(centre: Cast) -> None:
    one, case = person(sold_by(centre)), sold_by(centre, place="320506")
    shop = person(sold_by(centre, EntityInput("平江大药房")))
    with pytest.raises(Refused):
        entity_merging.merge(survivor=shop, absorbed=one, by=centre.supervisor, at=AT)
    done = entity_merging.merge(survivor=one, absorbed=person(case), by=centre.supervisor, at=AT)
    assert not EntityName.objects.exists() and one.cases.count() == 2
    entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    case.refresh_from_db()
    assert case.entity != one and case.entity_name == "张**"
    assert plain_operator(person(case)).address == ADDRESS


def test_cases_can_be_split_off_to_a_natural_person_and_back(centre: Cast) -> None:
    shop = EntityInput("平江大药房")
    cases = [sold_by(centre, shop, narrative=f"张三丰卖的口罩第{number}件") for number in range(2)]
    entity = person(cases[0])
    to = NewOperator("张三丰", is_person=True)
    done = entity_merging.split(entity=entity, cases=[cases[0].pk], to=to, by=centre.supervisor, at=AT)
    cases[0].refresh_from_db()
    assert cases[0].entity_name == "张**" and "张三丰" not in cases[0].match_text
    entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    cases[0].refresh_from_db()
    assert cases[0].entity == entity and cases[0].entity_name == "平江大药房"


def test_one_mask_is_not_one_operator(centre: Cast) -> None:
    case = sold_by(centre)
    sold_by(centre, EntityInput("张小明", is_person=True))
    assert same_dispute(case) is None


def test_who_may_unmask_holds_the_right_for_a_case(centre: Cast) -> None:
    row = person(sold_by(centre))
    assert may_unmask_operator(centre.supervisor, row)
    assert may_unmask_operator(centre.call_taker, row)
    assert not may_unmask_operator(centre.analyst, row)
    assert not may_unmask_operator(centre.handler, row)  # the case is in no hands of the handler's unit


def test_no_other_name_of_a_person_is_kept(centre: Cast) -> None:
    row = person(sold_by(centre))
    with pytest.raises(Refused):
        entities.add_name(entity=row, name="三丰代购", by=centre.supervisor, at=AT)
