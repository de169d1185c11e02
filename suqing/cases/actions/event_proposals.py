"""What people do with proposed events: take over, dismiss, take a case out; and each of these undone."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions import groups
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, EventGroup, EventProposal, GroupMember, ProposedCase
from suqing.cases.queries.event_proposals import cases_in_sight
from suqing.cases.vocabulary import ProposalState
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str
LONGEST_REASON = 300


@one_transaction
def take_over(*, proposal: EventProposal, by: Person, at: datetime, title: str = "") -> EventGroup:
    """Make an event of the proposed cases that the person sees, or add them to the event they are proposed for.

    Cases that went into another event in the meantime stay there.  Raise Refused where nothing is left, or for no title.
    """
    require(by, Permission.CASE_GROUP)
    row = _open(_locked(proposal))
    taken = GroupMember.objects.filter(removed_at=None).values("case")
    cases = list(cases_in_sight(by, row).exclude(pk__in=taken).order_by("pk"))
    if not cases:
        raise Refused(N_("None of these cases is free any more. Reload the page."))
    group, rest = row.group, cases
    if group is None:
        first, rest = cases[: groups.MOST_AT_ONCE], cases[groups.MOST_AT_ONCE :]
        group = groups.make_group(cases=first, title=title, by=by, at=at)
    groups.join_many(group=group, cases=rest, by=by, at=at)
    row.cases.filter(case__in=cases, left_at=None).update(joined_at=at)
    _leave_for_others(row, group, at)
    row.group, row.state, row.decided_by, row.decided_at, row.size = group, ProposalState.TAKEN, by, at, 0
    writer().save(row, "group", "state", "decided_by", "decided_at", "size")
    data = {"event": group.number, "cases": [case.pk for case in cases]}
    writer().record("event_proposal.taken", row, by=by, at=at, data=data)
    return group


@one_transaction
def undo_take_over(*, proposal: EventProposal, by: Person, at: datetime) -> EventProposal:
    """Take the cases out again that went into the event with the proposal and are still there; an event that was made of
    it and is empty then is closed."""
    require(by, Permission.CASE_GROUP)
    row = _locked(proposal)
    if row.state != ProposalState.TAKEN or row.group is None:
        raise Refused(N_("This proposal was not taken over."))
    rows = row.cases.filter(joined_at=row.decided_at, left_at=None)
    keys = list(rows.values_list("case", flat=True))
    groups.leave_many(group=row.group, cases=list(Case.objects.filter(pk__in=keys)), by=by, at=at)
    elsewhere = ProposedCase.objects.filter(left_at=None, joined_at=None).values("case")
    rows.exclude(case__in=elsewhere).update(joined_at=None)
    is_empty = not row.group.members.filter(removed_at=None).exists()
    if is_empty and row.group.closed_at is None:
        groups.close_group(group=row.group, by=by, at=at)
    if is_empty:
        row.group = None
    row.state, row.decided_by, row.decided_at = ProposalState.OPEN, None, None
    row.size = row.cases.filter(left_at=None, joined_at=None).count()
    writer().save(row, "group", "state", "decided_by", "decided_at", "size")
    writer().record("event_proposal.restored", row, by=by, at=at, data={"cases": keys})
    return row


@one_transaction
def dismiss(*, proposal: EventProposal, reason: str, by: Person, at: datetime) -> EventProposal:
    """Say that these cases are no event.  It is shown again when it has grown well beyond what it is now."""
    require(by, Permission.CASE_GROUP)
    row = _open(_locked(proposal))
    words = redact(reason.strip()).text
    if not words:
        raise Refused(N_("Say why this is no event, in a few words."), field="reason")
    if len(words) > LONGEST_REASON:
        raise Refused(
            N_("This field takes at most %(limit)s characters."), field="reason", limit=LONGEST_REASON
        )
    row.state, row.decided_by, row.decided_at = ProposalState.DISMISSED, by, at
    row.reason, row.decided_size = words, row.size
    writer().save(row, "state", "decided_by", "decided_at", "reason", "decided_size")
    writer().record("event_proposal.dismissed", row, by=by, at=at, data={"reason": words, "size": row.size})
    return row


@one_transaction
def reopen(*, proposal: EventProposal, by: Person, at: datetime) -> EventProposal:
    """Take a dismissal back."""
    require(by, Permission.CASE_GROUP)
    row = _locked(proposal)
    if row.state != ProposalState.DISMISSED:
        return row
    row.state, row.decided_by, row.decided_at, row.reason = ProposalState.OPEN, None, None, ""
    writer().save(row, "state", "decided_by", "decided_at", "reason")
    writer().record("event_proposal.reopened", row, by=by, at=at, data={})
    return row


@one_transaction
def take_out(*, proposal: EventProposal, case: Case, by: Person, at: datetime) -> ProposedCase:
    """Say that a case does not belong to a proposed event; it is not proposed for it again."""
    require(by, Permission.CASE_GROUP)
    row = _open(_locked(proposal))
    mine = _proposed(row, case, by)
    mine.left_at, mine.left_by = at, by
    writer().save(mine, "left_at", "left_by")
    _counted(row)
    writer().record("event_proposal.taken_out", row, by=by, at=at, data={"case": case.pk})
    return mine


@one_transaction
def put_back(*, proposal: EventProposal, case: Case, by: Person, at: datetime) -> None:
    """Take ``take_out`` back.  Raise Refused where the case is proposed for another event by now."""
    require(by, Permission.CASE_GROUP)
    row = _open(_locked(proposal))
    mine = row.cases.filter(case=case).exclude(left_at=None).first()
    if mine is None:
        return
    if ProposedCase.objects.filter(case=case, left_at=None, joined_at=None).exists():
        raise Refused(N_("The case %(number)s is proposed for another event by now."), number=case.number)
    mine.left_at = mine.left_by = None
    writer().save(mine, "left_at", "left_by")
    _counted(row)
    writer().record("event_proposal.put_back", row, by=by, at=at, data={"case": case.pk})


def _leave_for_others(row: EventProposal, group: EventGroup, at: datetime) -> None:
    """Cases out of the person's sight stay proposed for the event, for who sees them."""
    left = row.cases.filter(left_at=None, joined_at=None)
    if size := left.count():
        rest = EventProposal(group=group, words=row.words, size=size, found_at=row.found_at, changed_at=at)
        left.update(proposal=writer().new(rest))


def _locked(proposal: EventProposal) -> EventProposal:
    return EventProposal.objects.select_for_update(of=("self",)).select_related("group").get(pk=proposal.pk)


def _open(row: EventProposal) -> EventProposal:
    if row.state != ProposalState.OPEN:
        raise Refused(N_("Somebody decided on this proposal already. Reload the page."))
    return row


def _proposed(row: EventProposal, case: Case, by: Person) -> ProposedCase:
    found = row.cases.filter(case=case, left_at=None, joined_at=None).first()
    if found is None or not cases_in_sight(by, row).filter(pk=case.pk).exists():
        raise Refused(N_("This case is not in the proposal any more."))
    return found


def _counted(row: EventProposal) -> None:
    row.size = row.cases.filter(left_at=None, joined_at=None).count()
    writer().save(row, "size")
