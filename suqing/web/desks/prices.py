"""Prices: the focus list of a day by goods, district and operator (domain S21), and the cases behind each number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.withholding import least_shown
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.queries.price_focus import (
    DIMENSIONS,
    Choice,
    Focus,
    chosen,
    district_names,
    price_focus,
    window_of,
)
from suqing.kit.dates import DAY
from suqing.web.context import moment_of
from suqing.web.desks.figure_question import limits_of
from suqing.web.desks.price_question import DIMENSION_NAMES, NONE, Asked, read, window_text
from suqing.web.desks.price_rows import case_row, label, labels_of, row_of, rows_of
from suqing.web.wording import number_text

N_ = str
SHOWN = 20  # rows of a table before all are asked for
PAGE = 100  # cases
EACH = "each"  # the table by all three
TITLES = {
    "goods": N_("By goods"),
    "district": N_("By district"),
    "operator": N_("By operator"),
    EACH: N_("By goods, district and operator"),
}
BY: dict[str, tuple[str, ...]] = {**{name: (name,) for name in DIMENSIONS}, EACH: DIMENSIONS}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def prices(request: HttpRequest) -> HttpResponse:
    """The focus list of one day: today so far unless another day is asked for."""
    person, now = _person(request), moment_of(request).now
    asked = read(request.GET, now)
    asked = replace(asked, window=replace(asked.window, first=asked.window.last))
    whole = price_focus(person, asked.window, with_read=asked.with_read)
    found, names = whole.narrowed(asked.choice), labels_of(whole)
    is_whole = request.GET.get("all", "")
    least = least_shown()
    tables = [_table(found, name, asked, names, least, is_whole == name) for name in TITLES]
    facts = {
        **_frame(asked, whole, names, now),
        "total": row_of(found.total(), asked, names, least),
        "tables": tables if found.cases else [],
        "has_line": any(case.line is not None for case in found.cases),
        "lines_in_force": [one for one in found.lines if one.holds_on(asked.day)],
        "limits": limits_of(person),
        "empty": {
            "title": _("No complaint or report about prices"),
            "text": _("Nothing about prices was received in this time within your sight."),
        },
    }
    return render(request, "web/prices/prices.html", facts)


def _table(
    found: Focus, name: str, asked: Asked, names: dict[str, Any], least: int, is_whole: bool
) -> dict[str, Any]:
    groups = found.ranked(BY[name])
    query = asked.query()
    return {
        "code": name,
        "title": _(TITLES[name]),
        "columns": [_(DIMENSION_NAMES[one]) for one in BY[name]],
        "has_prices": "goods" in BY[name],
        "rows": rows_of(groups if is_whole else groups[:SHOWN], asked, names, least),
        "count": len(groups),
        "is_cut": not is_whole and len(groups) > SHOWN,
        "all_url": f"{reverse('prices')}?{query}&all={name}#{name}",
        "csv_url": f"{reverse('price-list')}?{query}&by={name}",
    }


def _frame(asked: Asked, whole: Focus, names: dict[str, Any], now: datetime) -> dict[str, Any]:
    today = now.astimezone(LOCAL_ZONE).date()
    return {
        "asked": asked,
        "window_text": window_text(asked.window, today),
        "presets": [
            (_("Today so far"), _day_url(asked, now, 0), asked.day == today),
            (_("Yesterday"), _day_url(asked, now, 1), asked.day == today - DAY),
            (_("The day before it"), _url(replace(asked, window=window_of(asked.day - DAY, now))), False),
        ],
        "fields": _fields(asked, whole, names),
        "clear_url": _url(replace(asked, choice=Choice())) if asked.choice != Choice() else "",
        "chips": _chips(asked, names),
    }


def _url(asked: Asked) -> str:
    return f"{reverse('prices')}?{asked.query()}"


def _day_url(asked: Asked, now: datetime, days: int) -> str:
    """Today without a time: it is read anew with each look."""
    window = window_of(now.astimezone(LOCAL_ZONE).date() - days * DAY, now)
    return _url(replace(asked, window=replace(window, until=None)))


def _fields(asked: Asked, whole: Focus, names: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "day", "label": _("Day"), "kind": "date", "value": asked.day.isoformat()}
    ]
    for name in DIMENSIONS:
        keys = {getattr(case, name) for case in whole.cases}
        chosen_one = getattr(asked.choice, name)
        keys |= set() if chosen_one is None else {chosen_one}
        options = sorted((label(names, name, key), key or NONE) for key in keys)
        found.append(
            {
                "name": name,
                "label": _(DIMENSION_NAMES[name]),
                "kind": "select",
                "value": "" if chosen_one is None else chosen_one or NONE,
                "options": [("", _("all")), *((key, text) for text, key in options)],
            }
        )
    words = [("", _("as entered")), ("1", _("as entered, or else read from the words"))]
    found.append(
        {
            "name": "read",
            "label": _("Prices"),
            "kind": "select",
            "value": "1" if asked.with_read else "",
            "options": words,
        }
    )
    return found


def _chips(asked: Asked, names: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": label(names, name, getattr(asked.choice, name)),
            "remove_url": _url(asked.about(**{name: None})),
        }
        for name in DIMENSIONS
        if getattr(asked.choice, name) is not None
    ]


# The cases behind a number


@require_GET
def price_cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases that a number of the focus list counts, newest first, or the highest mark-up first."""
    person, now = _person(request), moment_of(request).now
    asked = read(request.GET, now)
    found = chosen(person, asked.window, asked.choice, with_read=asked.with_read)
    if asked.choice.is_marked:
        found.sort(key=lambda case: case.rise.share if case.rise else 0, reverse=True)
    codes = {case.district for case in found if case.district}
    operators = {case.operator: case.operator_name or _("natural person") for case in found if case.operator}
    names = {"goods": {}, "district": district_names(codes), "operator": operators}
    text = request.GET.get("page", "1")
    last = max(1, -(-len(found) // PAGE))
    page = min(max(int(text), 1), last) if text.isdecimal() and len(text) < 7 else 1
    shown = found[(page - 1) * PAGE : page * PAGE]
    today = now.astimezone(LOCAL_ZONE).date()
    facts = {
        "asked": asked,
        "window_text": window_text(asked.window, today),
        "back_url": _url(
            replace(asked, choice=Choice(), window=replace(asked.window, first=asked.window.last))
        ),
        "chosen": _told(asked.choice, names),
        "rows": [case_row(case, names) for case in shown],
        "count": len(found),
        "pager": _pager(asked, page, last, len(found)),
        "limits": limits_of(person),
        "empty": {"title": _("No case"), "text": _("No case in your sight stands behind this number.")},
    }
    return render(request, "web/prices/cases.html", facts)


def _pager(asked: Asked, page: int, last: int, count: int) -> dict[str, Any]:
    def url(number: int) -> str:
        return f"{reverse('price-cases')}?{asked.query()}&{urlencode({'page': number})}"

    return {
        "newer_url": url(page - 1) if page > 1 else "",
        "older_url": url(page + 1) if page < last else "",
        "shown": count,
        "total_text": ngettext("%(count)s case", "%(count)s cases", count) % {"count": number_text(count)},
    }


def _told(choice: Choice, names: dict[str, Any]) -> list[str]:
    """What the cases were chosen by, in words."""
    told = [label(names, name, value) for name in DIMENSIONS if (value := getattr(choice, name)) is not None]
    if choice.unit is not None:
        told.append(
            _("price per %(unit)s") % {"unit": choice.unit} if choice.unit else _("price without a unit")
        )
    flags = (
        (choice.is_marked, _("with a mark-up")),
        (choice.is_compared, _("compared with the line of the province")),
        (choice.is_reached, _("at or above the line of the province")),
    )
    return told + [text for is_asked, text in flags if is_asked]
