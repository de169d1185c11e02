"""What is still owed to the people of a case, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from suqing.cases.intake import local_day
from suqing.cases.models import Case, Clock, Notice
from suqing.cases.notices import LIMIT_OF, MATTER_OF, Matter
from suqing.cases.special_law import TELL_RESULT, duties_without_days, facts_of
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State
from suqing.lawclock.limits import Overlay
from suqing.lawclock.limits import limit as limit_of

RUNNING = (ClockState.RUNNING, ClockState.PAUSED)
DECIDED = frozenset({State.FILED, State.NOT_FILED})


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that somebody must be told.

    ``due_at`` is None where the law gives no number of days; ``is_ripe`` is False while there is no result to tell.
    ``sentence`` is an English message id of the law clock's catalogue.
    """

    matter: Matter
    article: str
    sentence: str
    due_at: datetime | None
    is_ripe: bool = True


def notices_of(case: Case) -> list[Notice]:
    """What was told, oldest first; one query."""
    return list(case.notices.select_related("by").order_by("given_on", "id"))


def owed(
    case: Case, *, clocks: Iterable[Clock] | None = None, given: Sequence[Notice] | None = None
) -> list[Owed]:
    """What is still to be told: the limits that run for it, then the special laws' duties.

    Asks for the clocks, and for the notices where a special law wants any, unless they are handed over.
    """
    known = case.clocks.all() if clocks is None else clocks
    found = [_of_limit(clock) for clock in known if clock.limit in MATTER_OF and clock.state in RUNNING]
    asked = duties_of(case)
    if asked:
        told = {notice.matter for notice in (notices_of(case) if given is None else given)}
        found += [_of_duty(case, duty) for duty in asked if duty.id not in told]
    return found


def duties_of(case: Case) -> list[Overlay]:
    """The special laws' duties to tell or answer that no clock counts; none to somebody who gave no name, and
    none once a consultation is answered.

    Sources: 反不正当竞争法 20, 无证无照经营查处办法 9, 食品安全法 115, 医疗器械监督管理条例 79, 药品管理法 106,
    化妆品监督管理条例 58.  Beyond them O121 has no duty to tell a reporter (art. 36).
    """
    is_nobody = case.kind == Kind.REPORT and not case.is_real_name
    if is_nobody or case.outcome == Outcome.ANSWERED:
        return []
    nodes = [node for node in (case.object_class, case.issue_class) if node is not None]
    facts = facts_of(
        Kind(case.kind),
        [(node.tree.code, node.code) for node in nodes],
        is_real_name=case.is_real_name,
        outcome=case.outcome,
        ground=case.ground,
    )
    return duties_without_days(Kind(case.kind), facts, local_day(case.received_at))


def _of_limit(clock: Clock) -> Owed:
    rule = limit_of(clock.limit, clock.regime)
    return Owed(MATTER_OF[clock.limit], clock.article, rule.consequence, clock.due_at)


def _of_duty(case: Case, duty: Overlay) -> Owed:
    has_result = case.has_ended or case.state in DECIDED
    is_ripe = has_result if duty.duty == TELL_RESULT else True
    return Owed(Matter(duty.id), duty.article, duty.sentence, None, is_ripe)


def limits_of(matters: set[Matter]) -> frozenset[str]:
    """The limits that notices of these matters fulfil."""
    return frozenset(LIMIT_OF[matter] for matter in matters if matter in LIMIT_OF)
