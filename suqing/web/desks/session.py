"""Sign in and out, change the password, switch language and theme, go to a case by its number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, password_validation, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.actions import (
    WrongPassword,
    change_password,
    forget_session,
    note_failed_sign_in,
)
from suqing.accounts.models import Person
from suqing.accounts.password_rules import is_expired
from suqing.accounts.policy import PASSKEY_ALONE
from suqing.accounts.second_factor import has_second
from suqing.ledger.queries import centre_now, setting
from suqing.web import single_sign_on
from suqing.web.context import THEMES, may_open, moment_of
from suqing.web.desks.jump import offers
from suqing.web.desks.session_second import ask_second, enter
from suqing.web.desks.work_list import search_url
from suqing.web.session_marks import SINGLE, WAY

YEAR_SECONDS = 365 * 24 * 3600


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy(
            "The name or the password is not right. Check capital letters and the input method, and try again."
        ),
        "inactive": gettext_lazy("This account is closed. Ask an administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Sign-in name")
        self.fields["password"].label = gettext_lazy("Password")
        for field in self.fields.values():
            field.error_messages["required"] = gettext_lazy("Fill in this field.")


class SignIn(LoginView):
    """The door.  ``?ended=1`` says that an earlier session has ended, ``?left=single`` that the provider's goes on."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return reverse("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = {
            "ended": "ended" in self.request.GET,
            "passkeys_open": setting(PASSKEY_ALONE.key),
            "single": single_sign_on.button(),
            "left": single_sign_on.button() if self.request.GET.get("left") == "single" else "",
        }
        return super().get_context_data(**(facts | kwargs))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        assert isinstance(person, Person)
        if has_second(person):
            return ask_second(self.request, person, self.get_success_url())
        enter(self.request, person)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        locked = bool(getattr(self.request, "axes_locked_out", False))
        note_failed_sign_in(username=form.data.get("username", ""), locked=locked, at=centre_now())
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out of Suqing; the provider of single sign-on is not asked, for other systems of the house hang on it."""
    if request.session.session_key:
        forget_session(key=request.session.session_key)
    was_single = request.session.get(WAY) == SINGLE
    logout(request)
    place = reverse("sign-in")
    return redirect(f"{place}?left=single" if was_single else place)


class PasswordForm(forms.Form):
    old = forms.CharField(label=gettext_lazy("Password so far"), strip=False, widget=forms.PasswordInput)
    new = forms.CharField(label=gettext_lazy("New password"), strip=False, widget=forms.PasswordInput)
    again = forms.CharField(label=gettext_lazy("New password again"), strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old"].widget.attrs["autocomplete"] = "current-password"
        for name in ("new", "again"):
            self.fields[name].widget.attrs["autocomplete"] = "new-password"
        self.fields["new"].help_text = " ".join(
            map(str, password_validation.password_validators_help_texts())
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return given


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; forced after somebody else has set it."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("Your password has been changed."))
        return redirect("home")
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    facts = {"form": form, "is_expired": is_expired(request.user, timezone.now())}
    return render(request, "web/change_password.html", facts, status=422 if form.errors else 200)


def _changed(request: HttpRequest, form: PasswordForm) -> bool:
    """Let the action decide; put what it objects to beside the field."""
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    given = form.cleaned_data
    try:
        change_password(
            person=person,
            old=given["old"],
            new=given["new"],
            by=person,
            at=moment_of(request).now,
            keep=request.session.session_key,
        )
    except WrongPassword:
        form.add_error("old", _("This is not your password so far."))
        return False
    except ValidationError as error:
        form.add_error("new", error)
        return False
    update_session_auth_hash(request, person)
    return True


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the computer has it; kept in a cookie, so that the first paint is right."""
    response = HttpResponseRedirect(_way_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme")
    return response


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("home")


@require_http_methods(["GET", "POST"])
def jump(request: HttpRequest) -> HttpResponse:
    """Open a case by its number, or search the work list for anything else."""
    given = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and given.get("part") == "offers":
        return offers(request, given.get("q", ""))
    wanted = "".join(given.get("q", "").split())
    if not wanted:
        return redirect("home")
    if may_open(request.user, "cases"):
        assert isinstance(request.user, Person)  # the permission table lets nobody else in
        return redirect(search_url(request.user, {"q": wanted}))
    empty = {
        "title": _("Nothing found for “%(words)s”") % {"words": wanted[:40]},
        "text": _("The case may belong to a unit whose cases you do not see."),
        "icon": "search",
    }
    return render(request, "web/nothing_found.html", {"empty": empty}, status=404)
