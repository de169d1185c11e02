"""Cases as lines of a file: our own layout, everything a list and a case page show of a case as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.analytics.export_national import NATIONAL_LAYOUT
from suqing.analytics.export_writing import CellKind, Heading, Value
from suqing.analytics.exports import (
    NATIONAL,
    SUQING,
    Filters,
    Layout,
    ListToWrite,
    Reader,
    Rows,
    register,
    units,
)
from suqing.analytics.periods import Period
from suqing.analytics.queries import Figure, Filter, cases_behind, rows_of
from suqing.analytics.registry import get
from suqing.cases.grounds import ground_of
from suqing.cases.models import Case, CaseResult, MarketEntity, Party, TopicMembership
from suqing.cases.queries import listed
from suqing.cases.queries.filters import filters_of
from suqing.cases.queries.operator_persons import PlainOperator, plain_operators
from suqing.cases.result_details import LABELS as RESULT_LABELS
from suqing.cases.result_details import Finding
from suqing.cases.vocabulary import LABELS, Channel, Kind, Outcome, SellerRole, State, Urgency, VisitGrade
from suqing.kit.masks import mask_address
from suqing.ledger.queries import decrypt_many
from suqing.taxonomy.models import ClassKind, ClassNode, Division

N_ = str
ERASED = N_("Personal data erased")


@dataclass(frozen=True, slots=True)
class Around:
    """What the lines of a chunk refer to, read with a fixed number of queries."""

    units: Mapping[int, Any]
    people: Mapping[Any, Any]
    parties: Mapping[int, Party]
    plain: Mapping[tuple[int, str], str]  # (party, field) -> what was decrypted
    classes: Mapping[int, ClassNode]
    places: Mapping[Any, Division]
    entities: Mapping[Any, MarketEntity]
    results: Mapping[int, CaseResult]
    topics: Mapping[int, str]
    requests: Mapping[str, str]
    operators: Mapping[int, PlainOperator]  # natural persons in plain, of the cases that are


def around(cases: Sequence[Case], reader: Reader) -> Around:
    """Read what these cases refer to, and note whose personal data will stand in the file."""
    parties = Party.objects.in_bulk({case.party_id for case in cases if case.party_id})
    opened = [case for case in cases if reader.sees_words(case)]
    reader.looked_at += [f"party:{case.party_id}" if case.party_id else f"case:{case.pk}" for case in opened]
    entities = MarketEntity.objects.in_bulk({case.entity_id for case in cases if case.entity_id})
    persons = [entities[pk] for pk in sorted({case.entity_id for case in opened if case.entity_id})]
    operators = plain_operators(persons)
    reader.looked_at += [f"market_entity:{pk}" for pk in operators]
    topics: dict[int, list[str]] = defaultdict(list)
    held = TopicMembership.objects.filter(case__in=[case.pk for case in cases])
    for row in held.select_related("version__topic").order_by("version__topic__order", "id"):
        topics[row.case_id].append(row.version.topic.label)
    return Around(
        units(cases, reader, "responsible_unit"),
        reader.named(Person, (case.handler_id for case in cases)),
        parties,
        _decrypted(opened, parties),
        reader.named(ClassNode, (pk for case in cases for pk in (case.object_class_id, case.issue_class_id))),
        reader.named(Division, (case.place_id for case in cases)),
        entities,
        {row.case_id: row for row in CaseResult.objects.filter(case__in=[case.pk for case in cases])},
        {pk: "、".join(names) for pk, names in topics.items()},
        _requests(reader),
        operators,
    )


def _decrypted(cases: Sequence[Case], parties: Mapping[int, Party]) -> dict[tuple[int, str], str]:
    """Name, phone and address of the people of these cases; nothing of reporters and of who was erased."""
    told = {case.party_id for case in cases if case.party_id and case.kind != Kind.REPORT}
    given = [
        (party, name, bytes(cipher))
        for party in (parties[pk] for pk in sorted(told))
        for name in ("name", "phone", "address")
        if (cipher := getattr(party, f"{name}_cipher")) is not None
    ]
    plain = decrypt_many([(party.key_subject, cipher) for party, _name, cipher in given])
    return {
        (party.pk, name): text
        for (party, name, _cipher), text in zip(given, plain, strict=True)
        if text is not None
    }


def _requests(reader: Reader) -> dict[str, str]:
    """The words for what people ask for."""
    nodes = ClassNode.objects.filter(tree__kind=ClassKind.REQUEST)
    found: dict[str, str] = reader.memo("requests", lambda: {node.code: node.label for node in nodes})
    return found


# Our own layout

_HEADINGS = (
    Heading(N_("Case number"), width=18),
    Heading(N_("Kind"), width=8),
    Heading(N_("State"), width=12),
    Heading(N_("Received"), CellKind.MOMENT, 17),
    Heading(N_("Intake channel"), width=10),
    Heading(N_("Registered at"), CellKind.MOMENT, 17),
    Heading(N_("Unit"), width=20),
    Heading(N_("Handler"), width=10),
    Heading(N_("Next limit ends"), CellKind.MOMENT, 17),
    Heading(N_("Urgency"), width=8),
    Heading(N_("Sensitive"), width=8),
    Heading(N_("Operator"), width=24),
    Heading(N_("Social credit code"), width=20),
    Heading(N_("How the operator sells"), width=16),
    Heading(N_("Platform"), width=14),
    Heading(N_("Place"), width=20),
    Heading(N_("Address"), width=24),
    Heading(N_("Goods or service"), width=24),
    Heading(N_("Problem class"), width=24),
    Heading(N_("Topics"), width=16),
    Heading(N_("Date of the matter"), CellKind.DAY, 12),
    Heading(N_("Amount in dispute (yuan)"), CellKind.AMOUNT, 14),
    Heading(N_("Asked for"), width=16),
    Heading(N_("In their words"), width=20),
    Heading(N_("Goods with a price"), width=14),
    Heading(N_("Price asked (yuan)"), CellKind.AMOUNT, 12),
    Heading(N_("Price before (yuan)"), CellKind.AMOUNT, 12),
    Heading(N_("Name of the person"), width=10),
    Heading(N_("Phone number"), width=14),
    Heading(N_("Address of the person"), width=24),
    Heading(N_("Given with a name"), width=8),
    Heading(N_("Words of the matter"), width=60),
    Heading(N_("Dispatched at"), CellKind.MOMENT, 17),
    Heading(N_("Decided at"), CellKind.MOMENT, 17),
    Heading(N_("Filed at"), CellKind.MOMENT, 17),
    Heading(N_("Ended at"), CellKind.MOMENT, 17),
    Heading(N_("Result"), width=14),
    Heading(N_("Ground"), width=20),
    Heading(N_("Words of the result"), width=30),
    Heading(N_("Recovered (yuan)"), CellKind.AMOUNT, 12),
    Heading(N_("Penalty (yuan)"), CellKind.AMOUNT, 12),
    Heading(N_("Confiscated (yuan)"), CellKind.AMOUNT, 12),
    Heading(N_("Is it true"), width=12),
    Heading(N_("Times returned"), CellKind.WHOLE, 8),
    Heading(N_("Times reminded"), CellKind.WHOLE, 8),
    Heading(N_("Times supervised"), CellKind.WHOLE, 8),
    Heading(N_("Return visit"), width=12),
    Heading(N_("Archived at"), CellKind.MOMENT, 17),
    Heading(N_("Synthetic data"), width=8),
)


def lines(cases: Sequence[Case], reader: Reader) -> Iterator[list[Value]]:
    """Cases as lines of our own layout."""
    known = around(cases, reader)
    for case in cases:
        plain = reader.sees_words(case)
        yield [
            *_head(case, known, reader),
            *_operator(case, known, reader, plain),
            *_matter(case, known, reader, plain),
            *_person(case, known, reader, plain),
            *_end(case, known, reader, plain),
        ]


def _head(case: Case, known: Around, reader: Reader) -> list[Value]:
    handler = known.people.get(case.handler_id or 0)
    return [
        case.number,
        reader.word(LABELS[Kind(case.kind)]),
        reader.word(LABELS[State(case.state)]),
        case.received_at,
        reader.word(LABELS[Channel(case.channel)]),
        case.registered_at,
        known.units[case.responsible_unit_id].name,
        handler.display_name if handler else "",
        case.next_due_at if case.closed_at is None else None,
        reader.word(LABELS[Urgency(case.urgency)]),
        _yes(case.is_sensitive, reader),
    ]


def _operator(case: Case, known: Around, reader: Reader, plain: bool) -> list[Value]:
    entity = known.entities.get(case.entity_id or 0)
    place = known.places.get(case.place_id or 0)
    in_plain = known.operators.get(case.entity_id or 0) if plain else None
    is_hidden = entity is not None and entity.is_person and not plain
    return [
        in_plain.name if in_plain else case.entity_name,
        entity.uscc if entity else "",
        reader.word(LABELS[SellerRole(case.seller_role)]),
        case.platform,
        place.full_name if place else "",
        mask_address(case.address) if is_hidden else reader.text(case.address, plain=plain),
    ]


def _matter(case: Case, known: Around, reader: Reader, plain: bool) -> list[Value]:
    goods, issue = known.classes.get(case.object_class_id or 0), known.classes.get(case.issue_class_id or 0)
    return [
        goods.label if goods else "",
        issue.label if issue else "",
        known.topics.get(case.pk, ""),
        case.incident_on,
        case.amount,
        "、".join(known.requests.get(code, code) for code in case.requests),
        reader.text(case.request_note, plain=plain),
        case.goods,
        case.price_asked,
        case.price_earlier,
    ]


def _person(case: Case, known: Around, reader: Reader, plain: bool) -> list[Value]:
    words = case.narrative if plain else case.match_text
    given = reader.word(N_("Yes") if case.is_real_name else N_("No"))
    if case.kind == Kind.REPORT:
        # Who made a report stands in no file, not even masked: whoever handles it sees that on its page.
        return ["", "", "", given, words]
    party = known.parties.get(case.party_id or 0)
    if party is None or party.erased_at is not None:
        return [reader.word(ERASED) if party else "", "", "", given, words]
    if not plain:
        return [party.name_masked, party.phone_masked, "", given, words]
    told = [known.plain.get((party.pk, name), "") for name in ("name", "phone", "address")]
    return [*told, given, words]


def _end(case: Case, known: Around, reader: Reader, plain: bool) -> list[Value]:
    result = known.results.get(case.pk)
    ground = ground_of(case.regime, case.outcome, case.ground) if case.ground else None
    finding = RESULT_LABELS[Finding(result.finding)] if result and result.finding else ""
    return [
        case.dispatched_at,
        case.decided_at,
        case.filed_at,
        case.closed_at,
        reader.word(LABELS[Outcome(case.outcome)]) if case.outcome else "",
        reader.word(ground.text) if ground else "",
        reader.text(case.result_note, plain=plain),
        case.recovered_amount,
        case.penalty_amount,
        result.confiscated_amount if result else None,
        reader.word(finding),
        case.return_count,
        case.remind_count,
        case.supervise_count,
        reader.word(LABELS[VisitGrade(case.visit_grade)]) if case.visit_grade else "",
        case.archived_at,
        _yes(case.is_synthetic, reader),
    ]


def _yes(value: bool, reader: Reader) -> str:
    return reader.word(N_("Yes")) if value else ""


OURS = Layout(_HEADINGS, lines)


# The lists of cases


def _work_list(person: Person, filters: Filters, now: datetime) -> Rows:
    return listed(person, filters_of(filters), now).newest_first()


def figure_of(filters: Filters) -> tuple[Figure, str]:
    """The figure that stored filters name, without its value, and the part of a share that is asked for."""
    narrower = tuple(Filter.from_json(one) for one in filters["filters"])
    found = Figure(get(filters["measure"]), Period.from_json(filters["period"]), narrower, None)
    return found, filters.get("part", "")


def figure_json(found: Figure, part: str = "") -> dict[str, Any]:
    """A figure as filters that can be stored; ``figure_of`` reads them."""
    return {
        "measure": found.measure.code,
        "period": found.period.to_json(),
        "filters": [one.to_json() for one in found.filters],
        "part": part,
    }


def cases_of_figure(found: Figure, part: str, person: Person) -> Rows:
    """The cases that a figure counts, as its page lists them."""
    if part:
        return Case.objects.filter(pk__in=rows_of(found, person=person).numerator).newest_first()
    return cases_behind(found, person=person).newest_first()


def _figure_cases(person: Person, filters: Filters, now: datetime) -> Rows:  # noqa: ARG001  (all lists are asked alike)
    found, part = figure_of(filters)
    return cases_of_figure(found, part, person)


CASES = register(
    ListToWrite(
        "cases",
        N_("Work list"),
        frozenset({P.CASE_VIEW_ALL, P.CASE_VIEW_UNIT}),
        _work_list,
        {SUQING: OURS, NATIONAL: NATIONAL_LAYOUT},
        has_personal=True,
    )
)
FIGURE_CASES = register(
    ListToWrite(
        "figure_cases",
        N_("Cases behind a figure"),
        frozenset({P.FIGURE_VIEW}),
        _figure_cases,
        {SUQING: OURS, NATIONAL: NATIONAL_LAYOUT},
        has_personal=True,
    )
)
