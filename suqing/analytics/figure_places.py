"""The place that somebody asks a figure to be counted at: an executor by its name, what is pinned by its number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from suqing.analytics import pinned
from suqing.analytics.engine.files import FileList
from suqing.analytics.engine.spare import OF_STATEMENTS
from suqing.analytics.engine.spark import Spark
from suqing.analytics.engine.spark_session import SparkMissing
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror_state import MirrorView, current_view
from suqing.analytics.models import Snapshot
from suqing.analytics.periods import Period
from suqing.analytics.policy_in_force import as_of
from suqing.analytics.standing import LIVE, Place, Standing, counted_at, of_pin, of_view, standing_for
from suqing.ledger.queries import centre_clock

ENGINES = ("postgres", "mirror", "spark")
MEND = "Look: suqing mirror check --repair, suqing verify-figures."
NO_MIRROR = "There is no mirror yet. Build it: suqing mirror build"


class CannotCountThere(ValueError):
    """The place is not there; the message says how to come to it."""


@contextmanager
def counted_there(engine: str, at: str, period: Period) -> Iterator[Standing]:
    """Count every figure of the block with the executor of this name over what was pinned ``at`` (s12 a snapshot, 4711
    the newest at that event), by the policy of then; or over what stands now.  Raise CannotCountThere."""
    if engine == "postgres" and at:
        raise CannotCountThere("PostgreSQL knows only what stands now: with --at, ask mirror or spark.")
    row = snapshot_named(at) if at else None
    standing = _now(engine, period) if row is None else _then(engine, row)
    with as_of({} if row is None else row.policy), counted_at(standing):
        try:
            yield standing
        except (Damaged, OSError, duckdb.Error) as fault:
            if isinstance(fault, OF_STATEMENTS):
                raise
            raise CannotCountThere(f"The files cannot be read: {fault}. {MEND}") from fault


def _now(engine: str, period: Period) -> Standing:
    if engine == "postgres":
        return LIVE
    if not engine:
        return standing_for(period)
    view = _view()
    if engine == "mirror":
        return of_view(view)
    fed_at = centre_clock().read(view.fed_at)
    return Standing(_spark(view.facts), Place.SPARK, view.position, fed_at)


def _then(engine: str, row: Snapshot) -> Standing:
    files = pinned.files_of(row)
    if not files:
        raise CannotCountThere(
            f"Snapshot s{row.pk} at #{row.position} is not pinned: no files are kept of it."
        )
    if engine == "spark":
        return Standing(_spark(files), Place.SPARK, row.position, row.at)
    return of_pin(files, row.position, row.at)


def _view() -> MirrorView:
    try:
        view = current_view()
    except (Damaged, OSError) as fault:
        raise CannotCountThere(
            f"The mirror cannot be read: {fault}. Mend it: suqing mirror check --repair"
        ) from fault
    if view is None:
        raise CannotCountThere(NO_MIRROR)
    return view


def _spark(files: FileList) -> Spark:
    try:
        return Spark(files)
    except SparkMissing as missing:
        raise CannotCountThere(f"Spark cannot be asked: {missing}") from missing


def snapshot_named(at: str) -> Snapshot:
    """The snapshot s12, or the newest at a position.  Raise CannotCountThere."""
    number = at.removeprefix("s")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise CannotCountThere(
            f"{at!r} is no snapshot. Write s12 for snapshot 12, 4711 for the pin at that event."
        )
    wanted = {"position": int(number)} if at == number else {"pk": int(number)}
    row = Snapshot.objects.filter(**wanted).order_by("-pk").first()
    if row is None:
        raise CannotCountThere(f"There is no snapshot {at}.")
    return row
