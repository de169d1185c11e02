"""Work over a whole history sees each row once, as it stands, and gives the same in processes and on a cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suqing.analytics.engine.batches import Job, NotEmpty, WrongShape, run_over
from suqing.analytics.engine.files import Files

READS = pa.schema([("case_id", pa.int64()), ("match_text", pa.string())])
GIVES = pa.schema([("case_id", pa.int64()), ("times", pa.int32())])
Row = tuple[int, str, int, bool]


def times_of(word: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """How often a word is in each text."""
    found = [text.count(word) for text in batch.column("match_text").to_pylist()]
    return pa.RecordBatch.from_arrays(
        [batch.column("case_id"), pa.array(found, pa.int32())], names=["case_id", "times"]
    )


def fails(batch: pa.RecordBatch) -> pa.RecordBatch:
    raise RuntimeError("this text cannot be read")


MASKS = Job(partial(times_of, "口罩"), READS, GIVES)


def written(path: Path, rows: list[Row], **options: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ["case_id", "match_text", "position", "gone"]
    table = pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)})
    pq.write_table(table, path, **options)
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(
        (
            written(
                tmp_path / "base/month=2020-01/a.parquet",
                [(n, "口罩" * (n % 3), 1, False) for n in range(1, 51)],
                row_group_size=7,
            ),
            written(tmp_path / "base/month=2020-02/a.parquet", [(51, "白菜", 1, False), (52, "口罩", 1, True)]),
        ),
        (
            written(tmp_path / "changes/0.parquet", [(1, "口罩口罩口罩口罩", 3, False), (2, "口罩", 2, False), (60, "新", 2, False)]),
            written(tmp_path / "changes/1.parquet", [(1, "旧", 2, False), (2, "口罩", 4, True), (61, "口罩", 2, True)]),
        ),
    )  # fmt: skip


def test_each_row_is_seen_once_as_it_stands(files: Files, tmp_path: Path) -> None:
    results = run_over(files, MASKS, tmp_path / "results", processes=2)
    found = dict(zip(*(column.to_pylist() for column in results.table().columns), strict=True))
    expected = {n: n % 3 for n in range(3, 51)} | {1: 4, 51: 0, 60: 0}
    assert found == expected
    assert results.table().num_rows == len(expected)


def test_no_files_give_no_results(tmp_path: Path) -> None:
    table = run_over(Files((), ()), MASKS, tmp_path / "results", processes=1).table()
    assert table.num_rows == 0
    assert table.schema == GIVES


def test_two_runs_do_not_mix(files: Files, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "part-00000.parquet").write_bytes(b"of another run")
    with pytest.raises(NotEmpty):
        run_over(files, MASKS, tmp_path / "results")


def test_a_failure_of_the_work_is_told(files: Files, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="this text cannot be read"):
        run_over(files, Job(fails, READS, GIVES), tmp_path / "results", processes=1)


def test_work_that_gives_other_columns_than_it_said_is_refused(files: Files, tmp_path: Path) -> None:
    other = pa.schema([("case_id", pa.int64()), ("words", pa.int32())])
    with pytest.raises(WrongShape, match="times"):
        run_over(files, Job(MASKS.work, READS, other), tmp_path / "results", processes=1)


def test_the_key_must_be_read() -> None:
    with pytest.raises(ValueError, match="case_id"):
        Job(MASKS.work, pa.schema([("match_text", pa.string())]), GIVES)
