"""A figure explained: what it counts, how, over which days, counted where, and the numbers of the rows behind it.

Rows are named by the numbers of their cases and contacts, never by what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from suqing.analytics.engine.questions import Filter, Number, Rows
from suqing.analytics.figure_printing import DASH, divided, printable, width
from suqing.analytics.figure_words import filters_said
from suqing.analytics.period_codes import code
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.registry import BASIS_LABELS, STAGE_LABELS, UNIT_LABELS, Measure
from suqing.cases.models import Case, Submission

Fact = tuple[str, str]


def measure_told(measure: Measure) -> list[Fact]:
    """What the measure is."""
    placed = (
        _(STAGE_LABELS[measure.stage]) if measure.stock is None else _("what stands at the end of the period")
    )
    facts = [
        (_("Measure"), f"{_(measure.name)} ({measure.code})"),
        (_("Definition"), _(measure.definition)),
        (_("Formula"), _(measure.formula)),
        (pgettext("of a figure", "Unit"), f"{measure.unit} ({_(UNIT_LABELS[measure.unit])})"),
        (_("Placed by"), placed),
        (_("Whose formula"), _(BASIS_LABELS[measure.basis])),
    ]
    return [*facts, (_("Called elsewhere"), measure.reference)] if measure.reference else facts


def question_told(period: Period, filters: Iterable[Filter]) -> list[Fact]:
    """Its days, as half-open moments too, and its filters."""
    start, end = (one.astimezone(CENTRE_ZONE) for one in period.bounds)
    days = f"{code(period)}: [{start:%Y-%m-%d %H:%M:%S}, {end:%Y-%m-%d %H:%M:%S}) {CENTRE_ZONE.key}"
    narrowed = "; ".join(map(printable, filters_said(filters))) or DASH
    return [(_("Period"), days), (_("Narrowed to"), narrowed)]


def value_told(measure: Measure, value: Number | None, part: int | None, whole: int | None) -> Fact:
    """The number, and of a share or a mean what was divided by what."""
    number = DASH if value is None else f"{value:,} {measure.unit}"
    quotient = "" if part is None or whole is None else f" = {divided(measure, part, whole)}"
    return pgettext("of a figure", "Value"), number + quotient


def rows_told(rows: Rows, limit: int) -> list[Fact]:
    """How many rows lie behind it, and the numbers of the first of them."""
    total = len(rows.cases) + len(rows.submissions) + len(rows.calls)
    counts = [
        text % {"count": count}
        for count, text in (
            (len(rows.cases), ngettext("%(count)d case", "%(count)d cases", len(rows.cases))),
            (
                len(rows.submissions),
                ngettext("%(count)d contact", "%(count)d contacts", len(rows.submissions)),
            ),
            (len(rows.calls), ngettext("%(count)d call", "%(count)d calls", len(rows.calls))),
        )
        if count
    ]
    facts = [(_("Rows"), ", ".join(counts) or "0")]
    if rows.numerator:
        facts.append((_("of these the part"), f"{len(rows.numerator):,}"))
    shown = list(_numbers(rows, limit))
    if shown:
        more = total - len(shown)
        rest = ngettext("%(count)d more", "%(count)d more", more) % {"count": more}
        facts.append((_("Their numbers"), " ".join(shown) + (f" … {rest} (--limit)" if more > 0 else "")))
    return facts


def _numbers(rows: Rows, limit: int) -> Iterator[str]:
    """The numbers of cases and contacts; a call has none, so that the number of its row stands in."""
    if rows.calls:
        yield from (f"#{key}" for key in rows.calls[:limit])
    for model, keys in ((Case, rows.cases), (Submission, rows.submissions)):
        if keys:
            yield from (
                model.objects.filter(pk__in=keys[:limit]).order_by("pk").values_list("number", flat=True)
            )


def told(facts: Sequence[Fact]) -> list[str]:
    """The facts as lines, their names in one column."""
    room = max((width(name) for name, _text in facts), default=0)
    return [f"{name}{' ' * (room - width(name))}  {printable(text)}" for name, text in facts]
