"""A figure as an address and back: measure, period and filters stand in it, so every number can be sent as a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.analytics import dimensions
from suqing.analytics.dimensions import NoSuchCut, UnknownDimension
from suqing.analytics.figure_words import escaped, split_values
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.periods import Period
from suqing.analytics.queries import Figure, Filter, Filters, Number, figure
from suqing.analytics.registry import STAGE_LABELS, UNIT_LABELS, Measure, UnknownMeasure, get
from suqing.web.wording import day_text, number_text

WHERE = "where."
FIRST_YEAR, LAST_YEAR = 2000, 2100


class BadAddress(ValueError):
    """The address names no figure."""


def figure_url(found: Figure, part: str = "") -> str:
    """The page of the rows behind a figure; ``part`` "numerator" shows the part of a share."""
    return f"{reverse('figure-cases')}?{urlencode(pairs_of(found, part))}"


def pairs_of(found: Figure, part: str = "") -> list[tuple[str, str]]:
    """The figure as query parameters.  Filters stand one by one, for they narrow each other; a comma parts values."""
    pairs = [("measure", found.measure.code), *period_pairs(found.period)]
    pairs += [(f"{WHERE}{one.dimension}", ",".join(map(escaped, one.values))) for one in found.filters]
    return [*pairs, ("part", part)] if part else pairs


def period_pairs(period: Period) -> list[tuple[str, str]]:
    """The period as query parameters."""
    pairs = [("from", period.first.isoformat()), ("to", period.last.isoformat())]
    pairs += [("until", period.until.isoformat())] if period.until else []
    return [*pairs, ("period", period.kind.value)] if period.is_named else pairs


def read_figure(given: QueryDict, person: Person) -> Figure:
    """Count the figure of an address within the person's rights.  Raise BadAddress where it names none."""
    try:
        measure = get(given.get("measure", ""))
        first, last = (read_day(given.get(name, "")) for name in ("from", "to"))
        kind = PeriodKind(given.get("period") or PeriodKind.SPAN)
        period = Period(first, last, _moment(given.get("until", "")), kind)
        filters = _filters(given)
        for one in filters:
            dimensions.cut(one.dimension, measure.source)
    except (UnknownMeasure, UnknownDimension, NoSuchCut, ValueError, OverflowError) as error:
        raise BadAddress(str(error)) from error
    return figure(measure, period=period, filters=filters, person=person)


def read_day(text: str) -> date:
    """The day, or ValueError for what is no day of this century."""
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is out of reach")
    return day


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return at


def _filters(given: QueryDict) -> Filters:
    found = []
    for name in given:
        if name.startswith(WHERE):
            found += [Filter(name.removeprefix(WHERE), split_values(text)) for text in given.getlist(name)]
    if any("\0" in value for one in found for value in one.values):
        raise ValueError("a filter holds a character that no text has")
    return tuple(found)


# Words


def period_text(period: Period, today: date) -> str:
    """1月27日 周一（截至10:00）, 1月20日 周一 至 1月26日 周日."""
    first, last = day_text(period.first, today), day_text(period.last, today)
    text = first if period.length == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
    if period.until is None:
        return text
    until = timezone.localtime(period.until)
    return _("%(period)s (until %(time)s)") % {"period": text, "time": f"{until:%H:%M}"}


def filter_texts(filters: Iterable[Filter]) -> list[str]:
    """Each filter in words: 类型：投诉; the same one said twice is shown once."""
    texts = []
    for one in filters:
        dimension = dimensions.get(one.dimension)
        named = dimension.labels(one.values)
        words = _(", ").join(named[value] for value in one.values)
        texts.append(_("%(name)s: %(value)s") % {"name": _(dimension.name), "value": words})
    return list(dict.fromkeys(texts))


def value_text(value: Number | None) -> str:
    """The number as people read it, a dash for none."""
    return number_text(value)


def measure_facts(measure: Measure) -> dict[str, Any]:
    """Name, definition, formula and unit of a measure, in the reader's language."""
    return {
        "name": _(measure.name),
        "definition": _(measure.definition),
        "formula": _(measure.formula),
        "unit": "%" if measure.is_share else _(UNIT_LABELS[measure.unit]),
        "stage": _(STAGE_LABELS[measure.stage]),
        "is_local": measure.is_local,
    }
