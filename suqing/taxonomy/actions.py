"""Load what ships.  Topics written at the centre are never overwritten by a newer shipped one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.db.models import Max

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.ledger.actions import record
from suqing.taxonomy import reference
from suqing.taxonomy.models import ClassNode, ClassTree, Division, Topic, TopicVersion
from suqing.taxonomy.reference import DivisionRow
from suqing.taxonomy.sensitive import load_shipped
from suqing.taxonomy.text.topics import parse_rule

SHIPPED = "shipped"
FIRST_WORDING = datetime(2020, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
BATCH = 2000


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows a load added or changed; all zero where everything was there already."""

    divisions: int
    class_trees: int
    class_nodes: int
    topics: int
    topic_versions: int
    sensitive_rules: int = 0
    sensitive_versions: int = 0

    @property
    def changed_anything(self) -> bool:
        return any(asdict(self).values())


@transaction.atomic
def load_reference_data(*, by: AbstractBaseUser | str, at: datetime) -> LoadReport:
    """Bring divisions, class trees, topics and sensitive rules to their shipped state; a second run changes nothing.

    Rows that are no longer shipped stay, because old cases point at them.  One event is recorded if anything
    changed.
    """
    with connection.cursor() as cursor:  # two servers may start at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('taxonomy.load_reference_data'))")
    divisions = _load_divisions()
    trees, nodes = _load_trees()
    topics, versions = _load_topics(at)
    report = LoadReport(divisions, trees, nodes, topics, versions, *load_shipped(at))
    if report.changed_anything:
        record("taxonomy.reference_loaded", ("taxonomy", "reference"), by=by, at=at, data=asdict(report))
    return report


def _load_divisions() -> int:
    """Write the divisions that are new or differ; the thousands of a first load go in by COPY."""
    names = DivisionRow.__slots__
    stored = {values[0]: values for values in Division.objects.values_list(*names)}
    new, changed = [], []
    for row in reference.divisions():
        values = (*(getattr(row, name) for name in names[:-2]), list(row.aliases), row.is_functional)
        if row.code not in stored:
            new.append(values)
        elif stored[row.code] != values:
            changed.append(Division(**dict(zip(names, values, strict=True))))
    if new:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {Division._meta.db_table} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for values in new:
                copy.write_row(values)
    Division.objects.bulk_update(changed, [name.removesuffix("_id") for name in names[1:]], batch_size=BATCH)
    return len(new) + len(changed)


def _load_trees() -> tuple[int, int]:
    shipped = reference.trees()
    rows = [ClassTree(**{k: v for k, v in _fields(tree).items() if k != "nodes"}) for tree in shipped]
    # closed trees first: two open ones of a kind are refused
    changed = _write(ClassTree, sorted(rows, key=lambda tree: tree.is_active), key=("code",))
    keys = dict(ClassTree.objects.values_list("code", "pk"))
    return changed, sum(_load_nodes(tree, keys[tree.code]) for tree in shipped)


def _load_nodes(tree: reference.TreeRow, tree_id: int) -> int:
    """Write a tree's nodes, first as they are, then under their parents (whose keys are known by then)."""
    stored = {node.code: node for node in ClassNode.objects.filter(tree_id=tree_id)}
    parents = {code: node.parent_id for code, node in stored.items()}
    rows = []
    for node in tree.nodes:
        fields = {k: v for k, v in _fields(node).items() if k != "parent"}
        rows.append(ClassNode(tree_id=tree_id, parent_id=parents.get(node.code), **fields))
    changed = _write(ClassNode, rows, key=("tree_id", "code"), within={"tree_id": tree_id})
    keys = dict(ClassNode.objects.filter(tree_id=tree_id).values_list("code", "pk"))
    moved = []
    for node in tree.nodes:
        parent_id = keys[node.parent] if node.parent else None
        if parents.get(node.code) != parent_id:
            moved.append(ClassNode(pk=keys[node.code], parent_id=parent_id))
    ClassNode.objects.bulk_update(moved, ["parent"], batch_size=BATCH)
    return max(changed, len(moved))


def _load_topics(at: datetime) -> tuple[int, int]:
    shipped = reference.topics()
    known = set(Topic.objects.values_list("code", flat=True))
    new = [topic for topic in shipped if topic.code not in known]
    Topic.objects.bulk_create(Topic(code=t.code, name=t.name, name_en=t.name_en, order=t.order) for t in new)
    keys = dict(Topic.objects.values_list("code", "pk"))
    Topic.objects.bulk_update(
        [Topic(pk=keys[t.code], parent_id=keys[t.parent]) for t in new if t.parent], ["parent"]
    )
    versions = [version for topic in shipped if (version := _next_version(topic, keys[topic.code], at))]
    TopicVersion.objects.bulk_create(versions)
    return len(new), len(versions)


def _next_version(topic: reference.TopicRow, topic_id: int, at: datetime) -> TopicVersion | None:
    """Give the version to add, or None: the wording is the same, or the centre wrote one of its own since."""
    newest = TopicVersion.objects.filter(topic_id=topic_id).order_by("-number").first()
    if newest is not None and (newest.rule == topic.rule or newest.source != SHIPPED):
        return None
    if newest is None:
        # The first shipped wording holds from where the class trees begin, so that a centre which looks back, or
        # rehearses a week of 2020, has topics then; later wordings begin when they are loaded.
        return TopicVersion(
            topic_id=topic_id, number=1, rule=topic.rule, valid_from=min(at, FIRST_WORDING), source=SHIPPED
        )
    number = newest.number + 1
    return TopicVersion(topic_id=topic_id, number=number, rule=topic.rule, valid_from=at, source=SHIPPED)


def _write(
    model: type[models.Model], rows: list[Any], *, key: tuple[str, ...], within: dict[str, Any] | None = None
) -> int:
    """Insert rows that are new by their key and update those that differ; give how many."""
    names = [f.attname for f in model._meta.concrete_fields if f.attname != "id"]
    stored = {
        tuple(values[name] for name in key): values
        for values in model._default_manager.filter(**(within or {})).values(*names)
    }
    changed = []
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        if stored.get(tuple(values[name] for name in key)) != values:
            changed.append(row)
    unique = [model._meta.get_field(name.removesuffix("_id")).name for name in key]
    model._default_manager.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=unique,
        update_fields=[f.name for f in model._meta.concrete_fields if f.name not in (*unique, "id")],
    )
    return len(changed)


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """A topic as somebody at the centre words it."""

    code: str
    name: str
    rule: dict[str, Any]
    name_en: str = ""
    parent: str | None = None


@transaction.atomic
def change_topic(draft: TopicDraft, *, by: Person | str, at: datetime) -> TopicVersion:
    """Add a topic, or the next version of one, worded at the centre.  Raise BadRule for a rule nobody can read, or
    NotPermitted.

    Live matching uses it from ``at`` on; what lies before is a backfill of its own.
    """
    require(by, Permission.TOPIC_MANAGE)
    parse_rule(draft.code, 0, draft.rule, draft.parent)
    parent = Topic.objects.get(code=draft.parent) if draft.parent else None
    topic, created = Topic.objects.select_for_update().get_or_create(
        code=draft.code,
        defaults={"name": draft.name, "name_en": draft.name_en, "parent": parent, "order": 1000},
    )
    number = (topic.versions.aggregate(most=Max("number"))["most"] or 0) + 1
    version = TopicVersion.objects.create(
        topic=topic, number=number, rule=draft.rule, valid_from=at, source="centre"
    )
    record(
        "topic.created" if created else "topic.changed",
        topic,
        by=by,
        at=at,
        data={"code": topic.code, "version": number, "rule": draft.rule},
    )
    return version
