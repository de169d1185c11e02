"""The calendar of working days: a year with its twelve months, one day changed for a reason, what that would move."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.cases.queries.calendar_preview import preview_day
from suqing.lawclock import actions
from suqing.lawclock.actions import NothingToChange, YearPublished
from suqing.lawclock.calendars import BadYearFile, DayFact, DayReason, WorkCalendar
from suqing.lawclock.models import CalendarYear
from suqing.lawclock.queries import YearOnPage, calendar, calendar_year, missing_year, years_loaded
from suqing.ledger.models import Event
from suqing.ledger.queries import events_of
from suqing.web.context import moment_of
from suqing.web.desks.administration_forms import read_json
from suqing.web.desks.administration_history import who_did
from suqing.web.desks.administration_people import signed_in
from suqing.web.desks.dispatch_catalogue_forms import PlainForm
from suqing.web.wording import day_text, month, weekday

N_ = str
FIRST_YEAR, LAST_YEAR = 2000, 2100
HISTORY = 100
LARGEST = 200_000  # bytes of a year's file; real ones have about 4,000
REASONS = {
    DayReason.WORKING_DAY: N_("working day"),
    DayReason.MAKEUP_DAY: N_("worked in exchange"),
    DayReason.WEEKEND: N_("weekend"),
    DayReason.HOLIDAY: N_("day off"),
}
TONES = {
    DayReason.WORKING_DAY: "",
    DayReason.MAKEUP_DAY: "is-makeup",
    DayReason.WEEKEND: "is-weekend",
    DayReason.HOLIDAY: "is-holiday",
}


class DayForm(PlainForm):
    """How one day is, what it is called, and what that rests on."""

    is_off = forms.TypedChoiceField(
        label=gettext_lazy("This day is"),
        choices=[("1", gettext_lazy("a day off")), ("0", gettext_lazy("a working day"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=gettext_lazy("Name of the day"), max_length=60, required=False)
    notice = forms.CharField(
        label=gettext_lazy("Notice or decision it rests on"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """The year of the centre's today."""
    return redirect("administration-calendar", year=moment_of(request).now.year)


@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, year: int) -> HttpResponse:
    """A year; with ``?day=`` one day of it, changed or previewed by POST."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    day = _day(request.GET.get("day", ""), year)
    if request.method == "GET":
        return _page(request, year, day, None)
    if day is None or not _is_there(year):
        raise Http404
    if "restore" in request.POST:
        return _restored(request, day)
    return _changed(request, day)


def _changed(request: HttpRequest, day: date) -> HttpResponse:
    form = DayForm(request.POST)
    if "preview" in request.POST:
        form.fields["notice"].required = False
        return _page(request, day.year, day, form, wants_preview=form.is_valid())
    if form.is_valid():
        by, at = signed_in(request), moment_of(request).now
        try:
            actions.change_day(day=day, **form.cleaned_data, by=by, at=at)
        except NothingToChange:
            form.add_error("is_off", _("The calendar says so already."))
        else:
            told = _("%(day)s has been changed. All running limits are counted anew by themselves.")
            messages.success(request, told % {"day": day.isoformat()})
            return redirect(_url(day.year, day))
    return _page(request, day.year, day, form)


def _restored(request: HttpRequest, day: date) -> HttpResponse:
    try:
        actions.restore_day(day=day, by=signed_in(request), at=moment_of(request).now)
    except NothingToChange:
        messages.info(request, _("Nothing was decided here about this day."))
    else:
        messages.success(request, _("The notice holds again for this day."))
    return redirect(_url(day.year, day))


def _is_there(year: int) -> bool:
    return CalendarYear.objects.filter(pk=year).exists()


def _day(text: str, year: int) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year == year else None


def _url(year: int, day: date | None = None) -> str:
    address = reverse("administration-calendar", args=[year])
    return f"{address}?day={day.isoformat()}#day" if day else address


def _page(
    request: HttpRequest, year: int, day: date | None, form: forms.Form | None, *, wants_preview: bool = False
) -> HttpResponse:
    now, known, years = moment_of(request).now, calendar(), years_loaded()
    stored = calendar_year(year) if year in years else None
    facts: dict[str, Any] = {
        "year": year,
        "stored": stored,
        "origin": CalendarYear.Origin(stored.origin).label if stored else "",
        "is_assumed": stored is not None and stored.origin == CalendarYear.Origin.ASSUMED,
        "months": _months(known, year, day, now.date()) if stored else [],
        "counts": _counts(known, year) if stored else None,
        "week_heads": week_heads(),
        "years": [(one, _url(one), one == year) for one in _near(years, year)],
        "needed": missing_year(now.date()),
        "history": [_line(event, now.date()) for event in _events(year)],
    }
    if stored is not None and day is not None:
        facts |= _day_facts(known, stored, day, form, now.date())
        if wants_preview and form is not None:
            facts["preview"] = preview_day(day, is_off=form.cleaned_data["is_off"], now=now)
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/administration/calendar.html", facts, status=status)


def _near(years: list[int], year: int) -> list[int]:
    """The years to turn to: those stored and the one after, nearest to the one shown."""
    offered = sorted({*years, (max(years) + 1) if years else year, year})
    return [one for one in offered if abs(one - year) <= 4]


def _months(known: WorkCalendar, year: int, shown: date | None, today: date) -> list[dict[str, Any]]:
    """Twelve months in weeks from Monday on; None stands for a day of another month."""
    weeks = months.Calendar(firstweekday=0)
    return [
        {
            "name": _month_name(date(year, number, 1)),
            "weeks": [
                [_cell(known.describe(day), shown, today) if day.month == number else None for day in week]
                for week in weeks.monthdatescalendar(year, number)
            ],
        }
        for number in range(1, 13)
    ]


def _month_name(day: date) -> str:
    return pgettext("heading of a month", "{month}").format(month=month(day))


def _cell(fact: DayFact, shown: date | None, today: date) -> dict[str, Any]:
    return {
        "number": fact.day.day,
        "url": _url(fact.day.year, fact.day),
        "tone": f"{TONES[fact.reason]}{' is-local' if fact.is_local else ''}".strip(),
        "mark": _mark(fact),
        "title": _fact_text(fact),
        "is_shown": fact.day == shown,
        "is_today": fact.day == today,
    }


def _mark(fact: DayFact) -> str:
    """A letter beside the colour."""
    if fact.reason is DayReason.HOLIDAY:
        return pgettext("one letter for a day off", "H")
    return (
        pgettext("one letter for a day worked in exchange", "W")
        if fact.reason is DayReason.MAKEUP_DAY
        else ""
    )


def _fact_text(fact: DayFact) -> str:
    text = _(REASONS[fact.reason])
    named = f"{text} · {fact.name}" if fact.name else text
    return f"{named} · {_('decided here')}" if fact.is_local else named


def _counts(known: WorkCalendar, year: int) -> dict[str, int]:
    facts = [known.describe(date.fromordinal(number)) for number in _ordinals(year)]
    return {
        "working": sum(fact.is_working for fact in facts),
        "off": sum(fact.reason is DayReason.HOLIDAY for fact in facts),
        "makeup": sum(fact.reason is DayReason.MAKEUP_DAY for fact in facts),
        "local": sum(fact.is_local for fact in facts),
    }


def _ordinals(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


def _day_facts(
    known: WorkCalendar, stored: YearOnPage, day: date, form: forms.Form | None, today: date
) -> dict[str, Any]:
    fact = known.describe(day)
    declared = next((row for row in stored.declared if row.day == day), None)
    start = {"is_off": "0" if not fact.is_working else "1", "name": fact.name if fact.is_local else ""}
    return {
        "day": day,
        "day_text": day_text(day, today),
        "day_fact": _fact_text(fact),
        "day_source": fact.notice or (declared.notice if declared else ""),
        "is_local": fact.is_local,
        "form": form or DayForm(initial=start),
    }


# A year without a calendar


@require_POST
def year_act(request: HttpRequest, year: int, act: str) -> HttpResponse:
    """``assume``: count it as Monday to Friday for the time being; ``import``: load the file of its notice."""
    if not FIRST_YEAR <= year <= LAST_YEAR or act not in ("assume", "import"):
        raise Http404
    by, at = signed_in(request), moment_of(request).now
    try:
        if act == "assume":
            actions.assume_year(year=year, by=by, at=at)
        else:
            actions.import_year(data=_year_file(request, year), by=by, at=at)
    except (YearPublished, NothingToChange):
        messages.info(request, _("This year is in the calendar like this already."))
    except BadYearFile:
        messages.error(request, _("This file is not the calendar of this year. Nothing was changed."))
    else:
        told = _("The year %(year)s is in the calendar. All running limits are counted anew by themselves.")
        messages.success(request, told % {"year": year})
    return redirect("administration-calendar", year=year)


def _year_file(request: HttpRequest, year: int) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        raise BadYearFile("no file, or too large")
    try:
        data = read_json(file.read().decode("utf-8-sig"))
    except ValueError as error:
        raise BadYearFile("not JSON") from error
    if not isinstance(data, dict) or data.get("year") != year:
        raise BadYearFile("another year")
    _check_lengths(data)
    return data


def _check_lengths(data: dict[str, Any]) -> None:
    """The columns hold a name of 60 characters and sources of 500."""
    papers, days = data.get("papers"), data.get("days")
    if not isinstance(papers, list) or len(" ".join(map(str, papers))) > 500:
        raise BadYearFile("papers")
    if not isinstance(days, list) or any(
        isinstance(one, dict) and len(str(one.get("name", ""))) > 60 for one in days
    ):
        raise BadYearFile("names")


# What was done


def _events(year: int) -> list[Event]:
    return list(events_of("calendar_year", [year]).order_by("-id")[:HISTORY])


def _line(event: Event, today: date) -> dict[str, Any]:
    values = {"who": who_did(event), "day": _event_day(event, today)}
    after = event.data.get("after")
    if "day" not in event.data:
        told = (
            N_("%(who)s had the year counted as Monday to Friday")
            if event.data.get("assumed")
            else N_("%(who)s loaded the year")
        )
        return {"text": _(told) % values, "at": event.at, "note": ""}
    if not isinstance(after, dict):
        return {
            "text": _("%(who)s let the notice hold again for %(day)s") % values,
            "at": event.at,
            "note": "",
        }
    told = (
        N_("%(who)s made %(day)s a day off") if after["is_off"] else N_("%(who)s made %(day)s a working day")
    )
    return {"text": _(told) % values, "at": event.at, "note": after["notice"]}


def _event_day(event: Event, today: date) -> str:
    try:
        day = date.fromisoformat(str(event.data.get("day", "")))
    except ValueError:
        return ""
    return day_text(day, today)


def week_heads() -> list[str]:
    """Monday to Sunday, short."""
    monday = date(2020, 1, 6)
    return [weekday(date.fromordinal(monday.toordinal() + number)) for number in range(7)]
