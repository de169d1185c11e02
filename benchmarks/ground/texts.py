"""Redacted texts of cases, as many as are wanted, and the reading of them as work over record batches.

The texts are synthetic: narratives of the rehearsal's script, two of them joined by a number, so that no two are the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from suqing.rehearsal.script.plan import plan
from suqing.taxonomy.text import topics
from suqing.taxonomy.text.redact import match_text

SEED = 12315
NARRATIVES = 4000
READS = pa.schema([("case_id", pa.int64()), ("match_text", pa.string())])
GIVES = pa.schema([("case_id", pa.int64()), ("characters", pa.int64()), ("topics", pa.list_(pa.string()))])
RULES = Path(__file__).resolve().parents[2] / "suqing" / "taxonomy" / "data" / "topics.json"


def read(rules: tuple[topics.TopicRule, ...], batch: pa.RecordBatch) -> pa.RecordBatch:
    """The work: of each text its length and its topics."""
    texts, matcher = batch.column("match_text"), topics.matcher(rules)
    found = pa.array([sorted(matcher.match(text)) for text in texts.to_pylist()], pa.list_(pa.string()))
    columns = [batch.column("case_id"), pc.utf8_length(texts).cast(pa.int64()), found]
    return pa.RecordBatch.from_arrays(columns, names=["case_id", "characters", "topics"])


def work() -> partial[pa.RecordBatch]:
    """The work with the shipped rules."""
    shipped = json.loads(RULES.read_text(encoding="utf-8"))["topics"]
    rules = (topics.parse_rule(one["code"], one["version"], one["rule"], one["parent"]) for one in shipped)
    return partial(read, tuple(rules))


def write(folder: Path, rows: int, changed: int, months: int = 12) -> tuple[list[str], list[str]]:
    """Write so many texts by months, and so many of them anew as changes; the files of both."""
    narratives = pa.array(list(islice(_narratives(), NARRATIVES)))
    each = rows // months
    base = []
    for month in range(months):
        keys = np.arange(1 + month * each, 1 + (month + 1) * each)
        base.append(
            _written(folder / "base" / f"month=2020-{month + 1:02d}", narratives, keys, 1, (SEED, month))
        )
    keys = np.random.default_rng(SEED).choice(each * months, changed, replace=False) + 1
    return base, [_written(folder / "changes" / "month=2020-12", narratives, keys, 2, (SEED, 99))]


def _narratives() -> Iterator[str]:
    for contact in plan(SEED, date(2020, 1, 20), date(2020, 2, 9)):
        for matter in contact.matters:
            yield match_text(matter.narrative).text


def _written(
    folder: Path, narratives: pa.Array, keys: np.ndarray, position: int, seed: tuple[int, int]
) -> str:
    rng, count = np.random.default_rng(seed), len(keys)
    halves = [narratives.take(pa.array(rng.integers(0, len(narratives), count))) for _half in range(2)]
    # The second narrative is cut short: together they are as long as one and a half.
    rest = pc.utf8_slice_codeunits(halves[1], 0, 30)
    numbers = pa.array(rng.integers(0, 10**9, count)).cast(pa.string())
    gone = (keys % 17 == 5) & (position > 1)
    columns = {
        "case_id": pa.array(keys),
        "match_text": pc.binary_join_element_wise(halves[0], numbers, rest, "，"),
        "redactor_version": pa.repeat(pa.scalar("1"), count),
        "position": pa.repeat(pa.scalar(position, pa.int64()), count),
        "gone": pa.array(gone),
    }
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / "part-0.parquet", compression="zstd", row_group_size=50_000)
    return str(folder / "part-0.parquet")
