"""Learning a model: one ridge regression on ±1 for each class against its siblings, then how far its scores can be trusted.

Least squares classify short texts as well as a support vector machine does (Rifkin, Yeo & Poggio 2003; measured in
docs/classifying.md) and need only products of a sparse matrix.  In the dual, (K + λI) a = y − ȳ with K = XXᵀ is solved by
conjugate gradients for all siblings at once; K itself is never made.  To it is added the same regression on features that are
weighed by their naive Bayes log-count ratio (Wang & Manning 2012), which knows at once what few texts tell; both are linear,
so that their sum is one model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suqing.taxonomy.text.classify.features import (
    Floats,
    Rows,
    learn_features,
    readable,
)
from suqing.taxonomy.text.classify.model import Group, Model, softmax

RIDGE = 1.0
WEIGHED_RIDGE = 10.0  # of the regression on weighed features, whose mean weight is 1
SMOOTH = 1.0  # texts that hold every feature on either side before any is counted
STEPS, EXACT = 60, 1e-3  # of the conjugate gradients: at most, and the residual at which they end
CALIBRATION_FOLDS = 5
MANY = 20_000  # texts from which one fifth held out is enough to calibrate by
ENOUGH = 50  # held-out texts of siblings below which they are sharpened like all others
SHARPNESS = np.geomspace(0.5, 40.0, 60)
MOST_WEIGHTS = 12_000_000  # features × classes, 48 MB
SEED = 0
N_ = str

Say = Callable[[str], None]


class CannotLearn(ValueError):
    """Fewer than two classes, or no text; the message is an English id."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``at_least``: in how many texts a feature must occur; ``at_most``: how many features there are."""

    ridge: float = RIDGE
    at_least: int = 1
    at_most: int = 300_000
    seed: int = SEED


def learn(
    texts: Sequence[str],
    codes: Sequence[str],
    *,
    parents: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    say: Say = lambda _line: None,
) -> Model:
    """A calibrated model of the codes; ``parents`` names the class above each class that has one.

    Raise CannotLearn where there is nothing to tell apart, ValueError for texts and codes of different number.
    """
    settings = settings or Settings()
    tree = _Tree(codes, parents or {})
    plain = [readable(text) for text in texts]
    if len(plain) != len(codes):
        raise ValueError("as many codes as texts")
    say(f"{len(plain):,} texts, {len(tree.codes)} classes")
    sharpness = _calibrated(plain, codes, tree, settings, say)
    model = _fit(plain, codes, tree, settings)
    say(f"{len(model.space):,} features")
    groups = tuple(
        replace(group, sharpness=sharp) for group, sharp in zip(tree.groups, sharpness, strict=True)
    )
    return replace(model, groups=groups, facts={"texts": len(plain), "classes": len(tree.codes)})


class _Tree:
    """The classes that occur, with those above them, parents first."""

    def __init__(self, codes: Sequence[str], parents: Mapping[str, str]) -> None:
        self.parents = parents
        lines = {code: self.line(code) for code in set(codes)}
        depth = {node: at for line in lines.values() for at, node in enumerate(line)}
        self.codes = tuple(sorted(depth, key=lambda node: (depth[node], node)))
        self.place = {code: place for place, code in enumerate(self.codes)}
        below: defaultdict[str | None, list[int]] = defaultdict(list)
        for code in self.codes:
            below[parents.get(code)].append(self.place[code])
        self.groups = tuple(
            Group(None if above is None else self.place[above], tuple(members), 1.0)
            for above, members in below.items()
        )
        if all(len(group.members) < 2 for group in self.groups):
            raise CannotLearn(N_("a model tells at least two classes apart"))

    def line(self, code: str) -> list[str]:
        """The class with those above it, the highest first."""
        found = [code]
        while (above := self.parents.get(found[-1])) is not None:
            if above in found:
                raise ValueError(f"class {code} stands above itself")
            found.append(above)
        return found[::-1]

    def chosen(self, codes: Sequence[str], group: Group) -> NDArray[np.int64]:
        """For each text which member of the group it belongs to or below, −1 for none."""
        number = {self.codes[member]: at for at, member in enumerate(group.members)}
        of = {
            code: next((number[node] for node in self.line(code) if node in number), -1)
            for code in set(codes)
        }
        return np.array([of[code] for code in codes], np.int64)


def _fit(plain: Sequence[str], codes: Sequence[str], tree: _Tree, settings: Settings) -> Model:
    most = min(settings.at_most, MOST_WEIGHTS // len(tree.codes))
    space = learn_features(plain, at_least=settings.at_least, at_most=most)
    if not len(space):
        raise CannotLearn(N_("no feature occurs often enough"))
    matrix = _matrix(space.rows(plain), len(space))
    weights = np.zeros((len(space), len(tree.codes)), np.float32)
    bias = np.zeros(len(tree.codes), np.float32)
    for group in tree.groups:
        members = list(group.members)
        if len(members) < 2:
            continue
        chosen = tree.chosen(codes, group)
        here = np.flatnonzero(chosen >= 0)
        wanted = np.where(chosen[here, None] == np.arange(len(members)), 1.0, -1.0).astype(np.float32)
        bias[members] = wanted.mean(axis=0)
        rows, centred = matrix[here], wanted - bias[members]
        weights[:, members] = _ridge(rows, centred, settings.ridge)
        weights[:, members] += _ridge(
            rows, centred, WEIGHED_RIDGE, _squared_ratios(rows, chosen[here], len(members))
        )
        bias[members] *= 2  # of two regressions
    return Model(space, tree.codes, tree.groups, weights, bias)


def _matrix(rows: Rows, columns: int) -> Any:
    # Only learning pays for scipy; what suggests classes does not.
    from scipy.sparse import csr_array

    return csr_array((rows.weights, rows.places, rows.starts), shape=(len(rows), columns))


def _squared_ratios(matrix: Any, chosen: NDArray[np.int64], members: int) -> Floats:
    """For each feature and sibling the square of its naive Bayes log-count ratio, the ratios of a mean size of one."""
    found = np.empty((matrix.shape[1], members), np.float32)
    every = np.bincount(matrix.indices, minlength=matrix.shape[1])
    for member in range(members):
        mine = np.bincount(matrix[np.flatnonzero(chosen == member)].indices, minlength=matrix.shape[1])
        inside, outside = SMOOTH + mine, SMOOTH + every - mine
        ratio = np.log((inside / inside.sum()) / (outside / outside.sum()))
        found[:, member] = (ratio / max(float(np.abs(ratio).mean()), 1e-9)) ** 2
    return found


def _ridge(matrix: Any, wanted: Floats, ridge: float, squares: Floats | None = None) -> Floats:
    """The weights, a column for each column wanted, by conjugate gradients on the dual.

    ``squares`` weighs the features: the square of each one's weight, for each column.
    """
    turned = matrix.T.tocsr()
    answer = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = residual.copy()
    left = (residual * residual).sum(axis=0)
    goal = left * EXACT**2
    for _step in range(STEPS):
        if (left <= goal).all():
            break
        seen = turned @ direction
        moved = matrix @ (seen if squares is None else seen * squares) + ridge * direction
        step = left / np.maximum((direction * moved).sum(axis=0), 1e-30)
        answer += step * direction
        residual -= step * moved
        now = (residual * residual).sum(axis=0)
        direction = residual + now / np.maximum(left, 1e-30) * direction
        left = now
    found: Floats = turned @ answer
    return found if squares is None else found * squares


def _calibrated(
    plain: Sequence[str], codes: Sequence[str], tree: _Tree, settings: Settings, say: Say
) -> list[float]:
    """How much the scores of each group are sharpened, by texts that did not teach them."""
    scores: list[Floats] = []
    told: list[str] = []
    parts = folds(codes, CALIBRATION_FOLDS, settings.seed)
    used = parts[:1] if len(plain) > MANY else parts
    for number, held in enumerate(used, 1):
        taught = np.setdiff1d(np.arange(len(plain)), held)
        model = _fit([plain[i] for i in taught], [codes[i] for i in taught], tree, settings)
        scores.append(model.scores([plain[i] for i in held]))
        told += [codes[i] for i in held]
        say(f"calibrating {number} of {len(used)}")
    seen = np.concatenate(scores)
    everything = 8.0
    found = []
    for group in sorted(tree.groups, key=lambda group: group.parent is not None):
        chosen = tree.chosen(told, group)
        here = np.flatnonzero(chosen >= 0)
        sharp = everything
        if len(group.members) > 1 and len(here) >= ENOUGH:
            sharp = _sharpness(seen[here][:, list(group.members)], chosen[here])
        if group.parent is None:
            everything = sharp
        found.append((group, sharp))
    by_group = dict(found)
    return [by_group[group] for group in tree.groups]


def _sharpness(scores: Floats, chosen: NDArray[np.int64]) -> float:
    """The factor under which the classes told are the most probable."""
    rows = np.arange(len(chosen))
    losses = [
        -float(np.log(softmax(scores * np.float32(sharp))[rows, chosen] + 1e-12).mean())
        for sharp in SHARPNESS
    ]
    return float(SHARPNESS[int(np.argmin(losses))])


def folds(codes: Sequence[str], count: int, seed: int) -> list[NDArray[np.int64]]:
    """Cut texts into parts in which every class is as frequent as it can be: places of each part, in order."""
    times = Counter(codes)
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = sorted(shuffled.tolist(), key=lambda place: (times[codes[place]], codes[place]))
    part = np.empty(len(codes), np.int64)
    part[order] = np.arange(len(codes)) % count
    return [np.flatnonzero(part == number) for number in range(count)]
