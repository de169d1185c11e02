"""What people are told of supervision orders: that one binds them, what became of a reply, that the day comes near."""

from __future__ import annotations

from datetime import datetime, timedelta

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import Actor, ladder, people_of
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.models import SupervisedUnit, SupervisionOrder
from suqing.cases.oversight import OrderState
from suqing.cases.queries.orders import REPLY_OWED
from suqing.inbox.actions import tell
from suqing.inbox.codes import Level, day, declare
from suqing.kit.dates import day_bounds
from suqing.ledger.writing import one_transaction, writer

N_ = str
ISSUED = declare(
    "order.issued",
    N_("Supervision order %(number)s binds %(unit)s: reply until %(day)s."),
    icon="bell-ringing",
)
REPLIED = declare(
    "order.replied", N_("%(unit)s replied to the supervision order %(number)s."), icon="messages"
)
ACCEPTED = declare(
    "order.reply_accepted",
    N_("The reply of %(unit)s to the supervision order %(number)s was accepted."),
    icon="circle-check",
)
SENT_BACK = declare(
    "order.reply_sent_back",
    N_("The reply of %(unit)s to the supervision order %(number)s was sent back for another one."),
    icon="arrow-back-up",
)
ENDED = declare("order.ended", N_("The supervision order %(number)s to %(unit)s has ended."), icon="check")
NEAR = declare(
    "order.near",
    N_("The reply of %(unit)s to the supervision order %(number)s is due on %(day)s."),
    icon="clock",
)
OVERDUE = declare(
    "order.overdue",
    N_("The reply of %(unit)s to the supervision order %(number)s was due on %(day)s."),
    icon="alert-octagon",
)
# Hours before the end of the last day at which a unit is warned; then once more when it has passed.
WARNINGS = (48, 24)


def recipients(unit: Unit, by: Actor) -> list[Person]:
    """Who handles cases in the unit; where nobody but the sender does, the next rung of its ladder."""
    rungs = [people_of(unit, holding=Permission.CASE_HANDLE)]
    if not any(person != by for person in rungs[0]):
        rungs += ladder(unit)
    return next((found for rung in rungs if (found := [one for one in rung if one != by])), [])


def tell_unit(code: str, bound: SupervisedUnit, *, by: Actor, at: datetime, level: str = Level.INFO) -> None:
    """Tell the people of a bound unit."""
    _tell(recipients(bound.unit, by), code, bound, by=by, at=at, level=level)


def tell_issuer(
    code: str, bound: SupervisedUnit, *, by: Actor, at: datetime, level: str = Level.INFO
) -> None:
    """Tell the person who issued the order."""
    _tell([bound.order.issued_by], code, bound, by=by, at=at, level=level)


def _tell(
    people: list[Person], code: str, bound: SupervisedUnit, *, by: Actor, at: datetime, level: str
) -> None:
    order = bound.order
    values: dict[str, object] = {"number": order.number, "unit": bound.unit.name}
    if code in (ISSUED, NEAR, OVERDUE):
        values["day"] = day(order.due_on)
    others = [person for person in people if person != by]
    link = ("supervision-order", [order.number])
    tell(others, code, values=values, subject=order, link=link, level=level, at=at, by=by)


def warning_due(order: SupervisionOrder, at: datetime) -> int:
    """How often a unit that owes its reply must have been warned by now: 48 hours before, 24 before, when it passed."""
    end = day_bounds(order.due_on, LOCAL_ZONE)[1]
    return sum(at >= end - timedelta(hours=hours) for hours in (*WARNINGS, 0))


@one_transaction
def warn_of_orders(*, by: Actor, at: datetime) -> int:
    """Warn each unit that owes a reply, once per threshold; return how many were warned.  Safe to repeat."""
    near = (at + timedelta(hours=max(WARNINGS))).astimezone(LOCAL_ZONE).date()
    rows = SupervisedUnit.objects.select_for_update(of=("self",)).filter(
        order__state=OrderState.OPEN, order__due_on__lte=near, state__in=REPLY_OWED
    )
    warned = 0
    for bound in rows.select_related("unit", "order__issued_by").order_by("pk"):
        due = warning_due(bound.order, at)
        if due <= bound.warned:
            continue
        bound.warned = due
        writer().save(bound, "warned")
        is_late = due > len(WARNINGS)
        tell_unit(
            OVERDUE if is_late else NEAR, bound, by=by, at=at, level=Level.BREACH if is_late else Level.SOON
        )
        if is_late:
            tell_issuer(OVERDUE, bound, by=by, at=at, level=Level.BREACH)
        data = {"unit": bound.unit.code, "warning": due}
        writer().record("supervision_order.warned", bound.order, by=by, at=at, data=data)
        warned += 1
    return warned
