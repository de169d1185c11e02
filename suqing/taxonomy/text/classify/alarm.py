"""A model of two classes as an alarm: what it thinks of texts that did not teach it, and above which chance it should ring.

Right alarms among all alarms (precision) and alarms on ordinary texts are bounded; below these bounds the threshold is as
low as it can be, so that as much as possible is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suqing.taxonomy.text.classify.features import Floats
from suqing.taxonomy.text.classify.model import Model
from suqing.taxonomy.text.classify.training import Settings, folds, learn

YES, NO = "yes", "no"
FOLDS = 5
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """``precision``: at least this share of alarms is right; ``ordinary``: at most this share of ordinary texts rings."""

    precision: float
    ordinary: float = 1.0


def learn_alarm(texts: Sequence[str], is_yes: Sequence[bool], settings: Settings | None = None) -> Model:
    """A calibrated model of yes and no.  Raise CannotLearn without both."""
    return learn(texts, [YES if one else NO for one in is_yes], settings=settings)


def chances(model: Model, texts: Sequence[str]) -> Floats:
    """The chance of yes for each text; 0 where the model knows nothing of a text."""
    if not texts:
        return np.zeros(0, np.float32)
    scores = model.scores(texts)
    is_known = (scores != model.bias).any(axis=-1)
    found: Floats = model.shares(scores)[:, model.codes.index(YES)] * is_known
    return found


def chance(model: Model, text: str) -> tuple[float, tuple[str, ...]]:
    """The chance of yes, and the words that spoke for it, the strongest first; 0 where nothing of the text is known."""
    guess = next((one for one in model.guess(text, 2) if one.code == YES), None)
    return (guess.probability, guess.words) if guess else (0.0, ())


def unseen_chances(
    texts: Sequence[str],
    is_yes: Sequence[bool],
    *,
    settings: Settings | None = None,
    parts: Sequence[Ints] | None = None,
    say: Callable[[str], None] = lambda _line: None,
) -> Floats:
    """The chance of each text by a model of the other parts; five parts unless ``parts`` says otherwise."""
    if parts is None:
        parts = folds([YES if one else NO for one in is_yes], FOLDS, 0)
    found = np.zeros(len(texts), np.float32)
    for number, held in enumerate(parts, 1):
        taught = np.setdiff1d(np.arange(len(texts)), held)
        model = learn_alarm([texts[i] for i in taught], [is_yes[i] for i in taught], settings)
        found[held] = chances(model, [texts[i] for i in held])
        say(f"threshold: part {number} of {len(parts)}")
    return found


def threshold_for(found: Floats, is_yes: Bools, is_ordinary: Bools, bounds: Bounds) -> float | None:
    """The lowest chance at and above which both bounds hold, or None where there is none.

    ``is_ordinary`` marks the texts whose alarms are counted against ``bounds.ordinary``; none of them is a yes.
    """
    order = np.argsort(-found, kind="stable")
    right, ordinary = np.cumsum(is_yes[order]), np.cumsum(is_ordinary[order])
    held = right >= bounds.precision * np.arange(1, len(order) + 1)
    held &= ordinary <= bounds.ordinary * max(int(is_ordinary.sum()), 1)
    held &= right > 0
    # Texts of one chance ring together, so that only the last of them is a place to cut.
    sorted_found = found[order]
    held &= np.append(sorted_found[:-1] > sorted_found[1:], True)
    places = np.flatnonzero(held)
    return float(sorted_found[places[-1]]) if len(places) else None
