"""What can be recorded in an investigation: acts as data, and the limits they start and fulfil.  Pure.

Sources: PROC art. 35 (registered evidence is disposed of within 7 working days), 64 (decision within 90 days), 77 (the
closure is submitted within 15 working days); the reply to a letter asking for assistance within 15 working days.  Acts
without a limit of their own rest on the investigation as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from suqing.lawclock.limits import Trigger

N_ = str


@dataclass(frozen=True, slots=True)
class Act:
    """One act; ``article`` is empty where only the investigation as such carries it."""

    code: str
    label: str
    article: str = ""
    starts: Trigger | None = None
    started: str = ""
    stops: str = ""


_ALL = (
    Act("on_site_record", N_("On-site record made")),
    Act("questioning", N_("Somebody was questioned")),
    Act("evidence_taken", N_("Evidence or samples taken")),
    Act(
        "evidence_registered",
        N_("Evidence registered for preservation"),
        "PROC:35",
        starts=Trigger.EVIDENCE_REGISTERED,
        started="D12",
    ),
    Act("evidence_disposed", N_("Registered evidence disposed of"), "PROC:35", stops="D12"),
    Act(
        "assistance_received",
        N_("Letter asking for assistance received"),
        "PROC",
        starts=Trigger.ASSISTANCE_LETTER_RECEIVED,
        started="D11",
    ),
    Act("assistance_replied", N_("Letter asking for assistance replied to"), "PROC", stops="D11"),
    Act("order_to_correct", N_("Order to correct issued")),
    Act("decision_made", N_("Decision on the case made"), "PROC:64", stops="D10"),
    Act(
        "closing_condition_met",
        N_("A condition for closing the case is met"),
        "PROC:77",
        starts=Trigger.CLOSING_CONDITION_MET,
        started="D13",
    ),
    Act("other", N_("Another act")),
)

ACTS: dict[str, Act] = {act.code: act for act in _ALL}
