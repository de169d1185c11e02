"""What the redactor and the extractors find in real sentences, with 95 % Wilson intervals, and texts a second.

python benchmarks/extraction.py [--part dev|test] [--misses] [--record]

Labels: ``ground/labelled_sentences.json`` (docs/text.md says how they were made).  Values put into the sentences
are synthetic and named so.  ``--misses`` names the places of what was missed in the development part (no texts).
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Callable, Sequence
from datetime import date
from time import perf_counter

from ground.inserted import KINDS, in_place_of_somebody, inserted, put
from ground.sentences import DATA, NAMED, SEED, Labelled, every, labelled
from ground.telling import tell

from suqing.taxonomy.text.dates import find_dates
from suqing.taxonomy.text.extract import extract
from suqing.taxonomy.text.mentions import find_mentions
from suqing.taxonomy.text.redact import REDACTOR_VERSION, redact

EACH = 3  # values of a kind put into a sentence
PERSONAL = ("name", "phone", "address")
COMPANIES = 2_000
TOLD_ON = date(2020, 1, 15)  # only the places of days are scored
Places = dict[str, list[tuple[int, int]]]
Z = 1.959964


def main() -> None:
    part = sys.argv[sys.argv.index("--part") + 1] if "--part" in sys.argv else "test"
    sentences = [one for one in labelled() if one.sentence.part == part]
    lines = [f"redactor version {REDACTOR_VERSION}", *_redacted(sentences), *_operators_kept(sentences)]
    lines += _put_in(sentences)
    lines += _drawn_by_trigger(part)
    lines += _in_all(part)
    for half in ("market", "random", "triggered"):
        lines += _extracted([one for one in sentences if one.half == half], half)
    lines += _extracted(sentences, "all")
    lines.append(_speed(sentences))
    tell("extraction", f"{part} part, {len(sentences)} real sentences", lines)


def share(hits: int, of: int) -> str:
    """Write a share with its 95 % Wilson interval."""
    if of == 0:
        return "0 of 0 (no share)"
    p = hits / of
    middle = (p + Z * Z / (2 * of)) / (1 + Z * Z / of)
    width = Z / (1 + Z * Z / of) * math.sqrt(p * (1 - p) / of + Z * Z / (4 * of * of))
    return f"{hits} of {of} = {p:.3f} [{max(0.0, middle - width):.3f}, {min(1.0, middle + width):.3f}]"


def hidden(text: str) -> Places:
    """Give what the redactor hides, by kind."""
    found: Places = {}
    for span in redact(text).spans:
        found.setdefault(span.kind, []).append((span.start, span.end))
    return found


def read_out(text: str) -> Places:
    """Give what the extractors find, by the kinds of the labels."""
    found: Places = {}
    for amount in extract(text).amounts:
        kind = "unit price" if amount.unit else "amount"
        found.setdefault(kind, []).append((amount.start, amount.end))
    for mention in find_mentions(text):
        found.setdefault(mention.kind, []).append((mention.start, mention.end))
    found["date"] = [(day.start, day.end) for day in find_dates(text, TOLD_ON)]
    return found


def _redacted(sentences: Sequence[Labelled]) -> list[str]:
    lines = []
    for kind in PERSONAL:
        hits, wanted, right, marked = _score(sentences, kind, hidden, _covered)
        lines.append(f"redact {kind}: recall {share(hits, wanted)}, precision {share(right, marked)}")
    buildings = [
        any(_overlap(span, place) for place in hidden(one.sentence.text).get("address", []))
        for one in sentences
        for span in one.spans
        if span[2] == "building"
    ]
    lines.append(
        f"redact buildings and premises (neither asked for nor forbidden): {share(sum(buildings), len(buildings))}"
    )
    return lines


def _operators_kept(sentences: Sequence[Labelled]) -> list[str]:
    touched = [
        _is_touched(one.sentence.text, span[0], span[1])
        for one in sentences
        for span in one.spans
        if span[2] == "operator"
    ]
    lines = [f"operators over-redacted: {share(sum(touched), len(touched))}"]
    names = _company_names()
    rng = random.Random(SEED)
    made = [put(name, rng.choice(sentences).sentence, rng) for name in names]
    touched = [_is_touched(one.text, one.start, one.end) for one in made]
    lines.append(f"real sentences, inserted company names: over-redacted {share(sum(touched), len(touched))}")
    return lines


def _put_in(sentences: Sequence[Labelled]) -> list[str]:
    lines = []
    for kind in KINDS:
        made = list(inserted(kind, (one.sentence for one in sentences), EACH, SEED))
        missed = [one for one in made if not _is_hidden(one.text, one.start, one.end)]
        _show(kind, [one.text[one.start : one.end] for one in missed])
        hits = len(made) - len(missed)
        lines.append(f"real sentences, inserted values (synthetic), {kind}: recall {share(hits, len(made))}")
    return lines


def _drawn_by_trigger(part: str) -> list[str]:
    """Score the sentences drawn for their names and rooms: recall only, the draw says nothing of precision."""
    sentences = [one for one in labelled(NAMED) if one.sentence.part == part]
    lines = []
    for kind in ("name", "address"):
        hits, wanted, _right, _marked = _score(sentences, kind, hidden, _covered)
        lines.append(f"redact {kind}, sentences drawn by trigger: recall {share(hits, wanted)}")
    return [*lines, *_operators_kept(sentences)[:1]]


def _in_all(part: str) -> list[str]:
    """Score names in place of somebody in every real sentence, and say how much is marked as it stands."""
    sentences = every(part)
    made = list(in_place_of_somebody(sentences, SEED))
    hits = sum(_is_hidden(one.text, one.start, one.end) for one in made)
    marked = sum("name" in hidden(one.text) for one in sentences)
    again = sum(redact(shown).text != shown for shown in (redact(one.text).text for one in sentences))
    return [
        f"real sentences, a name in place of somebody (synthetic): recall {share(hits, len(made))}",
        f"real sentences with a name marked, right or wrong: {share(marked, len(sentences))}",
        f"real sentences whose redacted text changes when redacted again: {share(again, len(sentences))}",
    ]


def _extracted(sentences: Sequence[Labelled], half: str) -> list[str]:
    lines = []
    kinds = ("amount", "unit price", "date", "operator", "platform", "goods", "order number")
    for kind in kinds:
        hits, wanted, right, marked = _score(sentences, kind, read_out, _overlap, is_shown=half == "all")
        if wanted or marked:
            lines.append(
                f"extract {kind} ({half}): recall {share(hits, wanted)}, precision {share(right, marked)}"
            )
    return lines


def _score(
    sentences: Sequence[Labelled],
    kind: str,
    find: Callable[[str], Places],
    agrees: Callable[[tuple[int, int, str], tuple[int, int]], bool],
    *,
    is_shown: bool = True,
) -> tuple[int, int, int, int]:
    """Count labels found, labels, marks that meet a label, and marks."""
    hits = wanted = right = marked = 0
    for one in sentences:
        spans = [span for span in one.spans if span[2] == kind]
        places = find(one.sentence.text).get(kind, [])
        found = [span for span in spans if any(agrees(span, place) for place in places)]
        good = [place for place in places if any(_overlap(span, place) for span in spans)]
        hits, wanted, right, marked = (
            hits + len(found),
            wanted + len(spans),
            right + len(good),
            marked + len(places),
        )
        if is_shown:
            where = f"{one.sentence.source} {one.sentence.row} {one.sentence.field} from {one.sentence.start}"
            _show(f"{kind} missed", [f"{where}: {span[:2]}" for span in spans if span not in found])
            _show(f"{kind} wrong", [f"{where}: {place}" for place in places if place not in good])
    return hits, wanted, right, marked


def _show(what: str, lines: Sequence[str]) -> None:
    if "--misses" in sys.argv and "dev" in sys.argv:
        for line in lines[:12]:
            print("   ", what, "|", line)


def _overlap(span: tuple[int, int, str], place: tuple[int, int]) -> bool:
    return span[0] < place[1] and place[0] < span[1]


def _covered(span: tuple[int, int, str], place: tuple[int, int]) -> bool:
    """Say whether a mark covers the label; of an address the road and place may stay, its figures may not."""
    if span[2] != "address":
        return place[0] <= span[0] and span[1] <= place[1]
    return _overlap(span, place) and span[1] <= place[1]


def _is_hidden(text: str, start: int, end: int) -> bool:
    bare = set(range(start, end))
    for span in redact(text).spans:
        bare -= set(range(span.start, span.end))
    return not bare


def _is_touched(text: str, start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in redact(text).spans)


def _company_names() -> list[str]:
    path = DATA / "companies" / "names_20000.txt"
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = [row[0] for row in csv.reader(file) if row][1:]
    return random.Random(SEED).sample(names, COMPANIES)


def _speed(sentences: Sequence[Labelled]) -> str:
    texts = [one.sentence.text for one in sentences] * 5
    speeds = []
    for work in (redact, read_out):
        began = perf_counter()
        for text in texts:
            work(text)
        speeds.append(len(texts) / (perf_counter() - began))
    return f"redact {speeds[0]:,.0f} texts/s, all extractors {speeds[1]:,.0f} texts/s (one core)"


if __name__ == "__main__":
    main()
