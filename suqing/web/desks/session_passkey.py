"""Signing in with a passkey: alone, where local policy lets it, or as the second step."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suqing.accounts.actions import BadPasskey, PasskeyCopied, note_failed_sign_in, use_passkey
from suqing.accounts.actions.second_factors import BY_PASSKEY
from suqing.accounts.passkeys import question_to_enter
from suqing.accounts.policy import PASSKEY_ALONE
from suqing.ledger.queries import centre_now, setting
from suqing.web.desks.passkey_questions import TO_ENTER, answer_of, ask, asked, no_place, place_of
from suqing.web.desks.session import SignIn
from suqing.web.desks.session_second import (
    SecondForm,
    enter,
    enter_waiting,
    may_try,
    note_miss,
    second_page,
    waiting_of,
)
from suqing.web.session_marks import PASSKEY


@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """The question for the browser: about the passkeys of who waits for the second step, else about any."""
    place, waiting = place_of(request), waiting_of(request)
    if place is None:
        return JsonResponse({"message": no_place()}, status=422)
    if "second" not in request.POST:
        if not setting(PASSKEY_ALONE.key):
            raise Http404
        return ask(request, question_to_enter(place, None), TO_ENTER)
    if waiting is None:
        return JsonResponse({"message": _("You waited too long. Begin again with the password.")}, status=422)
    return ask(request, question_to_enter(place, waiting.person), TO_ENTER, person=waiting.person.pk)


@require_POST
def second(request: HttpRequest) -> HttpResponse:
    """The passkey as the second step."""
    waiting, kept, place = waiting_of(request), asked(request, TO_ENTER), place_of(request)
    if waiting is None:
        return redirect("sign-in")
    person, fault = waiting.person, ""
    if may_try(request, person):
        if kept is None or place is None or kept.get("person") != person.pk:
            fault = _unasked(request)
        else:
            try:
                use_passkey(
                    answer=answer_of(request),
                    challenge=kept["challenge"],
                    place=place,
                    at=centre_now(),
                    person=person,
                )
            except BadPasskey as wrong:
                note_miss(request, person)
                fault = _said(wrong)
            else:
                return enter_waiting(request, waiting, BY_PASSKEY)
    return second_page(request, person, SecondForm(), passkey_fault=fault)


@require_POST
def alone(request: HttpRequest) -> HttpResponse:
    """Name, password and second step in one: the device checked who holds it.

    Misses count under the name whose passkey it was; a passkey that nobody has cannot be guessed, only recorded.
    """
    if not setting(PASSKEY_ALONE.key):
        raise Http404
    kept, place = asked(request, TO_ENTER), place_of(request)
    if kept is None or place is None or "person" in kept:
        return _door(request, _unasked(request))
    try:
        person = use_passkey(
            answer=answer_of(request), challenge=kept["challenge"], place=place, at=centre_now()
        )
    except BadPasskey as wrong:
        if wrong.person:
            note_miss(request, wrong.person)
        else:
            note_failed_sign_in(username="", locked=False, at=centre_now())
        return _door(request, _said(wrong))
    if not may_try(request, person):
        return _door(request, "")
    enter(request, person, way=PASSKEY, is_strong=True)
    return HttpResponseRedirect(_target(request))


def _door(request: HttpRequest, fault: str) -> HttpResponse:
    """The sign-in page with what went wrong."""
    view = SignIn()
    view.setup(request)
    facts = view.get_context_data(form=view.authentication_form(request), passkey_fault=fault)
    return view.render_to_response(facts, status=422)


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("home")


def _unasked(request: HttpRequest) -> str:
    if not answer_of(request):
        return _("No answer of a passkey came. Passkeys need a browser that runs scripts.")
    return _("The question to the passkey is no longer open. Try again.")


def _said(wrong: BadPasskey) -> str:
    if isinstance(wrong, PasskeyCopied):
        return _(
            "The counter of this passkey went backwards: a copy of it may exist. It was not taken; tell an administrator."
        )
    return _("This passkey does not open this centre. Use another one, or sign in with name and password.")
