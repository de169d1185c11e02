"""The second step of signing in: a code of the app or a recovery code, counted by axes like wrong passwords."""

from __future__ import annotations

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth import login, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from suqing.accounts.actions import (
    NotSetUp,
    WrongCode,
    check_second_factor,
    expire_password,
    note_failed_sign_in,
    note_sign_in,
)
from suqing.accounts.models import Person
from suqing.accounts.second_factor import must_set_up
from suqing.ledger.queries import centre_now

WAITING = "second_step"  # in the session of somebody who gave the password and nothing more
MUST_SET_UP = "must_set_up_second_step"
PATIENCE = 300  # seconds between the two steps
BACKEND = "django.contrib.auth.backends.ModelBackend"


class SecondForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("One-time code or recovery code"),
        max_length=40,
        help_text=gettext_lazy("Six digits from the app on your phone, or one of your recovery codes."),
        error_messages={"required": gettext_lazy("Fill in this field.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


def ask_second(request: HttpRequest, person: Person, target: str) -> HttpResponse:
    """The password was right; nobody is signed in yet."""
    request.session.cycle_key()
    request.session[WAITING] = {
        "person": person.pk,
        "since": int(time.time()),
        "next": target,
        "password": person.get_session_auth_hash(),  # a password changed meanwhile ends the waiting
    }
    return redirect("second-step")


def enter(request: HttpRequest, person: Person, *, second: str = "") -> None:
    """Sign the person in, put it on record, and see what must be done first."""
    login(request, person, backend=BACKEND)
    note_sign_in(person=person, at=centre_now(), second=second)
    expire_password(person=person, at=centre_now())
    if must_set_up(person):
        request.session[MUST_SET_UP] = True


def _waiting(request: HttpRequest) -> tuple[Person, str] | None:
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if not kept or time.time() - kept["since"] > PATIENCE:
        return None
    person = Person.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), kept["password"]):
        return None
    return person, kept["next"]


@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code; five wrong ones lock the name as wrong passwords do."""
    waiting = _waiting(request)
    if waiting is None:
        request.session.pop(WAITING, None)
        return redirect("sign-in")
    person, target = waiting
    form = SecondForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and may_try(request, person):
        try:
            second = check_second_factor(person=person, typed=form.cleaned_data["code"], at=centre_now())
        except WrongCode:
            note_miss(request, person)
            form.add_error("code", _("This code does not hold. Wait for the next one and type it at once."))
        except NotSetUp:  # taken away by an administrator meanwhile
            return redirect("sign-in")
        else:
            request.session.pop(WAITING, None)
            enter(request, person, second=second)
            return redirect(target)
    return render(
        request, "web/security/second_step.html", {"form": form}, status=422 if form.errors else 200
    )


def may_try(request: HttpRequest, person: Person) -> bool:
    """Whether this name is not locked from this address; if it is, axes answers with its page."""
    credentials = {"username": person.username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return True
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return False


def note_miss(request: HttpRequest, person: Person) -> None:
    """Count a wrong code or password like a failed sign-in."""
    credentials = {"username": person.username}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    locked = bool(getattr(request, "axes_locked_out", False))
    note_failed_sign_in(username=person.username, locked=locked, at=centre_now())
