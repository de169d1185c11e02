"""Events that several cases are about: made, joined, left, merged and undone.

A case is in one event at a time.  An event may hold complaints, reports and consultations, each of which stays what it
is: nothing of the law hangs on a group.  Whoever groups a case must see it; of cases out of sight nothing is said.
Every action locks the events it touches in the order of their keys, so that two people never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, require
from suqing.cases.actions.moving import Refused
from suqing.cases.intake import local_day
from suqing.cases.models import Case, EventGroup, GroupMember, GroupMerge, NotTheSame
from suqing.cases.queries.groups import sees_any_of
from suqing.cases.queries.sight import visible_cases
from suqing.ledger.actions import EventToBe, record_many
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str
LONGEST_TITLE, LONGEST_NOTE = 120, 1000
MOST_AT_ONCE = 2000  # cases


@one_transaction
def make_group(*, cases: Sequence[Case], title: str, by: Person, at: datetime, note: str = "") -> EventGroup:
    """Make an event of these cases.  Raise Refused for no title, for cases out of sight or in another event."""
    require(by, Permission.CASE_GROUP)
    title, note = _words(title, note)
    members = _in_sight(cases, by)
    group = writer().new(
        EventGroup(
            number=f"EV{local_day(at):%Y}{writer().next_value('cases_event_number'):06d}",
            title=title,
            note=note,
            made_by=by,
            made_at=at,
        )
    )
    _enter(group, members, by, at)
    _tell(group, "made", by, at, cases=members)
    return group


@one_transaction
def join_group(*, group: EventGroup, case: Case, by: Person, at: datetime) -> GroupMember:
    """Put a case into an event.  Safe to repeat; raise Refused for a closed event and for a case in another one."""
    require(by, Permission.CASE_GROUP)
    return _join(group, case, by, at)


@one_transaction
def join_own(*, group: EventGroup, case: Case, by: Person, at: datetime) -> GroupMember:
    """Put a case into an event on the day on which this person registered it, while the caller's words are fresh.

    A call taker says no more than that: whether two old cases, or two events, are one is for those who group.
    """
    _require_own(case, by, at)
    return _join(group, case, by, at)


@one_transaction
def leave_own(*, group: EventGroup, case: Case, by: Person, at: datetime) -> None:
    """Take back ``join_own`` on the same day.  Raise Refused where somebody else put the case into the event."""
    _require_own(case, by, at)
    row = _locked(group, by=by)[0]
    left = row.members.filter(case=case, removed_at=None, added_by=by)
    if not left.update(removed_at=at, removed_by=by):
        raise Refused(N_("This case is not in the event any more, or somebody else put it there."))
    _tell(row, "left", by, at, cases=[case])


def may_join_own(person: Person, case: Case, at: datetime) -> bool:
    """Whether the person registered this case today as a call taker."""
    is_today = local_day(case.registered_at) == local_day(at)
    return can(person, Permission.CALL_TAKE) and case.registered_by_id == person.pk and is_today


def _require_own(case: Case, by: Person, at: datetime) -> None:
    require(by, Permission.CALL_TAKE)
    if not may_join_own(by, case, at):
        raise Refused(N_("Only who registered the case, on the same day. Ask a dispatcher to join it."))


def _join(group: EventGroup, case: Case, by: Person, at: datetime) -> GroupMember:
    row = _open(_locked(group, by=by)[0])
    members = _in_sight([case], by)
    known = row.members.filter(case=case, removed_at=None).first()
    if known is not None:
        return known
    made = _enter(row, members, by, at)[0]
    _tell(row, "joined", by, at, cases=members)
    return made


@one_transaction
def join_cases(*, case: Case, other: Case, by: Person, at: datetime) -> EventGroup:
    """Say that two cases are about one event: the event of one takes the other in, or a new one takes both.

    Raise Refused where they are in two events: these are merged, or nothing is done.
    """
    require(by, Permission.CASE_GROUP)
    if case.pk == other.pk:
        raise Refused(N_("This is one case; an event joins several."))
    _in_sight([case, other], by)
    of = {row.case_id: row.group for row in _memberships(case, other)}
    here, there = of.get(case.pk), of.get(other.pk)
    if here is not None and there is not None:
        if here.pk != there.pk:
            raise Refused(
                N_("The cases are in two events, %(one)s and %(other)s. Merge the events if they are one."),
                one=here.number,
                other=there.number,
            )
        return here
    if here is None and there is None:
        return make_group(cases=[case, other], title=_title_of(other), by=by, at=at)
    group, outside = (here, other) if here is not None else (there, case)
    assert group is not None
    join_group(group=group, case=outside, by=by, at=at)
    return group


@one_transaction
def leave_group(*, group: EventGroup, case: Case, by: Person, at: datetime) -> None:
    """Take a case out of an event.  Raise Refused if it is not in it (any more)."""
    require(by, Permission.CASE_GROUP)
    row = _locked(group, by=by)[0]
    members = _in_sight([case], by)
    left = row.members.filter(case=case, removed_at=None).update(removed_at=at, removed_by=by)
    if not left:
        raise Refused(N_("This case is not in the event any more."))
    _tell(row, "left", by, at, cases=members)


@one_transaction
def join_many(*, group: EventGroup, cases: Sequence[Case], by: Person, at: datetime) -> None:
    """Put many cases into an event at once.  Raise Refused where one is out of sight or in another event."""
    require(by, Permission.CASE_GROUP)
    if not cases:
        return
    row = _open(_locked(group, by=by)[0])
    for start in range(0, len(cases), MOST_AT_ONCE):
        members = _in_sight(cases[start : start + MOST_AT_ONCE], by)
        _enter(row, members, by, at)
        _tell(row, "joined", by, at, cases=members)


@one_transaction
def leave_many(*, group: EventGroup, cases: Sequence[Case], by: Person, at: datetime) -> None:
    """Take those of these cases out of an event that are in it and in sight."""
    require(by, Permission.CASE_GROUP)
    row = _locked(group, by=by)[0]
    inside = row.members.filter(removed_at=None, case__in=cases).filter(
        case__in=visible_cases(by).values("pk")
    )
    left = list(Case.objects.filter(pk__in=inside.values("case")).order_by("pk"))
    if left:
        row.members.filter(removed_at=None, case__in=left).update(removed_at=at, removed_by=by)
        _tell(row, "left", by, at, cases=left)


@one_transaction
def merge_groups(*, survivor: EventGroup, absorbed: EventGroup, by: Person, at: datetime) -> GroupMerge:
    """Let one event take over another with all its cases.  Raise Refused if either is closed or merged already."""
    require(by, Permission.CASE_GROUP)
    if survivor.pk == absorbed.pk:
        raise Refused(N_("An event cannot be merged into itself."), field="other")
    rows = {row.pk: _open(row) for row in _locked(survivor, absorbed, by=by)}
    into, out_of = rows[survivor.pk], rows[absorbed.pk]
    moved = _move(out_of, into, None, by, at)
    out_of.merged_into = into
    writer().save(out_of, "merged_into")
    merge = writer().new(GroupMerge(survivor=into, absorbed=out_of, case_ids=moved, by=by, at=at))
    _tell(into, "merged", by, at, other=out_of, case_ids=moved)
    _tell(out_of, "merged_away", by, at, other=into, told=False)
    return merge


@one_transaction
def undo_merge(*, merge: GroupMerge, by: Person, at: datetime) -> EventGroup:
    """Give the absorbed event its cases back, those that are still where the merge put them; return it.

    Raise Refused if the event that took them over was merged on: the later merge is undone first.
    """
    require(by, Permission.CASE_GROUP)
    rows = {row.pk: row for row in _locked(merge.survivor, merge.absorbed, by=by)}
    undone = GroupMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    into, out_of = rows[undone.survivor_id], rows[undone.absorbed_id]
    if undone.undone_at is not None:
        return out_of
    if into.merged_into_id is not None:
        raise Refused(N_("The event was merged on since. Undo the later merge first."))
    moved = _move(into, out_of, undone.case_ids, by, at)
    out_of.merged_into = None
    writer().save(out_of, "merged_into")
    undone.undone_at, undone.undone_by = at, by
    writer().save(undone, "undone_at", "undone_by")
    _tell(into, "merge_undone", by, at, other=out_of, case_ids=moved)
    _tell(out_of, "restored", by, at, other=into, told=False)
    return out_of


@one_transaction
def rename_group(*, group: EventGroup, title: str, by: Person, at: datetime, note: str = "") -> EventGroup:
    """Give an event another title and note."""
    require(by, Permission.CASE_GROUP)
    title, note = _words(title, note)
    row = _locked(group, by=by)[0]
    before = {"title": row.title, "note": row.note}
    if before == {"title": title, "note": note}:
        return row
    row.title, row.note = title, note
    writer().save(row, "title", "note")
    data = {"before": before, "after": {"title": title, "note": note}}
    writer().record("event_group.renamed", row, by=by, at=at, data=data)
    return row


@one_transaction
def close_group(*, group: EventGroup, by: Person, at: datetime) -> EventGroup:
    """Say that the event is over: no case joins it any more.  The cases go on as they are."""
    require(by, Permission.CASE_GROUP)
    row = _open(_locked(group, by=by)[0])
    row.closed_at = at
    writer().save(row, "closed_at")
    writer().record("event_group.closed", row, by=by, at=at, data={"number": row.number})
    return row


@one_transaction
def reopen_group(*, group: EventGroup, by: Person, at: datetime) -> EventGroup:
    """Say that the event goes on after all."""
    require(by, Permission.CASE_GROUP)
    row = _locked(group, by=by)[0]
    if row.closed_at is None:
        return row
    row.closed_at = None
    writer().save(row, "closed_at")
    writer().record("event_group.reopened", row, by=by, at=at, data={"number": row.number})
    return row


@one_transaction
def say_not_the_same(*, case: Case, other: Case, by: Person, at: datetime) -> NotTheSame:
    """Keep two cases from being suggested to each other again.  Raise Refused while they are in one event."""
    require(by, Permission.CASE_GROUP)
    _in_sight([case, other], by)
    groups = [row.group_id for row in _memberships(case, other)]
    if case.pk == other.pk or len(groups) != len(set(groups)):
        raise Refused(N_("The cases are in one event. Take one of them out first."))
    one, two = sorted((case.pk, other.pk))
    row, is_new = NotTheSame.objects.get_or_create(one_id=one, other_id=two, defaults={"by": by, "at": at})
    if is_new:
        writer().record("case.told_apart", case, by=by, at=at, data={"other": other.pk})
    return row


@one_transaction
def take_back_not_the_same(*, case: Case, other: Case, by: Person, at: datetime) -> None:
    """Let two cases be suggested to each other again."""
    require(by, Permission.CASE_GROUP)
    _in_sight([case, other], by)
    one, two = sorted((case.pk, other.pk))
    if NotTheSame.objects.filter(one_id=one, other_id=two).delete()[0]:
        writer().record("case.not_told_apart", case, by=by, at=at, data={"other": other.pk})


# What the actions share


def _words(title: str, note: str) -> tuple[str, str]:
    title, note = redact(title.strip()).text, redact(note.strip()).text
    if not title:
        raise Refused(N_("Give the event a title that says what it is about."), field="title")
    for text, longest, field in ((title, LONGEST_TITLE, "title"), (note, LONGEST_NOTE, "note")):
        if len(text) > longest:
            raise Refused(N_("This field takes at most %(limit)s characters."), field=field, limit=longest)
    return title, note


def _title_of(case: Case) -> str:
    """What an event that is made of a pair is called, until somebody finds a better title."""
    words = " ".join(part for part in (case.entity_name, case.issue_class and case.issue_class.label) if part)
    return (words or " ".join(case.match_text.split())[:40] or case.number)[:LONGEST_TITLE]


def _in_sight(cases: Sequence[Case], by: Person) -> list[Case]:
    keys = {case.pk for case in cases}
    if not keys:
        raise Refused(N_("An event needs a case."))
    if len(keys) > MOST_AT_ONCE:
        raise Refused(N_("At most %(limit)s cases at once."), limit=MOST_AT_ONCE)
    found = list(visible_cases(by).filter(pk__in=keys).order_by("pk"))
    if len(found) < len(keys):
        raise Refused(N_("This case is not in your sight."))
    return found


def _locked(*groups: EventGroup, by: Person) -> list[EventGroup]:
    """Today's rows, locked in the order of their keys.  Raise Refused where the person sees nothing of one."""
    keys = sorted({group.pk for group in groups})
    rows = list(EventGroup.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if not all(sees_any_of(by, row) for row in rows):
        raise Refused(N_("This event is not in your sight."))
    return rows


def _open(group: EventGroup) -> EventGroup:
    if group.merged_into_id is not None:
        raise Refused(N_("The event %(number)s was merged into another one."), number=group.number)
    if group.closed_at is not None:
        raise Refused(N_("The event %(number)s is closed. Open it again first."), number=group.number)
    return group


def _memberships(*cases: Case) -> list[GroupMember]:
    rows = GroupMember.objects.filter(case__in=cases, removed_at=None)
    return list(rows.select_related("group").order_by("case_id"))


def _enter(group: EventGroup, cases: Sequence[Case], by: Person, at: datetime) -> list[GroupMember]:
    rows = [GroupMember(group=group, case=case, added_by=by, added_at=at) for case in cases]
    try:
        with transaction.atomic():
            return GroupMember.objects.bulk_create(rows)
    except IntegrityError:  # the constraint case_in_one_event, also for two people at the same moment
        _refuse_taken(cases)


def _refuse_taken(cases: Sequence[Case]) -> NoReturn:
    taken = _memberships(*cases)
    number, event = (taken[0].case.number, taken[0].group.number) if taken else ("", "")
    raise Refused(
        N_("The case %(number)s is in the event %(event)s already. Take it out there first."),
        number=number,
        event=event,
    )


def _move(
    source: EventGroup, target: EventGroup, only: Sequence[int] | None, by: Person, at: datetime
) -> list[int]:
    """Move the cases of one event, all or only these, into another; return their keys."""
    rows = source.members.filter(removed_at=None)
    if only is not None:
        rows = rows.filter(case__in=only)
    keys = list(rows.order_by("case_id").values_list("case_id", flat=True))
    source.members.filter(removed_at=None, case__in=keys).update(removed_at=at, removed_by=by)
    GroupMember.objects.bulk_create(
        [GroupMember(group=target, case_id=key, added_by=by, added_at=at) for key in keys]
    )
    return keys


def _tell(
    group: EventGroup,
    verb: str,
    by: Person,
    at: datetime,
    *,
    cases: Sequence[Case] = (),
    case_ids: Sequence[int] = (),
    other: EventGroup | None = None,
    told: bool = True,
) -> None:
    """One event about the group, and one about each of the cases for their own stories."""
    keys = [case.pk for case in cases] or list(case_ids)
    data: dict[str, object] = {"number": group.number}
    if other is not None:
        data["other"] = other.number
    events = [EventToBe(f"event_group.{verb}", group, by, at, data | {"cases": keys}, {})]
    if told:
        now_in = other if verb == "merge_undone" and other is not None else group
        name = "case.event_left" if verb == "left" else "case.event_joined"
        events += [EventToBe(name, ("case", key), by, at, {"event": now_in.number}, {}) for key in keys]
    record_many(events)
