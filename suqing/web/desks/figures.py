"""Figures of a day or a period, and the rows behind each number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person, Unit
from suqing.analytics import dimensions
from suqing.analytics.periods import CENTRE_ZONE
from suqing.analytics.queries import (
    Figure,
    cases_behind,
    restricts,
    rows_of,
    submissions_behind,
)
from suqing.cases.models import Case, Submission
from suqing.cases.queries import told_cases
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome, Kind
from suqing.kit.dates import local_day
from suqing.taxonomy.models import Division, DivisionLevel, Topic
from suqing.web.context import drawn_theme, moment_of
from suqing.web.desks import figure_panels as panels
from suqing.web.desks import keyset
from suqing.web.desks.case_rows import rows_of as case_rows
from suqing.web.desks.figure_address import (
    BadAddress,
    figure_url,
    filter_texts,
    measure_facts,
    pairs_of,
    period_text,
    read_figure,
    value_text,
)
from suqing.web.desks.figure_panels import Counter
from suqing.web.desks.figure_question import FILTERS, NONE, Asked, limits_of, read

SUMMARY = 60  # characters of the redacted words in a row
LISTED = ("entity", "place", "issue_class", "object_class", "responsible_unit", "party")


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The headline, the tables and the curve of a period."""
    person, now = _person(request), moment_of(request).now
    asked = read(request.GET, now)
    counter = Counter(person, asked.period, asked.conditions)
    measures = panels.measures_to_cut()
    whole = request.GET.get("all", "")
    facts = {
        "asked": asked,
        "as_of": asked.period.until or now,
        "period_text": period_text(replace(asked.period, until=None), now.date()),
        "presets": _presets(asked, now),
        "fields": _fields(asked, now),
        "chips": _chips(asked),
        "clear_url": _url(asked, **dict.fromkeys(FILTERS, "")),
        "groups": panels.headline(counter),
        "measure": measure_facts(asked.measure),
        "measures": [(one.code, _(one.name), one is asked.measure) for one in measures],
        "pivot": panels.pivot(counter, asked.measure),
        "tables": [_table_facts(counter, asked, by, whole) for by in panels.CUTS],
        "pivot_csv": _csv_url(asked, ",".join(panels.PIVOT)),
        "curve": panels.curve(counter, asked.measure, drawn_theme(request)),
        "limits": limits_of(person),
        "kept": asked.query(measure=""),
    }
    return render(request, "web/figures/figures.html", facts, status=422 if asked.fault else 200)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _url(asked: Asked, **changes: str) -> str:
    return f"{reverse('figures')}?{urlencode(asked.query(**changes))}"


def _csv_url(asked: Asked, by: str) -> str:
    return f"{reverse('figure-table')}?{urlencode(asked.query(by=by))}"


def _table_facts(counter: Counter, asked: Asked, by: str, whole: str) -> dict[str, Any]:
    found = panels.cut_table(counter, asked.measure, by, shown=10_000 if whole == by else panels.LINES)
    return found | {
        "csv_url": _csv_url(asked, by),
        "all_url": f"{_url(asked, all=by)}#cut-{by}",
        "is_whole": whole == by,
        "few_url": f"{_url(asked)}#cut-{by}",
    }


def _presets(asked: Asked, now: datetime) -> list[tuple[str, str, bool]]:
    """Days that are asked for most: name, address, whether it is the one shown."""
    today = local_day(now, CENTRE_ZONE)
    yesterday = today - timedelta(days=1)
    presets = [
        (_("Today"), today, today),
        (_("Yesterday"), yesterday, yesterday),
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("Last 30 days"), today - timedelta(days=29), today),
    ]
    since = Submission.objects.order_by("received_at").values_list("received_at", flat=True).first()
    if since is not None and local_day(since, CENTRE_ZONE) < today:
        presets.append((_("Since the first data"), local_day(since, CENTRE_ZONE), today))
    shown = (asked.period.first, asked.period.last)
    return [
        (name, _url(asked, **{"from": first.isoformat(), "to": last.isoformat()}), shown == (first, last))
        for name, first, last in presets
    ]


def _fields(asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    unknown = (NONE, _("Not stated"))
    topics = Topic.objects.active().order_by("order", "code")
    options = {
        "kind": [(str(one), _(LABELS[one])) for one in Kind],
        "district": [*districts(), unknown],
        "topic": [*((one.code, one.label) for one in topics), (NONE, _("In no topic"))],
    }
    today = local_day(now, CENTRE_ZONE).isoformat()
    days = (("from", _("From"), asked.period.first), ("to", _("To"), asked.period.last))
    fields: list[dict[str, Any]] = [
        {"name": name, "label": label, "kind": "date", "value": day.isoformat(), "max": today}
        for name, label, day in days
    ]
    fields += [
        {
            "name": name,
            "label": _(dimensions.get(name).name),
            "kind": "select",
            "value": asked.filters[name],
            "options": [("", _("any")), *options[name]],
        }
        for name in FILTERS
    ]
    return fields


def districts() -> list[tuple[str, str]]:
    """Code and name of the districts of the cities that the units work in."""
    units = Unit.objects.active().values_list("division_code", flat=True)
    within = Q(pk__in=[])
    for city in {code[:4] for code in units if len(code) >= 4}:
        within |= Q(code__startswith=city)
    districts = Division.objects.at_level(DivisionLevel.DISTRICT).filter(within)
    return list(districts.in_pinyin_order().values_list("code", "name"))


def _chips(asked: Asked) -> list[dict[str, str]]:
    return [
        {"label": text, "remove_url": _url(asked, **{one.dimension: ""})}
        for one in asked.conditions
        for text in filter_texts([one])
    ]


# The rows behind a number


@require_GET
def figure_cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases or contacts that a number counts, newest first."""
    person, now = _person(request), moment_of(request).now
    try:
        found = read_figure(request.GET, person)
    except BadAddress as refused:
        raise Http404(str(refused)) from refused
    part = "numerator" if found.measure.is_share and request.GET.get("part") == "numerator" else ""
    rows = _rows(found, part, person)
    total = rows.count()
    shown = keyset.page(rows, request.GET.dict())
    facts = {
        **measure_facts(found.measure),
        "found": found,
        "value": value_text(found.value),
        "parts": _parts(found, part),
        "period_text": period_text(found.period, now.date()),
        "as_of": now,
        "filters": filter_texts(found.filters),
        "total": total,
        "empty": {"title": _("No case was counted"), "text": _("The number is nought, and so is its list.")},
        "pager": shown.pager(reverse("figure-cases"), _as_dict(pairs_of(found, part)), _listed(found, total)),
        "back_url": _back_url(found),
        "limits": limits_of(person),
        "counts_contacts": rows.model is Submission,
        "export_list": "figure_contacts" if rows.model is Submission else "figure_cases",
        "rows": contact_rows(shown.rows, person) if rows.model is Submission else case_rows(shown.rows, now),
        "amounts": [(row, getattr(row, found.measure.summed)) for row in shown.rows]
        if found.measure.summed
        else None,
    }
    return render(request, "web/figures/cases.html", facts)


def _as_dict(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for name, value in pairs:
        kept.setdefault(name, []).append(value)
    return kept


def _rows(found: Figure, part: str, person: Person) -> QuerySet[Case] | QuerySet[Submission]:
    if found.measure.source.case is None:
        return submissions_behind(found, person=person)
    if part:
        inside = rows_of(found, person=person).numerator
        return Case.objects.filter(pk__in=inside).select_related(*LISTED)
    rows = cases_behind(found, person=person).select_related(*LISTED)
    return rows.exclude(**{found.measure.summed: None}) if found.measure.summed else rows


def _parts(found: Figure, part: str) -> list[tuple[str, int | None, str, bool]]:
    """Both sides of a share: name, count, address, whether it is shown."""
    if not found.measure.is_share:
        return []
    return [
        (_("All that the share is of"), found.denominator, figure_url(found), not part),
        (_("The part counted"), found.numerator, figure_url(found, "numerator"), bool(part)),
    ]


def _listed(found: Figure, total: int) -> str:
    if found.measure.source.case is None:
        return ngettext("%(count)d contact listed", "%(count)d contacts listed", total) % {"count": total}
    return ngettext("%(count)d case listed", "%(count)d cases listed", total) % {"count": total}


def _back_url(found: Figure) -> str:
    """The page of figures with the same days and those filters that it knows."""
    query = {"from": found.period.first.isoformat(), "to": found.period.last.isoformat()}
    for one in found.filters:
        if one.dimension in FILTERS and len(one.values) == 1:
            query[one.dimension] = one.values[0] or NONE
    return f"{reverse('figures')}?{urlencode(query)}"


def contact_rows(rows: Sequence[Submission], person: Person) -> list[dict[str, Any]]:
    """Contacts as rows of a list: with their own words for who may see all cases, else with those of a case in sight."""
    told = told_cases(person, rows)
    made = []
    for row in rows:
        cases = told[row.pk]
        words = " ".join((cases[0] if restricts(person) and cases else row).match_text.split())
        made.append({
            "url": reverse("submission", args=[row.number]),
            "number": row.number,
            "channel": _(LABELS[Channel(row.channel)]),
            "outcome": _(LABELS[ContactOutcome(row.outcome)]),
            "summary": f"{words[:SUMMARY]}…" if len(words) > SUMMARY else words,
            "cases": len(cases),
            "received_at": row.received_at,
        })  # fmt: skip
    return made
