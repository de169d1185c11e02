"""What the executors over the mirror's files have in common: the statements, and how base and changes are one table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from suqing.analytics.conditions import AnyOf, Condition
from suqing.analytics.engine import sql
from suqing.analytics.engine.files import FileList, Files, Months, months_of, standing
from suqing.analytics.engine.questions import Counted, Line, Question, Rows
from suqing.analytics.facts import SOURCES, Source


class OverFiles(ABC):
    """Counts in the files of one version of the mirror, or of a pin."""

    dialect: ClassVar[sql.Dialect]

    def __init__(self, files: FileList) -> None:
        self._files = files

    def totals(self, questions: Sequence[Question]) -> list[Counted]:
        """One number a question; one statement for all that read the same source in the same sight, but stocks, which
        stand at one moment."""
        found: dict[int, Counted] = {}
        alike: dict[tuple[Any, ...], list[int]] = {}
        for place, one in enumerate(questions):
            stock = place if one.measure.stock is not None else -1
            alike.setdefault((one.measure.source.name, one.measure.moment, one.sight, stock), []).append(
                place
            )
        for group in alike.values():
            asked = [questions[place] for place in group]
            placed = AnyOf(tuple(one.placed for one in asked))
            row = dict(self._ask(asked[0], placed, sql.totals(asked, self.dialect))[0])
            for number, place in enumerate(group):
                found[place] = _counted(row.get(f"value_{number}"), row.get(f"whole_{number}"))
        return [found[place] for place in range(len(questions))]

    def cut(self, question: Question, by: Sequence[str], *, with_keys: bool = False) -> list[Line]:
        """The number for each value of the dimensions."""
        statement = sql.by_value(question, by, self.dialect, with_keys=with_keys)
        rows = self._ask(question, question.placed, statement)
        return [
            Line(
                tuple(row[f"cut_{place}"] for place in range(len(by))),
                _counted(row["value"], row.get("whole")),
                tuple(row.get("keys") or ()),
            )
            for row in rows
        ]

    def rows(self, question: Question) -> Rows:
        """The rows that were counted."""
        found = self._ask(question, question.placed, sql.listed(question, self.dialect))
        return behind(question, found)

    def _ask(self, question: Question, placed: Condition, statement: sql.Statement) -> list[dict[str, Any]]:
        source = question.measure.source
        names = {source.name} | ({"cases"} if " cases" in statement.text else set())
        relations = []
        for name in sorted(names):
            months = months_of(placed, SOURCES[name].month_of) if name == source.name else None
            relations.append(f"{name} AS ({self._relation(SOURCES[name], months)})")
        return self.run(f"WITH {', '.join(relations)} {statement.text}", statement.values)

    def _relation(self, source: Source, months: Months) -> str:
        files = self._files.get(source.name, Files((), ()))
        base, changes = self.table(source, files.base, months), self.table(source, files.changes, None)
        return standing(source.key, list(source.columns), base, changes) or self.nothing(source)

    @abstractmethod
    def table(self, source: Source, paths: Sequence[str], months: Months) -> str:
        """The Parquet files as a relation with the columns of the source, ``position`` and ``gone``; at least those
        rows that lie in the months.  "" where there are no files."""

    @abstractmethod
    def nothing(self, source: Source) -> str:
        """A statement that gives no row with the columns of the source."""

    @abstractmethod
    def run(self, text: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """The rows of a statement."""


def behind(question: Question, found: Sequence[dict[str, Any]]) -> Rows:
    """The rows of a figure from the lines of ``sql.listed``."""
    measure = question.measure
    if measure.summed:
        known = [row for row in found if row["amount"] is not None]
        return Rows(tuple(row["case_id"] for row in known), amounts=tuple(row["amount"] for row in known))
    source = measure.source
    name = "key" if source.case is None else "case_id"
    keys = tuple(row[name] for row in found)
    if question.numerator is not None:
        return Rows.of(source, keys, numerator=tuple(row[name] for row in found if row["in_part"]))
    return Rows.of(source, tuple(dict.fromkeys(keys)) if measure.distinct else keys)


def _counted(value: Any, whole: Any) -> Counted:
    return Counted(value or 0, whole or 0)
