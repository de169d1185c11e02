"""Complaints on their way through a mediation, for the tests of its parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from suqing.cases.actions import (
    complaints,
    dispatching,
    mediation,
    mediation_sessions,
)
from suqing.cases.actions.moving import Refused
from suqing.cases.models import (
    Case,
)
from tests.cases.examples import one_case
from tests.cast import AT, SHANGHAI, Cast

# A day within each regime; the mediation limit of each is long over 150 days later.
DAYS = {
    "O20": AT,
    "O20+XBLR": datetime(2024, 8, 5, 10, 0, tzinfo=SHANGHAI),
    "O121": datetime(2026, 4, 20, 10, 0, tzinfo=SHANGHAI),
}
REGIMES = list(DAYS)
NEW = DAYS["O121"]


def accepted(centre: Cast, at: datetime = AT) -> Case:
    case = one_case(centre.call_taker, at=at)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)
    return complaints.accept(case=case, by=centre.handler, at=at)


def mediating(centre: Cast, at: datetime = AT, **given: Any) -> Case:
    return mediation.mediate(
        case=accepted(centre, at), by=centre.handler, at=at, **{"both_consent": True, **given}
    )


def suspended(centre: Cast, at: datetime = AT, mediator: str = "林调解", **given: Any) -> Case:
    case = mediating(centre, at, mediators="林调解、何调解")
    return mediation_sessions.ask_recusal(
        case=case,
        side="complainant",
        mediator=mediator,
        ground="relative",
        by=centre.handler,
        at=at,
        **given,
    )


def refusal_of(act: Callable[[], object]) -> tuple[str, str]:
    """The field and the article of the refusal."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.field, refused.value.article
