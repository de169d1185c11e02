"""Registration: a contact becomes a submission and its cases, in one transaction.

1. What was typed is cleaned and checked; nothing is written if a field is wrong.
2. The person, the operator, the classes and the place are found or made.
3. The submission and each case are stored, beside the original words the redacted ones (match_text).
4. Topics, clocks and events follow in the same transaction; the draft goes.
A contact with a ``ref`` that is registered already is answered with that submission: a desk may send twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require, units_of
from suqing.cases import intake
from suqing.cases.actions import drafts, entities, handling, parties, topics
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.numbers import next_number
from suqing.cases.intake import Invalid, MatterInput, Problem, SubmissionInput
from suqing.cases.models import Case, Party, Submission
from suqing.cases.vocabulary import Kind, State
from suqing.lawclock.regimes import regime_on
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import ClassKind, ClassNode, Division
from suqing.taxonomy.text.redact import MatchText, match_text, redact

N_ = str


@dataclass(frozen=True, slots=True)
class _References:
    """Rows that the matters of one contact point at, read once."""

    classes: dict[int, ClassNode]
    places: dict[str, Division]


def register(*, submission: SubmissionInput, by: Person, at: datetime) -> Submission:
    """Register a contact and return it.  Raise Invalid with every problem by field path.

    Safe to repeat: a ``ref`` that exists returns what was registered the first time.
    """
    require(by, Permission.CALL_TAKE)
    given = intake.cleaned(submission)
    problems = intake.problems_of(given, at)
    references = _references(given, problems)
    if problems:
        done = Submission.objects.filter(ref=given.ref).first()
        if done is not None:
            return done
        raise Invalid(problems)
    return _write(given, references, by=by, at=at)


@one_transaction
def _write(given: SubmissionInput, references: _References, *, by: Person, at: datetime) -> Submission:
    if not writer().is_gathering:
        drafts.claim(given.ref)
    done = Submission.objects.filter(ref=given.ref).first()
    if done is not None:
        return done
    unit = units_of(by)[0]
    party = parties.remember(party=given.party, at=at)
    redacted = match_text(given.narrative)
    write = writer()
    submission = Submission(
        ref=given.ref,
        number=next_number(None, given.received_at),
        channel=given.channel,
        outcome=given.outcome,
        call_id=given.call,
        party=party,
        narrative=given.narrative,
        match_text=redacted.text,
        redactor_version=redacted.version,
        received_at=given.received_at,
        registered_at=at,
        registered_by=by,
        unit=unit,
        is_synthetic=given.is_synthetic,
    )
    write.new(submission)
    write.record(
        "submission.registered",
        submission,
        by=by,
        at=at,
        data={
            "number": submission.number,
            "channel": submission.channel,
            "outcome": submission.outcome,
            "received_at": given.received_at.isoformat(),
            "cases": len(given.matters),
        },
        personal=_personal(
            submission,
            party,
            name=given.party.name,
            phone=given.party.phone,
            address=given.party.address,
            narrative=given.narrative,
        ),
    )
    for number, matter in enumerate(given.matters):
        case = _write_case(submission, matter, references, redacted, party=party, unit=unit, by=by, at=at)
        write.hold(case, (given.ref, number))  # a replay goes on with cases that no query finds yet
    if given.draft is not None:
        drafts.remove_draft(ref=given.draft, by=by, at=at)
    return submission


def _write_case(
    submission: Submission,
    matter: MatterInput,
    references: _References,
    whole: MatchText,
    *,
    party: Party | None,
    unit: Unit,
    by: Person,
    at: datetime,
) -> Case:
    redacted = whole if matter.narrative == submission.narrative else match_text(matter.narrative)
    place = references.places.get(matter.place)
    entity = entities.find_or_make(entity=matter.entity, place=place, address=matter.address, by=by, at=at)
    anonymous = matter.kind == Kind.REPORT and not matter.is_real_name
    case = Case(
        number=next_number(matter.kind, submission.received_at),
        submission=submission,
        party=None if anonymous else party,
        kind=matter.kind,
        regime=regime_on(intake.local_day(submission.received_at)).id,
        state=State.REGISTERED,
        narrative=matter.narrative,
        match_text=redacted.text,
        redactor_version=redacted.version,
        object_class=references.classes.get(matter.object_class or 0),
        issue_class=references.classes.get(matter.issue_class or 0),
        entity=entity,
        entity_name=entity.name if entity else "",
        place=place,
        address=matter.address,
        incident_on=matter.incident_on,
        amount=matter.amount,
        requests=list(matter.requests),
        request_note=matter.request_note,
        goods=redact(matter.goods).text[:100],  # printed in tables and bulletins as it stands
        price_unit=matter.price_unit,
        price_asked=matter.price_asked,
        price_earlier=matter.price_earlier,
        price_earlier_on=matter.price_earlier_on,
        is_real_name=matter.is_real_name,
        urgency=matter.urgency,
        responsible_unit=unit,
        channel=submission.channel,
        received_at=submission.received_at,
        registered_at=at,
        registered_by=by,
        is_synthetic=submission.is_synthetic,
    )
    book = ClockBook(case)
    book.start_at_registration()
    case.next_due_at = book.next_due_at
    write = writer()
    write.new(case)
    write.hold(case, case.pk)
    found = topics.assign(case=case, at=at)
    own_words = matter.narrative if matter.narrative != submission.narrative or anonymous else ""
    write.record(
        "case.registered",
        case,
        by=by,
        at=at,
        data={
            "number": case.number,
            "kind": case.kind,
            "regime": case.regime,
            "unit": unit.code,
            "topics": found,
            "object_class": case.object_class and case.object_class.code,
            "issue_class": case.issue_class and case.issue_class.code,
            "place": matter.place,
            "entity": case.entity_id,
            "is_synthetic": case.is_synthetic,
            **book.write(),
        },
        personal=_personal(submission, case.party, narrative=own_words, request_note=matter.request_note),
    )
    if matter.kind == Kind.CONSULTATION and matter.answer:
        handling.answer(case=case, text=matter.answer, by=by, at=at)
    return case


def _references(given: SubmissionInput, problems: dict[str, list[Problem]]) -> _References:
    write = writer()
    keys = frozenset(key for m in given.matters for key in (m.object_class, m.issue_class) if key)
    codes = frozenset(m.place for m in given.matters if m.place)
    classes = write.memo(("classes", keys), lambda: ClassNode.objects.in_bulk(keys))
    places = write.memo(("places", codes), lambda: Division.objects.in_bulk(codes))
    requests = (
        write.memo("request codes", _request_codes) if any(m.requests for m in given.matters) else set()
    )
    for number, matter in enumerate(given.matters):
        if not set(matter.requests) <= requests:
            problems.setdefault(f"matters.{number}.requests", []).append(
                Problem(N_("This class does not exist."))
            )
        for name in ("object_class", "issue_class"):
            key = getattr(matter, name)
            if key and key not in classes:
                problems.setdefault(f"matters.{number}.{name}", []).append(
                    Problem(N_("This class does not exist."))
                )
        if matter.place and matter.place not in places:
            problems.setdefault(f"matters.{number}.place", []).append(
                Problem(N_("This place does not exist."))
            )
    return _References(classes, places)


def _request_codes() -> set[str]:
    return set(ClassNode.objects.filter(tree__kind=ClassKind.REQUEST).values_list("code", flat=True))


def _personal(submission: Submission, party: Party | None, **texts: str) -> dict[str, dict[str, str]]:
    subject = party.key_subject if party else f"submission:{submission.ref}"
    given = {name: text for name, text in texts.items() if text}
    return {subject: given} if given else {}
