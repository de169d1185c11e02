"""New words: how soon a matter put among real messages is told, and how much is told on days when nothing was put there.

python benchmarks/new_words.py [--record]

Reads ../shared/data/teddy_titles and ../shared/data/hot_events, whose texts are never printed.  The messages are real; the days
are made: all texts are dealt at random over 29 days, so that no day is special.  Then a matter comes: so many texts that hold one
word are put into the last day, and none of them is left in the days before.  Words are drawn at random among those that 12 to
40 texts hold, beside the one real event of hot_events.  Nothing was chosen by these figures.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from ground.telling import tell

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from suqing.kit.proportions import wilson  # noqa: E402
from suqing.surveillance.new_words import Said, look  # noqa: E402
from suqing.taxonomy.text.normalise import normalise  # noqa: E402
from suqing.taxonomy.text.terms import says_little, telling, terms_of, words_of  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
TITLES, MESSAGES = DATA / "teddy_titles" / "titles.csv", DATA / "hot_events" / "messages.csv"
DAYS, SEED = 29, 0
SIZES = (3, 5, 8, 12)
MATTERS, QUIET, EVENTS = 100, 60, 30  # how often
HELD_BY = range(12, 41)
LOOKED = 600  # characters of a text

Told = list[tuple[str, frozenset[int]]]  # a row: its word, and the places in the last day that hold it
Way = Callable[[Sequence[str], Sequence[Sequence[str]]], Told]


def main() -> None:
    if not (TITLES.exists() and MESSAGES.exists()):
        raise SystemExit("skipped: teddy_titles and hot_events are not there")
    texts, event = _read()
    rows = [f"{len(texts):,} texts dealt over {DAYS} days, some {len(texts) // DAYS} a day"]
    for name, way in WAYS.items():
        rows += [f"{name}: {one}" for one in _figures(way, texts, event)]
    tell("new_words", "real messages, made days, seed 0; 95 % Wilson", rows)
    mean = sum(map(len, texts)) / len(texts)
    paces = [_pace(texts, size) for size in (500, 2_000, 8_000)]
    tell("new_words", f"real messages drawn again and again, {mean:.0f} characters on average", paces)


def _read() -> tuple[list[str], list[str]]:
    with TITLES.open(encoding="utf-8-sig") as source:
        texts = [row["title"] for row in csv.DictReader(source)]
    event = []
    with MESSAGES.open(encoding="utf-8-sig") as source:
        for row in csv.DictReader(source):
            (texts if row["label"] == "none" else event).append(f"{row['title']} {row['body']}")
    plain = dict.fromkeys(normalise(text).text[:LOOKED] for text in texts)
    return list(plain), [normalise(text).text[:LOOKED] for text in event]


# Three ways


def _ours(last: Sequence[str], before: Sequence[Sequence[str]]) -> Told:
    found = look(
        [Said(place, str(place), text) for place, text in enumerate(last)],
        [[Said(0, str(place), text) for place, text in enumerate(day)] for day in before],
    )
    return [(one.word, frozenset(one.cases)) for one in found.words]


def _log_odds(last: Sequence[str], before: Sequence[Sequence[str]]) -> Told:
    """Log-odds with a Dirichlet prior, as words that extend a rule are found: z above 2.58, twelve at most."""
    terms = telling(last, [text for day in before for text in day])
    return [(one.word, _holding(last, one.word)) for one in terms]


def _three_times(last: Sequence[str], before: Sequence[Sequence[str]]) -> Told:
    """The plain rule: at least three texts, and three times as many as on a usual day."""
    here = Counter(term for text in last for term in terms_of(text))
    there = Counter(term for day in before for text in day for term in terms_of(text))
    rising = [word for word, count in here.items() if count >= 3 and count >= 3 * there[word] / len(before)]
    return [(word, _holding(last, word)) for word in rising if not says_little(word)]


def _holding(texts: Sequence[str], word: str) -> frozenset[int]:
    return frozenset(place for place, text in enumerate(texts) if word in text.lower())


WAYS: dict[str, Way] = {
    "ours": _ours,
    "log-odds alone": _log_odds,
    "three times a usual day": _three_times,
}


# What they find


def _figures(way: Way, texts: list[str], event: list[str]) -> list[str]:
    chance = random.Random(SEED)
    quiet = [len(way(*_dealt(texts, [], chance))) for _time in range(QUIET)]
    share = wilson(sum(map(bool, quiet)), QUIET)
    figures = [f"nothing put there: {sum(quiet) / QUIET:.2f} rows a day; something on {sum(map(bool, quiet))} of {QUIET} days [{share[0]:.3f}, {share[1]:.3f}]"]  # fmt: skip
    held = Counter(word for text in texts for word in words_of(text))
    words = sorted(word for word, count in held.items() if count in HELD_BY and not word.isascii())
    drawn = chance.sample(words, MATTERS)
    for size in SIZES:
        found = [
            _is_told(way, texts, [text for text in texts if word in text], size, chance) for word in drawn
        ]
        figures.append(f"{size} texts of one word: told in {_share(found)}")
    for size in SIZES:
        found = [_is_told(way, texts, event, size, chance) for _time in range(EVENTS)]
        figures.append(f"{size} messages of the real event: told in {_share(found)}")
    return figures


def _is_told(way: Way, texts: list[str], matter: list[str], size: int, chance: random.Random) -> bool:
    """Whether one row's texts are for the most part those that were put there, and hold most of them."""
    others = [text for text in texts if text not in set(matter)]
    put = chance.sample(matter, size)
    last, before = _dealt(others, put, chance)
    places = frozenset(range(len(last) - size, len(last)))
    return any(2 * len(held & places) > max(len(held), size) for _word, held in way(last, before))


def _dealt(texts: list[str], put: list[str], chance: random.Random) -> tuple[list[str], list[list[str]]]:
    days: list[list[str]] = [[] for _day in range(DAYS)]
    for text in texts:
        chance.choice(days).append(text)
    return days[-1] + put, days[:-1]


def _share(found: Sequence[bool]) -> str:
    low, high = wilson(sum(found), len(found))
    return f"{sum(found)} of {len(found)} [{low:.3f}, {high:.3f}]"


def _pace(texts: list[str], size: int) -> str:
    """How long one look takes with so many cases a day."""
    chance = random.Random(SEED)
    days = [[Said(0, str(place), chance.choice(texts)) for place in range(size)] for _day in range(DAYS)]
    begun = perf_counter()
    found = look(days[-1], days[:-1])
    return f"{size:,} cases a day: {perf_counter() - begun:.1f} s, {found.looked_at:,} words judged"


if __name__ == "__main__":
    main()
