"""The flat facts that figures are counted from: what each source's rows hold, and how PostgreSQL finds it.

A source is a table of rows to count: cases, limits of cases, contacts, calls.  A column is one fact of a row, resolved:
the district of its place, the head of its class, its topics with those above them.  The mirror keeps exactly these
columns, and PostgreSQL counts by the same expressions, so that both agree.  Nothing here names a natural person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DecimalField,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choose
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Extract, Left, Trim

from suqing.cases.models import (
    Case,
    CaseLink,
    Clock,
    GroupMember,
    SensitiveFlag,
    Submission,
    TopicMembership,
)
from suqing.cases.queries.price_cases import PRICE_CLASSES, PRICE_TOPICS
from suqing.cases.vocabulary import ClockState, FlagState, LinkKind
from suqing.taxonomy.models import ClassNode
from suqing.taxonomy.text.extract import goods_words
from suqing.telephony.models import Call

Kind = Literal["int", "text", "moment", "day", "money", "flag", "texts"]
Path = Callable[[str], str]  # from a field of the source's own model, or of the case, to its path from a row
Keep = Callable[[Path, Collection[Any]], Q]

UNKNOWN = ""  # what a text column holds where nothing is known


@dataclass(frozen=True, slots=True)
class Column:
    """One fact of a row.  ``at`` is the plain field it is read from, else ``express`` makes it.  ``keep`` is the
    condition for rows with one of some values where an index can find them faster than by the expression."""

    name: str
    kind: Kind
    at: str = ""
    made: Callable[[Path], Any] | None = None
    keep: Keep | None = None

    def express(self, path: Path) -> Expression | F:
        """The expression that PostgreSQL reads the fact with."""
        return self.made(path) if self.made else F(path(self.at))


@dataclass(frozen=True, slots=True)
class Source:
    """Rows to count.  ``case`` is the path from a row to its case: "" for cases, None where a row has none.  ``key``
    names the column that tells rows apart, ``month_of`` the moment by which the mirror files them."""

    name: str
    model: type[Model] = field(repr=False)
    case: str | None
    key: str
    month_of: str
    own: tuple[Column, ...] = field(repr=False)

    @property
    def columns(self) -> dict[str, Column]:
        """What the mirror's table of this source holds."""
        return {one.name: one for one in self.own}

    def path(self, name: str) -> str:
        """The path to a field of the case."""
        return f"{self.case}__{name}" if self.case else name

    def expression(self, column: str) -> Expression | F:
        """The expression for a fact of the row, or of its case.  Raise KeyError if rows have no such fact."""
        found, path = self.find(column)
        return found.express(path)

    def find(self, column: str) -> tuple[Column, Path]:
        """A column of the row, or of the row's case, and the path to its fields.  Raise KeyError if there is none."""
        own = self.columns.get(column)
        if own is not None:
            return own, _as_it_is
        if self.case:
            return CASES.columns[column], self.path
        raise KeyError(f"{self.name} have no {column}")

    def has(self, column: str) -> bool:
        """Whether rows of the source have this fact, their own or of their case."""
        return column in self.columns or (bool(self.case) and column in CASES.columns)


def _as_it_is(name: str) -> str:
    return name


# How facts are found


def _text(name: str) -> Callable[[Path], Expression]:
    return lambda path: Coalesce(path(name), Value(UNKNOWN), output_field=CharField())


def _head_of_class(name: str) -> Callable[[Path], Expression]:
    """The name of the head of the class: the same in every version of a tree.  Trees have at most three levels."""

    def express(path: Path) -> Expression:
        found = path(name)
        names = (f"{found}__parent__parent__name", f"{found}__parent__name", f"{found}__name")
        return Coalesce(*names, Value(UNKNOWN), output_field=CharField())

    return express


def _second_of_class(name: str) -> Callable[[Path], Expression]:
    """The name of the class on the second level, below the heads "goods" and "services"."""

    def express(path: Path) -> Expression:
        found = path(name)
        third = When(**{f"{found}__parent__parent__isnull": False}, then=F(f"{found}__parent__name"))
        return Choose(third, default=Coalesce(f"{found}__name", Value(UNKNOWN)), output_field=CharField())

    return express


def _district(path: Path) -> Expression:
    """The first six digits of the place; a place known only by province gives nothing."""
    code = path("place__code")
    return Choose(
        When(**{f"{code}__endswith": "0000"}, then=Value(UNKNOWN)),
        default=Coalesce(Left(code, 6), Value(UNKNOWN)),
        output_field=CharField(),
    )


def _goods(path: Path) -> Expression:
    return Coalesce(Trim(path("goods")), Value(UNKNOWN), output_field=CharField())


def _goods_group(path: Path) -> Expression:
    """The goods that the written word names (酒精棉片 is 酒精), by the shipped list; else the word itself."""
    name, groups = path("goods"), dict[str, list[str]]()
    for word, goods in goods_words().items():
        groups.setdefault(goods, []).append(word)
    known = [When(**{f"{name}__in": words}, then=Value(goods)) for goods, words in groups.items()]
    # What the list does not hold word by word often ends with it: 活性炭口罩.
    ends = [When(**{f"{name}__endswith": goods}, then=Value(goods)) for goods in groups]
    return Choose(*known, *ends, default=_goods(path), output_field=CharField())


def in_topics(codes: Collection[str], outer: str = "pk") -> Q:
    """Rows whose case is in one of the topics or in a topic below one of them; ``outer`` is the key of the case."""
    below = Q()
    for path in ("version__topic", "version__topic__parent", "version__topic__parent__parent"):
        below |= Q(**{f"{path}__code__in": list(codes)})
    return Q(Exists(TopicMembership.objects.filter(below, case=OuterRef(outer))))


def _in_topics(path: Path, codes: Collection[Any]) -> Q:
    return in_topics(codes, path("pk"))


def _in_these_topics(path: Path, codes: Collection[Any]) -> Q:
    found = TopicMembership.objects.filter(version__topic__code__in=list(codes), case=OuterRef(path("pk")))
    return Q(Exists(found))


def _topics(path: Path) -> Any:
    """The codes of the topics a case is in, sorted, each once."""
    rows = TopicMembership.objects.filter(case=OuterRef(path("pk")))
    return ArraySubquery(rows.order_by("version__topic__code").values("version__topic__code").distinct())


def _topics_above(path: Path) -> Expression:
    """The codes of the topics a case is in and of those above them, at most two levels."""
    codes = ("version__topic__code", "version__topic__parent__code", "version__topic__parent__parent__code")
    each = Func(*map(F, codes), template="unnest(ARRAY[%(expressions)s])", output_field=CharField())
    rows = TopicMembership.objects.filter(case=OuterRef(path("pk"))).annotate(code=each)
    found = ArraySubquery(rows.order_by("code").values("code").distinct())
    texts = ArrayField(CharField())
    return Func(found, Value(None, CharField()), function="array_remove", output_field=texts)


def about_prices(path: Path) -> Q:
    """Cases whose issue class is one of price, or which belong to a price topic."""
    heads = Q()
    for kind, names in PRICE_CLASSES.items():
        for above in ("", "parent__", "parent__parent__"):
            heads |= Q(**{"tree__kind": kind, f"{above}name__in": names, f"{above}parent": None})
    of_class = Q(**{f"{path('issue_class')}__in": ClassNode.objects.filter(heads).values("pk")})
    return of_class | in_topics(PRICE_TOPICS, path("pk"))


def _of_leads(path: Path) -> Q:
    """Reports that leads found in a mediation became (O20 art. 23, O121 art. 27)."""
    return Q(Exists(CaseLink.objects.filter(case=OuterRef(path("pk")), kind=LinkKind.LEADS)))


def _has_breach(path: Path) -> Q:
    """Cases of which a binding limit was fulfilled too late."""
    late = Clock.objects.filter(is_binding=True, state=ClockState.BREACHED, case=OuterRef(path("pk")))
    return Q(Exists(late))


def _is_public(path: Path) -> Q:
    """Complaints that were made public (公示)."""
    return Q(**{f"{path('publicised_on')}__isnull": False})


def _held_every_fact(path: Path) -> Expression:
    """Whether the case held every fact of the entry standard in force on its day when it was registered; unknown for
    cases that other systems made."""
    measured = When(**{f"{path('completeness')}__isnull": True}, then=Value(None))
    whole = When(**{f"{path('completeness')}__gte": 1}, then=Value(True))
    return Choose(measured, whole, default=Value(False), output_field=BooleanField(null=True))


def _radar_confirmed(path: Path) -> Expression:
    """Whether a person confirmed a flag of the radar, or dismissed all that were decided; unknown where none was."""
    flags = SensitiveFlag.objects.filter(case=OuterRef(path("pk")))
    confirmed = When(Exists(flags.filter(state=FlagState.CONFIRMED)), then=Value(True))
    dismissed = When(Exists(flags.filter(state=FlagState.DISMISSED)), then=Value(False))
    return Choose(confirmed, dismissed, default=Value(None), output_field=BooleanField(null=True))


def _flag(holds: Callable[[Path], Q]) -> Callable[[Path], Expression]:
    return lambda path: Choose(
        When(holds(path), then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _kept_by(holds: Callable[[Path], Q]) -> Keep:
    def keep(path: Path, values: Collection[Any]) -> Q:
        return reduce(or_, (holds(path) if value else ~holds(path) for value in set(values)), Q())

    return keep


def _fined(path: Path) -> Expression:
    """Penalty and confiscation together (罚没金额); unknown where neither is known."""
    parts = [path("penalty_amount"), path("result__confiscated_amount")]
    known = Q(**{f"{parts[0]}__isnull": False}) | Q(**{f"{parts[1]}__isnull": False})
    money = DecimalField(max_digits=14, decimal_places=2)
    both = [Coalesce(part, Value(0), output_field=money) for part in parts]
    return Choose(When(known, then=both[0] + both[1]), default=Value(None), output_field=money)


def _event_key(path: Path) -> Expression:
    """The event a case is in now, as a number below zero; a case in no event is an event by itself."""
    members = GroupMember.objects.filter(case=OuterRef(path("pk")), removed_at=None)
    of_event = Subquery(members.values(key=-F("group_id")), output_field=BigIntegerField())
    return Coalesce(of_event, F(path("pk")), output_field=BigIntegerField())


def _seconds(start: str, end: str) -> Callable[[Path], Expression]:
    """Whole seconds between two moments, unknown while one is."""

    def express(path: Path) -> Expression:
        passed = Extract(F(path(end)) - F(path(start)), "epoch")
        return Cast(Func(passed, function="floor"), IntegerField())

    return express


# The sources

CASES = Source(
    "cases", Case, "", "case_id", "received_at",
    (
        Column("case_id", "int", "pk"),
        Column("number", "text", "number"),
        Column("submission_id", "int", "submission_id"),
        Column("kind", "text", "kind"),
        Column("regime", "text", "regime"),
        Column("state", "text", "state"),
        Column("channel", "text", "channel"),
        Column("outcome", "text", "outcome"),
        Column("urgency", "text", "urgency"),
        Column("received_at", "moment", "received_at"),
        Column("registered_at", "moment", "registered_at"),
        Column("decided_at", "moment", "decided_at"),
        Column("filed_at", "moment", "filed_at"),
        Column("closed_at", "moment", "closed_at"),
        Column("unit_id", "int", "responsible_unit_id"),
        Column("unit", "text", "responsible_unit__code"),
        Column("entity_id", "int", "entity_id"),
        Column("party_id", "int", "party_id"),
        Column("event_key", "int", made=_event_key),
        Column("issue", "text", made=_head_of_class("issue_class")),
        Column("object", "text", made=_second_of_class("object_class")),
        Column("object_head", "text", made=_head_of_class("object_class")),
        Column("place", "text", made=_text("place__code")),
        Column("district", "text", made=_district),
        Column("goods", "text", made=_goods),
        Column("goods_group", "text", made=_goods_group),
        Column("is_price", "flag", made=_flag(about_prices), keep=_kept_by(about_prices)),
        Column("topics", "texts", made=_topics, keep=_in_these_topics),
        Column("topics_above", "texts", made=_topics_above, keep=_in_topics),
        Column("amount", "money", "amount"),
        Column("recovered_amount", "money", "recovered_amount"),
        Column("penalty_amount", "money", "penalty_amount"),
        Column("fined_amount", "money", made=_fined),
        Column("decision_seconds", "int", made=_seconds("received_at", "decided_at")),
        Column("closing_seconds", "int", made=_seconds("received_at", "closed_at")),
        Column("is_of_leads", "flag", made=_flag(_of_leads), keep=_kept_by(_of_leads)),
        Column("has_breach", "flag", made=_flag(_has_breach), keep=_kept_by(_has_breach)),
        Column("visit_grade", "text", "visit_grade"),
        Column("publicity_consent", "flag", "publicity_consent"),
        Column("is_public", "flag", made=_flag(_is_public), keep=_kept_by(_is_public)),
        Column("is_sensitive", "flag", "is_sensitive"),
        Column("radar_confirmed", "flag", made=_radar_confirmed),
        Column("held_every_fact", "flag", made=_held_every_fact),
        Column("is_synthetic", "flag", "is_synthetic"),
    ),
)  # fmt: skip
CLOCKS = Source(
    "clocks", Clock, "case", "clock_id", "due_at",
    (
        Column("clock_id", "int", "pk"),
        Column("case_id", "int", "case_id"),
        Column("limit_code", "text", "limit"),
        Column("clock_state", "text", "state"),
        Column("is_binding", "flag", "is_binding"),
        Column("started_at", "moment", "started_at"),
        Column("due_at", "moment", "due_at"),
        Column("ended_at", "moment", "ended_at"),
    ),
)  # fmt: skip
CONTACTS = Source(
    "contacts", Submission, None, "contact_id", "received_at",
    (
        Column("contact_id", "int", "pk"),
        Column("channel", "text", "channel"),
        Column("contact_outcome", "text", "outcome"),
        Column("received_at", "moment", "received_at"),
        Column("unit_id", "int", "unit_id"),
        Column("is_synthetic", "flag", "is_synthetic"),
    ),
)  # fmt: skip
CALLS = Source(
    "calls", Call, None, "call_id", "started_at",
    (
        Column("call_id", "int", "pk"),
        Column("call_source", "text", "source"),
        Column("direction", "text", "direction"),
        Column("agent_id", "int", "agent_id"),
        Column("started_at", "moment", "started_at"),
        Column("answered_at", "moment", "answered_at"),
        Column("ended_at", "moment", "ended_at"),
        Column("lasted_seconds", "int", made=_seconds("started_at", "ended_at")),
        Column("waited_seconds", "int", made=_seconds("started_at", "answered_at")),
        Column("talked_seconds", "int", made=_seconds("answered_at", "ended_at")),
    ),
)  # fmt: skip
SOURCES: dict[str, Source] = {one.name: one for one in (CASES, CLOCKS, CONTACTS, CALLS)}


def rows(source: Source, ids: Iterable[int] | None = None) -> QuerySet[Any, tuple[Any, ...]]:
    """The facts of the rows with these keys, or of all, each as a tuple in the order of the source's columns."""
    found = source.model._default_manager.all()
    if ids is not None:
        # one array: with thousands of keys, a parameter for each takes longer than the rows
        found = found.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
    # Under names of our own: a column may be called as a field that it is not read from.
    made = {f"fact_{name}": column.express(_as_it_is) for name, column in source.columns.items()}
    return found.annotate(**made).order_by("pk").values_list(*made)
