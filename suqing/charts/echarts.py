"""The chart as an ECharts option: plain JSON, no functions, so it passes a strict content security policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suqing.charts.spec import Chart, Kind, Series, drawn, labels_below, mark_lanes, ordered_marks

FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans SC","Source Han Sans SC",system-ui,sans-serif'
SYMBOLS = ("circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect", "emptyCircle")
DASHES = ("solid", "dashed", "dotted")
ASSUMED_ROOM = 48.0  # full-width characters across the plot; only lays out mark labels
LANE_PX = 16


@dataclass(frozen=True)
class Theme:
    """The inks of a page."""

    text: str
    quiet: str
    grid: str
    black: str
    paper: str


THEMES = {
    "light": Theme(text="#1f2933", quiet="#5b6670", grid="#e3e7eb", black="#000000", paper="#ffffff"),
    "dark": Theme(text="#e6eaee", quiet="#a7b0b8", grid="#3a434c", black="#d9dee3", paper="#1b2128"),
}
DARK_SINGLE = {"#0072B2": "#56B4E9"}  # Okabe-Ito's dark blue has too little contrast on a dark page


def option(chart: Chart, theme: str = "light") -> dict[str, Any]:
    """The option of the chart in the theme ``light`` or ``dark``; raise KeyError for another."""
    ink = THEMES[theme]
    lanes = mark_lanes(chart, ASSUMED_ROOM)
    several = len(chart.series) > 1
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONTS, "color": ink.text},
        "color": [_colour(colour, chart, theme) for colour in chart.colours],
        "aria": {"enabled": True, "decal": {"show": several and chart.kind is not Kind.LINE}},
        "title": _titles(chart, ink),
        "legend": {
            "show": several,
            "bottom": 24 if chart.source_note else 0,
            "textStyle": {"color": ink.text},
        },
        "grid": {
            "left": 8,
            "right": 32,
            "top": 48 + LANE_PX * (max(lanes) + 1 if lanes else 0),
            "bottom": 8 + 24 * several + 24 * bool(chart.source_note),
            "containLabel": True,
        },
        "tooltip": {
            "trigger": "axis",
            "axisPointer": {"type": "line" if chart.kind is Kind.LINE else "shadow"},
            "renderMode": "richText",  # the default writes style attributes, which the policy forbids
        },
        **_axes(chart, ink),
        "series": [_series(chart, index, one, ink, lanes) for index, one in enumerate(chart.series)],
    }


def _colour(colour: str, chart: Chart, theme: str) -> str:
    if theme != "dark":
        return colour
    if len(chart.series) == 1:
        return DARK_SINGLE.get(colour, colour)
    return THEMES["dark"].black if colour == "#000000" else colour


def _titles(chart: Chart, ink: Theme) -> list[dict[str, Any]]:
    titles: list[dict[str, Any]] = [
        {"text": chart.heading, "left": 0, "top": 0, "textStyle": {"fontSize": 15, "color": ink.text}}
    ]
    if chart.source_note:
        quiet = {"fontSize": 12, "fontWeight": "normal", "color": ink.quiet}
        titles.append({"text": chart.source_note, "left": 0, "bottom": 0, "textStyle": quiet})
    if chart.is_empty:
        quiet = {"fontSize": 14, "fontWeight": "normal", "color": ink.quiet}
        titles.append({"text": chart.empty_text, "left": "center", "top": "middle", "textStyle": quiet})
    return titles


def _axes(chart: Chart, ink: Theme) -> dict[str, Any]:
    flat = chart.kind is Kind.HBAR
    label: dict[str, Any] = {"color": ink.quiet}
    if flat:
        label |= {"width": 180, "overflow": "truncate", "interval": 0}
    category = {
        "type": "category",
        "data": list(chart.x.categories),
        "name": chart.x.label,
        "inverse": flat,  # the first category stands on top
        "nameTextStyle": {"color": ink.quiet},
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": ink.quiet}},
        "axisLabel": label,
    }
    value = {
        "type": "value",
        "minInterval": 1 if _all_whole(chart) else 0,
        "axisLabel": {"color": ink.quiet},
        "splitLine": {"lineStyle": {"color": ink.grid}},
    }
    return {"xAxis": value, "yAxis": category} if flat else {"xAxis": category, "yAxis": value}


def _all_whole(chart: Chart) -> bool:
    return all(value is None or value == int(value) for one in chart.series for value in one.values)


def _series(chart: Chart, index: int, one: Series, ink: Theme, lanes: list[int]) -> dict[str, Any]:
    drawing: dict[str, Any] = {
        "name": one.name,
        "type": "line" if chart.kind is Kind.LINE else "bar",
        "data": [None if value is None else drawn(value) for value in one.values],
        "label": {"show": chart.has_labels, "color": ink.text, "position": _label_position(chart, one)},
        "labelLayout": {"hideOverlap": True},
    }
    if chart.kind is Kind.LINE:
        # A line or a mark may run behind the number.
        drawing["label"] |= {"textBorderColor": ink.paper, "textBorderWidth": 3}
        drawing |= {
            "symbol": SYMBOLS[index],
            "symbolSize": 6,
            "connectNulls": False,
            "lineStyle": {"width": 2, "type": DASHES[index % len(DASHES)]},
        }
    else:
        drawing |= {"barMaxWidth": 36, "itemStyle": {"borderColor": ink.quiet, "borderWidth": 0.5}}
    if chart.kind is Kind.STACKED:
        drawing["stack"] = "all"
        # Segments may be of any of the eight colours: only a plate of paper makes each number legible.
        drawing["label"] |= {"backgroundColor": ink.paper, "padding": [1, 3], "borderRadius": 2}
    if index == 0 and chart.marks:
        drawing["markLine"] = _mark_lines(chart, ink, lanes)
    return drawing


def _label_position(chart: Chart, one: Series) -> str:
    if one.name in labels_below(chart):
        return "bottom"
    return {Kind.LINE: "top", Kind.BAR: "top", Kind.HBAR: "right", Kind.STACKED: "inside"}[chart.kind]


def _mark_lines(chart: Chart, ink: Theme, lanes: list[int]) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": ink.quiet, "type": "dashed", "width": 1},
        "data": [
            {
                "xAxis": mark.at,
                "name": mark.label,
                "label": {
                    "formatter": "{b}",
                    "position": "end",
                    "distance": 4 + LANE_PX * lane,
                    "color": ink.text,
                },
            }
            for mark, lane in zip(ordered_marks(chart), lanes, strict=True)
        ],
    }
