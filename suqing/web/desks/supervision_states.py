"""The state of a supervision order as a word and a tone."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from suqing.cases.models import SupervisionOrder
from suqing.cases.oversight import LABELS, OrderState
from suqing.cases.queries.orders import is_overdue


def state_facts(order: SupervisionOrder, now: datetime) -> dict[str, str]:
    """Under way, overdue, closed or withdrawn."""
    if is_overdue(order, now):
        return {"state": _("Overdue"), "tone": "breach"}
    state = OrderState(order.state)
    return {"state": _(LABELS[state]), "tone": "active" if state == OrderState.OPEN else "plain"}
