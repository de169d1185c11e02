"""Who is on duty: the duties of the coming days, entered and ended by those who answer for the units."""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.actions import BadDuty, NotInForce, end_duty, set_duty
from suqing.accounts.duty_hours import Hours, read_week
from suqing.accounts.models import Appointment, Duty, Person, Unit
from suqing.accounts.policy import DUTY_HOURS
from suqing.accounts.queries import duties_of, in_duty_hours, may_set_duty, unit_tree
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.wording import day_text, weekday

N_ = str
DAYS = 7  # that the page shows, today included
REASONS = {
    "backward": N_("The duty ends before it begins."),
    "too_long": N_("A duty lasts 31 days at most."),
    "overlaps": N_("The person is already on duty there at that time."),
}


class DutyForm(forms.Form):
    """``who`` is an appointment: a person in a unit."""

    who = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    since = forms.TimeField(
        label=gettext_lazy("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until = forms.TimeField(
        label=gettext_lazy("Ends"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("An end that is not later than the start lies on the next day."),
    )

    def __init__(self, *args: Any, rows: list[Appointment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, f"{row.person.display_name} · {row.unit.name}") for row in rows]
        self.fields["who"].choices = [("", _("Choose a person")), *choices]  # type: ignore[attr-defined]
        self.fields["who"].widget.attrs["autofocus"] = True
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill in this field.")

    def clean_day(self) -> date:
        """A day that has a next one."""
        day: date = self.cleaned_data["day"]
        if day.year >= MAXYEAR:
            raise forms.ValidationError(_("A duty lasts 31 days at most."))
        return day

    def span(self) -> tuple[datetime, datetime]:
        """The moments that were typed."""
        day, zone = self.cleaned_data["day"], timezone.get_current_timezone()
        since = datetime.combine(day, self.cleaned_data["since"], zone)
        until = datetime.combine(day, self.cleaned_data["until"], zone)
        return since, until if until > since else until + timedelta(days=1)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """The duties of the coming days, and a form for one more."""
    person, now = _person(request), moment_of(request).now
    units = [unit for unit in unit_tree() if may_set_duty(person, unit)]
    rows = _appointed(units)
    if request.method == "POST":
        form = DutyForm(request.POST, rows=rows)
        if form.is_valid() and _entered(request, form, rows, now):
            return redirect("duty")
        return render(request, "web/duty/duty.html", _facts(form, units, now), status=422)
    start = {"day": now.date(), "since": time(8, 0), "until": time(20, 0)}
    return render(request, "web/duty/duty.html", _facts(DutyForm(rows=rows, initial=start), units, now))


def _appointed(units: list[Unit]) -> list[Appointment]:
    """Who could be on duty: everybody appointed to one of these units, once a unit."""
    held = Appointment.objects.in_force(timezone.now()).filter(unit__in=units)
    rows = held.select_related("person", "unit").order_by("unit__path", "person__display_name", "pk")
    return list({(row.person_id, row.unit_id): row for row in rows}.values())


def _entered(request: HttpRequest, form: DutyForm, rows: list[Appointment], now: datetime) -> bool:
    chosen = next(row for row in rows if row.pk == form.cleaned_data["who"])
    since, until = form.span()
    if until <= now:
        form.add_error("day", _("That time is over already."))
        return False
    try:
        set_duty(
            person=chosen.person, unit=chosen.unit, since=since, until=until, by=_person(request), at=now
        )
    except BadDuty as bad:
        form.add_error("since", _(REASONS[str(bad)]))
        return False
    except NotInForce:
        form.add_error("who", _("This person can no longer sign in."))
        return False
    messages.success(request, _("%(name)s is entered as on duty.") % {"name": chosen.person.display_name})
    return True


def _facts(form: DutyForm, units: list[Unit], now: datetime) -> dict[str, Any]:
    found = duties_of(units, now, now + timedelta(days=DAYS))
    return {
        "form": form,
        "rows": [{"duty": row, "is_now": row.since <= now} for row in found],
        "hours": _week(read_week(setting(DUTY_HOURS.key)), now),
        "is_ordinary": in_duty_hours(now),
        "empty": {
            "title": _("Nobody is entered for the coming days"),
            "text": _("Outside the ordinary hours, messages wait until those hours begin again."),
            "icon": "calendar",
        },
    }


def _week(week: tuple[Hours | None, ...], now: datetime) -> list[tuple[str, str]]:
    monday = now.date() - timedelta(days=now.weekday())
    return [
        (
            weekday(monday + timedelta(days=number)),
            f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if hours else _("off"),
        )
        for number, hours in enumerate(week)
    ]


@require_POST
def duty_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a duty now, or take back one to come."""
    person, now = _person(request), moment_of(request).now
    row = Duty.objects.select_related("unit", "person").filter(pk=pk).first()
    if row is None or not may_set_duty(person, row.unit):
        raise Http404
    values = {
        "name": row.person.display_name,
        "day": day_text(timezone.localtime(row.since).date(), now.date()),
    }
    try:
        end_duty(duty=row, by=person, at=now)
    except NotInForce:
        messages.info(request, _("The duty of %(name)s on %(day)s is over already.") % values)
    else:
        messages.success(request, _("The duty of %(name)s on %(day)s is ended.") % values)
    return redirect("duty")
