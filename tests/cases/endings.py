"""Ended cases as the tests of what follows an end need them."""

from __future__ import annotations

from datetime import datetime, timedelta

from suqing.accounts.models import Unit
from suqing.cases.actions import complaints, dispatching, handling, reports
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind, Outcome
from tests.cases.examples import one_case
from tests.cast import AT, Cast

LATER = AT + timedelta(days=1)


def sent(centre: Cast, kind: Kind = Kind.COMPLAINT, unit: Unit | None = None, **changes: object) -> Case:
    """A case in the hands of a unit, Gusu unless another is named."""
    case = one_case(centre.call_taker, kind, **changes)
    return dispatching.dispatch(case=case, to_unit=unit or centre.gusu, by=centre.dispatcher, at=AT)


def refused(centre: Cast, *, at: datetime = LATER, **changes: object) -> Case:
    """A complaint that Gusu did not accept."""
    case = sent(centre, **changes)
    return complaints.refuse(case=case, ground="too_late", note="已超过三年", by=centre.handler, at=at)


def unfiled(centre: Cast, *, is_told: bool = True, **changes: object) -> Case:
    """A report that Gusu checked and did not file, its reporter told of it."""
    case = reports.check(case=sent(centre, Kind.REPORT, **changes), by=centre.handler, at=LATER)
    case = reports.not_file(case=case, note="经核查不属实", by=centre.handler, at=LATER)
    if is_told:
        handling.record_notice(case=case, by=centre.handler, at=LATER)
    return handling.close(case=case, outcome=Outcome.NOT_FILED, note="不予立案", by=centre.handler, at=LATER)


def answered(centre: Cast) -> Case:
    """A consultation that the call taker answered."""
    case = one_case(centre.call_taker, Kind.CONSULTATION)
    return handling.answer(case=case, text="请拨打12345", by=centre.call_taker, at=LATER)
