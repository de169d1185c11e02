"""A figure asked for in words, as on the command line: measure, dimensions, filters, period, comparisons.

Whatever names nothing is told with what there is to choose from, never with more than a few lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches

from django.utils.translation import gettext as _

from suqing.analytics import dimensions
from suqing.analytics.dimensions import DIMENSIONS, Dimension
from suqing.analytics.engine.questions import Filter, Filters
from suqing.analytics.facts import UNKNOWN, Source
from suqing.analytics.period_codes import BadPeriodCode, parse
from suqing.analytics.periods import CENTRE_ZONE, Against, Period
from suqing.analytics.registry import Measure, UnknownMeasure, all_measures, get
from suqing.kit.dates import local_day

SWITCHES = {"previous": Against.PREVIOUS, "year": Against.LAST_YEAR, "lunar": Against.LUNAR_YEAR}
PERIODS = "2020-01-27, 2020-W05, 2020-01-T1, 2020-01, 2020-Q1, 2020, 2020-L1 or 2020-01-03..2020-01-09"
NONE = "-"  # stands for the value that is not known
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_NAMED = 30  # values that a message lists
# Dimensions whose values have no list to be looked up in: what was never registered is simply not there.
FREE = ("issue", "object", "object_head", "goods", "goods_group")


class BadWords(ValueError):
    """The words ask for no figure; the message says what could be asked instead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words ask for."""

    measure: Measure
    period: Period
    filters: Filters = ()
    by: tuple[str, ...] = ()
    against: tuple[Against, ...] = ()


def measure_named(code: str) -> Measure:
    """The measure, or BadWords with codes that are written alike."""
    try:
        return get(code)
    except UnknownMeasure:
        near = get_close_matches(code, [one.code for one in all_measures()], 5, 0.4)
        hint = f" Did you mean {_either(near)}?" if near else ""
        raise BadWords(
            f"No measure is called {code!r}.{hint} `suqing figure --list` names them all."
        ) from None


def cuts_named(text: str, source: Source) -> tuple[str, ...]:
    """One or two dimensions, or BadWords."""
    codes = tuple(code.strip() for code in text.split(",") if code.strip())
    if len(codes) > 2 or len(set(codes)) != len(codes):
        raise BadWords("--by takes one dimension or two different ones, as in --by district,kind")
    for code in codes:
        dimension_named(code, source)
    return codes


def dimension_named(code: str, source: Source) -> Dimension:
    """The dimension, if rows of the source have it, or BadWords."""
    if code in DIMENSIONS and source in DIMENSIONS[code].sources:
        return DIMENSIONS[code]
    fitting = ", ".join(one.code for one in DIMENSIONS.values() if source in one.sources)
    fault = (
        f"{source.name} are not told apart by {code}."
        if code in DIMENSIONS
        else f"No dimension is called {code!r}."
    )
    raise BadWords(f"{fault} Here there are: {fitting}.")


# Filters


def filters_named(texts: Iterable[str], source: Source) -> Filters:
    """Filters from DIMENSION=VALUE,VALUE; ``-`` is the value that is not known, a backslash keeps a comma."""
    found = []
    for text in texts:
        code, equals, values = text.partition("=")
        if not equals:
            raise BadWords(f"--where takes DIMENSION=VALUE,VALUE, not {text!r}")
        dimension = dimension_named(code.strip(), source)
        given = tuple(UNKNOWN if one == NONE else one for one in split_values(values))
        check_values(dimension, given)
        found.append(Filter(dimension.code, given))
    return tuple(found)


def check_values(dimension: Dimension, values: Collection[str]) -> None:
    """Raise BadWords for a value that the dimension cannot have, with those that it can have where they are few."""
    if any("\0" in value for value in values):
        raise BadWords("A filter holds a character that no text has.")
    asked = {value for value in values if value != UNKNOWN}
    if dimension.code in FREE or not asked:
        return
    missing = sorted(asked - set(dimension.label(asked)))
    if missing:
        choice = f" There are: {', '.join(_choice(dimension))}." if dimension.closed_list else ""
        raise BadWords(f"No {dimension.code} is called {_either(missing[:5])}.{choice}")


def _choice(dimension: Dimension) -> list[str]:
    named = dimension.label(dimension.closed_list)
    return [f"{value} ({named.get(value, value)})" for value in dimension.closed_list[:MOST_NAMED]]


def escaped(value: str) -> str:
    """The value as ``split_values`` reads it among others."""
    return value.replace("\\", "\\\\").replace(",", "\\,")


def split_values(text: str) -> tuple[str, ...]:
    """Commas part values, a backslash keeps the next character."""
    values, characters = [""], iter(text)
    for character in characters:
        if character == "\\":
            values[-1] += next(characters, "")
        elif character == ",":
            values.append("")
        else:
            values[-1] += character
    return tuple(values)


# Time


def period_named(first: str, last: str, code: str, now: datetime) -> Period:
    """The period of two days or of a code; today without any.  Cut off at ``now`` where it is not over.  Raise BadWords."""
    today = local_day(now, CENTRE_ZONE)
    if code and (first or last):
        raise BadWords("Give --period, or --from and --to, not both.")
    period = _coded(code) if code else _of_days(first, last, today)
    if not FIRST_YEAR <= period.first.year <= period.last.year <= LAST_YEAR:
        raise BadWords(f"Days lie between {FIRST_YEAR} and {LAST_YEAR}.")
    if period.first > today:
        raise BadWords(f"{period.first} has not begun yet: it is {today}.")
    return replace(period, last=today, until=now) if period.last >= today else period


def _coded(code: str) -> Period:
    try:
        return parse(code)
    except (BadPeriodCode, OverflowError):
        raise BadWords(f"No period is called {code!r}. Periods are written {PERIODS}.") from None


def _of_days(first: str, last: str, today: date) -> Period:
    begin = _day(first) if first else _day(last) if last else today
    end = _day(last) if last else begin
    if end < begin:
        raise BadWords(f"The period ends on {end}, before it begins on {begin}.")
    return Period(begin, end)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadWords(f"{text!r} is no day. Days are written 2020-01-27.") from None


def switches_named(text: str, by: Sequence[str]) -> tuple[Against, ...]:
    """The comparisons, or BadWords. A table over time has none: its lines are days."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in SWITCHES]
    if unknown:
        raise BadWords(f"--compare takes {_either(list(SWITCHES))}, not {unknown[0]!r}.")
    if words and any(DIMENSIONS[code].time not in ("", "hour") for code in by):
        raise BadWords("A table over time is not compared: another period has other days in its lines.")
    return tuple(dict.fromkeys(SWITCHES[word] for word in words))


def wanted(given: Mapping[str, str], where: Iterable[str], now: datetime) -> Wanted:
    """What the words ask for: measure, by, from, to, period and compare.  Raise BadWords."""
    measure = measure_named(given["measure"])
    period = period_named(given.get("from", ""), given.get("to", ""), given.get("period", ""), now)
    by = cuts_named(given.get("by", ""), measure.source)
    filters = filters_named(where, measure.source)
    return Wanted(measure, period, filters, by, switches_named(given.get("compare", ""), by))


def filters_said(filters: Iterable[Filter]) -> list[str]:
    """Each filter in the words of the reader, and its code."""
    said = []
    for one in filters:
        cut = dimensions.get(one.dimension)
        named = cut.labels(one.values)
        values = ", ".join(
            named[value] if named[value] == value or value == UNKNOWN else f"{named[value]} ({value})"
            for value in one.values
        )
        said.append(f"{_(cut.name)} = {values}")
    return said


def _either(words: Sequence[str]) -> str:
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
