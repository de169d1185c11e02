"""Ready lists: what asks for action, each a condition of its own; what is counted and what opens are the same."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from suqing.cases.models import SupervisedCase
from suqing.cases.oversight import OrderState
from suqing.cases.queries.clocks import extensions_waiting
from suqing.cases.queries.reminders import unanswered
from suqing.cases.vocabulary import Kind, State

_NAMED = SupervisedCase.objects.filter(order__state=OrderState.OPEN)

SUPERVISED = "supervised"
WAITING = {
    "to_dispatch": Q(state=State.REGISTERED) & ~Q(kind=Kind.CONSULTATION),
    "to_decide": Q(state=State.DISPATCHED),
    "reminded": Q(remind_count__gt=0) & Q(Exists(unanswered().filter(case=OuterRef("pk")))),
    "objections": Q(state=State.OBJECTED),
    "extensions": Q(pk__in=extensions_waiting().values("case")),
    # Given back by a unit at least once and still going on.
    "returned": Q(closed_at=None, return_count__gt=0),
    # Named by an open order; orders over a filter that moves name nobody, see lists.
    SUPERVISED: Q(closed_at=None, pk__in=_NAMED.values("case")),
}
