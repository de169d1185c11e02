"""A measure by one dimension, each line with its share and with every base that the reader asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from suqing.analytics import dimensions
from suqing.analytics.figure_answers import adds_up
from suqing.analytics.periods import Against
from suqing.analytics.queries import Figure, Filter, Table, TableRow, against
from suqing.analytics.registry import Measure
from suqing.web.desks.figure_panels import (
    BASE_WORDS,
    SWITCH_WORDS,
    Counter,
    base_of,
    change_text,
    number_facts,
    share_of,
)
from suqing.web.desks.figure_pivots import LINES

Old = Mapping[Against, tuple[Figure, Mapping[str, Figure]]]  # the total of each base, and its lines by value


def listing(counter: Counter, measure: Measure, by: str, *, lines: int = LINES) -> dict[str, Any]:
    """The leading lines, the others together where they add up, and the total."""
    now, old = counter.cut(measure, [by]), _bases(counter, measure, by)
    rows = sorted(now.rows, key=lambda row: row.values) if dimensions.get(by).time else list(now.rows)
    known, unknown = [row for row in rows if not row.is_unknown], [row for row in rows if row.is_unknown]
    shown, rest = (known, []) if len(known) <= lines + 1 else (known[:lines], known[lines:])
    made = [_line(now, row.figure, row.labels[0], old, row.values, counter.least) for row in shown]
    if rest and adds_up(now) and not now.is_withheld_somewhere:
        made.append(_together(now, rest, old, counter.least))
        rest = []
    made += [_line(now, row.figure, row.labels[0], old, row.values, counter.least) for row in unknown]
    return {
        "by": by,
        "name": _(dimensions.get(by).name),
        "bases": [(_(BASE_WORDS[one]), _(SWITCH_WORDS[one])) for one in old],
        "lines": made,
        "total": _line(now, now.total, _("Total"), old, (), counter.least),
        "adds_up": adds_up(now),
        "is_mean": bool(measure.averaged),
        "left_lines": len(rest),
        "least": counter.least if now.is_withheld_somewhere else 0,
    }


def _bases(counter: Counter, measure: Measure, by: str) -> Old:
    """The table of every base of which anything is known; other days have no lines to compare with."""
    if dimensions.get(by).time not in ("", "hour"):
        return {}
    found = {}
    for switch in counter.switches:
        period = base_of(counter.period, switch)
        if period is not None and counter.is_recorded(period):
            cut = counter.cut(measure, [by], period)
            found[switch] = (cut.total, {row.values[0]: row.figure for row in cut.rows})
    return found


def _line(
    now: Table, found: Figure, label: str, old: Old, values: Sequence[str], least: int
) -> dict[str, Any]:
    """A line, or with no ``values`` the total."""
    facts = number_facts(found, least)
    return {
        **facts,
        "label": label,
        "raw": facts["value"] if found.is_withheld else found.value,
        "part": None if found.measure.averaged else found.numerator,
        "whole": found.denominator,
        "share": share_of(found.value, now.total.value) if values and adds_up(now) else None,
        "bases": [_base(found, _old_of(found, total, lines, values), least) for total, lines in old.values()],
    }


def _old_of(found: Figure, total: Figure, lines: Mapping[str, Figure], values: Sequence[str]) -> Figure:
    """What stood there before: the total, a line, several together, or nothing."""
    if not values:
        return total
    known = [lines[value] for value in values if value in lines]
    if len(values) == 1 and known:
        return known[0]
    is_withheld = any(one.is_withheld for one in known)
    empty = None if found.measure.is_ratio or is_withheld else sum(one.value or 0 for one in known)
    return replace(
        found, period=total.period, value=empty, numerator=None, denominator=None, is_withheld=is_withheld
    )


def _base(found: Figure, old: Figure, least: int) -> dict[str, Any]:
    facts = number_facts(old, least) | {"raw": f"<{least}" if old.is_withheld else old.value}
    base = against(found.value, old.value, old.period, is_share=found.measure.is_share)
    if found.is_withheld or old.is_withheld or base.missing:
        return facts | {"change": "—", "direction": ""}
    text, direction = change_text(base.ratio, base.difference)
    return facts | {"change": text, "direction": direction}


def _together(now: Table, rest: Sequence[TableRow], old: Old, least: int) -> dict[str, Any]:
    values = tuple(row.values[0] for row in rest)
    value = sum(row.figure.value or 0 for row in rest)
    found = replace(now.total, value=value, filters=(*now.filters, Filter(now.by[0], values)))
    return _line(now, found, _("Other (%(count)d)") % {"count": len(rest)}, old, values, least)
