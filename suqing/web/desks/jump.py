"""What the palette (Ctrl+K) offers for what somebody has typed: cases, contacts, operators, events, pages, actions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqing.accounts.models import Person
from suqing.bulletins.daily import SERIES_CODE
from suqing.bulletins.models import State
from suqing.bulletins.queries import bulletins
from suqing.cases import queries
from suqing.cases.models import Case, Submission
from suqing.cases.queries.entities import entities_called
from suqing.cases.queries.groups import visible_groups
from suqing.cases.queries.lists import SHORTEST_NUMBER_THERE
from suqing.kit import phones, pinyin
from suqing.web.context import DESKS, INBOX, may_open
from suqing.web.desks.work_list import search_url
from suqing.web.desks.work_list_filters import list_url
from suqing.web.help import TOPICS

N_ = str
SHOWN = 5  # of each kind; the work list shows all
LONGEST = 80
SHORTEST_NUMBER = 6  # characters from which on a part of a case number is looked for
KINDS = ("ZX", "TS", "JB")
OUR_NUMBER = re.compile(r"(ZX|TS|JB)?\d+", re.IGNORECASE)
CONTACT_NUMBER = re.compile(r"\d{14,16}")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, or an action that stands as a page; ``query`` follows its address, ``also`` are further English words.

    ``asks`` names another address that must be open too, where the page alone would not do.
    """

    url_name: str
    label: str
    also: str = ""
    query: str = ""
    args: tuple[str, ...] = ()
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """An action that a button of the frame does; ``selector`` finds the button."""

    selector: str
    label: str
    also: str = ""


PAGES = (
    *(Page(desk.url_name, desk.label) for desk in (*DESKS, INBOX)),
    Page("security", N_("Sign-in and security")),
)
NEWEST = Page("bulletin", N_("Newest daily bulletin"), "today 今日快报")
HELP = (
    Page("help", N_("Help"), "topics tour"),
    *(Page("help-topic", topic.title, args=(topic.code,)) for topic in TOPICS),
)
ACTIONS: tuple[Page | Press, ...] = (
    Page("call-desk", N_("Take a new call"), "register"),
    Page("cases", N_("Open the overdue cases"), "late", "?view=overdue"),
    Page("bulk-changes", N_("Change many cases"), "bulk"),
    Page("bulletins", N_("Draft the daily bulletin"), "today", asks="bulletin-draft"),
    Page(
        "cases", N_("Export the work list"), "new csv excel download", "?view=all#export", asks="export-new"
    ),
    Page("change-password", N_("Change password")),
    Press("[data-keyboard-sheet]", N_("Keyboard shortcuts"), "keys help"),
    Press(".sq-menu button[name=theme][value=light]", N_("Light appearance"), "theme"),
    Press(".sq-menu button[name=theme][value=dark]", N_("Dark appearance"), "theme night"),
    Press(".sq-menu button[name=language]", N_("Change the language"), "chinese english"),
    Press("form[action$='/sign-out/'] button", N_("Sign out"), "logout"),
)


def offers(request: HttpRequest, typed: str) -> JsonResponse:
    """Answer with the groups of offers; sent by POST, so that a phone number never stands in an address."""
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    words = " ".join(typed.replace("\0", "").split())[:LONGEST]
    found = [*(_rows(person, words) if words else ()), *_places(person, words)]
    groups = [{"label": label, "items": items} for label, items in found if items]
    answer = JsonResponse({"groups": groups})
    answer["Cache-Control"] = "no-store"
    return answer


def _rows(person: Person, words: str) -> Iterable[tuple[str, list[dict[str, str]]]]:
    """What the database holds; nothing of it for who has no work list."""
    if not may_open(person, "cases"):
        return
    yield _("Cases"), [*_cases(person, words), *_caller(person, words)]
    yield _("Contacts by number"), _contact(person, words)
    if len(words) > 1 and not words.isdigit():
        called = entities_called(person, words, limit=SHOWN) if may_open(person, "entity") else []
        yield _("Operators"), [_offer(row.name, reverse("entity", args=[row.pk]), row.uscc) for row in called]
        titled = visible_groups(person).filter(title__icontains=words, merged_into=None).order_by("-pk")
        yield _("Events"), [_offer(row.title, reverse("event", args=[row.number])) for row in titled[:SHOWN]]
    if not queries.number_in(words):
        listed = search_url(person, {"q": words})
        yield _("Words"), [_offer(_("Search the work list for “%(words)s”") % {"words": words}, listed)]


def _cases(person: Person, words: str) -> list[dict[str, str]]:
    """Cases by the whole or the beginning of their number, or by the whole number another system gave them."""
    number = words.replace(" ", "").upper()
    rows = queries.visible_cases(person).select_related("issue_class", "entity")
    if len(number) < SHORTEST_NUMBER or not OUR_NUMBER.fullmatch(number):
        return []
    if number.isdigit() and len(number) >= SHORTEST_NUMBER_THERE:
        rows = rows.filter(imported__number=number)
    elif number.isdigit():
        rows = rows.filter(Q(*(("number__startswith", kind + number) for kind in KINDS), _connector=Q.OR))
    else:
        rows = rows.filter(number__startswith=number)
    return [_case(row) for row in rows.order_by("-number")[:SHOWN]]


def _case(case: Case) -> dict[str, str]:
    said = (case.entity.name if case.entity else "", case.issue_class.name if case.issue_class else "")
    return _offer(case.number, reverse("case", args=[case.number]), " · ".join(filter(None, said)))


def _caller(person: Person, words: str) -> list[dict[str, str]]:
    """The cases under a phone number, for those who may look for it; the number shows masked only."""
    number = queries.number_in(words)
    newest = queries.newest_under(person, number) if number else ""
    if not newest:
        return []
    url = list_url({"same_person": newest}, "all")
    return [_offer(_("Cases under this phone number"), url, phones.mask(number))]


def _contact(person: Person, words: str) -> list[dict[str, str]]:
    if not (may_open(person, "submission") and CONTACT_NUMBER.fullmatch(words)):
        return []
    try:
        row = queries.submission_for(person, words).submission
    except Submission.DoesNotExist:
        return []
    return [_offer(row.number, reverse("submission", args=[row.number]))]


def _places(person: Person, words: str) -> Iterable[tuple[str, list[dict[str, str]]]]:
    pages = [page for page in PAGES if may_open(person, page.url_name) and _is_meant(page, words)]
    yield _("Pages"), [*(_place(page) for page in pages), *_newest_bulletin(person, words)]
    acts = [act for act in ACTIONS if _may(person, act) and _is_meant(act, words)]
    yield _("Actions"), [_place(act) for act in acts]
    if words:
        yield _("Help"), [_place(page) for page in HELP if _is_meant(page, words)][:SHOWN]


def _newest_bulletin(person: Person, words: str) -> list[dict[str, str]]:
    """The daily bulletin of the latest day that is not withdrawn, with its day and state; only where it is meant."""
    if not (words and may_open(person, NEWEST.url_name) and _is_meant(NEWEST, words)):
        return []
    row = bulletins(SERIES_CODE).exclude(state=State.WITHDRAWN).first()
    if row is None:
        return []
    hint = f"{row.day.isoformat()} · {row.get_state_display()}"
    return [_offer(_(NEWEST.label), reverse(NEWEST.url_name, args=[row.pk]), hint)]


def _may(person: Person, act: Page | Press) -> bool:
    if isinstance(act, Press):
        return True
    return may_open(person, act.url_name) and (not act.asks or may_open(person, act.asks))


def _place(place: Page | Press) -> dict[str, str]:
    if isinstance(place, Press):
        return {"text": _(place.label), "hint": "", "press": place.selector}
    return _offer(_(place.label), reverse(place.url_name, args=place.args) + place.query)


def _is_meant(place: Page | Press, words: str) -> bool:
    """Whether the words are a part of the name in Chinese or English, its pinyin or its initials; no words mean all."""
    with override("zh-hans"):
        chinese = _(place.label)
    wanted = words.lower()
    spelled = pinyin.sort_key(chinese).replace(" ", "")
    names = (chinese, place.label.lower(), place.also, spelled, pinyin.initials(chinese))
    return any(wanted in name or wanted.replace(" ", "") in name for name in names)


def _offer(text: str, url: str, hint: str = "") -> dict[str, str]:
    return {"text": text, "hint": hint, "url": url}
