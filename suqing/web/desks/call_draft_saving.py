"""Autosave of the call desk: the version is compared at each save, nothing typed at another seat is written over."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.actions import drafts
from suqing.cases.models import Draft
from suqing.telephony.models import Call
from suqing.web.context import moment_of
from suqing.web.desks.call_forms import Fields, first, numbers_of, posted

N_ = str

CHANGED_ELSEWHERE = N_(
    "This call was changed at another seat. Nothing was registered; say first which text stands."
)


def version_of(data: QueryDict) -> int | None:
    """The revision that the page began with; None for a page that does not say."""
    given = data.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def posted_content(data: QueryDict, fields: Fields) -> dict[str, Any]:
    """What a draft keeps: the fields, and which page wrote them (two saves of one page never contradict)."""
    return {"fields": fields, "page": data.get("page", "")[:32].replace("\0", "")}


def page_facts(data: QueryDict, draft: Draft | None) -> dict[str, Any]:
    """The hidden fields of the form.  A form that came back keeps its own: what was saved meanwhile stays refused."""
    version = version_of(data)
    return {
        "version": version if version is not None else draft.revision if draft else 0,
        "page": data.get("page") or uuid4().hex,
    }


def answer(request: HttpRequest, *, by: Person, ref: UUID, call: Call | None) -> JsonResponse:
    """Save and say when; 409 with the other text where another seat has saved since, or the contact is registered."""
    # A page that only says that it is still open is no work of anybody's (see idle_sessions).
    request.is_by_itself = "beat" in request.POST  # type: ignore[attr-defined]
    now = moment_of(request).now
    content = posted_content(request.POST, posted(request.POST))
    version = version_of(request.POST)
    try:
        draft = drafts.save_draft(ref=ref, content=content, by=by, at=now, call=call, version=version)
    except drafts.AlreadyRegistered as error:
        text = _("this contact is registered already as %(number)s") % {"number": error.submission.number}
        return JsonResponse({"message": text}, status=409)
    except drafts.DraftTooLarge:
        text = _("there is more text than a draft can hold; shorten it")
        return JsonResponse({"message": text}, status=422)
    except drafts.ChangedElsewhere as error:
        return JsonResponse(_conflict(error), status=409)
    others = queries.others_on_number(by, call, now)
    return JsonResponse({"saved_at": _time(draft), "version": draft.revision, "beside": beside_words(others)})


def _conflict(error: drafts.ChangedElsewhere) -> dict[str, Any]:
    fields: Fields = error.content.get("fields", {})
    own = [first(fields, f"m{number}-narrative") for number in numbers_of(fields)]
    texts = [first(fields, "narrative"), *own] if len(own) > 1 else [first(fields, "narrative")]
    return {
        "message": _("this call was changed at another seat; both texts are kept"),
        "theirs": "\n\n".join(text for text in texts if text.strip()),
        "theirs_at": _time(error.draft),
        "version": error.draft.revision,
    }


def beside_words(names: list[str]) -> str:
    """The quiet line of the caller strip; "" while nobody else has this number."""
    if not names:
        return ""
    return _("%(names)s has a call of this number open now") % {"names": "、".join(names)}


def _time(draft: Draft) -> str:
    return f"{timezone.localtime(draft.saved_at):%H:%M:%S}"
