"""A chart's description refuses contradictions and gives its own table."""

from __future__ import annotations

from datetime import date

import pytest

from suqing.charts.spec import (
    OKABE_ITO,
    Axis,
    BadChart,
    Chart,
    Kind,
    Mark,
    Series,
    mark_lanes,
    rows,
    shown,
)

AXIS = Axis(("咨询", "投诉", "举报"), "类型")


def test_the_table_has_every_category_value_and_mark() -> None:
    days = Axis.of_days([date(2020, 1, 25), date(2020, 1, 26)], "日期")
    chart = Chart(
        Kind.LINE, "价格举报", days, (Series("件数", (74, None)),), (Mark.on(date(2020, 1, 26), "专项行动"),)
    )
    assert rows(chart) == [("日期", "件数", ""), ("1月25日", "74", ""), ("1月26日", "—", "专项行动")]


def test_the_table_without_marks_has_no_column_for_them() -> None:
    assert rows(Chart(Kind.BAR, "量", AXIS, (Series("件", (1, 2, 3)),)))[0] == ("类型", "件")


@pytest.mark.parametrize(
    ("kind", "axis", "series", "marks", "why"),
    [
        ("bar", AXIS, (), (), "needs a series"),
        ("bar", AXIS, (Series("件", (1, 2)),), (), "2 values for 3 categories"),
        ("bar", AXIS, (Series("件", (1, 2, float("nan"))),), (), "not a finite number"),
        ("stacked", AXIS, (Series("件", (1, -2, 0)),), (), "cannot be stacked"),
        ("bar", AXIS, (Series("件", (1, 2, 3)), Series("件", (1, 2, 3))), (), "one name"),
        ("line", AXIS, (Series("件", (1, 2, 3)),), (Mark("求助", "x"),), "not on the axis"),
        ("hbar", AXIS, (Series("件", (1, 2, 3)),), (Mark("投诉", "x"),), "no time axis"),
        ("bar", AXIS, tuple(Series(str(n), (1, 2, 3)) for n in range(9)), (), "told apart"),
    ],
)
def test_a_contradiction_is_refused_by_name(
    kind: str, axis: Axis, series: tuple[Series, ...], marks: tuple[Mark, ...], why: str
) -> None:
    with pytest.raises(BadChart, match=why):
        Chart(kind, "标题", axis, series, marks)  # type: ignore[arg-type]


def test_a_category_may_stand_only_once() -> None:
    with pytest.raises(BadChart, match="twice"):
        Axis(("口罩", "口罩"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="pie"):
        Chart("pie", "标题", AXIS, (Series("件", (1, 2, 3)),))  # type: ignore[arg-type]


def test_several_series_take_the_okabe_ito_colours_in_order() -> None:
    chart = Chart(Kind.BAR, "量", AXIS, tuple(Series(name, (1, 2, 3)) for name in "甲乙丙"))
    assert chart.colours == OKABE_ITO[:3] == ("#E69F00", "#56B4E9", "#009E73")


def test_numbers_are_shown_as_counted_and_rounded_to_two_decimals() -> None:
    assert [shown(value) for value in (1404, 88.0, 69.456, None, 0)] == ["1404", "88", "69.46", "—", "0"]


def test_marks_on_neighbouring_days_get_different_lanes_and_distant_ones_share() -> None:
    days = Axis.of_days([date(2020, 1, day) for day in range(20, 30)])
    marks = (
        Mark.on(date(2020, 1, 26), "部署专项行动"),
        Mark.on(date(2020, 1, 25), "会商研判会"),
        Mark.on(date(2020, 1, 21), "通知"),
    )
    chart = Chart(Kind.LINE, "量", days, (Series("件", tuple(range(10))),), marks)
    assert mark_lanes(chart, 40) == [0, 0, 1]
