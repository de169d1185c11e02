"""Same event: pairs of questions, one hot event among other messages, and the pace at which cases are placed.

python benchmarks/events.py [--record]

Reads ../shared/data/pairs and ../shared/data/hot_events, whose texts are never printed.  Both are cut in halves by a hash of
what they are; thresholds were chosen on the first half, the figures with intervals are of the other.  Cases with an operator
and a place are not published anywhere with labels: what those facts add is not measured here.
"""

from __future__ import annotations

import csv
import hashlib
import random
import resource
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
from ground.telling import spread, tell

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from suqing.cases import same_event  # noqa: E402
from suqing.cases.near_text import score as near_score  # noqa: E402
from suqing.cases.same_event import Finder, Matter, clues_of  # noqa: E402
from suqing.kit.proportions import wilson  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
PAIRS, MESSAGES = DATA / "pairs" / "afqmc_train.tsv", DATA / "hot_events" / "messages.csv"
RESAMPLES = 1000
SHIFTS = 0.04  # how far each threshold is moved to see whether the figures hang on it
SIZES = (10_000, 30_000, 100_000)


def main() -> None:
    if PAIRS.exists():
        tell("events", "34,334 pairs of questions, halves by hash", _pairs())
    if MESSAGES.exists():
        tell("events", "856 messages, one event of 56, halves by hash", _messages())
        tell("events", "made-up narratives of 60 words", [_pace(size) for size in SIZES])
    if not PAIRS.exists() and not MESSAGES.exists():
        raise SystemExit("skipped: neither pairs nor hot_events are there")


def is_first_half(key: str) -> bool:
    """Whether something belongs to the half on which thresholds are chosen."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 0


# Pairs


def _pairs() -> list[str]:
    rows = [line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    halves: tuple[list[list[str]], list[list[str]]] = ([], [])
    for row in rows:
        halves[0 if is_first_half(row[0] + row[1]) else 1].append(row)
    finder = Finder()
    for one, other, _label in halves[0]:
        finder.learn(clues_of(one))
        finder.learn(clues_of(other))
    ways: dict[str, Callable[[str, str], float]] = {
        "shared characters (plain)": _overlap,
        "runs of three (similar cases)": near_score,
        "weighted words (same event)": lambda one, other: finder.alike(clues_of(one), clues_of(other)),
    }
    base = np.mean([row[2] == "1" for row in halves[1]])
    figures = [f"held out: {len(halves[1]):,} pairs, {base:.3f} of them of the same meaning"]
    for name, way in ways.items():
        (first, truth), (second, held) = (_scored(half, way) for half in halves)
        cut = _best_cut(first, truth)
        figures.append(f"{name}, from {cut:.2f} on: {_of_cut(second, held, cut)}")
    return figures


def _overlap(one: str, other: str) -> float:
    here, there = set(one), set(other)
    return len(here & there) / len(here | there)


def _scored(rows: Sequence[Sequence[str]], way: Callable[[str, str], float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([way(row[0], row[1]) for row in rows]), np.array([row[2] == "1" for row in rows])


def _best_cut(scores: np.ndarray, truth: np.ndarray) -> float:
    """The threshold with the highest F1."""
    cuts = np.arange(0.05, 1.0, 0.05)
    return float(max(cuts, key=lambda cut: _f1(scores >= cut, truth)[2]))


def _f1(said: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    both = int((said & truth).sum())
    precision, recall = both / max(1, int(said.sum())), both / max(1, int(truth.sum()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _of_cut(scores: np.ndarray, truth: np.ndarray, cut: float) -> str:
    from sklearn.metrics import average_precision_score

    draw = np.random.default_rng(0)
    drawn = [draw.integers(len(truth), size=len(truth)) for _number in range(RESAMPLES // 5)]
    means = [_f1(scores[chosen] >= cut, truth[chosen]) for chosen in drawn]
    ranked = [float(average_precision_score(truth[chosen], scores[chosen])) for chosen in drawn]
    values = (*_f1(scores >= cut, truth), float(average_precision_score(truth, scores)))
    spans = [(*mean, rank) for mean, rank in zip(means, ranked, strict=True)]
    told = [
        f"{name} {value:.3f} ({low:.3f} to {high:.3f})"
        for name, value, low, high in zip(
            ("precision", "recall", "F1", "average precision"),
            values,
            np.quantile(spans, 0.025, axis=0),
            np.quantile(spans, 0.975, axis=0),
            strict=True,
        )
    ]
    return ", ".join(told)


# One event among other messages


def _messages() -> list[str]:
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["time"], row["message_id"]))
    halves = [[row for row in rows if is_first_half(row["message_id"]) is first] for first in (True, False)]
    figures = [
        f"first half (thresholds chosen here): {_found(halves[0])}",
        f"held out: {_found(halves[1])}",
        f"both halves together: {_found(rows)}",
    ]
    chosen = same_event.JOINS, same_event.PAIRS, same_event.MERGES
    for by in (-SHIFTS, SHIFTS):
        same_event.JOINS, same_event.PAIRS, same_event.MERGES = (one + by for one in chosen)
        figures.append(f"held out, every threshold {by:+.2f}: {_found(halves[1])}")
    same_event.JOINS, same_event.PAIRS, same_event.MERGES = chosen
    return figures


def _found(rows: Sequence[dict[str, str]]) -> str:
    """Purity and recall of the group that holds most of the event, as the messages come one by one."""
    finder = Finder()
    inside = {number for number, row in enumerate(rows) if row["label"] != "none"}
    groups: dict[int, set[int]] = {}
    came, third = 0, 0
    for number, row in enumerate(rows):
        at = datetime.fromisoformat(row["time"]).replace(tzinfo=UTC)
        finder.forget(at)
        placing = finder.place(Matter(number, at, clues_of(row["title"] + "\n" + row["body"])))
        for gone in placing.merged:
            groups.pop(gone, None)
        groups[placing.group] = set(finder.members(placing.group))
        came += number in inside
        if not third and len(groups[placing.group] & inside) >= 3:
            third = came
    best = max(groups.values(), key=lambda group: len(group & inside))
    others = sorted(
        (len(group) for group in groups.values() if group is not best and len(group) > 1), reverse=True
    )
    both = len(best & inside)
    return (
        f"recall {both}/{len(inside)} {_share(both, len(inside))}, purity {both}/{len(best)} {_share(both, len(best))},"
        f" a group of three stood at message {third} of the event;"
        f" other groups {len(others)}, largest {max(others, default=0)}"
    )


def _share(found: int, of: int) -> str:
    low, high = wilson(found, of)
    return f"{found / of:.3f} ({low:.3f} to {high:.3f})"


# Pace


def _pace(size: int) -> str:
    """Cases placed in a window of a given size; words drawn as rare and as common as those of real messages."""
    draw = random.Random(0)
    vocabulary = [f"词{number}" for number in range(60_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    words = draw.choices(vocabulary, weights, k=60 * size)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    finder, each = Finder(), []
    began = perf_counter()
    for number in range(size):
        clues = frozenset(words[60 * number : 60 * number + 60]) | {
            f"{same_event.FACT}operator:{draw.randrange(5000)}"
        }
        before = perf_counter()
        finder.place(Matter(number, at + timedelta(seconds=30 * number), clues))
        each.append((perf_counter() - before) * 1000)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{size:,} cases placed at {size / (perf_counter() - began):,.0f}/s; the last thousand {spread(each[-1000:])};"
        f" largest memory so far {memory:,} MB"
    )


if __name__ == "__main__":
    main()
