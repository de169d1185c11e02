"""Calls, counted as calls: one that became three cases is one call, one that became none is one too.

How many calls were not answered only a telephone switch knows, so shares and means count what a switch reported.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from suqing.analytics.conditions import AnyOf, Condition
from suqing.analytics.facts import CALLS
from suqing.analytics.measures.populations import (
    ABANDONED,
    ANSWERED,
    INBOUND,
    OUTBOUND,
    RANG,
    SWITCHED,
    abandoned_within,
    answered_within,
    began_within,
    known,
)
from suqing.analytics.measures.shapes import share
from suqing.analytics.policy import ANSWER_SECONDS, LEFT_OUT, SHORT_SECONDS
from suqing.analytics.policy_in_force import in_force
from suqing.analytics.registry import Basis, Counts, Measure, Stage, Unit, register

N_ = str
STANDARD = "GB/T 33358-2016; 12345市民热线工作标准（试行）"


def _calls(code: str, name: str, definition: str, population: Condition) -> Measure:
    return register(
        Measure(code, name, definition, N_("Number of calls."), Unit.CALLS, Counts.CALLS, Stage.RECEIVED, CALLS,
                "started_at", population)
    )  # fmt: skip


def _mean_seconds(code: str, name: str, definition: str, population: Condition, column: str) -> Measure:
    return register(
        Measure(code, name, definition, N_("Sum of the times ÷ number of calls, in seconds."), Unit.SECONDS, Counts.TIME,
                Stage.RECEIVED, CALLS, "started_at", population & known(column), averaged=column, places=0)
    )  # fmt: skip


CALLS_RECEIVED = _calls(
    "calls_received", N_("Calls received"),
    N_("Calls that came in, by the time they began, answered or not, typed in or reported by the telephone switch."),
    INBOUND,
)  # fmt: skip
CALLS_ANSWERED = _calls(
    "calls_answered", N_("Calls answered"), N_("Calls that came in and were answered, by the time they began."),
    INBOUND & ANSWERED,
)  # fmt: skip
CALLS_ABANDONED = _calls(
    "calls_abandoned", N_("Calls not answered"),
    N_("Calls that the telephone switch reported and that ended without an answer, by the time they began."),
    SWITCHED & INBOUND & ABANDONED,
)  # fmt: skip
CALLS_MADE = _calls(
    "calls_made", N_("Calls made"), N_("Calls that the centre made, by the time they began."), OUTBOUND
)


# Rates.  What local policy sets is in the conditions as shipped, and asked for when a figure is counted.


def adjusted(short_seconds: int, left_out: list[list[str]]) -> Condition:
    """Calls that an adjusted rate counts: none that the caller gave up at once, none of the times to leave out."""
    times = tuple(began_within(*map(datetime.fromisoformat, one[:2])) for one in left_out)
    return RANG & ~abandoned_within(short_seconds) & ~AnyOf(times)


def _adjusted_now(measure: Measure) -> Measure:
    rules = in_force([SHORT_SECONDS.key, LEFT_OUT.key])
    return replace(measure, population=adjusted(rules[SHORT_SECONDS.key], rules[LEFT_OUT.key]))


def _timely_now(measure: Measure) -> Measure:
    return replace(measure, numerator=answered_within(in_force([ANSWER_SECONDS.key])[ANSWER_SECONDS.key]))


def _service_now(measure: Measure) -> Measure:
    rules = in_force([ANSWER_SECONDS.key, SHORT_SECONDS.key])
    population = adjusted(rules[SHORT_SECONDS.key], [])
    return replace(measure, population=population, numerator=answered_within(rules[ANSWER_SECONDS.key]))


CONNECT_RATE = share(
    "connect_rate", N_("Connect rate, raw"),
    N_("Calls answered among all that came in and are over or were answered, as the telephone switch reported them."),
    N_("Answered ÷ received × 100, nothing left out."),
    RANG, ANSWERED, source=CALLS, stage=Stage.RECEIVED, moment="started_at", basis=Basis.PUBLISHED,
    reference=f"人工接通率; {STANDARD}",
)  # fmt: skip
CONNECT_RATE_ADJUSTED = share(
    "connect_rate_adjusted", N_("Connect rate, adjusted"),
    N_("As the raw connect rate, without calls that the caller gave up at once and without the times that the centre "
       "leaves out: sudden events, faults, more calls than seats. Both are set by local policy."),
    N_("Answered ÷ (received − given up at once − received in times left out) × 100."),
    adjusted(SHORT_SECONDS.default, []), ANSWERED, source=CALLS, stage=Stage.RECEIVED, moment="started_at",
    by_policy=_adjusted_now, basis=Basis.LOCAL, reference=f"人工接通率; {STANDARD}",
)  # fmt: skip
TIMELY_ANSWER_RATE = share(
    "timely_answer_rate", N_("Timely answer rate"),
    N_("Calls answered within the seconds that policy sets (15 as shipped), among all calls answered, as the telephone "
       "switch reported them."),
    N_("Answered in time ÷ answered × 100."),
    SWITCHED & INBOUND & ANSWERED, answered_within(ANSWER_SECONDS.default), source=CALLS, stage=Stage.RECEIVED,
    moment="started_at", by_policy=_timely_now, basis=Basis.PUBLISHED, reference=f"人工应答及时率; {STANDARD}",
)  # fmt: skip
SERVICE_LEVEL = share(
    "service_level", N_("Service level"),
    N_("Calls answered within the seconds that policy sets, among those answered and those that the caller gave up, but "
       "not at once, as the telephone switch reported them."),
    N_("Answered in time ÷ (answered + given up later than at once) × 100."),
    adjusted(SHORT_SECONDS.default, []), answered_within(ANSWER_SECONDS.default), source=CALLS, stage=Stage.RECEIVED,
    moment="started_at", by_policy=_service_now, basis=Basis.LOCAL,
)  # fmt: skip
MEAN_WAIT = _mean_seconds(
    "mean_wait_seconds", N_("Mean wait for an answer"),
    N_("From the beginning of a call to its answer, of calls answered, as the telephone switch reported them."),
    SWITCHED & INBOUND & ANSWERED, "waited_seconds",
)  # fmt: skip
MEAN_TALK = _mean_seconds(
    "mean_talk_seconds", N_("Mean length of a call"),
    N_("From the answer to the end, of calls that came in, were answered and are over."),
    INBOUND & ANSWERED, "talked_seconds",
)  # fmt: skip
