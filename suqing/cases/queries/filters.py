"""What a list of cases is narrowed to, as a value that addresses, orders and exports keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Filters:
    """What a work list is narrowed to; empty fields do not narrow."""

    kind: str = ""
    state: str = ""
    unit: int | None = None
    place: str = ""
    issue_class: int | None = None
    entity: int | None = None  # the operator as it is now, see queries.entities.head_of
    topic: str = ""
    due: str = ""  # overdue | 12h | 24h | 48h
    received_from: date | None = None
    received_to: date | None = None
    words: str = ""
    waiting: str = ""  # a key of ready.WAITING
    handler: int | None = None
    units: tuple[int, ...] | None = None  # these units and all below them
    parties: tuple[int, ...] | None = None  # only the cases of these people
    event: str = ""  # number of an event
    run: str = ""  # of an import, and which of its cases; see queries.import_cases
    open_only: bool = False
    archived: bool = False  # only the archive; else it is left out, unless words or a person are searched for


def to_json(filters: Filters) -> dict[str, Any]:
    """Write a filter down; what does not narrow is left out."""
    given = {name: value for name, value in asdict(filters).items() if value not in ("", None, False)}
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in given.items()
    }


def filters_of(saved: Mapping[str, Any]) -> Filters:
    """Read a filter back; fields that no longer exist do not narrow."""
    known = {field.name for field in fields(Filters)}
    given = {name: value for name, value in saved.items() if name in known}
    for name in ("received_from", "received_to"):
        if name in given:
            given[name] = date.fromisoformat(given[name])
    for name in ("parties", "units"):
        if given.get(name) is not None:
            given[name] = tuple(given[name])
    return Filters(**given)
