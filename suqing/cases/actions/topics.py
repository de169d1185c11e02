"""Topics of a case, assigned in the transaction that registers it."""

from __future__ import annotations

from datetime import datetime

from suqing.cases.models import Case, TopicMembership
from suqing.taxonomy.models import TopicVersion
from suqing.taxonomy.text.topics import matcher, parse_rule


def assign(*, case: Case, at: datetime) -> list[str]:
    """Write the memberships that the topic rules in force give the case's match_text; return the topics' codes.

    The rules read match_text only, so that a backfill over history gives the same answer.
    """
    in_force = TopicVersion.objects.in_force(at).filter(topic__is_active=True).select_related("topic__parent")
    versions = {version.topic.code: version for version in in_force}
    rules = tuple(
        parse_rule(code, v.number, v.rule, v.topic.parent.code if v.topic.parent else None)
        for code, v in sorted(versions.items())
    )
    found = sorted(matcher(rules).match(case.match_text) & versions.keys())
    TopicMembership.objects.bulk_create(
        [TopicMembership(case=case, version=versions[code], since=at) for code in found]
    )
    return found
