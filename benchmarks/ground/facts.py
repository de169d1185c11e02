"""Flat facts of cases that never happened, as many as are wanted: synthetic, the same for the same seed.

python benchmarks/ground/facts.py FOLDER ROWS [CHANGED] [DISTRICTS]

Writes Parquet by month as the mirror keeps it: ``FOLDER/base/month=2020-01/…`` and, of CHANGED rows (some new, some
gone), ``FOLDER/changes/…``.  About 10^7 rows a minute on two cores.  Others take ``month_of_cases`` by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import combinations
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 12315
HERE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, YEARS = 2016, 5
MOST_AT_ONCE = 500_000  # rows of a file
MOMENT = pa.timestamp("us", "UTC")
MONEY = pa.decimal128(14, 2)
TEXTS = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        ("case_id", pa.int64()),
        ("number", pa.string()),
        ("submission_id", pa.int64()),
        *[(name, pa.string()) for name in ("kind", "regime", "state", "channel", "outcome", "urgency")],
        *[(f"{name}_at", MOMENT) for name in ("received", "registered", "decided", "filed", "closed")],
        ("unit_id", pa.int64()),
        ("unit", pa.string()),
        *[(name, pa.int64()) for name in ("entity_id", "party_id", "event_key")],
        *[
            (name, pa.string())
            for name in ("issue", "object", "object_head", "place", "district", "goods", "goods_group")
        ],
        ("is_price", pa.bool_()),
        ("topics", TEXTS),
        ("topics_above", TEXTS),
        *[(name, MONEY) for name in ("amount", "recovered_amount", "penalty_amount", "fined_amount")],
        ("decision_seconds", pa.int64()),
        ("closing_seconds", pa.int64()),
        ("is_of_leads", pa.bool_()),
        ("has_breach", pa.bool_()),
        ("visit_grade", pa.string()),
        ("publicity_consent", pa.bool_()),
        ("is_public", pa.bool_()),
        ("is_sensitive", pa.bool_()),
        ("radar_confirmed", pa.bool_()),
        ("held_every_fact", pa.bool_()),
        ("is_synthetic", pa.bool_()),
        ("position", pa.int64()),
        ("gone", pa.bool_()),
    ]
)
ISSUES = (
    "质量",
    "广告",
    "价格",
    "售后服务",
    "合同",
    "安全",
    "计量",
    "商标",
    "假冒",
    "虚假宣传",
    "人格尊严",
    "不正当竞争",
    "其他",
    "",
)
OBJECTS = {
    "商品（产品）": ("食品", "烟、酒和饮料", "医药及医疗用品", "家用电器", "服装、鞋帽", "通讯产品", "交通工具", "化妆品", "日用商品"),
    "服务": ("餐饮和住宿服务", "文化、娱乐、体育服务", "美容、美发、洗浴服务", "互联网服务", "销售服务", "卫生保健服务", "旅游服务"),
}  # fmt: skip
GOODS = ("", "口罩", "酒精", "消毒液", "额温枪", "白菜", "猪肉", "年夜饭", "酒店客房", "健身卡", "手机", "电水壶", "儿童推车",
         "面霜", "机票", "婚宴", "奶粉", "电动车", "羽绒服", "预付卡")  # fmt: skip
STATES = (
    "registered",
    "dispatched",
    "accepted",
    "mediating",
    "checking",
    "filed",
    "not_filed",
    "refused",
    "closed",
)
OUTCOMES = ("answered", "mediated", "settled", "withdrawn", "no_settlement", "mediation_ended", "refused", "penalty",
            "no_penalty", "not_filed", "repeat", "transferred")  # fmt: skip
PARENTS = {
    "daily_goods": "epidemic", "disinfection": "epidemic", "mask_price": "epidemic", "mask_quality": "epidemic",
    "refund_dinners": "refund", "refund_gyms": "refund", "refund_tickets_hotels": "refund", "refund_tours": "refund",
}  # fmt: skip
TOPICS = (*sorted(PARENTS), "price_surge")
PRICE_TOPICS = {"mask_price", "price_surge"}
# Topic sets of a case: none, one or two.
SETS = [(), *((one,) for one in TOPICS), *combinations(TOPICS, 2)]
SUZHOU = ("320505", "320506", "320507", "320508", "320509", "320571", "320581", "320582", "320583", "320585")


@dataclass(frozen=True)
class World:
    """How many cases there are, over which districts, and of which seed; everything else follows."""

    total: int
    districts: int = len(SUZHOU)
    seed: int = SEED

    @cached_property
    def codes(self) -> list[str]:
        """Codes of districts: those of Suzhou, then made up ones over the provinces."""
        made = (f"{11 + n % 31:02d}{1 + n // 279:02d}{1 + n // 31 % 9:02d}" for n in range(self.districts))
        return [*SUZHOU, *made][: self.districts]

    @cached_property
    def months(self) -> list[str]:
        """The months, oldest first."""
        return [f"{FIRST_YEAR + n // 12}-{n % 12 + 1:02d}" for n in range(12 * YEARS)]

    @cached_property
    def rows(self) -> list[int]:
        """Rows of each month: they grow by the year, and early 2020 stands out."""
        weights = np.array([1 + 0.15 * (n // 12) for n in range(len(self.months))])
        weights[48:51] *= (1.6, 2.2, 1.4)
        ends = np.floor(np.cumsum(weights) / weights.sum() * self.total + 0.5).astype(np.int64)
        return np.diff(ends, prepend=0).tolist()

    def first_key(self, month: int) -> int:
        """The key of the first case of a month; keys go up with time."""
        return 1 + sum(self.rows[:month])

    def parts(self, month: int) -> range:
        """The parts that a month is made in, so that memory does not grow with the world."""
        return range(-(-self.rows[month] // MOST_AT_ONCE))


class Dice:
    """Columns of random values."""

    def __init__(self, rows: int, seed: Sequence[int]) -> None:
        self.rows, self.rng = rows, np.random.default_rng(seed)

    def pick(self, values: Sequence[str], weights: Sequence[float] | None = None) -> pa.Array:
        """One of the values a row; without weights the first are the most frequent."""
        weighed = np.array(weights or [1 / (n + 1) for n in range(len(values))])
        return pa.array(values, pa.string()).take(pa.array(self.places(weighed)))

    def places(self, weights: np.ndarray) -> np.ndarray:
        """Numbers from 0, as likely as their weights."""
        ends = np.cumsum(weights) / np.sum(weights)
        return np.minimum(np.searchsorted(ends, self.rng.random(self.rows)), len(ends) - 1)

    def chance(self, share: float) -> np.ndarray:
        """True in that share of the rows."""
        return self.rng.random(self.rows) < share

    def skewed(self, count: int) -> np.ndarray:
        """Keys from 1 to count of which a few are very frequent, as operators are."""
        return 1 + (count * self.rng.random(self.rows) ** 3).astype(np.int64)

    def later(self, moments: np.ndarray, days: float, known: float) -> pa.Array:
        """Moments so many days later on average, known in that share of the rows."""
        after = moments + (self.rng.gamma(2, days / 2, self.rows) * 86400e6).astype(np.int64)
        return pa.array(after, pa.int64(), mask=~self.chance(known)).cast(MOMENT)

    def money(self, middle: float, known: float) -> pa.Array:
        """Amounts in hundredths, known in that share of the rows."""
        cents = np.zeros((self.rows, 2), np.int64)
        cents[:, 0] = 1 + self.rng.exponential(middle * 100, self.rows)
        found = pa.Array.from_buffers(MONEY, self.rows, [None, pa.py_buffer(cents.tobytes())])
        return pc.if_else(pa.array(self.chance(known)), found, pa.scalar(None, MONEY))


def month_of_cases(world: World, month: int, part: int = 0) -> pa.Table:
    """A part of the cases received in a month, oldest first, without the column ``month``."""
    done = part * MOST_AT_ONCE
    rows, first = min(MOST_AT_ONCE, world.rows[month] - done), world.first_key(month) + done
    dice = Dice(rows, (world.seed, world.total, month, part))
    keys = np.arange(first, first + rows)
    columns = _who(world, dice, keys) | _when(dice, world.months[month]) | _what(dice)
    columns["number"] = pc.binary_join_element_wise(
        "TS" + world.months[month].replace("-", ""),
        pc.utf8_lpad(pa.array(keys).cast(pa.string()), 9, "0"),
        "",
    )
    columns["regime"] = pa.repeat(pa.scalar("o51-2014" if month < 48 else "o20-2020"), rows)
    columns["position"] = pa.array(keys * 3)
    columns["gone"] = pa.repeat(pa.scalar(False), rows)
    return pa.table([columns[name].cast(SCHEMA.field(name).type) for name in SCHEMA.names], SCHEMA)


def _who(world: World, dice: Dice, keys: np.ndarray) -> dict[str, pa.Array]:
    districts = dice.places(np.array([1 / (n + 3) for n in range(world.districts)]))
    codes = pa.array(world.codes).take(pa.array(districts))
    own = pc.if_else(pa.array(dice.chance(0.05)), pa.scalar(""), codes)  # the place is not always known
    streets = pc.utf8_lpad(pa.array(dice.rng.integers(1, 20, dice.rows)).cast(pa.string()), 3, "0")
    in_event = dice.chance(0.04)
    return {
        "case_id": pa.array(keys),
        "submission_id": pa.array(keys - (dice.chance(0.1) & (keys > 1))),
        "kind": dice.pick(("complaint", "report", "consultation"), (60, 22, 18)),
        "channel": dice.pick(("phone", "web", "visit", "transfer", "letter", "other"), (55, 30, 5, 6, 3, 1)),
        "urgency": dice.pick(("normal", "urgent", "very_urgent"), (95, 4, 1)),
        "unit_id": pa.array(1000 + districts),
        "unit": pc.binary_join_element_wise("sz", codes, "-"),
        "entity_id": pa.array(dice.skewed(max(10, world.total // 8)), mask=dice.chance(0.07)),
        "party_id": pa.array(dice.skewed(max(10, world.total // 2)), mask=dice.chance(0.02)),
        "event_key": pa.array(np.where(in_event, -dice.skewed(max(10, world.total // 200)), keys)),
        "place": pc.if_else(pc.equal(own, ""), "", pc.binary_join_element_wise(own, streets, "")),
        "district": own,
        "is_sensitive": pa.array(dice.chance(0.01)),
        "is_synthetic": pa.repeat(pa.scalar(True), dice.rows),
        "is_public": pa.array(dice.chance(0.1)),
    }


def _when(dice: Dice, month: str) -> dict[str, pa.Array]:
    start = datetime.fromisoformat(f"{month}-01").replace(tzinfo=HERE)
    end = (start + timedelta(days=32)).replace(day=1)
    first, last = (int(one.timestamp()) for one in (start, end))
    days = dice.rng.integers(0, (last - first) // 86400, dice.rows)
    of_day = np.clip(dice.rng.normal(13.5 * 3600, 4 * 3600, dice.rows), 0, 86399).astype(np.int64)
    received = np.sort(first + days * 86400 + of_day) * 1_000_000
    moments = {
        "received_at": pa.array(received).cast(MOMENT),
        "registered_at": dice.later(received, 0.01, 1.0),
        "decided_at": dice.later(received, 4, 0.85),
        "filed_at": dice.later(received, 12, 0.05),
        "closed_at": dice.later(received, 30, 0.75),
    }
    seconds = {
        name: pc.seconds_between(moments["received_at"], moments[until])
        for name, until in (("decision_seconds", "decided_at"), ("closing_seconds", "closed_at"))
    }
    return moments | seconds


def _what(dice: Dice) -> dict[str, pa.Array]:
    sets = pa.array(dice.places(np.array([60, *[3] * len(TOPICS), *[0.3] * (len(SETS) - len(TOPICS) - 1)])))
    above = [sorted({*some, *(PARENTS[one] for one in some if one in PARENTS)}) for some in SETS]
    of_price = pa.array([bool(PRICE_TOPICS.intersection(some)) for some in SETS]).take(sets)
    heads = [(head, name) for head, names in OBJECTS.items() for name in names]
    places = pa.array(dice.places(np.array([1 / (n + 2) for n in range(len(heads))])))
    issue, goods = dice.pick(ISSUES), dice.pick(GOODS)
    return {
        "issue": issue,
        "object": pa.array([name for _head, name in heads]).take(places),
        "object_head": pa.array([head for head, _name in heads]).take(places),
        "goods": goods,
        "goods_group": goods,
        "state": dice.pick(STATES, (3, 6, 6, 8, 6, 3, 3, 5, 60)),
        "outcome": pc.if_else(pa.array(dice.chance(0.25)), "", dice.pick(OUTCOMES)),
        "is_price": pc.or_(pc.equal(issue, "价格"), of_price),
        "topics": pa.array([list(some) for some in SETS], TEXTS).take(sets),
        "topics_above": pa.array(above, TEXTS).take(sets),
        "amount": dice.money(900, 0.8),
        "recovered_amount": dice.money(400, 0.25),
        "penalty_amount": (penalty := dice.money(5000, 0.02)),
        "fined_amount": penalty,
        "is_of_leads": pa.array(dice.chance(0.02)),
        "has_breach": pa.array(dice.chance(0.06)),
        "visit_grade": dice.pick(
            ("", "very_satisfied", "satisfied", "fair", "dissatisfied"), (70, 10, 12, 5, 3)
        ),
        "publicity_consent": pa.array(dice.chance(0.4), mask=dice.chance(0.5)),
        "radar_confirmed": pa.array(dice.chance(0.5), mask=dice.chance(0.95)),
        "held_every_fact": pa.array(dice.chance(0.6), mask=dice.chance(0.1)),
    }


def changed_cases(world: World, month: int, count: int) -> pa.Table:
    """Later versions of some cases of a month: closed by now, a few gone, a few twice; and a few new ones."""
    if not count:
        return SCHEMA.empty_table()
    cases = month_of_cases(world, month)
    rng = np.random.default_rng((world.seed, world.total, month, count))
    touched = cases.take(pa.array(rng.integers(0, len(cases), count)))
    places = np.arange(count)
    new = places % 10 == 0
    made = 10**12 * (month + 1) + places
    own = {
        "case_id": pa.array(np.where(new, made, touched["case_id"].to_numpy())),
        "state": pa.repeat(pa.scalar("closed"), count),
        "outcome": pa.repeat(pa.scalar("mediated"), count),
        "position": pa.array(world.total * 3 + 1 + places * (month + 1)),
        "gone": pa.array(places % 17 == 5),
    }
    for name, values in own.items():
        touched = touched.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), values)
    return touched.sort_by("case_id")


def write(folder: Path, world: World, changed: int = 0) -> Iterator[tuple[str, int]]:
    """Write all months, as many at once as there are cores; tell each month and its rows when it is there."""
    months = range(len(world.months))
    with get_context("spawn").Pool(cpu_count()) as pool:
        yield from pool.imap(partial(_write_month, folder, world, changed), months)


def _write_month(folder: Path, world: World, changed: int, month: int) -> tuple[str, int]:
    last = len(world.months) - 12  # changes lie in the last year
    of_month = changed // 12 if month >= last else 0
    for part in world.parts(month):
        _write_file(folder / "base", world.months[month], part, month_of_cases(world, month, part))
    if of_month:
        _write_file(folder / "changes", world.months[month], 0, changed_cases(world, month, of_month))
    return world.months[month], world.rows[month]


def _write_file(folder: Path, month: str, part: int, table: pa.Table) -> None:
    place = folder / f"month={month}"
    place.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, place / f"part-{part}.parquet", compression="zstd", row_group_size=250_000)


def main() -> None:
    folder, sizes = Path(sys.argv[1]), [int(float(word)) for word in sys.argv[2:]]
    world = World(sizes[0], sizes[2] if len(sizes) > 2 else len(SUZHOU))
    for month, rows in write(folder, world, sizes[1] if len(sizes) > 1 else 0):
        print(month, f"{rows:,}", flush=True)


if __name__ == "__main__":
    main()
