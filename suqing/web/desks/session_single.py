"""Signing in by the authority's own provider (OpenID Connect): there, and back."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.accounts.actions import create_person, note_failed_sign_in
from suqing.accounts.models import Person, normalise_username
from suqing.accounts.policy import SINGLE_STRENGTH, SINGLE_TRUSTED
from suqing.accounts.second_factor import has_second
from suqing.ledger.queries import centre_now, settings_of
from suqing.web.desks.session_second import ask_second, enter, may_try_name
from suqing.web.session_marks import SINGLE
from suqing.web.single_sign_on import (
    Fault,
    Identity,
    SingleSignOnFailed,
    button,
    creates_people,
    identity_of,
    to_provider,
)

TARGET = "single_target"
MAKER = "system:single sign-on"
N_ = str
SENTENCES = {
    Fault.UNREACHABLE: N_(
        "%(name)s does not answer now. Try again later, or sign in with name and password."
    ),
    Fault.DENIED: N_("The sign-in with %(name)s was broken off there."),
    Fault.STALE: N_("The way back from %(name)s took too long or was used already. Begin again."),
    Fault.UNTRUSTED: N_(
        "What %(name)s answered cannot be trusted; nobody was signed in. Tell an administrator what you read here."
    ),
    Fault.NAMELESS: N_("%(name)s did not say your sign-in name. Tell an administrator what you read here."),
    Fault.UNKNOWN: N_(
        "%(name)s knows you, this centre does not yet. An administrator makes the account of your name there."
    ),
    Fault.CLOSED: N_("Your account at this centre is closed. Ask an administrator."),
}
REFUSALS = {Fault.UNKNOWN, Fault.CLOSED}


@require_GET
def single_start(request: HttpRequest) -> HttpResponse:
    """To the provider; a link, not a form: the content security policy lets no form leave the origin."""
    if not button():
        raise Http404
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    request.session[TARGET] = wanted if is_ours else reverse("home")
    try:
        return to_provider(request, request.build_absolute_uri(reverse("single-return")))
    except SingleSignOnFailed as wrong:
        return _failed(request, wrong.fault)


@require_GET
def single_return(request: HttpRequest) -> HttpResponse:
    """Back from the provider: check what it says, then go the way of every sign-in."""
    if not button():
        raise Http404
    target = request.session.pop(TARGET, reverse("home"))
    try:
        identity = identity_of(request)
        person = _person_of(identity)
    except SingleSignOnFailed as wrong:
        return _failed(request, wrong.fault)
    if not may_try_name(request, person.username):
        return _failed(request, Fault.CLOSED)  # axes answers with its own page instead
    is_strong = _is_strong(identity)
    if has_second(person) and not is_strong:
        return ask_second(request, person, target, way=SINGLE)
    enter(request, person, way=SINGLE, is_strong=is_strong)
    return HttpResponseRedirect(target)


def _person_of(identity: Identity) -> Person:
    username = normalise_username(identity.username)
    person = Person.objects.filter(username=username).first()
    if person is None:
        return _made(identity)
    if not person.is_active:
        note_failed_sign_in(username=username, locked=False, at=centre_now())
        raise SingleSignOnFailed(Fault.CLOSED)
    return person


def _made(identity: Identity) -> Person:
    """A new person without any appointment, if the settings want it; the generated password is told to nobody."""
    if not creates_people():
        note_failed_sign_in(username=identity.username, locked=False, at=centre_now())
        raise SingleSignOnFailed(Fault.UNKNOWN)
    try:
        return create_person(
            username=identity.username,
            display_name=identity.display_name[:60],
            by=MAKER,
            at=centre_now(),
        ).person
    except ValidationError as wrong:  # no name that this centre can take
        raise SingleSignOnFailed(Fault.NAMELESS) from wrong


def _is_strong(identity: Identity) -> bool:
    """Whether local policy takes this for two steps."""
    rules = settings_of([SINGLE_TRUSTED.key, SINGLE_STRENGTH.key])
    wanted = set(rules[SINGLE_STRENGTH.key])
    return rules[SINGLE_TRUSTED.key] and (not wanted or bool(wanted & identity.strength))


def _failed(request: HttpRequest, fault: Fault) -> HttpResponse:
    if fault in (Fault.STALE, Fault.UNTRUSTED):
        note_failed_sign_in(username="", locked=False, at=centre_now())
    sentence = _(SENTENCES[fault]) % {"name": button()}
    status = 403 if fault in REFUSALS else 502 if fault is Fault.UNREACHABLE else 400
    return render(request, "web/security/single_failed.html", {"sentence": sentence}, status=status)
