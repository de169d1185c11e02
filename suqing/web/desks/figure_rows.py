"""The rows behind a number: exactly the cases, contacts or calls that it counts, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.queries import (
    Figure,
    calls_behind,
    cases_behind,
    restricts,
    rows_of,
    submissions_behind,
)
from suqing.analytics.standing import LIVE, counted_at
from suqing.cases.models import Case, Submission
from suqing.cases.queries import told_cases
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome
from suqing.telephony.models import Call
from suqing.web.context import moment_of
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
from suqing.web.desks.figure_frame import place_facts
from suqing.web.desks.figure_question import FILTERS, NONE, limits_of

SUMMARY = 60  # characters of the redacted words in a row
LISTED = ("entity", "place", "issue_class", "object_class", "responsible_unit", "party")
Rows = QuerySet[Case] | QuerySet[Submission] | QuerySet[Call]


@require_GET
def figure_cases(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that a number counts, newest first.  Number and list are both counted in the living register, so
    that they agree to the last commit."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    with counted_at(LIVE):
        try:
            found = read_figure(request.GET, person)
        except BadAddress as refused:
            raise Http404(str(refused)) from refused
        part = "numerator" if found.measure.is_share and request.GET.get("part") == "numerator" else ""
        rows = _rows(found, part, person)
        facts = _facts(found, part, rows, request, now) | {"place": place_facts(found.period)}
    return render(request, "web/figures/cases.html", facts)


def _facts(found: Figure, part: str, rows: Rows, request: HttpRequest, now: datetime) -> dict[str, Any]:
    person = request.user
    assert isinstance(person, Person)
    total = rows.count()
    shown = keyset.page(rows, request.GET.dict(), field="started_at" if rows.model is Call else "received_at")
    return {
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
        "limits": _limits(found, person),
        "counts_contacts": rows.model is Submission,
        "counts_calls": rows.model is Call,
        "export_list": {Submission: "figure_contacts", Call: ""}.get(rows.model, "figure_cases"),
        "rows": _shown_rows(shown.rows, rows.model, person, now),
        "amounts": [(row, row.summed) for row in shown.rows] if found.measure.summed else None,
    }


def _shown_rows(rows: Sequence[Any], model: type[Any], person: Person, now: datetime) -> Sequence[Any]:
    if model is Submission:
        return contact_rows(rows, person)
    return call_rows(rows) if model is Call else case_rows(rows, now)


def _as_dict(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for name, value in pairs:
        kept.setdefault(name, []).append(value)
    return kept


def _rows(found: Figure, part: str, person: Person) -> Rows:
    source = found.measure.source
    if part:
        inside = rows_of(found, person=person).numerator
        if source.name == "calls":
            return Call.objects.filter(pk__in=inside)
        return Case.objects.filter(pk__in=inside).select_related(*LISTED)
    if source.case is None:
        behind = calls_behind if source.name == "calls" else submissions_behind
        return behind(found, person=person)
    return cases_behind(found, person=person).select_related(*LISTED)


def _parts(found: Figure, part: str) -> list[tuple[str, int | None, str, bool]]:
    """Both sides of a share: name, count, address, whether it is shown."""
    if not found.measure.is_share:
        return []
    return [
        (_("All that the share is of"), found.denominator, figure_url(found), not part),
        (_("The part counted"), found.numerator, figure_url(found, "numerator"), bool(part)),
    ]


def _listed(found: Figure, total: int) -> str:
    name = found.measure.source.name
    if name == "calls":
        text = ngettext("%(count)d call listed", "%(count)d calls listed", total)
    elif name == "contacts":
        text = ngettext("%(count)d contact listed", "%(count)d contacts listed", total)
    else:
        text = ngettext("%(count)d case listed", "%(count)d cases listed", total)
    return text % {"count": total}


def _limits(found: Figure, person: Person) -> str:
    """What the number leaves out for this person; of calls, all that others took."""
    if found.measure.source.name == "calls" and restricts(person):
        return _("Of calls, only those that you took are counted and listed for you.")
    return limits_of(person)


def _back_url(found: Figure) -> str:
    """The page of figures with the same days and those filters that it knows."""
    query = {"from": found.period.first.isoformat(), "to": found.period.last.isoformat()}
    if found.period.is_named:
        query["period"] = found.period.kind.value
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


def call_rows(rows: Sequence[Call]) -> list[dict[str, Any]]:
    """Calls as rows of a list, with the contact that was made of each.  Two queries."""
    contacts = {row.call_id: row for row in Submission.objects.filter(call__in=[row.pk for row in rows])}
    return [
        {
            "started_at": row.started_at,
            "direction": pgettext("a call", "made")
            if row.direction == "out"
            else pgettext("a call", "came in"),
            "number": row.number_masked or "—",
            "waited": _seconds(row.started_at, row.answered_at),
            "talked": _seconds(row.answered_at, row.ended_at),
            "is_answered": row.answered_at is not None,
            "contact": contacts[row.pk].number if row.pk in contacts else "",
        }
        for row in rows
    ]


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    """Whole seconds from one to the other; None while one of them is not known."""
    return int((end - start).total_seconds()) if start and end else None
