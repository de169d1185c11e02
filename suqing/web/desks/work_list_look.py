"""How the work list is drawn: columns and their order, sorting, density; from the address, else as the person keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.queries import NEWEST, ORDERS
from suqing.inbox.models import ListLook

N_ = str

LIST = "cases"  # its code in saved views and looks
LOOK = ("sort", "cols", "density")  # names in the address
DENSITIES = {"comfortable": N_("Comfortable"), "compact": N_("Compact")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``order`` is the order in which its heading sorts first, "" where a list cannot be sorted by it."""

    label: str
    order: str = ""
    is_first: bool = True  # on a list as it ships


COLUMNS = {
    "number": Column(N_("Number"), "-number"),
    "clock": Column(N_("Clock"), "due"),
    "about": Column(N_("What it is about")),
    "place": Column(N_("Place")),
    "state": Column(N_("State")),
    "unit": Column(N_("Unit")),
    "received": Column(N_("Received"), NEWEST),
    "operator": Column(N_("Operator"), "operator", is_first=False),
    "issue": Column(N_("Problem class"), is_first=False),
    "object": Column(N_("Class of goods or service"), is_first=False),
    "handler": Column(N_("Handler"), is_first=False),
    "channel": Column(N_("Channel"), is_first=False),
    "due": Column(N_("Due"), "due", is_first=False),
}
FIXED = "number"  # it opens the case
SHIPPED = tuple(key for key, column in COLUMNS.items() if column.is_first)
SORTS = {
    NEWEST: N_("Newest first"),
    "received": N_("Oldest first"),
    "due": N_("Due first"),
    "number": N_("Number, upwards"),
    "-number": N_("Number, downwards"),
    "operator": N_("Operator"),
    "-operator": N_("Operator, backwards"),
}
# A list with ended cases is as long as the centre is old: it is sorted only by what an index keeps in order.
EVERYWHERE = frozenset({NEWEST, "received", "number", "-number"})
LONG_VIEWS = frozenset({"all", "archived"})


@dataclass(frozen=True, slots=True)
class Look:
    """How one page of the list is drawn."""

    columns: tuple[str, ...]
    sort: str
    density: str


def look_for(asked: Mapping[str, str], kept: ListLook | None, view: str) -> Look:
    """What the address asks for, else what the person keeps, else as the list ships."""
    mine = kept or ListLook(columns=[], sort="", density="")
    columns = chosen_columns(asked["cols"].split(",")) if asked["cols"] else chosen_columns(mine.columns)
    density = next((one for one in (asked["density"], mine.density) if one in DENSITIES), "comfortable")
    offered = sorts_of(view)
    sort = next((one for one in (asked["sort"], mine.sort) if one in offered), NEWEST)
    return Look(columns, sort, density)


def sorts_of(view: str) -> list[str]:
    """The orders in which a ready list can be."""
    return [key for key in SORTS if view not in LONG_VIEWS or key in EVERYWHERE]


def chosen_columns(named: Iterable[str]) -> tuple[str, ...]:
    """The known columns among those named, each once, the number first; as the list ships where none is known."""
    known = [key for key in dict.fromkeys(named) if key in COLUMNS and key != FIXED]
    return (FIXED, *known) if known else SHIPPED


def heads_of(look: Look, view: str, url: Callable[[str], str]) -> list[dict[str, Any]]:
    """The headings of the table; ``url`` gives the address of the list in another order."""
    offered = sorts_of(view)
    return [_head(key, COLUMNS[key], look.sort, offered, url) for key in look.columns]


def _head(
    key: str, column: Column, sort: str, offered: list[str], url: Callable[[str], str]
) -> dict[str, Any]:
    head: dict[str, Any] = {"key": key, "label": _(column.label), "sort_url": "", "direction": ""}
    if column.order not in offered:
        return head
    turned = column.order.removeprefix("-") if column.order.startswith("-") else f"-{column.order}"
    then = turned if sort == column.order and turned in offered else column.order
    direction = (
        ("descending" if ORDERS[sort].is_descending else "ascending")
        if sort in (column.order, turned)
        else ""
    )
    return head | {"sort_url": url(then), "direction": direction}


def plain_heads() -> list[dict[str, Any]]:
    """The headings of a table of cases that is not sorted or set up."""
    return [{"key": key, "label": _(COLUMNS[key].label), "sort_url": "", "direction": ""} for key in SHIPPED]


def menus_of(look: Look, view: str, url: Callable[[str], str]) -> dict[str, Any]:
    """What the menus of sorting and of columns offer."""
    rest = [key for key in COLUMNS if key not in look.columns]
    return {
        "sorts": [(url(key), _(SORTS[key]), key == look.sort) for key in sorts_of(view)],
        "choices": [
            {"key": key, "label": _(COLUMNS[key].label), "is_shown": key in look.columns}
            for key in (*look.columns[1:], *rest)
        ],
        "orders": [(key, _(SORTS[key]), key == look.sort) for key in SORTS],
        "densities": [(key, _(label), key == look.density) for key, label in DENSITIES.items()],
    }
