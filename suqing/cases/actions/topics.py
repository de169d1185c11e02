"""Topics of a case, assigned in the transaction that registers it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from suqing.cases.intake import MatterInput, local_day
from suqing.cases.models import Case, TopicMembership
from suqing.cases.queries.topic_facts import facts_of, facts_of_matter, facts_of_new
from suqing.ledger.writing import writer
from suqing.taxonomy.queries import rules_in_force
from suqing.taxonomy.text.redact import match_text
from suqing.taxonomy.text.rules.matching import NOTHING_KNOWN
from suqing.taxonomy.text.topics import matcher


def assign(*, case: Case, at: datetime) -> list[str]:
    """Write the memberships that the topic rules in force give the case; return the topics' codes.

    The rules read match_text and the facts that ``topic_facts`` gives a backfill too, so that both give one answer.
    """
    write = writer()
    rules = write.memo(("topic rules", local_day(at)), lambda: rules_in_force(at))
    versions = {rule.code: version for rule, version in rules}
    by_rules = matcher(tuple(rule for rule, _version in rules))
    facts = facts_of_new(case) if by_rules.asks_facts else NOTHING_KNOWN
    found = sorted(by_rules.match(case.match_text, facts))
    for code in found:
        write.new(TopicMembership(case=case, version=versions[code], since=at))
    return found


def foretell(*, matter: MatterInput, received_at: datetime, at: datetime) -> list[str]:
    """The codes of the topics that a matter gets by what is told so far, those above them included.

    ``assign`` decides for good: what the register knows of an operator beside the name typed is not read here.
    """
    rules = writer().memo(("topic rules", local_day(at)), lambda: rules_in_force(at))
    by_rules = matcher(tuple(rule for rule, _version in rules))
    facts = facts_of_matter(matter, local_day(received_at)) if by_rules.asks_facts else NOTHING_KNOWN
    return sorted(by_rules.match(match_text(matter.narrative).text, facts))


@transaction.atomic
def renew(*, cases: Iterable[int], at: datetime, with_texts: bool = False) -> None:
    """Let these cases, whose facts were changed, and with ``with_texts`` their match_text, belong to the topics that the
    rules in force give them now.

    Where no rule asks facts, changed facts change nothing: one query, and ``cases`` are not read.
    """
    rules = writer().memo(("topic rules", local_day(at)), lambda: rules_in_force(at))
    by_rules = matcher(tuple(rule for rule, _version in rules))
    if not (by_rules.asks_facts or with_texts):
        return
    cases = list(cases)
    versions = {rule.code: version for rule, version in rules}
    facts = facts_of(cases) if by_rules.asks_facts else {}
    texts = Case.objects.filter(pk__in=cases).values_list("pk", "match_text")
    held = [
        (case, versions[code].pk)
        for case, text in texts
        for code in by_rules.match(text, facts.get(case, NOTHING_KNOWN))
    ]
    _set("m.case_id = ANY(%s)", [cases], {version.topic_id for version in versions.values()}, held, at)


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
    return _set("m.case_id > %s AND m.case_id <= %s", [after, upto], topics, held, at)


def _set(
    which: str, values: list[Any], topics: Collection[int], held: Iterable[tuple[int, int]], at: datetime
) -> tuple[int, int]:
    pairs = list(held)
    cases, versions = [case for case, _version in pairs], [version for _case, version in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM cases_topicmembership m USING taxonomy_topicversion v"
            f" WHERE v.id = m.version_id AND v.topic_id = ANY(%s) AND {which}"
            " AND (m.case_id, m.version_id) NOT IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            [list(topics), *values, cases, versions],
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
