"""Templates with slots and choices: ``{slot}`` is filled by the speaker, ``<a|b|>`` takes one of its branches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from suqing.rehearsal.script.tables import DATA

_TOKEN = re.compile(r"\{(\w+)\}|<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that the speaker fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Branches of which one is taken."""

    branches: tuple[Template, ...]


Template = tuple["str | Slot | Choice", ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What can be said about one topic: the matter itself, and details that may follow."""

    bodies: tuple[tuple[str, Template], ...]
    details: tuple[Template, ...]


def parse(text: str) -> Template:
    """Read a template."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str | Slot | Choice]:
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        slot, branches = found.groups()
        yield Slot(slot) if slot else Choice(tuple(parse(branch) for branch in branches.split("|")))
        end = found.end()
    if end < len(text):
        yield text[end:]


def render(template: Template, fill: Callable[[str], str], rng: Random) -> str:
    """Say a template: slots through ``fill``, choices by chance."""
    said = []
    for piece in template:
        if isinstance(piece, str):
            said.append(piece)
        elif isinstance(piece, Slot):
            said.append(fill(piece.name))
        else:
            said.append(render(rng.choice(piece.branches), fill, rng))
    return "".join(said)


@lru_cache(maxsize=16)
def sections(name: str) -> dict[str, Section]:
    """Read a file of sections: ``[code]``, then ``=`` bodies and ``+`` details."""
    bodies: dict[str, list[tuple[str, Template]]] = {}
    details: dict[str, list[Template]] = {}
    code = ""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            code = line.strip("[]")
            bodies[code], details[code] = [], []
        elif line.startswith("="):
            bodies[code].append((f"{name}:{code}:{len(bodies[code])}", parse(line[1:])))
        elif line.startswith("+"):
            details[code].append(parse(line[1:]))
    return {code: Section(tuple(found), tuple(details[code])) for code, found in bodies.items()}


@lru_cache(maxsize=1)
def slots() -> dict[str, tuple[Template, ...]]:
    """Read the lists of slot fillers; they may hold slots themselves."""
    result = {}
    for line in (DATA / "slots.txt").read_text(encoding="utf-8").splitlines():
        name, _, entries = line.partition(": ")
        if entries:
            result[name] = tuple(parse(entry) for entry in entries.split("|"))
    return result
