"""Topics of a case, assigned in the transaction that registers it."""

from __future__ import annotations

from datetime import datetime

from suqing.cases.intake import local_day
from suqing.cases.models import Case, TopicMembership
from suqing.ledger.writing import writer
from suqing.taxonomy.queries import rules_in_force
from suqing.taxonomy.text.topics import matcher


def assign(*, case: Case, at: datetime) -> list[str]:
    """Write the memberships that the topic rules in force give the case's match_text; return the topics' codes.

    The rules read match_text only, so that a backfill over history gives the same answer.
    """
    write = writer()
    rules = write.memo(("topic rules", local_day(at)), lambda: rules_in_force(at))
    versions = {rule.code: version for rule, version in rules}
    found = sorted(matcher(tuple(rule for rule, _version in rules)).match(case.match_text))
    for code in found:
        write.new(TopicMembership(case=case, version=versions[code], since=at))
    return found
