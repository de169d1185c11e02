"""The classifier on real titles of citizens' messages, beside the plain baseline in the same folds; its speed and memory.

python benchmarks/classifier.py [--record]

Reads ../shared/data/teddy_titles, whose texts are never printed.  Repeated titles and those with two labels are left out
first.  Baseline: character 1-3 TF-IDF and LinearSVC of scikit-learn as they come.  Nothing is chosen here.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from ground.telling import spread, tell, times

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from suqing.taxonomy.text.classify.evaluation import (  # noqa: E402
    Ints,
    bootstrap,
    cross_validated,
    difference,
    evaluated,
    macro_f1,
)
from suqing.taxonomy.text.classify.model_file import written  # noqa: E402
from suqing.taxonomy.text.classify.table import read_table  # noqa: E402
from suqing.taxonomy.text.classify.training import learn  # noqa: E402

TITLES = ROOT.parent / "shared" / "data" / "teddy_titles" / "titles.csv"
SEEDS = (0, 1, 2)  # of the folds; 0 is the one others have published with
SINGLE = 1_000
BATCH = 20_000
MANY = 100_000
CHANGED = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def main() -> None:
    if not TITLES.exists():
        raise SystemExit(f"skipped: {TITLES.parent.name} is not there")
    found = read_table(TITLES)
    against = [_against_baseline(found.texts, found.labels, seed) for seed in SEEDS]
    figures = [line for one in against for line in one.lines]
    figures.append(_over_seeds(against))
    figures += _speed(found.texts, found.labels)
    figures += _at_many(found.texts, found.labels)
    tell("classifier", f"{len(found.texts):,} distinct titles, 7 classes, five folds", figures)


@dataclass(frozen=True)
class Against:
    """What a seed of the folds gave: its lines, and what both told of every text."""

    lines: list[str]
    truth: Ints
    told: Ints
    plain: Ints
    classes: int


def _against_baseline(texts: Sequence[str], labels: Sequence[str], seed: int) -> Against:
    from sklearn.model_selection import StratifiedKFold

    parts = [
        held for _taught, held in StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, labels)
    ]
    told = cross_validated(texts, labels, parts=parts)
    figures = evaluated(told)
    plain = _baseline(texts, told.truth, parts)
    count = len(told.labels)
    ahead = difference(told.truth, told.told, plain, count)
    of_folds = [
        mine - macro_f1(told.truth[held], plain[held], count)
        for mine, held in zip(figures.folds, parts, strict=True)
    ]
    lines = [
        f"seed {seed}: macro-F1 {figures.macro}, baseline {macro_f1(told.truth, plain, count):.4f};"
        f" difference {ahead.value:+.4f} ({ahead.low:+.4f} to {ahead.high:+.4f}),"
        f" by fold {', '.join(f'{one:+.4f}' for one in of_folds)}",
        f"seed {seed}: micro-F1 {figures.micro}; among the first three {figures.top_three:.3f};"
        f" expected calibration error {figures.calibration:.3f}",
    ]
    return Against(lines, told.truth, told.told, plain, count)


def _over_seeds(against: Sequence[Against]) -> str:
    """The mean over the seeds: a text is drawn with all that was told of it, so that seeds count as no new texts."""

    def ahead(at: Ints) -> float:
        each = [
            macro_f1(one.truth[at], one.told[at], one.classes)
            - macro_f1(one.truth[at], one.plain[at], one.classes)
            for one in against
        ]
        return float(np.mean(each))

    mean = bootstrap(ahead, len(against[0].truth))
    return f"mean of {len(against)} seeds: difference {mean.value:+.4f} ({mean.low:+.4f} to {mean.high:+.4f})"


def _baseline(texts: Sequence[str], truth: Ints, parts: Sequence[Ints]) -> Ints:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    told = np.zeros(len(texts), np.int64)
    for held in parts:
        taught = np.setdiff1d(np.arange(len(texts)), held)
        space = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
        model = LinearSVC(random_state=0).fit(space.fit_transform([texts[i] for i in taught]), truth[taught])
        told[held] = model.predict(space.transform([texts[i] for i in held]))
    return told


def _speed(texts: Sequence[str], labels: Sequence[str]) -> list[str]:
    began = perf_counter()
    model = learn(texts, labels)
    learnt = perf_counter() - began
    model.guess(texts[0])
    each = iter(texts * (SINGLE // len(texts) + 1))
    single = times(lambda: model.guess(next(each)), SINGLE)
    many = (texts * (BATCH // len(texts) + 1))[:BATCH]
    began = perf_counter()
    model.probabilities(many)
    rate = BATCH / (perf_counter() - began)
    return [
        f"learnt and calibrated in {learnt:.1f} s; {len(model.space):,} features, file"
        f" {len(written(model)) / 1e6:.1f} MB; largest memory until here, the baseline's included, {_memory()} MB",
        f"one text with the words that decided: {spread(single)}; in batch {rate:,.0f} texts/s",
    ]


def _at_many(texts: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Time and memory at the size of a year of a city; the texts are two titles joined, some characters exchanged."""
    draw = np.random.default_rng(0)
    made = []
    for _number in range(MANY):
        one, other, cut = (
            int(draw.integers(len(texts))),
            int(draw.integers(len(texts))),
            int(draw.integers(20)),
        )
        made.append((texts[one] + CHANGED[cut] + texts[other] + CHANGED[-cut], labels[one]))
    began = perf_counter()
    learn([text for text, _label in made], [label for _text, label in made])
    return [f"{MANY:,} made-up texts learnt in {perf_counter() - began:.0f} s, largest memory {_memory()} MB"]


def _memory() -> int:
    """The largest resident memory so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
