"""Entry standards (录入规范): what registration must and should hold, by kind and version; a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.standards import MAX_NOTICE, issue_standard
from suqing.cases.entry_standard import FIRST, KNOWN, OWN, Fact, Level, Standard, in_force
from suqing.cases.intake import local_day
from suqing.cases.models import EntryStandard
from suqing.cases.queries.standards import entry_standards, standards_on, stored_standards
from suqing.cases.vocabulary import LABELS, Kind
from suqing.lawclock.queries import citation
from suqing.taxonomy.models import Topic
from suqing.web.context import moment_of
from suqing.web.desks.entry_standard_topics import LEVELS, demands_form
from suqing.web.desks.standard_validity import SPANS, read_span, validity_facts

N_ = str
# Sources that are no article of a law: a form of the ministry, and what a centre sets for itself.
SOURCES = {
    OWN: N_("set here"),
    "FORMS26:1": N_("Form 1 of 2026"),
    "FORMS26:2": N_("Form 2 of 2026"),
}
FIRST_KIND = Kind.COMPLAINT


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def _kind(text: str) -> Kind:
    if text not in set(Kind):
        raise Http404
    return Kind(text)


@require_GET
def standards(request: HttpRequest) -> HttpResponse:
    """The versions of one kind, and the facts of one of them: the one in force if none is asked for."""
    kind = _kind(request.GET.get("kind", FIRST_KIND))
    today = local_day(moment_of(request).now)
    known = [one for one in entry_standards() if one.kind == kind]
    current = in_force(known, kind, today)
    asked = request.GET.get("version", "")
    shown = next((one for one in known if str(one.version) == asked), None) if asked else current
    if shown is None:
        raise Http404
    rows = {row.version: row for row in stored_standards(kind)}
    facts = {
        "kind": kind,
        "tabs": [
            (_(LABELS[one]), _url(one), one == kind)
            for one in (Kind.COMPLAINT, Kind.REPORT, Kind.CONSULTATION)
        ],
        "shown": shown,
        "row": rows.get(shown.version),
        "facts": [_fact(fact) for fact in shown.facts],
        "of_topics": _of_topics(shown),
        "versions": [_version(one, rows.get(one.version), current, shown, today) for one in reversed(known)],
        "validity": _validity(request, shown, known, today),
        "spans": [(span, f"{_url(kind, shown.version)}&days={span}#validity") for span in SPANS],
        "may_edit": can(_person(request), Permission.RULES_MANAGE),
        "new_url": reverse("entry-standard-new", args=[kind]),
    }
    return render(request, "web/entry_standards/standards.html", facts)


def _validity(
    request: HttpRequest, shown: Standard, known: list[Standard], today: date
) -> dict[str, Any] | None:
    """The figure, for who may read of the quality of entries."""
    person = _person(request)
    if not can(person, Permission.QUALITY_READ):
        return None
    return validity_facts(person, shown, known, read_span(request.GET.get("days", "")), today)


def _url(kind: Kind, version: int | None = None) -> str:
    address = f"{reverse('entry-standards')}?kind={kind}"
    return f"{address}&version={version}" if version else address


def _fact(fact: Fact) -> dict[str, Any]:
    level = Level.MUST if fact.must else Level.SHOULD
    return {"label": _(fact.label), "level": _(LEVELS[level]), "must": fact.must, "source": source_of(fact)}


def _of_topics(standard: Standard) -> list[dict[str, Any]]:
    """What the version asks of the cases of each topic alone, with whether the topic is in use."""
    names = {topic.code: topic for topic in Topic.objects.filter(code__in=standard.topics)}
    return [
        {
            "name": names[code].label if code in names else code,
            "is_active": code in names and names[code].is_active,
            "facts": [_fact(fact) for fact in facts],
        }
        for code, facts in standard.topics.items()
    ]


def source_of(fact: Fact) -> str:
    """Where a fact comes from, for people."""
    return _(SOURCES[fact.source]) if fact.source in SOURCES else citation(tuple(fact.source.split()))


def _version(
    one: Standard, row: EntryStandard | None, current: Standard, shown: Standard, today: date
) -> dict[str, Any]:
    coming = one.effective_on is not None and one.effective_on > today
    state, tone = (
        (_("In force"), "active")
        if one is current
        else (_("Begins later"), "soon")
        if coming
        else (_("Replaced"), "plain")
    )
    return {
        "standard": one,
        "row": row,
        "state": state,
        "tone": tone,
        "url": _url(one.kind, one.version),
        "is_shown": one is shown,
        "must": sum(fact.must for fact in one.facts),
        "count": len(one.facts),
        "topics": len(one.topics),
    }


class VersionForm(forms.Form):
    """One choice a fact that the law leaves open, the day of effect, and the notice."""

    effective_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Cases received from this day on are measured by it; earlier ones are not."),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
    notice = forms.CharField(
        label=gettext_lazy("Notice it rests on"),
        required=False,
        max_length=MAX_NOTICE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kind: Kind, newest: Standard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = [fact for fact in FIRST[kind] if fact.must]
        self.open = [fact for fact in KNOWN[kind] if fact.code not in {one.code for one in self.fixed}]
        asked = {fact.code: Level.MUST if fact.must else Level.SHOULD for fact in newest.facts}
        for fact in self.open:
            self.fields[fact.code] = forms.ChoiceField(
                label=_(fact.label),
                required=False,
                initial=str(asked.get(fact.code, "")),
                choices=[("", _("Not asked for")), *((str(one), _(LEVELS[one])) for one in reversed(Level))],
                help_text=source_of(fact),
            )

    def levels(self) -> dict[str, str]:
        """What was chosen, with what the law asks for."""
        chosen = {fact.code: self.cleaned_data[fact.code] for fact in self.open}
        return {fact.code: str(Level.MUST) for fact in self.fixed} | {
            code: level for code, level in chosen.items() if level
        }

    def fact_fields(self) -> list[forms.BoundField]:
        """The fields of the facts, in the order people are asked."""
        return [self[fact.code] for fact in self.open]


@require_http_methods(["GET", "POST"])
def new_standard(request: HttpRequest, kind: str) -> HttpResponse:
    """Issue the next version, begun from the one in force."""
    of_kind, now = _kind(kind), moment_of(request).now
    newest = standards_on(local_day(now))[of_kind]
    initial = {"effective_on": local_day(now)}
    form = VersionForm(request.POST or None, kind=of_kind, newest=newest, initial=initial)
    more = "more" in request.POST
    demands = demands_form(request.POST or None, of_kind, newest, more=more)
    if request.method == "POST" and not more and all([form.is_valid(), demands.is_valid()]):
        try:
            issued = issue_standard(
                kind=of_kind,
                levels=form.levels(),
                topics=demands.levels(),
                effective_on=form.cleaned_data["effective_on"],
                notice=form.cleaned_data["notice"],
                by=_person(request),
                at=now,
            )
        except Refused as refused:
            text = _(refused.message) % refused.values if refused.values else _(refused.message)
            form.add_error(refused.field if refused.field in form.fields else None, text)
        else:
            told = _("Version %(version)d of the entry standard has been issued.") % {
                "version": issued.version
            }
            messages.success(request, told)
            return redirect(_url(of_kind, issued.version))
    is_wrong = request.method == "POST" and not more and bool(form.errors or not demands.is_valid())
    facts = {
        "kind": _(LABELS[of_kind]),
        "form": form,
        "demands": demands,
        "fixed": [_fact(fact) for fact in form.fixed],
        "back": _url(of_kind),
    }
    return render(request, "web/entry_standards/new.html", facts, status=422 if is_wrong else 200)
