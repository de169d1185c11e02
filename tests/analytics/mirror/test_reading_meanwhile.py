"""Who reads while others fold and build sees one whole version after another, never a mix and never an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection

from suqing.analytics.actions.mirror_building import build
from suqing.analytics.actions.mirror_feeding import feed
from suqing.analytics.actions.mirror_folding import clean, compact_changes, fold
from suqing.analytics.engine.duck import Duck
from suqing.analytics.facts import CASES
from suqing.analytics.mirror_state import current_view
from suqing.cases.models import Case
from tests.analytics.mirror.reading import is_equal
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

STATEMENT = (
    "SELECT goods, count(*) AS rows, count(DISTINCT case_id) AS cases FROM ({}) AS standing GROUP BY 1"
)


class Reader:
    """Reads the mirror again and again; keeps what it saw, and what went wrong."""

    def __init__(self) -> None:
        self.seen: list[list[tuple[str, int, int]]] = []
        self.faults: list[BaseException] = []

    def read(self, stop: Flag) -> None:
        try:
            while not stop.is_set():
                self.seen.append(self._once())
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    def _once(self) -> list[tuple[str, int, int]]:
        view = current_view()
        assert view is not None
        duck = Duck(view.facts)
        from_files = duck._relation(CASES, None)
        return [
            (row["goods"], row["rows"], row["cases"]) for row in duck.run(STATEMENT.format(from_files), [])
        ]


@contextmanager
def read_by(count: int) -> Iterator[list[Reader]]:
    """Have threads read while the block works; fail if one of them met an error."""
    stop, readers = Flag(), [Reader() for _number in range(count)]
    threads = [Thread(target=reader.read, args=(stop,)) for reader in readers]
    for thread in threads:
        thread.start()
    try:
        yield readers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for reader in readers:
        assert not reader.faults, reader.faults[0]


def test_every_answer_during_folds_and_rebuilds_is_one_of_the_right_ones(
    thirty_cases: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suqing.analytics.actions.mirror_folding.MANY_FILES", 3)
    Case.objects.update(goods="000")
    build()
    with read_by(2) as readers:
        for number in range(1, 19):
            Case.objects.update(goods=f"{number:03d}")
            feed()
            if number % 3 == 0:
                compact_changes()
            if number % 4 == 0:
                fold()
            if number % 6 == 0:
                build()
            if number % 9 == 0:
                clean()
    assert is_equal()
    for reader in readers:
        assert len(reader.seen) > 10
        # All thirty cases always speak of the same commit, each once, and time never runs backwards.
        assert all(len(lines) == 1 and lines[0][1:] == (30, 30) for lines in reader.seen), reader.seen
        told = [lines[0][0] for lines in reader.seen]
        assert told == sorted(told) and len(set(told)) > 3


def test_a_reader_that_took_its_list_before_a_rebuild_and_a_clean_up_still_reads_it(
    thirty_cases: Cast,
) -> None:
    Case.objects.update(goods="以前")
    build()
    feed()
    before = current_view()
    assert before is not None
    for _round in range(2):
        Case.objects.update(goods="以后")
        feed()
        fold()
        clean()
        build()
    found = Duck(before.facts).run(STATEMENT.format(Duck(before.facts)._relation(CASES, None)), [])
    assert [(row["goods"], row["rows"]) for row in found] == [("以前", 30)]
