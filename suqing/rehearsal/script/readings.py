"""What a reader finds in a narrative with the topics that ship with the program."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from suqing.taxonomy.reference import shipped_rules
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.topics import Matcher, matcher

EPIDEMIC = "epidemic"


@lru_cache(maxsize=1)
def _shipped() -> Matcher:
    return matcher(shipped_rules())


def topics_in(narrative: str) -> set[str]:
    """Give the topics that the shipped rules find."""
    return _shipped().match(match_text(narrative).text)


def reads_as(narrative: str, topic: str, readings: Mapping[str, str], *, is_epidemic: bool) -> bool:
    """Say whether the reader finds the topic that ``readings`` gives for the script's topic, none of the others that
    were counted, and the epidemic exactly where it is one.  Without readings nothing is asked."""
    if not readings:
        return True
    found = topics_in(narrative)
    wanted = {readings[topic]} if is_epidemic and topic in readings else set()
    return (EPIDEMIC in found) == is_epidemic and found & set(readings.values()) == wanted
