"""One description of a chart; the browser, the document and the table beside it are drawn from it alone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Okabe & Ito 2008, in their published order with black moved last: on a dark page it has to change.
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#000000")
SINGLE = "#0072B2"  # one series needs no telling apart: the one blue of the pages
MOST_LABELS = 32  # beyond this many, numbers beside the points hide the points


class Kind(StrEnum):
    """How the values are drawn."""

    LINE = "line"
    BAR = "bar"
    HBAR = "hbar"
    STACKED = "stacked"


class BadChart(ValueError):
    """The description contradicts itself; the message says where."""


@dataclass(frozen=True)
class Axis:
    """The categories in the order they are read: left to right, or top to bottom in ``hbar``."""

    categories: tuple[str, ...]
    label: str = ""

    def __post_init__(self) -> None:
        if len(set(self.categories)) != len(self.categories):
            raise BadChart("a category stands twice on the axis")

    @classmethod
    def of_days(cls, days: Iterable[date], label: str = "") -> Axis:
        """Make an axis of days, written as people write them (1月24日)."""
        return cls(tuple(day_label(day) for day in days), label)


@dataclass(frozen=True)
class Series:
    """One named row of values, a value a category; ``None`` is a gap, never a zero."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Mark:
    """A vertical line at one category: the day of a notice, a special operation, a holiday."""

    at: str
    label: str

    @classmethod
    def on(cls, day: date, label: str) -> Mark:
        """Mark a day of an axis made by ``Axis.of_days``."""
        return cls(day_label(day), label)


@dataclass(frozen=True)
class Chart:
    """Everything a renderer may know.  Raise ``BadChart`` when it contradicts itself."""

    kind: Kind
    title: str
    x: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    unit: str = ""
    source_note: str = ""
    empty_text: str = "—"

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        if not self.series:
            raise BadChart("a chart needs a series")
        if len(self.series) > len(OKABE_ITO):
            raise BadChart(f"more than {len(OKABE_ITO)} series cannot be told apart by colour")
        if len({one.name for one in self.series}) != len(self.series):
            raise BadChart("two series have one name")
        for one in self.series:
            self._check_values(one)
        self._check_marks()

    def _check_values(self, one: Series) -> None:
        if len(one.values) != len(self.x.categories):
            raise BadChart(f"{one.name}: {len(one.values)} values for {len(self.x.categories)} categories")
        known = [value for value in one.values if value is not None]
        if not all(math.isfinite(value) for value in known):
            raise BadChart(f"{one.name}: a value is not a finite number")
        if self.kind is Kind.STACKED and any(value < 0 for value in known):
            raise BadChart(f"{one.name}: a negative value cannot be stacked")

    def _check_marks(self) -> None:
        if self.marks and self.kind is Kind.HBAR:
            raise BadChart("horizontal bars have no time axis to mark")
        for mark in self.marks:
            if mark.at not in self.x.categories:
                raise BadChart(f"mark {mark.label}: {mark.at} is not on the axis")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(value is None for one in self.series for value in one.values)

    @property
    def has_labels(self) -> bool:
        """Whether points are few enough to carry their number; three crossing lines leave no room for any."""
        if self.kind is Kind.LINE and len(self.series) > 2:
            return False
        return len(self.series) * len(self.x.categories) <= MOST_LABELS

    @property
    def colours(self) -> tuple[str, ...]:
        """One colour a series."""
        return (SINGLE,) if len(self.series) == 1 else OKABE_ITO[: len(self.series)]

    @property
    def heading(self) -> str:
        """The title with its unit, as both renderers print it."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title


def day_label(day: date) -> str:
    """Write a day as on an axis: 1月24日."""
    return f"{day.month}月{day.day}日"


def drawn(value: float) -> float | int:
    """The number as it is drawn: whole where it is whole, else at most two decimals."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def shown(value: float | None) -> str:
    """The number as text; a gap is a dash."""
    return "—" if value is None else str(drawn(value))


def rows(chart: Chart) -> list[tuple[str, ...]]:
    """The chart as a table: a header, then a row a category; marks stand in a last column."""
    labels: dict[str, list[str]] = {}
    for mark in chart.marks:
        labels.setdefault(mark.at, []).append(mark.label)
    header = (chart.x.label, *(one.name for one in chart.series))
    body = [
        (category, *(shown(one.values[index]) for one in chart.series))
        for index, category in enumerate(chart.x.categories)
    ]
    if not labels:
        return [header, *body]
    return [(*header, ""), *((*row, "；".join(labels.get(row[0], ()))) for row in body)]


def mark_lanes(chart: Chart, room: float) -> list[int]:
    """Give each mark the lowest lane where its label does not run into the one before it.

    ``room`` is the width of the plot in full-width characters of the label's size.
    """
    place = {category: index for index, category in enumerate(chart.x.categories)}
    step = room / max(len(place), 1)
    ends: list[float] = []
    lanes: list[int] = []
    for mark in sorted(chart.marks, key=lambda mark: place[mark.at]):
        half = text_width(mark.label) / 2 + 0.5
        middle = (place[mark.at] + 0.5) * step
        middle = min(max(middle, half), room - half) if room > 2 * half else room / 2
        lane = next((lane for lane, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[lane : lane + 1] = [middle + half]
        lanes.append(lane)
    return lanes


def labels_below(chart: Chart) -> set[str]:
    """Names of the lines whose numbers stand below: of two lines the lower one."""
    if chart.kind is not Kind.LINE or len(chart.series) != 2:
        return set()
    lower = min(chart.series, key=lambda one: sum(value or 0.0 for value in one.values))
    return {lower.name}


def ordered_marks(chart: Chart) -> list[Mark]:
    """The marks from left to right, as ``mark_lanes`` counts them."""
    place = {category: index for index, category in enumerate(chart.x.categories)}
    return sorted(chart.marks, key=lambda mark: place[mark.at])


def text_width(text: str) -> float:
    """Width in full-width characters; Latin letters and digits count as 0.55."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.55 for char in text)
