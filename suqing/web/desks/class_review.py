"""Classes to review, one at a time: the case in its redacted words, three offers, keys to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.cases.actions.class_reviews import decide, skip, take_back
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.second_opinions import ask_opinion
from suqing.cases.intake import local_day
from suqing.cases.models import ClassReview
from suqing.cases.queries.class_reviews import (
    agreement,
    class_of,
    counts_by_reason,
    decided_lately,
    next_review,
    visible_reviews,
)
from suqing.cases.vocabulary import LABELS, Kind, ReviewReason, ReviewState
from suqing.taxonomy.models import ClassKind
from suqing.taxonomy.queries import best_classes, find_node
from suqing.taxonomy.second_opinion import NoOpinion, server
from suqing.taxonomy.text.normalise import fold_case
from suqing.web.context import moment_of
from suqing.web.desks.typed import typed

N_ = str
LONGEST = 3000  # characters of a narrative shown
QUESTIONS = {
    ClassKind.OBJECT.value: N_("What is it about?"),
    ClassKind.ISSUE.value: N_("What is wrong?"),
    ClassKind.REPORT_ISSUE.value: N_("What violation is reported?"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """The newest class that waits, of all reasons or one, and what was decided lately."""
    return render(request, "web/classes/review.html", _facts(request))


def _facts(request: HttpRequest, asked: ClassReview | None = None) -> dict[str, Any]:
    person, reason = _person(request), _reason(request)
    counts = counts_by_reason(person)
    item = asked or next_review(person, reason=reason)
    opinions = server()
    agreed = agreement(person)
    low, high = agreed.bounds
    views = [("", _("All"), sum(counts.values()))]
    views += [(str(one), _(LABELS[one]), counts[one]) for one in ReviewReason]
    return {
        "views": [(name, count, _url(key), key == reason) for key, name, count in views],
        "item": _item_told(item) if item else None,
        "opinion_host": opinions.host if opinions else "",
        "waiting": counts[reason] if reason else sum(counts.values()),
        "query": _url(reason).removeprefix(reverse("class-review")),
        "agreed": {
            "first": agreed.first,
            "decided": agreed.decided,
            "share": f"{agreed.share:.0%}" if agreed.share is not None else "",
            "low": f"{low:.0%}",
            "high": f"{high:.0%}",
        },
        "done": [_done_told(one) for one in decided_lately(person)],
        "empty": {
            "title": _("Nothing waits here"),
            "text": _("Classes come here when they are missing, or when the model doubts them."),
            "icon": "checklist",
        },
    }


def _reason(request: HttpRequest) -> str:
    reason = request.GET.get("reason", "")
    return reason if reason in set(ReviewReason) else ""


def _url(reason: str) -> str:
    return reverse("class-review") + (f"?{urlencode({'reason': reason})}" if reason else "")


def _item_told(item: ClassReview) -> dict[str, Any]:
    case, chosen = item.case, class_of(item)
    found = best_classes(case.match_text, item.kind, local_day(case.received_at))
    offers = [
        {
            "key": number,
            "node": one.node,
            "share": "" if one.probability is None else f"{one.probability:.0%}",
            "words": "、".join(one.words),
            "is_now": chosen is not None and one.node.pk == chosen.pk,
        }
        for number, one in enumerate(found, 1)
    ]
    words = [word for one in found for word in one.words]
    return {
        "review": item,
        "case": case,
        "kind": _(LABELS[Kind(case.kind)]),
        "question": _(QUESTIONS[item.kind]),
        "reason": _(LABELS[ReviewReason(item.reason)]),
        "chosen": chosen,
        "offers": offers,
        "by_rules": bool(found) and found[0].probability is None,
        "parts": marked(case.match_text[:LONGEST], words),
        "is_cut": len(case.match_text) > LONGEST,
    }


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is one of the words; long words first where they overlap."""
    wanted = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    if not wanted:
        return [(text, False)]
    parts, place = [], 0
    for hit in re.finditer("|".join(map(re.escape, wanted)), fold_case(text)):
        parts += [(text[place : hit.start()], False), (text[hit.start() : hit.end()], True)]
        place = hit.end()
    return [part for part in (*parts, (text[place:], False)) if part[0]]


def _done_told(one: ClassReview) -> dict[str, Any]:
    return {"review": one, "question": _(QUESTIONS[one.kind]), "state": _(LABELS[ReviewState(one.state)])}


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Decide, skip, or take that back."""
    person, now = _person(request), moment_of(request).now
    row = visible_reviews(person).filter(pk=pk).select_related("case").first()
    if row is not None and act == "opinion":
        return _opinion(request, row)
    if row is None or act not in DONE or (act == "decide" and "code" not in request.POST):
        raise Http404
    try:
        if act == "reopen":
            take_back(review=row, by=person, at=now)
        elif act == "skip":
            skip(review=row, by=person, at=now)
        else:
            decide(review=row, code=typed(request, "code")[:20] or None, by=person, at=now)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values if refused.values else _(refused.message))
        return redirect(_url(_reason(request)))
    undo = f"undo:{reverse('class-review-act', args=[pk, 'reopen'])}" if act != "reopen" else ""
    messages.success(request, _(DONE[act]) % {"number": row.case.number}, extra_tags=undo)
    return redirect(_url(_reason(request)))


def _opinion(request: HttpRequest, row: ClassReview) -> HttpResponse:
    """The page of this class with what the server says of it, or why it says nothing; a decision may follow."""
    try:
        said = ask_opinion(review=row, by=_person(request), at=moment_of(request).now)
    except (NoOpinion, Refused) as fault:
        messages.error(request, _(fault.message))
        return redirect(_url(_reason(request)))
    node = find_node(row.kind, said.code, local_day(row.case.received_at))
    return render(
        request, "web/classes/review.html", _facts(request, row) | {"said": said, "said_node": node}
    )


DONE = {
    "decide": N_("The class of the case %(number)s is decided."),
    "skip": N_("The class of the case %(number)s is skipped."),
    "reopen": N_("The class of the case %(number)s waits for review again."),
}
