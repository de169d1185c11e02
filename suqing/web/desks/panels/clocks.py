"""What moved the limits of a case: time that was not counted, extensions asked for and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases import queries
from suqing.cases.actions.periods import CHOSEN_BY, COST_BY
from suqing.cases.models import Case, ExcludedPeriod, ExtensionRequest
from suqing.cases.reckoning import limit_of
from suqing.cases.vocabulary import ClockState, Kind, State
from suqing.lawclock.wording import SPAN_KINDS
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel
from suqing.web.wording import amount_text

_BEFORE = frozenset({State.REGISTERED, State.DISPATCHED, State.OBJECTED, State.DISPUTED, State.REFUSED})


def clocks_panel(_reader: Person, case: Case, sight: Sight, _now: datetime) -> Panel | None:
    """Periods and requests; no query for a case of which no limit could have stood still or been extended."""
    if case.kind == Kind.CONSULTATION or case.state in _BEFORE:
        return None
    clocks = list(case.clocks.all())
    had_periods = any(clock.excluded for clock in clocks)
    may_extend = any(limit_of(clock).extensions for clock in clocks)
    periods = queries.periods_of(case) if had_periods else []
    requests = queries.extension_requests_of(case) if may_extend else []
    if not periods and not requests:
        return None
    facts = {
        "periods": [_period(one, sight) for one in periods],
        "requests": [_request(one, sight) for one in requests],
    }
    return Panel("web/cases/panels/_clocks.html", facts)


def _period(one: ExcludedPeriod, sight: Sight) -> dict[str, Any]:
    said = [one.subject, one.body]
    said += [_(words[code]) for words, code in ((CHOSEN_BY, one.chosen_by), (COST_BY, one.cost_by)) if code]
    return {
        "row": one,
        "kind": _(SPAN_KINDS[one.kind]),
        "is_open": one.last_on is None,
        "said": " · ".join(part for part in said if part),
        "note": shown(one.note, sight),
    }


def _request(one: ExtensionRequest, sight: Sight) -> dict[str, Any]:
    limit = limit_of(one.clock)
    if one.is_granted is not None:
        state = _("Approved") if one.is_granted else _("Declined")
    elif one.clock.state in (ClockState.RUNNING, ClockState.PAUSED):
        state = _("Waits for the decision")
    else:
        state = _("Not decided, the limit has ended")
    fixed = next((step.amount for step in limit.extensions if step.amount), None)
    amount = one.amount or fixed
    unit = "working_day" if limit.unit == "working_day" else "day"
    return {
        "row": one,
        "limit": _(limit.name),
        "amount": amount_text(amount, unit) if amount else "",
        "state": state,
        "is_waiting": one.is_granted is None and one.clock.state in (ClockState.RUNNING, ClockState.PAUSED),
        "reason": shown(one.reason, sight),
        "note": shown(one.decision_note, sight),
    }
