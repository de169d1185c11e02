"""Registration: a contact becomes a submission and its cases, in one transaction.

1. What was typed is cleaned and checked; nothing is written if a field is wrong.
2. The person, the operator, the classes and the place are found or made.
3. The submission and each case are stored, beside the original words the redacted ones (match_text), with the version
   of the entry standard in force on the day of receipt and the share of its facts that were given.
4. Topics, flags of the radar, clocks and events follow in the same transaction; the draft goes.
A contact with a ``ref`` that is registered already is answered with that submission: a desk may send twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require, units_of
from suqing.cases import intake
from suqing.cases.actions import class_reviews, drafts, entities, handling, parties, radar, similar, topics
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.numbers import next_number
from suqing.cases.entry_standard import Standard, in_force
from suqing.cases.intake import Invalid, MatterInput, PartyInput, Problem, SubmissionInput
from suqing.cases.models import Case, MarketEntity, Party, Submission
from suqing.cases.natural_persons import hide
from suqing.cases.queries.operator_persons import plain_operators
from suqing.cases.queries.standards import entry_standards
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
    standards: list[Standard]  # in force on the day of receipt, of each matter with what its topics ask


def register(*, submission: SubmissionInput, by: Person, at: datetime) -> Submission:
    """Register a contact and return it.  Raise Invalid with every problem by field path.

    Safe to repeat: a ``ref`` that exists returns what was registered the first time.
    """
    require(by, Permission.CALL_TAKE)
    given = intake.cleaned(submission)
    problems = intake.problems_of(given, at)
    references = _references(given, problems, at)
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
    hidden = _persons_named(given)
    redacted = match_text(hide(given.narrative, hidden))
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
        standard = references.standards[number]
        case = _write_case(
            submission,
            matter,
            references,
            redacted,
            party=party,
            unit=unit,
            by=by,
            at=at,
            measured=(standard.version, standard.completeness(given.party, matter)),
            hidden=hidden,
        )
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
    measured: tuple[int, Decimal],
    hidden: tuple[str, ...],
) -> Case:
    is_whole = matter.narrative == submission.narrative
    redacted = whole if is_whole else match_text(hide(matter.narrative, hidden))
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
        entity_name=_called(matter, entity),
        place=place,
        address=matter.address,
        responsible_unit=unit,
        channel=submission.channel,
        received_at=submission.received_at,
        registered_at=at,
        registered_by=by,
        is_synthetic=submission.is_synthetic,
        entry_standard=measured[0],
        completeness=measured[1],
        **_told(matter),
        **_competence(matter, references),
    )
    book = ClockBook(case)
    book.start_at_registration()
    case.next_due_at = book.next_due_at
    write = writer()
    sensed = radar.look(case=case, at=at)
    write.new(case)
    write.hold(case, case.pk)
    found = _by_words(case, at)
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
            "entry_standard": case.entry_standard,
            "completeness": str(case.completeness),
            **book.write(),
        },
        personal=_personal(submission, case.party, narrative=own_words, request_note=matter.request_note),
    )
    radar.flag_sensitive(case=case, sensed=sensed, at=at)
    if matter.kind == Kind.CONSULTATION and matter.answer:
        handling.answer(case=case, text=matter.answer, by=by, at=at)
    return case


def _by_words(case: Case, at: datetime) -> list[str]:
    """Write by what the case's words find it, and the topics they give it, and queue classes to review; return the topics' codes."""
    similar.write_bands(case=case)
    class_reviews.put_in_queue(case=case, at=at)
    return topics.assign(case=case, at=at)


def _persons_named(given: SubmissionInput) -> tuple[str, ...]:
    """The names of natural persons that are operators here; they are masked in what is searched and listed."""
    named = [matter.entity for matter in given.matters if matter.entity.is_person]
    picked = MarketEntity.objects.filter(pk__in=[one.pk for one in named if one.pk is not None])
    known = plain_operators(picked) if any(one.pk is not None for one in named) else {}
    return (*(one.name for one in named if one.pk is None), *(one.name for one in known.values()))


def _called(matter: MatterInput, entity: MarketEntity | None) -> str:
    """What was said, whatever the operator is called or merged into later: the case has to prove its own words.  Of a
    natural person it is the mask: what was said stands encrypted with the operator."""
    if entity is not None and (entity.is_person or not matter.entity.name):
        return entity.name
    return matter.entity.name


def _told(matter: MatterInput) -> dict[str, Any]:
    """What the person told of the matter, as it stands in the row."""
    return {
        "incident_on": matter.incident_on,
        "amount": matter.amount,
        "requests": list(matter.requests),
        "request_note": matter.request_note,
        "goods": redact(matter.goods).text[:100],  # printed in tables and bulletins as it stands
        "price_unit": matter.price_unit,
        "price_asked": matter.price_asked,
        "price_earlier": matter.price_earlier,
        "price_earlier_on": matter.price_earlier_on,
        "is_real_name": matter.is_real_name,
        "urgency": matter.urgency,
    }


def _competence(matter: MatterInput, references: _References) -> dict[str, Any]:
    """What decides competence, and what form 1 asks of a complainant."""
    found: dict[str, Any] = {"seller_role": matter.seller_role, "platform": matter.platform}
    for name in ("platform_place", "published_place", "act_place"):
        found[name] = references.places.get(getattr(matter, name))
    if matter.kind == Kind.COMPLAINT:
        found |= {
            "publicity_consent": matter.publicity_consent,
            "delegation_consent": matter.delegation_consent,
        }
    return found


def _references(given: SubmissionInput, problems: dict[str, list[Problem]], at: datetime) -> _References:
    write = writer()
    keys = frozenset(key for m in given.matters for key in (m.object_class, m.issue_class) if key)
    codes = frozenset(code for m in given.matters for code in m.places.values())
    classes = write.memo(("classes", keys), lambda: ClassNode.objects.select_related("tree").in_bulk(keys))
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
        for name, code in matter.places.items():
            if code not in places:
                problems.setdefault(f"matters.{number}.{name}", []).append(
                    Problem(N_("This place does not exist."))
                )
    standards = _standards(given, at)
    for path, problem in _below_standard(given, standards):
        problems.setdefault(path, [problem])
    return _References(classes, places, standards)


def _standards(given: SubmissionInput, at: datetime) -> list[Standard]:
    """What is asked of each matter: the version in force on the day of receipt, with what its topics ask besides.

    Read once in a gathered block, not at all without a matter; topics are looked for only where a version asks by topic.
    """
    if not given.matters:
        return []
    day = intake.local_day(given.received_at)
    known = writer().memo("entry standards", entry_standards)
    found = []
    for matter in given.matters:
        standard = in_force(known, matter.kind, day)
        if standard.topics:
            codes = topics.foretell(matter=matter, received_at=given.received_at, at=at)
            standard = standard.of_topics(codes)
        found.append(standard)
    return found


def _below_standard(given: SubmissionInput, standards: list[Standard]) -> Iterator[tuple[str, Problem]]:
    """What the entry standard in force must have beyond what the law asks for; that is said by ``intake``."""
    for number, (matter, standard) in enumerate(zip(given.matters, standards, strict=True)):
        for fact in standard.refused(_person_of(given.party, matter), matter):
            path = fact.fields[0]
            yield (
                path if path.startswith("party.") else f"matters.{number}.{path}",
                Problem(N_("The entry standard in force requires this fact.")),
            )


def _person_of(party: PartyInput, matter: MatterInput) -> PartyInput:
    return PartyInput() if matter.kind == Kind.REPORT and not matter.is_real_name else party


def _request_codes() -> set[str]:
    return set(ClassNode.objects.filter(tree__kind=ClassKind.REQUEST).values_list("code", flat=True))


def _personal(submission: Submission, party: Party | None, **texts: str) -> dict[str, dict[str, str]]:
    subject = party.key_subject if party else f"submission:{submission.ref}"
    given = {name: text for name, text in texts.items() if text}
    return {subject: given} if given else {}
