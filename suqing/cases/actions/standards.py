"""New versions of the entry standard; one that is in force is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import people_holding, require
from suqing.cases.actions.moving import Refused
from suqing.cases.entry_standard import FIRST_VERSION, KNOWN, Level, change_to, in_force, lowered, needless
from suqing.cases.intake import local_day
from suqing.cases.models import EntryStandard
from suqing.cases.queries.standards import entry_standards
from suqing.cases.vocabulary import LABELS, Kind
from suqing.inbox import codes
from suqing.inbox.actions import tell
from suqing.inbox.codes import declare
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import Topic

N_ = str
MAX_NOTICE = 500
ANNOUNCED = declare(
    "entry_standard.announced",
    N_(
        "From %(day)s on another entry standard holds for: %(kind)s. It asks for %(added)s more facts and requires %(raised)s that were only asked for."
    ),
    icon="checklist",
)


@one_transaction
def issue_standard(
    *,
    kind: Kind,
    levels: Mapping[str, str],
    effective_on: date,
    by: Person,
    at: datetime,
    notice: str = "",
    topics: Mapping[str, Mapping[str, str]] | None = None,
) -> EntryStandard:
    """Issue the next version of a kind, in force from a day on that is today or later.

    Whoever registers is told in the inbox.  ``levels`` maps codes of facts to must or should; facts left out are not asked for.
    ``topics`` has such levels by the code of a topic, for cases of it alone.  Raise Refused, with the
    article, where the minimum of the law would be lowered (O20 art. 9 and 24, O121 art. 10 and 28), where a topic is unknown or
    ended, or asks no more than is asked of all.
    """
    require(by, Permission.RULES_MANAGE)
    of_topics = {code: dict(asked) for code, asked in (topics or {}).items() if asked}
    known = {fact.code for fact in KNOWN[kind]}
    for asked in (levels, *of_topics.values()):
        if not set(asked) <= known or not set(asked.values()) <= set(Level):
            raise Refused(N_("Choose from the list."), field="levels")
    _check_topics(levels, of_topics)
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
        ]
        + [
            {"code": one.code, "level": str(asked[one.code]), "topic": topic}
            for topic, asked in sorted(of_topics.items())
            for one in KNOWN[kind]
            if one.code in asked
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
    if not writer().is_gathering:
        _announce(issued, by, at)
    return issued


def _check_topics(levels: Mapping[str, str], topics: Mapping[str, Mapping[str, str]]) -> None:
    if not topics:
        return
    if set(topics) - set(Topic.objects.active().filter(code__in=topics).values_list("code", flat=True)):
        raise Refused(N_("There is no such topic, or it is no longer in use."), field="topics")
    if needless(levels, topics) is not None:
        raise Refused(N_("A fact of a topic is asked for of all cases already."), field="topics")


def _announce(issued: EntryStandard, by: Person, at: datetime) -> None:
    """Tell everybody who takes calls from which day on it holds, and how much more it asks for."""
    kind, known = Kind(issued.kind), entry_standards()
    standard = next(one for one in known if one.kind == kind and one.version == issued.version)
    others = [one for one in known if one is not standard]
    change = change_to(standard, in_force(others, kind, issued.effective_on))
    tell(
        people_holding(Permission.CALL_TAKE),
        ANNOUNCED,
        values={
            "day": codes.day(issued.effective_on),
            "kind": codes.msgid(LABELS[kind]),
            "added": len(change.added) + len(change.topics),
            "raised": len(change.raised),
        },
        subject=issued,
        link=("entry-standards", ()),
        key=f"entry_standard.announced:{issued.pk}",
        at=at,
        by=by,
    )


def _next_version(kind: Kind) -> int:
    """The number after the highest; of two people issuing at once one waits for the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12316))", [f"standard:{kind}"])
    newest = EntryStandard.objects.filter(kind=kind).order_by("-version").first()
    return (newest.version if newest else FIRST_VERSION) + 1
