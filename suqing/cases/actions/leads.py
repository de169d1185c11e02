"""Leads of a violation found on the way of a mediation become a report of their own (O20 art. 23, O121 art. 27)."""

from __future__ import annotations

from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases.actions import radar, similar, topics
from suqing.cases.actions.clocks import ClockBook
from suqing.cases.actions.moving import begin, key_of, written
from suqing.cases.actions.numbers import next_number
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseLink
from suqing.cases.vocabulary import Kind, LinkKind, State, Step
from suqing.lawclock.limits import Trigger
from suqing.lawclock.regimes import regime_on
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.models import ClassNode
from suqing.taxonomy.text.redact import MatchText, match_text

# What the report takes over from the complaint: the operator and the places, nothing of the complainant.
_SHARED = (
    *("submission", "entity", "entity_name", "place", "address", "channel", "responsible_unit"),
    *("seller_role", "platform", "platform_place", "published_place", "act_place", "is_synthetic"),
)
_LEADS = {"O20": "O20:23", "O20+XBLR": "O20:23", "O121": "O121:27"}


@one_transaction
def find_leads(
    *,
    case: Case,
    text: str,
    by: Person,
    at: datetime,
    issue_class: ClassNode | None = None,
    object_class: ClassNode | None = None,
    revision: int | None = None,
) -> Case:
    """Make a report of leads found in a mediation and return it; its check must be done within D4.

    Nothing is written to the complaint, not even its revision: whoever may not see reports must not notice.  Safe to
    repeat: the same words for the same complaint return the report they became.
    """
    complaint = begin(case, Step.FIND_LEADS, by=by, revision=revision).case
    text = written(text, field="text")
    known = Case.objects.filter(links__other=complaint, links__kind=LinkKind.LEADS, narrative=text).first()
    if known is not None:
        return known
    words = match_text(text)
    report = _report(complaint, text, words, by=by, at=at)
    report.issue_class, report.object_class = issue_class, object_class
    book = ClockBook(report)
    book.start(Trigger.LEAD_FOUND, at)
    report.next_due_at = book.next_due_at
    write = writer()
    sensed = radar.look(case=report, at=at)
    write.new(report)
    write.hold(report, report.pk)
    write.new(CaseLink(case=report, other=complaint, kind=LinkKind.LEADS, at=at))
    similar.write_bands(case=report)
    found = topics.assign(case=report, at=at)
    write.record(
        "case.leads_found",
        report,
        by=by,
        at=at,
        data={
            "number": report.number,
            "kind": report.kind,
            "regime": report.regime,
            "unit": report.responsible_unit.code,
            "complaint": complaint.number,
            "article": _LEADS.get(report.regime, ""),
            "topics": found,
            "issue_class": issue_class and issue_class.code,
            "object_class": object_class and object_class.code,
            "is_synthetic": report.is_synthetic,
            **book.write(),
        },
        personal={key_of(report): {"text": text}},
    )
    radar.flag_sensitive(case=report, sensed=sensed, at=at)
    return report


def _report(complaint: Case, text: str, words: MatchText, *, by: Person, at: datetime) -> Case:
    """The report as it begins: in check.

    Who mediates found the leads itself: nothing was sent to it that it could object to, and to find is to begin to
    check, for the limit runs from that day.  Nobody reported, so nobody is kept as reporter and nobody is owed a notice.
    """
    report = Case(**{name: getattr(complaint, name) for name in _SHARED})
    report.number = next_number(Kind.REPORT, at)
    report.kind, report.state = Kind.REPORT, State.CHECKING
    report.regime = regime_on(local_day(at)).id
    report.narrative, report.match_text, report.redactor_version = text, words.text, words.version
    report.is_real_name = False
    report.handler = by
    report.received_at = report.registered_at = at
    report.registered_by = by
    return report
