"""A table of the focus list of prices as CSV: whole, with what it says of itself written above it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.exports import about
from suqing.analytics.withholding import least_published
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.queries.price_focus import DIMENSIONS, Focus, Group, price_focus
from suqing.ledger.queries import sealed_position
from suqing.web.context import moment_of
from suqing.web.desks.figure_file import csv_text
from suqing.web.desks.figure_question import limits_of
from suqing.web.desks.price_question import DIMENSION_NAMES, Asked, read, window_text
from suqing.web.desks.price_rows import label, labels_of
from suqing.web.desks.prices import BY, TITLES


@require_GET
def price_list(request: HttpRequest) -> HttpResponse:
    """One table of the page, all of its rows."""
    person, moment = request.user, moment_of(request)
    assert isinstance(person, Person)  # the permission table lets nobody else in
    name = request.GET.get("by", "")
    if name not in BY:
        raise Http404
    asked = read(request.GET, moment.now)
    asked = replace(asked, window=replace(asked.window, first=asked.window.last))
    whole = price_focus(person, asked.window, with_read=asked.with_read)
    names = labels_of(whole)
    found = whole.narrowed(asked.choice)
    chosen = [label(names, one, key) for one in DIMENSIONS if (key := getattr(asked.choice, one)) is not None]
    today = moment.now.astimezone(LOCAL_ZONE).date()
    head = about(
        [(_("List"), _(TITLES[name])), (_("Period"), window_text(asked.window, today)), *_lines(found, asked)],
        words=chosen, as_of=moment.now, position=sealed_position(), person=person,
        is_synthetic=moment.is_rehearsal, more=[(_("Rights"), limits_of(person))] if limits_of(person) else [],
    )  # fmt: skip
    rows = [_row(group, names, least_published()) for group in found.ranked(BY[name])]
    answer = HttpResponse(
        csv_text([*head, [], _header(BY[name]), *rows]), content_type="text/csv; charset=utf-8"
    )
    file = f"{_('Prices')}_{name}_{asked.day}.csv"
    answer["Content-Disposition"] = f"attachment; filename=\"prices.csv\"; filename*=UTF-8''{quote(file)}"
    return answer


def _lines(found: Focus, asked: Asked) -> list[tuple[str, str]]:
    """The lines in force, so that the file can be read without the page."""
    lines = [one for one in found.lines if one.holds_on(asked.day)]
    if not lines:
        return [(_("Line of the province"), _("no line set"))]
    return [
        (_("Line of the province"), f"{one.province}: {one.baseline}, {one.percent} %, {one.source}")
        for one in lines
    ]


def _header(by: tuple[str, ...]) -> list[str]:
    return [
        *(_(DIMENSION_NAMES[name]) for name in by),
        *(
            _("Cases"),
            _("Persons"),
            _("Day before"),
            _("Mean of 7 days"),
            _("Unit of the price"),
            _("Prices told"),
        ),
        *(_("Lowest price"), _("Median price"), _("Highest price"), _("Prices in other units")),
        *(_("Highest mark-up %"), _("Compared with the line"), _("At or above the line")),
    ]


def _row(group: Group, names: dict[str, Any], least: int) -> list[Any]:
    labels = [label(names, name, key) for name, key in zip(group.by, group.key, strict=True)]
    if group.cases < least:
        return [*labels, f"<{least}"]
    prices = group.prices
    told = (
        [prices.unit, prices.count, prices.low, prices.median, prices.high, prices.others]
        if prices
        else [""] * 6
    )
    highest = "" if group.highest is None else round(group.highest * 100, 2)
    counts = [group.cases, group.people, group.day_before, round(group.week_mean, 1)]
    return [*labels, *counts, *told, highest, group.compared, group.reached]
