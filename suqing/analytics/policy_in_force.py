"""The local policy that figures are counted by: as it is now, or as it was when a figure was pinned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from suqing.analytics.policy import ANSWER_SECONDS, LEFT_OUT, SHORT_SECONDS
from suqing.ledger.queries import settings_of

# Kept with a snapshot, so that its figures can be counted once more by the policy of its moment.
COUNTED_BY = (ANSWER_SECONDS.key, LEFT_OUT.key, SHORT_SECONDS.key)
_past: ContextVar[Mapping[str, Any] | None] = ContextVar("past_policy", default=None)


def in_force(keys: Collection[str]) -> dict[str, Any]:
    """The values of these settings: as they are now, or within ``as_of`` as they were."""
    past = _past.get() or {}
    known = {key: past[key] for key in keys if key in past}
    missing = [key for key in keys if key not in known]
    return known | (settings_of(missing) if missing else {})


@contextmanager
def as_of(values: Mapping[str, Any]) -> Iterator[None]:
    """Count figures of the block by these values of local policy."""
    token = _past.set(values)
    try:
        yield
    finally:
        _past.reset(token)
