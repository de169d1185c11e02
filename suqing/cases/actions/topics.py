"""Topics of a case, assigned in the transaction that registers it."""

from __future__ import annotations

from datetime import datetime

from suqing.cases.models import Case, TopicMembership
from suqing.taxonomy.queries import topic_matcher


def assign(*, case: Case, at: datetime) -> list[str]:
    """Write the memberships that the topic rules in force give the case's match_text; return the topics' codes.

    The rules read match_text only, so that a backfill over history gives the same answer.
    """
    matcher = topic_matcher()
    found = matcher.match(case.match_text)
    TopicMembership.objects.bulk_create(
        [TopicMembership(case=case, version_id=matcher.versions[code], since=at) for code in found]
    )
    return sorted(found)
