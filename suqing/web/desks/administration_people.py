"""People: who signs in, in which role and unit; made, corrected, appointed, locked out, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts import actions
from suqing.accounts.actions import LastAdministrator, NotInForce
from suqing.accounts.models import Appointment, Person, Unit
from suqing.accounts.queries import history_of_person, people, unit_tree
from suqing.accounts.roles import ROLES
from suqing.accounts.second_factor import has_second
from suqing.accounts.sessions import sessions_of
from suqing.web.context import moment_of
from suqing.web.desks.administration_forms import (
    AppointmentForm,
    CorrectionForm,
    PersonForm,
    indented,
    put_errors,
    role_choices,
)
from suqing.web.desks.administration_history import lines, unit_names

N_ = str
SHOWN = 300
ACTIVE, INACTIVE, ALL = "active", "inactive", "all"
STATUSES = {ACTIVE: N_("may sign in"), INACTIVE: N_("may not sign in"), ALL: N_("all")}
LAST = N_("Somebody must remain who can manage people: appoint another administrator without an end first.")


def signed_in(request: HttpRequest) -> Person:
    """Who asks."""
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def all_people(request: HttpRequest) -> HttpResponse:
    """Everybody who fits the filters, by pinyin."""
    words, role = request.GET.get("q", "")[:60], request.GET.get("role", "")
    status = request.GET.get("status", ACTIVE)
    status, role = (status if status in STATUSES else ACTIVE), (role if role in ROLES else "")
    units = list(unit_tree())
    unit = next((one for one in units if str(one.pk) == request.GET.get("unit", "")), None)
    active = {ACTIVE: True, INACTIVE: False}.get(status)
    found = people(words=words, unit=unit, role=role, active=active)
    now = timezone.now()
    facts = {
        "rows": [_row(person, now) for person in found[:SHOWN]],
        "count": len(found),
        "is_cut": len(found) > SHOWN,
        "fields": _fields(words, unit, role, status, units),
        "empty": {
            "title": _("Nobody fits these filters"),
            "text": _("Search by name, pinyin, initials, sign-in name or staff number."),
            "icon": "users",
            "url": f"{reverse('administration-people')}?status={ALL}",
            "verb": _("See everybody"),
        },
    }
    return render(request, "web/administration/people.html", facts)


def _row(person: Person, now: Any) -> dict[str, Any]:
    held: list[Appointment] = person.held  # type: ignore[attr-defined]  # people() reads them along
    return {
        "person": person,
        "url": reverse("administration-person", args=[person.pk]),
        "held": [(role_label(one.role), one.unit.name, one.since > now) for one in held],
    }


def role_label(code: str) -> str:
    """The name of a role; its code where the program no longer knows it."""
    return str(ROLES[code].label) if code in ROLES else code


def _fields(words: str, unit: Unit | None, role: str, status: str, units: list[Unit]) -> list[dict[str, Any]]:
    """The values that filter_bar.html asks for."""
    any_one = ("", _("any"))
    selects = (
        ("unit", pgettext("organisation", "Unit"), str(unit.pk) if unit else "", [any_one, *indented(units)]),
        ("role", _("Role"), role, [any_one, *role_choices()]),
        ("status", _("Sign-in"), status, [(key, _(name)) for key, name in STATUSES.items()]),
    )
    fields: list[dict[str, Any]] = [
        {"name": "q", "label": _("Name, pinyin or number"), "kind": "search", "value": words}
    ]
    return fields + [
        {"name": name, "label": label, "kind": "select", "value": value, "options": options}
        for name, label, value, options in selects
    ]


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Make a person; the one-time password is shown once, on the answer itself, and kept nowhere."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_person(
                **form.cleaned_data, by=signed_in(request), at=moment_of(request).now
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _password_page(request, made.person, made.password, is_new=True)
    facts = {"form": form}
    return render(request, "web/administration/person_new.html", facts, status=422 if form.errors else 200)


def _password_page(request: HttpRequest, person: Person, password: str, *, is_new: bool) -> HttpResponse:
    facts = {"person": person, "password": password, "is_new": is_new}
    answer = render(request, "web/administration/password.html", facts)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: appointments, what can be done, what was done."""
    return _person_page(request, _person_or_404(pk))


def _person_or_404(pk: int) -> Person:
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _person_page(request: HttpRequest, found: Person, **bound: forms.Form) -> HttpResponse:
    now = timezone.now()
    rows = found.appointments.select_related("unit").order_by("-since", "-pk")
    events = history_of_person(found)
    started = {"display_name": found.display_name, "staff_no": found.staff_no}
    facts = {
        "person": found,
        "held": [_appointment(row, now) for row in rows],
        "appoint_form": bound.get("appoint") or AppointmentForm(),
        "correct_form": bound.get("correct") or CorrectionForm(initial=started),
        "history": lines(events, unit_names(), moment_of(request).now),
        "has_second": has_second(found),
        "session_count": len(sessions_of(found)),
        "is_self": found.pk == signed_in(request).pk,
    }
    return render(request, "web/administration/person.html", facts, status=422 if bound else 200)


def _appointment(row: Appointment, now: Any) -> dict[str, Any]:
    is_over = row.until is not None and row.until <= now
    return {
        "row": row,
        "role": role_label(row.role),
        "sentence": ROLES[row.role].sentence if row.role in ROLES else "",
        "is_over": is_over,
        "is_coming": row.since > now,
    }


# What can be done


@require_POST
def person_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Correct, appoint, end an appointment, set a one-time password, lock out or let in again."""
    if act not in ACTS:
        raise Http404
    return ACTS[act](request, _person_or_404(pk))


def _done(request: HttpRequest, found: Person, sentence: str, *, undo: str = "") -> HttpResponse:
    """Say it; ``undo`` is the act that takes it back."""
    tags = f"undo:{reverse('administration-person-act', args=[found.pk, undo])}" if undo else ""
    messages.success(request, sentence % {"name": found.display_name}, extra_tags=tags)
    return redirect("administration-person", pk=found.pk)


def _not_done(request: HttpRequest, found: Person, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("administration-person", pk=found.pk)


def _correct(request: HttpRequest, found: Person) -> HttpResponse:
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            actions.correct_person(
                person=found, **form.cleaned_data, by=signed_in(request), at=moment_of(request).now
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _done(request, _person_or_404(found.pk), _("The data of %(name)s are as typed."))
    return _person_page(request, found, correct=form)


def _appoint(request: HttpRequest, found: Person) -> HttpResponse:
    form = AppointmentForm(request.POST)
    if not form.is_valid():
        return _person_page(request, found, appoint=form)
    since, until = form.span()
    try:
        actions.appoint(
            person=found,
            unit=form.units[form.cleaned_data["unit"]],
            role=form.cleaned_data["role"],
            since=since,
            until=until,
            by=signed_in(request),
            at=moment_of(request).now,
        )
    except ValidationError:
        form.add_error("role", _("The person holds this role in this unit already, without an end."))
    except NotInForce:
        form.add_error("unit", _("This unit has been closed."))
    else:
        return _done(request, found, _("%(name)s is appointed."))
    return _person_page(request, found, appoint=form)


def _end(request: HttpRequest, found: Person) -> HttpResponse:
    wanted = request.POST.get("appointment", "")
    row = (
        found.appointments.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    )
    if row is None:
        raise Http404
    try:
        actions.end_appointment(appointment=row, by=signed_in(request), at=moment_of(request).now)
    except LastAdministrator:
        return _not_done(request, found, _(LAST))
    except NotInForce:
        return _not_done(request, found, _("This appointment had ended already."))
    return _done(request, found, _("The appointment of %(name)s has ended."))


def _reset(request: HttpRequest, found: Person) -> HttpResponse:
    password = actions.reset_password(person=found, by=signed_in(request), at=moment_of(request).now)
    return _password_page(request, found, password, is_new=False)


def _reset_second_factor(request: HttpRequest, found: Person) -> HttpResponse:
    try:
        actions.reset_second_factor(person=found, by=signed_in(request), at=moment_of(request).now)
    except actions.NotSetUp:
        return _not_done(request, found, _("This person has no second step."))
    return _done(request, found, _("%(name)s signs in without the second step and can set it up anew."))


def _end_sessions(request: HttpRequest, found: Person) -> HttpResponse:
    actions.end_all_sessions(person=found, by=signed_in(request), at=moment_of(request).now)
    return _done(request, found, _("%(name)s is signed out everywhere."))


def _deactivate(request: HttpRequest, found: Person) -> HttpResponse:
    try:
        actions.deactivate(person=found, by=signed_in(request), at=moment_of(request).now)
    except LastAdministrator:
        return _not_done(request, found, _(LAST))
    except NotInForce:
        return _not_done(request, found, _("This person could not sign in before either."))
    sentence = _("%(name)s can sign in no more; everything done stays on record.")
    return _done(request, found, sentence, undo="reactivate")


def _reactivate(request: HttpRequest, found: Person) -> HttpResponse:
    if not found.is_active:
        actions.reactivate(person=found, by=signed_in(request), at=moment_of(request).now)
    return _done(request, found, _("%(name)s can sign in again."))


ACTS: dict[str, Callable[[HttpRequest, Person], HttpResponse]] = {
    "correct": _correct,
    "appoint": _appoint,
    "end": _end,
    "reset": _reset,
    "end-sessions": _end_sessions,
    "second-factor": _reset_second_factor,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
}
