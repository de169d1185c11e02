"""Many past cases at once: imports and rehearsed history, one event a batch.

What is written is what the desk would have left (``registration``, ``dispatching`` and the steps after), with these
differences, because the past tells no more than ``PastCase`` holds:

- One event a batch, without personal data; a case has no events of its own until somebody here works on it.
- The version of the entry standard and the completeness are kept only for cases made here (``source`` empty): they
  measure our own desks.
- Topics are those of the rules in force at ``at``, when the case becomes ours, as at registration.
- A case in the hands of a unit has the dispatch that its steps need; where nobody knows when it was sent, it counts as
  sent when it was registered, and the centre's promise to dispatch has no clock.
- Registered means waiting at the centre: with a unit it is dispatched, and dispatched without a unit is registered.
- Clocks: see ``past_clocks``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from suqing.accounts.models import Person
from suqing.cases import near_text, workflow
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
    Clock,
    Dispatch,
    ImportedCase,
    ImportRun,
    Mediation,
    Submission,
    TextBand,
    TopicMembership,
)
from suqing.cases.past_cases import PastCase
from suqing.cases.queries.standards import entry_standards
from suqing.cases.vocabulary import ContactOutcome, DispatchState, Kind, SellerRole, State, Step
from suqing.lawclock.regimes import regime_on
from suqing.ledger.actions import Subject, record
from suqing.ledger.copying import copy_numbers, copy_rows, take, take_ids
from suqing.taxonomy.queries import rules_in_force
from suqing.taxonomy.text.redact import MatchText, match_text, redact
from suqing.taxonomy.text.topics import matcher

ATTEMPTS = 3
UNSUPPORTED = frozenset(
    {State.OBJECTED, State.DISPUTED, State.SUSPENDED}
)  # each needs more than a past case tells
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
    *("case_id", "source", "number", "run_id", "row", "fingerprint", "told", "events", "first_at", "last_at"),
)
_WRITTEN = """
    SELECT s.ref, c.id, c.number FROM cases_submission s JOIN cases_case c ON c.submission_id = s.id
    WHERE s.ref = ANY(%s) ORDER BY c.id DESC
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a past case became here."""

    case_id: int
    number: str


class Unfit(ValueError):
    """A past case that cannot stand as it is told; nothing of the batch was written."""


def write_past(
    cases: Sequence[PastCase],
    *,
    by: Person,
    at: datetime,
    verb: str,
    subject: Subject,
    data: Mapping[str, Any] | None = None,
) -> list[Written]:
    """Write submissions and cases with their topics, clocks, operators, results and text bands; return them in order.

    One transaction, one event ``verb`` about ``subject`` that tells how many and their first and last numbers.
    Refs that exist are left as they are and returned as they stand.  Raise Unfit before anything is written.
    """
    for case in cases:
        _check(case)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _Batch(cases, by=by, at=at).write(verb, subject, data or {})
        except IntegrityError:
            # A desk made the same person or operator at the same moment: it is found the next time.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def unfit(case: PastCase) -> str:
    """Why this case cannot be written, "" if it can; for programmers and logs."""
    if case.state in UNSUPPORTED:
        return f"state {case.state} needs more than a past case tells"
    if (case.state in workflow.ENDED) != (case.closed_at is not None):
        return "an ended case has a moment of its end, and no other has"
    if case.kind == Kind.CONSULTATION and case.state not in (
        State.REGISTERED,
        State.DISPATCHED,
        State.CLOSED,
    ):
        return f"a consultation is never {case.state}"
    return ""


def _check(case: PastCase) -> None:
    if why := unfit(case):
        raise Unfit(f"{case.ref}: {why}")


@dataclass(slots=True)
class _Row:
    """One case while it is written."""

    case: PastCase
    day: date
    regime: str
    state: State
    registered_at: datetime
    text: MatchText
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
class _Batch:
    """The cases of one batch and what they share."""

    given: Sequence[PastCase]
    by: Person
    at: datetime
    references: References = field(init=False)
    rows: list[_Row] = field(default_factory=list)

    def write(self, verb: str, subject: Subject, data: Mapping[str, Any]) -> list[Written]:
        done = _written([case.ref for case in self.given])
        fresh = {case.ref: case for case in self.given if case.ref not in done}
        if not fresh:
            return [done[case.ref] for case in self.given]
        self.references = References.of(list(fresh.values()), self.by)
        self.rows = [self._row(case) for case in fresh.values()]
        self._number()
        people = remember_many([row.case.person for row in self.rows], at=self.at)
        operators, made = find_or_make_many([self._meant(row) for row in self.rows], at=self.at)
        for row, party, operator in zip(self.rows, people, operators, strict=True):
            row.party, row.operator = party, operator
        self._measure()
        clocks = self._clocks()
        copy_rows(Submission, SUBMISSION, map(self._submission, self.rows))
        copy_rows(Case, CASE, map(self._case, self.rows))
        copy_rows(Clock, CLOCK_COLUMNS, clocks)
        copy_rows(Dispatch, DISPATCH, self._dispatches())
        copy_rows(TopicMembership, ("case_id", "version_id", "since"), self._memberships())
        copy_numbers(TextBand, ("case_id", "key"), _bands(self.rows))
        self._write_rare()
        facts = {"count": len(self.rows), "first": self.rows[0].number, "last": self.rows[-1].number}
        event = record(verb, subject, by=self.by, at=self.at, data={**facts, "operators_made": made, **data})
        copy_rows(ImportedCase, IMPORTED, self._imported(subject, event.pk))
        done |= {row.case.ref: Written(row.case_id, row.number) for row in self.rows}
        return [done[case.ref] for case in self.given]

    def _row(self, case: PastCase) -> _Row:
        day = local_day(case.received_at)
        unit = self.references.unit(case.unit)
        is_away = unit != self.references.centre.pk
        registered_at = case.registered_at or case.received_at
        state = case.state
        if state == State.REGISTERED and is_away:
            state = State.DISPATCHED
        elif state == State.DISPATCHED and not is_away:
            state = State.REGISTERED
        return _Row(
            case,
            day,
            regime_on(day).id,
            state,
            registered_at,
            match_text(_plain(case.narrative)),
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

    def _meant(self, row: _Row) -> Meant:
        case = row.case
        address = case.entity_address or case.address
        return Meant(case.entity, self.references.places.get(case.place), address[:300])

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

    def _matter(self, row: _Row) -> MatterInput:
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

    def _clocks(self) -> Iterator[tuple[object, ...]] | list[tuple[object, ...]]:
        counting = PastClocks.now()
        found = []
        for row in self.rows:
            facts = self.references.facts(row.case, row.day)
            clocks = counting.of(row.case, row.state, row.regime, facts, row.sent_at)
            row.next_due_at = next_due_at(clocks)
            found += [counting.row(row.case_id, clock) for clock in clocks]
        return found

    def _submission(self, row: _Row) -> tuple[object, ...]:
        case = row.case
        return (
            *(row.submission_id, case.ref, row.submission_number, case.channel.value),
            *(ContactOutcome.CASES.value, row.party, _plain(case.narrative), row.text.text, row.text.version),
            *(case.received_at, row.registered_at, self.by.pk, self.references.centre.pk, case.is_synthetic),
        )

    def _case(self, row: _Row) -> tuple[object, ...]:
        case, references = row.case, self.references
        anonymous = case.kind == Kind.REPORT and not case.is_real_name
        standard, completeness = row.standard or (None, None)
        return (
            *(row.case_id, row.number, row.submission_id, None if anonymous else row.party, case.kind.value),
            *(row.regime, row.state.value, 1, _plain(case.narrative), row.text.text, row.text.version),
            *(references.object_class(case, row.day), references.issue_class(case, row.day)),
            *(row.operator and row.operator.pk, row.operator.name if row.operator else ""),
            *(references.places.get(case.place), _plain(case.address)[:300], case.incident_on, case.amount),
            *(list(case.requests), _plain(case.request_note)[:500], _shown(case.goods), case.price_unit[:20]),
            *(case.price_asked, case.price_earlier, case.price_earlier_on, case.is_real_name),
            *(case.urgency.value, False, row.unit, 0, case.channel.value, case.received_at),
            *(row.registered_at, self.by.pk, row.sent_at or case.dispatched_at, case.decided_at),
            *(case.filed_at, case.closed_at, row.next_due_at, case.ground, case.outcome or ""),
            *(_plain(case.result_note), case.recovered_amount, case.penalty_amount),
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
        found: Callable[[str], set[str]] = matcher(tuple(rule for rule, _version in rules)).match
        for row in self.rows:
            for code in sorted(found(row.text.text)):
                yield row.case_id, versions[code], self.at

    def _write_rare(self) -> None:
        """What few cases have: money confiscated, a mediation that goes on."""
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

    def _imported(self, subject: Subject, event: int) -> Iterator[tuple[object, ...]]:
        run = subject.pk if isinstance(subject, ImportRun) else None
        for row in self.rows:
            case = row.case
            if case.source:
                told = json.dumps(
                    {name: _plain(cell) for name, cell in case.told.items()}, ensure_ascii=False
                )
                yield (
                    *(row.case_id, case.source, case.number, run, case.row, case.fingerprint, told),
                    *([event], self.at, self.at),
                )


def _bands(rows: Sequence[_Row]) -> Iterator[tuple[int, int]]:
    for row in rows:
        for key in near_text.bands_of(row.text.text):
            yield row.case_id, key


def _written(refs: Sequence[UUID]) -> dict[UUID, Written]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(refs)])
        return {ref: Written(pk, number) for ref, pk, number in cursor.fetchall()}


def _plain(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "") if "\0" in text else text


def _shown(goods: str) -> str:
    return redact(_plain(goods)).text[:100] if goods else ""
