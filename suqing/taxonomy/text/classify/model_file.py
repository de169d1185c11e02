"""A model as bytes: a zip of numpy arrays and one JSON text, nothing that runs.  Whoever reads checks the digest first."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from typing import Any, BinaryIO

import numpy as np

from suqing.taxonomy.text.classify.features import FeatureSpace
from suqing.taxonomy.text.classify.model import Group, Model

FORMAT = 1  # of the file and of how features are read from a text; other numbers are not read
LARGEST = 200_000_000  # bytes


class BrokenModel(ValueError):
    """These bytes are no model that this version reads."""


def written(model: Model) -> bytes:
    """The model as bytes."""
    told = {
        "format": FORMAT,
        "codes": model.codes,
        "groups": [[group.parent, group.members, group.sharpness] for group in model.groups],
        "facts": dict(model.facts),
    }
    out = io.BytesIO()
    np.savez_compressed(
        out,
        told=_bytes(json.dumps(told, ensure_ascii=False, sort_keys=True)),
        names=_bytes("\n".join(model.space.names)),
        rarity=model.space.rarity,
        weights=model.weights.astype(np.float16),
        bias=model.bias,
    )
    return out.getvalue()


def digest_of(data: bytes) -> str:
    """SHA-256 of the bytes."""
    return sha256(data).hexdigest()


def read(source: BinaryIO, digest: str) -> Model:
    """Read a model that has this digest.  Raise BrokenModel."""
    data = source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BrokenModel("larger than a model can be")
    if digest_of(data) != digest:
        raise BrokenModel("the digest differs")
    try:
        return _read(data)
    except (KeyError, TypeError, ValueError, IndexError, zipfile.BadZipFile, EOFError) as fault:
        raise BrokenModel(str(fault)) from fault


def _read(data: bytes) -> Model:
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        told: dict[str, Any] = json.loads(parts["told"].tobytes())
        if told["format"] != FORMAT:
            raise BrokenModel(f"format {told['format']}, this version reads {FORMAT}")
        space = FeatureSpace(parts["names"].tobytes().decode().split("\n"), parts["rarity"])
        weights, bias = parts["weights"].astype(np.float32), parts["bias"]
    codes = tuple(told["codes"])
    if weights.shape != (len(space), len(codes)) or bias.shape != (len(codes),):
        raise BrokenModel("weights of another shape")
    groups = tuple(Group(parent, tuple(members), sharp) for parent, members, sharp in told["groups"])
    return Model(space, codes, groups, weights, bias, told["facts"])


def _bytes(text: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(text.encode(), np.uint8)
