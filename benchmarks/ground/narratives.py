"""What people tell: narratives of the rehearsal's script by many seeds, redacted, with their bands; form letters among
them.  Made by as many processes as there are cores."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import islice
from multiprocessing import Pool
from os import cpu_count

FIRST, LAST = date(2020, 1, 20), date(2020, 2, 9)
FORM_LETTERS = (
    "投诉某健身连锁门店关门跑路，充值卡无法退款，要求市场监督管理部门责令退还余额并依法查处。",
    "网络平台超前点播侵犯会员权益，要求退还会员费并赔偿，请市场监督管理部门依法处理。",
)
SHARE_OF_FORM_LETTERS = 0.02
BLOCK = 5000

Told = tuple[str, list[int]]  # match_text and its bands


def told(count: int, seed: int) -> Iterator[Told]:
    """Yield so many texts; different ones, but for the form letters and what the script repeats by itself.

    ``SUQING_TOLD`` names files that hold them already, a text and its bands by a tab: making a million takes minutes.
    """
    if files := os.environ.get("SUQING_TOLD"):
        yield from islice(_read(files.split(os.pathsep)), count)
        return
    blocks = -(-count // BLOCK)
    with Pool(cpu_count()) as pool:
        found = pool.imap(partial(_block, seed), range(blocks))
        yield from islice((one for block in found for one in block), count)


def _read(files: list[str]) -> Iterator[Told]:
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                text, _tab, keys = line.rstrip("\n").rpartition("\t")
                yield text, [int(key) for key in keys.split(",") if key]


def _block(seed: int, number: int) -> list[Told]:
    from suqing.cases.near_text import bands_of
    from suqing.rehearsal.script.plan import plan
    from suqing.taxonomy.text.redact import match_text

    rng = random.Random(seed * 1_000_003 + number)
    made: list[Told] = []
    for contact in plan(seed * 10_000 + number, FIRST, LAST):
        for matter in contact.matters:
            words = rng.choice(FORM_LETTERS) if rng.random() < SHARE_OF_FORM_LETTERS else matter.narrative
            text = match_text(words).text
            made.append((text, bands_of(text)))
        if len(made) >= BLOCK:
            break
    return made[:BLOCK]


def changed(text: str, rng: random.Random, words: int) -> str:
    """The text with so many words of two characters replaced by two from elsewhere in it: a synthetic near-duplicate."""
    signs = list(text)
    for _word in range(words):
        place, source = rng.randrange(max(1, len(signs) - 1)), rng.randrange(max(1, len(signs) - 1))
        signs[place : place + 2] = signs[source : source + 2]
    return "".join(signs)
