"""The second step of signing in: a code of the app or a recovery code, counted by axes like wrong passwords."""

from __future__ import annotations

import time
from dataclasses import dataclass
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
from suqing.accounts.passkeys import passkeys_of
from suqing.accounts.second_factor import confirmed, must_set_up, recovery_codes_left
from suqing.ledger.queries import centre_now
from suqing.web.session_marks import BEGAN, ENDS, LISTED, PASSWORD, WAY

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


def ask_second(request: HttpRequest, person: Person, target: str, *, way: str = PASSWORD) -> HttpResponse:
    """The first step was right; nobody is signed in yet."""
    request.session.cycle_key()
    request.session[WAITING] = {
        "person": person.pk,
        "since": int(time.time()),
        "next": target,
        "way": way,
        "password": person.get_session_auth_hash(),  # a password changed meanwhile ends the waiting
    }
    return redirect("second-step")


def enter(
    request: HttpRequest, person: Person, *, second: str = "", way: str = PASSWORD, is_strong: bool = False
) -> None:
    """Sign the person in, put it on record, and see what must be done first.

    ``is_strong`` says that this way counts as two steps, whatever the person has set up.
    """
    for mark in (BEGAN, ENDS, LISTED):  # of an earlier session in the same browser
        request.session.pop(mark, None)
    login(request, person, backend=BACKEND)
    request.session[WAY] = way
    note_sign_in(person=person, at=centre_now(), second=second, way=way if way != PASSWORD else "")
    if way == PASSWORD:
        expire_password(person=person, at=centre_now())
    if not is_strong and must_set_up(person):
        request.session[MUST_SET_UP] = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who has made the first step, by which way, and where they want to go."""

    person: Person
    target: str
    way: str


def waiting_of(request: HttpRequest) -> Waiting | None:
    """Nobody after some minutes, or when the password was changed meanwhile."""
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if not kept or time.time() - kept["since"] > PATIENCE:
        return None
    person = Person.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), kept["password"]):
        return None
    return Waiting(person, kept["next"], kept["way"])


def enter_waiting(request: HttpRequest, waiting: Waiting, second: str) -> HttpResponse:
    """The second step was right."""
    request.session.pop(WAITING, None)
    enter(request, waiting.person, second=second, way=waiting.way)
    return redirect(waiting.target)


@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code; five wrong ones lock the name as wrong passwords do."""
    waiting = waiting_of(request)
    if waiting is None:
        request.session.pop(WAITING, None)
        return redirect("sign-in")
    person = waiting.person
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
            return enter_waiting(request, waiting, second)
    return second_page(request, person, form)


def second_page(
    request: HttpRequest, person: Person, form: forms.Form, *, passkey_fault: str = ""
) -> HttpResponse:
    """What the person can make the second step with."""
    passkeys = passkeys_of(person)
    if passkeys:  # their button has the focus then
        form.fields["code"].widget.attrs.pop("autofocus", None)
    has_app = confirmed(person) is not None
    if not has_app:
        form.fields["code"].label = _("Recovery code")
        form.fields["code"].help_text = _("One of the codes that you printed or wrote down.")
    facts = {
        "form": form,
        "has_app": has_app,
        "has_codes": recovery_codes_left(person) > 0,
        "has_passkeys": bool(passkeys),
        "passkey_fault": passkey_fault,
    }
    is_refused = form.errors or passkey_fault
    return render(request, "web/security/second_step.html", facts, status=422 if is_refused else 200)


def may_try(request: HttpRequest, person: Person) -> bool:
    """Whether this name is not locked from this address; if it is, axes answers with its page."""
    return may_try_name(request, person.username)


def may_try_name(request: HttpRequest, username: str) -> bool:
    credentials = {"username": username}
    if AxesProxyHandler.is_allowed(request, credentials):
        return True
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return False


def note_miss(request: HttpRequest, person: Person) -> None:
    """Count a wrong code, password or passkey like a failed sign-in."""
    credentials = {"username": person.username}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    locked = bool(getattr(request, "axes_locked_out", False))
    note_failed_sign_in(username=person.username, locked=locked, at=centre_now())
