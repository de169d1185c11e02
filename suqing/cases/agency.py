"""Agents and representatives in words and rules.  Pure.

Sources: agents O20 art. 10, O121 art. 11 (the power of attorney states matters, authority and term); joint complaints
O20 art. 11, O121 art. 12.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from suqing.cases.labels import Labels

N_ = str

PUBLICITY_ARTICLES = {"O20": "O20:34", "O20+XBLR": "O20:34", "O121": "O121:38"}
AGENT_ARTICLES = {"O20": "O20:10", "O20+XBLR": "O20:10", "O121": "O121:11"}
JOINT_ARTICLES = {"O20": "O20:11", "O20+XBLR": "O20:11", "O121": "O121:12"}
MATERIALS_ARTICLES = {"O20": "O20:9", "O20+XBLR": "O20:9", "O121": "O121:10"}
MAX_REPRESENTATIVES = 2


class Authority(StrEnum):
    """How far an agent's authority reaches: a special one covers giving up claims and settling."""

    GENERAL = "general"
    SPECIAL = "special"


class JointAct(StrEnum):
    """What representatives of a joint complaint cannot do without those they represent."""

    CHANGE_REPRESENTATIVE = "change_representative"
    GIVE_UP = "give_up"
    SETTLE = "settle"


LABELS = Labels(
    (Authority.GENERAL, N_("General authority")),
    (Authority.SPECIAL, N_("Special authority: may give up claims and settle")),
    (JointAct.CHANGE_REPRESENTATIVE, N_("Change of a representative")),
    (JointAct.GIVE_UP, N_("Giving up claims, withdrawal")),
    (JointAct.SETTLE, N_("A settlement with the operator")),
)


def warnings(authority: str, valid_until: date | None, today: date) -> tuple[str, ...]:
    """What to heed about an agent on a day, as English message ids; a warning never stops a step."""
    found = []
    if valid_until is not None and valid_until < today:
        found.append(N_("The term of the power of attorney has run out."))
    if authority != Authority.SPECIAL:
        found.append(
            N_("Without special authority the agent cannot settle or give up claims for the complainant.")
        )
    return tuple(found)
