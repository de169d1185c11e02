"""Data quality of a period: which cases lack facts, contradict themselves or were corrected late, as one reader may see.

Missing, contradiction and doubt are judged as cases stand now, over the cases received in the period; late corrections
count where they were made in the period.  Cases that other systems made are left out: they were entered under no standard
of ours (``entry_standard`` is empty).  A list and the number it stands behind come from the same judgement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from suqing.accounts.models import Person
from suqing.cases import data_quality as quality
from suqing.cases.data_quality import Correction, Entry, Finding, Sort
from suqing.cases.entry_standard import Standard, in_force
from suqing.cases.intake import EntityInput, MatterInput, PartyInput, local_day
from suqing.cases.models import CaseQuerySet, TopicMembership
from suqing.cases.queries.sight import visible_cases
from suqing.cases.queries.standards import entry_standards, topics_asked
from suqing.cases.vocabulary import Kind
from suqing.ledger.models import Event
from suqing.ledger.policy import BadSetting
from suqing.ledger.policy import declare as declare_setting
from suqing.ledger.queries import keyed_hash, setting
from suqing.taxonomy.models import Division
from suqing.taxonomy.text.extract import amounts_in

N_ = str

LONGEST = timedelta(days=31)  # a report reads every case of its period, words included
BATCH = 2_000
NO_DISTRICT = "-"
RISE_TOPIC = "price_surge"
RISE_WORD = "哄抬"  # what classes of raised prices are called
CORRECTED = "case.facts_corrected"


def _some_hours(value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 720:
        raise BadSetting("from 1 to 720")


LATE_HOURS = declare_setting(
    "quality.late_hours",
    24,
    N_("A correction of facts counts as late after so many hours from registration"),
    check=_some_hours,
)


class TooLong(ValueError):
    """The period is longer than one report reads, or ends before it begins."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose entries of which period [since, until): those in the reader's sight, or only the reader's own."""

    reader: Person
    since: datetime
    until: datetime
    is_own: bool = False

    def __post_init__(self) -> None:
        if not timedelta(0) < self.until - self.since <= LONGEST:
            raise TooLong


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what is wrong with it; ``is_received`` says that it came in within the period."""

    case: int
    person: int
    district: str
    kind: str
    is_received: bool
    findings: tuple[Finding, ...]

    @property
    def is_valid(self) -> bool:
        """Whether it holds every fact its standard asks for."""
        return not any(one.sort in (Sort.REQUIRED, Sort.WANTED) for one in self.findings)


@dataclass(slots=True)
class Line:
    """Counts of cases: received, valid, and with at least one finding of a sort or a code."""

    received: int = 0
    valid: int = 0
    by_sort: Counter[Sort] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)

    def add(self, one: Judged) -> None:
        """Count one case in."""
        self.received += one.is_received
        self.valid += one.is_received and one.is_valid
        self.by_sort.update({finding.sort for finding in one.findings})
        self.by_code.update({finding.code for finding in one.findings})


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of a period: all of it, by who registered, by district code (NO_DISTRICT where none is known)."""

    whole: Line
    by_person: Mapping[int, Line]
    by_district: Mapping[str, Line]
    people: Mapping[int, str]
    districts: Mapping[str, str]


def report(scope: Scope) -> Report:
    """Count the period; six queries, however many cases.  Rows are read in batches and not kept."""
    whole, by_person, by_district = Line(), dict[int, Line](), dict[str, Line]()
    for one in judged(scope):
        whole.add(one)
        by_person.setdefault(one.person, Line()).add(one)
        by_district.setdefault(one.district, Line()).add(one)
    names = dict(Person.objects.filter(pk__in=by_person).values_list("pk", "display_name"))
    places = dict(Division.objects.filter(pk__in=by_district).values_list("code", "name"))
    return Report(whole, by_person, by_district, names, places)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a report: of a sort or a code or of neither, of a person, of a district."""

    sort: str = ""
    code: str = ""
    person: int | None = None
    district: str = ""

    def holds(self, one: Judged) -> bool:
        """Whether the case is counted here."""
        if self.person not in (None, one.person) or self.district not in ("", one.district):
            return False
        if self.code:
            return any(finding.code == self.code for finding in one.findings)
        if self.sort:
            return any(finding.sort == self.sort for finding in one.findings)
        return one.is_received


def behind(scope: Scope, cell: Cell) -> list[tuple[int, tuple[Finding, ...]]]:
    """The keys of the cases behind a number, newest first, each with its findings; as many as the number says."""
    found = [one for one in judged(scope, person=cell.person) if cell.holds(one)]
    return [(one.case, one.findings) for one in sorted(found, key=lambda one: -one.case)]


def judged(scope: Scope, *, person: int | None = None) -> Iterator[Judged]:
    """Every case of the period with what is wrong with it, each once; ``person`` keeps those one person registered."""
    corrections = _corrections(scope)
    after = timedelta(hours=setting(LATE_HOURS.key))
    cases = _own_cases(scope.reader)
    if scope.is_own or person is not None:
        cases = cases.filter(registered_by=scope.reader.pk if scope.is_own else person)
        if scope.is_own and person not in (None, scope.reader.pk):
            return
    known = entry_standards()
    within = cases.received_between(scope.since, scope.until)
    topics = topics_asked(within, known)
    for row in _rows(within):
        entry = _entry(row, with_words=True)
        standard = in_force(known, entry.matter.kind, local_day(entry.received_at))
        if standard.topics:
            standard = standard.of_topics(topics.get(row["pk"], ()))
        late = quality.late(entry.registered_at, corrections.pop(row["pk"], ()), after)
        yield _judged(row, (*quality.judge(entry, standard), *late), is_received=True)
    before = cases.filter(pk__in=corrections).exclude(
        received_at__gte=scope.since, received_at__lt=scope.until
    )
    for row in before.values(*_ABOUT):
        late = quality.late(row["registered_at"], corrections[row["pk"]], after)
        if late:
            yield _judged(row, late, is_received=False)


def _judged(row: Mapping[str, Any], findings: tuple[Finding, ...], *, is_received: bool) -> Judged:
    return Judged(
        row["pk"],
        row["registered_by_id"],
        district_of(row["place_id"]),
        row["kind"],
        is_received,
        findings,
    )


def district_of(place: str | None) -> str:
    """The district of a place as figures count it; NO_DISTRICT for none and for a whole province."""
    return place[:6] if place and not place.endswith("0000") else NO_DISTRICT


def _own_cases(reader: Person) -> CaseQuerySet:
    return visible_cases(reader).filter(entry_standard__isnull=False)


def _corrections(scope: Scope) -> dict[int, list[Correction]]:
    """The corrections made in the period, by case; one query."""
    made = Event.objects.filter(verb=CORRECTED, at__gte=scope.since, at__lt=scope.until)
    found: dict[int, list[Correction]] = {}
    for subject, at, data in made.values_list("subject_id", "at", "data").iterator(chunk_size=BATCH):
        before, after = data.get("before", {}), data.get("after", {})
        fields = tuple(name for name in after if after[name] != before.get(name))
        found.setdefault(int(subject), []).append(Correction(at, fields))
    return found


# Rows as entries

_ABOUT = ("pk", "kind", "registered_by_id", "place_id", "registered_at")
_TOLD = (
    *("match_text", "object_class_id", "issue_class_id", "address", "incident_on", "amount", "requests"),
    *("goods", "price_asked", "price_earlier", "price_earlier_on", "is_real_name", "received_at"),
    *("act_place_id", "publicity_consent", "delegation_consent", "entity_id", "entity_name"),
    *("entity__uscc", "entity__person_ref"),
    *("party__name_hash", "party__phone_hash", "party__erased_at"),
)


def _known(path: str) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**{f"{path}__isnull": False}), output_field=BooleanField())


def _rows(cases: CaseQuerySet) -> Iterator[dict[str, Any]]:
    of_rise = TopicMembership.objects.filter(case=OuterRef("pk"), version__topic__code=RISE_TOPIC)
    read = cases.annotate(
        has_address=_known("party__address_cipher"),
        has_id_number=_known("party__id_number_cipher"),
        is_about_rise=ExpressionWrapper(
            Q(issue_class__name__contains=RISE_WORD) | Q(Exists(of_rise)), output_field=BooleanField()
        ),
    )
    rows = read.values(*_ABOUT, *_TOLD, "has_address", "has_id_number", "is_about_rise")
    return iter(rows.order_by().iterator(chunk_size=BATCH))


def _given(is_given: object) -> str:
    """Any text: the entry says that a fact was given, not what it is."""
    return "+" if is_given else ""


def _entry(row: Mapping[str, Any], *, with_words: bool) -> Entry:
    sums, prices = _sums(row["match_text"]) if with_words and row["amount"] else ((), ())
    return Entry(
        party=PartyInput(
            _given(row["party__name_hash"]),
            _given(row["party__phone_hash"]),
            _given(row["has_address"]),
            _given(row["has_id_number"]),
        ),
        matter=_matter(row),
        received_at=row["received_at"],
        registered_at=row["registered_at"],
        sums_told=sums,
        prices_told=prices,
        is_own_name=with_words and _is_own_name(row),
        is_about_rise=bool(row["is_about_rise"]),
        is_party_known=row["party__erased_at"] is None,
    )


def _matter(row: Mapping[str, Any]) -> MatterInput:
    return MatterInput(
        Kind(row["kind"]),
        row["match_text"],
        object_class=row["object_class_id"],
        issue_class=row["issue_class_id"],
        entity=EntityInput(row["entity_name"], row["entity__uscc"] or "", row["entity_id"]),
        place=row["place_id"] or "",
        address=row["address"],
        incident_on=row["incident_on"],
        amount=row["amount"],
        requests=tuple(row["requests"]),
        goods=row["goods"],
        price_asked=row["price_asked"],
        price_earlier=row["price_earlier"],
        price_earlier_on=row["price_earlier_on"],
        is_real_name=row["is_real_name"],
        act_place=row["act_place_id"] or "",
        publicity_consent=row["publicity_consent"],
        delegation_consent=row["delegation_consent"],
    )


@lru_cache(maxsize=20_000)
def _sums(text: str) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """The sums of money in the words, and those among them that are the price of one piece or an earlier price."""
    amounts = amounts_in(text)
    sums = tuple(one.value for one in amounts if not one.unit and not one.is_earlier)
    return sums, tuple(one.value for one in amounts if one.unit or one.is_earlier)


def _is_own_name(row: Mapping[str, Any]) -> bool:
    """Whether the operator was called as the person.  The name of an operator that is a natural person is masked here, and
    its hash is of another purpose on purpose: those are not compared."""
    name = row["entity_name"].strip()
    if not name or not row["party__name_hash"] or row["entity__person_ref"] is not None:
        return False
    return _name_hash(name) == row["party__name_hash"]


@lru_cache(maxsize=20_000)
def _name_hash(name: str) -> str:
    return keyed_hash("name", name)


# Before and after a standard


@dataclass(frozen=True, slots=True)
class Validity:
    """How many cases of a kind received in [since, until) hold every fact a standard asks for."""

    since: datetime
    until: datetime
    valid: int
    of: int


def validity(reader: Person, standard: Standard, since: datetime, until: datetime) -> Validity:
    """Judge the cases of the standard's kind by this standard, whichever was in force on their day; one query, and one for
    the topics that it asks more of."""
    cases = _own_cases(reader).filter(kind=standard.kind).received_between(since, until)
    topics = topics_asked(cases, [standard])
    valid = of = 0
    for row in _rows(cases):
        of += 1
        asked = standard.of_topics(topics.get(row["pk"], ()))
        valid += quality.is_valid(_entry(row, with_words=False), asked)
    return Validity(since, until, valid, of)
