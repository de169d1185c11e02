"""Cases brought to where their clocks can be paused and extended, through the actions."""

from __future__ import annotations

from datetime import date, datetime

from suqing.cases.actions import complaints, dispatching, mediation, reports
from suqing.cases.models import Case, Clock
from suqing.cases.vocabulary import Kind
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, Cast


def on(day: str, hour: int = 10) -> datetime:
    """A morning in Suzhou."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


def mediated(centre: Cast, day: str = "2020-02-03") -> Case:
    """A complaint in mediation with the handler of Gusu, everything done on one day."""
    case = one_case(centre.call_taker, at=on(day))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on(day))
    case = complaints.accept(case=case, by=centre.handler, at=on(day))
    return mediation.mediate(case=case, both_consent=True, by=centre.handler, at=on(day))


def checked(centre: Cast, day: str = "2020-02-03") -> Case:
    """A report being checked by the handler of Gusu."""
    case = one_case(centre.call_taker, Kind.REPORT, at=on(day))
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=on(day))
    return reports.check(case=case, by=centre.handler, at=on(day))


def filed(centre: Cast, day: str = "2020-02-03") -> Case:
    """A report on which a case was filed."""
    return reports.file_case(
        case=checked(centre, day), note="涉嫌哄抬价格", by=centre.handler, at=on(day, 11)
    )


def clock(case: Case, limit: str) -> Clock:
    """The newest clock of a limit, as stored."""
    return case.clocks.filter(limit=limit).latest("id")


def due(case: Case, limit: str) -> date:
    return clock(case, limit).due_at.astimezone(SHANGHAI).date()
