"""What stands above every page of figures: the days and their neighbours, comparisons, filters, and where was counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.analytics import dimensions
from suqing.analytics.figure_answers import Place, place_of
from suqing.analytics.period_kinds import KIND_LABELS
from suqing.analytics.periods import CENTRE_ZONE, Against, Period
from suqing.analytics.standing import Place as Where
from suqing.analytics.standing import standing_for
from suqing.cases.vocabulary import LABELS, Kind
from suqing.kit.dates import local_day
from suqing.taxonomy.models import Division, DivisionLevel, Topic
from suqing.web.desks.figure_address import filter_texts, period_text
from suqing.web.desks.figure_panels import SWITCH_WORDS
from suqing.web.desks.figure_question import (
    FILTERS,
    KINDS,
    NONE,
    Asked,
    limits_of,
    neighbours,
    said_switches,
    switched,
)

N_ = str
PLACES = {
    Where.LIVE: N_("counted in the living register"),
    Where.MIRROR: N_("counted in the mirror of the register, up to event %(position)s"),
}


def frame(asked: Asked, now: datetime, person: Person, page: str, **more: str) -> dict[str, Any]:
    """The values that _frame.html and the head of a page ask for; ``more`` are the page's own words in the address."""

    def url(**changes: str) -> str:
        return f"{reverse(page)}?{urlencode({**asked.query(**changes), **more})}"

    return {
        "asked": asked,
        "as_of": asked.period.until or now,
        "period_text": title_of(asked.period, now),
        "neighbours": [
            (word, key, url(**asked.days(period)))
            for word, key, period in zip(
                (_("Period before"), _("Period after")),
                ("alt+pageup", "alt+pagedown"),
                neighbours(asked.period, now),
                strict=True,
            )
            if period is not None
        ],
        "switches": [
            (_(word), url(against=_said(asked, one)), one in asked.switches)
            for one, word in SWITCH_WORDS.items()
        ],
        "fields": fields_of(asked, now),
        "hidden": [*more.items(), *_hidden(asked)],
        "chips": [
            {"label": text, "remove_url": url(**{one.dimension: ""})}
            for one in asked.conditions
            for text in filter_texts([one])
        ],
        "clear_url": url(**dict.fromkeys(FILTERS, "")),
        "limits": limits_of(person),
        "place": place_facts(asked.period),
    }


def _said(asked: Asked, one: Against) -> str:
    return said_switches(switched(asked.switches, one))


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """What the form of filters keeps of the address."""
    query = asked.query()
    return [(name, query[name]) for name in ("measure", "against") if name in query]


def title_of(period: Period, now: datetime) -> str:
    """1月20日 周一 至 1月26日 周日, of a week or a month its name before that."""
    days = period_text(replace(period, until=None), now.date())
    if not period.is_named:
        return days
    whole = replace(period, last=period.whole[1], until=None)
    return _("%(name)s: %(days)s") % {"name": whole.label.said(_), "days": days}


def place_facts(period: Period) -> dict[str, Any]:
    """Where figures over the period are counted, in words; the moment stands beside it."""
    found: Place = place_of(standing_for(period))
    text = PLACES.get(Where(found.engine), "")
    return {"text": _(text) % {"position": found.position} if text else "", "as_of": found.as_of}


# The filter bar


def fields_of(asked: Asked, now: datetime) -> list[dict[str, Any]]:
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
    kind = asked.period.kind.value if asked.period.is_named else ""
    fields: list[dict[str, Any]] = [
        {
            "name": "period",
            "label": _("Kind of period"),
            "kind": "select",
            "value": kind,
            "options": [("", _("chosen days")), *((one.value, _(KIND_LABELS[one])) for one in KINDS)],
        }
    ]
    fields += [
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
