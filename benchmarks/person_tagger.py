"""Make ``suqing/taxonomy/data/person_tagger.npz`` from the small tagger in jieba's source: python benchmarks/person_tagger.py DIR

``DIR`` is ``jieba/lac_small`` of jieba 0.42.1's source package: a character tagger of the PaddlePaddle authors (two
layers of bidirectional GRU and a CRF, 57 tags), Apache License 2.0.  Nothing is learnt here: matrices are written as
half precision, rows of the character table as bytes with a scale each, and characters nobody writes are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[1] / "suqing" / "taxonomy" / "data"
SOURCE = (
    "lac_small of jieba 0.42.1 (MIT License, Copyright (c) 2013 Sun Junyi), a lexical tagger, Copyright (c) 2019 "
    "PaddlePaddle Authors, Apache License 2.0; changed: half precision, made by benchmarks/person_tagger.py"
)
WIDE, TAGS = 128, 57
Floats = NDArray[np.float32]


def main() -> None:
    folder = Path(sys.argv[1])

    def read(name: str, *shape: int) -> Floats:
        kept = (folder / "model_baseline" / name).read_bytes()[-4 * int(np.prod(shape)) :]
        return np.frombuffer(kept, dtype="<f4").reshape(shape)

    table = read("word_emb", 20_941, WIDE)
    rows = {}
    for line in (folder / "word.dic").read_text("utf-8").splitlines():
        if "\t" in line:
            number, written = line.split("\t")
            rows[written] = int(number)
    kept = sorted(one for one in rows if len(one) == 1 and (one < "\u0080" or "\u3000" <= one <= "\u9fff"))
    chosen = table[[rows[one] for one in (*kept, "OOV")]]
    scale = np.abs(chosen).max(axis=1, keepdims=True) / 127
    recurrent = [read(f"gru_{at}.w_0", WIDE * WIDE * 3) for at in range(4)]
    arrays = {
        "source": np.array(SOURCE),
        "characters": np.array("".join(kept)),
        "table": np.round(chosen / scale).astype(np.int8),
        "scale": scale.astype(np.float16),
        "gates": np.stack([one[: WIDE * WIDE * 2].reshape(WIDE, WIDE * 2) for one in recurrent]),
        "candidates": np.stack([one[WIDE * WIDE * 2 :].reshape(WIDE, WIDE) for one in recurrent]),
        "bias": np.stack(
            [read(f"gru_{at}.b_0", WIDE * 3) + read(f"fc_{at}.b_0", WIDE * 3) for at in range(4)]
        ),
        "first": np.stack([read(f"fc_{at}.w_0", WIDE, WIDE * 3) for at in (0, 1)]),
        "second": np.stack([read(f"fc_{at}.w_0", WIDE * 2, WIDE * 3) for at in (2, 3)]),
        "emission": read("fc_4.w_0", WIDE * 2, TAGS),
        "emission_bias": read("fc_4.b_0", TAGS),
        "transitions": read("crfw", TAGS + 2, TAGS),
    }
    whole = {name: one.astype(np.float16) if one.dtype == np.float32 else one for name, one in arrays.items()}
    np.savez_compressed(DATA / "person_tagger.npz", **whole)


if __name__ == "__main__":
    main()
