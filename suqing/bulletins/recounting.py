"""Figures of bulletins counted once more from what was pinned with them: the proof that a printed number is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import duckdb

from suqing.analytics.mirror.pins import PinDamaged
from suqing.analytics.models import Snapshot
from suqing.analytics.periods import Period
from suqing.analytics.pinned import counted_as_pinned, folder_of, verify
from suqing.analytics.queries import NO_DATA, Figure, Filter, against, figures, table
from suqing.analytics.rises import HISTORY
from suqing.bulletins.gathering import base_json, mean_of
from suqing.bulletins.models import Bulletin, BulletinFigure
from suqing.kit.dates import DAY


@dataclass(frozen=True, slots=True)
class Recounted:
    """A stored figure and what its pin gives now, also for what it was compared with."""

    stored: BulletinFigure
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    compared: Mapping[str, Any]

    @property
    def is_equal(self) -> bool:
        """Whether the pin gives what was stored."""
        return not self.differences

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """What differs: which part of the figure, what was stored, what the pin gives."""
        stored = self.stored
        parts: list[tuple[str, Any, Any]] = [
            ("value", stored.value, self.value),
            ("numerator", stored.numerator, self.numerator),
            ("denominator", stored.denominator, self.denominator),
        ]
        parts += [(name, stored.compared[name], again) for name, again in self.compared.items()]
        return [(name, _told(was), _told(again)) for name, was, again in parts if was != again]


def _told(number: Any) -> str:
    """A number, or of a comparison the number that was compared with and the change."""
    if isinstance(number, Mapping):
        return f"{number['value']} ({number['difference']}, {number['ratio']})"
    return str(number)


def snapshot_of(row: BulletinFigure) -> Snapshot:
    """The snapshot that the figure was counted in: its own where it was put in later, else that of the bulletin."""
    return row.snapshot or row.bulletin.snapshot


def can_recount(bulletin: Bulletin) -> bool:
    """Whether files were kept of every figure: without a mirror there are none."""
    return all(one.files for one in {snapshot_of(row) for row in _figures(bulletin)} | {bulletin.snapshot})


def recounted(bulletin: Bulletin) -> list[Recounted]:
    """Every figure of the bulletin whose files are kept, counted from them alone.  Raise PinDamaged if a file is not
    what was pinned."""
    rows = sorted(_figures(bulletin), key=lambda row: (snapshot_of(row).pk, row.number))
    found = list[Recounted]()
    for taken, group in groupby(rows, key=snapshot_of):
        if taken.files:  # a folder that is gone is damage, not the lack of a pin
            found += _from_pin(taken, group)
    return found


def recount(row: BulletinFigure) -> Recounted | None:
    """One figure counted from its pin alone; None where nothing was pinned.  Raise PinDamaged."""
    taken = snapshot_of(row)
    return _from_pin(taken, [row])[0] if taken.files else None


def _from_pin(taken: Snapshot, rows: Iterable[BulletinFigure]) -> list[Recounted]:
    verify(taken)
    try:
        with counted_as_pinned(taken):
            return [_again(row) for row in rows]
    except duckdb.Error as fault:  # spoiled before it was pinned
        raise PinDamaged(folder_of(taken.pin), f"cannot be read: {fault}") from fault


def _figures(bulletin: Bulletin) -> Iterable[BulletinFigure]:
    left_out = ("case_ids", "submission_ids", "numerator_ids", "amounts")
    return bulletin.figures.select_related("snapshot", "bulletin__snapshot").defer(*left_out)


def _again(row: BulletinFigure) -> Recounted:
    period = Period.from_json(row.period)
    filters = tuple(Filter.from_json(one) for one in row.filters)
    # That there were no data to compare with is no number.
    bases = {
        name: Period.from_json(stored["period"])
        for name, stored in row.compared.items()
        if name != "mean" and stored["missing"] != NO_DATA
    }
    periods = [period, *bases.values()]
    counted = figures([row.measure], periods=periods, filters=filters)
    found = counted[row.measure, period]
    compared: dict[str, Any] = {
        name: _base_again(found, counted[row.measure, base]) for name, base in bases.items()
    }
    if "mean" in row.compared:
        compared["mean"] = _mean_again(found)
    value = None if found.value is None else Decimal(found.value)
    return Recounted(row, value, found.numerator, found.denominator, compared)


def _base_again(found: Figure, base: Figure) -> dict[str, Any]:
    return base_json(against(found.value, base.value, base.period, is_share=found.measure.is_share))


def _mean_again(found: Figure) -> str | None:
    mean = mean_of(found, _days_recorded(found.period))
    return None if mean is None else str(mean)


def _days_recorded(period: Period) -> list[date]:
    """The days before the period that have a contact, by the pin: more may have been brought in since."""
    before = Period(period.first - HISTORY * DAY, period.first - DAY)
    return [date.fromisoformat(row.values[0]) for row in table("contacts", by=["day"], period=before).rows]
