"""The daily focus list of prices: what is counted, beside what, for whom; every number is its cases."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case
from suqing.cases.price_facts import Standing
from suqing.cases.queries.price_cases import PriceCase, Window
from suqing.cases.queries.price_focus import DIMENSIONS, Choice, Focus, chosen, price_focus, window_of
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import change_setting
from suqing.ledger.policy import BadSetting
from tests.cases.examples import matter, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
TODAY = AT.date()
NOW = AT + timedelta(hours=1)
# Made up for the tests.
LINE = {
    "province": "32", "baseline": "2020-01-19", "threshold": "0.5", "valid_from": "2020-01-25", "valid_to": None,
    "source": "测试用",
}  # fmt: skip
_phone = iter(range(13900000000, 13999999999))


def priced(cast: Cast, at: datetime = AT, *, phone: str = "", **changes: Any) -> Case:
    given = {
        "kind": Kind.COMPLAINT, "narrative": "价格太高了", "goods": "N95口罩", "price_unit": "只",
        "price_asked": Decimal(30), "price_earlier": Decimal(10), "price_earlier_on": date(2020, 1, 18),
    }  # fmt: skip
    party = PartyInput("某人", phone or str(next(_phone)))
    return registered(cast.call_taker, matter(**{**given, **changes}), at=at, party=party).cases.get()


def focus(cast: Cast, **more: Any) -> Focus:
    return price_focus(cast.analyst, window_of(TODAY, NOW), **more)


def only(cast: Cast, **more: Any) -> PriceCase:
    (found,) = focus(cast, **more).cases
    return found


def set_line(cast: Cast, **changes: Any) -> None:
    change_setting("prices.lines", [{**LINE, **changes}], by=cast.administrator, at=AT, reason="测试")


def test_nothing_is_a_list_of_nothing(cast: Cast) -> None:
    found = focus(cast)
    assert found.total().cases == 0 and found.total().highest is None
    assert all(not found.ranked([name]) for name in DIMENSIONS)


def test_what_is_about_prices_is_counted_whatever_says_so(cast: Cast) -> None:
    by_price = priced(cast, narrative="买东西", goods="面膜")
    by_topic = priced(cast, price_asked=None, price_earlier=None, goods="", narrative="口罩涨价太贵了")
    priced(cast, price_asked=None, price_earlier=None, goods="", narrative="鞋子开胶")
    priced(cast, kind=Kind.CONSULTATION, narrative="口罩涨价太贵了")
    assert {case.pk for case in focus(cast).cases} == {by_price.pk, by_topic.pk}


def test_goods_are_counted_under_their_common_name(cast: Cast) -> None:
    for goods in ("N95口罩", "一次性医用口罩", "口罩"):
        priced(cast, goods=goods)
    priced(cast, goods="")
    priced(cast, goods=" 面膜 ")
    priced(cast, goods="", narrative="药店的医用酒精卖得太贵")
    groups = focus(cast).ranked(["goods"])
    assert [(one.key, one.cases) for one in groups] == [
        (("口罩",), 3),
        (("",), 1),
        (("酒精",), 1),
        (("面膜",), 1),
    ]


def test_prices_are_told_per_unit(cast: Cast) -> None:
    for asked in (10, 20, 60):
        priced(cast, price_asked=Decimal(asked))
    priced(cast, price_unit="包", price_asked=Decimal(130), narrative="一包50只 130元")
    priced(cast, price_unit="箱", price_asked=Decimal(900))
    priced(cast, price_asked=None, narrative="口罩涨价")
    (group,) = focus(cast).ranked(["goods"])
    prices = group.prices
    assert prices is not None
    assert (prices.unit, prices.count, prices.others) == ("只", 4, 1)
    assert (prices.low, prices.median, prices.high) == (Decimal("2.6"), 15, 60)
    assert (group.marked, group.highest) == (5, 89)
    assert focus(cast).ranked(["district"])[0].prices is None


def test_people_are_counted_once_and_the_nameless_apart(cast: Cast) -> None:
    priced(cast, phone="13812345678")
    priced(cast, phone="13812345678")
    priced(cast)
    total = focus(cast).total()
    assert (total.cases, total.people, total.nameless) == (3, 2, 0)


def test_a_day_is_set_beside_the_days_before_up_to_the_same_time(cast: Cast) -> None:
    priced(cast)
    for days, hours in ((1, 0), (1, -3), (1, 2), (7, 0), (8, 0)):
        priced(cast, AT - timedelta(days=days) + timedelta(hours=hours))
    priced(cast, AT - timedelta(days=2), goods="酒精")
    so_far = focus(cast)
    (group,) = so_far.ranked(["goods"])
    assert (group.cases, group.day_before, group.week_before) == (1, 2, 3)
    assert (so_far.total().day_before, so_far.total().week_before) == (2, 4)
    yesterday = price_focus(cast.analyst, window_of(TODAY - timedelta(days=1), NOW))
    assert (yesterday.total().cases, yesterday.total().week_before) == (3, 3)


def test_without_a_line_nothing_stands_to_one(cast: Cast) -> None:
    priced(cast)
    found = focus(cast)
    assert found.lines == () and (found.total().compared, found.total().reached) == (0, 0)
    assert only(cast).standing == Standing.NO_LINE


def test_with_a_line_only_what_has_a_reference_is_compared(cast: Cast) -> None:
    set_line(cast)
    priced(cast)
    priced(cast, price_earlier=Decimal(25))
    priced(cast, price_earlier_on=date(2020, 1, 20))
    priced(cast, price_earlier_on=None)
    priced(cast, place="")
    total = focus(cast).total()
    assert (total.marked, total.compared, total.reached) == (5, 2, 1)
    set_line(cast, valid_from="2020-01-28")
    assert focus(cast).total().compared == 0
    set_line(cast, province="31")
    assert focus(cast).total().compared == 0


def test_a_line_is_checked_before_it_is_kept(cast: Cast) -> None:
    with pytest.raises(BadSetting):
        set_line(cast, threshold="much")


def test_prices_in_words_count_only_where_they_are_asked_for(cast: Cast) -> None:
    priced(
        cast, goods="", price_unit="", price_asked=None, price_earlier=None, price_earlier_on=None,
        narrative="口罩涨价了，30元一只，1月18日还卖10元一只",
    )  # fmt: skip
    assert only(cast).told.asked is None
    found = only(cast, with_read=True)
    assert found.told.is_read and (found.told.asked, found.told.earlier) == (30, 10)
    assert found.told.earlier_on == date(2020, 1, 18)


def test_a_natural_person_is_named_in_no_list(cast: Cast) -> None:
    priced(cast, entity=EntityInput("张三丰", is_person=True))
    priced(cast, entity=EntityInput("李四"))
    priced(cast)
    found = focus(cast)
    assert set(found.operator_names().values()) == {"", "平江大药房"}
    assert len(found.ranked(["operator"])) == 3


def test_a_reader_counts_only_what_is_in_sight(cast: Cast) -> None:
    priced(cast)
    priced(cast, kind=Kind.REPORT)
    priced(cast, place="320506")
    window = window_of(TODAY, NOW)
    seen = {
        name: len(price_focus(getattr(cast, name), window).cases) for name in ("analyst", "leader", "head")
    }
    in_gusu = Case.objects.filter(responsible_unit=cast.gusu).count()
    assert seen == {"analyst": 3, "leader": 2, "head": in_gusu}


def test_every_number_is_its_cases(cast: Cast) -> None:
    set_line(cast)
    for place in ("320508", "320506", ""):
        for goods in ("口罩", "酒精"):
            priced(cast, place=place, goods=goods, price_asked=Decimal(12))
            priced(cast, AT - timedelta(days=1), place=place, goods=goods)
        priced(cast, place=place, price_unit="包", price_earlier=None)
    window = window_of(TODAY, NOW)
    before = Window(TODAY - timedelta(days=1), TODAY - timedelta(days=1), window.until)
    week = Window(TODAY - timedelta(days=7), TODAY - timedelta(days=1), window.until)
    found = focus(cast)
    for by in (*([name] for name in DIMENSIONS), list(DIMENSIONS), []):
        for group in found.ranked(by) if by else [found.total()]:
            keys = dict(zip(by, group.key, strict=True))

            def behind(window: Window, keys: dict[str, str] = keys, **more: Any) -> int:
                return len(chosen(cast.analyst, window, Choice(**keys, **more)))

            assert behind(window) == group.cases
            assert behind(before) == group.day_before
            assert behind(week) == group.week_before
            assert behind(window, is_marked=True) == group.marked
            assert behind(window, is_compared=True) == group.compared
            assert behind(window, is_reached=True) == group.reached
            if group.prices:
                assert behind(window, unit=group.prices.unit) == group.prices.count
            narrowed = found.narrowed(Choice(**keys)).total()
            assert (narrowed.cases, narrowed.day_before, narrowed.week_before) == (
                group.cases,
                group.day_before,
                group.week_before,
            )


def test_more_cases_ask_no_more_queries(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            focus(cast).ranked(DIMENSIONS)
        return len(seen)

    priced(cast)
    asked()  # what is kept for the process
    few = asked()
    for number in range(8):
        priced(cast, goods=f"某物{number}", entity=EntityInput(f"第{number}药房"), place="320506")
    assert asked() == few


def test_today_ends_now_and_other_days_are_whole() -> None:
    assert window_of(TODAY, NOW).until == time(11)
    assert window_of(TODAY - timedelta(days=1), NOW).until is None
