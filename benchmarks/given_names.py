"""Make ``suqing/taxonomy/data/given_names.json`` from the dictionary of jieba 0.42.1 (MIT): python benchmarks/given_names.py DICT

``DICT`` is ``jieba/dict.txt`` of its source package.  Counts the characters of the words tagged as persons that are
written like a Chinese name, and weighs each against how often it stands in all other words.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

from suqing.taxonomy.text.names import SURNAMES

TABLE = Path(__file__).resolve().parents[1] / "suqing" / "taxonomy" / "data" / "given_names.json"
SOURCE = (
    "derived from dict.txt of jieba 0.42.1, Copyright (c) 2013 Sun Junyi, MIT License: log odds of a character as "
    "surname, as the first of two, the last of two and the only character of a given name, against its share in "
    "all words, in tenths; made by benchmarks/given_names.py"
)
LEAST, USUAL, BOUND = (
    2,
    500,
    60,
)  # counts in names and in other words below which a character is left out; tenths


def main() -> None:
    roles = [Counter[str]() for _ in range(4)]
    usual: Counter[str] = Counter()
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        word, times, tag = line.split(" ")
        if tag == "nr" and len(word) in (2, 3) and word[0] in SURNAMES and int(times) < 300:
            roles[0][word[0]] += 1
            if len(word) == 3:
                roles[1][word[1]] += 1
                roles[2][word[2]] += 1
            else:
                roles[3][word[1]] += 1
        elif not tag.startswith("nr"):
            usual.update(dict.fromkeys(word, int(times)))
    weights = [_odds(role, usual) for role in roles]
    kept = sorted(
        {character for role in roles for character, times in role.items() if times >= LEAST}
        | {character for character, times in usual.items() if times >= USUAL and "㐀" <= character <= "鿿"}
    )
    rows = {one: [weight(one) for weight in weights] for one in kept}
    lines = ",\n".join(f'  "{one}": {json.dumps(row)}' for one, row in rows.items())
    TABLE.write_text(f'{{\n "source": "{SOURCE}",\n "weights": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


def _odds(role: Counter[str], usual: Counter[str]):  # type: ignore[no-untyped-def]
    names, words = role.total(), usual.total()

    def weight(character: str) -> int:
        likely = (role[character] + 0.3) / (names + 1000)
        odds = 10 * math.log(likely / ((usual[character] + 20) / words))
        return round(max(-BOUND, min(BOUND, odds)))

    return weight


if __name__ == "__main__":
    main()
