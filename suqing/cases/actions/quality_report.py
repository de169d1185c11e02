"""Supervisors are told in the morning what the entries of yesterday lack; the report itself is a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can, people_holding
from suqing.cases.intake import LOCAL_ZONE
from suqing.cases.queries.data_quality import Scope, report
from suqing.inbox.actions import tell
from suqing.inbox.codes import day, declare
from suqing.inbox.models import Message
from suqing.kit.dates import day_bounds

N_ = str
SYSTEM = "system:quality"
FIRST_HOUR = 6  # of the day after: what came in at night has been registered by then
DAILY = declare(
    "quality.daily",
    N_(
        "Entries of %(day)s: %(received)s cases received, %(whole)s of them with every fact; %(wrong)s findings."
    ),
    icon="circle-check",
)


def tell_daily(*, at: datetime) -> int:
    """Tell each supervisor once of yesterday, counted within their own rights; return how many were told.

    Nobody is told before FIRST_HOUR, nor where nothing came in and nothing was corrected late.
    """
    local = at.astimezone(LOCAL_ZONE)
    if local.hour < FIRST_HOUR:
        return 0
    yesterday = local.date() - timedelta(days=1)
    key = f"quality.daily:{yesterday}"
    told = set(Message.objects.filter(dedupe_key=key).values_list("recipient_id", flat=True))
    waiting = [one for one in people_holding(Permission.CASE_SUPERVISE) if one.pk not in told]
    return sum(_tell(one, yesterday, key, at) for one in waiting if can(one, Permission.QUALITY_READ))


def _tell(person: Person, of: date, key: str, at: datetime) -> int:
    whole = report(Scope(person, *day_bounds(of, LOCAL_ZONE))).whole
    wrong = sum(whole.by_code.values())
    if not whole.received and not wrong:
        return 0
    sent = tell(
        [person],
        DAILY,
        values={"day": day(of), "received": whole.received, "whole": whole.valid, "wrong": wrong},
        subject=("quality_day", of.isoformat()),
        link=("quality", ()),
        key=key,
        at=at,
        by=SYSTEM,
    )
    return len(sent)
