"""Every component with an example, so that a page is put together from what is there."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.charts import echarts, spec
from suqing.web.context import drawn_theme, moment_of
from suqing.web.desks import styleguide_examples as examples

SWATCHES = ("ground", "paper", "ink", "ink-2", "line", "blue", "blue-soft", "red", "amber")
KINDS = (
    ("complaint", gettext_lazy("Complaint")),
    ("report", gettext_lazy("Report")),
    ("consultation", gettext_lazy("Consultation")),
)


class ExampleForm(forms.Form):
    narrative = forms.CharField(
        label=gettext_lazy("Narrative"),
        help_text=gettext_lazy("In the caller’s own words; every few seconds it is saved."),
        widget=forms.Textarea(attrs={"class": "narrative", "rows": 5, "data-key": "alt+n"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS, widget=forms.RadioSelect)
    amount = forms.DecimalField(label=gettext_lazy("Amount in yuan"), required=False, min_value=0)
    agrees = forms.BooleanField(label=gettext_lazy("The caller agrees to mediation"), required=False)


@require_http_methods(["GET", "POST"])
def styleguide(request: HttpRequest) -> HttpResponse:
    now = moment_of(request).now
    if "toast" in request.GET:
        messages.success(
            request, _("Dispatched to Gusu District."), extra_tags=f"undo:{reverse('styleguide-autosave')}"
        )
    chart = examples.chart(now.date())
    sample = examples.sample(now) | {
        "option": echarts.option(chart, drawn_theme(request)),
        "chart_rows": spec.rows(chart),
        "chart_title": chart.heading,
    }
    wrong = ExampleForm({"narrative": "", "kind": "", "amount": "-5"}, auto_id="wrong_%s")
    form = ExampleForm(request.POST or None)
    return render(
        request,
        "web/styleguide.html",
        {"sample": sample, "form": form, "wrong_form": wrong, "swatches": SWATCHES},
    )


@require_GET
def lookup(request: HttpRequest) -> JsonResponse:
    """The answer that every look-up gives: value, text and a hint that tells equal names apart."""
    words = request.GET.get("q", "").strip()
    found = [place for place in examples.PLACES if words in place["text"] + place["hint"]]
    return JsonResponse({"results": found[:20]})


@require_POST
def autosave(request: HttpRequest) -> JsonResponse:
    """The answer that every autosave gives; this one keeps nothing."""
    version = request.POST.get("version", "0")
    saved_at = f"{moment_of(request).now:%H:%M:%S}"
    return JsonResponse({"saved_at": saved_at, "version": int(version) + 1 if version.isdigit() else 1})
