"""Look-ups for pages and desks: classes, divisions, topic rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Length

from suqing.taxonomy import reference
from suqing.taxonomy.class_models import model_in_use
from suqing.taxonomy.models import (
    ClassNode,
    ClassTree,
    Division,
    DivisionLevel,
    Topic,
    TopicVersion,
    division_stem,
)
from suqing.taxonomy.text import suggest
from suqing.taxonomy.text.addresses import PlaceGuess, parse_address
from suqing.taxonomy.text.normalise import fold_case, normalise, normalise_word
from suqing.taxonomy.text.rules.faults import BadRule, Reason
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN, Facts
from suqing.taxonomy.text.rules.tree import FactName, Rule, facts_asked, words_of
from suqing.taxonomy.text.topics import Matcher, TopicRule, matcher, parse_rule, with_those_above

MODEL = "model"
UNSURE = 0.3  # below this probability a class gives way to the one above it, and at the top to the word lists
LEAST = 0.05  # below this probability a second or third class is not worth reading
Row = TypeVar("Row", ClassNode, Division)


class NoClassTree(LookupError):
    """There is no active tree of this kind on this day: the reference data are not loaded."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A class with the classes under it."""

    node: ClassNode
    children: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class ClassSuggestion:
    """A suggested class, the words that decided, and how it was found ("rules" or "model").

    ``score`` orders suggestions of one method: letters that matched, or percent; only a model gives a ``probability``.
    """

    node: ClassNode
    words: tuple[str, ...]
    score: int
    method: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A division that a text names, and how: where its name stands, what follows it, how sure."""

    division: Division
    guess: PlaceGuess


def tree_in_use(kind: str, on: date) -> ClassTree:
    """Give the tree by which matters of that day are classed.  Raise NoClassTree."""
    tree = ClassTree.objects.in_use(kind, on).first()
    if tree is None:
        raise NoClassTree(f"{kind} on {on}")
    return tree


def class_tree(kind: str, on: date) -> tuple[Branch, ...]:
    """Give the classes of a kind on a day as branches, in printed order.  Raise NoClassTree."""
    below: dict[int | None, list[ClassNode]] = {}
    for node in ClassNode.objects.of_tree(tree_in_use(kind, on)):
        below.setdefault(node.parent_id, []).append(node)

    def branches(parent_id: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(node, branches(node.pk)) for node in below.get(parent_id, []))

    return branches(None)


def class_nodes(kind: str, on: date) -> list[ClassNode]:
    """Give the classes of a kind on a day as a flat list, parents before children.  Raise NoClassTree."""
    return list(ClassNode.objects.of_tree(tree_in_use(kind, on)))


def find_node(kind: str, code: str, on: date) -> ClassNode | None:
    """Give the class with this code in the tree of that day, or None."""
    return ClassNode.objects.filter(tree__in=ClassTree.objects.in_use(kind, on)[:1], code=code).first()


def search_nodes(kind: str, words: str, limit: int = 20, *, on: date | None = None) -> list[ClassNode]:
    """Find classes of today's tree (or that of a day) by code, name, pinyin or initials; beginnings first."""
    tree = ClassTree.objects.in_use(kind, on)[:1] if on else ClassTree.objects.open_now(kind)[:1]
    found = ClassNode.objects.filter(tree__in=tree)
    if not (terms := _terms(words)):
        return list(found.order_by("order")[:limit])
    return list(_holding(found, terms).order_by(_rank(terms[0]), "order")[:limit])


def search_divisions(
    words: str, under: str | Sequence[str] = (), limit: int = 20, *, only_under: bool = False
) -> list[Division]:
    """Find divisions whose code, names, pinyin or initials hold every word.

    Those inside ``under`` (codes, the first first) come before all others, or are the only ones; then names that
    begin with the first word, then larger divisions before smaller.
    """
    codes = [under] if isinstance(under, str) else list(under)
    inside = [Q(code__startswith=division_stem(code)) for code in codes if code]
    found: QuerySet[Division] = Division.objects.all()
    if only_under and inside:
        found = found.filter(_any(inside))
    if not (terms := _terms(words)):
        return []
    nearness = [When(place, then=Value(rank)) for rank, place in enumerate(inside)]
    near = [Case(*nearness, default=Value(len(inside)), output_field=IntegerField()).asc()] if inside else []
    order: list[OrderBy | str] = [*near, _rank(terms[0]), Length("code").asc(), "pinyin", "code"]
    return list(_holding(found, terms).order_by(*order)[:limit])


def places_in(text: str, near: str | Sequence[str] = ()) -> list[NamedPlace]:
    """Give the divisions that a text may mean, the surest first; ``near`` are codes of cities, the nearest first.

    Equal places (朝阳区) are all given, each with less confidence.  One query at most.
    """
    codes = (near,) if isinstance(near, str) else tuple(near)
    guesses = parse_address(text, reference.place_index(), [code for code in codes if code])
    known = Division.objects.in_bulk([guess.code for guess in guesses]) if guesses else {}
    return [NamedPlace(known[guess.code], guess) for guess in guesses if guess.code in known]


def find_division(text: str, under: str = "") -> Division | None:
    """Give the most specific division that a text names inside a city (or province), or None.

    A street name that several districts have counts only if the text names the district too.  Short forms
    (昆山 for 昆山市, 木渎 for 木渎镇), other names (工业园区) and codes, older ones too (320571), count as names.
    """
    plain = normalise(text).text
    if code := reference.place_index().code_of(plain.strip()):
        return Division.objects.filter(code=code, code__startswith=division_stem(under)).first()
    inside = Division.objects.under(under) if under else Division.objects.exclude(level=DivisionLevel.STREET)
    named = {
        division.code: division
        for division in inside
        if division.code != under and _is_named(division, plain)
    }
    for level in (DivisionLevel.STREET, DivisionLevel.DISTRICT, DivisionLevel.CITY, DivisionLevel.PROVINCE):
        here = [division for division in named.values() if division.level == level]
        sure = [division for division in here if division.parent_id in named] or here
        if len(sure) == 1:
            return sure[0]
    return None


def topic_rules(at: datetime | None = None) -> tuple[TopicRule, ...]:
    """Give the newest rules of the active topics, or those in force at a moment, for ``text.topics.match``."""
    return tuple(rule for rule, _ in rules_in_force(at))


def topic_versions(at: datetime | None = None) -> dict[str, TopicVersion]:
    """Give the version of each of those rules by the topic's code, for rows of membership."""
    return {rule.code: version for rule, version in rules_in_force(at)}


def suggest_classes(match_text: str, kind: str, on: date, limit: int = 3) -> list[ClassSuggestion]:
    """Suggest classes of a kind for a match_text, best first, with the words that decided.

    The centre's own model suggests where there is one and it is sure enough of its best class; otherwise word lists do.
    """
    return _by_model(match_text, kind, on, limit) or _by_rules(match_text, kind, on, limit)


def best_classes(match_text: str, kind: str, on: date, limit: int = 3) -> list[ClassSuggestion]:
    """The best classes even where the model is not sure of them, for who reviews a class; word lists without a model."""
    return _by_model(match_text, kind, on, limit, least=0) or _by_rules(match_text, kind, on, limit)


def _by_model(
    match_text: str, kind: str, on: date, limit: int, least: float = UNSURE
) -> list[ClassSuggestion]:
    model = model_in_use(kind)
    guesses = model.guess(match_text, limit, back_off=UNSURE) if model else []
    if not guesses or guesses[0].probability < least:
        return []
    nodes = _nodes([guess.code for guess in guesses], kind, on)
    said = fold_case(match_text)
    return [
        ClassSuggestion(
            nodes[guess.code],
            tuple(word for word in guess.words if word in said),
            round(guess.probability * 100),
            MODEL,
            guess.probability,
        )
        for guess in guesses
        if guess.code in nodes and guess.probability >= min(LEAST, least)
    ]


def _by_rules(match_text: str, kind: str, on: date, limit: int) -> list[ClassSuggestion]:
    found = suggest.suggest(match_text, kind, limit)
    nodes = _nodes([suggestion.code for suggestion in found], kind, on)
    return [ClassSuggestion(nodes[s.code], s.words, s.score, s.method) for s in found if s.code in nodes]


def _nodes(codes: list[str], kind: str, on: date) -> dict[str, ClassNode]:
    """The classes of these codes in the tree of the day."""
    tree = ClassTree.objects.in_use(kind, on)[:1]
    return {node.code: node for node in ClassNode.objects.filter(tree__in=tree, code__in=codes)}


def rules_in_force(at: datetime | None = None) -> list[tuple[TopicRule, TopicVersion]]:
    """Give each active topic's rule in force with the stored version it was read from, in the topics' order."""
    found = TopicVersion.objects.newest() if at is None else TopicVersion.objects.in_force(at)
    versions = found.filter(topic__is_active=True).select_related("topic__parent")
    ordered = sorted(versions, key=lambda version: (version.topic.order, version.topic.code))
    return [(_rule(version), version) for version in ordered]


@dataclass(frozen=True)
class Family:
    """A topic and those above it, with the rules that decide who belongs to them: their own and of all below."""

    topics: frozenset[int]
    _versions: Mapping[str, int]
    _matcher: Matcher

    @property
    def asks_facts(self) -> bool:
        """Whether its rules ask something of a case beside its words."""
        return self._matcher.asks_facts

    def can_hold(self, text: str) -> bool:
        """Whether a case with this match_text may belong to the family for some facts."""
        return self._matcher.can_hold(text)

    def versions_held(self, text: str, facts: Facts = NOTHING_KNOWN) -> list[int]:
        """The versions by which a case with this match_text belongs to topics of the family."""
        return [self._versions[code] for code in self._matcher.match(text, facts) if code in self._versions]


def family_of(topic: Topic, at: datetime) -> Family:
    """The topic and those above it as their rules stand at a moment."""
    rules = rules_in_force(at)
    above = {rule.code: rule.parent for rule, _version in rules}
    lines = {code: with_those_above(code, above) for code in above}
    mine = set(lines.get(topic.code, [topic.code]))
    deciding = tuple(rule for rule, _version in rules if mine & set(lines[rule.code]))
    versions = {rule.code: version for rule, version in rules if rule.code in mine}
    return Family(
        frozenset({topic.pk} | {version.topic_id for version in versions.values()}),
        {code: version.pk for code, version in versions.items()},
        matcher(deciding),
    )


def check_names(rule: Rule) -> None:
    """Raise BadRule for a class or a district that there is none of, by name or code."""
    for asked in facts_asked(rule):
        if asked.fact is FactName.CLASS:
            known = ClassNode.objects.filter(Q(code__iexact=asked.value) | Q(name__iexact=asked.value))
            is_known = known.exists()
        elif asked.fact is FactName.DISTRICT:
            is_known = Division.objects.filter(
                Q(code=asked.value) | Q(name=asked.value) | Q(aliases__contains=[asked.value])
            ).exists()
        else:
            continue
        if not is_known:
            raise BadRule(Reason.UNKNOWN_VALUE, asked.at, asked.value)


def words_deciding(topic: Topic, at: datetime) -> list[str]:
    """Every word that speaks for the topic in its rule and in those of the topics below it, case-folded."""
    rules = rules_in_force(at)
    above = {rule.code: rule.parent for rule, _version in rules}
    found = {
        word: None
        for rule, _version in rules
        if rule.rule is not None and topic.code in with_those_above(rule.code, above)
        for word in words_of(rule.rule, positive_only=True)
    }
    return list(found)


def _rule(version: TopicVersion) -> TopicRule:
    parent = version.topic.parent
    return parse_rule(
        version.topic.code, version.number, version.rule, parent.code if parent and parent.is_active else None
    )


def _terms(words: str) -> list[str]:
    return [term for word in words.split() if (term := normalise_word(word).lower())][:5]


def _holding(found: QuerySet[Row], terms: list[str]) -> QuerySet[Row]:
    for term in terms:
        found = found.filter(search_key__contains=term)
    return found


def _rank(first: str) -> OrderBy:
    """Order by how well the first word fits: the whole name or code, its beginning, a beginning inside, else."""
    return Case(
        When(Q(name__iexact=first) | Q(code__iexact=first), then=Value(0)),
        When(Q(name__istartswith=first) | Q(code__istartswith=first), then=Value(1)),
        When(search_key__contains=f" {first}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    ).asc()


def _any(conditions: list[Q]) -> Q:
    every = conditions[0]
    for condition in conditions[1:]:
        every |= condition
    return every


def _is_named(division: Division, plain: str) -> bool:
    return any(name in plain for name in _names(division))


def _names(division: Division) -> list[str]:
    """Give the full name, other names and the short form that people say, where it is not too short."""
    short = division.name.rstrip("市区县镇乡") if division.level != DivisionLevel.STREET else ""
    if division.name.endswith("镇"):
        short = division.name.removesuffix("镇")
    names = [division.name, *division.aliases]
    return [*names, short] if len(short) >= 2 else names


# Administration


def trees_of(kind: str) -> list[ClassTree]:
    """Every version of a kind's list, the one in use first, then newest first, with ``classes``, their number."""
    rows = ClassTree.objects.filter(kind=kind).annotate(classes=Count("nodes"))
    return sorted(
        rows, key=lambda tree: (tree.is_active and tree.valid_to is None, tree.valid_from), reverse=True
    )


def classes_of(tree: ClassTree, words: str = "") -> list[ClassNode]:
    """The classes of one version in printed order; with words only those found by code, name, pinyin or initials."""
    found = ClassNode.objects.of_tree(tree).select_related("parent__parent")
    return list(_holding(found, _terms(words)))


def topics_with_versions() -> list[tuple[Topic, list[TopicVersion]]]:
    """Every topic in its order, below the one above it, with its versions, newest first; two queries."""
    newest_first = Prefetch("versions", TopicVersion.objects.order_by("-number"))
    rows = Topic.objects.select_related("parent", "owner").prefetch_related(newest_first)
    return [(topic, list(topic.versions.all())) for topic in sorted(rows, key=_place_in_the_list)]


def _place_in_the_list(topic: Topic) -> tuple[int, str, bool, int, str]:
    above = topic.parent or topic
    return above.order, above.code, topic.parent is not None, topic.order, topic.code
