"""What the pages of figures are asked for: days, filters, measure and comparisons, as they stand in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.analytics.dimensions import UNKNOWN
from suqing.analytics.lunar import LunarYearMissing
from suqing.analytics.period_kinds import NoCounterpart, PeriodKind
from suqing.analytics.periods import CENTRE_ZONE, Against, Period
from suqing.analytics.queries import Filter, Filters, restricts
from suqing.analytics.registry import Measure, get
from suqing.cases.vocabulary import Kind
from suqing.kit.dates import local_day
from suqing.web.desks.figure_address import read_day
from suqing.web.desks.figure_panels import SWITCHES, measures_to_cut

FILTERS = ("kind", "district", "topic")
NONE = "-"  # in the address: the value is not known, or nothing of all there is
FIRST_MEASURE = "cases_registered"
KINDS = (
    PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.TEN_DAYS, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR,
    PeriodKind.LUNAR_WEEK,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.  ``fault`` says why the asked days could not be taken."""

    period: Period
    filters: dict[str, str]
    measure: Measure
    fault: str = ""
    switches: tuple[Against, ...] = SWITCHES

    @property
    def conditions(self) -> Filters:
        kept = {name: value for name, value in self.filters.items() if value}
        return tuple(Filter(name, (UNKNOWN if value == NONE else value,)) for name, value in kept.items())

    def query(self, **changes: str) -> dict[str, str]:
        """The address once more, with changes; what is empty is left out."""
        kept = {
            "from": self.period.first.isoformat(), "to": self.period.last.isoformat(), **self.filters,
            "period": self.period.kind.value if self.period.is_named else "",
            "measure": "" if self.measure.code == FIRST_MEASURE else self.measure.code,
            "against": "" if self.switches == SWITCHES else said_switches(self.switches),
        }  # fmt: skip
        return {name: value for name, value in {**kept, **changes}.items() if value}

    def days(self, period: Period) -> dict[str, str]:
        """Changes of the address for other days."""
        kind = period.kind.value if period.is_named else ""
        return {"from": period.first.isoformat(), "to": period.last.isoformat(), "period": kind}


def read(given: QueryDict, now: datetime, measures: Iterable[Measure] = ()) -> Asked:
    """What the address asks for; what cannot be read is left out, days that cannot be shown are told."""
    today = local_day(now, CENTRE_ZONE)
    known = {one.code: one for one in measures or measures_to_cut()}
    measure = known.get(given.get("measure", ""), get(FIRST_MEASURE))
    filters = {name: given.get(name, "").replace("\0", "")[:40] for name in FILTERS}
    if filters["kind"] not in set(Kind):
        filters["kind"] = ""
    try:
        period, fault = _period(given, today, now), ""
    except ValueError as refused:
        period, fault = Period.of_day(today, now), str(refused)
    return Asked(period, filters, measure, fault, _switches(given.get("against", "")))


def _period(given: QueryDict, today: date, now: datetime) -> Period:
    """The days asked for; today without any.  Only a start means: from there until now, of a kind the whole period that
    it lies in."""
    first_text, last_text = given.get("from", ""), given.get("to", "")
    try:
        first = read_day(first_text) if first_text else None
        last = read_day(last_text) if last_text else None
    except ValueError:
        raise ValueError(_("This is not a day that can be shown. Choose one from the calendar.")) from None
    kind = given.get("period", "")
    if kind in KINDS:
        return _of_kind(PeriodKind(kind), first or last or today, today, now)
    if first is None:
        first = last or today
    last = last or today
    if first > today or last > today:
        raise ValueError(_("This day has not begun yet."))
    if last < first:
        raise ValueError(_("The period ends before it begins."))
    return Period(first, last, now if last == today else None)


def _of_kind(kind: PeriodKind, day: date, today: date, now: datetime) -> Period:
    """The period that the day lies in, up to now."""
    if day > today:
        raise ValueError(_("This day has not begun yet."))
    try:
        return Period.containing(kind, day, now)
    except LunarYearMissing:
        raise ValueError(_("No lunar new year's day is known for this year.")) from None


def neighbours(period: Period, now: datetime) -> tuple[Period | None, Period | None]:
    """The whole period before, and the one after if it has begun; None where there is none."""
    today = local_day(now, CENTRE_ZONE)
    whole = replace(period, last=max(period.last, period.whole[1]), until=None)
    try:
        before = whole.previous()
    except (NoCounterpart, LunarYearMissing):
        before = None
    try:
        after = whole.following()
    except LunarYearMissing:
        after = None
    if after is not None and after.first > today:
        after = None
    if after is not None and after.last > today:
        after = Period(after.first, today, kind=after.kind)
    return before, after


# Comparisons


def _switches(text: str) -> tuple[Against, ...]:
    words = text.split(",")
    found = tuple(one for one in Against if one.value in words)
    return found if found or text == NONE else SWITCHES


def said_switches(switches: Iterable[Against]) -> str:
    """As the address says them."""
    return ",".join(one.value for one in switches) or NONE


def switched(switches: tuple[Against, ...], one: Against) -> tuple[Against, ...]:
    """The switches with one of them turned."""
    kept = set(switches) ^ {one}
    return tuple(each for each in Against if each in kept)


def limits_of(person: Person) -> str:
    """What this person's numbers leave out, in words; "" if nothing."""
    if not restricts(person):
        return ""
    if not can(person, Permission.REPORT_VIEW):
        return _("Reports are left out of all numbers here: your role does not open them.")
    return _("All numbers here count only the cases of your units.")
