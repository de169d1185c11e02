"""What the page of figures is asked for: days, filters and the measure of its tables, as they stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.analytics.dimensions import UNKNOWN
from suqing.analytics.periods import CENTRE_ZONE, Period
from suqing.analytics.queries import Filter, Filters, restricts
from suqing.analytics.registry import Measure, get
from suqing.cases.vocabulary import Kind
from suqing.kit.dates import local_day
from suqing.web.desks.figure_address import read_day
from suqing.web.desks.figure_panels import measures_to_cut

FILTERS = ("kind", "district", "topic")
NONE = "-"  # in the address: the value is not known
FIRST_MEASURE = "cases_registered"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.  ``fault`` says why the asked days could not be taken."""

    period: Period
    filters: dict[str, str]
    measure: Measure
    fault: str = ""

    @property
    def conditions(self) -> Filters:
        kept = {name: value for name, value in self.filters.items() if value}
        return tuple(Filter(name, (UNKNOWN if value == NONE else value,)) for name, value in kept.items())

    def query(self, **changes: str) -> dict[str, str]:
        """The address once more, with changes; what is empty is left out."""
        kept = {
            "from": self.period.first.isoformat(), "to": self.period.last.isoformat(), **self.filters,
            "measure": "" if self.measure.code == FIRST_MEASURE else self.measure.code,
        }  # fmt: skip
        return {name: value for name, value in {**kept, **changes}.items() if value}


def read(given: QueryDict, now: datetime) -> Asked:
    """What the address asks for; what cannot be read is left out, days that cannot be shown are told."""
    today = local_day(now, CENTRE_ZONE)
    measures = {one.code: one for one in measures_to_cut()}
    measure = measures.get(given.get("measure", ""), get(FIRST_MEASURE))
    filters = {name: given.get(name, "").replace("\0", "")[:40] for name in FILTERS}
    if filters["kind"] not in set(Kind):
        filters["kind"] = ""
    try:
        period, fault = _period(given, today, now), ""
    except ValueError as refused:
        period, fault = Period.of_day(today, now), str(refused)
    return Asked(period, filters, measure, fault)


def _period(given: QueryDict, today: date, now: datetime) -> Period:
    """The days asked for; today without any.  Only a start means: from there until now."""
    first_text, last_text = given.get("from", ""), given.get("to", "")
    try:
        first = read_day(first_text) if first_text else None
        last = read_day(last_text) if last_text else None
    except ValueError:
        raise ValueError(_("This is not a day that can be shown. Choose one from the calendar.")) from None
    if first is None:
        first = last or today
    last = last or today
    if first > today or last > today:
        raise ValueError(_("This day has not begun yet."))
    if last < first:
        raise ValueError(_("The period ends before it begins."))
    return Period(first, last, now if last == today else None)


def limits_of(person: Person) -> str:
    """What this person's numbers leave out, in words; "" if nothing."""
    if not restricts(person):
        return ""
    if not can(person, Permission.REPORT_VIEW):
        return _("Reports are left out of all numbers here: your role does not open them.")
    return _("All numbers here count only the cases of your units.")
