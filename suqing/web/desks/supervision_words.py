"""The story of a supervision order: one sentence for each event."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Unit
from suqing.cases.models import SupervisionOrder
from suqing.ledger.queries import events_of

N_ = str
# icon, sentence, tone; the unit of the event stands in the sentence where it has one.
WAYS: dict[str, tuple[str, str, str]] = {
    "supervision_order.issued": ("send", N_("Order issued"), "key"),
    "supervision_order.replied": ("messages", N_("%(unit)s replied (reply %(round)s)"), ""),
    "supervision_order.reply_accepted": ("circle-check", N_("Reply %(round)s of %(unit)s accepted"), ""),
    "supervision_order.reply_sent_back": (
        "arrow-back-up",
        N_("Reply %(round)s of %(unit)s sent back"),
        "breach",
    ),
    "supervision_order.closed": ("check", N_("Order closed"), "key"),
    "supervision_order.withdrawn": ("circle-x", N_("Order withdrawn"), "key"),
    "supervision_order.warned": ("bell-ringing", N_("%(unit)s reminded of the deadline"), ""),
}


def story(order: SupervisionOrder) -> list[dict[str, Any]]:
    """The values that timeline.html asks for, oldest first; at most two queries."""
    events = list(events_of("supervision_order", [order.pk]))
    codes = {event.data["unit"] for event in events if "unit" in event.data}
    names = dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    told = []
    for event in events:
        icon, sentence, tone = WAYS[event.verb]
        code = event.data.get("unit", "")
        values = {"unit": names.get(code, code), "round": event.data.get("round", "")}
        title = _(sentence) % values if "unit" in event.data else _(sentence)
        who = event.actor_name or _("The system")
        told.append({"icon": icon, "title": title, "who": who, "at": event.at, "tone": tone})
    return told
