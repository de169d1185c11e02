"""Supervision orders as one person may see them: the register, one order, the cases it is about."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from suqing.accounts import roles
from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of, visible_unit_ids
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseQuerySet, SupervisedCase, SupervisedUnit, SupervisionOrder
from suqing.cases.oversight import OrderState, ReplyState
from suqing.cases.queries.filters import filters_of
from suqing.cases.queries.lists import narrowed
from suqing.cases.queries.sight import visible_cases

REPLY_OWED = (ReplyState.OWED, ReplyState.SENT_BACK)


def visible_orders(person: Person) -> QuerySet[SupervisionOrder]:
    """The orders this person may read: supervisors those of their units, handlers those that bind their units.

    The right to one does not come with the other's units: each appointment counts for itself.
    """
    issuing = visible_unit_ids(person, holding=Permission.CASE_SUPERVISE)
    orders = SupervisionOrder.objects.all()
    if issuing is None:
        return orders
    bound = visible_unit_ids(person, holding=Permission.CASE_HANDLE)
    binds = SupervisedUnit.objects.filter(order=OuterRef("pk"))
    if bound is not None:
        binds = binds.filter(unit_id__in=bound)
    return orders.filter(Q(issuing_unit_id__in=issuing) | Exists(binds))


def order_for(person: Person, number: str) -> SupervisionOrder:
    """The order of this number.  Raise SupervisionOrder.DoesNotExist if there is none in the person's sight."""
    rows = visible_orders(person).select_related("issued_by", "issuing_unit", "closed_by")
    return rows.get(number=number)


def register(person: Person, view: str, now: datetime) -> QuerySet[SupervisionOrder]:
    """The orders of one view of the register: open, overdue, closed, mine or all."""
    rows = visible_orders(person).select_related("issuing_unit", "issued_by").prefetch_related("units__unit")
    today = local_day(now)
    if view == "open":
        return rows.filter(state=OrderState.OPEN)
    if view == "overdue":
        return rows.filter(state=OrderState.OPEN, due_on__lt=today)
    if view == "closed":
        return rows.exclude(state=OrderState.OPEN)
    if view == "mine":
        return rows.filter(state=OrderState.OPEN).filter(_waits_for(person))
    return rows


def waiting_orders(person: Person) -> int:
    """How many open orders wait for this person: a reply of an own unit, or a review."""
    rows = visible_orders(person).filter(state=OrderState.OPEN)
    return rows.filter(_waits_for(person)).count()


def _waits_for(person: Person) -> Q:
    """Issued in a unit of the person with a reply to review, or binding a unit of the person that owes its reply."""
    rows = SupervisedUnit.objects.filter(order=OuterRef("pk"))
    issuing = visible_unit_ids(person, holding=Permission.CASE_SUPERVISE)
    bound = visible_unit_ids(person, holding=Permission.CASE_HANDLE)
    to_review = rows.filter(state=ReplyState.WAITING)
    if issuing is not None:
        to_review = to_review.filter(order__issuing_unit_id__in=issuing)
    owed = rows.filter(state__in=REPLY_OWED)
    if bound is not None:
        owed = owed.filter(unit_id__in=bound)
    return Exists(to_review) | Exists(owed)


def bound_units(order: SupervisionOrder) -> list[SupervisedUnit]:
    """The units an order binds, the lead first, with all their replies; two queries."""
    rows = order.units.select_related("unit", "order__issuing_unit")
    replies = rows.prefetch_related("replies__by", "replies__reviewed_by")
    found = list(replies.order_by("-role", "unit__path"))
    for bound in found:
        bound.order = order
    return found


def cases_of(person: Person, order: SupervisionOrder, now: datetime) -> CaseQuerySet:
    """The cases an order is about, as far as this person may see them: row rights hold, nothing is said of the rest."""
    mine = visible_cases(person)
    if order.filter is not None and not order.is_frozen:
        found = narrowed(mine, filters_of(order.filter), now)
        # What came after the end of the order was never under it.
        return found.filter(received_at__lte=order.closed_at) if order.closed_at else found
    return mine.filter(Exists(SupervisedCase.objects.filter(order=order, case=OuterRef("pk"))))


def orders_over(person: Person, case: Case) -> list[SupervisionOrder]:
    """The orders that name this case, newest first, as far as this person may see them."""
    if not case.supervise_count:
        return []
    rows = visible_orders(person).filter(cases__case=case).select_related("issuing_unit")
    return list(rows.order_by("-issued_at", "-id"))


def is_overdue(order: SupervisionOrder, now: datetime) -> bool:
    """Whether the day of an open order has passed."""
    return order.state == OrderState.OPEN and order.due_on < local_day(now)


def issuing_unit(person: Person) -> Unit | None:
    """The unit in whose name this person issues orders: the earliest appointment that holds the right."""
    for appointment in appointments_of(person):
        role = roles.ROLES.get(appointment.role)
        if role is not None and Permission.CASE_SUPERVISE in role.permissions:
            return appointment.unit
    return None


def units_to_bind(person: Person) -> list[Unit]:
    """The active units an order of this person can bind: all of the authority its unit belongs to, but not itself."""
    unit = issuing_unit(person)
    if unit is None:
        return []
    reach = reach_of(unit)
    return list(Unit.objects.under(reach).active().exclude(pk=unit.pk).order_by("path"))


def reach_of(unit: Unit) -> Unit:
    """A centre stands beside the units it serves: its reach is everything under the authority it belongs to."""
    return unit.parent if unit.kind == Unit.Kind.CENTRE and unit.parent is not None else unit
