"""Load what ships.  Topics written at the centre are never overwritten by a newer shipped one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.db.models import Max

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.files.storage import storage
from suqing.ledger.actions import record
from suqing.taxonomy import reference
from suqing.taxonomy.class_models import model_key
from suqing.taxonomy.models import ClassModel, ClassNode, ClassTree, Division, Topic, TopicVersion
from suqing.taxonomy.queries import check_names
from suqing.taxonomy.reference import DivisionRow
from suqing.taxonomy.sensitive import load_shipped
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.model_file import digest_of, written
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
    description: str | None = None  # None leaves both as they stand
    owner: Person | None = None


@transaction.atomic
def change_topic(draft: TopicDraft, *, by: Person | str, at: datetime) -> TopicVersion:
    """Add a topic, or the next version of one, worded at the centre.  Raise BadRule for a rule nobody can read, or
    NotPermitted.

    Live matching uses it from ``at`` on; what lies before is a backfill of its own.
    """
    require(by, Permission.TOPIC_MANAGE)
    rule = parse_rule(draft.code, 0, draft.rule, draft.parent).rule
    if rule is not None:
        check_names(rule)
    parent = Topic.objects.get(code=draft.parent) if draft.parent else None
    topic, created = Topic.objects.select_for_update().get_or_create(
        code=draft.code,
        defaults={
            "name": draft.name,
            "name_en": draft.name_en,
            "parent": parent,
            "order": 1000,
            "description": draft.description or "",
            "owner": draft.owner,
        },
    )
    if not created and draft.description is not None:
        describe_topic(topic=topic, description=draft.description, owner=draft.owner, by=by, at=at)
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


@transaction.atomic
def describe_topic(
    *, topic: Topic, description: str, owner: Person | None, by: Person | str, at: datetime
) -> Topic:
    """Say what a topic is for and who answers for it; nothing happens if both stand so already.  Raise NotPermitted."""
    require(by, Permission.TOPIC_MANAGE)
    row = Topic.objects.select_for_update().get(pk=topic.pk)
    before = {"description": row.description, "owner": row.owner_id}
    after = {"description": description.strip(), "owner": owner and owner.pk}
    if before == after:
        return row
    row.description, row.owner = description.strip(), owner
    row.save(update_fields=["description", "owner"])
    record("topic.described", row, by=by, at=at, data={"code": row.code, "before": before, "after": after})
    return row


@transaction.atomic
def end_topic(*, topic: Topic, by: Person | str, at: datetime) -> Topic:
    """Take no new cases into a topic; those in it stay.  Nothing happens if it has ended.  Raise NotPermitted."""
    return _set_active(topic, is_active=False, by=by, at=at)


@transaction.atomic
def resume_topic(*, topic: Topic, by: Person | str, at: datetime) -> Topic:
    """Take new cases into a topic again; what came in between is a backfill.  Raise NotPermitted."""
    return _set_active(topic, is_active=True, by=by, at=at)


def _set_active(topic: Topic, *, is_active: bool, by: Person | str, at: datetime) -> Topic:
    require(by, Permission.TOPIC_MANAGE)
    row = Topic.objects.select_for_update().get(pk=topic.pk)
    if row.is_active != is_active:
        row.is_active, row.ended_at = is_active, None if is_active else at
        row.save(update_fields=["is_active", "ended_at"])
        record("topic.resumed" if is_active else "topic.ended", row, by=by, at=at, data={"code": row.code})
    return row


@transaction.atomic
def adopt_class_model(
    *, kind: str, model: Model, taught_until: datetime, by: Person | str, at: datetime
) -> ClassModel:
    """Keep a model and take it into use for a kind of class; the one before stays on record and in the storage.

    The bytes lie under their digest before the row names them, so that nobody ever reads half a model.
    """
    with connection.cursor() as cursor:  # two trainings may end at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('taxonomy.adopt_class_model'))")
    data = written(model)
    digest = digest_of(data)
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        storage().put(model_key(digest), Path(file.name))
    last = ClassModel.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    row = ClassModel.objects.create(
        kind=kind,
        number=last + 1,
        digest=digest,
        taught_until=taught_until,
        adopted_at=at,
        facts=dict(model.facts),
    )
    told = {"kind": kind, "number": row.number, "digest": digest, **model.facts}
    record("taxonomy.class_model_adopted", ("taxonomy", f"class_model:{kind}"), by=by, at=at, data=told)
    return row
