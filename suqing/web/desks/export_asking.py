"""What the address of a list page narrows its list to, as filters and words that an export stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.analytics.export_cases import figure_json
from suqing.analytics.exports import LISTS, NATIONAL, SUQING, may_export, may_see_personal
from suqing.bulletins.models import BulletinFigure
from suqing.cases.queries.clock_changes import recounts
from suqing.cases.queries.filters import to_json
from suqing.cases.vocabulary import LABELS, Kind
from suqing.ledger.queries import setting
from suqing.taxonomy.models import Division
from suqing.web.desks import clock_pages, data_quality, dispatch_catalogue, supervision, visits, work_list
from suqing.web.desks.figure_address import BadAddress, filter_texts, measure_facts, period_text, read_figure

N_ = str


class BadList(ValueError):
    """The address names no list that this person could write to a file."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is stored of a list's address: filters for the query, and words for the file."""

    filters: dict[str, Any]
    words: list[str]


def _cases(person: Person, given: QueryDict, now: datetime) -> Narrowed:
    if "view" not in given and (given.get("q") or given.get("same_person")):
        given = given.copy()
        given["view"] = "all"  # as on the page: a search looks everywhere
    found = work_list.narrowing(person, given, now)
    return Narrowed(to_json(found.filters), found.words)


def _figure(person: Person, given: QueryDict, now: datetime) -> Narrowed:
    try:
        found = read_figure(given, person)
    except BadAddress as refused:
        raise BadList(str(refused)) from refused
    part = "numerator" if found.measure.is_share and given.get("part") == "numerator" else ""
    words = [measure_facts(found.measure)["name"], period_text(found.period, now.date())]
    return Narrowed(figure_json(found, part), [*words, *filter_texts(found.filters)])


def _view_of(views: dict[str, str], first: str) -> Callable[[Person, QueryDict, datetime], Narrowed]:
    """For pages that are narrowed by a view alone."""

    def read(_person: Person, given: QueryDict, _now: datetime) -> Narrowed:
        view = given.get("view", first)
        view = view if view in views else first
        return Narrowed({"view": view}, [_(views[view])])

    return read


def _rules(_person: Person, given: QueryDict, _now: datetime) -> Narrowed:
    asked = dispatch_catalogue.asked_filters(given)
    unit = Unit.objects.filter(pk=asked.unit).first() if asked.unit else None
    words = [_(dispatch_catalogue.STATUSES[asked.status])]
    words += [_(LABELS[Kind(asked.kind)])] if asked.kind else []
    words += [unit.name] if unit else []
    return Narrowed({"status": asked.status, "kind": asked.kind, "unit": asked.unit}, words)


def _changes(person: Person, given: QueryDict, now: datetime) -> Narrowed:
    run = clock_pages.chosen_run(recounts(person), given.get("run", ""))
    unit = clock_pages.units_in_sight(person).get(given.get("unit", ""))
    words = ([clock_pages.run_words(run, now)] if run else []) + ([unit.name] if unit else [])
    return Narrowed({"run": run.row.run if run else "", "unit": unit.pk if unit else None}, words)


def _bulletin(_person: Person, given: QueryDict, _now: datetime) -> Narrowed:
    named, key = given.get("bulletin", ""), given.get("key", "")
    bulletin = int(named) if named.isdecimal() and len(named) < 10 else 0
    rows = BulletinFigure.objects.select_related("bulletin__series").defer("bulletin__document")
    stored = rows.filter(bulletin=bulletin, key=key).first()
    if stored is None:
        raise BadList("no such figure")
    part = "numerator" if stored.denominator is not None and given.get("part") == "numerator" else ""
    words = [f"{stored.bulletin.series.name} {stored.bulletin.day}", stored.label or stored.measure]
    return Narrowed({"bulletin": bulletin, "key": key, "part": part}, words)


def _operators(_person: Person, given: QueryDict, _now: datetime) -> Narrowed:
    asked = {name: given.get(name, "").strip()[:200] for name in ("q", "place", "only", "sort")}
    place = asked["place"] if asked["place"].isdigit() else ""
    filters = {
        "words": asked["q"],
        "place": place,
        "is_open": asked["only"] == "open",
        "is_several": asked["only"] == "several",
        "sort": asked["sort"],
    }
    named = Division.objects.filter(code=place).first() if place else None
    only = {"open": _("With open cases"), "several": _("With several recent cases")}
    words = [asked["q"], named.name if named else place, only.get(asked["only"], "")]
    return Narrowed(
        {name: value for name, value in filters.items() if value}, [word for word in words if word]
    )


def _events(_person: Person, given: QueryDict, _now: datetime) -> Narrowed:
    is_over = given.get("view") == "closed"
    return Narrowed(
        {"view": "closed"} if is_over else {}, [_("Events that are closed") if is_over else _("Going on")]
    )


def _quality(person: Person, given: QueryDict, now: datetime) -> Narrowed:
    asked, cell = data_quality.asked_of(given, now.date()), data_quality.cell_of(given)
    if asked.fault:
        raise BadList(asked.fault)
    scope = data_quality.scope_of(person, asked)
    filters: dict[str, Any] = {"since": scope.since.isoformat(), "until": scope.until.isoformat()}
    words = [data_quality.days_text(asked, now.date()), *data_quality.words_of(cell)]
    return Narrowed({**filters, **{name: value for name, value in asdict(cell).items() if value}}, words)


# A list that is registered in ``analytics.exports`` and has no reader here has no page yet.
READERS: dict[str, Callable[[Person, QueryDict, datetime], Narrowed]] = {
    "cases": _cases,
    "figure_cases": _figure,
    "figure_contacts": _figure,
    "orders": _view_of(supervision.VIEWS, "open"),
    "visits": _view_of(visits.VIEWS, "to_visit"),
    "dispatch_rules": _rules,
    "clock_changes": _changes,
    "operators": _operators,
    "events": _events,
    "quality_lines": _quality,
    "quality_cases": _quality,
    "bulletin_cases": _bulletin,
    "bulletin_contacts": _bulletin,
}


def read_list(person: Person, code: str, query: str, now: datetime) -> Narrowed:
    """What the address of a list page asks for.  Raise BadList where it names none."""
    reader = READERS.get(code)
    if reader is None or code not in LISTS or len(query) > 4000:
        raise BadList(code[:40])
    given = QueryDict(query)
    # In an address it stands as %00: no text of the database can hold it.
    if any("\0" in text for name in given for text in (name, *given.getlist(name))):
        raise BadList(code[:40])
    return reader(person, given, now)


@dataclass(frozen=True, slots=True)
class Way:
    """One form that a list can be written in."""

    code: str
    label: str
    layout: str
    format: str
    encoding: str = ""


WAYS = (
    Way("xlsx", N_("Excel workbook (.xlsx)"), SUQING, "xlsx"),
    Way("csv", N_("CSV, UTF-8"), SUQING, "csv", "utf-8"),
    Way("csv-gb18030", N_("CSV, GB18030"), SUQING, "csv", "gb18030"),
    Way("national-xlsx", N_("Layout of the national platform (.xlsx)"), NATIONAL, "xlsx"),
    Way("national-csv", N_("Layout of the national platform, CSV"), NATIONAL, "csv", "utf-8"),
)


def way_of(code: str) -> Way | None:
    """The way of this code."""
    return next((way for way in WAYS if way.code == code), None)


def menu_of(person: object, code: str, query: str) -> dict[str, Any] | None:
    """The values that export_menu.html asks for; None for whom there is no menu."""
    found = LISTS.get(code)
    if found is None or not isinstance(person, Person) or not may_export(person, found):
        return None
    return {
        "list": code,
        "label": _(found.label),
        "query": query,
        "ways": [(way.code, _(way.label)) for way in WAYS if way.layout in found.layouts],
        "may_see_personal": may_see_personal(person, found),
        "reason_min": setting("accounts.look_reason_min"),
    }
