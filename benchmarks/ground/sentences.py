"""Real sentences with labelled spans: drawn once with a fixed seed, kept as places and hashes, found again here.

The texts are in ``../shared/data`` (hot_events and teddy_titles state no licence) and are never kept.  A label file
has, for each sentence, where it stands, the hash of its text and the places of what it names.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LABELS = Path(__file__).resolve().parent / "labelled_sentences.json"
# drawn by triggers (words tagged as persons, surnames behind cues, room numbers): only recall on them says anything
NAMED = Path(__file__).resolve().parent / "labelled_names.json"
SEED, HALF = 12315, 200
SHORTEST, LONGEST = 6, 90  # characters: longer sentences are left out so that one person could read them all
SENTENCE = re.compile(r"[^。！？!?；;\n\r]+[。！？!?；;]*")
TRIGGER = re.compile(
    r"[0-9０-９]{2}|[0-9]\s?[元块万年月日号栋幢]|元|号|先生|女士|小姐|老师|电话|手机|公司|[一-鿿]店|超市|路|订单|微信|淘宝|京东"
)
SOURCES = {
    "market": ("market_12315/cases_100.csv", "id", ("problem_text",)),
    "messages": ("hot_events/messages.csv", "message_id", ("title", "body")),
    "titles": ("teddy_titles/titles.csv", "", ("title",)),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at its place: ``row`` is the row's id (or number, from 0), ``start`` and ``end`` are in its field."""

    source: str
    row: str
    field: str
    start: int
    end: int
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def part(self) -> str:
        """Give ``dev`` to 60 of 100 sentences and ``test`` to the others, by the hash of the text."""
        return "dev" if int(self.digest[:8], 16) % 100 < 60 else "test"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, the half of the draw it came with, and (start, end, kind) of all that it names."""

    sentence: Sentence
    half: str
    spans: tuple[tuple[int, int, str], ...]


def are_here() -> bool:
    """Say whether the public texts stand beside this tree."""
    return all((DATA / path).is_file() for path, _, _ in SOURCES.values())


def draw() -> list[tuple[str, Sentence]]:
    """Draw the sentences to label: all of market, 200 of the others at random, 200 among those with a trigger."""
    market = [("market", one) for one in _sentences("market")]
    others = [one for source in ("messages", "titles") for one in _sentences(source)]
    unique = list({one.text: one for one in others}.values())
    rng = random.Random(SEED)
    at_random = rng.sample(unique, HALF)
    chosen = set(at_random)
    triggered = rng.sample([one for one in unique if one not in chosen and TRIGGER.search(one.text)], HALF)
    return [*market, *(("random", one) for one in at_random), *(("triggered", one) for one in triggered)]


def every(part: str) -> list[Sentence]:
    """Give every different sentence of a part of the split, labelled or not."""
    unique = {one.text: one for source in SOURCES for one in _sentences(source)}
    return [one for one in unique.values() if one.part == part]


def labelled(labels: Path = LABELS) -> list[Labelled]:
    """Find every sentence of a file of labels again; a text that is not what was labelled stops it."""
    texts = {(source, row, field): text for source in SOURCES for row, field, text in _fields(source)}
    found = []
    for kept in json.loads(labels.read_text(encoding="utf-8")):
        source, row, field, start, end = kept["place"]
        sentence = Sentence(source, row, field, start, end, texts[source, row, field][start:end])
        if sentence.digest != kept["sha256"]:
            raise ValueError(f"{source} {row} {field} is not the text that was labelled")
        spans = tuple((first, last, kind) for first, last, kind in kept["spans"])
        found.append(Labelled(sentence, kept["half"], spans))
    return found


def _sentences(source: str) -> Iterator[Sentence]:
    for row, field, text in _fields(source):
        if source == "market":
            yield Sentence(source, row, field, 0, len(text), text)
            continue
        for match in SENTENCE.finditer(text):
            said = match.group()
            start = match.start() + len(said) - len(said.lstrip())
            end = match.end() - len(said) + len(said.rstrip())
            if SHORTEST <= end - start <= LONGEST:
                yield Sentence(source, row, field, start, end, text[start:end])


def _fields(source: str) -> Iterator[tuple[str, str, str]]:
    path, key, fields = SOURCES[source]
    with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            for field in fields:
                yield (row[key] if key else str(number)), field, row[field]
