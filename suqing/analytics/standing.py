"""Where figures are counted: the living tables for a day or two, the mirror for history, a pin for what was issued.

Within ``one_standing()`` that is decided once, so that all figures of a page, a table or a bulletin speak of the same
moment.  Both executors answer alike; they differ in age (the mirror is about a second old) and in how far back they are
quick.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from suqing.analytics.engine.duck import Duck
from suqing.analytics.engine.files import FileList
from suqing.analytics.engine.postgres import Postgres
from suqing.analytics.engine.questions import Engine
from suqing.analytics.engine.spare import WithSpare
from suqing.analytics.mirror.epoch import Damaged
from suqing.analytics.mirror_state import MirrorView, current_view, is_behind
from suqing.analytics.periods import Period

log = logging.getLogger(__name__)

# Up to so many days are counted from the living tables, which know the last commit.
LIVE_DAYS = 2
# A mirror that is longer behind than this is no longer asked.
PATIENCE = timedelta(seconds=5)


class Place(StrEnum):
    """Where a figure was counted."""

    LIVE = "live"
    MIRROR = "mirror"
    PIN = "pin"
    SPARK = "spark"


@dataclass(frozen=True, slots=True)
class Standing:
    """An executor and what it speaks of: the sealed event (None for the living tables) and since when it stands."""

    engine: Engine
    place: Place
    position: int | None = None
    as_of: datetime | None = None


@dataclass(slots=True)
class _Memo:
    """What was decided for a block, once it was asked."""

    history: Standing | None = None


LIVE = Standing(Postgres(), Place.LIVE)
_fixed: ContextVar[Standing | None] = ContextVar("fixed_standing", default=None)
_memo: ContextVar[_Memo | None] = ContextVar("standing_of_history", default=None)


def standing_for(*periods: Period) -> Standing:
    """Where figures over these periods are counted now."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    if all(one.length <= LIVE_DAYS for one in periods):
        return LIVE
    memo = _memo.get()
    if memo is None:
        return _of_history()
    if memo.history is None:
        memo.history = _of_history()
    return memo.history


def _of_history() -> Standing:
    """The mirror where it is there, readable and up to date; else the living tables, which are right at any age.

    A file that turns out to be unreadable only while counting has PostgreSQL count instead: then the figure is a little
    newer than the standing says.
    """
    try:
        view = current_view()
    except (Damaged, OSError):
        log.exception("the mirror cannot be read; counting in PostgreSQL")
        return LIVE
    if view is None or (timezone.now() - view.fed_at > PATIENCE and is_behind()):
        return LIVE
    standing = of_view(view)
    return replace(standing, engine=WithSpare(standing.engine, LIVE.engine))


def of_view(view: MirrorView) -> Standing:
    """A version of the mirror."""
    return Standing(Duck(view.facts), Place.MIRROR, view.position, view.fed_at)


def of_pin(files: FileList, position: int, as_of: datetime) -> Standing:
    """The files that were pinned with a snapshot."""
    return Standing(Duck(files), Place.PIN, position, as_of)


@contextmanager
def one_standing() -> Iterator[None]:
    """Let every figure of the block that speaks of history stand on one version of the mirror, looked up when the
    first of them is counted."""
    token = _memo.set(_memo.get() or _Memo())
    try:
        yield
    finally:
        _memo.reset(token)


@contextmanager
def counted_at(standing: Standing) -> Iterator[Standing]:
    """Count every figure of the block there, whatever its period."""
    token = _fixed.set(standing)
    try:
        yield standing
    finally:
        _fixed.reset(token)
