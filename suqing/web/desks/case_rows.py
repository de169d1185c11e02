"""Cases as rows of a list: what they are about, where they stand, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.cases.models import Case
from suqing.cases.queries import next_clocks
from suqing.cases.vocabulary import LABELS, Channel, Kind, State, Urgency
from suqing.web.desks.clock_chips import chip

SUMMARY = 60  # characters of the redacted words in a row
PING_PONG = 2  # objections to one case from which on it is passed back and forth
WAITING = frozenset({State.REGISTERED, State.DISPATCHED, State.OBJECTED})  # nobody has taken it on yet


def rows_of(cases: Sequence[Case], now: datetime) -> list[dict[str, Any]]:
    """The values that work_list.html asks for; the clocks of all rows are read at once."""
    clocks = next_clocks(cases, now)
    return [_row(case, chip(clocks[case.pk], now) if case.pk in clocks else None) for case in cases]


def _row(case: Case, clock: dict[str, Any] | None) -> dict[str, Any]:
    words = " ".join(case.match_text.split())
    return {
        "url": reverse("case", args=[case.number]),
        "preview_url": reverse("case-preview", args=[case.number]),
        "number": case.number,
        "revision": case.revision,
        "kind": _(LABELS[Kind(case.kind)]),
        "operator": case.entity_name,
        "issue": case.issue_class.label if case.issue_class else "",
        "summary": f"{words[:SUMMARY]}…" if len(words) > SUMMARY else words,
        "place": case.place.name if case.place else "",
        "state": _(LABELS[State(case.state)]),
        "state_tone": state_tone(case),
        "clock": clock,
        "unit": case.responsible_unit.name,
        "received_at": case.received_at,
        "object": case.object_class.label if case.object_class else "",
        "handler": case.handler.display_name if case.handler else "",
        "channel": _(LABELS[Channel(case.channel)]),
        "due_at": case.next_due_at if case.closed_at is None else None,
        "flags": flags(case),
    }


def state_tone(case: Case) -> str:
    """Blue while it waits for somebody to take it on, plain after that."""
    return "active" if case.state in WAITING else "plain"


def flags(case: Case) -> list[tuple[str, str]]:
    """Marks that make a case stand out."""
    found = []
    if case.urgency != Urgency.NORMAL:
        found.append((_(LABELS[Urgency(case.urgency)]), "soon"))
    if case.is_sensitive:
        found.append((_("Sensitive"), "soon"))
    if case.return_count >= PING_PONG:
        found.append((_("Back and forth %(count)d×") % {"count": case.return_count}, "soon"))
    elif case.return_count:
        found.append((_("Returned %(count)d×") % {"count": case.return_count}, "plain"))
    if case.supervise_count:
        found.append((_("Supervised %(count)d×") % {"count": case.supervise_count}, "soon"))
    if case.archived_at:
        found.append((_("In the archive"), "plain"))
    return found
