"""The calendar and the policy in force, and explanations in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suqing.lawclock import wording
from suqing.lawclock.articles import cite
from suqing.lawclock.calendars import WorkCalendar
from suqing.lawclock.deadlines import DayLine, Sentence
from suqing.lawclock.local_policy import PREFIX
from suqing.lawclock.models import CalendarDay, CalendarState, CalendarYear
from suqing.lawclock.policies import Policy
from suqing.ledger.queries import all_settings

_built: tuple[UUID, WorkCalendar] | None = None


def calendar() -> WorkCalendar:
    """Give the calendar in force, local edits included; one small query unless it changed.

    A year that was never loaded raises CalendarMissing when it is counted, not here.
    """
    global _built
    state = CalendarState.objects.filter(pk=1).first()
    if state is None:
        return WorkCalendar((), ())
    if _built is None or _built[0] != state.token:
        _built = (state.token, _build(state.number))
    return _built[1]


def _build(version: int) -> WorkCalendar:
    assumed = set(
        CalendarYear.objects.filter(origin=CalendarYear.Origin.ASSUMED).values_list("year", flat=True)
    )
    years = set(CalendarYear.objects.values_list("year", flat=True)) - assumed
    rules = [row.as_rule() for row in CalendarDay.objects.in_force_order()]
    return WorkCalendar(rules, years, assumed=assumed, version=version)


def working_day_test() -> Callable[[date], bool]:
    """Give the test of a working day for duty hours; a year without a calendar has its weekdays."""
    known = calendar()
    return lambda day: known.is_working_day(day) if known.covers(day.year) else day.weekday() < 5


def policy() -> Policy:
    """Give the local policy in force for what the law leaves open; one query."""
    values = {one.declared.key: one.value for one in all_settings() if one.declared.key.startswith(PREFIX)}
    return Policy.from_json({key.removeprefix(PREFIX): value for key, value in values.items()})


@dataclass(frozen=True, slots=True)
class YearOnPage:
    """A year of the calendar for the administration page."""

    year: int
    papers: tuple[str, ...]
    origin: str
    declared: tuple[CalendarDay, ...]
    local: tuple[CalendarDay, ...]


def calendar_year(year: int) -> YearOnPage:
    """Give one year with its notice, days and local edits.  Raise CalendarYear.DoesNotExist."""
    row = CalendarYear.objects.get(pk=year)
    days = list(row.days.in_force_order())
    return YearOnPage(
        year=row.year,
        papers=tuple(row.papers),
        origin=row.origin,
        declared=tuple(day for day in days if not day.is_local),
        local=tuple(day for day in days if day.is_local),
    )


def years_loaded() -> list[int]:
    """Give the years that may be counted, oldest first."""
    return list(CalendarYear.objects.order_by("year").values_list("year", flat=True))


def missing_year(today: date) -> int | None:
    """Give the next year that deadlines starting around today will need and that has no notice yet.

    From 1 October on, a 60-day limit may reach into the next year: pages warn the administrator.
    """
    wanted = today.year + 1 if today.month >= 10 else today.year
    loaded = set(
        CalendarYear.objects.exclude(origin=CalendarYear.Origin.ASSUMED).values_list("year", flat=True)
    )
    return next((year for year in range(today.year, wanted + 1) if year not in loaded), None)


def citation(articles: tuple[str, ...]) -> str:
    """Cite articles in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    return ("、" if chinese else ", ").join(cite(key, chinese=chinese) for key in articles)


def say(sentence: Sentence) -> str:
    """Say one sentence of an explanation in the reader's language, articles cited."""
    values = {
        name: _(value) if name in ("unit", "kind") else value  # type: ignore[arg-type]
        for name, value in sentence.values
    }
    return _(sentence.text) % {**values, "articles": citation(sentence.articles)}


def say_day(line: DayLine) -> str:
    """Say why a day is counted or not, with the holiday or the excluded period by name."""
    text = _(wording.DAY_REASONS[line.reason])
    if line.reason == "excluded":
        names = [_(wording.SPAN_KINDS[kind]) for kind in line.span_kinds]
    else:
        # A notice may name an ordinary Monday as worked (3 February 2020): a holiday's name beside it would mislead.
        names = [line.name] if line.name and line.reason != "working_day" else []
    if not names:
        return text
    return _("%(reason)s (%(names)s)") % {"reason": text, "names": _(", ").join(names)}
