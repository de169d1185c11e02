"""Deny unless permitted; the language a person chose; the way to the sign-in page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.analytics.standing import one_standing
from suqing.files.policy import MEGABYTE
from suqing.web.context import may_open
from suqing.web.desks.refusal import not_found, refused
from suqing.web.desks.session_second import MUST_SET_UP
from suqing.web.permission_table import PAGES, Door
from suqing.web.session_marks import SINGLE, WAY

LARGEST_FORM = 1100 * MEGABYTE
LARGEST_STRANGE_FORM = 1 * MEGABYTE

logger = logging.getLogger(__name__)

# What a person may do before a password given by somebody else has been changed.
BEFORE_NEW_PASSWORD = frozenset({"change-password", "sign-out", "language", "theme"})
# What a person may do before the second step that the role asks for has been set up.
BEFORE_SECOND_STEP = BEFORE_NEW_PASSWORD | {
    "second-factor",
    "second-factor-act",
    "passkey-new",
    "passkey-options",
}


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Chinese unless the person switched: what a browser happens to ask for does not count at a shared seat."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _name in settings.LANGUAGES}
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class BodyLimitMiddleware:
    """Refuses forms with files that are too large before a byte of them is written to the disk.

    Stands before the check of the token, which reads the whole form.  Pieces of uploads (desks.uploads) are no forms;
    forms without files have Django's own limit.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            length = request.META.get("CONTENT_LENGTH") or "0"
            # Who has not signed in has nothing to send.
            limit = LARGEST_FORM if SESSION_KEY in request.session else LARGEST_STRANGE_FORM
            if not length.isdecimal() or int(length) > limit:
                text = _("The form is too large: at most %(limit)s MB. Send large files one by one.")
                return HttpResponse(
                    text % {"limit": limit // MEGABYTE}, status=413, content_type="text/plain; charset=utf-8"
                )
        return self.get_response(request)


class OneStandingMiddleware:
    """Lets every figure of a page stand on one version of the mirror."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_standing():
            return self.get_response(request)


class PermissionMiddleware:
    """Looks every page up in the permission table before its view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL holds no text with this character: such a path leads nowhere, in a query it is left out.
        if "\0" in request.path:
            return not_found(request, Http404())
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            # Seats are shared: after signing out, "back" must not bring a page about people from the disk.
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        rule = PAGES.get(name)
        if rule is None:
            return _gap(request, name)
        if rule is Door.PUBLIC:
            return None
        person = request.user
        if not isinstance(person, Person):
            return to_sign_in(request)
        has_own_password = request.session.get(WAY) != SINGLE  # who comes by the provider may know none
        if person.must_change_password and has_own_password and name not in BEFORE_NEW_PASSWORD:
            return HttpResponseRedirect(reverse("change-password"))
        if MUST_SET_UP in request.session and name not in BEFORE_SECOND_STEP:
            return HttpResponseRedirect(reverse("second-factor"))
        if may_open(person, name):
            return None
        assert not isinstance(rule, Door)
        return refused(request, rule)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An action that refused a verb answers as a closed page does."""
        if isinstance(error, NotPermitted):
            return refused(request, frozenset({error.permission}))
        return None


def _gap(request: HttpRequest, name: str) -> HttpResponse:
    """An address nobody has entered: closed, and loud wherever developers are looking."""
    message = f"the page {name!r} does not stand in suqing/web/permission_table.py"
    if getattr(settings, "SUQING_STRICT_PAGES", settings.DEBUG):
        raise ImproperlyConfigured(message)
    logger.error(message)
    return refused(request, frozenset())


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Whole pages go to the sign-in page and come back; parts of a page and autosave are told with 401."""
    if request.headers.get("HX-Request") or request.headers.get("X-Autosave"):
        return JsonResponse({"message": _("Your session has ended. Sign in again.")}, status=401)
    query = {"next": request.get_full_path()} if request.method == "GET" else {}
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        query["ended"] = "1"
    return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode(query)}")
