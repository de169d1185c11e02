"""What was published about the days of a rehearsal, beside what this centre counts: each number opens its cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.models import Person
from suqing.analytics.comparing import Comparison, comparisons
from suqing.web.context import moment_of
from suqing.web.desks.figure_address import figure_url, filter_texts, measure_facts, period_text, value_text
from suqing.web.desks.figure_question import limits_of


@require_GET
def figure_published(request: HttpRequest) -> HttpResponse:
    """Every published number and the figure that counts the same."""
    person, now = request.user, moment_of(request).now
    assert isinstance(person, Person)  # the permission table lets nobody else in
    found = comparisons(person, now)
    rows = [_row(one, now) for one in found]
    facts = {
        "rows": rows,
        "as_of": now,
        "matching": sum(row["state"] == "same" for row in rows),
        "limits": limits_of(person),
        "empty": {
            "title": _("Nothing is compared here"),
            "text": _("A rehearsal brings the numbers that were published of its days."),
        },
    }
    return render(request, "web/figures/published.html", facts)


def _row(one: Comparison, now: datetime) -> dict[str, Any]:
    row, found = one.published, one.figure
    state = "same" if not one.difference else "running" if one.is_running and one.difference < 0 else "other"
    sign = "+" if one.difference > 0 else "−"
    return {
        **measure_facts(found.measure),
        "filters": filter_texts(found.filters),
        "period": period_text(found.period, now.date()),
        "printed": row.printed,
        "is_derived": row.is_derived,
        "source": row.source,
        "value": value_text(found.value),
        "url": figure_url(found),
        "state": state,
        "difference": f"{sign}{abs(one.difference):,}".removesuffix(".00"),
    }
