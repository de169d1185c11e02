"""The browser's option is plain JSON and shows what the chart says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from suqing.charts.echarts import option
from suqing.charts.spec import Chart, Kind
from tests.charts import samples


@pytest.mark.parametrize("chart", samples.ALL, ids=lambda chart: chart.kind + chart.title)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_option_survives_json_with_all_categories_and_values(chart: Chart, theme: str) -> None:
    made = option(chart, theme)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    axis = made["yAxis"] if chart.kind is Kind.HBAR else made["xAxis"]
    assert axis["data"] == list(chart.x.categories)
    assert [one["data"] for one in made["series"]] == [list(one.values) for one in chart.series]
    assert [one["name"] for one in made["series"]] == [one.name for one in chart.series]


def test_only_stacked_bars_stand_on_each_other() -> None:
    assert {one["stack"] for one in option(samples.STACKED)["series"]} == {"all"}
    assert all("stack" not in one for one in option(samples.BAR)["series"])


def test_marks_stand_at_their_day_with_their_label_in_lanes_that_do_not_collide() -> None:
    lines = option(samples.LINE)["series"][0]["markLine"]["data"]
    assert [(line["xAxis"], line["name"]) for line in lines] == [
        ("1月25日", "会商研判"),
        ("1月26日", "专项行动"),
    ]
    crowded = replace(samples.LINE, marks=tuple(replace(m, label=m.label * 3) for m in samples.LINE.marks))
    distances = [line["label"]["distance"] for line in option(crowded)["series"][0]["markLine"]["data"]]
    assert len(set(distances)) == 2


def test_the_dark_theme_changes_inks_and_keeps_values() -> None:
    light, dark = option(samples.LINE, "light"), option(samples.LINE, "dark")
    assert light["textStyle"]["color"] != dark["textStyle"]["color"]
    assert light["series"][0]["data"] == dark["series"][0]["data"]


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(KeyError):
        option(samples.LINE, "sepia")


def test_an_empty_chart_says_so() -> None:
    assert "本期无数据" in [title["text"] for title in option(samples.EMPTY)["title"]]


def test_the_tooltip_writes_no_html() -> None:
    assert option(samples.BAR)["tooltip"]["renderMode"] == "richText"
