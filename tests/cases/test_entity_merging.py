"""Operators that are one, or two: merged, split, told apart, and all of it taken back exactly."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import entities, entity_merging
from suqing.cases.actions.entities import Correction
from suqing.cases.actions.entity_merging import NewOperator
from suqing.cases.actions.entity_relations import MARKET, PLATFORM, end_relation, relate
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case, EntityMerge, EntityName, EntityRelation, MarketEntity
from suqing.cases.queries.same_entities import suggestions
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from tests.cases.examples import one_case
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db

CODE, OTHER_CODE = "91440300085948158H", "92320508MA1N0ABC0F"


def operator(centre: Cast, name: str, code: str = "", *, cases: int = 1, **changes: object) -> MarketEntity:
    made = [
        one_case(
            centre.call_taker, entity=EntityInput(name, code), narrative=f"{name}的第{number}件", **changes
        )
        for number in range(cases)
    ]
    assert made[0].entity is not None
    return made[0].entity


def merge(centre: Cast, survivor: MarketEntity, absorbed: MarketEntity, **changes: object) -> EntityMerge:
    return entity_merging.merge(survivor=survivor, absorbed=absorbed, by=centre.supervisor, at=AT, **changes)  # type: ignore[arg-type]


def state() -> dict[str, object]:
    """All that a merge touches."""
    return {
        "entities": list(
            MarketEntity.objects.order_by("pk").values_list(
                "pk", "name", "uscc", "place", "address", "merged_into"
            )
        ),
        "cases": list(Case.objects.order_by("pk").values_list("pk", "entity", "entity_name", "revision")),
        "names": list(EntityName.objects.order_by("entity", "name").values_list("entity", "name")),
        "relations": list(
            EntityRelation.objects.order_by("pk").values_list("seller", "platform", "kind", "ended_at")
        ),
    }


def test_all_cases_move_and_keep_the_name_that_was_said(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "平江大药房有限公司", cases=3)
    done = merge(centre, one, other, note="同一门头")
    assert set(Case.objects.values_list("entity", flat=True)) == {one.pk}
    assert sorted(set(Case.objects.values_list("entity_name", flat=True))) == [
        "平江大药房",
        "平江大药房有限公司",
    ]
    assert len(done.case_ids) == 3
    other.refresh_from_db()
    assert other.merged_into == one
    assert list(one.names.values_list("name", flat=True)) == ["平江大药房有限公司"]
    told = Event.objects.filter(verb="market_entity.merged").order_by("pk")
    assert [(event.subject_id, event.data["as"], event.data["cases"]) for event in told] == [
        (str(one.pk), "survivor", 3),
        (str(other.pk), "absorbed", 3),
    ]


def test_who_is_named_by_the_old_name_or_code_is_the_survivor(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "姑苏药房", CODE)
    merge(centre, one, other)
    by_name = operator(centre, "姑苏药房")
    by_code = operator(centre, "随便什么", CODE)
    again = one_case(centre.call_taker, entity=EntityInput("姑苏药房", "", other.pk))
    assert by_name == by_code == again.entity == one
    one.refresh_from_db()
    assert one.uscc == CODE


def test_a_chain_of_merges_is_followed_to_its_end(centre: Cast) -> None:
    one, two, three = (operator(centre, name) for name in ("平江大药房", "姑苏药房", "观前药房"))
    merge(centre, two, one)
    merge(centre, three, two)
    assert operator(centre, "平江大药房") == three


def test_two_different_codes_are_two_operators(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房", CODE), operator(centre, "平江大药房", OTHER_CODE)
    before = state()
    with pytest.raises(Refused, match="two operators by law"):
        merge(centre, one, other)
    assert state() == before


@pytest.mark.parametrize("codes", [("", ""), (CODE, ""), ("", CODE)])
def test_undoing_a_merge_gives_back_everything(centre: Cast, codes: tuple[str, str]) -> None:
    one, other = (
        operator(centre, "平江大药房", codes[0], cases=2),
        operator(centre, "姑苏药房", codes[1], cases=2),
    )
    mall, stall = operator(centre, "观前商场"), operator(centre, "观前小摊")
    relate(seller=other, platform=mall, kind=MARKET, by=centre.supervisor, at=AT)
    relate(seller=one, platform=mall, kind=MARKET, by=centre.supervisor, at=AT)
    relate(seller=stall, platform=other, kind=MARKET, by=centre.supervisor, at=AT)
    before = state()
    done = merge(centre, one, other)
    assert state() != before
    undone = entity_merging.undo(merge=done, by=centre.dispatcher, at=AT)
    assert (undone.moved, undone.stayed) == (2, 0)
    assert state() == before


def test_a_case_that_got_another_operator_since_stays_there(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "姑苏药房", cases=3)
    done = merge(centre, one, other)
    taken = entity_merging.split(
        entity=one, cases=done.case_ids[:1], to=NewOperator("观前药房"), by=centre.supervisor, at=AT
    )
    undone = entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    assert (undone.moved, undone.stayed) == (2, 1)
    assert Case.objects.filter(entity=other).count() == 2
    assert Case.objects.get(pk=done.case_ids[0]).entity == taken.absorbed


def test_a_case_that_came_since_stays_with_the_survivor(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "姑苏药房")
    done = merge(centre, one, other)
    late = one_case(centre.call_taker, entity=EntityInput("姑苏药房"), narrative="后来的一件")
    entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    late.refresh_from_db()
    assert late.entity == one


def test_what_came_after_is_undone_first_and_nothing_twice(centre: Cast) -> None:
    one, two, three = (operator(centre, name) for name in ("平江大药房", "姑苏药房", "观前药房"))
    first = merge(centre, two, one)
    second = merge(centre, three, two)
    with pytest.raises(Refused, match="merged again since"):
        entity_merging.undo(merge=first, by=centre.supervisor, at=AT)
    entity_merging.undo(merge=second, by=centre.supervisor, at=AT)
    entity_merging.undo(merge=first, by=centre.supervisor, at=AT)
    with pytest.raises(Refused, match="undone already"):
        entity_merging.undo(merge=first, by=centre.supervisor, at=AT)
    assert {case.entity_name: case.entity.name for case in Case.objects.all() if case.entity} == {
        name: name for name in ("平江大药房", "姑苏药房", "观前药房")
    }


def test_chosen_cases_get_an_operator_of_their_own_and_go_back(centre: Cast) -> None:
    one = operator(centre, "平江大药房", cases=3)
    chosen = list(Case.objects.order_by("pk").values_list("pk", flat=True)[:2])
    before = state()
    done = entity_merging.split(
        entity=one, cases=chosen, to=NewOperator("平江大药房观前店", CODE), by=centre.supervisor, at=AT
    )
    assert (
        list(Case.objects.filter(entity=done.absorbed).order_by("pk").values_list("pk", flat=True)) == chosen
    )
    assert done.absorbed.name_key == "平江大药房观前店"
    entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    after = state()
    assert (after["cases"], after["names"]) == (before["cases"], before["names"])
    done.absorbed.refresh_from_db()
    assert done.absorbed.merged_into == one


def test_an_operator_that_got_cases_since_its_split_stands_when_it_is_undone(centre: Cast) -> None:
    one = operator(centre, "平江大药房", cases=2)
    first = Case.objects.order_by("pk")[0]
    done = entity_merging.split(
        entity=one, cases=[first.pk], to=NewOperator("平江大药房观前店"), by=centre.supervisor, at=AT
    )
    late = operator(centre, "平江大药房观前店")
    assert late == done.absorbed
    entity_merging.undo(merge=done, by=centre.supervisor, at=AT)
    late.refresh_from_db()
    assert late.merged_into is None
    assert late.cases.count() == 1


@pytest.mark.parametrize("wrong", ["none", "all", "foreign", "code", "bad code", "name"])
def test_a_split_that_makes_no_sense_is_refused(centre: Cast, wrong: str) -> None:
    one, other = operator(centre, "平江大药房", cases=2), operator(centre, "姑苏药房", CODE)
    mine = list(one.cases.order_by("pk").values_list("pk", flat=True))
    given: dict[str, object] = {"cases": mine[:1], "to": NewOperator("观前药房")}
    given |= {
        "none": {"cases": []},
        "all": {"cases": mine},
        "foreign": {"cases": [mine[0], other.cases.get().pk]},
        "code": {"to": NewOperator("观前药房", CODE)},
        "bad code": {"to": NewOperator("观前药房", "91440300085948158X")},
        "name": {"to": NewOperator(" ")},
    }[wrong]
    before = state()
    with pytest.raises(Refused):
        entity_merging.split(entity=one, by=centre.supervisor, at=AT, **given)  # type: ignore[arg-type]
    assert state() == before


def test_only_who_keeps_the_files_may_touch_them(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "姑苏药房")
    done = merge(centre, one, other)
    for person in (centre.call_taker, centre.handler, centre.analyst, centre.stranger):
        for act in (
            lambda by=person: entity_merging.merge(survivor=one, absorbed=other, by=by, at=AT),
            lambda by=person: entity_merging.undo(merge=done, by=by, at=AT),
            lambda by=person: entity_merging.split(entity=one, cases=[1], to=NewOperator("甲"), by=by, at=AT),
            lambda by=person: entity_merging.say_distinct(one=one, other=other, by=by, at=AT),
            lambda by=person: entities.correct(entity=one, to=Correction("甲"), by=by, at=AT),
            lambda by=person: entities.add_name(entity=one, name="甲", by=by, at=AT),
            lambda by=person: relate(seller=one, platform=other, kind=PLATFORM, by=by, at=AT),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_two_that_were_told_apart_are_not_suggested_again(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "苏州平江大药房有限公司")
    assert [found.entity for found in suggestions(one)] == [other]
    entity_merging.say_distinct(one=other, other=one, by=centre.supervisor, at=AT)
    entity_merging.say_distinct(one=one, other=other, by=centre.supervisor, at=AT)
    assert suggestions(one) == suggestions(other) == []
    entity_merging.take_back_distinction(one=one, other=other, by=centre.supervisor, at=AT)
    assert [found.entity for found in suggestions(other)] == [one]


def test_suggestions_come_best_first_and_leave_out_branches_and_other_codes(centre: Cast) -> None:
    one = operator(centre, "平江大药房", CODE)
    near = operator(centre, "平江大药店")
    same = operator(centre, "苏州市平江大药房有限公司")
    heard = operator(centre, "萍江大药房")
    operator(centre, "平江大药房观前店")
    operator(centre, "平江大药房（石路）", OTHER_CODE)
    operator(centre, "吴中大药房")
    assert [found.entity for found in suggestions(one)] == [same, heard, near]


def test_suggestions_ask_three_queries_and_read_no_table_whole(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    brands = ("".join(pair) for pair in product("天地玄黄宇宙洪荒日月盈昃辰宿列张", repeat=3))
    MarketEntity.objects.bulk_create(entities.new_entity(f"{brand}大药房", at=AT) for brand in brands)
    one = MarketEntity.objects.select_related("place").get(pk=one.pk)
    with CaptureQueriesContext(connection) as asked:
        suggestions(one)
    assert len(asked) == 3
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_marketentity")
        cursor.execute(f"EXPLAIN {asked.captured_queries[1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for index in ("entity_by_name_key", "entity_by_sound", "entity_by_last_sound"):
        assert index in plan, plan
    assert "Seq Scan on cases_marketentity" not in plan


def test_a_corrected_name_is_kept_as_a_former_one_and_still_found(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    row = entities.correct(
        entity=one, to=Correction("平江新药房", CODE), by=centre.supervisor, at=AT, seen="平江大药房"
    )
    assert (row.name, row.uscc, row.name_key) == ("平江新药房", CODE, "平江新药房")
    kept = row.names.get()
    assert (kept.name, kept.until) == ("平江大药房", AT.date())
    assert operator(centre, "平江大药房") == row
    told = Event.objects.get(verb="market_entity.corrected").data
    assert told["before"] == {"name": "平江大药房", "uscc": ""}
    back = entities.correct(
        entity=row, to=Correction("平江大药房", is_former=False), by=centre.supervisor, at=AT
    )
    assert not back.names.exists()


def test_a_correction_of_what_somebody_else_corrected_is_refused(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    entities.correct(entity=one, to=Correction("平江新药房"), by=centre.supervisor, at=AT, seen="平江大药房")
    with pytest.raises(entities.Overtaken):
        entities.correct(
            entity=one, to=Correction("平江老药房"), by=centre.dispatcher, at=AT, seen="平江大药房"
        )


def test_the_code_of_another_operator_is_refused_by_its_name(centre: Cast) -> None:
    operator(centre, "姑苏药房", CODE)
    one = operator(centre, "平江大药房")
    with pytest.raises(Refused, match="姑苏药房"):
        entities.correct(entity=one, to=Correction("平江大药房", CODE), by=centre.supervisor, at=AT)


def test_another_name_finds_the_operator(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    entities.add_name(entity=one, name="老平江", by=centre.supervisor, at=AT)
    assert operator(centre, "老平江") == one
    with pytest.raises(Refused, match="already"):
        entities.add_name(entity=one, name="老平江", by=centre.supervisor, at=AT)


def test_a_seller_is_inside_a_platform_and_not_the_other_way_round(centre: Cast) -> None:
    seller, platform = operator(centre, "平江大药房"), operator(centre, "某购平台")
    made = relate(seller=seller, platform=platform, kind=PLATFORM, by=centre.supervisor, at=AT)
    for one, other in ((platform, seller), (seller, platform), (seller, seller)):
        with pytest.raises(Refused):
            relate(seller=one, platform=other, kind=PLATFORM, by=centre.supervisor, at=AT)
    end_relation(relation=made, by=centre.supervisor, at=AT)
    with pytest.raises(Refused, match="ended already"):
        end_relation(relation=made, by=centre.supervisor, at=AT)
    relate(seller=seller, platform=platform, kind=PLATFORM, by=centre.supervisor, at=AT)
    assert EntityRelation.objects.filter(ended_at=None).count() == 1


def test_a_report_moves_too(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "姑苏药房")
    report = one_case(centre.call_taker, Kind.REPORT, entity=EntityInput("姑苏药房"), narrative="举报一件")
    merge(centre, one, other)
    report.refresh_from_db()
    assert report.entity == one
