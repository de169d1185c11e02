"""New versions of the entry standard; one that is in force is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.moving import Refused
from suqing.cases.entry_standard import FIRST_VERSION, KNOWN, Level, lowered
from suqing.cases.intake import local_day
from suqing.cases.models import EntryStandard
from suqing.cases.vocabulary import Kind
from suqing.ledger.writing import one_transaction, writer

N_ = str
MAX_NOTICE = 500


@one_transaction
def issue_standard(
    *,
    kind: Kind,
    levels: Mapping[str, str],
    effective_on: date,
    by: Person,
    at: datetime,
    notice: str = "",
) -> EntryStandard:
    """Issue the next version of a kind, in force from a day on that is today or later.

    ``levels`` maps codes of facts to must or should; facts left out are not asked for.  Raise Refused, with the
    article, where the minimum of the law would be lowered (O20 art. 9 and 24, O121 art. 10 and 28).
    """
    require(by, Permission.RULES_MANAGE)
    known = {fact.code for fact in KNOWN[kind]}
    if not set(levels) <= known or not set(levels.values()) <= set(Level):
        raise Refused(N_("Choose from the list."), field="levels")
    fact = lowered(kind, levels)
    if fact is not None:
        raise Refused(
            N_("The law asks for this fact: it cannot be lowered."),
            field=fact.code,
            article=fact.article_on(effective_on),
        )
    if effective_on < local_day(at):
        raise Refused(N_("A version takes effect today or later."), field="effective_on")
    notice = notice.strip()
    if len(notice) > MAX_NOTICE:
        raise Refused(N_("This field takes at most %(limit)s characters."), field="notice", limit=MAX_NOTICE)
    issued = EntryStandard(
        kind=kind,
        version=_next_version(kind),
        effective_on=effective_on,
        facts=[
            {"code": one.code, "level": str(levels[one.code])} for one in KNOWN[kind] if one.code in levels
        ],
        notice=notice,
        issued_by=by,
        issued_at=at,
    )
    writer().new(issued)
    writer().record(
        "entry_standard.issued",
        issued,
        by=by,
        at=at,
        data={
            "kind": str(kind),
            "version": issued.version,
            "effective_on": effective_on.isoformat(),
            "facts": issued.facts,
            "notice": notice,
        },
    )
    return issued


def _next_version(kind: Kind) -> int:
    """The number after the highest; of two people issuing at once one waits for the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12316))", [f"standard:{kind}"])
    newest = EntryStandard.objects.filter(kind=kind).order_by("-version").first()
    return (newest.version if newest else FIRST_VERSION) + 1
