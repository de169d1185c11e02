"""The radar: flags of cases that may be sensitive, newest first, to confirm or to dismiss."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.radar import decide_flag, reopen_flag
from suqing.cases.models import SensitiveFlag
from suqing.cases.queries.radar import flag_page, visible_flags
from suqing.cases.vocabulary import LABELS, FlagState, Kind
from suqing.taxonomy.models import SensitiveRule
from suqing.taxonomy.sensitive import hits_of
from suqing.taxonomy.sensitive_model import model_hits
from suqing.taxonomy.text.told import Told
from suqing.web.context import moment_of
from suqing.web.desks.typed import typed

N_ = str
AROUND = 60


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def radar(request: HttpRequest) -> HttpResponse:
    """Flags in sight of one state, of all rules or one."""
    return render(request, "web/radar/radar.html", _facts(request))


def _facts(request: HttpRequest) -> dict[str, Any]:
    state, rule = _asked(request)
    before = request.GET.get("before", "")
    flags, after = flag_page(
        _person(request),
        state=state,
        rule=rule,
        before=int(before) if before.isdecimal() and len(before) < 19 else 0,
    )
    rules = list(SensitiveRule.objects.in_order())
    return {
        "rows": [flag_line(flag, flag.case.match_text) for flag in flags],
        "views": [(_(LABELS[one]), _url(one, rule), one == state) for one in FlagState],
        "rules": [
            (_("All rules"), _url(state, ""), not rule),
            *((one.label, _url(state, one.code), one.code == rule) for one in rules),
        ],
        "may_decide": can(_person(request), Permission.SENSITIVE_DECIDE),
        "query": _url(state, rule).removeprefix(reverse("radar")),
        "pager": {
            "newer_url": _url(state, rule) if before else "",
            "older_url": _url(state, rule, before=str(after)) if after else "",
            "shown": len(flags),
        },
        "empty": {
            "title": _("Nothing waits here") if state == FlagState.OPEN else _("No such flag"),
            "text": _("A case that one of the rules finds is flagged as it is registered."),
            "icon": "alert-triangle",
        },
    }


def _asked(request: HttpRequest) -> tuple[str, str]:
    state = request.GET.get("state", "")
    rule = request.GET.get("rule", "").replace("\0", "")
    return (state if state in set(FlagState) else FlagState.OPEN), rule[:60]


def _url(state: str, rule: str, **more: str) -> str:
    asked = {"state": state if state != FlagState.OPEN else "", "rule": rule, **more}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("radar") + (f"?{query}" if query else "")


def flag_line(flag: SensitiveFlag, text: str) -> dict[str, Any]:
    """A flag as pages show it: the words that decided, marked in the redacted text."""
    hits = tuple(model_hits(flag.model, text) if flag.model else hits_of(flag.version, text))
    parts = Told(flag.case_id, text, hits).parts(AROUND) if hits else [(text[: 2 * AROUND], False)]
    return {
        "flag": flag,
        "rule": flag.version.rule.label,
        "state": _(LABELS[FlagState(flag.state)]),
        "is_open": flag.state == FlagState.OPEN,
        "kind": _(LABELS[Kind(flag.case.kind)]),
        "parts": parts,
        "counted": _counted(flag.contacts),
        "judged": _judged(flag),
    }


def _counted(contacts: int | None) -> str:
    if contacts is None:
        return ""
    return _("contact no. %(count)d") % {"count": contacts}


def _judged(flag: SensitiveFlag) -> str:
    if flag.model is None or flag.chance is None:
        return ""
    values = {"number": flag.model.number, "percent": round(100 * flag.chance)}
    return _("model no. %(number)d, %(percent)d %%") % values


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm or dismiss a flag with a reason, or take that back."""
    person, now = _person(request), moment_of(request).now
    flag = visible_flags(person).filter(pk=pk).select_related("case").first()
    if flag is None or act not in DONE:
        raise Http404
    try:
        if act == "reopen":
            reopen_flag(flag=flag, by=person, at=now)
        else:
            decide_flag(
                flag=flag, is_sensitive=act == "confirm", reason=typed(request, "reason"), by=person, at=now
            )
    except Refused as refused:
        text = _(refused.message) % refused.values if refused.values else _(refused.message)
        wrong = {"pk": flag.pk, "text": text, "reason": typed(request, "reason")[:1000]}
        return render(request, "web/radar/radar.html", _facts(request) | {"wrong": wrong}, status=422)
    undo = f"undo:{reverse('radar-act', args=[flag.pk, 'reopen'])}" if act != "reopen" else ""
    messages.success(request, _(DONE[act]) % {"number": flag.case.number}, extra_tags=undo)
    return redirect(_url(*_asked(request)))


DONE = {
    "confirm": N_("The case %(number)s is confirmed as sensitive."),
    "dismiss": N_("The flag of the case %(number)s is dismissed."),
    "reopen": N_("The flag of the case %(number)s waits for a decision again."),
}
