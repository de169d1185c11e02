"""The other lists that can be written to files: contacts, orders, return visits, the catalogue, limits that moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission as P
from suqing.analytics.export_cases import figure_of
from suqing.analytics.export_writing import CellKind, Heading, Value
from suqing.analytics.exports import (
    SUQING,
    Column,
    Filters,
    Layout,
    ListToWrite,
    Reader,
    Rows,
    layout_of,
    register,
    units,
)
from suqing.analytics.queries import restricts, submissions_behind
from suqing.cases.intake import local_day
from suqing.cases.models import (
    Case,
    ClockChange,
    DispatchRule,
    EventGroup,
    MarketEntity,
    Submission,
    SupervisionOrder,
)
from suqing.cases.oversight import LABELS as ORDER_LABELS
from suqing.cases.oversight import OrderState, Part, ReplyState, Trigger
from suqing.cases.queries import catalogue, entities, groups, orders, told_cases
from suqing.cases.queries.clock_changes import clock_changes
from suqing.cases.queries.visits import queue
from suqing.cases.reckoning import limit_of
from suqing.cases.vocabulary import LABELS, Channel, ContactOutcome, Kind, Outcome, SellerRole, VisitGrade
from suqing.lawclock.queries import citation

N_ = str


# Contacts behind a figure


def _contacts(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    found, _part = figure_of(filters)
    return submissions_behind(found, person=person).order_by("-received_at", "-pk")


def _contact_lines(rows: Sequence[Submission], reader: Reader) -> Iterator[list[Value]]:
    """As the page: with their own words for who may see all cases, else with those of a case in sight."""
    told, is_narrow = told_cases(reader.person, rows), restricts(reader.person)
    known = units(rows, reader, "unit")
    for row in rows:
        cases = told[row.pk]
        yield [
            row.number,
            row.received_at,
            reader.word(LABELS[Channel(row.channel)]),
            reader.word(LABELS[ContactOutcome(row.outcome)]),
            known[row.unit_id].name,
            len(cases),
            "、".join(case.number for case in cases),
            (cases[0] if is_narrow and cases else row).match_text,
            reader.word(N_("Yes")) if row.is_synthetic else "",
        ]


_CONTACT_HEADINGS = (
    Heading(N_("Contact number"), width=18),
    Heading(N_("Received"), CellKind.MOMENT, 17),
    Heading(N_("Intake channel"), width=10),
    Heading(N_("Outcome of the contact"), width=16),
    Heading(N_("Unit"), width=20),
    Heading(N_("Cases"), CellKind.WHOLE, 8),
    Heading(N_("Case numbers"), width=24),
    Heading(N_("Words of the contact"), width=60),
    Heading(N_("Synthetic data"), width=8),
)
CONTACTS = Layout(_CONTACT_HEADINGS, _contact_lines)
register(
    ListToWrite(
        "figure_contacts",
        N_("Contacts behind a figure"),
        frozenset({P.FIGURE_VIEW}),
        _contacts,
        {SUQING: CONTACTS},
    )
)


# Supervision orders


def _orders(person: Person, filters: Filters, now: datetime) -> Rows:
    return orders.register(person, filters.get("view", "open"), now).order_by("-issued_at", "-pk")


def _order_text(order: SupervisionOrder, reader: Reader) -> str:
    return reader.text(order.text, plain=False)


def _bound(order: SupervisionOrder, part: Part) -> list[str]:
    bound = sorted((one for one in order.units.all() if one.role == part), key=lambda one: one.unit.path)
    return [one.unit.name for one in bound]


def _replied(order: SupervisionOrder) -> int:
    return sum(one.state in (ReplyState.WAITING, ReplyState.ACCEPTED) for one in order.units.all())


_ORDERS = layout_of(
    Column(N_("Order number"), lambda order, _reader: order.number, width=22),
    Column(N_("State"), lambda order, reader: reader.word(ORDER_LABELS[OrderState(order.state)]), width=12),
    Column(N_("Overdue"), lambda order, reader: _yes(orders.is_overdue(order, reader.now), reader), width=8),
    Column(N_("What the order is about"), lambda order, _reader: order.title, width=30),
    Column(N_("Words of the order"), _order_text, width=60),
    Column(N_("Trigger"), lambda order, reader: reader.word(ORDER_LABELS[Trigger(order.trigger)])),
    Column(N_("Issuing unit"), lambda order, _reader: order.issuing_unit.name, width=20),
    Column(N_("Lead unit"), lambda order, _reader: "、".join(_bound(order, Part.LEAD)), width=20),
    Column(N_("Assisting units"), lambda order, _reader: "、".join(_bound(order, Part.ASSISTANT)), width=24),
    Column(N_("Units bound"), lambda order, _reader: len(order.units.all()), CellKind.WHOLE, 8),
    Column(N_("Units that replied"), lambda order, _reader: _replied(order), CellKind.WHOLE, 8),
    Column(N_("Reply until"), lambda order, _reader: order.due_on, CellKind.DAY, 12),
    Column(N_("Issued by"), lambda order, _reader: order.issued_by.display_name, width=10),
    Column(N_("Issued at"), lambda order, _reader: order.issued_at, CellKind.MOMENT, 17),
    Column(N_("Ended at"), lambda order, _reader: order.closed_at, CellKind.MOMENT, 17),
    Column(N_("Synthetic data"), lambda order, reader: _yes(order.is_synthetic, reader), width=8),
)


def _yes(value: bool, reader: Reader) -> str:
    return reader.word(N_("Yes")) if value else ""


register(
    ListToWrite(
        "orders", N_("Supervision orders"), frozenset({P.CASE_SUPERVISE, P.CASE_HANDLE}), _orders, {SUQING: _ORDERS}
    )
)  # fmt: skip


# Return visits


def _visits(person: Person, filters: Filters, now: datetime) -> Rows:
    rows = queue(person, filters.get("view", "to_visit"), now)
    return rows.select_related("party", "responsible_unit", "issue_class").order_by("closed_at", "pk")


def _phone(case: Case, _reader: Reader) -> str:
    """Masked for everybody, as on the page, where the plain number is asked for one at a time."""
    return case.party.phone_masked if case.party else ""


_VISITS = layout_of(
    Column(N_("Case number"), lambda case, _reader: case.number, width=18),
    Column(N_("Kind"), lambda case, reader: reader.word(LABELS[Kind(case.kind)]), width=8),
    Column(N_("Operator"), lambda case, _reader: case.entity_name, width=24),
    Column(
        N_("Problem class"),
        lambda case, _reader: case.issue_class.label if case.issue_class else "",
        width=24,
    ),
    Column(
        N_("Result"),
        lambda case, reader: reader.word(LABELS[Outcome(case.outcome)]) if case.outcome else "",
    ),
    Column(N_("Ended at"), lambda case, _reader: case.closed_at, CellKind.MOMENT, 17),
    Column(N_("Unit"), lambda case, _reader: case.responsible_unit.name, width=20),
    Column(
        N_("Last grade"),
        lambda case, reader: reader.word(LABELS[VisitGrade(case.visit_grade)]) if case.visit_grade else "",
    ),
    Column(N_("Attempts"), lambda case, _reader: getattr(case, "attempts", 0), CellKind.WHOLE, 8),
    Column(N_("Phone number"), _phone),
    Column(N_("Synthetic data"), lambda case, reader: _yes(case.is_synthetic, reader), width=8),
)
register(ListToWrite("visits", N_("Return visits"), frozenset({P.CASE_VISIT}), _visits, {SUQING: _VISITS}))


# The dispatch catalogue

STATUSES = {
    catalogue.IN_FORCE: N_("In force"),
    catalogue.COMING: N_("Begins later"),
    catalogue.ENDED: N_("No longer in force"),
}


def _rules(_person: Person, filters: Filters, now: datetime) -> Rows:
    asked = catalogue.RuleFilters(
        filters.get("status", catalogue.IN_FORCE), filters.get("kind", ""), filters.get("unit")
    )
    return catalogue.rules(asked, local_day(now))


def _status(rule: DispatchRule, reader: Reader) -> str:
    return reader.word(STATUSES[catalogue.status_of(rule, local_day(reader.now))])


_RULES = layout_of(
    Column(N_("Rank"), lambda rule, _reader: rule.rank, CellKind.WHOLE, 8),
    Column(N_("Kind"), lambda rule, reader: reader.word(LABELS[Kind(rule.kind)]) if rule.kind else ""),
    Column(
        N_("How the operator sells"),
        lambda rule, reader: reader.word(LABELS[SellerRole(rule.seller_role)]) if rule.seller_role else "",
    ),
    Column(
        N_("Goods or service"), lambda rule, _reader: rule.object_class.label if rule.object_class else "", width=24
    ),
    Column(N_("Problem class"), lambda rule, _reader: rule.issue_class.label if rule.issue_class else "", width=24),
    Column(N_("Place"), lambda rule, _reader: rule.place.full_name if rule.place else "", width=20),
    Column(N_("To which unit"), lambda rule, _reader: rule.unit.name, width=20),
    Column(N_("Ground"), lambda rule, _reader: citation((rule.article,)) if rule.article else "", width=30),
    Column(N_("Note"), lambda rule, _reader: rule.note, width=30),
    Column(N_("Holds from"), lambda rule, _reader: rule.valid_from, CellKind.DAY, 12),
    Column(N_("Holds no longer from"), lambda rule, _reader: rule.valid_until, CellKind.DAY, 12),
    Column(N_("State"), _status, width=12),
)  # fmt: skip
register(
    ListToWrite(
        "dispatch_rules", N_("Dispatch catalogue"), frozenset({P.RULES_MANAGE, P.CASE_DISPATCH}), _rules, {SUQING: _RULES}
    )
)  # fmt: skip


# Limits that moved


def _changes(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    unit = Unit.objects.filter(pk=filters["unit"]).first() if filters.get("unit") else None
    return clock_changes(person, filters.get("run", ""), unit).order_by("-at", "-pk")


def _limit(change: ClockChange, reader: Reader) -> str:
    return reader.word(limit_of(change.clock).name)


_CHANGES = layout_of(
    Column(N_("Case number"), lambda change, _reader: change.clock.case.number, width=18),
    Column(N_("Kind"), lambda change, reader: reader.word(LABELS[Kind(change.clock.case.kind)]), width=8),
    Column(N_("Limit"), _limit, width=24),
    Column(N_("Last day before"), lambda change, _reader: local_day(change.was_due_at), CellKind.DAY, 12),
    Column(N_("Last day now"), lambda change, _reader: local_day(change.due_at), CellKind.DAY, 12),
    Column(N_("Unit"), lambda change, _reader: change.clock.case.responsible_unit.name, width=20),
    Column(N_("Counted anew at"), lambda change, _reader: change.at, CellKind.MOMENT, 17),
)
register(
    ListToWrite(
        "clock_changes", N_("Limits that moved"), frozenset({P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT}), _changes, {SUQING: _CHANGES}
    )
)  # fmt: skip


# Operators and events


def _operators(person: Person, filters: Filters, now: datetime) -> Rows:
    asked = entities.EntityFilters(
        filters.get("words", ""),
        filters.get("place", ""),
        is_open=bool(filters.get("is_open")),
        is_several=bool(filters.get("is_several")),
    )
    return entities.every_entity(person, asked, now, by_cases=filters.get("sort") != "newest")


def _operator_lines(rows: Sequence[MarketEntity], reader: Reader) -> Iterator[list[Value]]:
    newest = entities.newest_cases(reader.person, rows)
    for row in rows:
        place = row.place.full_name if row.place else ""
        yield [row.name, row.uscc, place, row.address, getattr(row, "recent", 0), newest.get(row.pk)]


_OPERATOR_HEADINGS = (
    Heading(N_("Operator"), width=30),
    Heading(N_("Social credit code"), width=20),
    Heading(N_("Place"), width=20),
    Heading(N_("Address"), width=30),
    Heading(N_("Recent cases"), CellKind.WHOLE, 10),
    Heading(N_("Newest case"), CellKind.MOMENT, 17),
)
register(
    ListToWrite(
        "operators",
        N_("Operators"),
        frozenset({P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT}),
        _operators,
        {SUQING: Layout(_OPERATOR_HEADINGS, _operator_lines)},
    )
)


def _events(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    return groups.listed_groups(person, is_over=filters.get("view") == "closed").order_by("-pk")


def _event_lines(rows: Sequence[EventGroup], reader: Reader) -> Iterator[list[Value]]:
    for row in groups.group_rows(reader.person, list(rows), reader.now):
        yield [
            row.group.number,
            row.group.title,
            row.cases,
            row.persons,
            row.open_cases,
            row.last_day,
            row.last_week,
            row.first_at,
            row.last_at,
            row.group.closed_at,
        ]


_EVENT_HEADINGS = (
    Heading(N_("Number of the event"), width=18),
    Heading(N_("What the event is about"), width=40),
    Heading(N_("Cases"), CellKind.WHOLE, 8),
    Heading(N_("Persons"), CellKind.WHOLE, 8),
    Heading(N_("Open cases"), CellKind.WHOLE, 8),
    Heading(N_("Last 24 hours"), CellKind.WHOLE, 8),
    Heading(N_("Last 7 days"), CellKind.WHOLE, 8),
    Heading(N_("First received"), CellKind.MOMENT, 17),
    Heading(N_("Last received"), CellKind.MOMENT, 17),
    Heading(N_("Closed at"), CellKind.MOMENT, 17),
)
register(
    ListToWrite(
        "events",
        N_("Events"),
        frozenset({P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT}),
        _events,
        {SUQING: Layout(_EVENT_HEADINGS, _event_lines)},
    )
)
