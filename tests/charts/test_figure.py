"""The picture in a document shows the same values, in a font that has the characters, with fixed bytes."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import replace

import matplotlib
import pylopdf_fonts_zh_cn
import pytest
from matplotlib import font_manager
from matplotlib.axes import Axes
from PIL import Image

from suqing.charts import figure
from suqing.charts.spec import Axis, Chart, Kind
from tests.charts import samples

IDS = [chart.kind + chart.title for chart in samples.ALL]
FILLED = [chart for chart in samples.ALL if not chart.is_empty]


def axes_of(chart: Chart) -> Axes:
    with matplotlib.rc_context(figure._settings()):
        sheet = figure.compose(chart, 150, 80)
    return sheet.axes[0]


@pytest.mark.parametrize("chart", samples.ALL, ids=IDS)
def test_every_kind_is_drawn_twice_alike_without_a_missing_character(chart: Chart) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = figure.draw(chart, 150, 80), figure.draw(chart, 150, 80)
    assert first == second


def test_a_character_no_font_has_is_not_silent() -> None:
    strange = replace(samples.BAR, title="\U0001f637")
    with pytest.warns(UserWarning, match="Glyph"):
        figure.draw(strange)


def test_words_are_set_in_the_font_of_the_wheel() -> None:
    title = axes_of(samples.LINE).get_title(loc="left")
    assert title == "价格举报（件）"
    with matplotlib.rc_context(figure._settings()):
        assert font_manager.findfont(matplotlib.rcParams["font.family"][0]) == str(
            pylopdf_fonts_zh_cn.sans_path()
        )


def test_the_picture_has_the_size_asked_for_at_200_dpi_or_more() -> None:
    with Image.open(io.BytesIO(figure.draw(samples.BAR, 120, 60))) as picture:
        assert picture.info["dpi"][0] >= 200
        assert picture.width / picture.info["dpi"][0] * 25.4 == pytest.approx(120, abs=0.3)
        assert picture.height / picture.info["dpi"][1] * 25.4 == pytest.approx(60, abs=0.3)


def test_the_lines_have_the_chart_s_values_and_gaps() -> None:
    drawn = [line for line in axes_of(samples.LINE).lines if len(line.get_xdata()) == 6]
    seen = [[None if math.isnan(v) else v for v in line.get_ydata()] for line in drawn]
    assert seen == [list(one.values) for one in samples.LINE.series]


@pytest.mark.parametrize("chart", [samples.BAR, samples.HBAR, samples.STACKED], ids=lambda c: c.kind)
def test_the_bars_have_the_chart_s_values(chart: Chart) -> None:
    groups = axes_of(chart).containers
    flat = chart.kind is Kind.HBAR
    seen = [[bar.get_width() if flat else bar.get_height() for bar in group] for group in groups]
    assert seen == [[value or 0 for value in one.values] for one in chart.series]


@pytest.mark.parametrize("chart", FILLED, ids=lambda c: c.kind)
def test_categories_and_series_names_are_printed(chart: Chart) -> None:
    axes = axes_of(chart)
    axis = axes.yaxis if chart.kind is Kind.HBAR else axes.xaxis
    printed = [label.get_text().replace("\n", "") for label in axis.get_ticklabels()]
    for name, category in zip(printed, chart.x.categories, strict=True):
        assert category.startswith(name.rstrip("…"))
    legend = axes.get_legend()
    named = [text.get_text() for text in legend.get_texts()] if legend else [samples.HBAR.series[0].name]
    assert named == [one.name for one in chart.series]


def test_marks_are_lines_at_their_day_with_their_label() -> None:
    axes = axes_of(samples.LINE)
    upright = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 2]
    assert upright == [1, 2]
    assert {"会商研判", "专项行动"} <= {text.get_text() for text in axes.texts}


def test_many_days_leave_out_names_rather_than_overprint() -> None:
    many = Axis(tuple(f"{1 + n // 28}月{1 + n % 28}日" for n in range(90)))
    series = (replace(samples.HBAR.series[0], values=tuple(range(90))),)
    axes = axes_of(Chart(Kind.LINE, "量", many, series))
    assert 5 < len(axes.get_xticks()) < 25
    assert axes.get_xlim()[1] > 89


def test_a_dollar_sign_is_no_formula() -> None:
    assert any("$" in label.get_text() for label in axes_of(samples.HBAR).yaxis.get_ticklabels())
    figure.draw(replace(samples.BAR, title="每箱$5^{$"))


def test_a_name_too_long_for_two_lines_ends_with_an_ellipsis() -> None:
    names = Axis((samples.LONG * 2, "口罩"))
    series = (replace(samples.HBAR.series[0], values=(2, 1)),)
    first = axes_of(Chart(Kind.HBAR, "量", names, series)).yaxis.get_ticklabels()[0].get_text()
    assert first.count("\n") == 1
    assert first.endswith("…")


def test_more_than_two_lines_carry_no_numbers_and_keep_their_legend() -> None:
    crowd = tuple(replace(samples.LINE.series[0], name=name) for name in "甲乙丙")
    axes = axes_of(replace(samples.LINE, series=crowd, marks=()))
    assert not axes.texts
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["甲", "乙", "丙"]


def test_values_below_zero_stay_on_the_sheet() -> None:
    low = (replace(samples.LINE.series[0], values=(-5, 3, 2, 0, 1, 2)),)
    assert axes_of(replace(samples.LINE, series=low, marks=())).get_ylim()[0] < -5
