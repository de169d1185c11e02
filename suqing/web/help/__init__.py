"""Help on every page: topics by what people do, found by the name of the page's address."""

from __future__ import annotations

from suqing.web.help import administering, calls, cases, everybody, leading, registers
from suqing.web.help.topic import Topic

TOPICS: tuple[Topic, ...] = (
    *everybody.TOPICS,
    *calls.TOPICS,
    *cases.TOPICS,
    *leading.TOPICS,
    *registers.TOPICS,
    *administering.TOPICS,
)
BY_CODE = {topic.code: topic for topic in TOPICS}
_PREFIXES = sorted(
    ((prefix, topic) for topic in TOPICS for prefix in topic.prefixes), key=lambda one: -len(one[0])
)


def topic_of(url_name: str) -> Topic | None:
    """The help on a page: the topic with the longest beginning of its address's name."""
    return next((topic for prefix, topic in _PREFIXES if url_name.startswith(prefix)), None)
