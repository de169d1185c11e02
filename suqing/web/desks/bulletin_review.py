"""Review of a bulletin: hand in, remark, return, approve; what the sheet shows of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suqing.accounts.queries import NotPermitted
from suqing.bulletins import actions
from suqing.bulletins.models import Bulletin, State
from suqing.bulletins.refusals import CannotDo
from suqing.web.context import moment_of
from suqing.web.desks.bulletin_editor import bulletin_or_404, person_of, said
from suqing.web.desks.bulletins import show_sheet

IN_REVIEW = (State.REVIEW, State.APPROVED)


@require_POST
def bulletin_review(request: HttpRequest, pk: int) -> HttpResponse:
    """One step of the review: submit, remark, return or approve."""
    row, act = bulletin_or_404(pk), request.POST.get("act", "")
    try:
        done = _do(act, row, request)
    except CannotDo as refused:
        text = request.POST.get("text", "").replace("\0", "")
        return show_sheet(request, bulletin_or_404(pk), problem=said(refused), typed=text, status=409)
    except NotPermitted:
        return show_sheet(request, bulletin_or_404(pk), problem=_("This is not yours to do."), status=403)
    messages.success(request, done)
    return redirect("bulletin", pk=pk)


def _do(act: str, row: Bulletin, request: HttpRequest) -> str:
    who: dict[str, Any] = {"bulletin": row, "by": person_of(request), "at": moment_of(request).now}
    text, revision = request.POST.get("text", ""), _number(request.POST.get("revision", "")) or 0
    if act == "submit":
        actions.submit(revision=revision, **who)
        return _("The bulletin is in review; somebody else approves it.")
    if act == "approve":
        actions.approve(revision=revision, **who)
        return _("The bulletin is approved and can be issued.")
    if act == "return":
        actions.send_back(reason=text, **who)
        return _("The bulletin is a draft again.")
    actions.remark(section=_number(request.POST.get("section", "")), text=text, **who)
    return _("The remark is kept for the writers.")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 else None
