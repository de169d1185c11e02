"""Answers about cases, as plain values for pages, the API and commands.  Who may see what is decided here."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import appointments_of, can, can_in, visible_unit_ids
from suqing.cases import workflow
from suqing.cases.intake import LOCAL_ZONE, local_day
from suqing.cases.models import Case, CaseQuerySet, Clock, Dispatch, Draft, MarketEntity, Party, Submission
from suqing.cases.vocabulary import ClockState, DispatchState, Kind, State
from suqing.kit import dates, phones, uscc
from suqing.lawclock import queries as law
from suqing.lawclock.arithmetic import explain
from suqing.lawclock.calendars import CalendarMissing
from suqing.lawclock.deadlines import Explanation
from suqing.lawclock.limits import limit as limit_of
from suqing.lawclock.spans import Extension, Span
from suqing.ledger.models import Event
from suqing.ledger.queries import decrypt_for, decrypt_many, events_of, keyed_hash, open_personal_many

# Who sees what


def visible_cases(person: Person) -> CaseQuerySet:
    """The cases this person may open; reports only for those who hold that right (O20 art. 33, O121 art. 37)."""
    mine = visible_unit_ids(person)
    cases = Case.objects.all()
    if mine is not None:
        cases = cases.filter(responsible_unit_id__in=mine)
    if not can(person, Permission.REPORT_VIEW):
        return cases.exclude(kind=Kind.REPORT)
    if len(appointments_of(person)) > 1:
        # The right to reports that comes with one appointment does not reach what is seen by another.
        own = visible_unit_ids(person, holding=Permission.REPORT_VIEW)
        if own is not None:
            cases = cases.exclude(Q(kind=Kind.REPORT) & ~Q(responsible_unit_id__in=own))
    return cases


def case_for(person: Person, number: str) -> Case:
    """The case of this number, if the person may see it.  Raise Case.DoesNotExist otherwise: a number that belongs to
    another unit and one that does not exist look the same."""
    rows = visible_cases(person).select_related(
        "submission__call",
        "party",
        "entity",
        "place__parent",
        "object_class",
        "issue_class",
        "responsible_unit",
        "handler",
        "registered_by",
    )
    return rows.get(number=number)


# Lists


# What asks for action in a state of its own; the counts of the rail and the lists they open are the same condition.
WAITING = {
    "to_dispatch": Q(state=State.REGISTERED) & ~Q(kind=Kind.CONSULTATION),
    "to_decide": Q(state=State.DISPATCHED),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a work list is narrowed to; empty fields do not narrow."""

    kind: str = ""
    state: str = ""
    unit: int | None = None
    place: str = ""
    issue_class: int | None = None
    topic: str = ""
    due: str = ""  # overdue | 12h | 24h | 48h
    received_from: date | None = None
    received_to: date | None = None
    words: str = ""
    waiting: str = ""  # a key of WAITING
    parties: tuple[int, ...] | None = None  # only the cases of these people
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and the keys of its neighbours; None where there is none."""

    cases: list[Case]
    after: str | None
    before: str | None


def work_list(
    person: Person, filters: Filters, now: datetime, *, size: int = 50, after: str = "", before: str = ""
) -> Page:
    """One page of the cases the person may see, newest first; ``after`` and ``before`` are keys of a Page.

    Keyset pages cost the same on page 1 and page 10,000; a broken key starts at the first page.
    """
    cases = visible_cases(person)
    if number_in(filters.words) and not may_search_numbers(person):
        cases = cases.none()
    rows = narrowed(cases, filters, now).select_related(
        "entity", "place", "issue_class", "object_class", "responsible_unit", "party"
    )
    key = _read_key(before or after)
    backwards = bool(before) and key is not None
    if backwards and key is not None:
        newer = Q(received_at__gt=key[0]) | Q(received_at=key[0], id__gt=key[1])
        found = list(rows.filter(newer, received_at__gte=key[0]).order_by("received_at", "id")[: size + 1])
        more_newer, page = len(found) > size, found[:size][::-1]
        return _page(page, has_newer=more_newer, has_older=bool(page))
    if key is not None:
        older = Q(received_at__lt=key[0]) | Q(received_at=key[0], id__lt=key[1])
        rows = rows.filter(older, received_at__lte=key[0])
    found = list(rows.newest_first()[: size + 1])
    return _page(found[:size], has_newer=key is not None, has_older=len(found) > size)


def narrowed(cases: CaseQuerySet, filters: Filters, now: datetime) -> CaseQuerySet:
    """Apply the filters of a list."""
    exact = {"kind": filters.kind, "state": filters.state, "issue_class_id": filters.issue_class}
    cases = cases.filter(**{name: value for name, value in exact.items() if value})
    if filters.open_only:
        cases = cases.unfinished()
    if filters.waiting in WAITING:
        cases = cases.filter(WAITING[filters.waiting])
    if filters.parties is not None:
        cases = cases.filter(party__in=filters.parties)
    if filters.unit:
        unit = Unit.objects.filter(pk=filters.unit).first()
        cases = cases.filter(responsible_unit__in=Unit.objects.under(unit)) if unit else cases.none()
    if filters.place:
        cases = cases.filter(place__code__startswith=filters.place)
    if filters.topic:
        cases = cases.filter(topics__version__topic__code=filters.topic).distinct()
    cases = _received_within(cases, filters.received_from, filters.received_to)
    return _with_words(_due_within(cases, filters.due, now), filters.words)


def _received_within(cases: CaseQuerySet, first: date | None, last: date | None) -> CaseQuerySet:
    if first:
        cases = cases.filter(received_at__gte=dates.day_bounds(first, LOCAL_ZONE)[0])
    if last:
        cases = cases.filter(received_at__lt=dates.day_bounds(last, LOCAL_ZONE)[1])
    return cases


def _due_within(cases: CaseQuerySet, due: str, now: datetime) -> CaseQuerySet:
    if due == "overdue":
        return cases.filter(closed_at=None, next_due_at__lt=now)
    hours = {"12h": 12, "24h": 24, "48h": 48}.get(due)
    if hours is None:
        return cases
    return cases.filter(closed_at=None, next_due_at__gt=now, next_due_at__lte=now + timedelta(hours=hours))


def _with_words(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    words = words.strip()
    if not words:
        return cases
    number = number_in(words)
    if number:
        return cases.filter(party__phone_hash=keyed_hash("phone", number))
    if words[:2].upper() in ("ZX", "TS", "JB") and words[2:].isdigit():
        return cases.filter(number__startswith=words.upper())
    for word in words.split():
        cases = cases.filter(Q(match_text__icontains=word) | Q(entity_name__icontains=word))
    return cases


LONGEST_KEY = 200  # characters; ours have about 70


_NUMBER = re.compile(r"[0-9+()\-#;.\s转ext=]+", re.IGNORECASE)


def number_in(words: str) -> str:
    """The phone number that somebody typed to search for, normalised; "" if it is words."""
    number = phones.normalise(words) if _NUMBER.fullmatch(unicodedata.normalize("NFKC", words)) else ""
    return number if len(number) >= 7 else ""


def may_search_numbers(person: Person) -> bool:
    """Whether this person may find cases by a phone number: to others the answer alone would tell whose case it is."""
    return can(person, Permission.PERSONAL_SEE) or can(person, Permission.PERSONAL_UNMASK)


def newest_under(person: Person, number: str) -> str:
    """The number of the newest case under a phone number that this person may see and search for; "" for none."""
    if not may_search_numbers(person):
        return ""
    rows = visible_cases(person).filter(party__phone_hash=keyed_hash("phone", number)).newest_first()
    return rows.values_list("number", flat=True).first() or ""


def _page(cases: list[Case], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        cases,
        after=_write_key(cases[-1]) if cases and has_older else None,
        before=_write_key(cases[0]) if cases and has_newer else None,
    )


def _write_key(case: Case) -> str:
    return (
        urlsafe_b64encode(json.dumps([case.received_at.isoformat(), case.pk]).encode()).decode().rstrip("=")
    )


def _read_key(key: str) -> tuple[datetime, int] | None:
    if not key or len(key) > LONGEST_KEY:
        return None
    try:
        written, pk = json.loads(urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        moment = datetime.fromisoformat(written)
        return None if moment.tzinfo is None else (moment, int(pk))
    except (ValueError, TypeError, OverflowError):
        return None  # a key that somebody shortened: the list starts at its first page


def waiting_counts(person: Person, now: datetime) -> dict[str, int]:
    """Lengths of the person's to-do lists for the rail: not figures, only what asks for action."""
    return (
        visible_cases(person)
        .filter(closed_at=None)
        .aggregate(
            to_dispatch=Count("pk", filter=WAITING["to_dispatch"]),
            to_decide=Count("pk", filter=WAITING["to_decide"]),
            due_soon=Count("pk", filter=Q(next_due_at__gt=now, next_due_at__lte=now + timedelta(hours=48))),
            overdue=Count("pk", filter=Q(next_due_at__lt=now)),
        )
    )


# One case


def steps_for(person: Person, case: Case) -> list[workflow.Transition]:
    """The steps this person can take on this case now."""
    found = workflow.steps_from(Kind(case.kind), State(case.state))
    return [row for row in found if can_in(person, Permission(row.permission), case.responsible_unit)]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a case; ``text`` is what was written then, None if masked for this reader or erased."""

    event: Event
    text: str | None


def timeline(case: Case, *, with_texts: bool) -> list[TimelineEntry]:
    """The story of a case, oldest first.  Personal parts are opened only ``with_texts``."""
    events = list(events_of("case", [case.pk]))
    if not with_texts:
        return [TimelineEntry(event, None) for event in events]
    opened = open_personal_many(events)
    return [TimelineEntry(event, _written(parts)) for event, parts in zip(events, opened, strict=True)]


def _written(parts: dict[str, dict[str, Any]]) -> str | None:
    return next((part["text"] for part in parts.values() if "text" in part), None)


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock with what the page says of it."""

    clock: Clock
    name: str  # English message id
    consequence: str  # English message id
    days_left: int | None
    unit: str
    is_overdue: bool
    is_local: bool


def clocks_of(case: Case, now: datetime) -> list[ClockView]:
    """The clocks of a case: running ones first, nearest due first."""
    order = {ClockState.RUNNING: 0, ClockState.PAUSED: 1}
    rows = sorted(case.clocks.all(), key=lambda c: (order.get(ClockState(c.state), 2), c.due_at))
    calendar, today = law.calendar(), local_day(now)
    return [_clock_view(clock, now, today, calendar) for clock in rows]


def _clock_view(clock: Clock, now: datetime, today: date, calendar: law.WorkCalendar) -> ClockView:
    limit = limit_of(clock.limit, clock.regime)
    last_day = local_day(clock.due_at)
    left: int | None = None
    if clock.state == ClockState.RUNNING:
        left = _days_left(limit.unit, today, last_day, calendar)
    overdue = clock.state == ClockState.RUNNING and now > clock.due_at
    return ClockView(clock, limit.name, limit.consequence, left, str(limit.unit), overdue, limit.is_local)


def _days_left(unit: str, today: date, last_day: date, calendar: law.WorkCalendar) -> int:
    if unit != "working_day":
        return (last_day - today).days
    try:
        forward = (
            calendar.working_days(today, last_day)
            if last_day >= today
            else -calendar.working_days(last_day, today)
        )
    except CalendarMissing:
        return (last_day - today).days
    return forward


def next_clocks(cases: Sequence[Case], now: datetime) -> dict[int, ClockView]:
    """The nearest binding clock of each of these cases, by case; three queries however many they are."""
    running = Clock.objects.filter(case__in=cases, state=ClockState.RUNNING, is_binding=True)
    nearest = {clock.case_id: clock for clock in running.order_by("case_id", "-due_at", "-id")}
    calendar, today = law.calendar(), local_day(now)
    return {pk: _clock_view(clock, now, today, calendar) for pk, clock in nearest.items()}


def explanation(clock: Clock) -> Explanation:
    """The count behind a clock, day by day, as the law and the calendar give it now."""
    calendar = law.calendar()
    for _attempt in range(4):
        try:
            return explain(
                limit_of(clock.limit, clock.regime),
                local_day(clock.started_at),
                calendar,
                excluded=[Span.from_json(span) for span in clock.excluded],
                extension=Extension.from_json(clock.extension) if clock.extension else None,
                policy=law.policy(),
            )
        except CalendarMissing as missing:
            calendar = calendar.assuming(missing.year)
    raise CalendarMissing(clock.due_at.year)


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
    return list(
        case.dispatches.select_related("from_unit", "to_unit", "by", "returned_by").order_by("at", "id")
    )


def open_dispatch(case: Case) -> Dispatch | None:
    """The dispatch the case is under now."""
    return case.dispatches.filter(state=DispatchState.OPEN).select_related("from_unit", "to_unit").first()


def dispatch_targets(case: Case) -> list[Unit]:
    """Units the centre may send this case to: every active unit of its authority except itself."""
    sender = case.responsible_unit
    reach = sender.parent if sender.kind == Unit.Kind.CENTRE and sender.parent else sender
    return list(Unit.objects.under(reach).active().exclude(pk=sender.pk).order_by("path"))


def proposed_unit(case: Case) -> Unit | None:
    """The unit whose district the case happened in, if the place is known; a proposal, not a decision."""
    if case.place is None or not case.place.district_code:
        return None
    targets = {unit.division_code: unit for unit in dispatch_targets(case) if unit.kind == Unit.Kind.BUREAU}
    return targets.get(case.place.district_code)


def siblings(person: Person, case: Case) -> list[Case]:
    """Other cases of the same contact that this person may see."""
    rows = visible_cases(person).filter(submission_id=case.submission_id).exclude(pk=case.pk)
    return list(rows.order_by("id"))


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


def sees_all_cases(person: Person) -> bool:
    """Whether no case of any unit or kind is hidden from this person."""
    return visible_unit_ids(person, holding=Permission.REPORT_VIEW) is None


def submission_for(person: Person, number: str) -> ContactView:
    """The contact of this number.  Raise Submission.DoesNotExist if the person may see nothing of it."""
    rows = Submission.objects.select_related("call", "party", "registered_by", "unit")
    submission = rows.get(number=number)
    mine = visible_cases(person).filter(submission=submission)
    found = list(mine.select_related("issue_class", "entity", "place", "responsible_unit").order_by("id"))
    is_barren = not submission.cases.exists()
    if not found and not (is_barren and can(person, Permission.CASE_VIEW_ALL)):
        raise Submission.DoesNotExist
    return ContactView(submission, found, is_barren or sees_all_cases(person))


def told_cases(person: Person, submissions: Sequence[Submission]) -> dict[int, list[Case]]:
    """The cases of these contacts that this person may see, by contact, in order; one query."""
    told: dict[int, list[Case]] = {row.pk: [] for row in submissions}
    for case in visible_cases(person).filter(submission__in=submissions).order_by("id"):
        told[case.submission_id].append(case)
    return told


# The call desk


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has called from a number, and their earlier cases."""

    parties: list[Party]
    cases: list[Case]
    open_count: int
    total: int


def caller(person: Person, number: str, *, limit: int = 10) -> Caller:
    """The people known under a number and their newest cases that this person may see; empty for a withheld one."""
    normal = phones.normalise(number)
    if not normal:
        return Caller([], [], 0, 0)
    known = list(
        Party.objects.filter(phone_hash=keyed_hash("phone", normal), erased_at=None).order_by("-id")[:20]
    )
    rows = visible_cases(person).filter(party__in=known)
    counts = rows.aggregate(total=Count("pk"), open=Count("pk", filter=Q(closed_at=None)))
    newest = list(
        rows.select_related("entity", "issue_class", "party", "responsible_unit").newest_first()[:limit]
    )
    return Caller(known, newest, counts["open"], counts["total"])


def search_entities(words: str, *, limit: int = 10) -> list[MarketEntity]:
    """Operators by code, by the beginning or a part of the name, or by pinyin; those with the most cases first."""
    words = words.strip()
    if len(words) < 2:
        return []
    typed = words.replace(" ", "").lower()
    asked = Q(name__icontains=words)
    if len(uscc.normalise(words)) == uscc.LENGTH:
        asked |= Q(uscc=uscc.normalise(words))
    if typed.isascii():
        asked |= Q(pinyin__startswith=typed) | Q(pinyin__contains=f" {typed}")
    rows = MarketEntity.objects.filter(asked).select_related("place")
    return list(rows.annotate(case_count=Count("cases")).order_by("-case_count", "pinyin", "id")[:limit])


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its content opened."""

    draft: Draft
    content: dict[str, Any]


def drafts_of(person: Person) -> list[DraftView]:
    """The person's unfinished registrations, newest first, opened."""
    rows = Draft.objects.filter(owner=person).select_related("call").order_by("-saved_at")
    found = []
    for draft in rows:
        text = decrypt_for(draft.key_subject, bytes(draft.content_cipher))
        if text is not None:
            found.append(DraftView(draft, json.loads(text)))
    return found


def draft_of(person: Person, ref: str) -> DraftView | None:
    """One draft of this person, opened; None if there is none (any more)."""
    return next((view for view in drafts_of(person) if str(view.draft.ref) == ref), None)
