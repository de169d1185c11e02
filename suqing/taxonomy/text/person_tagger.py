"""How likely a run of characters is the name of a person, by a small neural tagger run forward (numpy only).

Two layers of bidirectional GRU (Cho et al. 2014) over characters and a linear-chain CRF (Lafferty et al. 2001) with
57 tags.  The weights are those of the small LAC tagger that jieba ships; ``data/person_tagger.npz`` names source and
licence, ``benchmarks/person_tagger.py`` made it.  ``names.py`` and ``persons.py`` decide what comes of its answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# of 57 tags (two each of 28 kinds, first and further character, and one for nothing): both kinds of persons
_FIRSTS, _FURTHER = np.array([16, 48]), np.array([17, 49])
LONGEST = 60  # characters read at once; a longer piece is read in parts


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tagger makes of one piece of text: scores before and behind each character, scaled to sum to one."""

    forward: Floats
    backward: Floats
    emitted: Floats  # exp of the scores of the tags of each character

    def person(self, start: int, end: int) -> float:
        """Give the probability (0 to 1) that exactly these characters are a person's name."""
        step, further = _model().step, self.emitted
        path = self.forward[start, _FIRSTS]
        for at in range(start + 1, end):
            came = _FIRSTS if at == start + 1 else _FURTHER
            path = path * step[came, _FURTHER] * further[at, _FURTHER]
        last = _FIRSTS if end == start + 1 else _FURTHER
        if end == len(self.forward):
            rest = float((path * _model().end[last]).sum())
        else:
            onward = step[last].copy()
            onward[[0, 1], _FURTHER] = 0  # the name goes on
            rest = float((path @ (onward * (further[end] * self.backward[end]))).sum())
        return rest / float(self._all(start, end))

    def _all(self, start: int, end: int) -> float:
        """Give the weight of every path, in the scale of those that pass from ``start`` to ``end``."""
        step = _model().step
        state = self.forward[start]
        for at in range(start + 1, min(end + 1, len(self.forward))):
            state = (state @ step) * self.emitted[at]
        if end == len(self.forward):
            return float(state @ _model().end)
        return float(state @ self.backward[end])


class _Weights:
    """The weights in single precision and what follows from them; read once a process."""

    def __init__(self) -> None:
        with as_file(files("suqing.taxonomy").joinpath("data", "person_tagger.npz")) as path:
            kept = {name: one for name, one in np.load(path, allow_pickle=False).items()}

        def single(name: str) -> Floats:
            return np.asarray(kept[name], dtype=np.float32)

        self.rows = {one: at for at, one in enumerate(str(kept["characters"]))}
        self.table, self.scale = kept["table"], single("scale")
        wide = self.table.shape[1]
        self.first = single("first").transpose(1, 0, 2).reshape(wide, -1)
        self.second = single("second").transpose(1, 0, 2).reshape(2 * wide, -1)
        self.gates, self.candidates, self.bias = single("gates"), single("candidates"), single("bias")
        self.emission, self.emission_bias = single("emission"), single("emission_bias")
        moves = np.exp(single("transitions"))
        self.start, self.end, self.step = moves[0], moves[1], moves[2:]


@cache
def _model() -> _Weights:
    return _Weights()


def read(pieces: Sequence[str]) -> list[Reading]:
    """Read pieces of normalised text side by side, each for itself; none may be empty or longer than ``LONGEST``."""
    model = _model()
    longest, unknown = max(map(len, pieces)), len(model.rows)
    known = np.zeros((len(pieces), longest), dtype=np.intp)
    lengths = np.array([len(one) for one in pieces])
    for at, piece in enumerate(pieces):
        known[at, : len(piece)] = [model.rows.get(one, unknown) for one in piece]
    # each piece backwards, from its own end
    back = np.maximum(lengths[:, None] - 1 - np.arange(longest), 0)
    each = np.arange(len(pieces))[:, None]
    state = model.table[known] * model.scale[known]
    for layer, inward in enumerate((model.first, model.second)):
        put = (state.reshape(-1, len(inward)) @ inward).reshape(len(pieces), longest, 2, -1)
        # by place first: one step after another reads what lies together
        there, again = _recur(
            np.stack([put[:, :, 0].swapaxes(0, 1), put[each, back, 1].swapaxes(0, 1)], axis=1), layer
        )
        state = np.concatenate([there, again[each, back]], axis=2)
    scores = state.reshape(-1, len(model.emission)) @ model.emission + model.emission_bias
    emitted = np.exp(scores - scores.max(axis=1, keepdims=True)).reshape(len(pieces), longest, -1)
    return [_sum(emitted[at, :length]) for at, length in enumerate(lengths)]


def _recur(put: Floats, layer: int) -> Floats:
    """Run both directions of a layer over (place, direction, piece, 3 × hidden); by direction, piece and place."""
    model = _model()
    pair = slice(2 * layer, 2 * layer + 2)
    gates, candidates = model.gates[pair], model.candidates[pair]
    put = put + model.bias[pair][:, None]
    hidden = candidates.shape[-1]
    out = np.empty((*put.shape[:3], hidden), dtype=np.float32)
    state = np.zeros_like(out[0])
    for at, given in enumerate(put):
        gate = 1 / (1 + np.exp(-(given[..., : 2 * hidden] + state @ gates)))
        update, reset = gate[..., :hidden], gate[..., hidden:]
        fresh = np.tanh(given[..., 2 * hidden :] + (reset * state) @ candidates)
        out[at] = state = state + update * (fresh - state)
    return out.transpose(1, 2, 0, 3)


def _sum(emitted: Floats) -> Reading:
    """Add up all paths from both ends (forward-backward), each place scaled to sum to one."""
    model = _model()
    forward, backward = np.empty_like(emitted), np.empty_like(emitted)
    state = model.start * emitted[0]
    forward[0] = state / state.sum()
    for at in range(1, len(emitted)):
        state = (forward[at - 1] @ model.step) * emitted[at]
        forward[at] = state / state.sum()
    backward[-1] = model.end / model.end.sum()
    for at in range(len(emitted) - 2, -1, -1):
        state = model.step @ (emitted[at + 1] * backward[at + 1])
        backward[at] = state / state.sum()
    return Reading(forward, backward, emitted)
