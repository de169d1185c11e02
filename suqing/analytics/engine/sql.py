"""Questions as SQL over the flat facts, for DuckDB and for Spark.  Pure.

The statements read relations called like the sources (``cases``, ``clocks``, ``contacts``, ``calls``), each with the
columns that ``facts`` declares; an executor lays them over its files.  Values are parameters in the order of their
question marks, never part of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from suqing.analytics import lunar
from suqing.analytics.conditions import (
    AllOf,
    AnyOf,
    AtHour,
    AtLeast,
    Below,
    Condition,
    Empty,
    Has,
    Is,
    Missing,
    Not,
    NotAfter,
    columns_of,
)
from suqing.analytics.dimensions import CENTRE_OFFSET, Dimension, cut
from suqing.analytics.engine.questions import Question
from suqing.analytics.facts import UNKNOWN, Source
from suqing.analytics.period_kinds import PeriodKind
from suqing.analytics.registry import Measure
from suqing.kit.dates import day_number


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine says what they say differently."""

    name: str
    shares_a_value: str  # of two lists
    a_list: str
    length: str
    unnest: str
    collect: str
    sort: str

    def local(self, moment: str, offset: timedelta) -> str:
        """The moment as a local timestamp without a zone."""
        seconds = int(offset.total_seconds())
        if self.name == "duckdb":
            return f"make_timestamp(epoch_us({moment}) + {seconds * 1_000_000})"
        return f"timestampadd(SECOND, {seconds}, {moment})"

    def text(self, expression: str) -> str:
        return f"CAST({expression} AS {'VARCHAR' if self.name == 'duckdb' else 'STRING'})"

    def format(self, moment: str, pattern: str) -> str:
        if self.name == "duckdb":
            return f"strftime({moment}, '{pattern}')"
        spark = pattern.replace("%Y", "yyyy").replace("%m", "MM").replace("%d", "dd")
        return f"date_format({moment}, '{spark}')"

    def day_number(self, moment: str) -> str:
        """How many days the local timestamp is after 1 January 1970."""
        if self.name == "duckdb":
            return f"date_diff('day', DATE '1970-01-01', CAST({moment} AS DATE))"
        return f"datediff(CAST({moment} AS DATE), DATE '1970-01-01')"

    def day_of_number(self, number: str) -> str:
        if self.name == "duckdb":
            return f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"
        return f"date_add(DATE '1970-01-01', CAST({number} AS INT))"


DUCKDB = Dialect("duckdb", "list_has_any", "list_value", "len", "unnest", "list", "list_sort")
SPARK = Dialect("spark", "arrays_overlap", "array", "size", "explode", "collect_list", "sort_array")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values of its question marks."""

    text: str
    values: tuple[Any, ...] = ()


@dataclass(slots=True)
class Writer:
    """Writes one statement; ``values`` grows in the order in which question marks are written."""

    dialect: Dialect
    values: list[Any] = field(default_factory=list)

    def value(self, value: Any) -> str:
        """A question mark for a value."""
        self.values.append(_plain(value))
        return "?"

    def listed(self, values: Iterable[Any]) -> str:
        return ", ".join(self.value(value) for value in values)

    def done(self, text: str) -> Statement:
        return Statement(text, tuple(self.values))

    def where(self, condition: Condition) -> str:
        """The condition: true or false for every row, never unknown."""
        match condition:
            case AllOf(parts):
                return _joined(" AND ", [self.where(part) for part in parts]) or "TRUE"
            case AnyOf(parts):
                return _joined(" OR ", [self.where(part) for part in parts]) or "FALSE"
            case Not(part):
                return f"NOT {_in_brackets(self.where(part))}"
            case NotAfter(column, other):
                return f"coalesce({column} <= {other}, FALSE)"
            case Is(column, values):
                return f"coalesce({column} IN ({self.listed(values)}), FALSE)" if values else "FALSE"
            case Has(column, values):
                wanted = f"{self.dialect.a_list}({self.listed(values)})"
                return (
                    f"coalesce({self.dialect.shares_a_value}({column}, {wanted}), FALSE)"
                    if values
                    else "FALSE"
                )
            case _:
                return self._of_column(condition)

    def _of_column(self, condition: Condition) -> str:
        match condition:
            case Missing(column):
                return f"{column} IS NULL"
            case Empty(column):
                return f"coalesce({self.dialect.length}({column}), 0) <= 0"
            case AtLeast(column, bound):
                return f"coalesce({column} >= {self.value(bound)}, FALSE)"
            case Below(column, bound):
                return f"coalesce({column} < {self.value(bound)}, FALSE)"
            case AtHour(column, hours, offset):
                hour = f"hour({self.dialect.local(column, offset)})"
                return f"coalesce({hour} IN ({self.listed(hours)}), FALSE)"
        raise TypeError(f"{condition!r} is no condition")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _in_brackets(text: str) -> str:
    return f"({text})"


def _joined(by: str, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else by.join(map(_in_brackets, parts))


# Statements


def totals(questions: Sequence[Question], dialect: Dialect) -> Statement:
    """One row with ``value_0``, ``whole_0``, ``value_1`` … for questions over the same source in the same sight."""
    first, writer = questions[0], Writer(dialect)
    columns: list[str] = []
    for number, one in enumerate(questions):
        # Only the one question's rows are read where it is alone.
        kept = one.placed & one.measure.population & one.kept if len(questions) > 1 else None
        columns.extend(f"{text} AS {name}_{number}" for name, text in _aggregates(one, writer, kept))
    rows = AnyOf(tuple(one.placed for one in questions)) if len(questions) > 1 else first.counted
    source = _source(questions, _columns_asked(questions, rows))
    return writer.done(f"SELECT {', '.join(columns)} FROM {source} WHERE {_kept(first, rows, writer)}")


def by_value(
    question: Question, by: Sequence[str], dialect: Dialect, *, with_keys: bool = False
) -> Statement:
    """One row a group: its values ``cut_0`` …, ``value``, ``whole`` where there is one, ``keys`` where asked for."""
    writer, measure = Writer(dialect), question.measure
    cuts = [cut(code, measure.source) for code in by]
    overlaps = any(one.overlaps for one in cuts)
    names = [f"cut_{place}" for place in range(len(cuts))]
    values = [f"{_value(one, measure, dialect)} AS {name}" for one, name in zip(cuts, names, strict=True)]
    wanted = [f"{text} AS {name}" for name, text in _aggregates(question, writer, None)]
    if with_keys:
        distinct = "DISTINCT " if overlaps or measure.distinct else ""
        wanted.append(f"{dialect.sort}({dialect.collect}({distinct}{_row_key(measure.source)})) AS keys")
    used = _columns_asked([question], question.counted) | {one.column for one in cuts if one.column}
    source = _source([question], used)
    inner = f"SELECT *, {', '.join(values)} FROM {source} WHERE {_kept(question, question.counted, writer)}"
    groups = [f"cut_rows.{name}" for name in names]
    told = [
        f"{_written(one, measure, group, dialect)} AS {name}"
        for one, group, name in zip(cuts, groups, names, strict=True)
    ]
    return writer.done(
        f"SELECT {', '.join(told + wanted)} FROM ({inner}) AS cut_rows GROUP BY {', '.join(groups)}"
    )


def listed(question: Question, dialect: Dialect) -> Statement:
    """One row a counted row, in order of its key: ``key``, ``case_id`` where it has one, ``amount``, ``in_part``."""
    writer, measure = Writer(dialect), question.measure
    source = measure.source
    columns = [f"{source.key} AS key"]
    if source.case is not None:
        columns.append("case_id")
    if measure.summed:
        columns.append(f"{measure.summed} AS amount")
    if question.numerator is not None:
        columns.append(f"{writer.where(question.numerator)} AS in_part")
    relation = _source([question], _columns_asked([question], question.counted))
    rows = _kept(question, question.counted, writer)
    return writer.done(f"SELECT {', '.join(columns)} FROM {relation} WHERE {rows} ORDER BY key")


def _columns_asked(questions: Sequence[Question], rows: Condition) -> set[str]:
    found = columns_of(rows)
    for one in questions:
        measure = one.measure
        found |= columns_of(one.counted) | {measure.distinct, measure.summed, measure.averaged} - {""}
        if one.numerator is not None:
            found |= columns_of(one.numerator)
    return found


def _source(questions: Sequence[Question], used: set[str]) -> str:
    """The relation that rows are read from, joined with their cases where a fact of the case is asked for."""
    source = questions[0].measure.source
    if source.case and (used - set(source.columns) or not questions[0].sight.is_whole):
        return f"{source.name} JOIN cases USING (case_id)"
    return source.name


def _kept(question: Question, rows: Condition, writer: Writer) -> str:
    """The rows that are counted, as far as they are in sight."""
    kept, sight, source = writer.where(rows), question.sight, question.measure.source
    if sight.is_whole:
        return kept
    if source.name == "calls":
        return _joined(" AND ", [kept, writer.where(sight.of_calls)])
    if source.case is not None:
        return _joined(" AND ", [kept, writer.where(sight.of_cases)])
    barren = f"contact_id NOT IN (SELECT submission_id FROM cases) AND {_in_brackets(writer.where(sight.of_barren_contacts))}"
    seen = f"contact_id IN (SELECT submission_id FROM cases WHERE {writer.where(sight.of_cases)})"
    return f"({kept}) AND (({barren}) OR {seen})"


def _row_key(source: Source) -> str:
    return "case_id" if source.case is not None else source.key


def _aggregates(question: Question, writer: Writer, kept: Condition | None) -> list[tuple[str, str]]:
    """What is counted of the rows, or of those of them that are ``kept``."""
    measure = question.measure
    if measure.summed:
        return [("value", f"sum({measure.summed}){_filter(writer, kept)}")]
    if measure.averaged:
        total = f"sum({measure.averaged}){_filter(writer, kept)}"
        return [("value", total), ("whole", f"count(*){_filter(writer, kept)}")]
    if question.numerator is not None:
        part = question.numerator if kept is None else kept & question.numerator
        return [("value", f"count(*){_filter(writer, part)}"), ("whole", f"count(*){_filter(writer, kept)}")]
    what = f"DISTINCT {measure.distinct}" if measure.distinct else "*"
    return [("value", f"count({what}){_filter(writer, kept)}")]


def _filter(writer: Writer, kept: Condition | None) -> str:
    return "" if kept is None else f" FILTER (WHERE {writer.where(kept)})"


def _value(one: Dimension, measure: Measure, dialect: Dialect) -> str:
    """What rows are grouped by: the value, or what ``_written`` makes the value of."""
    if one.time:
        local = dialect.local(measure.moment, CENTRE_OFFSET)
        return f"hour({local})" if one.time == "hour" else _first_day(one.time, local, dialect)
    column = measure.source.find(one.column)[0]
    if column.kind == "texts":
        nothing = f"{dialect.a_list}('{UNKNOWN}')"
        many = f"CASE WHEN {dialect.length}({column.name}) > 0 THEN {column.name} ELSE {nothing} END"
        return f"{dialect.unnest}({many})"
    return column.name


def _written(one: Dimension, measure: Measure, group: str, dialect: Dialect) -> str:
    """The value as text, "" for the unknown: made once a group, which is much quicker than once a row."""
    if one.time == "hour":
        return dialect.text(group)
    if one.time:
        return group if one.time in _MADE_AS_TEXT else dialect.format(group, "%Y-%m-%d")
    if measure.source.find(one.column)[0].kind in ("text", "texts"):
        return group
    return f"coalesce({dialect.text(group)}, '{UNKNOWN}')"


_MADE_AS_TEXT = (PeriodKind.TEN_DAYS, PeriodKind.LUNAR_WEEK)


def _first_day(kind: PeriodKind, local: str, dialect: Dialect) -> str:
    """The first day of the period that the local timestamp lies in; as text where it is put together of texts, "" where
    none is known."""
    if kind is PeriodKind.TEN_DAYS:
        third = f"CASE WHEN day({local}) <= 10 THEN '01' WHEN day({local}) <= 20 THEN '11' ELSE '21' END"
        return f"{dialect.format(local, '%Y-%m-')} || {third}"
    if kind is PeriodKind.LUNAR_WEEK:
        return _lunar_week(local, dialect)
    return f"date_trunc('{kind}', {local})"


def _lunar_week(local: str, dialect: Dialect) -> str:
    day = dialect.day_number(local)
    turns = [day_number(turn) for turn in lunar.turns()]
    cases = " ".join(f"WHEN {day} >= {turn} THEN {turn}" for turn in reversed(turns))
    turn = f"CASE WHEN {day} >= {day_number(lunar.end())} THEN NULL {cases} END"
    first = dialect.day_of_number(f"{day} - ({day} - {turn}) % 7")
    return f"coalesce({dialect.format(first, '%Y-%m-%d')}, '{UNKNOWN}')"
