"""The words of supervision orders (督办): why one is issued, what becomes of it, what part a unit has.  Pure.

The triggers are those that published work standards of hotlines name (hot topics, instructions of leaders, media,
overdue matters, repeated and multi-department matters); no law fixes the list.
"""

from __future__ import annotations

from enum import StrEnum

from suqing.cases.labels import Labels

N_ = str


class Trigger(StrEnum):
    """Why an order is issued."""

    HOT_TOPIC = "hot_topic"
    LEADER = "leader_instruction"
    MEDIA = "media"
    OVERDUE = "overdue"
    REPEATED = "repeated"
    MULTI_DEPARTMENT = "multi_department"
    OTHER = "other"


class OrderState(StrEnum):
    """An order is open until it is closed or withdrawn; overdue is an open one whose day has passed."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """What part a unit has in an order: exactly one leads, any number assist."""

    LEAD = "lead"
    ASSISTANT = "assistant"


class ReplyState(StrEnum):
    """Where the reply of one unit stands."""

    OWED = "owed"
    WAITING = "waiting"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


LABELS = Labels(
    (Trigger.HOT_TOPIC, N_("Hot topic")),
    (Trigger.LEADER, N_("Instruction of a leader")),
    (Trigger.MEDIA, N_("Reported by the media")),
    (Trigger.OVERDUE, N_("Overdue matter")),
    (Trigger.REPEATED, N_("Repeated matter")),
    (Trigger.MULTI_DEPARTMENT, N_("Matter of several departments")),
    (Trigger.OTHER, N_("Other reason")),
    (OrderState.OPEN, N_("Order under way")),
    (OrderState.CLOSED, N_("Order closed")),
    (OrderState.WITHDRAWN, N_("Order withdrawn")),
    (Part.LEAD, N_("Lead")),
    (Part.ASSISTANT, N_("Assisting")),
    (ReplyState.OWED, N_("No reply yet")),
    (ReplyState.WAITING, N_("Reply waits for review")),
    (ReplyState.SENT_BACK, N_("Sent back for another reply")),
    (ReplyState.ACCEPTED, N_("Reply accepted")),
)
