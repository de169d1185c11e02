"""How well classes are told: F1 with intervals, per class, whether probabilities keep their word, and what abstaining buys.

Intervals are percentile bootstraps over texts (Efron & Tibshirani 1993); a difference is drawn with the same texts for
both sides, so that what is hard for both cancels out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suqing.taxonomy.text.classify.training import Settings, folds, learn

Ints = NDArray[np.int64]
DRAWS = 2_000
BINS = 10
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds that hold it with 95 %."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how many texts have it, and of the two kinds of mistake."""

    label: str
    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Below ``threshold`` nothing is said: the share of texts answered, and how many of these answers are right."""

    threshold: float
    answered: float
    right: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``folds`` are the macro-F1 of each fold; ``calibration`` is the expected calibration error, ten bins of equal size."""

    texts: int
    macro: Interval
    micro: Interval
    folds: tuple[float, ...]
    classes: tuple[ClassFigures, ...]
    calibration: float
    top_three: float
    abstention: tuple[Abstention, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of each text by models that had not seen it: ``truth`` and ``told`` are places among ``labels``."""

    labels: tuple[str, ...]
    truth: Ints
    told: Ints
    probability: NDArray[np.float32]
    among_three: NDArray[np.bool_]
    fold: Ints


def cross_validated(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    parts: Sequence[Ints] | None = None,
    settings: Settings | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> Told:
    """Tell every text by a model of the other folds; five folds unless ``parts`` says otherwise."""
    names = tuple(sorted(set(labels)))
    place = {name: at for at, name in enumerate(names)}
    parts = folds(labels, 5, 0) if parts is None else parts
    told, fold = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    sure, among = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.bool_)
    truth = np.array([place[label] for label in labels], np.int64)
    for number, held in enumerate(parts):
        taught = np.setdiff1d(np.arange(len(texts)), held)
        model = learn([texts[i] for i in taught], [labels[i] for i in taught], settings=settings)
        shares = model.probabilities([texts[i] for i in held])
        code = np.array([place[name] for name in model.codes], np.int64)
        best = np.argsort(-shares, axis=1)[:, :3]
        told[held], fold[held] = code[best[:, 0]], number
        sure[held] = shares.max(axis=1)
        among[held] = (code[best] == truth[held, None]).any(axis=1)
        say(
            f"fold {number + 1} of {len(parts)}: macro-F1 {macro_f1(truth[held], told[held], len(names)):.4f}"
        )
    return Told(names, truth, told, sure, among, fold)


def evaluated(found: Told, seed: int = 0) -> Evaluation:
    """The figures of what was told."""
    count = len(found.labels)
    right = found.truth == found.told
    return Evaluation(
        texts=len(right),
        macro=bootstrap(
            lambda drawn: macro_f1(found.truth[drawn], found.told[drawn], count), len(right), seed
        ),
        micro=bootstrap(lambda drawn: float(right[drawn].mean()), len(right), seed),
        folds=tuple(
            macro_f1(found.truth[found.fold == number], found.told[found.fold == number], count)
            for number in range(int(found.fold.max()) + 1)
        ),
        classes=tuple(_of_class(found, at) for at in range(count)),
        calibration=calibration_error(found.probability, right),
        top_three=float(found.among_three.mean()),
        abstention=tuple(_abstaining(found.probability, right, at) for at in THRESHOLDS),
    )


def macro_f1(truth: Ints, told: Ints, count: int) -> float:
    """The mean F1 of the classes that are there or were told."""
    both = np.bincount(truth[truth == told], minlength=count)
    either = np.bincount(truth, minlength=count) + np.bincount(told, minlength=count)
    met = either > 0
    return float((2 * both[met] / either[met]).mean()) if met.any() else 0.0


def difference(truth: Ints, mine: Ints, other: Ints, count: int, seed: int = 0) -> Interval:
    """The macro-F1 of mine less that of the other, both on the same texts."""
    return bootstrap(
        lambda at: macro_f1(truth[at], mine[at], count) - macro_f1(truth[at], other[at], count),
        len(truth),
        seed,
    )


def bootstrap(figure: Callable[[Ints], float], size: int, seed: int = 0) -> Interval:
    """The figure over all places, and between which bounds it lies over places drawn anew."""
    draw = np.random.default_rng(seed)
    drawn = [figure(draw.integers(0, size, size)) for _number in range(DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(figure(np.arange(size)), float(low), float(high))


def calibration_error(probability: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    """How far, on average, probability and share of right answers are apart in bins of equally many texts."""
    parts = np.array_split(np.argsort(probability, kind="stable"), BINS)
    apart = [
        len(part) * abs(float(probability[part].mean()) - float(right[part].mean()))
        for part in parts
        if len(part)
    ]
    return sum(apart) / max(len(right), 1)


def _of_class(found: Told, at: int) -> ClassFigures:
    mine, told = found.truth == at, found.told == at
    both = int((mine & told).sum())
    precision = both / max(int(told.sum()), 1)
    recall = both / max(int(mine.sum()), 1)
    f1 = 2 * both / max(int(mine.sum()) + int(told.sum()), 1)
    return ClassFigures(found.labels[at], int(mine.sum()), precision, recall, f1)


def _abstaining(probability: NDArray[np.float32], right: NDArray[np.bool_], threshold: float) -> Abstention:
    answered = probability >= threshold
    return Abstention(
        threshold, float(answered.mean()), float(right[answered].mean()) if answered.any() else 1.0
    )
