"""Which topics the words of a matter name, where the entry standard asks more of their cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from suqing.cases.actions.topics import foretell
from suqing.cases.entry_standard import in_force
from suqing.cases.intake import local_day
from suqing.cases.queries.standards import entry_standards
from suqing.web.desks.call_forms import MATTER_FIELD, Fields, matter_of


def topics_told(fields: Fields, prefix: str, words: str, now: datetime) -> list[str]:
    """The codes of those topics, as registering now would find them; none where no standard in force asks by topic."""
    field = MATTER_FIELD.fullmatch(f"{prefix}-kind")
    if field is None or not words:
        return []
    matter = replace(matter_of(fields, int(prefix.removeprefix("m"))), narrative=words)
    standard = in_force(entry_standards(), matter.kind, local_day(now))
    if not standard.topics:
        return []
    found = foretell(matter=matter, received_at=now, at=now)
    return [code for code in found if code in standard.topics]
