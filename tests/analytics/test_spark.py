"""A real cluster of a master and two workers answers as DuckDB does over the same files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from benchmarks.ground import texts
from benchmarks.ground.cluster import Cluster, standalone_cluster
from suqing.analytics.engine import batches, spark_batches, spark_session
from suqing.analytics.engine.batches import Job
from suqing.analytics.engine.duck import Duck
from suqing.analytics.engine.files import Files
from suqing.analytics.engine.questions import Question
from suqing.analytics.engine.spark import Spark
from suqing.analytics.facts import SOURCES
from suqing.analytics.periods import Period
from suqing.analytics.registry import get
from tests.analytics.made_facts import lay_out, made_facts
from tests.analytics.test_engines import CONDITIONS, a_question, cuts_of

ALWAYS = Period(date(2010, 1, 1), date(2030, 1, 1))
pytestmark = pytest.mark.timeout(
    900
)  # Spark compiles each statement; on a busy machine that takes seconds each
needs_spark = pytest.mark.skipif(bool(spark_session.missing()), reason=spark_session.missing() or "-")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with standalone_cluster(workers=2, cores=1) as running:
        yield running
    assert [pid for pid in running.processes if running.lives(pid)] == [], (
        "a process of the cluster was left behind"
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    rng = Random(11)
    return lay_out(tmp_path_factory.mktemp("mirror"), rng, made_facts(rng))


@needs_spark
def test_the_work_is_done_by_two_workers(cluster: Cluster) -> None:
    context = spark_session.session().sparkContext
    assert context.master == cluster.address
    hosts = context.parallelize(range(40), 40).map(lambda _number: os.getppid()).distinct().collect()
    assert len(hosts) == 2
    assert os.getpid() not in hosts


@needs_spark
def test_random_questions_have_one_answer(cluster: Cluster, files: dict[str, Files]) -> None:
    rng, facts = Random(5), made_facts(Random(11))
    duck, spark = Duck(files), Spark(files)
    told = [(one, duck.totals([one])[0]) for one in (a_question(rng, facts) for _number in range(80))]
    # Most ask for something; each is a statement that Spark compiles.
    asked = [pair for pair in told if pair[1].value][:12] + [pair for pair in told if not pair[1].value][:3]
    assert len(asked) == 15, "the questions ask for nothing"
    questions = [one for one, _counted in asked]
    assert spark.totals(questions) == [counted for _one, counted in asked]
    for one in questions[:4]:
        by = rng.sample(cuts_of(one.measure), rng.choice((1, 2)))
        with_keys = rng.random() < 0.5
        lines = [
            {line.values: line for line in engine.cut(one, by, with_keys=with_keys)}
            for engine in (duck, spark)
        ]
        assert lines[0] == lines[1], (one, by)
    for one in questions[:4]:
        assert spark.rows(one) == duck.rows(one)


@needs_spark
def test_every_cut_gives_the_same_lines(cluster: Cluster, files: dict[str, Files]) -> None:
    question = Question(get("cases_registered"), ALWAYS)
    duck, spark = Duck(files), Spark(files)
    for code in cuts_of(question.measure):
        lines = sorted(spark.cut(question, [code]), key=lambda line: line.values)
        assert lines == sorted(duck.cut(question, [code]), key=lambda line: line.values), code
        assert len(lines) > 1, code


@needs_spark
def test_every_condition_keeps_the_same_rows(cluster: Cluster, files: dict[str, Files]) -> None:
    questions = [
        Question(get("cases_registered"), ALWAYS, kept) for one in CONDITIONS for kept in (one, ~one)
    ]
    expected = Duck(files).totals(questions)
    assert Spark(files).totals(questions) == expected
    whole = Duck(files).totals([Question(get("cases_registered"), ALWAYS)])[0].value
    assert [one.value + other.value for one, other in zip(expected[::2], expected[1::2], strict=True)] == [
        whole
    ] * len(CONDITIONS)


@needs_spark
def test_a_mirror_without_files_gives_nothing(cluster: Cluster) -> None:
    spark = Spark({name: Files((), ()) for name in SOURCES})
    question = Question(get("cases_registered"), ALWAYS)
    assert spark.totals([question])[0].value == 0
    assert spark.cut(question, ["district"]) == []


@needs_spark
def test_changes_without_a_base_are_counted(cluster: Cluster, files: dict[str, Files]) -> None:
    only = {"cases": Files((), files["cases"].changes)}
    question = Question(get("cases_registered"), ALWAYS)
    assert Spark(only).cut(question, ["month"]) != []
    assert sorted(Spark(only).cut(question, ["month"]), key=lambda line: line.values) == sorted(
        Duck(only).cut(question, ["month"]), key=lambda line: line.values
    )


@needs_spark
def test_work_over_all_texts_gives_the_same_here_and_on_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    from pyspark.cloudpickle import register_pickle_by_value

    register_pickle_by_value(texts)  # workers have the package, not its benchmarks
    base, changes = texts.write(tmp_path / "texts", 3000, 200)
    job, table = Job(texts.work(), texts.READS, texts.GIVES), Files(tuple(base), tuple(changes))
    here = batches.run_over(table, job, tmp_path / "here", processes=2).table().sort_by("case_id")
    there = spark_batches.run_over(table, job, tmp_path / "there").table().sort_by("case_id")
    assert there.equals(here)
    assert 2900 < here.num_rows < 3000
    assert sum(map(bool, here["topics"].to_pylist())) > 1000
