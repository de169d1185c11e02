"""The work list: one list for everybody, narrowed by filters that stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import visible_unit_ids
from suqing.cases import queries
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries import Filters
from suqing.cases.queries.entities import head_of
from suqing.cases.queries.import_cases import LINK_LENGTH, brought_of, file_name_of
from suqing.cases.queries.orders import filters_of
from suqing.cases.vocabulary import LABELS, Kind, State
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division, DivisionLevel, Topic
from suqing.web.context import moment_of
from suqing.web.desks.bulk_forms import bulk_offers
from suqing.web.desks.case_rows import rows_of
from suqing.web.wording import day_text

N_ = str
Options = list[tuple[str, str]]

# Quick views: name, and what they narrow the list to.
VIEWS: dict[str, tuple[str, Filters]] = {
    "open": (N_("All open"), Filters(open_only=True)),
    "to_dispatch": (N_("To dispatch"), Filters(waiting="to_dispatch")),
    "objections": (N_("Objections"), Filters(waiting="objections")),
    "to_decide": (N_("To accept or return"), Filters(waiting="to_decide")),
    "extensions": (N_("Extensions to approve"), Filters(waiting="extensions")),
    "reminded": (N_("Reminded, unanswered"), Filters(waiting="reminded")),
    "due_soon": (N_("Due within 48 hours"), Filters(due="48h")),
    "overdue": (N_("Overdue"), Filters(due="overdue")),
    "all": (N_("All"), Filters()),
    "archived": (N_("Archived"), Filters(archived=True)),
}
FIRST = "open"
NOBODY = "-"  # in place of a case number: the phone number that was searched for has no case
DUE = {
    "overdue": N_("Overdue"),
    "12h": N_("Within 12 hours"),
    "24h": N_("Within 24 hours"),
    "48h": N_("Within 48 hours"),
}
TEXTS = (
    "q",
    "kind",
    "state",
    "unit",
    "place",
    "issue",
    "topic",
    "due",
    "from",
    "to",
    "same_person",
    "event",
    "run",
    "entity",
)


def view_url(view: str) -> str:
    """The address of a quick view."""
    return f"{reverse('cases')}?view={view}"


@require_http_methods(["GET", "POST"])
def work_list(request: HttpRequest) -> HttpResponse:
    """One page of cases; a whole case number opens the case itself."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    asked = _asked(request.GET if request.method == "GET" else request.POST)
    if request.method == "POST" or queries.number_in(asked["q"]):
        # Filters are sent by POST, so that a phone number never stands in an address, a history or a log.
        return redirect(search_url(person, asked, request.POST.get("view", "")))
    hit = _whole_number(person, asked["q"])
    if hit:
        return redirect("case", number=hit)
    # A search looks everywhere: what somebody looks for has often ended already.
    view = request.GET.get("view", "all" if asked["q"] or asked["same_person"] else FIRST)
    view = view if view in VIEWS else FIRST
    filters = _filters(person, view, asked)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = queries.work_list(person, filters, now, after=after, before=before)
    options = _options(person, now)
    facts = {
        "rows": rows_of(page.cases, now),
        "views": [(key, _(name), view_url(key), key == view) for key, (name, _f) in VIEWS.items()],
        "fields": _fields(asked, options),
        "chips": _chips(asked, options, view, now),
        "hidden": [("view", view)],
        "clear_url": view_url(view),
        "pager": _pager(page, asked, view),
        "empty": _empty(asked, view),
        "view_name": _(VIEWS[view][0]),
        "list_query": _url(asked, view).partition("?")[2],
        "bulk": bulk_offers(person),
    }
    return render(request, "web/cases/list.html", facts)


def search_url(person: Person, asked: dict[str, str], view: str = "") -> str:
    """The list that is asked for; instead of a phone number the newest case under it stands in the address."""
    number = queries.number_in(asked.get("q", ""))
    if number:
        asked = asked | {"q": "", "same_person": queries.newest_under(person, number) or NOBODY}
    return _url(asked, "all" if number else view)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list is narrowed to: the filters, their words, and the address of the list; "" if it has none."""

    filters: Filters
    words: list[str]
    url: str


def narrowing(person: Person, given: QueryDict, now: datetime) -> Narrowing:
    """What the address of the work list asks for; for pages that take a list over."""
    view, asked = given.get("view", FIRST), _asked(given)
    view = view if view in VIEWS else FIRST
    chips = [chip["label"] for chip in _chips(asked, _options(person, now), view, now)]
    return Narrowing(_filters(person, view, asked), [_(VIEWS[view][0]), *chips], _url(asked, view))


def saved(stored: Mapping[str, Any], person: Person, now: datetime) -> Narrowing:
    """A stored filter as the work list would show it.  A filter for one person's cases names nobody."""
    filters = filters_of(stored)
    start = {"open_only": filters.open_only, "waiting": filters.waiting, "archived": filters.archived}
    view = next((key for key, (_n, one) in VIEWS.items() if not one.due and _same_start(one, start)), "all")
    typed = {
        "q": filters.words,
        "kind": filters.kind,
        "state": filters.state,
        "unit": filters.unit,
        "place": filters.place,
        "issue": filters.issue_class,
        "topic": filters.topic,
        "due": filters.due,
        "from": filters.received_from,
        "to": filters.received_to,
        "event": filters.event,
        "run": filters.run,
        "entity": filters.entity,
    }
    asked = {name: str(value) for name, value in typed.items() if value} | {"same_person": ""}
    asked = {name: asked.get(name, "") for name in TEXTS}
    words = [_(VIEWS[view][0]), *(chip["label"] for chip in _chips(asked, _options(person, now), view, now))]
    if filters.parties is not None:
        return Narrowing(filters, [*words, _("Cases of one person")], "")
    return Narrowing(filters, words, _url(asked, view))


def _same_start(one: Filters, start: Mapping[str, object]) -> bool:
    return all(getattr(one, name) == value for name, value in start.items())


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in TEXTS}


def _whole_number(person: Person, words: str) -> str:
    number = words.upper()
    if len(number) < 12 or not number[2:].isdigit():
        return ""
    rows = queries.visible_cases(person)
    is_ours = not number[:2].isdigit()
    rows = rows.filter(number=number) if is_ours else rows.filter(imported__number=number)
    found = list(rows.values_list("number", flat=True)[:2])  # two systems may give the same number
    return found[0] if len(found) == 1 else ""


def _filters(person: Person, view: str, asked: dict[str, str]) -> Filters:
    """What the address asks for, on top of the quick view."""
    start = VIEWS[view][1]
    return Filters(
        kind=asked["kind"] if asked["kind"] in set(Kind) else "",
        state=asked["state"] if asked["state"] in set(State) else "",
        unit=_number(asked["unit"]),
        place=asked["place"] if asked["place"].isdigit() else "",
        issue_class=_number(asked["issue"]),
        topic=asked["topic"],
        due=asked["due"] if asked["due"] in DUE else start.due,
        received_from=_day(asked["from"]),
        received_to=_day(asked["to"]),
        words=asked["q"],
        waiting=start.waiting,
        parties=_same_person(person, asked["same_person"]),
        event=asked["event"][:20],
        run=asked["run"][:LINK_LENGTH],
        entity=_operator(asked["entity"]),
        open_only=start.open_only,
        archived=start.archived,
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _operator(text: str) -> int | None:
    """The operator that one was merged into: an address that somebody kept still shows all its cases."""
    key = _number(text)
    return None if key is None else head_of(key)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _same_person(person: Person, number: str) -> tuple[int, ...] | None:
    """The keys of the person of a case, if the reader may see that case; nobody's otherwise."""
    if not number:
        return None
    try:
        case = queries.case_for(person, number)
    except Case.DoesNotExist:
        return ()
    return queries.same_person(case.party) if case.party else ()


# The filter bar


def _options(person: Person, now: datetime) -> dict[str, Options]:
    """What can be chosen in each filter; a fixed number of queries."""
    units = _units(person)
    cities = {unit.division_code[:4] for unit in units if len(unit.division_code) >= 4}
    districts = Division.objects.at_level(DivisionLevel.DISTRICT).in_pinyin_order()
    places = [place for place in districts if place.code[:4] in cities]
    trees = [
        *ClassTree.objects.in_use(ClassKind.ISSUE, local_day(now))[:1],
        *ClassTree.objects.in_use(ClassKind.REPORT_ISSUE, local_day(now))[:1],
    ]
    nodes = ClassNode.objects.filter(tree__in=trees).order_by("tree__kind", "order")
    return {
        "kind": [(str(one), _(LABELS[one])) for one in Kind],
        "state": [(str(one), _(LABELS[one])) for one in State],
        "unit": [(str(unit.pk), unit.name) for unit in units],
        "place": [(place.code, place.name) for place in places],
        "issue": [(str(node.pk), node.label) for node in nodes],
        "topic": [(topic.code, topic.label) for topic in Topic.objects.active().order_by("order", "code")],
        "due": [(key, _(name)) for key, name in DUE.items()],
    }


def _units(person: Person) -> list[Unit]:
    mine = visible_unit_ids(person)
    rows = Unit.objects.active().order_by("path")
    return list(rows if mine is None else rows.filter(pk__in=mine))


_SELECTS = (
    ("kind", N_("Kind")),
    ("state", N_("State")),
    ("unit", N_("Unit")),
    ("place", N_("District")),
    ("issue", N_("Problem class")),
    ("topic", N_("Topic")),
    ("due", N_("Due")),
)


def _fields(asked: dict[str, str], options: dict[str, Options]) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    words = {"name": "q", "label": _("Words, number or phone"), "kind": "search", "value": asked["q"]}
    selects = [
        {
            "name": name,
            "label": _(label),
            "kind": "select",
            "value": asked[name],
            "options": [("", _("any")), *options[name]],
        }
        for name, label in _SELECTS
        if len(options[name]) > 1
    ]
    days = [
        {"name": "from", "label": _("Received from"), "kind": "date", "value": asked["from"]},
        {"name": "to", "label": _("Received to"), "kind": "date", "value": asked["to"]},
    ]
    return [words, *selects, *days]


def _chips(
    asked: dict[str, str], options: dict[str, Options], view: str, now: datetime
) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the address without it."""
    labels = dict(_SELECTS)
    found = []
    for name, value in asked.items():
        if not value:
            continue
        if name in labels:
            text = f"{_(labels[name])}: {dict(options[name]).get(value, value)}"
        else:
            text = _day_or_words(name, value, now)
        left = {key: kept for key, kept in asked.items() if key != name}
        found.append({"label": text, "remove_url": _url(left, view)})
    return found


def _day_or_words(name: str, value: str, now: datetime) -> str:
    if name == "same_person" and value == NOBODY:
        return _("Nobody with this phone number in your sight")
    day = _day(value)
    shown = day_text(day, now.date()) if day else value
    if name == "run":
        return _import_words(value)
    texts = {
        "q": _("“%(value)s”"),
        "from": _("Received from %(value)s"),
        "to": _("Received to %(value)s"),
        "same_person": _("Same person as in %(value)s"),
        "event": _("Event %(value)s"),
        "entity": _("Cases of one operator"),  # its name would tell that it is known here
    }
    return texts[name] % {"value": shown}


_FATES = {
    "": N_("From the import of %(value)s"),
    "added": N_("New by the import of %(value)s"),
    "updated": N_("Brought up to date by the import of %(value)s"),
    "kept": N_("Kept as they were by the import of %(value)s"),
}


def _import_words(value: str) -> str:
    brought = brought_of(value)
    return _(_FATES[brought.fate if brought else ""]) % {"value": file_name_of(brought) or "—"}


def _url(asked: dict[str, str], view: str, **more: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in {"view": view, **asked, **more}.items():
        if value:
            query[name] = value
    return f"{reverse('cases')}?{query.urlencode()}"


def _pager(page: queries.Page, asked: dict[str, str], view: str) -> dict[str, Any]:
    return {
        "newer_url": _url(asked, view, before=page.before) if page.before else "",
        "older_url": _url(asked, view, after=page.after) if page.after else "",
        "shown": len(page.cases),
    }


def _empty(asked: dict[str, str], view: str) -> dict[str, str]:
    if any(asked.values()):
        return {
            "title": _("Nothing fits these filters"),
            "text": _("Take one away, or look in all cases."),
            "icon": "filter",
            "url": _url({name: "" for name in asked} | {"q": asked["q"]}, "all"),
            "verb": _("Look in all cases"),
        }
    return {
        "title": _("Nothing waits here"),
        "text": _("What comes in next will stand here."),
        "icon": "circle-check",
        "url": view_url("all") if view != "all" else "",
        "verb": _("See all cases"),
    }
