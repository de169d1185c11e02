"""The rules of the radar: what each watches for, how often it was right, its versions, and the form of its next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.analytics.topic_trial import SAMPLE
from suqing.cases.queries.radar import Precision, precision_by_month, precision_by_rule
from suqing.taxonomy.class_models import adopted
from suqing.taxonomy.models import RADAR, SensitiveRule, SensitiveVersion
from suqing.taxonomy.sensitive import SensitiveDraft, change_sensitive_rule, rules_with_versions
from suqing.taxonomy.text.topics import lists_text, rule_text
from suqing.web.context import moment_of
from suqing.web.desks.rule_forms import RuledForm
from suqing.web.desks.topics import found_by

DAYS = 90  # of the precision beside a rule
MONTHS_BACK = timedelta(days=366)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its newest wording and its precision of the last days."""
    now = moment_of(request).now
    known = precision_by_rule(_person(request), now - timedelta(days=DAYS))
    rows = [
        {
            "rule": one,
            "version": versions[0],
            "text": _text(versions[0]),
            "precision": _told(known.get(one.code, Precision(0, 0, 0))),
            "url": f"{reverse('radar-rule')}?code={one.code}",
        }
        for one, versions in rules_with_versions()
        if versions
    ]
    return render(request, "web/radar/rules.html", {"rows": rows, "days": DAYS, "model": adopted(RADAR)})


def _text(version: SensitiveVersion) -> str:
    return rule_text(version.wording) if version.reads_words else ""


def _told(precision: Precision) -> dict[str, Any]:
    low, high = precision.bounds
    share = precision.share
    return {
        "counts": precision,
        "share": None if share is None else round(100 * share),
        "low": round(100 * low),
        "high": round(100 * high),
    }


class RuleForm(RuledForm):
    """What a rule watches for; of one that exists the code and the name stay.

    ``fixed`` is the wording of a rule that is not worded here, because it counts or asks the model.
    """

    is_watched = forms.BooleanField(label=gettext_lazy("The radar watches for it"), required=False)

    def __init__(
        self, *args: Any, known: SensitiveRule | None, fixed: dict[str, Any] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = fixed
        self.fields["name"].label = _("Name of the rule")
        self.fields["words"].widget.attrs["rows"] = 8
        for name in (("code", "name") if known else ()) + (("rule", "words") if fixed else ()):
            del self.fields[name]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if SensitiveRule.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a rule of this code already."))
        return code

    def wording(self) -> dict[str, Any]:
        """The rule as a version keeps it."""
        if self.fixed:
            return self.fixed
        return self.stored(self.cleaned_data["rule"])


@require_GET
def rule(request: HttpRequest) -> HttpResponse:
    """The form of a rule, what it finds in a sample of the cases, its precision by month, its versions."""
    known = _rule(request.GET.get("code", ""))
    newest = _newest(known)
    given = {"rule": "", "words": ""}
    if "rule" in request.GET:
        given = {"rule": request.GET["rule"], "words": request.GET.get("words", "")}
    elif newest is not None:
        given = {"rule": _text(newest), "words": lists_text(newest.wording)}
    is_watched = newest.is_watched if newest else True
    form = RuleForm(known=known, fixed=_fixed(newest), initial={**given, "is_watched": is_watched})
    return render(request, "web/radar/rule.html", _bench(request, form, known, given))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save a rule, or its next version; new cases follow it at once."""
    known = _rule(request.POST.get("known", ""))
    newest = _newest(known)
    form = RuleForm(request.POST, known=known, fixed=_fixed(newest))
    if not form.is_valid():
        given = {name: request.POST.get(name, "") for name in ("rule", "words")}
        return render(request, "web/radar/rule.html", _bench(request, form, known, given), status=422)
    typed, by, at = form.cleaned_data, _person(request), moment_of(request).now
    code, name = (known.code, known.name) if known else (typed["code"], typed["name"])
    draft = SensitiveDraft(code, name, form.wording(), is_watched=typed["is_watched"])
    change_sensitive_rule(draft, by=by, at=at)
    messages.success(request, _("The rule is saved. Cases registered from now on follow it."))
    return redirect("radar-rules")


def _rule(code: str) -> SensitiveRule | None:
    if not code:
        return None
    found = SensitiveRule.objects.filter(code=code.replace("\0", "")[:60]).first()
    if found is None:
        raise Http404
    return found


def _newest(known: SensitiveRule | None) -> SensitiveVersion | None:
    return known.versions.order_by("-number").first() if known else None


def _fixed(version: SensitiveVersion | None) -> dict[str, Any] | None:
    return None if version is None or version.reads_words else dict(version.wording)


def _bench(
    request: HttpRequest, form: RuleForm, known: SensitiveRule | None, given: dict[str, str]
) -> dict[str, Any]:
    now: datetime = moment_of(request).now
    versions = list(known.versions.select_related("by").order_by("-number")) if known else []
    by_month = precision_by_month(_person(request), known.code, now - MONTHS_BACK) if known else []
    return {
        "form": form,
        "known": known,
        "is_worded": "rule" in form.fields,
        "model": adopted(RADAR) if form.fixed and "model" in form.fixed else None,
        "sample_size": SAMPLE,
        "versions": [
            {"version": one, "text": _text(one), "words": lists_text(one.wording)} for one in versions
        ],
        "by_month": [(month, _told(counted)) for month, counted in by_month],
        **found_by(request, given["rule"], given["words"]),
    }
