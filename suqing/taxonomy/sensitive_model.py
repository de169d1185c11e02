"""What the learnt model of the radar says of a text, and which of its words decided.

The threshold above which it rings was chosen when it was taught and stands in its facts.
"""

from __future__ import annotations

import re

from suqing.taxonomy.class_models import bytes_read
from suqing.taxonomy.models import ClassModel
from suqing.taxonomy.text.classify.alarm import chance, chances
from suqing.taxonomy.text.normalise import fold_case
from suqing.taxonomy.text.rules.matching import Hit


def threshold_of(row: ClassModel, least: float = 0.0) -> float:
    """The chance from which a model rings: its own, or ``least`` where that is more."""
    return max(float(row.facts["threshold"]), least)


def chance_of(row: ClassModel, text: str) -> float | None:
    """How probable the model finds it that a text is sensitive; None where the model cannot be read."""
    model = bytes_read(row)
    return float(chances(model, [text])[0]) if model else None


def model_hits(row: ClassModel, text: str) -> list[Hit]:
    """The words that spoke most for a text being sensitive, at every place; none where the model cannot be read."""
    model = bytes_read(row)
    words = chance(model, text)[1] if model else ()
    if not words:
        return []
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    found = re.finditer("|".join(map(re.escape, longest_first)), fold_case(text))
    return [Hit(one.group(), one.start(), one.end()) for one in found]
