"""The centre of it: contacts, the cases they become, the people and operators in them, clocks, ways and results.

Fields and constraints only, a module for each noun; answers that join models are in ``queries``, writes in ``actions``.
"""

from suqing.cases.models.case import Case, CaseQuerySet, TopicMembership
from suqing.cases.models.clocks import Clock
from suqing.cases.models.contacts import Draft, MarketEntity, Party, Submission
from suqing.cases.models.dispatching import Dispatch

__all__ = [
    "Case",
    "CaseQuerySet",
    "Clock",
    "Dispatch",
    "Draft",
    "MarketEntity",
    "Party",
    "Submission",
    "TopicMembership",
]
