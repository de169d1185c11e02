"""What the mirror holds, beside what PostgreSQL holds."""

from __future__ import annotations

from typing import Any

from suqing.analytics.engine.duck import Duck
from suqing.analytics.engine.postgres import Postgres
from suqing.analytics.engine.questions import Question
from suqing.analytics.facts import SOURCES
from suqing.analytics.mirror_state import current_view
from suqing.analytics.periods import Period
from suqing.analytics.registry import get
from tests.analytics.flat import facts_of


def mirrored(name: str) -> list[dict[str, Any]]:
    """The rows of a table as they stand in the mirror, in order of their key."""
    view = current_view()
    assert view is not None
    source = SOURCES[name]
    duck = Duck(view.facts)
    text = duck._relation(source, None)
    columns = ", ".join(
        f"epoch_us({name}) AS {name}" if one.kind == "moment" else name
        for name, one in source.columns.items()
    )
    return duck.run(f"SELECT {columns} FROM ({text}) AS standing ORDER BY {source.key}", [])


def in_postgres(name: str) -> list[dict[str, Any]]:
    """The same from PostgreSQL."""
    source = SOURCES[name]
    moments = {one.name for one in source.own if one.kind == "moment"}
    return [
        {key: _micros(value) if key in moments else value for key, value in row.items()}
        for row in facts_of(source)
    ]


def _micros(moment: Any) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1_000_000)


def is_equal() -> bool:
    """Whether every table of facts holds just what PostgreSQL holds."""
    return all(mirrored(name) == in_postgres(name) for name in SOURCES)


def counted_by_both(code: str, period: Period) -> tuple[Any, Any]:
    """A measure counted in PostgreSQL and in the mirror."""
    view = current_view()
    assert view is not None
    question = Question(get(code), period)
    return Postgres().totals([question])[0], Duck(view.facts).totals([question])[0]
