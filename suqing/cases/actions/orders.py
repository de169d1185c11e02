"""Supervision orders (督办): issued to a lead and assisting units, answered by each, reviewed, closed or withdrawn.

No statute asks for them; triggers and the reply of each unit are those of published work standards of hotlines, and
joint supervision with the price division was the practice of 25 January 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in, require
from suqing.cases.actions import order_messages
from suqing.cases.actions.moving import Refused, Stale, written
from suqing.cases.actions.order_numbers import next_number
from suqing.cases.intake import local_day
from suqing.cases.models import (
    Case,
    SupervisedCase,
    SupervisedReply,
    SupervisedUnit,
    SupervisionOrder,
)
from suqing.cases.oversight import OrderState, Part, ReplyState, Trigger
from suqing.cases.queries.filters import Filters, to_json
from suqing.cases.queries.lists import narrowed, number_in
from suqing.cases.queries.orders import issuing_unit, reach_of
from suqing.cases.queries.sight import visible_cases
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str
LONGEST_TITLE = 120
MOST_CASES = 2000
LONGEST_WORDS = 200  # characters of a filter
SENT_TWICE = timedelta(minutes=1)


class StaleOrder(Stale):
    """Somebody changed the order after the page was opened."""

    def __init__(self) -> None:
        Refused.__init__(
            self, N_("The order has changed since you opened it. Nothing was overwritten; look at it again.")
        )


@dataclass(frozen=True, slots=True)
class OrderInput:
    """What an order says, to whom, until when, over what."""

    title: str
    text: str
    trigger: str
    due_on: date
    lead: Unit
    assistants: Sequence[Unit] = ()
    cases: Sequence[Case] = ()
    filters: Filters | None = None
    is_frozen: bool = False


@one_transaction
def issue_order(
    *,
    title: str,
    text: str,
    trigger: str,
    due_on: date,
    lead: Unit,
    by: Person,
    at: datetime,
    assistants: Sequence[Unit] = (),
    cases: Sequence[Case] = (),
    filters: Filters | None = None,
    freeze: bool = False,
    is_synthetic: bool = False,
    from_a_form: bool = False,
) -> SupervisionOrder:
    """Issue an order in the name of the person's unit, over these cases or over a saved filter.

    ``freeze`` keeps the cases that the filter finds now.  Raise Refused for units outside the authority, for cases the
    person may not see, for a filter by a phone number, which would be kept in plain, and for the same order
    ``from_a_form`` that was sent twice.
    """
    require(by, Permission.CASE_SUPERVISE)
    unit = issuing_unit(by)
    if unit is None:
        raise Refused(N_("You hold no appointment in whose name an order could be issued."))
    asked = OrderInput(title.strip(), text, trigger, due_on, lead, assistants, cases, filters, freeze)
    _check_words(asked, at)
    _check_units(unit, asked)
    named = _named_cases(asked, by, at)
    year = local_day(at).year
    serial, number = next_number(unit, year)
    if from_a_form:
        _check_sent_once(asked, by, at)
    if len(number) > SupervisionOrder._meta.get_field("number").max_length:  # type: ignore[operator]
        raise Refused(N_("The number %(number)s is too long; shorten the pattern."), number=number)
    if SupervisionOrder.objects.filter(number=number).exists():
        raise Refused(
            N_("Another unit has the number %(number)s; give the units words of their own."), number=number
        )
    order = writer().new(
        SupervisionOrder(
            number=number,
            year=year,
            serial=serial,
            title=asked.title,
            text=written(text, field="text"),
            trigger=trigger,
            filter=to_json(filters) if filters is not None else None,
            is_frozen=filters is not None and freeze,
            due_on=due_on,
            issued_by=by,
            issued_at=at,
            issuing_unit=unit,
            is_synthetic=is_synthetic,
        )
    )
    _bind(order, asked, named, by=by, at=at)
    return order


def _check_sent_once(asked: OrderInput, by: Person, at: datetime) -> None:
    """Refuse the same order a second time from one click too many; call it once the number is taken."""
    rows = SupervisionOrder.objects.filter(
        issued_by=by, title=asked.title, text=asked.text.strip(), due_on=asked.due_on, state=OrderState.OPEN
    )
    same = rows.filter(issued_at__gt=at - SENT_TWICE, units__unit=asked.lead, units__role=Part.LEAD)
    for earlier in same.order_by("-id"):
        if {row.case_id for row in earlier.cases.all()} == {case.pk for case in asked.cases}:
            raise Refused(N_("This order has just been issued as %(number)s."), number=earlier.number)


def _check_words(asked: OrderInput, at: datetime) -> None:
    if not asked.title or len(asked.title) > LONGEST_TITLE:
        raise Refused(N_("The title has 1 to %(limit)s characters."), field="title", limit=LONGEST_TITLE)
    if asked.trigger not in set(Trigger):
        raise Refused(N_("Choose why the order is issued."), field="trigger")
    if asked.due_on < local_day(at):
        raise Refused(N_("The deadline lies in the past."), field="due_on")
    if asked.filters is not None and asked.cases:
        raise Refused(N_("An order is over named cases or over a filter, not over both."), field="cases")
    if asked.filters is not None and _names_somebody(asked.filters.words):
        raise Refused(N_("A filter by a phone number cannot be kept in an order."), field="cases")


def _names_somebody(words: str) -> bool:
    """Whether the words of a filter, which the order and its event keep for good, hold a number or an address."""
    return bool(number_in(words)) or redact(words).text != words or len(words) > LONGEST_WORDS


def _check_units(issuing: Unit, asked: OrderInput) -> None:
    """One lead, each unit once, all of them in use and under the authority of the issuing unit."""
    reach = reach_of(issuing)
    seen: set[int] = set()
    for field, unit in (("lead", asked.lead), *(("assistants", one) for one in asked.assistants)):
        if unit.pk in seen:
            raise Refused(N_("%(unit)s stands twice in the order."), field=field, unit=unit.name)
        if not unit.is_active or unit.pk == issuing.pk or not unit.path.startswith(reach.path):
            raise Refused(N_("This order cannot bind %(unit)s."), field=field, unit=unit.name)
        seen.add(unit.pk)


def _named_cases(asked: OrderInput, by: Person, at: datetime) -> list[Case]:
    """The cases the order names for good, locked in one order of their keys."""
    mine = visible_cases(by)
    if asked.filters is not None:
        if not asked.is_frozen:
            return []
        found = list(narrowed(mine, asked.filters, at).values_list("pk", flat=True)[: MOST_CASES + 1])
        if len(found) > MOST_CASES:
            raise Refused(
                N_("The filter finds more than %(limit)s cases; narrow it, or do not hold the cases fast."),
                field="freeze",
                limit=MOST_CASES,
            )
    else:
        found = [case.pk for case in asked.cases]
        if len(found) > MOST_CASES:
            raise Refused(N_("An order names at most %(limit)s cases."), field="cases", limit=MOST_CASES)
        if mine.filter(pk__in=found).count() < len(set(found)):
            raise Refused(N_("One of the cases is not in your sight."), field="cases")
    rows = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=found).order_by("pk"))
    if asked.filters is None and any(row.archived_at for row in rows):
        raise Refused(N_("One of the cases lies in the archive."), field="cases")
    return rows


def _bind(order: SupervisionOrder, asked: OrderInput, named: list[Case], *, by: Person, at: datetime) -> None:
    units = [(asked.lead, Part.LEAD), *((unit, Part.ASSISTANT) for unit in asked.assistants)]
    bound = [SupervisedUnit(order=order, unit=unit, role=role) for unit, role in units]
    writer().new_many(bound)
    writer().new_many([SupervisedCase(order=order, case=case) for case in named])
    Case.objects.filter(pk__in=[case.pk for case in named]).update(supervise_count=F("supervise_count") + 1)
    for case in named:
        writer().record("case.supervised", case, by=by, at=at, data={"order": order.number})
    writer().record(
        "supervision_order.issued",
        order,
        by=by,
        at=at,
        data={
            "number": order.number,
            "trigger": order.trigger,
            "due_on": order.due_on.isoformat(),
            "units": {unit.code: str(role) for unit, role in units},
            "cases": [case.number for case in named],
            "filter": order.filter,
        },
    )
    for one in bound:
        order_messages.tell_unit(order_messages.ISSUED, one, by=by, at=at)


# Replies and their review


@one_transaction
def reply_order(
    *,
    order: SupervisionOrder,
    unit: Unit,
    reply: str,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> SupervisedReply:
    """Answer an order for one of its units.  ``revision`` is that of the unit's part, so that units do not hinder
    each other; raise StaleOrder if somebody of the unit was faster."""
    require(by, Permission.CASE_HANDLE)
    row = _open_order(order)
    bound = _part_of(row, unit, revision)
    if not can_in(by, Permission.CASE_HANDLE, bound.unit):
        raise Refused(N_("The reply is for the people of %(unit)s to give."), unit=bound.unit.name)
    if bound.state == ReplyState.WAITING:
        raise Refused(N_("The last reply waits for its review."), field="reply")
    if bound.state == ReplyState.ACCEPTED:
        raise Refused(N_("The reply of this unit has been accepted."), field="reply")
    answer = writer().new(
        SupervisedReply(
            bound=bound,
            round=bound.replies.count() + 1,
            text=written(reply, field="reply"),
            by=by,
            at=at,
        )
    )
    _step(row, bound, ReplyState.WAITING)
    data = {"unit": bound.unit.code, "round": answer.round}
    writer().record("supervision_order.replied", row, by=by, at=at, data=data)
    order_messages.tell_issuer(order_messages.REPLIED, bound, by=by, at=at)
    return answer


@one_transaction
def review_reply(
    *,
    order: SupervisionOrder,
    unit: Unit,
    is_accepted: bool,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> SupervisedReply:
    """Accept the reply of a unit or send it back for another one, then with a reason.

    Raise Refused if none waits, StaleOrder if another supervisor was faster.
    """
    row = _open_order(order)
    _require_supervision(row, by)
    bound = _part_of(row, unit, revision)
    answer = bound.replies.filter(is_accepted=None).first()
    if answer is None:
        raise Refused(N_("No reply of %(unit)s waits for a review."), unit=bound.unit.name)
    answer.is_accepted = is_accepted
    answer.review_note = written(note, field="note", required=not is_accepted)
    answer.reviewed_by, answer.reviewed_at = by, at
    writer().save(answer, "is_accepted", "review_note", "reviewed_by", "reviewed_at")
    _step(row, bound, ReplyState.ACCEPTED if is_accepted else ReplyState.SENT_BACK)
    verb = "reply_accepted" if is_accepted else "reply_sent_back"
    data = {"unit": bound.unit.code, "round": answer.round}
    writer().record(f"supervision_order.{verb}", row, by=by, at=at, data=data)
    code = order_messages.ACCEPTED if is_accepted else order_messages.SENT_BACK
    order_messages.tell_unit(code, bound, by=by, at=at)
    return answer


@one_transaction
def close_order(
    *,
    order: SupervisionOrder,
    by: Person,
    at: datetime,
    note: str = "",
    revision: int | None = None,
) -> SupervisionOrder:
    """Close an order: the lead's reply has been accepted, or a written reason says why it is closed without."""
    row = _open_order(order, revision)
    _require_supervision(row, by)
    lead = row.units.get(role=Part.LEAD)
    if lead.state != ReplyState.ACCEPTED and not note.strip():
        raise Refused(
            N_("The lead's reply has not been accepted: write down why the order is closed without it."),
            field="note",
        )
    return _end(row, OrderState.CLOSED, written(note, field="note", required=False), by=by, at=at)


@one_transaction
def withdraw_order(
    *,
    order: SupervisionOrder,
    note: str,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> SupervisionOrder:
    """Take an order back, with the reason; it keeps its number."""
    row = _open_order(order, revision)
    _require_supervision(row, by)
    return _end(row, OrderState.WITHDRAWN, written(note, field="note"), by=by, at=at)


def _end(
    row: SupervisionOrder, state: OrderState, note: str, *, by: Person, at: datetime
) -> SupervisionOrder:
    row.state, row.closed_by, row.closed_at, row.closing_note = state, by, at, note
    row.revision += 1
    writer().save(row, "state", "closed_by", "closed_at", "closing_note", "revision")
    writer().record(f"supervision_order.{state}", row, by=by, at=at, data={"number": row.number})
    for bound in row.units.select_related("unit", "order__issued_by"):
        order_messages.tell_unit(order_messages.ENDED, bound, by=by, at=at)
    return row


def _open_order(order: SupervisionOrder, revision: int | None = None) -> SupervisionOrder:
    """Decide on today's row, not on the page's copy."""
    rows = SupervisionOrder.objects.select_for_update(of=("self",)).select_related("issuing_unit")
    row = rows.get(pk=order.pk)
    if revision is not None and row.revision != revision:
        raise StaleOrder
    if row.state != OrderState.OPEN:
        raise Refused(N_("The order is no longer open."))
    return row


def _part_of(row: SupervisionOrder, unit: Unit, revision: int | None) -> SupervisedUnit:
    bound = row.units.select_related("unit", "order__issued_by").filter(unit=unit).first()
    if bound is None:
        raise Refused(N_("The order does not bind %(unit)s."), unit=unit.name)
    if revision is not None and bound.revision != revision:
        raise StaleOrder
    return bound


def _require_supervision(row: SupervisionOrder, by: Person) -> None:
    require(by, Permission.CASE_SUPERVISE)
    if not can_in(by, Permission.CASE_SUPERVISE, row.issuing_unit):
        raise Refused(N_("The order is for the people of %(unit)s to decide on."), unit=row.issuing_unit.name)


def _step(row: SupervisionOrder, bound: SupervisedUnit, state: ReplyState) -> None:
    bound.state = state
    bound.revision += 1
    row.revision += 1
    writer().save(bound, "state", "revision")
    writer().save(row, "revision")
