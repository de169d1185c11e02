"""The rows that past cases become: see ``past_cases`` for the rules, ``imports`` and ``write_past`` for their use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from suqing.accounts.models import Person
from suqing.cases import workflow
from suqing.cases.actions import class_reviews
from suqing.cases.actions.numbers import PREFIX
from suqing.cases.actions.past_clocks import COLUMNS as CLOCK_COLUMNS
from suqing.cases.actions.past_clocks import PastClocks, next_due_at
from suqing.cases.actions.past_operators import Meant, Operator, find_or_make_many
from suqing.cases.actions.past_people import remember_many
from suqing.cases.actions.past_references import References
from suqing.cases.entry_standard import Standard, in_force
from suqing.cases.intake import MatterInput, local_day
from suqing.cases.models import (
    Case,
    CaseResult,
    ClassReview,
    Clock,
    Dispatch,
    ImportedCase,
    Mediation,
    Submission,
    TextBand,
    TopicMembership,
)
from suqing.cases.past_cases import PastCase
from suqing.cases.prepared import Prepared, plain
from suqing.cases.queries.standards import entry_standards
from suqing.cases.queries.topic_facts import facts_of
from suqing.cases.vocabulary import ContactOutcome, DispatchState, Kind, SellerRole, State, Step
from suqing.lawclock.regimes import regime_on
from suqing.ledger.copying import copy_numbers, copy_rows, take, take_ids
from suqing.taxonomy.queries import rules_in_force
from suqing.taxonomy.text.redact import redact
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN
from suqing.taxonomy.text.topics import matcher

SUBMISSION = (
    *("id", "ref", "number", "channel", "outcome", "party_id", "narrative", "match_text", "redactor_version"),
    *("received_at", "registered_at", "registered_by_id", "unit_id", "is_synthetic"),
)
CASE = (
    *("id", "number", "submission_id", "party_id", "kind", "regime", "state", "revision", "narrative"),
    *("match_text", "redactor_version", "object_class_id", "issue_class_id", "entity_id", "entity_name"),
    *("place_id", "address", "incident_on", "amount", "requests", "request_note", "goods", "price_unit"),
    *("price_asked", "price_earlier", "price_earlier_on", "is_real_name", "urgency", "is_sensitive"),
    *("responsible_unit_id", "return_count", "channel", "received_at", "registered_at", "registered_by_id"),
    *("dispatched_at", "decided_at", "filed_at", "closed_at", "next_due_at", "ground", "outcome"),
    *("result_note", "recovered_amount", "penalty_amount", "seller_role", "platform", "entry_standard"),
    *("completeness", "remind_count", "supervise_count", "visit_grade", "is_synthetic"),
)
DISPATCH = (
    *("case_id", "from_unit_id", "to_unit_id", "at", "by_id", "note", "article", "state", "ended_at"),
    *("return_reason", "return_note", "objection_note"),
)
IMPORTED = (
    *("case_id", "source", "number", "run_id", "row", "fingerprint", "told", "events"),
    *("revision", "first_at", "last_at"),
)


@dataclass(slots=True)
class PastRow:
    """One case while it is written."""

    case: PastCase
    day: date
    regime: str
    state: State
    registered_at: datetime
    prepared: Prepared
    unit: int
    sent_at: datetime | None
    submission_id: int = 0
    case_id: int = 0
    submission_number: str = ""
    number: str = ""
    party: int | None = None
    operator: Operator | None = None
    standard: tuple[int, Decimal] | None = None
    next_due_at: datetime | None = None


@dataclass(slots=True)
class PastBatch:
    """The cases of one batch and what they share."""

    given: Sequence[PastCase]
    by: Person
    at: datetime
    prepared: Mapping[UUID, Prepared] = field(default_factory=dict)  # by ref, where they were made beforehand
    references: References = field(init=False)
    rows: list[PastRow] = field(default_factory=list)

    def write(self) -> dict[str, Any]:
        """Write every case with all that belongs to it, except where it came from; return facts for the event."""
        if not self.given:
            return {"count": 0}
        self._read(self.given)
        self._number()
        people = remember_many([row.case.person for row in self.rows], at=self.at)
        operators, made = find_or_make_many([self._meant(row) for row in self.rows], at=self.at)
        for row, party, operator in zip(self.rows, people, operators, strict=True):
            row.party, row.operator = party, operator
        self._measure()
        clocks = self.clocks()
        copy_rows(Submission, SUBMISSION, map(self._submission, self.rows))
        copy_rows(Case, CASE, map(self._case, self.rows))
        copy_rows(Clock, CLOCK_COLUMNS, clocks)
        copy_rows(TopicMembership, ("case_id", "version_id", "since"), self._memberships())
        copy_numbers(TextBand, ("case_id", "key"), _bands(self.rows))
        copy_rows(ClassReview, class_reviews.COLUMNS, self._reviews())
        self.write_ways()
        numbers = {"first": self.rows[0].number, "last": self.rows[-1].number}
        return {"count": len(self.rows), **numbers, "operators_made": made}

    def write_origins(self, run: int | None, event: int) -> None:
        """Write where the cases came from, with the event that tells of it."""
        copy_rows(ImportedCase, IMPORTED, self._origins(run, event))

    def stand(self, known: Mapping[int, PastCase]) -> None:
        """Take cases that are there, by their keys, as they stand by now: the rows wait for ``clocks`` and the like."""
        self._read(list(known.values()))
        for row, pk in zip(self.rows, known, strict=True):
            row.case_id = pk

    def write_ways(self) -> None:
        """Write the dispatches, and what few cases have: money confiscated, a mediation that goes on."""
        copy_rows(Dispatch, DISPATCH, self._dispatches())
        CaseResult.objects.bulk_create(
            CaseResult(case_id=row.case_id, confiscated_amount=row.case.confiscated_amount)
            for row in self.rows
            if row.case.confiscated_amount is not None
        )
        Mediation.objects.bulk_create(
            Mediation(case_id=row.case_id, begun_at=row.case.decided_at or row.registered_at)
            for row in self.rows
            if row.state == State.MEDIATING
        )

    def clocks(self) -> list[tuple[object, ...]]:
        """Count the clocks of every row, ready for COPY; each row learns its next due moment."""
        counting = PastClocks.now()
        found = []
        for row in self.rows:
            facts = self.references.facts(row.case, row.day)
            clocks = counting.of(row.case, row.state, row.regime, facts, row.sent_at)
            row.next_due_at = next_due_at(clocks)
            found += [counting.row(row.case_id, clock) for clock in clocks]
        return found

    def _read(self, cases: Sequence[PastCase]) -> None:
        self.references = References.of(cases, self.by)
        self.rows = [self._row(case) for case in cases]

    def _row(self, case: PastCase) -> PastRow:
        day = local_day(case.received_at)
        unit = self.references.unit(case.unit)
        is_away = unit != self.references.centre.pk
        registered_at = case.registered_at or case.received_at
        state = case.state
        if state == State.REGISTERED and is_away:
            state = State.DISPATCHED
        elif state == State.DISPATCHED and not is_away:
            state = State.REGISTERED
        return PastRow(
            case,
            day,
            regime_on(day).id,
            state,
            registered_at,
            self.prepared.get(case.ref) or Prepared.of(case.narrative, case.entity.name),
            unit,
            (case.dispatched_at or registered_at) if is_away else None,
        )

    def _number(self) -> None:
        count = len(self.rows)
        submissions, cases = take_ids(Submission, count), take_ids(Case, count)
        numbers = iter(take("cases_number", 2 * count))
        for row, submission, case in zip(self.rows, submissions, cases, strict=True):
            row.submission_id, row.case_id = submission, case
            row.submission_number = f"{row.day:%Y%m%d}{next(numbers) % 10**8:06d}"
            row.number = f"{PREFIX[row.case.kind]}{row.day:%Y%m%d}{next(numbers) % 10**8:06d}"

    def _meant(self, row: PastRow) -> Meant:
        case = row.case
        address = case.entity_address or case.address
        place = self.references.places.get(case.place)
        return Meant(case.entity, place, address[:300], row.prepared.operator)

    def _measure(self) -> None:
        """The entry standard of cases made here."""
        own = [row for row in self.rows if not row.case.source]
        known = entry_standards() if own else ()
        chosen: dict[tuple[Kind, date], Standard] = {}
        for row in own:
            key = (row.case.kind, row.day)
            if key not in chosen:
                chosen[key] = in_force(known, *key)
            matter = self._matter(row)
            row.standard = chosen[key].version, chosen[key].completeness(row.case.person, matter)

    def _matter(self, row: PastRow) -> MatterInput:
        case, codes = row.case, self.references
        return MatterInput(
            kind=case.kind,
            narrative=case.narrative,
            object_class=codes.object_class(case, row.day),
            issue_class=codes.issue_class(case, row.day),
            entity=case.entity,
            place=case.place,
            address=case.address,
            incident_on=case.incident_on,
            amount=case.amount,
            requests=case.requests,
            goods=case.goods,
            price_asked=case.price_asked,
            price_earlier=case.price_earlier,
            is_real_name=case.is_real_name,
        )

    def _submission(self, row: PastRow) -> tuple[object, ...]:
        case = row.case
        return (
            *(row.submission_id, case.ref, row.submission_number, case.channel.value),
            *(
                ContactOutcome.CASES.value,
                row.party,
                plain(case.narrative),
                row.prepared.text.text,
                row.prepared.text.version,
            ),
            *(case.received_at, row.registered_at, self.by.pk, self.references.centre.pk, case.is_synthetic),
        )

    def _case(self, row: PastRow) -> tuple[object, ...]:
        case, references = row.case, self.references
        anonymous = case.kind == Kind.REPORT and not case.is_real_name
        standard, completeness = row.standard or (None, None)
        return (
            *(row.case_id, row.number, row.submission_id, None if anonymous else row.party, case.kind.value),
            *(
                row.regime,
                row.state.value,
                1,
                plain(case.narrative),
                row.prepared.text.text,
                row.prepared.text.version,
            ),
            *(references.object_class(case, row.day), references.issue_class(case, row.day)),
            *(row.operator and row.operator.pk, row.operator.name if row.operator else ""),
            *(references.places.get(case.place), plain(case.address)[:300], case.incident_on, case.amount),
            *(list(case.requests), plain(case.request_note)[:500], _shown(case.goods), case.price_unit[:20]),
            *(case.price_asked, case.price_earlier, case.price_earlier_on, case.is_real_name),
            *(case.urgency.value, False, row.unit, 0, case.channel.value, case.received_at),
            *(row.registered_at, self.by.pk, row.sent_at or case.dispatched_at, case.decided_at),
            *(case.filed_at, case.closed_at, row.next_due_at, case.ground, case.outcome or ""),
            *(plain(case.result_note), case.recovered_amount, case.penalty_amount),
            *(SellerRole.ORDINARY.value, "", standard, completeness, 0, 0, "", case.is_synthetic),
        )

    def _dispatches(self) -> Iterator[tuple[object, ...]]:
        for row in self.rows:
            if row.sent_at is None:
                continue
            case = row.case
            transition = workflow.TABLES[case.kind][State.REGISTERED, Step.DISPATCH]
            state = DispatchState.OPEN if case.closed_at is None else DispatchState.ANSWERED
            yield (
                *(row.case_id, self.references.centre.pk, row.unit, row.sent_at, self.by.pk, ""),
                *(transition.articles.get(row.regime, ""), state.value, case.closed_at, "", "", ""),
            )

    def _memberships(self) -> Iterator[tuple[object, ...]]:
        rules = rules_in_force(self.at)
        versions = {rule.code: version.pk for rule, version in rules}
        by_rules = matcher(tuple(rule for rule, _version in rules))
        facts = {}
        if by_rules.asks_facts:
            facts = facts_of([row.case_id for row in self.rows if by_rules.can_hold(row.prepared.text.text)])
        for row in self.rows:
            known = facts.get(row.case_id, NOTHING_KNOWN)
            for code in sorted(by_rules.match(row.prepared.text.text, known)):
                yield row.case_id, versions[code], self.at

    def _reviews(self) -> Iterator[tuple[object, ...]]:
        """Classes to review, of cases that came lately: an import of past years shall not bury what is new."""
        kinds, since = class_reviews.learnt_kinds(), class_reviews.reviewed_since(self.at)
        for row in self.rows:
            if row.case.received_at >= since:
                codes = (
                    self.references.object_class(row.case, row.day),
                    self.references.issue_class(row.case, row.day),
                )
                yield from class_reviews.rows_of(row.case_id, row.case.kind, codes, kinds, self.at)

    def _origins(self, run: int | None, event: int) -> Iterator[tuple[object, ...]]:
        for row in self.rows:
            case = row.case
            if case.source:
                yield (
                    *(
                        row.case_id,
                        case.source,
                        case.number,
                        run,
                        case.row,
                        case.fingerprint,
                        told_json(case),
                    ),
                    *([event], 1, self.at, self.at),
                )


def _bands(rows: Sequence[PastRow]) -> Iterator[tuple[int, int]]:
    for row in rows:
        for key in row.prepared.bands:
            yield row.case_id, key


def told_json(case: PastCase) -> str:
    """The cells without a field of their own, as a column of JSON takes them."""
    return json.dumps({name: plain(cell) for name, cell in case.told.items()}, ensure_ascii=False)


def _shown(goods: str) -> str:
    return redact(plain(goods)).text[:100] if goods else ""
