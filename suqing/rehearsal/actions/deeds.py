"""Plays what the centre itself does, through the actions of the desks; what people have moved on meanwhile is left to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from suqing.accounts.models import Person, Unit
from suqing.cases.actions import extensions, moving, orders, supervision, visits
from suqing.cases.models import Case, Clock, ExtensionRequest, Reminder, SupervisionOrder
from suqing.cases.oversight import OrderState, ReplyState, Trigger
from suqing.cases.queries import Filters
from suqing.cases.queries.visits import queue
from suqing.cases.vocabulary import ClockState, Kind, State, VisitGrade
from suqing.cases.workflow import NotAllowed
from suqing.rehearsal.actions.staff import Staff
from suqing.rehearsal.script import deeds as plan
from suqing.rehearsal.script.deeds import Deed, Planned
from suqing.rehearsal.script.shares import Urn

# Shares and words are invented.
_GRADES = Urn(
    {VisitGrade.VERY_SATISFIED: 34, VisitGrade.SATISFIED: 44, VisitGrade.FAIR: 15, VisitGrade.DISSATISFIED: 7}
)
_UNREACHED = 0.12
_DISSATISFIED = "来电人表示商家未按约定退款，对处理结果不满意"
_REDO = "回访不满意，请重新核实处理并按期反馈"
_REMINDER = "临近期限，请抓紧办理"
_ANSWER = "已安排办理，将在期限内办结"
_EXTENSION = "涉案商品进货凭证需向外地供货商核实，核查期限内难以完成"
_GRANTED = "情况属实，同意延长"


@dataclass(frozen=True, slots=True)
class _Day:
    """What a deed needs to know: who is there, when it is, and chance of its own."""

    staff: Staff
    at: datetime
    rng: Random


def perform(planned: Sequence[Planned], staff: Staff, seed: int) -> int:
    """Do what is planned, in order; return how many things were done."""
    return sum(
        _DEEDS[one.deed](_Day(staff, one.moment, Random(f"{seed}:{one.deed}:{one.moment.isoformat()}")))
        for one in planned
    )


def _tried(act: Callable[[], object]) -> int:
    """Do one thing; nothing if people have been faster."""
    try:
        with transaction.atomic():
            act()
    except (NotAllowed, moving.Refused):
        return 0
    return 1


def _issue(day: _Day) -> int:
    units = {
        unit.code: unit for unit in Unit.objects.filter(code__in=[plan.ORDER_LEAD, *plan.ORDER_ASSISTANTS])
    }
    return _tried(
        partial(
            orders.issue_order,
            title=plan.ORDER_TITLE,
            text=plan.ORDER_TEXT,
            trigger=Trigger.HOT_TOPIC,
            due_on=plan.ORDER_DUE,
            lead=units[plan.ORDER_LEAD],
            assistants=[units[code] for code in plan.ORDER_ASSISTANTS],
            filters=Filters(kind=Kind.REPORT, topic=plan.ORDER_TOPIC),
            by=day.staff.supervisor,
            at=day.at,
            is_synthetic=True,
        )
    )


def _order() -> SupervisionOrder | None:
    return SupervisionOrder.objects.filter(title=plan.ORDER_TITLE, state=OrderState.OPEN).first()


def _reply(day: _Day) -> int:
    order = _order()
    if order is None:
        return 0
    owing = [row.unit for row in order.units.select_related("unit") if row.state == ReplyState.OWED]
    return sum(
        _tried(
            partial(
                orders.reply_order,
                order=order,
                unit=unit,
                reply=plan.REPLY,
                by=day.staff.heads[unit.code],
                at=day.at,
            )
        )
        for unit in owing
    )


def _review(day: _Day) -> int:
    order = _order()
    if order is None:
        return 0
    waiting = [row.unit for row in order.units.select_related("unit") if row.state == ReplyState.WAITING]
    return sum(
        _tried(
            partial(
                orders.review_reply,
                order=order,
                unit=unit,
                is_accepted=True,
                by=day.staff.supervisor,
                at=day.at,
            )
        )
        for unit in waiting
    )


def _close(day: _Day) -> int:
    order = _order()
    if order is None:
        return 0
    return _tried(partial(orders.close_order, order=order, by=day.staff.supervisor, at=day.at))


def _visit(day: _Day) -> int:
    due = queue(day.staff.supervisor, "to_visit").filter(closed_at__lt=day.at).order_by("closed_at", "id")
    return sum(_visit_one(day, case) for case in due[: plan.VISITS_A_DAY])


def _visit_one(day: _Day, case: Case) -> int:
    taker = day.staff.takers[case.pk % len(day.staff.takers)]
    if day.rng.random() < _UNREACHED:
        return _tried(partial(visits.visit, case=case, is_reached=False, by=taker, at=day.at))
    grade = _GRADES.draw(day.rng)
    note = _DISSATISFIED if grade == VisitGrade.DISSATISFIED else ""
    return _tried(partial(visits.visit, case=case, grade=grade, note=note, by=taker, at=day.at))


def _redo(day: _Day) -> int:
    unhappy = (
        queue(day.staff.supervisor, "dissatisfied").filter(kind=Kind.COMPLAINT).order_by("closed_at", "id")
    )
    return sum(
        _tried(partial(visits.reopen, case=case, note=_REDO, by=day.staff.supervisor, at=day.at))
        for case in unhappy[:1]
    )


def _remind(day: _Day) -> int:
    """Remind of what is due next, and let the units answer most reminders of the days before."""
    answered = 0
    for reminder in Reminder.objects.filter(answered_at=None, at__lt=day.at).select_related(
        "case__handler", "unit"
    ):
        who = _head_of(day, reminder.unit)
        if who is not None and day.rng.random() < 0.8:
            answered += _tried(
                partial(supervision.answer_reminder, reminder=reminder, answer=_ANSWER, by=who, at=day.at)
            )
    late = (
        Case.objects.filter(closed_at=None, next_due_at__lt=day.at, remind_count=0)
        .exclude(state__in=[State.REGISTERED, State.OBJECTED])
        .order_by("next_due_at", "id")
    )
    return answered + sum(
        _tried(partial(supervision.remind, case=case, note=_REMINDER, by=day.staff.supervisor, at=day.at))
        for case in late[: plan.REMINDERS_A_DAY]
    )


def _ask_extension(day: _Day) -> int:
    asked = ExtensionRequest.objects.filter(case=OuterRef("pk"))
    running = Clock.objects.filter(
        case=OuterRef("pk"), limit="D5", state=ClockState.RUNNING, due_at__gt=day.at
    )
    checking: QuerySet[Case] = Case.objects.filter(Exists(running), ~Exists(asked), state=State.CHECKING)
    found = checking.select_related("handler").exclude(handler=None).order_by("next_due_at", "id")
    return sum(
        _tried(partial(extensions.ask_extension, case=case, reason=_EXTENSION, by=case.handler, at=day.at))
        for case in found[: plan.EXTENSIONS_A_DAY]
        if case.handler is not None
    )


def _decide_extension(day: _Day) -> int:
    pending = ExtensionRequest.objects.filter(is_granted=None).select_related("case__responsible_unit")
    done = 0
    for request in pending.order_by("id"):
        head = _head_of(day, request.case.responsible_unit)
        if head is not None:
            done += _tried(
                partial(
                    extensions.decide_extension,
                    case=request.case,
                    is_granted=True,
                    note=_GRANTED,
                    by=head,
                    at=day.at,
                )
            )
    return done


def _head_of(day: _Day, unit: Unit) -> Person | None:
    return day.staff.heads.get(unit.code)


_DEEDS: dict[Deed, Callable[[_Day], int]] = {
    Deed.ISSUE_ORDER: _issue,
    Deed.REPLY: _reply,
    Deed.REVIEW: _review,
    Deed.CLOSE_ORDER: _close,
    Deed.VISIT: _visit,
    Deed.REDO: _redo,
    Deed.REMIND: _remind,
    Deed.ASK_EXTENSION: _ask_extension,
    Deed.DECIDE_EXTENSION: _decide_extension,
}
