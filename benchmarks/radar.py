"""The radar on real texts: how often its shipped rules fire, how often they are right and what they miss, and what a
model learnt from the other labelled texts adds to them.

    python benchmarks/radar.py [--record]

Reads ../shared/data and ground/labelled_sensitive.json: 700 texts, half of them drawn among those with a trigger, labelled
by one reader.  Figures "of all texts" weigh each text by its stratum, so that they speak of the three files as they are;
most of these texts are no consumer tickets.  The shipped words were not changed for them.  The model is taught by four
fifths and tells the rest, three times; texts of one event or one body never stand on both sides.  Its threshold is chosen
on what taught it, as in the product.  No text is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ground.sensitive import SIGNS, are_here, labelled, population
from ground.telling import spread, tell, times
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from suqing.kit.proportions import wilson  # noqa: E402
from suqing.taxonomy.sensitive_shipped import shipped_rules  # noqa: E402
from suqing.taxonomy.text.classify.alarm import (  # noqa: E402
    Bounds,
    chance,
    chances,
    learn_alarm,
    threshold_for,
    unseen_chances,
)
from suqing.taxonomy.text.classify.training import Settings  # noqa: E402
from suqing.taxonomy.text.redact import match_text  # noqa: E402
from suqing.taxonomy.text.topics import Matcher  # noqa: E402

Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Figure = Callable[[Numbers], float]

SEEDS = (0, 1, 2)
FOLDS, DRAWS = 5, 2_000
SETTINGS = Settings(at_least=3)  # as the product learns
BOUNDS = Bounds(precision=0.5)


@dataclass(frozen=True)
class Texts:
    """The labelled texts: what they are, what the rules say, how many of the population each stands for."""

    texts: list[str]
    signs: list[frozenset[str]]
    rules: list[frozenset[str]]
    groups: list[str]
    strata: list[str]
    weights: Numbers

    @property
    def truth(self) -> Bools:
        return np.array([bool(one) for one in self.signs])

    @property
    def ruled(self) -> Bools:
        return np.array([bool(one) for one in self.rules])


def main() -> None:
    if not are_here():
        raise SystemExit("skipped: the public texts are not there")
    matcher = Matcher(shipped_rules())
    known = _known(matcher)
    size = f"{len(known.texts)} labelled texts, {int(known.truth.sum())} of them sensitive, one labeller"
    tell("radar", size, [*_alarms(matcher), *_rules(known), *_signs(known), *_model(known), *_speed(known)])


def _known(matcher: Matcher) -> Texts:
    found = labelled()
    strata = [one.stratum for one, _signs_of in found]
    everything = [one.stratum for one in population()]
    weights = np.array([everything.count(name) / strata.count(name) for name in strata])
    texts = [match_text(one.text).text for one, _signs_of in found]
    return Texts(
        texts,
        [signs for _one, signs in found],
        [frozenset(matcher.match(text)) for text in texts],
        [one.group for one, _signs_of in found],
        strata,
        weights,
    )


def _alarms(matcher: Matcher) -> Iterator[str]:
    for source in ("market", "messages", "titles"):
        texts = [one.text for one in population() if one.source == source]
        fired = sum(bool(matcher.match(match_text(text).text)) for text in texts)
        yield f"{source}: the rules fire on {_of(fired, len(texts))} of all texts"


def _rules(known: Texts) -> Iterator[str]:
    truth, ruled = known.truth, known.ruled
    for name in sorted(set(known.strata)):
        here = np.array([one == name for one in known.strata])
        both = int((truth & ruled & here).sum())
        right, found = (_of(both, int((side & here).sum())) for side in (ruled, truth))
        yield f"rules, {name}: right {right}, found {found}"
    for name, weights in (("of the texts as drawn", np.ones(len(truth))), ("of all texts", known.weights)):
        precision = _interval(known, lambda drawn, w=weights: _share(drawn * w, truth & ruled, ruled))
        recall = _interval(known, lambda drawn, w=weights: _share(drawn * w, truth & ruled, truth))
        yield f"rules, {name}: precision {precision}, recall {recall}"


def _signs(known: Texts) -> Iterator[str]:
    for sign in SIGNS:
        truth = np.array([sign in one for one in known.signs])
        fired = np.array([sign in one for one in known.rules])
        both = int((truth & fired).sum())
        yield f"rule {sign}, as drawn: right {_of(both, int(fired.sum()))}, found {_of(both, int(truth.sum()))}"


def _model(known: Texts) -> Iterator[str]:
    truth, ruled = known.truth, known.ruled
    rest = ~ruled
    for seed in SEEDS:
        parts = _parts(known, seed)
        found, rings = _unseen(known, parts)
        for name, w in (("as drawn", np.ones(len(truth))), ("all texts", known.weights)):
            order = _interval(
                known, lambda drawn, w=w, found=found: average_precision(found, truth, drawn * w)
            )
            flags = float((ruled * w).sum())
            alike = _interval(
                known,
                lambda drawn, w=w, found=found: (
                    recall_at(found, truth, drawn * w, float((ruled * drawn * w).sum()))
                    - _share(drawn * w, truth & ruled, truth)
                ),
            )
            added = _interval(
                known,
                lambda drawn, w=w, found=found: average_precision(found, truth, drawn * w * rest),
            )
            base = _share(w, truth & rest, rest)
            yield (
                f"model, seed {seed}, {name}: average precision {order} (by chance {_share(w, truth, truth | ~truth):.3f});"
                f" at the rules' {flags:.0f} flags its recall {recall_at(found, truth, w, flags):.3f}, {alike} against them;"
                f" on texts no rule finds, average precision {added} (by chance {base:.3f})"
            )
        yield f"{_as_at_the_start(known, parts)}, seed {seed}, as drawn"
        new = rings & ~ruled
        either = rings | ruled
        yield (
            f"rules with the model, seed {seed}, as drawn: it adds {int(new.sum())} flags, right"
            f" {_of(int((new & truth).sum()), int(new.sum()))}; together right"
            f" {_of(int((either & truth).sum()), int(either.sum()))}, found"
            f" {_of(int((either & truth).sum()), int(truth.sum()))}"
        )


def _as_at_the_start(known: Texts, parts: list[Ints]) -> str:
    """A centre's first model is taught otherwise: only what rules flagged is decided, the rest is assumed ordinary."""
    truth, ruled = known.truth, known.ruled
    decided = [bool(one) for one in truth & ruled]
    found = unseen_chances(known.texts, decided, settings=SETTINGS, parts=parts).astype(np.float64)
    added = _interval(known, lambda drawn: average_precision(found, truth, drawn * ~ruled))
    base = _share(np.ones(len(truth)), truth & ~ruled, ~ruled)
    return (
        f"model taught by the rules' flags alone ({sum(decided)} sensitive): on texts no rule finds, average precision"
        f" {added} (by chance {base:.3f})"
    )


def _unseen(known: Texts, parts: list[Ints]) -> tuple[Numbers, Bools]:
    """The chance of each text by a model of the other parts, and whether that rings at a threshold chosen on these."""
    truth = known.truth
    found, rings = np.zeros(len(truth)), np.zeros(len(truth), np.bool_)
    for held in parts:
        taught = np.setdiff1d(np.arange(len(truth)), held)
        texts, is_yes = [known.texts[i] for i in taught], [bool(truth[i]) for i in taught]
        place = {int(one): at for at, one in enumerate(taught)}
        inner = [np.array([place[int(i)] for i in part]) for part in parts if part is not held]
        told = unseen_chances(texts, is_yes, settings=SETTINGS, parts=inner)
        threshold = threshold_for(told, truth[taught], ~truth[taught], BOUNDS)
        found[held] = chances(learn_alarm(texts, is_yes, SETTINGS), [known.texts[i] for i in held])
        rings[held] = found[held] >= (threshold or 2.0)
    return found, rings


def _parts(known: Texts, seed: int) -> list[Ints]:
    """Five parts of whole groups, each stratum and its sensitive texts spread over them as evenly as can be."""
    first: dict[str, int] = {}
    for at, group in enumerate(known.groups):
        first.setdefault(group, at)
    names = list(first)
    np.random.default_rng(seed).shuffle(names)
    names.sort(key=lambda name: (known.strata[first[name]], bool(known.signs[first[name]])))
    part = {name: at % FOLDS for at, name in enumerate(names)}
    of = np.array([part[group] for group in known.groups])
    return [np.flatnonzero(of == number) for number in range(FOLDS)]


def _speed(known: Texts) -> Iterator[str]:
    model = learn_alarm(known.texts, [bool(one) for one in known.signs], SETTINGS)
    texts = iter(known.texts * 2)
    chance(model, next(texts))
    yield f"the model on one text, with its words: {spread(times(lambda: chance(model, next(texts)), 500))}"
    texts, long = iter(known.texts * 2), "".join(known.texts)[:2000]
    yield f"as registration asks it: {spread(times(lambda: chances(model, [next(texts)]), 500))}"
    yield f"the same of 2,000 characters: {spread(times(lambda: chances(model, [long]), 100))}"


def average_precision(found: Numbers, truth: Bools, weights: Numbers) -> float:
    """The mean, over the sensitive texts, of the precision at each one's place; ties in the order they stand."""
    order = np.argsort(-found, kind="stable")
    w, t = weights[order], truth[order]
    right, told = np.cumsum(w * t), np.cumsum(w)
    return float((w * t * right / np.maximum(told, 1e-12)).sum() / max(float((w * t).sum()), 1e-12))


def recall_at(found: Numbers, truth: Bools, weights: Numbers, flags: float) -> float:
    """The share of the sensitive texts among the most probable ones that make up so many flags."""
    order = np.argsort(-found, kind="stable")
    w, t = weights[order], truth[order]
    before = np.cumsum(w) - w
    kept = np.clip(flags - before, 0, w)  # the last text may count in part
    return float((kept * t).sum() / max(float((w * t).sum()), 1e-12))


def _share(weights: Numbers, part: Bools, of: Bools) -> float:
    return float((weights * part).sum() / max(float((weights * of).sum()), 1e-12))


def _interval(known: Texts, figure: Figure) -> str:
    """The figure with its 95 % bounds over groups of texts drawn anew within their strata."""
    draw = np.random.default_rng(0)
    first: dict[str, int] = {}
    for at, group in enumerate(known.groups):
        first.setdefault(group, at)
    number = {name: at for at, name in enumerate(first)}
    of = np.array([number[group] for group in known.groups])
    stratum = np.array([known.strata[at] for at in first.values()])
    drawn = []
    for _draw in range(DRAWS):
        times_drawn = np.zeros(len(first))
        for name in sorted(set(known.strata)):
            places = np.flatnonzero(stratum == name)
            times_drawn[places] = np.bincount(
                draw.integers(0, len(places), len(places)), minlength=len(places)
            )
        drawn.append(figure(times_drawn[of]))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{figure(np.ones(len(of))):.3f} ({low:.3f} to {high:.3f})"


def _of(found: int, of: int) -> str:
    low, high = wilson(found, of)
    share = f"{found / of:.1%}" if of else "none"
    return f"{found}/{of} {share} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
