"""How often the shipped rules of the radar fire on texts that are mostly no consumer tickets, and what matching costs.

    python -m benchmarks.radar --data DIR     counts by rule with intervals of 95 % (Wilson)

Nothing says which of these texts are sensitive, so that this is a count of alarms, not of right ones.  No text is
printed.  ``market_12315/cases_100.csv`` are short matters of a test set; ``hot_events`` are messages of residents to
governments.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from suqing.kit.proportions import wilson
from suqing.taxonomy.sensitive_shipped import shipped_rules
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.topics import Matcher

SOURCES = {
    "market_12315": ("market_12315/cases_100.csv", ("problem_text",)),
    "hot_events": ("hot_events/messages.csv", ("title", "body")),
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--data", type=Path, default=Path("../shared/data"))
    folder = asked.parse_args().data
    matcher = Matcher(shipped_rules())
    for name, (path, columns) in SOURCES.items():
        if not (folder / path).is_file():
            print(f"{name}: not here")
            continue
        _count(name, matcher, [match_text(text).text for text in _texts(folder / path, columns)])
    return 0


def _texts(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield "。".join(row[name] for name in columns if row.get(name))


def _count(name: str, matcher: Matcher, texts: list[str]) -> None:
    begun = perf_counter()
    found = [matcher.match(text) for text in texts]
    each = (perf_counter() - begun) / max(1, len(texts)) * 1e6
    print(
        f"{name}: {len(texts)} texts, {sum(map(len, texts)) / max(1, len(texts)):.0f} characters, {each:.0f} µs each"
    )
    codes = [rule.code for rule in shipped_rules()]
    for code in [*codes, "any"]:
        hits = sum(1 for one in found if (one if code == "any" else code in one))
        low, high = wilson(hits, len(texts))
        print(f"  {code:16}{hits:6}  {100 * hits / len(texts):5.1f} %  ({100 * low:.1f}-{100 * high:.1f})")


if __name__ == "__main__":
    sys.exit(main())
