"""Work over a whole history on a Spark cluster: what ``batches.run_over`` does with processes, and the same results.

The machines of the cluster need this package installed, and the files and the folder for results under the same path.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa

from suqing.analytics.engine.batches import Job, Results, make_room
from suqing.analytics.engine.files import Files, standing
from suqing.analytics.engine.spark_session import address, read_files, session


def run_over(files: Files, job: Job, into: Path) -> Results:
    """Run the work on the cluster and leave its results in the folder ``into``.  Raise SparkMissing."""
    spark = session()
    from pyspark.sql.pandas.types import from_arrow_schema

    make_room(into)
    reads = from_arrow_schema(job.reads)
    columns = {field.name: field.dataType.simpleString() for field in reads.fields}
    tables = []
    for name, paths in (("base", files.base), ("changes", files.changes)):
        if paths:
            read_files(columns | {"position": "BIGINT", "gone": "BOOLEAN"}, paths).createOrReplaceTempView(
                f"job_{name}"
            )
        tables.append(f"job_{name}" if paths else "")
    text = standing(job.key, job.reads.names, *tables)
    if not text:
        return Results(into, job.gives)
    with warnings.catch_warnings():
        # It looks for pandas, which neither of us uses here.
        warnings.simplefilter("ignore", FutureWarning)
        made = spark.sql(text).mapInArrow(partial(_each, job), from_arrow_schema(job.gives))
    made.write.mode("append").parquet(address(str(into)), compression="zstd")
    for name in filter(None, tables):
        spark.catalog.dropTempView(name)
    return Results(into, job.gives)


def _each(job: Job, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            yield job.done(batch)
