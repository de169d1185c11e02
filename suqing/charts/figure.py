"""The chart as a PNG for documents, drawn by matplotlib in Noto Sans SC; same input, same bytes."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from typing import Any

import matplotlib
import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import MaxNLocator

from suqing.charts.spec import (
    Chart,
    Kind,
    Series,
    drawn,
    labels_below,
    mark_lanes,
    ordered_marks,
    shown,
    text_width,
)

DPI = 240
MM_PER_INCH = 25.4
TEXT_PT = 9.0
MARK_PT = 8.0
INK, QUIET, GRID = "#1f2933", "#5b6670", "#dfe3e7"
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", ":")
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "oo", "++")
LONGEST_NAME = 16.0  # full-width characters of a category beside a horizontal bar

_FONT_FILE = str(pylopdf_fonts_zh_cn.sans_path())
# matplotlib keeps its settings and its font cache in globals that two threads must not share.
_DRAWING = threading.Lock()


def draw(chart: Chart, width_mm: float = 150.0, height_mm: float = 80.0) -> bytes:
    """The chart as PNG bytes of that size in millimetres at 240 dpi."""
    png = io.BytesIO()
    with _DRAWING, matplotlib.rc_context(_settings()):
        compose(chart, width_mm, height_mm).savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    return png.getvalue()


def compose(chart: Chart, width_mm: float, height_mm: float) -> Figure:
    """Matplotlib's figure of the chart, under whatever settings hold; ``draw`` is what documents call."""
    size = (width_mm / MM_PER_INCH, height_mm / MM_PER_INCH)
    sheet = Figure(figsize=size, dpi=DPI, layout="constrained")
    FigureCanvasAgg(sheet)
    _fill(chart, sheet.add_subplot(), size[0] * 72 * 0.88 / MARK_PT)
    if chart.source_note:
        sheet.supxlabel(chart.source_note, fontsize=TEXT_PT - 1.5, color=QUIET, x=0.01, ha="left")
    return sheet


def _settings() -> dict[Any, Any]:
    """Matplotlib's own defaults, whatever a matplotlibrc on the machine says, with our font in front."""
    name = _font_name()
    defaults: dict[Any, Any] = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if key not in ("backend", "backend_fallback", "interactive", "toolbar", "timezone")
    }
    return defaults | {
        "font.family": [name],
        "font.size": TEXT_PT,
        "text.parse_math": False,  # a dollar sign in an operator's name is no formula
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "text.color": INK,
        "axes.labelcolor": QUIET,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
    }


def _font_name() -> str:
    known = {entry.fname: entry.name for entry in font_manager.fontManager.ttflist}
    if _FONT_FILE not in known:
        font_manager.fontManager.addfont(_FONT_FILE)
        return font_manager.fontManager.ttflist[-1].name
    return known[_FONT_FILE]


def _fill(chart: Chart, axes: Axes, room: float) -> None:
    lanes = mark_lanes(chart, room)
    above = 7 + (MARK_PT + 3) * (max(lanes, default=-1) + 1)  # the title stands over the labels of the marks
    axes.set_title(chart.heading, loc="left", fontsize=TEXT_PT + 1.5, color=INK, pad=above)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET)
    flat = chart.kind is Kind.HBAR
    axes.grid(axis="x" if flat else "y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    if chart.is_empty:
        _say_empty(chart, axes)
        return
    if chart.kind is Kind.LINE:
        _lines(chart, axes)
    elif chart.kind is Kind.STACKED:
        _stacks(chart, axes)
    else:
        _bars(chart, axes)
    _name_categories(chart, axes)
    _draw_marks(chart, axes, lanes, room)
    if len(chart.series) > 1:
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.14),
            ncols=min(len(chart.series), 4),
            frameon=False,
        )


def _say_empty(chart: Chart, axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, chart.empty_text, transform=axes.transAxes, ha="center", va="center", color=QUIET)


def _lines(chart: Chart, axes: Axes) -> None:
    for index, one in enumerate(chart.series):
        heights = [float("nan") if value is None else drawn(value) for value in one.values]
        axes.plot(
            range(len(heights)),
            heights,
            color=chart.colours[index],
            marker=MARKERS[index],
            linestyle=DASHES[index % len(DASHES)],
            markersize=4,
            linewidth=1.6,
            label=one.name,
        )
        if chart.has_labels:
            _label_points(axes, one, below=one.name in labels_below(chart))
    axes.margins(y=0.14)
    if not _any_negative(chart):
        axes.set_ylim(bottom=-0.1 * axes.get_ylim()[1] if labels_below(chart) else 0.0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=_all_whole(chart)))


def _label_points(axes: Axes, one: Series, *, below: bool) -> None:
    halo = [Stroke(linewidth=2.0, foreground="white"), Normal()]  # a line may run behind the number
    for index, value in enumerate(one.values):
        if value is not None:
            axes.annotate(
                shown(value),
                (index, value),
                xytext=(0, -5 if below else 4),
                textcoords="offset points",
                ha="center",
                va="top" if below else "baseline",
                fontsize=MARK_PT,
                path_effects=halo,
            )


def _bars(chart: Chart, axes: Axes) -> None:
    """Bars side by side; in ``hbar`` the first category and the first series stand on top."""
    flat = chart.kind is Kind.HBAR
    thick = 0.72 / len(chart.series)
    for index, one in enumerate(chart.series):
        places = [at + (index - (len(chart.series) - 1) / 2) * thick for at in range(len(one.values))]
        lengths = [0 if value is None else drawn(value) for value in one.values]
        style: dict[str, Any] = {
            "color": chart.colours[index],
            "hatch": HATCHES[index],
            "edgecolor": INK,
            "linewidth": 0.4,
            "label": one.name,
        }
        boxes = (
            axes.barh(places, lengths, thick, **style) if flat else axes.bar(places, lengths, thick, **style)
        )
        if chart.has_labels:
            texts = ["" if value is None else shown(value) for value in one.values]
            axes.bar_label(boxes, texts, padding=2, fontsize=MARK_PT)
    axes.margins(x=0.12 if flat else None, y=None if flat else 0.12)
    _whole_ticks(chart, axes)


def _stacks(chart: Chart, axes: Axes) -> None:
    base = [0.0] * len(chart.x.categories)
    for index, one in enumerate(chart.series):
        heights = [0.0 if value is None else float(drawn(value)) for value in one.values]
        boxes = axes.bar(
            range(len(heights)),
            heights,
            0.66,
            bottom=base,
            color=chart.colours[index],
            hatch=HATCHES[index],
            edgecolor=INK,
            linewidth=0.4,
            label=one.name,
        )
        if chart.has_labels:
            plate = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
            texts = [shown(value) if value else "" for value in one.values]
            for label in axes.bar_label(boxes, texts, label_type="center", fontsize=MARK_PT):
                label.set_bbox(plate if label.get_text() else None)
        base = [low + high for low, high in zip(base, heights, strict=True)]
    _whole_ticks(chart, axes)


def _whole_ticks(chart: Chart, axes: Axes) -> None:
    axis = axes.xaxis if chart.kind is Kind.HBAR else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, integer=_all_whole(chart)))


def _name_categories(chart: Chart, axes: Axes) -> None:
    names = chart.x.categories
    if chart.kind is Kind.HBAR:
        axes.set_yticks(range(len(names)), [_fold(name) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_ylabel(chart.x.label)
        return
    every = _stride(names, axes)
    kept = range(0, len(names), every)
    axes.set_xticks(list(kept), [names[index] for index in kept])
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_xlabel(chart.x.label)


def _stride(names: Sequence[str], axes: Axes) -> int:
    """Leave out category names evenly until they fit beside each other."""
    assert axes.figure is not None
    room = axes.get_figure(root=True).get_figwidth() * 72 * 0.88 / TEXT_PT  # type: ignore[union-attr]
    widest = max(text_width(name) for name in names) + 0.8
    return max(1, -int(-len(names) * widest // room))


def _fold(name: str) -> str:
    """Put a long name on two lines, and end it with an ellipsis where two are not enough."""
    lines = [""]
    for char in name:
        if text_width(lines[-1] + char) > LONGEST_NAME:
            if len(lines) == 2:
                lines[-1] = lines[-1][:-1] + "…"
                break
            lines.append("")
        lines[-1] += char
    return "\n".join(lines)


def _draw_marks(chart: Chart, axes: Axes, lanes: list[int], room: float) -> None:
    place = {category: index for index, category in enumerate(chart.x.categories)}
    for mark, lane in zip(ordered_marks(chart), lanes, strict=True):
        at = place[mark.at]
        axes.axvline(at, color=QUIET, linestyle=(0, (4, 3)), linewidth=0.9, zorder=1.5)
        share = (at + 0.5) / len(place)
        half = (text_width(mark.label) / 2 + 0.5) / room
        axes.annotate(
            mark.label,
            (min(max(share, half), 1 - half), 1),
            xycoords="axes fraction",
            xytext=(0, 3 + (MARK_PT + 3) * lane),
            textcoords="offset points",
            ha="center",
            fontsize=MARK_PT,
            color=INK,
        )


def _all_whole(chart: Chart) -> bool:
    return all(value is None or value == int(value) for one in chart.series for value in one.values)


def _any_negative(chart: Chart) -> bool:
    return any(value is not None and value < 0 for one in chart.series for value in one.values)
