"""Topics of a case, assigned in the transaction that registers it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection, transaction

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


@transaction.atomic
def set_memberships(
    *,
    topics: Collection[int],
    after: int,
    upto: int,
    held: Iterable[tuple[int, int]],
    at: datetime,
) -> tuple[int, int]:
    """Let the cases whose ids lie after ``after`` and up to ``upto`` belong to these topics by exactly the pairs of case
    and version in ``held``; return how many memberships were added and how many removed.

    Those that hold already stay as they are, with the moment since when.
    """
    pairs = list(held)
    cases, versions = [case for case, _version in pairs], [version for _case, version in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cases_topicmembership m USING taxonomy_topicversion v"
            " WHERE v.id = m.version_id AND v.topic_id = ANY(%s) AND m.case_id > %s AND m.case_id <= %s"
            " AND (m.case_id, m.version_id) NOT IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            [list(topics), after, upto, cases, versions],
        )
        removed = cursor.rowcount
        # A case may have gone since it was read.
        cursor.execute(
            "INSERT INTO cases_topicmembership (case_id, version_id, since)"
            " SELECT w.case_id, w.version_id, %s FROM unnest(%s::bigint[], %s::bigint[]) AS w (case_id, version_id)"
            " JOIN cases_case c ON c.id = w.case_id"
            " ON CONFLICT (case_id, version_id) DO NOTHING",
            [at, cases, versions],
        )
        return cursor.rowcount, removed
