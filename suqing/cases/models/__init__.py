"""The centre of it: contacts, the cases they become, the people and operators in them, clocks, ways and results.

Fields and constraints only, a module for each noun; answers that join models are in ``queries``, writes in ``actions``.
"""

from suqing.cases.models.case import Case, CaseLink, CaseQuerySet, CaseResult, TopicMembership
from suqing.cases.models.clocks import (
    Clock,
    ClockChange,
    ClockRecount,
    ClockWarning,
    ExcludedPeriod,
    ExtensionRequest,
)
from suqing.cases.models.contacts import Draft, MarketEntity, Party, Submission
from suqing.cases.models.dispatching import CompetenceDispute, Dispatch, DispatchRule
from suqing.cases.models.documents import CaseDocument
from suqing.cases.models.mediation import Mediation, MediationSession, Recusal
from suqing.cases.models.notices import Notice
from suqing.cases.models.people import IdentityRequest, JointComplainant, JointConsent, Representation
from suqing.cases.models.standards import EntryStandard
from suqing.cases.models.supervision import (
    Escalation,
    Reminder,
    ReturnVisit,
    SupervisedCase,
    SupervisedReply,
    SupervisedUnit,
    SupervisionOrder,
)

__all__ = [
    "Case",
    "CaseDocument",
    "CaseLink",
    "CaseQuerySet",
    "CaseResult",
    "Clock",
    "ClockChange",
    "ClockRecount",
    "ClockWarning",
    "CompetenceDispute",
    "Dispatch",
    "DispatchRule",
    "Draft",
    "EntryStandard",
    "Escalation",
    "ExcludedPeriod",
    "ExtensionRequest",
    "IdentityRequest",
    "JointComplainant",
    "JointConsent",
    "MarketEntity",
    "Mediation",
    "MediationSession",
    "Notice",
    "Party",
    "Recusal",
    "Reminder",
    "Representation",
    "ReturnVisit",
    "Submission",
    "SupervisedCase",
    "SupervisedReply",
    "SupervisedUnit",
    "SupervisionOrder",
    "TopicMembership",
]
