"""The price lines of the provinces: one line a province and time, each resting on a text; changed for a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suqing.cases.intake import FIRST_YEAR, LOCAL_ZONE
from suqing.cases.price_facts import MOST_THRESHOLD, BadLine, Line, read_lines, written
from suqing.cases.price_lines import LINES, price_lines
from suqing.ledger.actions import change_setting
from suqing.ledger.queries import events_of
from suqing.taxonomy.models import Division, DivisionLevel
from suqing.web.context import moment_of
from suqing.web.desks.administration_history import who_did
from suqing.web.desks.administration_people import signed_in
from suqing.web.desks.dispatch_catalogue_forms import PlainForm

HISTORY = 100
LAST_YEAR = 2100


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class LineForm(PlainForm):
    """One line and why it is written down."""

    province = forms.ChoiceField(label=gettext_lazy("Province"))
    baseline = _day(
        gettext_lazy("Baseline day"),
        help_text=gettext_lazy("An earlier price counts where its day is not after this one."),
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Mark-up in per cent"),
        min_value=0,
        max_value=MOST_THRESHOLD * 100,
        max_digits=8,
        decimal_places=2,
    )
    valid_from = _day(gettext_lazy("Cases received from"))
    valid_to = _day(gettext_lazy("Cases received until"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Text it rests on"),
        max_length=300,
        help_text=gettext_lazy("Name, number and day of the province's own document."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, or the decision it rests on"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, provinces: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = [("", "—"), *provinces.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Every day lies in years that a line can be about; a line ends after it begins."""
        given = super().clean() or self.cleaned_data
        for name in ("baseline", "valid_from", "valid_to"):
            day = given.get(name)
            if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("No such year."))
        begin, end = given.get("valid_from"), given.get("valid_to")
        if begin and end and end < begin:
            self.add_error("valid_to", _("It ends before it begins."))
        return given

    def line(self) -> Line:
        """What was typed, as a line."""
        given = self.cleaned_data
        share = (given["percent"] / Decimal(100)).normalize()
        return Line(
            given["province"],
            given["baseline"],
            share,
            given["valid_from"],
            given["valid_to"],
            given["source"],
        )


@require_http_methods(["GET", "POST"])
def price_line_list(request: HttpRequest) -> HttpResponse:
    """Every line; ``?line=`` opens one to change or to take away, else a new one is written down."""
    lines = price_lines()
    known = _known(lines, request.GET.get("line", ""))
    provinces = _provinces()
    form = LineForm(request.POST or None, provinces=provinces, initial=_initial(known))
    if request.method == "POST" and _is_done(request, form, lines, known):
        return redirect("administration-prices")
    today = moment_of(request).now.astimezone(LOCAL_ZONE).date()
    facts = {
        "rows": [_row(one, provinces, today, one is known) for one in lines],
        "form": form,
        "known": known,
        "key": _key(known) if known else "",
        "history": [
            {
                "text": _("%(who)s changed the price lines") % {"who": who_did(event)},
                "at": event.at,
                "note": event.data.get("reason", ""),
                "changes": [(_("Lines"), _told(event.data.get("before")), _told(event.data.get("after")))],
            }
            for event in events_of("setting", [LINES.key]).order_by("-id")[:HISTORY]
        ],
    }
    return render(request, "web/administration/prices.html", facts, status=422 if form.errors else 200)


def _provinces() -> dict[str, str]:
    rows = Division.objects.at_level(DivisionLevel.PROVINCE).order_by("code")
    return {code[:2]: name for code, name in rows.values_list("code", "name")}


def _key(line: Line) -> str:
    """Lines of a province never overlap, so the day on which one begins tells it."""
    return f"{line.province}-{line.valid_from}"


def _known(lines: tuple[Line, ...], key: str) -> Line | None:
    if not key:
        return None
    found = next((one for one in lines if _key(one) == key), None)
    if found is None:
        raise Http404
    return found


def _initial(known: Line | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {**written(known), "percent": known.percent}


def _is_done(request: HttpRequest, form: LineForm, lines: tuple[Line, ...], known: Line | None) -> bool:
    is_removal = known is not None and request.POST.get("act") == "remove"
    if is_removal:
        for name in set(form.fields) - {"reason"}:
            form.fields[name].required = False
    if not form.is_valid():
        return False
    kept = [written(one) for one in lines if one is not known]
    after = kept if is_removal else [*kept, written(form.line())]
    after.sort(key=lambda one: (str(one["province"]), str(one["valid_from"])))
    if after == [written(one) for one in lines]:
        form.add_error(None, _("This value holds already."))
        return False
    try:
        read_lines(after)
    except BadLine:
        form.add_error("valid_from", _("Another line of this province holds on some of these days."))
        return False
    reason = form.cleaned_data["reason"]
    change_setting(LINES.key, after, by=signed_in(request), at=moment_of(request).now, reason=reason)
    messages.success(request, _("The price lines have been changed and hold at once."))
    return True


def _row(line: Line, provinces: dict[str, str], today: date, is_shown: bool) -> dict[str, Any]:
    state, tone = (
        (_("In force"), "active")
        if line.holds_on(today)
        else (_("Begins later"), "soon")
        if line.valid_from > today
        else (_("Over"), "plain")
    )
    return {
        "line": line,
        "province": provinces.get(line.province, line.province),
        "state": state,
        "tone": tone,
        "url": f"{reverse('administration-prices')}?line={_key(line)}#line",
        "is_shown": is_shown,
    }


def _told(value: Any) -> str:
    """Lines as the history shows them."""
    try:
        lines = read_lines(value)
    except BadLine:
        return ""
    return _("; ").join(
        f"{one.province}: {one.baseline}, {one.percent} %, {one.valid_from}–{one.valid_to or ''} {one.source}"
        for one in lines
    )
