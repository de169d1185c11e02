"""Passkeys of oneself: added by name and password, taken away by password."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.actions import (
    BadPasskey,
    NameTaken,
    WrongPassword,
    add_passkey,
    remove_passkey,
)
from suqing.accounts.actions.passkeys import check_name
from suqing.accounts.models import Passkey, Person
from suqing.accounts.passkeys import question_to_add
from suqing.accounts.second_factor import must_set_up
from suqing.web.context import moment_of
from suqing.web.desks.administration_people import signed_in
from suqing.web.desks.passkey_questions import TO_ADD, answer_of, ask, asked, no_place, place_of
from suqing.web.desks.security import OwnPasswordForm, codes_page
from suqing.web.desks.session_second import MUST_SET_UP, may_try, note_miss


class PasskeyForm(OwnPasswordForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        max_length=40,
        help_text=gettext_lazy("What you know the device by, for example “blue security key”."),
        error_messages={"required": gettext_lazy("Fill in this field.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "password")


@require_http_methods(["GET", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponse:
    """Keep what the device answered; what it is asked comes from ``options``."""
    person = signed_in(request)
    if request.method == "GET":
        return _new_page(request, PasskeyForm())
    kept, place = asked(request, TO_ADD), place_of(request)
    form = PasskeyForm(request.POST)
    if kept is None or place is None or kept.get("person") != person.pk:
        form.errors.pop("password", None)  # was asked for before the question, and is not sent again
        form.add_error(None, _("No answer of a passkey came. Passkeys need a browser that runs scripts."))
        return _new_page(request, form)
    try:
        codes = add_passkey(
            person=person,
            name=kept["name"],
            answer=answer_of(request),
            challenge=kept["challenge"],
            place=place,
            by=person,
            at=moment_of(request).now,
        )
    except BadPasskey:
        form.add_error(None, _("What the device answered does not hold. Try again, or take another device."))
        return _new_page(request, form)
    except NameTaken:
        form.add_error("name", _("You have a passkey of this name."))
        return _new_page(request, form)
    request.session.pop(MUST_SET_UP, None)
    messages.success(request, _("The passkey “%(name)s” has been added.") % {"name": kept["name"]})
    return codes_page(request, codes) if codes else redirect("security")


def _new_page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    facts = {
        "form": form,
        "is_asked": MUST_SET_UP in request.session,
        "no_place": "" if place_of(request) else no_place(),
    }
    return render(request, "web/security/passkey_new.html", facts, status=422 if form.errors else 200)


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """The question for the browser, if name and password are right; else what is wrong, by field."""
    person, place, form = signed_in(request), place_of(request), PasskeyForm(request.POST)
    if place is None:
        return JsonResponse({"message": no_place()}, status=422)
    if form.is_valid() and may_try(request, person):
        name = form.cleaned_data["name"]
        try:
            check_name(person, name)
        except NameTaken:
            form.add_error("name", _("You have a passkey of this name."))
        else:
            if person.check_password(form.cleaned_data["password"]):
                return ask(request, question_to_add(person, place), TO_ADD, person=person.pk, name=name)
            note_miss(request, person)
            form.add_error("password", _("This is not your password."))
    wrong = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"message": " ".join(wrong)}, status=422)


@require_http_methods(["GET", "POST"])
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the password, then take it away."""
    person = signed_in(request)
    passkey = Passkey.objects.filter(pk=pk, person=person).select_related("person").first()
    if passkey is None:
        raise Http404
    form = OwnPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and may_try(request, person):
        try:
            _remove(request, person, passkey, form.cleaned_data["password"])
        except WrongPassword:
            note_miss(request, person)
            form.add_error("password", _("This is not your password."))
        else:
            return redirect("security")
    facts = {"form": form, "passkey": passkey}
    return render(request, "web/security/passkey_remove.html", facts, status=422 if form.errors else 200)


def _remove(request: HttpRequest, person: Person, passkey: Passkey, password: str) -> None:
    name = passkey.name
    remove_passkey(
        passkey=passkey,
        password=password,
        by=person,
        at=moment_of(request).now,
        keep=request.session.session_key,
    )
    if must_set_up(person):
        request.session[MUST_SET_UP] = True
    messages.success(request, _("The passkey “%(name)s” opens nothing any more.") % {"name": name})
