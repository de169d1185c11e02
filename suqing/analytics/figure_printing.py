"""An answered figure as lines for a terminal, as CSV or as JSON."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from suqing.analytics import dimensions
from suqing.analytics.engine.questions import Number
from suqing.analytics.figure_answers import Answer, Leading, Place, adds_up, leading
from suqing.analytics.figure_words import filters_said
from suqing.analytics.period_codes import code
from suqing.analytics.periods import CENTRE_ZONE, Against, Period
from suqing.analytics.queries import NO_DATA, ZERO, Base, Figure
from suqing.analytics.registry import Measure, all_measures
from suqing.cases.importing.safe_cells import neutral

N_ = str
SHORT_AGAINST = {
    Against.PREVIOUS: N_("Period before"),
    Against.LAST_YEAR: N_("Year before"),
    Against.LUNAR_YEAR: N_("Lunar year before"),
}
DASH = "—"


# Lines of a terminal


def width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a Chinese character, none for a combining mark."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


def aligned(lines: Sequence[Sequence[str]], words: int) -> list[str]:
    """Lines in columns; the first ``words`` columns are flush left, the others, numbers, flush right."""
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)] if lines else []
    return ["  ".join(_cells(line, widths, words)).rstrip() for line in lines]


def _cells(line: Sequence[str], widths: Sequence[int], words: int) -> Iterable[str]:
    for place, (text, room) in enumerate(zip(line, widths, strict=True)):
        blank = " " * (room - width(text))
        yield text + blank if place < words else blank + text


def printable(text: str) -> str:
    """The text on one line, without what would steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)


def as_table(found: Answer, limit: int, least: int) -> list[str]:
    """What people read: the measure and its period, the lines, the total, and what was left out."""
    measure, period = found.figure.measure, found.wanted.period
    head = [f"{_(measure.name)} ({measure.unit}), {code(period)}"]
    head += [f"  {printable(one)}" for one in filters_said(found.wanted.filters)]
    if found.table is None:
        lines = [[_number(found.figure, least), *_of_bases(found.bases.values())]]
        headings = [pgettext("of a figure", "Value"), *_base_headings(found)]
        return [
            *head,
            *aligned([headings, *lines], 0),
            *_parts(found.figure),
            *_foot(found, Leading(()), least),
        ]
    shown = leading(found.table, limit)
    names = [_(dimensions.get(one).name) for one in found.wanted.by]
    lines = [[*names, pgettext("of a figure", "Value"), *_base_headings(found)]]
    for row in shown.rows:
        bases = [found.base_of(row, switch) for switch in found.bases]
        words = [printable(label) for label in row.labels]
        lines.append([*words, _number(row.figure, least), *_of_bases(bases)])
    blank = [""] * (len(names) - 1)
    lines.append([_("Total"), *blank, _number(found.figure, least), *_of_bases(found.bases.values())])
    return [*head, *aligned(lines, len(names)), *_parts(found.figure), *_foot(found, shown, least)]


def _base_headings(found: Answer) -> list[str]:
    return [text for switch in found.bases for text in (_(SHORT_AGAINST[switch]), "±")]


def _of_bases(bases: Iterable[Base | None]) -> list[str]:
    return [text for one in bases for text in _of_base(one)]


def _of_base(base: Base | None) -> tuple[str, str]:
    if base is None or base.missing == NO_DATA or base.value is None:
        return DASH, DASH
    return f"{base.value:,}", DASH if base.missing == ZERO else change(base)


def change(base: Base) -> str:
    """+18.4%, or the difference where there is no ratio, as of a share."""
    if base.ratio is not None:
        return f"{base.ratio:+}%"
    return DASH if base.difference is None else f"{base.difference:+}"


def _number(found: Figure, least: int) -> str:
    if found.is_withheld:
        return f"<{least}"
    return DASH if found.value is None else f"{found.value:,}"


def _parts(found: Figure) -> list[str]:
    if found.denominator is None:
        return []
    return [f"  {divided(found.measure, found.numerator or 0, found.denominator)}"]


def divided(measure: Measure, part: int, whole: int) -> str:
    """What was divided by what; the sum of a mean is one of seconds."""
    return f"{part:,}{' s' if measure.averaged else ''} ÷ {whole:,}"


def _foot(found: Answer, shown: Leading, least: int) -> list[str]:
    """What a reader must know of the numbers above."""
    lines = []
    if shown.left_out and shown.rest is None:
        text = ngettext(
            "%(count)d more line is left out (--limit).",
            "%(count)d more lines are left out (--limit).",
            shown.left_out,
        )
        lines.append(text % {"count": shown.left_out})
    elif shown.left_out:
        text = ngettext(
            "%(count)d more line is left out, %(sum)s in it (--limit).",
            "%(count)d more lines are left out, %(sum)s in them (--limit).",
            shown.left_out,
        )
        lines.append(text % {"count": shown.left_out, "sum": f"{shown.rest:,}"})
    if found.table is not None and not adds_up(found.table):
        lines.append(_("The parts do not add up to the total."))
    if found.table is not None and found.table.is_withheld_somewhere:
        lines.append(
            _("Numbers below %(least)d, and what would give them away, are withheld by local policy.")
            % {"least": least}
        )
    if nothing_found(found):
        lines.append(_("Nothing was counted: no row of this period passes the filters."))
    return [*lines, *missing_bases(found), "[{}: {}]".format(*place_said(found.place))]


def nothing_found(found: Answer) -> bool:
    """Whether filters were given and no row passed them."""
    number = found.figure.denominator if found.figure.measure.is_ratio else found.figure.value
    return bool(found.wanted.filters) and not number and not found.figure.is_withheld


def missing_bases(found: Answer) -> list[str]:
    """Which comparisons could not be made."""
    names = [_(SHORT_AGAINST[switch]) for switch, base in found.bases.items() if base.missing == NO_DATA]
    return [_("No record to compare with: %(names)s.") % {"names": _(", ").join(names)}] if names else []


def place_said(place: Place) -> tuple[str, str]:
    """Where and when numbers were counted."""
    at = place.as_of.astimezone(CENTRE_ZONE)
    return _("Counted"), f"{place.engine}, #{place.position}, {at:%Y-%m-%d %H:%M:%S}"


# CSV


def as_csv(found: Answer, limit: int, least: int) -> str:
    """A heading and the lines, in UTF-8 without a mark, no cell a formula; what is left out is the last line."""
    switches = list(found.bases)
    names = [*found.wanted.by, *(f"{one}_name" for one in found.wanted.by)] if found.table else ["measure"]
    lines: list[list[Any]] = [
        [
            *names,
            "value",
            "numerator",
            "denominator",
            *(f"{one}_{part}" for one in switches for part in ("value", "ratio")),
        ]
    ]
    if found.table is None:
        lines.append([found.figure.measure.code, *_csv_numbers(found.figure, found.bases.values(), least)])
        return _csv(lines)
    shown = leading(found.table, limit)
    for row in shown.rows:
        bases = [found.base_of(row, switch) for switch in switches]
        lines.append([*row.values, *row.labels, *_csv_numbers(row.figure, bases, least)])
    if shown.left_out:
        blank = [""] * (2 * len(found.wanted.by) - 1)
        rest = "" if shown.rest is None else shown.rest
        lines.append(
            [
                _("(%(count)d others)") % {"count": shown.left_out},
                *blank,
                rest,
                "",
                "",
                *[""] * 2 * len(switches),
            ]
        )
    return _csv(lines)


def _csv_numbers(found: Figure, bases: Iterable[Base | None], least: int) -> list[Any]:
    value = f"<{least}" if found.is_withheld else found.value
    return [value, found.numerator, found.denominator, *(one for base in bases for one in _csv_base(base))]


def _csv_base(base: Base | None) -> tuple[Number | None, Decimal | None]:
    return (None, None) if base is None else (base.value, base.ratio)


def _csv(lines: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([neutral(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return text.getvalue()


# JSON


def as_json(found: Answer, limit: int) -> dict[str, Any]:
    """The answer with all that is needed to ask it again."""
    measure, place = found.figure.measure, found.place
    facts: dict[str, Any] = {
        "measure": measure.code,
        "name": _(measure.name),
        "unit": str(measure.unit),
        "period": period_json(found.wanted.period),
        "filters": [one.to_json() for one in found.wanted.filters],
        "engine": place.engine,
        "position": place.position,
        "as_of": place.as_of.isoformat(),
        **_figure_json(found.figure),
    }
    if found.bases:
        facts["compared"] = {str(switch): _base_json(base) for switch, base in found.bases.items()}
    if found.table is not None:
        shown = leading(found.table, limit)
        facts |= {
            "by": list(found.wanted.by),
            "rows": [
                {"values": list(row.values), "labels": list(row.labels), **_figure_json(row.figure)}
                | _row_bases(found, [(switch, found.base_of(row, switch)) for switch in found.bases])
                for row in shown.rows
            ],
            "left_out": shown.left_out,
            "left_out_sum": _plain(shown.rest),
            "adds_up": adds_up(found.table),
        }
    return facts


def written(facts: dict[str, Any]) -> str:
    """JSON with Chinese as it is."""
    return json.dumps(facts, ensure_ascii=False, indent=2)


def period_json(period: Period) -> dict[str, Any]:
    return {"code": code(period), "kind": str(period.kind), "from": period.first.isoformat(), "to": period.last.isoformat(),
            "until": period.until.isoformat() if period.until else None}  # fmt: skip


def _figure_json(found: Figure) -> dict[str, Any]:
    facts = {"value": _plain(found.value), "numerator": found.numerator, "denominator": found.denominator}
    return facts | {"withheld": True} if found.is_withheld else facts


def _base_json(base: Base | None) -> dict[str, Any] | None:
    if base is None:
        return None
    return {
        "period": period_json(base.period) if base.missing != NO_DATA or base.value is not None else None,
        "value": _plain(base.value),
        "difference": _plain(base.difference),
        "ratio": _plain(base.ratio),
        "missing": base.missing,
    }


def _row_bases(found: Answer, bases: Sequence[tuple[Against, Base | None]]) -> dict[str, Any]:
    return {"compared": {str(switch): _base_json(base) for switch, base in bases}} if found.bases else {}


def _plain(value: Number | None) -> int | str | None:
    """Whole numbers as numbers, decimals as text, so that no place is lost."""
    return str(value) if isinstance(value, Decimal) else value


# The list of measures


def measures_listed() -> list[str]:
    """Every measure with its unit and formula."""
    lines = [("CODE", _("Unit of a number"), _("Measure"), _("Formula"))]
    lines += [(one.code, str(one.unit), _(one.name), _(one.formula)) for one in all_measures()]
    return aligned(lines, 4)
