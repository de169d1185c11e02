"""The centre looks for events by itself: new cases are placed among those of the last weeks, and what comes together is
proposed.

The groups in memory belong to the process that works the job (``same_event.Finder``); what must last is in the tables:
proposals, their cases and how far was looked.  A process that finds the tables ahead of its memory, or a new day, reads the
window anew.  What people did in the meantime (taken over, dismissed, merged, taken out) is read before each run, and wins.
A batch is written whole or not at all; what a batch that failed had in memory is forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.functions import Mod

from suqing.cases.entity_names import name_key
from suqing.cases.intake import local_day
from suqing.cases.models import (
    Case,
    EventGroup,
    EventProposal,
    EventSearch,
    GroupMember,
    NotTheSame,
    ProposedCase,
)
from suqing.cases.queries.event_proposals import FEWEST
from suqing.cases.same_event import VERSION, WINDOW, Finder, Matter, Placing, clues_of
from suqing.cases.vocabulary import Kind, ProposalState
from suqing.ledger.writing import writer

FINDER = "event finder"  # who proposes
BATCH = 200  # cases placed in one transaction
LATE = 2000  # keys before the last one that are looked at again: a contact may be written later than one with a higher key
BACKGROUND, YEAR = 20_000, timedelta(days=365)  # older cases that say which words are common
DOUBLED, MORE = 2, 3  # a dismissed proposal comes again when it has so many times its cases, and so many more
_FIELDS = (
    "pk", "received_at", "match_text", "entity_id", "entity__name", "entity_name", "place_id", "place__name", "issue_class_id",
)  # fmt: skip


@dataclass(slots=True)
class _Memory:
    """The groups of the window in this process, and which of them stand for what in the tables."""

    day: date
    last_case: int
    finder: Finder = field(default_factory=Finder)
    events: dict[int, int] = field(default_factory=dict)  # group of the finder by event of people
    proposals: dict[int, int] = field(default_factory=dict)  # group of the finder by proposal
    passed: set[int] = field(default_factory=set)  # cases that are not placed

    def event_of(self, group: int) -> int | None:
        return next((pk for pk, key in self.events.items() if key == group), None)

    def proposal_of(self, group: int) -> int | None:
        return next((pk for pk, key in self.proposals.items() if key == group), None)


_memory: _Memory | None = None


def search_some(*, at: datetime, size: int = BATCH) -> bool:
    """Place the next cases; False when none waits.  Safe to kill and to repeat."""
    global _memory
    held, _memory = _memory, None  # whatever fails below leaves nothing in memory that the tables do not have
    with transaction.atomic():
        search = _search(at)
        if held is None or (held.day, held.last_case) != (local_day(at), search.last_case):
            _let_go_of_pairs(at)
            held = _read_window(search, at)
        found = list(_next_cases(held, at, size))
        settled = _settled(Q(case__in={one.case for one in found}))
        for matter in found:
            if matter.case in settled:
                held.finder.remember([matter])
        _follow_people(held, at)
        apart = _told_apart({one.case for one in found})
        for matter in found:
            if matter.case not in settled:
                _propose(held, matter, held.finder.place(matter, never=apart.get(matter.case, ())), at)
        search.last_case, search.ran_at = held.last_case, at
        search.save(update_fields=["last_case", "ran_at"])
    _memory = held
    return bool(found)


def _search(at: datetime) -> EventSearch:
    """The row of this version, locked; a new one begins with the window before now."""
    EventSearch.objects.get_or_create(version=VERSION, defaults={"last_case": _before_window(at)})
    return EventSearch.objects.select_for_update().get(version=VERSION)


def _let_go_of_pairs(at: datetime) -> None:
    """Delete proposals that never had enough cases to be shown and to which none came within the window."""
    old = EventProposal.objects.filter(state=ProposalState.OPEN, group=None, changed_at__lt=at - WINDOW)
    old.filter(size__lt=FEWEST, decided_size=0).exclude(cases__left_at__isnull=False).delete()


def _before_window(at: datetime) -> int:
    first = Case.objects.filter(received_at__gte=at - WINDOW).aggregate(first=Min("pk"))["first"]
    return (first or 1 + (Case.objects.aggregate(last=Max("pk"))["last"] or 0)) - 1


# What is read


def _asked() -> QuerySet[Case]:
    """Cases that may be of an event: a question that names nobody is one of a topic."""
    return Case.objects.exclude(kind=Kind.CONSULTATION, entity=None, entity_name="")


def _read_window(search: EventSearch, at: datetime) -> _Memory:
    held = _Memory(local_day(at), search.last_case)
    since = at - WINDOW
    for clues, times in _background(since):
        held.finder.learn(clues, times=times)
    # The newest are looked at again, but for those that are settled: one of them may have been written late.
    newest = Q(pk__gt=search.last_case - LATE) & ~Q(pk__in=_settled(Q(case__gt=search.last_case - LATE)))
    rows = _asked().filter(received_at__gte=since, pk__lte=search.last_case).exclude(newest)
    for matter in _matters(rows.order_by("received_at", "pk")):
        held.finder.remember([matter])
    return held


def _background(since: datetime) -> Iterator[tuple[frozenset[str], float]]:
    """Clues of older cases, every n-th of a year, each with how many it stands for."""
    older = _asked().filter(received_at__gte=since - YEAR, received_at__lt=since)
    count = older.count()
    step = max(1, -(-count // BACKGROUND))
    for matter in _matters(older.annotate(turn=Mod("pk", step)).filter(turn=0).order_by()):
        yield matter.clues, float(step)


def _matters(rows: QuerySet[Case]) -> Iterator[Matter]:
    for pk, at, text, entity, named, said, place, street, issue in rows.values_list(*_FIELDS).iterator(
        chunk_size=2000
    ):
        operator = entity or (said and name_key(said))
        facts = {
            "operator": operator,
            "district": (place or "")[:6],
            "street": place if place and not place.endswith("000") else None,
            "issue": issue,
        }
        yield Matter(pk, at, clues_of(text, facts, named=(named or "", said, street or "")))


def _next_cases(held: _Memory, at: datetime, size: int) -> Iterator[Matter]:
    """The next cases in the order of their keys, and those of lower keys that were written late."""
    keys = list(Case.objects.filter(pk__gt=held.last_case).order_by("pk").values_list("pk", flat=True)[:size])
    late = Case.objects.filter(
        pk__gt=held.last_case - LATE, pk__lte=held.last_case, registered_at__gte=at - WINDOW
    )
    unknown = [
        key
        for key in late.values_list("pk", flat=True)
        if held.finder.group_of(key) is None and key not in held.passed
    ]
    rows = _asked().filter(pk__in=[*unknown, *keys], received_at__gte=at - WINDOW)
    seen = set()
    for matter in _matters(rows.order_by("received_at", "pk")):
        seen.add(matter.case)
        yield matter
    held.passed.update({*unknown, *keys} - seen)
    if keys:
        held.last_case = keys[-1]
        held.passed = {key for key in held.passed if key > held.last_case - LATE}


def _settled(which: Q) -> set[int]:
    """Those of these cases that are in an event or a proposal."""
    members = GroupMember.objects.filter(which, removed_at=None)
    proposed = ProposedCase.objects.filter(which, left_at=None)
    return {*members.values_list("case", flat=True), *proposed.values_list("case", flat=True)}


def _told_apart(cases: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one, other in NotTheSame.objects.filter(Q(one__in=cases) | Q(other__in=cases)).values_list(
        "one", "other"
    ):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _follow_people(held: _Memory, at: datetime) -> None:
    """Let the groups in memory be what the tables say: events of people first, then proposals."""
    held.finder.forget(at)
    events, proposals = _cases_of_events(at), _cases_of_proposals(at)
    taken = {case for cases in events.values() for case in cases}
    for told, known, is_fixed in ((events, held.events, True), (proposals, held.proposals, False)):
        for pk in [pk for pk in known if pk not in told]:
            _let_go(held.finder, known.pop(pk), ())
        for pk, cases in told.items():
            mine = cases if is_fixed else cases - taken
            known[pk] = held.finder.gather(sorted(mine), known.get(pk), is_fixed=is_fixed)
    for told, known in ((events, held.events), (proposals, held.proposals)):
        for pk, key in known.items():
            _let_go(held.finder, key, told[pk])


def _let_go(finder: Finder, group: int, stay: Collection[int]) -> None:
    """Let the cases of a group that do not belong there any more wait alone."""
    if finder.has(group):
        for case in finder.members(group):
            if case not in stay:
                finder.part(case)


def _cases_of_events(at: datetime) -> dict[int, set[int]]:
    """The cases of the window by the event that goes on and that they are in, with those proposed for it."""
    found: dict[int, set[int]] = {}
    rows = GroupMember.objects.filter(removed_at=None, group__closed_at=None, group__merged_into=None)
    for group, case in rows.filter(case__received_at__gte=at - WINDOW).values_list("group", "case"):
        found.setdefault(group, set()).add(case)
    mine = _held_cases(at).filter(proposal__group__in=found)
    for group, case in mine.values_list("proposal__group", "case"):
        found[group].add(case)
    return found


def _cases_of_proposals(at: datetime) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for proposal, case in _held_cases(at).filter(proposal__group=None).values_list("proposal", "case"):
        found.setdefault(proposal, set()).add(case)
    return found


def _held_cases(at: datetime) -> QuerySet[ProposedCase]:
    """Cases of the window that stand in a proposal which is open or was dismissed."""
    rows = ProposedCase.objects.filter(left_at=None, joined_at=None, case__received_at__gte=at - WINDOW)
    return rows.filter(proposal__state__in=(ProposalState.OPEN, ProposalState.DISMISSED))


# What is written


def _propose(held: _Memory, matter: Matter, placing: Placing, at: datetime) -> None:
    """Write down where a case came to, if that is beside others."""
    members = held.finder.members(placing.group)
    if len(members) < 2:
        return
    gone = [pk for key in placing.merged if (pk := held.proposal_of(key)) is not None]
    event, known = held.event_of(placing.group), held.proposal_of(placing.group)
    if event is not None:
        proposal = _for_event(event, at)
    elif known is not None:
        proposal = EventProposal.objects.get(pk=known)
    else:
        proposal = EventProposal.objects.create(found_at=at, changed_at=at)
        held.proposals[proposal.pk] = placing.group
        _add(proposal, [case for case in members if case != matter.case], Placing(placing.group), at)
        writer().record("event_proposal.found", proposal, by=FINDER, at=at, data={"cases": sorted(members)})
    _absorb(held, proposal, gone, at)
    _add(proposal, [matter.case], placing, at)
    _grown(held, proposal, placing.group, at)


def _for_event(event: int, at: datetime) -> EventProposal:
    """The open proposal of cases for an event of people."""
    open_ones = EventProposal.objects.filter(
        group=event, state__in=(ProposalState.OPEN, ProposalState.DISMISSED)
    )
    known = open_ones.order_by("pk").first()
    return known or EventProposal.objects.create(
        group=EventGroup.objects.get(pk=event), found_at=at, changed_at=at
    )


def _add(proposal: EventProposal, cases: Iterable[int], placing: Placing, at: datetime) -> None:
    """Put cases into a proposal; one that somebody took out of it does not come back."""
    shared = [clue for clue in placing.shared if clue.isalnum()][:8]
    rows = [
        ProposedCase(proposal=proposal, case_id=case, likeness=placing.likeness, shared=shared, added_at=at)
        for case in cases
    ]
    ProposedCase.objects.bulk_create(rows, ignore_conflicts=True)


def _absorb(held: _Memory, into: EventProposal, gone: Iterable[int], at: datetime) -> None:
    """Move the cases of proposals that turned out to be one with another."""
    for pk in gone:
        held.proposals.pop(pk, None)
        if pk == into.pk:
            continue
        rows = ProposedCase.objects.filter(proposal=pk, left_at=None, joined_at=None)
        keys = list(rows.values_list("case", flat=True))
        rows.exclude(case__in=into.cases.values("case")).update(proposal=into)
        other = EventProposal.objects.get(pk=pk)
        other.state, other.changed_at, other.size = ProposalState.ABSORBED, at, 0
        other.save(update_fields=["state", "changed_at", "size"])
        writer().record(
            "event_proposal.absorbed", other, by=FINDER, at=at, data={"into": into.pk, "cases": keys}
        )


def _grown(held: _Memory, proposal: EventProposal, group: int, at: datetime) -> None:
    """Count a proposal anew; one that was dismissed comes again when it has grown well beyond that."""
    proposal.size = proposal.cases.filter(left_at=None, joined_at=None).count()
    proposal.words = [word[:40] for word in held.finder.common(group)]
    proposal.changed_at = at
    least = max(DOUBLED * proposal.decided_size, proposal.decided_size + MORE)
    if proposal.state == ProposalState.DISMISSED and proposal.size >= least:
        proposal.state = ProposalState.OPEN
        proposal.decided_by, proposal.decided_at, proposal.reason = None, None, ""
        data = {"size": proposal.size, "dismissed_at_size": proposal.decided_size}
        writer().record("event_proposal.grown", proposal, by=FINDER, at=at, data=data)
    proposal.save()


def forget_memory() -> None:
    """Let the next run read the window anew."""
    global _memory
    _memory = None
