"""Sign-in and security of oneself: the second step, its recovery codes."""

from __future__ import annotations

from collections.abc import Callable

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.accounts import actions
from suqing.accounts.actions import AlreadySetUp, NotSetUp, WrongCode, WrongPassword
from suqing.accounts.models import Person
from suqing.accounts.passkeys import passkeys_of
from suqing.accounts.second_factor import confirmed, has_second, must_set_up, recovery_codes_left, setup_of
from suqing.accounts.sessions import sessions_of
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.desks.session_second import MUST_SET_UP, may_try, note_miss

FEW = 3  # recovery codes left


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code that the app shows now"),
        max_length=20,
        error_messages={"required": gettext_lazy("Fill in this field.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class OwnPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        error_messages={"required": gettext_lazy("Fill in this field.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in oneself."""
    return _page(request, OwnPasswordForm())


def _page(request: HttpRequest, form: forms.Form, act: str = "") -> HttpResponse:
    person = _me(request)
    factor, passkeys = confirmed(person), passkeys_of(person)
    left = recovery_codes_left(person)
    facts = {
        "factor": factor,
        "passkeys": passkeys,
        "has_second": factor is not None or bool(passkeys),
        "left": left,
        "is_few": left <= FEW,
        "session_count": len(sessions_of(person)),
        "form": form,
        "act": act,
    }
    return render(request, "web/security/security.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the app: the picture, the first code, then the recovery codes, once."""
    person = _me(request)
    if confirmed(person):
        return redirect("security")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and may_try(request, person):
        try:
            codes = actions.confirm_second_factor(
                person=person, code=form.cleaned_data["code"], by=person, at=moment_of(request).now
            )
        except WrongCode:
            note_miss(request, person)
            form.add_error("code", _("This code does not hold. Wait for the next one and type it at once."))
        except (NotSetUp, AlreadySetUp):
            return redirect("second-factor")
        else:
            request.session.pop(MUST_SET_UP, None)
            return codes_page(request, codes)
    setup = setup_of(person, _(setting("web.centre_name")))
    facts = {
        "form": form,
        "setup": setup,
        "picture": _picture(setup.address) if setup else "",
        "is_asked": MUST_SET_UP in request.session,
    }
    return render(request, "web/security/second_factor.html", facts, status=422 if form.errors else 200)


def _picture(address: str) -> SafeString:
    """The address as a QR code, drawn here: the secret goes to nobody else."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)


def codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Shown on the answer itself and kept nowhere: loading the page again does not bring them back."""
    return render(request, "web/security/recovery_codes.html", {"codes": codes})


@require_POST
def second_factor_act(request: HttpRequest, act: str) -> HttpResponse:
    """Begin, take away, or get new recovery codes."""
    if act not in ACTS:
        raise Http404
    return ACTS[act](request, _me(request))


def _begin(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        actions.begin_second_factor(person=person, by=person, at=moment_of(request).now)
    except AlreadySetUp:
        return redirect("security")
    return redirect("second-factor")


def _renew(request: HttpRequest, person: Person) -> HttpResponse:
    def renew(password: str) -> HttpResponse:
        now = moment_of(request).now
        return codes_page(
            request, actions.renew_recovery_codes(person=person, password=password, by=person, at=now)
        )

    return _with_password(request, person, "renew", renew)


def _remove(request: HttpRequest, person: Person) -> HttpResponse:
    def remove(password: str) -> HttpResponse:
        actions.remove_second_factor(
            person=person,
            password=password,
            by=person,
            at=moment_of(request).now,
            keep=request.session.session_key,
        )
        if must_set_up(person):
            request.session[MUST_SET_UP] = True
        if has_second(person):
            messages.success(request, _("The app is no longer asked for; your passkeys are."))
        else:
            messages.success(request, _("You sign in with the password alone from now on."))
        return redirect("security")

    return _with_password(request, person, "remove", remove)


def _with_password(
    request: HttpRequest, person: Person, act: str, step: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Take the step if the password is right; wrong ones count like failed sign-ins."""
    form = OwnPasswordForm(request.POST)
    if form.is_valid() and may_try(request, person):
        try:
            return step(form.cleaned_data["password"])
        except WrongPassword:
            note_miss(request, person)
            form.add_error("password", _("This is not your password."))
        except NotSetUp:
            return redirect("security")
    return _page(request, form, act)


ACTS: dict[str, Callable[[HttpRequest, Person], HttpResponse]] = {
    "begin": _begin,
    "renew": _renew,
    "remove": _remove,
}
