"""A file that is lost or spoiled while somebody asks: the figure comes from PostgreSQL, and the same."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_checking import check_and_mend
from suqing.analytics.engine import duck
from suqing.analytics.engine.duck import Duck
from suqing.analytics.engine.postgres import Postgres
from suqing.analytics.engine.questions import Engine, Question
from suqing.analytics.mirror_state import current_view
from suqing.analytics.periods import Period
from suqing.analytics.registry import get
from suqing.analytics.standing import Place, standing_for
from tests.analytics.days import MONDAY
from tests.analytics.mirror.test_damage import tear
from tests.cast import Cast

QUARTER = Period(MONDAY - timedelta(days=80), MONDAY)


def cases_files() -> list[Path]:
    view = current_view()
    assert view is not None
    return [Path(path) for path in view.files["cases"].base]


def by_value(engine: Engine, question: Question) -> set[tuple[object, ...]]:
    return {(line.values, line.counted) for line in engine.cut(question, ["district", "issue"])}


@pytest.mark.parametrize("damage", [tear, Path.unlink])
def test_a_figure_whose_file_cannot_be_read_is_counted_in_postgresql(
    thirty_cases: Cast, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    build()
    question = Question(get("cases_registered"), QUARTER)
    right = Postgres().totals([question]), by_value(Postgres(), question)
    assert right[0][0].value > 10
    for path in cases_files():
        damage(path)
    standing = standing_for(QUARTER)
    assert standing.place is Place.MIRROR
    with caplog.at_level(logging.ERROR):
        assert standing.engine.totals([question]) == right[0]
        assert by_value(standing.engine, question) == right[1]
        assert standing.engine.rows(question) == Postgres().rows(question)
    assert "cannot be read; counting in PostgreSQL" in caplog.text
    check_and_mend()
    caplog.clear()
    standing = standing_for(QUARTER)
    assert standing.engine.totals([question]) == right[0] and not caplog.text


def test_a_statement_that_is_wrong_is_not_covered_up(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    inner = Duck.run
    monkeypatch.setattr(
        Duck, "run", lambda self, text, values: inner(self, f"{text} ORDER BY nonsense", values)
    )
    with pytest.raises(duckdb.BinderException):
        standing_for(QUARTER).engine.totals([Question(get("cases_registered"), QUARTER)])


def test_after_an_error_that_ends_duckdb_it_is_begun_anew(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    build()
    question = Question(get("cases_registered"), QUARTER)
    engine = standing_for(QUARTER).engine
    before = engine.totals([question])

    class Ended:
        def execute(self, *_given: object) -> None:
            raise duckdb.FatalException("database has been invalidated")

    first = duck._database[0]
    with monkeypatch.context() as broken:
        broken.setattr(duck, "_cursor", Ended)
        assert engine.totals([question]) == before
    assert duck._database == []
    assert engine.totals([question]) == before and duck._database[0] is not first
