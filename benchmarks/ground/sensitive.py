"""Real texts labelled with what makes them sensitive: drawn once with a fixed seed, kept as places and hashes.

The texts are in ``../shared/data`` (hot_events and teddy_titles state no licence) and are never kept.  Of a message its
title and the first 300 characters of its body are the text.  One person (a language model, working for the project) read
each text once and gave the signs it holds, by the meanings below, without seeing which rules find it and before any model
was trained; part of the shipped words (of the rules mass and injury) had been seen before.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LABELS = Path(__file__).resolve().parent / "labelled_sensitive.json"
SEED, HALF, READ = 20200126, 150, 300  # HALF: texts of a source at random, and as many more with a trigger
SIGNS = {
    "mass": "many people (tens or more, or all of a group) say they suffer or act together in one matter: a number, joint"
    " letters, protests, an operator gone with the money of many; not merely a place where many live",
    "injury": "somebody was hurt, poisoned, fell ill or died of the matter, or nearly so; danger alone does not count",
    "minors_elderly": "the one harmed, cheated or endangered in person is a minor or an old person; school places, school"
    " fees and disturbed sleep do not count",
    "threats": "violence, its threat, blackmail, suicide or self-harm, or a petition to higher places, made or announced",
    "media_leaders": "the press or exposure on the net, present, asked for or announced; the leader a letter is addressed"
    " to does not count",
    "epidemic_goods": "price, supply or quality of goods against an epidemic: masks, disinfectants, medicines for it",
}
SOURCES = {
    "market": ("market_12315/cases_100.csv", "id", ("problem_text",)),
    "messages": ("hot_events/messages.csv", "message_id", ("title", "body")),
    "titles": ("teddy_titles/titles.csv", "", ("title",)),
}
# Wider than the shipped rules: it makes rare signs frequent enough to count, and counts back by stratum.
TRIGGER = re.compile(
    "死|伤|中毒|住院|急诊|抢救|骨折|流产|癌|孩子|小孩|儿童|学生|老人|老年|婴|幼儿|孕妇|残疾|未成年|威胁|恐吓|打人|殴打|被打"
    "|自杀|跳楼|轻生|上访|黑社会|恶霸|暴力|媒体|记者|曝光|电视台|报道|口罩|酒精|消毒|疫苗|集体|联名|全体|上百|几百|数百|上千"
    "|几十|维权|跑路|失联|集资|诈骗|传销"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text at its place.  ``stratum`` is its source with whether a trigger hits; ``group`` is the same for texts of
    one event or of one body, which must not stand on both sides of a comparison."""

    source: str
    row: str
    text: str
    group: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def stratum(self) -> str:
        if self.source == "market":
            return "market"
        return f"{self.source}, {'with' if TRIGGER.search(self.text) else 'without'} a trigger"


def are_here() -> bool:
    """Say whether the public texts stand beside this tree."""
    return all((DATA / path).is_file() for path, _, _ in SOURCES.values())


@cache
def population() -> tuple[Drawn, ...]:
    """Every distinct text of the three sources."""
    found: dict[str, Drawn] = {}
    for source, (path, key, fields) in SOURCES.items():
        with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                parts = [row[field].strip() for field in fields]
                text = "。".join(part[:READ] for part in parts)
                event = row.get("label", "none") if source == "messages" else "none"
                group = event if event != "none" else parts[-1][:40]
                one = Drawn(source, row[key] if key else str(number), text, group)
                found.setdefault(text, one)
    return tuple(found.values())


def draw() -> list[Drawn]:
    """The texts to label: all of market; of each other source so many at random and as many among those with a trigger."""
    chosen = [one for one in population() if one.source == "market"]
    rng = random.Random(SEED)
    for source in ("messages", "titles"):
        pool = [one for one in population() if one.source == source]
        at_random = rng.sample(pool, HALF)
        taken = set(at_random)
        hit = [one for one in pool if one not in taken and TRIGGER.search(one.text)]
        chosen += at_random + rng.sample(hit, HALF)
    return chosen


def labelled() -> list[tuple[Drawn, frozenset[str]]]:
    """Find every labelled text again with its signs; a text that is not what was labelled stops it."""
    at_place = {(one.source, one.row): one for one in population()}
    found = []
    for kept in json.loads(LABELS.read_text(encoding="utf-8")):
        one = at_place[tuple(kept["place"])]
        if one.digest != kept["sha256"]:
            raise ValueError(f"{one.source} {one.row} is not the text that was labelled")
        found.append((one, frozenset(kept["signs"])))
    return found
