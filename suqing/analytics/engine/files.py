"""The files that an executor reads: of each source a base by months, and the changes since.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from suqing.analytics.conditions import AllOf, AnyOf, AtLeast, Below, Bound, Condition
from suqing.analytics.periods import CENTRE_ZONE


@dataclass(frozen=True, slots=True)
class Files:
    """Parquet files of one table.  A row of the changes stands for the row of the base with the same key; of two rows
    of the changes the one with the higher position is the later."""

    base: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.base and not self.changes


FileList = Mapping[str, Files]
Months = tuple[str, str] | None  # the first and the last, "2020-01"; None for all


def months_of(condition: Condition, moment: str) -> Months:
    """The first and the last month, local, in which rows can lie that the condition holds for, judged by ``moment``;
    None where the condition does not bound it on both sides.  A month too many is only slow, one too few is wrong."""
    bounds = _bounds(condition, moment)
    if bounds is None or bounds[0] is None or bounds[1] is None:
        return None
    return bounds[0], bounds[1]


def _bounds(condition: Condition, moment: str) -> tuple[str | None, str | None] | None:
    """The lowest and the highest month; None on a side that is open, None altogether where nothing is said."""
    match condition:
        case AtLeast(column, bound) if column == moment:
            return _local_month(bound), None
        case Below(column, bound) if column == moment:
            return None, _local_month(bound)
        case AllOf(parts):
            found = [one for part in parts if (one := _bounds(part, moment)) is not None]
            lows = [low for low, _high in found if low is not None]
            highs = [high for _low, high in found if high is not None]
            return (max(lows, default=None), min(highs, default=None)) if found else None
        case AnyOf(parts) if parts:
            each = [_bounds(part, moment) for part in parts]
            if any(one is None or None in one for one in each):
                return None
            return min(one[0] for one in each if one), max(one[1] for one in each if one)  # type: ignore[type-var]
        case _:
            return None


def _local_month(bound: Bound) -> str | None:
    return f"{bound.astimezone(CENTRE_ZONE):%Y-%m}" if isinstance(bound, datetime) else None


def of_months(paths: Sequence[str], months: Months) -> tuple[str, ...]:
    """The files of a base that lie in these months, by the folder ``month=2020-01`` of their path."""
    if months is None:
        return tuple(paths)
    first, last = months
    return tuple(path for path in paths if first <= _month(path) <= last)


def _month(path: str) -> str:
    return path.rpartition("month=")[2].partition("/")[0]


def standing(key: str, columns: Sequence[str], base: str, changes: str) -> str:
    """The statement for the rows as they stand, of a relation of the base and one of the changes; "" for either says
    that there is none, for both gives ""."""
    listed, parts = ", ".join(columns), []
    if base:
        unchanged = f" AS base_rows ANTI JOIN {changes} AS changed USING ({key})" if changes else ""
        parts.append(f"SELECT {listed} FROM {base}{unchanged} WHERE NOT gone")
    if changes:
        newest = f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY position DESC) AS lateness FROM {changes}"
        parts.append(f"SELECT {listed} FROM ({newest}) AS newest WHERE lateness = 1 AND NOT gone")
    return " UNION ALL ".join(parts)
