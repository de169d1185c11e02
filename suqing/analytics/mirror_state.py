"""Where the mirror stands and which files belong to it, as readers need it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from suqing.accounts.models import Unit
from suqing.analytics import facts
from suqing.analytics.engine.files import Files
from suqing.analytics.mirror.epoch import Epoch
from suqing.analytics.mirror.tables import FACT_TABLES, SPECS
from suqing.analytics.models import Mirror, Touched
from suqing.cases.queries.price_cases import PRICE_CLASSES, PRICE_TOPICS
from suqing.taxonomy.models import ClassNode, Topic
from suqing.taxonomy.text.extract import goods_words


@dataclass(frozen=True, slots=True)
class MirrorView:
    """One whole version of the mirror: the sealed event up to which it speaks, and the files of each table."""

    epoch: str
    position: int
    fed_at: datetime
    files: dict[str, Files]

    @property
    def facts(self) -> dict[str, Files]:
        """The files that figures are counted from: all but the texts."""
        return {name: self.files[name] for name in FACT_TABLES}


def mirror_row() -> Mirror | None:
    """Where the mirror stands; None while there is none."""
    return Mirror.objects.exclude(epoch="").first()


def current_view() -> MirrorView | None:
    """The mirror as it stands now; None while there is none.  Raise Damaged if its tables cannot be read."""
    row = mirror_row()
    return None if row is None else view_of(row)


def view_of(row: Mirror) -> MirrorView:
    """The files that belong to a state of the mirror."""
    assert row.fed_at is not None  # a mirror with a folder was built
    found = {
        name: Files(*(_files(row.epoch, name, part, at[part]) for part in ("base", "changes")))
        for name, at in row.versions.items()
    }
    return MirrorView(row.epoch, row.position, row.fed_at, found)


def epoch_of(name: str) -> Epoch:
    """The folder of a mirror."""
    return Epoch(Path(settings.SUQING_MIRROR) / name)


@lru_cache(maxsize=256)
def _files(epoch: str, name: str, part: str, version: int) -> tuple[str, ...]:
    # What belongs to a version never changes, so that it is looked up once.
    return tuple(epoch_of(epoch).files(name, part, version))


def is_behind() -> bool:
    """Whether rows changed that the mirror does not have yet."""
    return Touched.objects.filter(is_held=False).exists()


def fingerprint() -> str:
    """What facts were resolved with: names of classes, topics above topics, units, words for goods, the columns and how
    they are read; and which database they come from: one that was restored from a backup is another one.

    A mirror that was built with another one speaks of other names or of another past, and is built anew.
    """
    told = {
        "classes": list(
            ClassNode.objects.order_by("pk").values_list("pk", "name", "parent_id", "tree__kind")
        ),
        "topics": list(Topic.objects.order_by("code").values_list("code", "parent__code")),
        "units": list(Unit.objects.order_by("pk").values_list("pk", "code")),
        "goods": sorted(goods_words().items()),
        "prices": [
            sorted((str(kind), list(names)) for kind, names in PRICE_CLASSES.items()),
            list(PRICE_TOPICS),
        ],
        "columns": {name: [(one.name, str(one.type)) for one in spec.schema] for name, spec in SPECS.items()},
        "reading": {
            name: str(facts.rows(spec.source).query.sql_with_params()) for name, spec in SPECS.items()
        },
        "database": _database(),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _database() -> list[int]:
    """The cluster, its timeline (a new one after every recovery to a point in time) and the database in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, timeline_id, oid FROM pg_control_system(), pg_control_checkpoint(), pg_database"
            " WHERE datname = current_database()"
        )
        return list(cursor.fetchone())


def is_torn() -> bool:
    """Whether a file in use is missing or has lost a part."""
    row = mirror_row()
    return row is not None and bool(epoch_of(row.epoch).torn(row.versions))


def is_build_due() -> bool:
    """Whether there is no mirror, its tables are not there, or it was built with other names."""
    row = mirror_row()
    return row is None or row.fingerprint != fingerprint() or not epoch_of(row.epoch).is_there(row.versions)
