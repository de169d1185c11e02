"""The words of a mediation: how people meet, who asks for a recusal and why, what paper is made.  Pure.

Sources: O20 art. 18, 19, 22; O121 art. 20, 21, 24.  How a side consented is no list of law.
"""

from __future__ import annotations

from enum import StrEnum

from suqing.cases.labels import Labels

N_ = str


class Mode(StrEnum):
    """On site, or one of the ways that are not (O20 art. 18, O121 art. 20)."""

    ON_SITE = "on_site"
    INTERNET = "internet"
    PHONE = "phone"
    AUDIO = "audio"
    VIDEO = "video"


class Side(StrEnum):
    """The two sides of a dispute."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"


class RecusalGround(StrEnum):
    """Why a mediator should step aside: a near relative or another interest of theirs; what else is said is kept."""

    RELATIVE = "relative"
    INTEREST = "interest"
    OTHER = "other"


class Paper(StrEnum):
    """What is kept of an agreement: the statement both sides sign (调解书), or a record (调解记录)."""

    STATEMENT = "statement"
    RECORD = "record"


class ConsentWay(StrEnum):
    """How a side said that it consents."""

    PHONE = "phone"
    WRITING = "writing"
    IN_PERSON = "in_person"
    ONLINE = "online"


LABELS = Labels(
    (Mode.ON_SITE, N_("On site")),
    (Mode.INTERNET, N_("By internet")),
    (Mode.PHONE, N_("By phone")),
    (Mode.AUDIO, N_("By audio")),
    (Mode.VIDEO, N_("By video")),
    (Side.COMPLAINANT, N_("The complainant")),
    (Side.RESPONDENT, N_("The respondent")),
    (RecusalGround.RELATIVE, N_("Near relative of a side")),
    (RecusalGround.INTEREST, N_("Another interest in the matter")),
    (RecusalGround.OTHER, N_("Another reason")),
    (Paper.STATEMENT, N_("Mediation statement")),
    (Paper.RECORD, N_("Mediation record")),
    (ConsentWay.PHONE, N_("On the phone")),
    (ConsentWay.WRITING, N_("In writing")),
    (ConsentWay.IN_PERSON, N_("In person")),
    (ConsentWay.ONLINE, N_("Online")),
)


# O20 art. 17 lets the bureau delegate by itself; O121 art. 19 asks both sides.
DELEGATION_NEEDS_CONSENT = frozenset({"O121"})


def paper_due(mode: str, *, is_performed_at_once: bool, both_waive_statement: bool) -> Paper:
    """Return the paper that an agreement asks for (O20 art. 22, O121 art. 24).

    A mode that nobody wrote down counts as on site: that is the stricter rule.
    """
    is_on_site = mode in ("", Mode.ON_SITE)
    needs = is_on_site and not is_performed_at_once and not both_waive_statement
    return Paper.STATEMENT if needs else Paper.RECORD
