"""Cases as rows of the national platform's export, so that what goes out comes back equal (docs: domain 5.1).

A masked narrative is redacted, not normalised as match text is: what holds nothing personal goes out unharmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from suqing.analytics.export_writing import CellKind, Heading, Value
from suqing.analytics.exports import Layout, Reader, units
from suqing.analytics.periods import CENTRE_ZONE
from suqing.cases.importing.national import COLUMNS, SHEET, NationalFacts, row_of
from suqing.cases.importing.parsing import CLOSED_AT_KEY, RECEIVED_AT_KEY
from suqing.cases.models import Case, CaseResult, ImportedCase, MarketEntity
from suqing.cases.natural_persons import hide
from suqing.cases.queries.operator_persons import PlainOperator, plain_operators
from suqing.cases.vocabulary import Channel, Kind, Outcome, State
from suqing.kit.masks import mask_address
from suqing.taxonomy.models import ClassKind, ClassNode, Division
from suqing.taxonomy.text.redact import redact


def lines(cases: Sequence[Case], reader: Reader) -> Iterator[Sequence[Value]]:
    """Cases as national rows; the cells are texts, as in the files of the platform."""
    keys = [case.pk for case in cases]
    # Whose words stand there plainly: the layout has no person, but the words may name one.
    opened = [case for case in cases if reader.sees_words(case)]
    reader.looked_at += [f"party:{case.party_id}" if case.party_id else f"case:{case.pk}" for case in opened]
    imported = {row.case_id: row for row in ImportedCase.objects.filter(case__in=keys)}
    results = {row.case_id: row for row in CaseResult.objects.filter(case__in=keys)}
    entities = MarketEntity.objects.in_bulk({case.entity_id for case in cases if case.entity_id})
    operators = plain_operators(entities.values())
    shown = {case.entity_id for case in opened} & operators.keys()
    reader.looked_at += [f"market_entity:{pk}" for pk in sorted(key for key in shown if key)]
    units(cases, reader, "responsible_unit")
    reader.named(ClassNode, (pk for case in cases for pk in (case.object_class_id, case.issue_class_id)))
    reader.named(Division, (case.place_id for case in cases))
    for case in cases:
        came, entity = imported.get(case.pk), entities.get(case.entity_id or 0)
        facts = _facts(case, reader, came, entity, results.get(case.pk))
        if case.entity_id in operators:
            facts = _of_person(facts, case, operators[case.entity_id], plain=reader.sees_words(case))
        yield [*row_of(facts), *_moments(case, came)]


def _facts(
    case: Case,
    reader: Reader,
    came: ImportedCase | None,
    entity: MarketEntity | None,
    result: CaseResult | None,
) -> NationalFacts:
    plain, requests = reader.sees_words(case), _requests(reader)
    place = reader.named(Division, ()).get(case.place_id)
    return NationalFacts(
        number=came.number if came else case.number,
        kind=Kind(case.kind),
        state=State(case.state),
        outcome=Outcome(case.outcome) if case.outcome else None,
        channel=Channel(case.channel),
        narrative=reader.text(case.narrative, plain=plain),
        entity_name=case.entity_name,
        entity_address=entity.address if entity else "",
        requests=tuple(requests.get(code, code) for code in case.requests),
        request_note=reader.text(case.request_note, plain=plain),
        issue_path=_path(case.issue_class_id, reader),
        object_path=_path(case.object_class_id, reader),
        place_name=place.full_name if place else "",
        address=reader.text(case.address, plain=plain),
        unit_name=_unit_name(case, reader),
        result_note=reader.text(case.result_note, plain=plain),
        amount=case.amount,
        recovered_amount=case.recovered_amount,
        penalty_amount=case.penalty_amount,
        confiscated_amount=result.confiscated_amount if result else None,
        # When it was decided over there is not known of a case that came from there.
        was_accepted=case.decided_at is not None if came is None and case.kind == Kind.COMPLAINT else None,
        was_filed=case.filed_at is not None if came is None and case.kind == Kind.REPORT else None,
        told=came.told if came else {},
    )


def _of_person(facts: NationalFacts, case: Case, operator: PlainOperator, *, plain: bool) -> NationalFacts:
    """A natural person as an operator: in plain where the people of the case are, else masked, in the words too."""
    if plain:
        return replace(facts, entity_name=operator.name, entity_address=operator.address)
    words = redact(hide(case.narrative, [operator.name])).text
    return replace(facts, narrative=words, address=mask_address(case.address))


def _moments(case: Case, came: ImportedCase | None) -> list[str]:
    """When it was received, decided and ended; blank where nobody told when it came from there."""
    told = came.told if came else {}
    known = (
        None if RECEIVED_AT_KEY in told else case.received_at,
        case.decided_at,
        None if CLOSED_AT_KEY in told else case.closed_at,
    )
    return [f"{at.astimezone(CENTRE_ZONE):%Y-%m-%d %H:%M:%S}" if at else "" for at in known]


def _path(node: int | None, reader: Reader) -> str:
    found = reader.named(ClassNode, ()).get(node)
    return found.path_name if found else ""


def _unit_name(case: Case, reader: Reader) -> str:
    """The unit that handles the case; the platform knows no centre that has not sent it on."""
    unit = units((), reader)[case.responsible_unit_id]
    return "" if unit.kind == unit.Kind.CENTRE else unit.name


def _requests(reader: Reader) -> Mapping[str, str]:
    """What people ask for by the names of the platform, which are Chinese in every language."""

    def read() -> dict[str, str]:
        nodes = ClassNode.objects.filter(tree__kind=ClassKind.REQUEST)
        return {node.code: node.path_name.rpartition("->")[2] for node in nodes}

    found: Mapping[str, str] = reader.memo("national requests", read)
    return found


# Beyond the columns that are known of the platform's own files: without them no time would come back but the day that
# stands in a number.  Both names are of its pages (domain 5.3, 5.5), and importers must take columns they do not know.
MOMENTS = ("登记时间", "初查时间", "办结时间")
NATIONAL_LAYOUT = Layout(
    tuple(Heading(name, CellKind.TEXT, 60 if name == "具体问题" else 16) for name in (*COLUMNS, *MOMENTS)),
    lines,
    is_fixed=True,
    sheet=SHEET,
)
