"""The filters of the work list as they stand in its address, in its bar and as chips."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import visible_unit_ids
from suqing.cases import queries
from suqing.cases.intake import local_day
from suqing.cases.models import Case
from suqing.cases.queries import Filters
from suqing.cases.queries.entities import head_of
from suqing.cases.queries.import_cases import LINK_LENGTH, brought_of, file_name_of
from suqing.cases.vocabulary import LABELS, Kind, State
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, Division, DivisionLevel, Topic
from suqing.web.desks.work_list_look import LOOK
from suqing.web.desks.work_list_views import start_of
from suqing.web.wording import day_text

N_ = str
Options = list[tuple[str, str]]

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


def asked_of(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in (*TEXTS, *LOOK)}


def filters_for(person: Person, view: str, asked: dict[str, str]) -> Filters:
    """What the address asks for, on top of the quick view."""
    start = start_of(person, view)
    return replace(
        start,
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
        parties=_same_person(person, asked["same_person"]),
        event=asked["event"][:20],
        run=asked["run"][:LINK_LENGTH],
        entity=_operator(asked["entity"]),
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


def options_for(person: Person, now: datetime) -> dict[str, Options]:
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


def fields_of(asked: dict[str, str], options: dict[str, Options]) -> list[dict[str, Any]]:
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


def chips_of(
    asked: dict[str, str], options: dict[str, Options], view: str, now: datetime
) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the address without it."""
    labels = dict(_SELECTS)
    found = []
    for name, value in asked.items():
        if not value or name in LOOK:
            continue
        if name in labels:
            chosen = dict(options[name]).get(value, value)
            text = _("%(name)s: %(value)s") % {"name": _(labels[name]), "value": chosen}
        else:
            text = _day_or_words(name, value, now)
        left = {key: kept for key, kept in asked.items() if key != name}
        found.append({"label": text, "remove_url": list_url(left, view)})
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


def list_url(asked: dict[str, str], view: str, **more: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in {"view": view, **asked, **more}.items():
        if value:
            query[name] = value
    return f"{reverse('cases')}?{query.urlencode()}"
