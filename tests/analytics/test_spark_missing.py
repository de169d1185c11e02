"""Where Spark cannot run it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ground.cluster import standalone_cluster
from suqing.analytics.engine import spark_session
from suqing.analytics.engine.spark import Spark


def test_without_java_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    spark_session.close()
    with pytest.raises(spark_session.SparkMissing, match=r"Java 17|suqing\[cluster\]"):
        Spark({})


@pytest.mark.timeout(600)
@pytest.mark.skipif(bool(spark_session.missing()), reason=spark_session.missing() or "-")
def test_a_cluster_that_has_no_worker_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "PATIENCE", 2)
    with standalone_cluster(workers=0), pytest.raises(spark_session.SparkMissing, match="gave no worker"):
        Spark({})
