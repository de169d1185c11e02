"""Cases that may be about the same: same phone, same operator near in time, nearly the same words.

Every search is bounded, however many cases there are and however common a text or a number is; what is called similar
by its words was compared exactly.  A person is shown only cases in their sight, and nobody who does not see all cases
can come from somebody's words or number to a report without a name, or back (O20 art. 33, O121 art. 37): such a report
has no person, is found by nobody's phone, and its words are compared for those who took it down only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, F, Func, Q, Value

from suqing.accounts.models import Person
from suqing.cases.models import Case, CaseQuerySet, NotTheSame
from suqing.cases.near_text import ALIKE, Compared, bands_of
from suqing.cases.queries.sight import sees_all_cases, visible_cases
from suqing.cases.vocabulary import Kind
from suqing.kit import phones
from suqing.ledger.queries import keyed_hash

NEAR = timedelta(days=30)  # cases about one operator within so much time may be one event
NEWEST = 200  # cases that are read of one band, from the newest on: a form letter has thousands
COMPARED = 60  # texts that are compared exactly, those with the most bands in common first
OF_A_SOURCE = 20  # cases taken by phone and by operator
SHOWN = 10


class Reason(StrEnum):
    """Why a case is suggested."""

    PHONE = "phone"
    OPERATOR = "operator"
    WORDS = "words"


# What each reason weighs when suggestions are put in order; words by how alike they are.
WEIGHTS = {Reason.PHONE: 0.5, Reason.OPERATOR: 0.35, Reason.WORDS: 0.6}
SAME_PLACE = 0.05


@dataclass(frozen=True, slots=True)
class Similar:
    """A case that is suggested: why, how alike the words are (0 to 1, 0 if not compared), how far apart in time."""

    case: Case
    reasons: tuple[Reason, ...]
    likeness: float
    apart: timedelta
    rank: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the matter that others are compared with; ``text`` is a match_text, ``received_at`` aware."""

    text: str
    received_at: datetime
    phone_hash: str = ""
    entity: int | None = None
    place: str = ""
    is_anonymous: bool = False
    exclude: frozenset[int] = field(default=frozenset())
    contact: int | None = None  # cases of the same contact are no news
    since: datetime | None = None  # leave out what ended and was received before


def similar_to(
    person: Person,
    *,
    text: str,
    phone: str,
    entity: int | None,
    place: str,
    received_at: datetime,
    exclude: Collection[int] = (),
    is_anonymous: bool = False,
    since: datetime | None = None,
    limit: int = SHOWN,
) -> list[Similar]:
    """Cases like a matter that is being written down, best first; five queries at most."""
    number = phones.normalise(phone)
    asked = Asked(
        text,
        received_at,
        phone_hash=keyed_hash("phone", number) if number and not is_anonymous else "",
        entity=entity,
        place=place,
        is_anonymous=is_anonymous,
        exclude=frozenset(exclude),
        since=since,
    )
    return _found(person, asked, limit)


def similar_cases(person: Person, case: Case, *, limit: int = SHOWN) -> list[Similar]:
    """Cases like this one, best first, without those somebody said are another matter; six queries at most."""
    party = case.party
    pairs = NotTheSame.objects.filter(Q(one=case) | Q(other=case)).values_list("one", "other")
    asked = Asked(
        case.match_text,
        case.received_at,
        phone_hash=party.phone_hash if party is not None and party.erased_at is None else "",
        entity=case.entity_id,
        place=case.place_id or "",
        is_anonymous=is_anonymous(case),
        exclude=frozenset({case.pk, *(key for pair in pairs for key in pair)}),
        contact=case.submission_id,
    )
    return _found(person, asked, limit)


def is_anonymous(case: Case) -> bool:
    """Whether nobody may learn from the case who turned to the centre."""
    return case.kind == Kind.REPORT and not case.is_real_name


def may_compare_words(person: Person, one: Case, other: Case) -> bool:
    """Whether the words of two cases may be held against each other for this person."""
    return sees_all_cases(person) or not (is_anonymous(one) or is_anonymous(other))


@dataclass(slots=True)
class _Hit:
    """A case while it is judged: what decides its place, and why it was found."""

    place: str | None
    received_at: datetime
    reasons: set[Reason] = field(default_factory=set)
    likeness: float = 0.0


def _found(person: Person, asked: Asked, limit: int) -> list[Similar]:
    cases = _in_sight(person, asked)
    told = _without_anonymous(person, cases, asked)
    hits: dict[int, _Hit] = {}

    def note(rows: CaseQuerySet, reason: Reason) -> None:
        for key, place, received_at in rows.values_list("pk", "place", "received_at"):
            hits.setdefault(key, _Hit(place, received_at)).reasons.add(reason)

    if asked.phone_hash:
        mine = told.filter(party__phone_hash=asked.phone_hash, party__erased_at=None)
        note(mine.newest_first()[:OF_A_SOURCE], Reason.PHONE)
    if asked.entity is not None:
        span = (asked.received_at - NEAR, asked.received_at + NEAR)
        near = cases.filter(entity=asked.entity, received_at__range=span)
        note(near.newest_first()[:OF_A_SOURCE], Reason.OPERATOR)
    for key, hit, likeness in _alike(told, asked.text):
        hit = hits.setdefault(key, hit)
        hit.reasons.add(Reason.WORDS)
        hit.likeness = likeness
    ranks = {key: _rank(hit, asked) for key, hit in hits.items()}
    best = sorted(ranks, key=lambda key: (-ranks[key], abs(hits[key].received_at - asked.received_at), -key))[
        :limit
    ]
    rows = cases.select_related("responsible_unit", "issue_class", "place").in_bulk(best) if best else {}
    return [_similar(rows[key], hits[key], ranks[key], asked) for key in best if key in rows]


def _in_sight(person: Person, asked: Asked) -> CaseQuerySet:
    rows = visible_cases(person).exclude(pk__in=asked.exclude)
    if asked.contact is not None:
        rows = rows.exclude(submission=asked.contact)
    if asked.since is not None:
        rows = rows.filter(Q(closed_at=None) | Q(received_at__gte=asked.since))
    return rows


def _without_anonymous(person: Person, cases: CaseQuerySet, asked: Asked) -> CaseQuerySet:
    """The cases that words and numbers may lead to."""
    if sees_all_cases(person):
        return cases
    return cases.none() if asked.is_anonymous else cases.exclude(kind=Kind.REPORT, is_real_name=False)


def _alike(cases: CaseQuerySet, text: str) -> Iterator[tuple[int, _Hit, float]]:
    """Cases whose words are nearly these, each with its likeness; two queries."""
    candidates = _candidates(text)
    if not candidates:
        return
    order = Func(
        Value(candidates, output_field=ArrayField(BigIntegerField())),
        F("pk"),
        function="array_position",
        output_field=BigIntegerField(),
    )
    nearest = cases.filter(pk__in=candidates).annotate(order=order).order_by("order")[:COMPARED]
    compared = Compared(text)
    for key, place, received_at, words in nearest.values_list("pk", "place", "received_at", "match_text"):
        likeness = compared.score(words)
        if likeness >= ALIKE:
            yield key, _Hit(place, received_at), likeness


def _candidates(text: str) -> list[int]:
    """Cases that share a band with the text: those that share most first, then the newest; one query."""
    keys = bands_of(text)
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT near.case_id FROM unnest(%s::bigint[]) AS band(key), LATERAL ("
            " SELECT case_id FROM cases_textband WHERE key = band.key ORDER BY case_id DESC LIMIT %s) AS near"
            " GROUP BY near.case_id ORDER BY count(*) DESC, near.case_id DESC",
            [keys, NEWEST],
        )
        return [int(case) for (case,) in cursor.fetchall()]


def _rank(hit: _Hit, asked: Asked) -> float:
    rank = (
        sum(WEIGHTS[reason] for reason in hit.reasons - {Reason.WORDS}) + WEIGHTS[Reason.WORDS] * hit.likeness
    )
    return rank + SAME_PLACE if asked.place and hit.place == asked.place else rank


def _similar(case: Case, hit: _Hit, rank: float, asked: Asked) -> Similar:
    reasons = tuple(reason for reason in Reason if reason in hit.reasons)
    return Similar(case, reasons, hit.likeness, abs(hit.received_at - asked.received_at), rank)
