"""One case and one contact: what can be done, the story, the clocks, the ways, the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, can_in
from suqing.cases import workflow
from suqing.cases.models import Case, CaseQuerySet, Dispatch, Party, Submission
from suqing.cases.queries.bulk_changes import told_of_case
from suqing.cases.queries.imports import told_by_imports
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.cases.vocabulary import DispatchState, Kind, State
from suqing.ledger.models import Event
from suqing.ledger.queries import decrypt_many, events_of, open_personal_many


def steps_for(person: Person, case: Case) -> list[workflow.Transition]:
    """The steps this person can take on this case now."""
    found = workflow.steps_from(
        Kind(case.kind), State(case.state), case.regime, is_archived=case.archived_at is not None
    )
    return [row for row in found if can_in(person, Permission(row.permission), case.responsible_unit)]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a case; ``text`` is what was written then, None if masked for this reader or erased.

    ``facts`` are what an event about many cases did to this one.
    """

    event: Event
    text: str | None
    facts: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What the event tells of this case."""
        return self.event.data if self.facts is None else self.facts


def timeline(case: Case, *, with_texts: bool) -> list[TimelineEntry]:
    """The story of a case, oldest first.  Personal parts are opened only ``with_texts``."""
    events = list(events_of("case", [case.pk]))
    if with_texts:
        opened = open_personal_many(events)
        told = [TimelineEntry(event, _written(parts)) for event, parts in zip(events, opened, strict=True)]
    else:
        told = [TimelineEntry(event, None) for event in events]
    many = told_of_case(case)
    told += [TimelineEntry(one.event, one.text if with_texts else None, one.facts) for one in many]
    brought = told_by_imports(case)
    told += [TimelineEntry(one.event, "", one.facts) for one in brought]
    return sorted(told, key=lambda entry: entry.event.pk) if many or brought else told


def _written(parts: dict[str, dict[str, Any]]) -> str | None:
    return next((part["text"] for part in parts.values() if "text" in part), None)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A party in plain; None where nothing was given or the person was erased."""

    name: str | None
    phone: str | None
    address: str | None
    id_number: str | None


def personal_data(party: Party) -> PersonalData:
    """Decrypt a party.  The caller has checked the right to see it and logged the look."""
    names = ("name", "phone", "address", "id_number")
    ciphers = [(name, getattr(party, f"{name}_cipher")) for name in names]
    given = [(name, bytes(cipher)) for name, cipher in ciphers if cipher is not None]
    plain = decrypt_many([(party.key_subject, cipher) for _name, cipher in given])
    found = dict(zip([name for name, _cipher in given], plain, strict=True))
    return PersonalData(**{name: found.get(name) for name in names})


def dispatches_of(case: Case) -> list[Dispatch]:
    """Where the case has been, oldest first."""
    names = ("from_unit", "to_unit", "by", "returned_by", "objection_decided_by")
    return list(case.dispatches.select_related(*names).order_by("at", "id"))


def open_dispatch(case: Case) -> Dispatch | None:
    """The dispatch the case is under now."""
    return case.dispatches.filter(state=DispatchState.OPEN).select_related("from_unit", "to_unit").first()


def dispatch_targets(case: Case) -> list[Unit]:
    """Units the centre may send this case to: every active unit of its authority except itself."""
    sender = case.responsible_unit
    reach = sender.parent if sender.kind == Unit.Kind.CENTRE and sender.parent else sender
    return list(Unit.objects.under(reach).active().exclude(pk=sender.pk).order_by("path"))


def siblings(person: Person, case: Case) -> list[Case]:
    """Other cases of the same contact that this person may see and trace to it."""
    if not may_trace(person, case):
        return []
    rows = traceable(person).filter(submission_id=case.submission_id).exclude(pk=case.pk)
    return list(rows.order_by("id"))


def may_trace(person: Person, case: Case) -> bool:
    """Whether this person may learn of which contact the case came.

    From the contact of an anonymous report its reporter could be known, by a complaint made in the same breath: only
    who sees all cases, as the desks that took it down, may go from one to the other (O20 art. 33, O121 art. 37).
    """
    return case.kind != Kind.REPORT or case.is_real_name or sees_all_cases(person)


def traceable(person: Person) -> CaseQuerySet:
    """The cases this person may see in the company of the others of their contact."""
    mine = visible_cases(person)
    return mine if sees_all_cases(person) else mine.exclude(kind=Kind.REPORT, is_real_name=False)


def same_person(party: Party) -> tuple[int, ...]:
    """The keys of all parties under this party's number, the party itself included."""
    if not party.phone_hash:
        return (party.pk,)
    known = Party.objects.filter(phone_hash=party.phone_hash, erased_at=None)
    return (party.pk, *known.exclude(pk=party.pk).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as one person may see it: its visible cases, and whether its words as a whole are theirs to read.

    They are never whole for somebody whose rights hide any case, so that what is left out does not tell of a report
    (O20 art. 33, O121 art. 37): each case has its own words.
    """

    submission: Submission
    cases: list[Case]
    is_whole: bool


def submission_for(person: Person, number: str) -> ContactView:
    """The contact of this number.  Raise Submission.DoesNotExist if the person may see nothing of it."""
    rows = Submission.objects.select_related("call", "party", "registered_by", "unit")
    submission = rows.get(number=number)
    mine = traceable(person).filter(submission=submission)
    found = list(mine.select_related("issue_class", "entity", "place", "responsible_unit").order_by("id"))
    is_barren = not submission.cases.exists()
    if not found and not (is_barren and can(person, Permission.CASE_VIEW_ALL)):
        raise Submission.DoesNotExist
    return ContactView(submission, found, is_barren or sees_all_cases(person))


def told_cases(person: Person, submissions: Sequence[Submission]) -> dict[int, list[Case]]:
    """The cases of these contacts that this person may see, by contact, in order; one query."""
    told: dict[int, list[Case]] = {row.pk: [] for row in submissions}
    for case in traceable(person).filter(submission__in=submissions).order_by("id"):
        told[case.submission_id].append(case)
    return told
