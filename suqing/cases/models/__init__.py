"""The centre of it: contacts, the cases they become, the people and operators in them, clocks, ways and results.

Fields and constraints only, a module for each noun; answers that join models are in ``queries``, writes in ``actions``.
"""

from suqing.cases.models.attachments import CaseAttachment
from suqing.cases.models.bulk import BulkChange, BulkItem
from suqing.cases.models.case import Case, CaseLink, CaseQuerySet, CaseResult, TopicMembership
from suqing.cases.models.class_reviews import ClassReview
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
from suqing.cases.models.entities import EntityDistinction, EntityMerge, EntityName, EntityRelation
from suqing.cases.models.imports import ColumnMapping, ImportedCase, ImportProblem, ImportRun
from suqing.cases.models.looks import CaseLook
from suqing.cases.models.mediation import Mediation, MediationSession, Recusal
from suqing.cases.models.notices import Notice
from suqing.cases.models.people import IdentityRequest, JointComplainant, JointConsent, Representation
from suqing.cases.models.proposals import EventProposal, EventSearch, ProposedCase
from suqing.cases.models.sensitive import SensitiveFlag
from suqing.cases.models.similar import (
    EventGroup,
    GroupMember,
    GroupMerge,
    NotTheSame,
    TextBand,
    TextIndexing,
    TextRedaction,
)
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
    "BulkChange",
    "BulkItem",
    "Case",
    "CaseAttachment",
    "CaseDocument",
    "CaseLink",
    "CaseLook",
    "CaseQuerySet",
    "CaseResult",
    "ClassReview",
    "Clock",
    "ClockChange",
    "ClockRecount",
    "ClockWarning",
    "ColumnMapping",
    "CompetenceDispute",
    "Dispatch",
    "DispatchRule",
    "Draft",
    "EntityDistinction",
    "EntityMerge",
    "EntityName",
    "EntityRelation",
    "EntryStandard",
    "Escalation",
    "EventGroup",
    "EventProposal",
    "EventSearch",
    "ExcludedPeriod",
    "ExtensionRequest",
    "GroupMember",
    "GroupMerge",
    "IdentityRequest",
    "ImportProblem",
    "ImportRun",
    "ImportedCase",
    "JointComplainant",
    "JointConsent",
    "MarketEntity",
    "Mediation",
    "MediationSession",
    "NotTheSame",
    "Notice",
    "Party",
    "ProposedCase",
    "Recusal",
    "Reminder",
    "Representation",
    "ReturnVisit",
    "SensitiveFlag",
    "Submission",
    "SupervisedCase",
    "SupervisedReply",
    "SupervisedUnit",
    "SupervisionOrder",
    "TextBand",
    "TextIndexing",
    "TextRedaction",
    "TopicMembership",
]
