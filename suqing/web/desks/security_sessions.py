"""Where one is signed in oneself; ends one session, or all others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.actions import end_other_sessions, end_session
from suqing.accounts.models import PersonSession
from suqing.accounts.sessions import browser_words, lasting, sessions_of
from suqing.web.context import moment_of
from suqing.web.desks.administration_people import signed_in
from suqing.web.session_marks import PASSKEY, PASSWORD, SINGLE

N_ = str
WAYS = {PASSWORD: N_("password"), PASSKEY: N_("passkey"), SINGLE: N_("single sign-on")}


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Every open session of one's own, the one used last first."""
    rows = [_row(one, request.session.session_key) for one in sessions_of(signed_in(request))]
    rules = lasting()
    facts = {
        "rows": rows,
        "has_others": any(not row["is_this"] for row in rows),
        "idle": _lasting(rules.idle),
        "whole": _lasting(rules.whole),
    }
    return render(request, "web/security/sessions.html", facts)


def _lasting(time: timedelta) -> str:
    """In whole hours where it is some, else in minutes."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    if not minutes:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", hours * 60 + minutes) % {
        "count": hours * 60 + minutes
    }


def _row(one: PersonSession, this: str | None) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "browser": browser_words(one.browser),
        "address": one.address or "",
        "began_at": one.began_at,
        "seen_at": one.seen_at,
        "way": _(WAYS[one.way]) if one.way in WAYS else "",
        "is_this": one.session_key == this,
    }


@require_POST
def session_end(request: HttpRequest, session: int) -> HttpResponse:
    """One; ending the present one is signing out."""
    person = signed_in(request)
    found = PersonSession.objects.filter(pk=session, person=person).select_related("person").first()
    if found is None:  # it has ended meanwhile
        messages.success(request, _("This session had ended already."))
        return redirect("sessions")
    is_this = found.session_key == request.session.session_key
    end_session(session=found, by=person, at=moment_of(request).now)
    if is_this:
        request.session.flush()
        return redirect("sign-in")
    messages.success(request, _("The session has been ended."))
    return redirect("sessions")


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """All but the one that asks."""
    person = signed_in(request)
    count = end_other_sessions(
        person=person, but=request.session.session_key, by=person, at=moment_of(request).now
    )
    text = ngettext(
        "%(count)d other session has been ended.", "%(count)d other sessions have been ended.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("sessions")
