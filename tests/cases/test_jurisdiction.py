"""Who is competent: the table written by hand from O20 art. 12, 25, 27, 28 and O121 art. 13, 29, 31, 32; the proposals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suqing.accounts.models import Unit
from suqing.cases.actions import dispatching
from suqing.cases.actions.catalogue import RuleInput, end_rule, save_rule
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.jurisdiction import Place, bases
from suqing.cases.models import Case
from suqing.cases.queries import outside, proposals, same_dispute
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.taxonomy.models import ClassNode, Division
from tests.cases.examples import WANG, matter, one_case, registered
from tests.cast import AT, Cast

C, R = Kind.COMPLAINT, Kind.REPORT
TODAY = AT.date()
# Written from the text of the two regulations: place, article, whether only the first receiver may handle it.
OPERATOR_12 = [("operator", "O20:12", False)]
OPERATOR_13 = [("operator", "O121:13", False)]
TABLE = [
    (C, "O20", "ordinary", OPERATOR_12),
    (C, "O20", "platform", OPERATOR_12),
    (C, "O20", "own_site", OPERATOR_12),
    (C, "O20", "on_platform", [*OPERATOR_12, ("platform", "O20:12", False)]),
    (C, "O20", "media_ad", OPERATOR_12),
    (C, "O20", "internet_ad", OPERATOR_12),
    (C, "O20", "own_internet_ad", OPERATOR_12),
    (C, "O20+XBLR", "on_platform", [*OPERATOR_12, ("platform", "O20:12", False)]),
    (C, "O121", "ordinary", OPERATOR_13),
    (C, "O121", "platform", OPERATOR_13),
    (C, "O121", "own_site", OPERATOR_13),
    (C, "O121", "on_platform", [("published", "O121:13", False), ("platform", "O121:13", False)]),
    (C, "O121", "media_ad", OPERATOR_13),
    (C, "O121", "internet_ad", OPERATOR_13),
    (C, "O121", "own_internet_ad", OPERATOR_13),
    (R, "O20", "ordinary", [("act", "O20:25", False)]),
    (R, "O20", "platform", [("operator", "O20:27", False)]),
    (R, "O20", "own_site", [("operator", "O20:27", False)]),
    (R, "O20", "on_platform", [("operator", "O20:27", False), ("platform", "O20:27", True)]),
    (R, "O20", "media_ad", [("published", "O20:28", False)]),
    (R, "O20", "internet_ad", [("published", "O20:28", False), ("operator", "O20:28", True)]),
    (R, "O20", "own_internet_ad", [("operator", "O20:28", False)]),
    (R, "O20+XBLR", "ordinary", [("act", "O20:25", False)]),
    (R, "O121", "ordinary", [("act", "O121:29", False)]),
    (R, "O121", "platform", [("operator", "O121:31", False)]),
    (R, "O121", "own_site", [("operator", "O121:31", False)]),
    (R, "O121", "on_platform", [("operator", "O121:31", False), ("platform", "O121:31", True)]),
    (R, "O121", "media_ad", [("published", "O121:32", False)]),
    (R, "O121", "internet_ad", [("published", "O121:32", False), ("operator", "O121:32", True)]),
    (R, "O121", "own_internet_ad", [("operator", "O121:32", False)]),
]


@pytest.mark.parametrize(("kind", "regime", "role", "expected"), TABLE)
def test_the_places_that_decide(
    kind: Kind, regime: str, role: str, expected: list[tuple[str, str, bool]]
) -> None:
    found = bases(kind, regime, SellerRole(role))
    assert [(str(one.place), one.article, one.only_if_first) for one in found] == expected
    # Complaints belong to the county level; reports to the county level or above.
    assert {one.or_above for one in found} == {kind == R}
    assert all("%(place)s" in one.reason for one in found)


def test_the_table_holds_every_role_under_each_regulation() -> None:
    walked = {(kind, regime, role) for kind, regime, role, _found in TABLE}
    assert {(k, r, str(s)) for k in (C, R) for r in ("O20", "O121") for s in SellerRole} <= walked


def test_without_a_published_address_the_platforms_place_alone_decides() -> None:
    found = bases(C, "O121", SellerRole.ON_PLATFORM, has_published_address=False)
    assert [(one.place, one.article) for one in found] == [(Place.PLATFORM, "O121:13")]
    old = bases(C, "O20", SellerRole.ON_PLATFORM, has_published_address=False)
    assert [one.place for one in old] == [Place.OPERATOR, Place.PLATFORM]


@pytest.mark.parametrize(("kind", "regime"), [(Kind.CONSULTATION, "O121"), (C, "none"), (R, "none")])
def test_where_no_regulation_says_it_no_article_is_named(kind: Kind, regime: str) -> None:
    assert [(one.place, one.article) for one in bases(kind, regime, SellerRole.ORDINARY)] == [
        (Place.OPERATOR, "")
    ]


# What is proposed


def a_case(centre: Cast, kind: Kind = C, role: SellerRole = SellerRole.ORDINARY, **places: str) -> Case:
    """A registered case with its places set."""
    case = one_case(centre.call_taker, kind, place=places.pop("place", "320508"))
    case.seller_role = role
    for name, code in places.items():
        if name == "regime":
            case.regime = code
        else:
            setattr(case, name, Division.objects.get(code=code))
    case.save()
    return case


def told(case: Case, on: date = TODAY) -> list[tuple[str, str]]:
    return [(one.unit.code, one.article) for one in proposals(case, on) if one.unit is not None]


@pytest.mark.django_db
def test_an_ordinary_complaint_is_proposed_to_the_bureau_of_the_operators_district(centre: Cast) -> None:
    assert told(a_case(centre)) == [("sz-gusu", "O20:12")]
    assert told(a_case(centre, place="")) == []


@pytest.mark.django_db
def test_a_seller_inside_a_platform_under_both_rules(centre: Cast) -> None:
    places = {"place": "320508", "platform_place": "320506"}
    old = a_case(centre, role=SellerRole.ON_PLATFORM, **places)
    assert told(old) == [("sz-gusu", "O20:12"), ("sz-wuzhong", "O20:12")]
    new = a_case(centre, role=SellerRole.ON_PLATFORM, regime="O121", **places)
    assert told(new) == [("sz-wuzhong", "O121:13")]
    published = a_case(centre, role=SellerRole.ON_PLATFORM, regime="O121", published_place="320508", **places)
    assert told(published) == [("sz-gusu", "O121:13"), ("sz-wuzhong", "O121:13")]


@pytest.mark.django_db
def test_a_report_goes_where_the_act_occurred_and_says_if_that_is_assumed(centre: Cast) -> None:
    assumed = proposals(a_case(centre, R), TODAY)
    assert "not recorded" in assumed[0].reason
    case = a_case(centre, R, act_place="320506")
    assert told(case) == [("sz-wuzhong", "O20:25")]


@pytest.mark.django_db
def test_the_first_receiver_stands_last(centre: Cast) -> None:
    case = a_case(centre, R, SellerRole.INTERNET_AD, place="320508", published_place="320506")
    found = proposals(case, TODAY)
    assert [one.unit.code for one in found if one.unit] == ["sz-wuzhong", "sz-gusu"]
    assert "received first" in found[1].reason


@pytest.mark.django_db
def test_a_bureau_out_of_reach_is_told_but_not_proposed(centre: Cast) -> None:
    case = a_case(centre, place="320102")  # Xuanwu district of Nanjing
    assert told(case) == []
    far = outside(case)
    assert [(one.unit, one.article) for one in far] == [(None, "O20:12")]
    assert "南京" in str(far[0].values["place"])


# The catalogue before the law


def rule(centre: Cast, code: str, **given: object) -> RuleInput:
    unit = Unit.objects.get(code=code)
    return RuleInput(**{"unit": unit, "valid_from": TODAY, **given})  # type: ignore[arg-type]


@pytest.mark.django_db
def test_rows_that_match_come_first_in_the_order_of_their_rank(centre: Cast) -> None:
    for given in (
        rule(centre, "sz-price", rank=20, kind="complaint"),
        rule(centre, "sz-network-contract", rank=10, article="O20:37"),
        rule(centre, "sz-medical-device", rank=1, kind="report"),
    ):
        save_rule(rule=given, by=centre.supervisor, at=AT)
    case = a_case(centre)
    assert told(case) == [("sz-network-contract", "O20:37"), ("sz-price", ""), ("sz-gusu", "O20:12")]
    assert proposals(case, TODAY)[0].values == {"rank": 10}


@pytest.mark.django_db
def test_a_row_counts_with_the_classes_and_places_below_it(centre: Cast) -> None:
    goods = {
        code: ClassNode.objects.get(tree__code="object-sz-ch20", code=code)
        for code in ("101", "10108", "103")
    }
    price = ClassNode.objects.filter(tree__code="issue-sd-2020", parent=None).order_by("order")[0]
    save_rule(rule=rule(centre, "sz-price", object_class=goods["101"]), by=centre.supervisor, at=AT)
    city = Division.objects.get(code="320500")
    save_rule(rule=rule(centre, "sz-metrology", issue_class=price, place=city), by=centre.supervisor, at=AT)
    below = a_case(centre)
    below.object_class = goods["10108"]
    assert told(below)[0] == ("sz-price", "")
    beside = a_case(centre)
    beside.object_class, beside.issue_class = goods["103"], price
    assert told(beside)[0] == ("sz-metrology", "")
    assert told(a_case(centre)) == [("sz-gusu", "O20:12")]


@pytest.mark.django_db
def test_a_row_proposes_only_on_the_days_it_holds(centre: Cast) -> None:
    first = TODAY + timedelta(days=2)
    row = save_rule(rule=rule(centre, "sz-price", valid_from=first), by=centre.supervisor, at=AT)
    end_rule(rule=row, until=first + timedelta(days=3), by=centre.supervisor, at=AT)
    case = a_case(centre)
    days = [TODAY + timedelta(days=n) for n in (1, 2, 4, 5)]
    assert [told(case, day)[0][0] == "sz-price" for day in days] == [False, True, True, False]


@pytest.mark.django_db
def test_a_unit_stands_once_with_its_first_reason(centre: Cast) -> None:
    save_rule(rule=rule(centre, "sz-gusu", article="O20:37"), by=centre.supervisor, at=AT)
    assert told(a_case(centre)) == [("sz-gusu", "O20:37")]


@pytest.mark.django_db
def test_proposals_cost_few_queries(centre: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for code in ("sz-price", "sz-metrology", "sz-network-contract"):
        save_rule(rule=rule(centre, code), by=centre.supervisor, at=AT)
    case = Case.objects.select_related(
        "responsible_unit__parent", "place", "object_class", "issue_class"
    ).get(pk=a_case(centre).pk)
    with django_assert_max_num_queries(2):
        assert len(proposals(case, TODAY)) == 4


# The first receiver


@pytest.mark.django_db
def test_the_same_persons_complaint_about_the_same_operator_elsewhere_is_pointed_out(centre: Cast) -> None:
    first = one_case(centre.call_taker)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    second = one_case(centre.call_taker, at=AT + timedelta(hours=1))
    found = same_dispute(Case.objects.get(pk=second.pk))
    assert found is not None
    assert (found.other.pk, found.came_first, found.article) == (first.pk, True, "O20:13")
    back = same_dispute(Case.objects.get(pk=first.pk))
    assert back is not None
    assert (back.other.pk, back.came_first) == (second.pk, False)


@pytest.mark.django_db
def test_nothing_is_pointed_out_about_others_ended_cases_reports_or_the_same_unit(centre: Cast) -> None:
    first = one_case(centre.call_taker)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    other_operator = one_case(centre.call_taker, entity=EntityInput("观前药房"))
    other_person = registered(centre.call_taker, party=PartyInput("李四", "13900000009")).cases.get()
    report = one_case(centre.call_taker, R)
    same_unit = one_case(centre.call_taker)
    dispatching.dispatch(case=same_unit, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    for case in (other_operator, other_person, report, same_unit):
        stored = Case.objects.get(pk=case.pk)
        found = same_dispute(stored)
        assert found is None, stored.number


@pytest.mark.django_db
def test_the_number_counts_not_the_spelling_of_the_name(centre: Cast) -> None:
    first = one_case(centre.call_taker)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    again = registered(centre.call_taker, matter(), party=PartyInput("王晓明", WANG.phone)).cases.get()
    found = same_dispute(again)
    assert found is not None
    assert found.other.pk == first.pk
