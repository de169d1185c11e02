"""Similar cases in words: what is alike, how much, how far apart; and two texts with what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.cases.models import Case, EventGroup
from suqing.cases.natural_persons import hide
from suqing.cases.near_text import Passage
from suqing.cases.queries.operator_persons import names_hidden
from suqing.cases.queries.similar import Reason, Similar
from suqing.cases.vocabulary import LABELS, Kind, State
from suqing.taxonomy.text.redact import redact
from suqing.web.desks.case_rows import state_tone

SUMMARY = 60  # characters of the redacted words


def rows(
    found: Iterable[Similar], beside: Case | None = None, events: Mapping[int, EventGroup] | None = None
) -> list[dict[str, Any]]:
    """The values that _similar_rows.html asks for; ``beside`` is the case that they are compared with, ``events`` are
    those by case that it may be put into."""
    joined = events or {}
    return [_row(one, beside) | {"event": joined.get(one.case.pk)} for one in found]


def _row(found: Similar, beside: Case | None) -> dict[str, Any]:
    case = found.case
    words = " ".join(case.match_text.split())
    return {
        "case": case,
        "url": reverse("case", args=[case.number]),
        "beside_url": reverse("case-beside", args=[beside.number, case.number]) if beside else "",
        "kind": _(LABELS[Kind(case.kind)]),
        "state": _(LABELS[State(case.state)]),
        "state_tone": state_tone(case),
        "reasons": [_reason(reason, found) for reason in found.reasons],
        "words": f"{words[:SUMMARY]}…" if len(words) > SUMMARY else words,
    }


def _reason(reason: Reason, found: Similar) -> str:
    if reason == Reason.PHONE:
        return _("same phone number")
    if reason == Reason.WORDS:
        return _("words %(percent)d%% alike") % {"percent": percent(found.likeness)}
    return _("same operator, %(apart)s") % {"apart": apart(found.apart)}


def percent(likeness: float) -> int:
    """A likeness in whole per cent; 100 only for texts that are alike throughout."""
    return 100 if likeness == 1 else min(99, round(likeness * 100))


def apart(span: timedelta) -> str:
    """How far two moments of receipt lie apart: hours within a day, else days."""
    if span < timedelta(hours=1):
        return _("within one hour")
    if span < timedelta(days=1):
        hours = span // timedelta(hours=1)
        return ngettext("%(count)d hour apart", "%(count)d hours apart", hours) % {"count": hours}
    return ngettext("%(count)d day apart", "%(count)d days apart", span.days) % {"count": span.days}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text; ``is_shared`` if the other text has it too."""

    text: str
    is_shared: bool


def stretches(text: str, shared: Sequence[Passage]) -> Iterator[Stretch]:
    """Cut a text where shared passages begin and end; nothing is lost."""
    place = 0
    for passage in shared:
        if passage.start > place:
            yield Stretch(text[place : passage.start], False)
        yield Stretch(text[passage.start : passage.end], True)
        place = passage.end
    if place < len(text):
        yield Stretch(text[place:], False)


def masked(case: Case) -> str:
    """The words of a case as they are compared on a page: without personal data, whoever reads."""
    return redact(hide(case.narrative, names_hidden(case))).text
