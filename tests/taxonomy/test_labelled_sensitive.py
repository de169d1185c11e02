"""The labelled texts of the radar's benchmark: no text stands in the file, and each is found again where the texts are."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

GROUND = Path(__file__).resolve().parents[2] / "benchmarks" / "ground"


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = spec_from_file_location("labelled_for_the_radar", GROUND / "sensitive.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_the_file_holds_places_hashes_and_known_signs_only(ground: ModuleType) -> None:
    rows = json.loads((GROUND / "labelled_sensitive.json").read_text(encoding="utf-8"))
    assert len(rows) == 700 and len({tuple(row["place"]) for row in rows}) == 700
    for row in rows:
        assert set(row) == {"place", "sha256", "signs"} and len(row["sha256"]) == 64
        source, place = row["place"]
        assert source in ground.SOURCES and len(place) < 12 and set(row["signs"]) <= set(ground.SIGNS)


def test_every_text_is_found_again_as_it_was_drawn(ground: ModuleType) -> None:
    if not ground.are_here():
        pytest.skip("the public texts are not beside this tree")
    assert [one.digest for one, _signs in ground.labelled()] == [one.digest for one in ground.draw()]
