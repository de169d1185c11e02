"""The ten questions of ``benchmarks/questions.py``: for the product's executors, and by hand for a bare file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

HERE = "make_timestamp(epoch_us(received_at) + 28800000000)"  # by the centre's clock


@dataclass(frozen=True)
class Asked:
    """One question: how an executor is asked, and what one would write by hand."""

    name: str
    ask: Callable[[Any], Any]
    hand: str

    def by_hand(self, paths: Mapping[str, str]) -> str:
        """The statement over bare files."""
        return self.hand.format(**{name: f"read_parquet('{path}')" for name, path in paths.items()})


def ten(first: date, last: date) -> list[Asked]:
    """The ten, over all that is there between two days."""
    from suqing.analytics.engine.questions import Question, Sight
    from suqing.analytics.periods import Period
    from suqing.analytics.registry import get

    whole = Period(first, last)
    week = Period(last - timedelta(days=20), last - timedelta(days=14))
    before = Period(last - timedelta(days=27), last - timedelta(days=21))

    def question(code: str, period: Period = whole, **more: Any) -> Question:
        return Question(get(code), period, **more)

    registered, limits = question("cases_registered"), question("on_time_acceptance_rate")
    units = frozenset(range(1, 8)) | frozenset(range(1000, 1003))
    narrow = question("cases_registered", sight=Sight(units, units))
    inside = f"received_at >= {_moment(whole.bounds[0])} AND received_at < {_moment(whole.bounds[1])}"
    due = f"due_at >= {_moment(whole.bounds[0])} AND due_at < {_moment(whole.bounds[1])}"
    weeks = " OR ".join(
        f"(received_at >= {_moment(low)} AND received_at < {_moment(high)})"
        for low, high in (week.bounds, before.bounds)
    )
    listed = ", ".join(map(str, sorted(units)))
    return [
        Asked("1 total", lambda by: by.totals([registered]), f"SELECT count(*) FROM {{cases}} WHERE {inside}"),
        Asked("2 by district", lambda by: by.cut(registered, ["district"]),
              f"SELECT district, count(*) FROM {{cases}} WHERE {inside} GROUP BY 1"),
        Asked("3 month × issue", lambda by: by.cut(registered, ["month", "issue"]),
              f"SELECT CAST(date_trunc('month', {HERE}) AS DATE), issue, count(*) FROM {{cases}} WHERE {inside} GROUP BY 1, 2"),
        Asked("4 operators, all, the first ten of them", lambda by: _first(by.cut(registered, ["entity"])),
              f"SELECT entity_id, count(*) FROM {{cases}} WHERE {inside} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"),
        Asked("5 share of the epidemic topics, by month",
              lambda by: by.cut(question("epidemic_share"), ["month"]),
              f"SELECT CAST(date_trunc('month', {HERE}) AS DATE), count(*),"
              f" count(*) FILTER (WHERE list_contains(topics_above, 'epidemic')) FROM {{cases}} WHERE {inside} GROUP BY 1"),
        Asked("6 persons", lambda by: by.totals([question("persons_registered")]),
              f"SELECT count(DISTINCT party_id) FROM {{cases}} WHERE {inside}"),
        Asked("7 on-time share of limits, by district", lambda by: by.cut(limits, ["district"]),
              "SELECT district, count(*), count(*) FILTER (WHERE clocks.ended_at <= clocks.due_at)"
              f" FROM {{clocks}} AS clocks JOIN {{cases}} AS cases USING (case_id)"
              f" WHERE limit_code = 'D1' AND is_binding AND clock_state IN ('running', 'met', 'breached') AND {due} GROUP BY 1"),
        Asked("8 hour × channel", lambda by: by.cut(registered, ["hour", "channel"]),
              f"SELECT hour({HERE}), channel, count(*) FROM {{cases}} WHERE {inside} GROUP BY 1, 2"),
        Asked("9 by issue, in a narrow sight", lambda by: by.cut(narrow, ["issue"]),
              f"SELECT issue, count(*) FROM {{cases}} WHERE {inside} AND unit_id IN ({listed}) GROUP BY 1"),
        Asked("10 what rises: goods of one week and of the week before",
              lambda by: (by.cut(question("cases_registered", week), ["goods_group"]),
                          by.cut(question("cases_registered", before), ["goods_group"])),
              f"SELECT goods_group, CAST(date_trunc('week', {HERE}) AS DATE), count(*) FROM {{cases}} WHERE {weeks} GROUP BY 1, 2"),
    ]  # fmt: skip


def _moment(moment: Any) -> str:
    return f"TIMESTAMPTZ '{moment.isoformat()}'"


def _first(lines: list[Any]) -> list[Any]:
    return sorted(lines, key=lambda line: -line.counted.value)[:10]
