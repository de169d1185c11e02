"""The deadlines D1–D15 as data: what starts them, how long, what does not count, what happens at the end."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from suqing.lawclock import wording
from suqing.lawclock.policies import DEFAULT, Policy, Unit
from suqing.lawclock.regimes import Regime, counting_excludes, regime, regimes

DATA = Path(__file__).parent / "data"
RECUSAL = "recusal"


class Kind(StrEnum):
    """Kinds of cases."""

    COMPLAINT = "complaint"
    REPORT = "report"
    CONSULTATION = "consultation"


class Trigger(StrEnum):
    """What starts a limit; the day it happens is the start day, which is not counted."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    TERMINATION_DECIDED = "termination_decided"
    LEAD_FOUND = "lead_found"
    FILING_DECIDED = "filing_decided"
    COMPETENCE_DISPUTED = "competence_disputed"
    DESIGNATION_REQUESTED = "designation_requested"
    CASE_FILED = "case_filed"
    ASSISTANCE_LETTER_RECEIVED = "assistance_letter_received"
    EVIDENCE_REGISTERED = "evidence_registered"
    CLOSING_CONDITION_MET = "closing_condition_met"
    HARM_KNOWN = "harm_known"


class UnknownLimit(KeyError):
    """No such limit, or it does not exist under that regime."""


@dataclass(frozen=True, slots=True)
class ExtensionStep:
    """One extension the law allows: ``amount`` in the limit's unit, None where the decision fixes it."""

    amount: int | None
    approver: str | None
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline as it stands under one regime.  ``key`` (``D2b@O121``) is what cases store."""

    id: str
    regime: str
    kinds: tuple[Kind, ...]
    triggers: tuple[Trigger, ...]
    amount: int
    unit: Unit
    articles: tuple[str, ...]
    counting: str
    excluded: tuple[str, ...]
    excluded_articles: tuple[str, ...]
    extensions: tuple[ExtensionStep, ...]
    expiry: str
    requires: frozenset[str]
    is_local: bool
    is_mediation: bool
    confidence: str

    @property
    def key(self) -> str:
        """The stable name to store: limit and regime."""
        return f"{self.id}@{self.regime}"

    @property
    def name(self) -> str:
        """The limit's name as an English message id."""
        return wording.LIMIT_NAMES[self.id]

    @property
    def consequence(self) -> str:
        """What must be done when the limit ends, as an English message id."""
        return wording.CONSEQUENCES[self.expiry]

    def excludes(self, kind: str, policy: Policy = DEFAULT) -> bool:
        """Whether time of this kind is left out of the count."""
        if kind == RECUSAL and self.is_mediation:
            # O20 19 and O121 21 suspend the mediation; whether its period stops too, no source says.
            return policy.recusal_stops_mediation
        return kind in self.excluded

    def to_json(self) -> dict[str, str]:
        """Give the reference to this limit as JSON-safe data."""
        return {"limit": self.id, "regime": self.regime}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Limit:
        """Find the limit that ``to_json`` named.  Raise UnknownLimit."""
        return limit(data["limit"], data["regime"])


@dataclass(frozen=True, slots=True)
class Overlay:
    """A special law's own duty in its field; ``limit`` is None where it gives no number of days."""

    id: str
    article: str
    kinds: tuple[Kind, ...]
    requires: frozenset[str]
    duty: str
    limit: str | None

    @property
    def sentence(self) -> str:
        """The duty as an English message id."""
        return wording.CONSEQUENCES[self.duty]


@cache
def limits() -> tuple[Limit, ...]:
    """Give every limit under every regime where it exists, D1 first."""
    raw = json.loads((DATA / "limits.json").read_text(encoding="utf-8"))["limits"]
    return tuple(_bind(one, under) for one in raw for under in regimes() if under.id in one["articles"])


def _bind(raw: Mapping[str, Any], under: Regime) -> Limit:
    counting = str(raw["counting"] or under.counting)
    own_excluded = tuple(raw["excluded"])
    # A limit in years is a date, not a count of days: no days can be left out of it.
    in_years = raw["unit"] == Unit.YEAR
    more = (
        () if in_years else tuple(kind for kind in counting_excludes()[counting] if kind not in own_excluded)
    )
    return Limit(
        id=raw["id"],
        regime=under.id,
        kinds=tuple(Kind(kind) for kind in raw["kinds"]),
        triggers=tuple(Trigger(trigger) for trigger in raw["triggers"]),
        amount=raw["amount"],
        unit=Unit(raw["unit"]),
        articles=tuple(raw["articles"][under.id]),
        counting=counting,
        excluded=own_excluded + more,
        excluded_articles=tuple(raw["excluded_articles"].get(under.id, ())),
        extensions=tuple(
            ExtensionStep(step["amount"], step["approver"][under.id], tuple(step["articles"][under.id]))
            for step in raw["extension"]
        ),
        expiry=raw["expiry"],
        requires=frozenset(raw["requires"]),
        is_local=raw["is_local"],
        is_mediation=raw["id"] in under.mediation_limits,
        confidence=raw["confidence"],
    )


@cache
def limit(limit_id: str, regime_id: str) -> Limit:
    """Give one limit under one regime.  Raise UnknownLimit."""
    for one in limits():
        if one.id == limit_id and one.regime == regime_id:
            return one
    raise UnknownLimit(f"{limit_id}@{regime_id}")


def limit_of(key: str) -> Limit:
    """Give the limit stored under ``Limit.key``.  Raise UnknownLimit."""
    limit_id, _, regime_id = key.partition("@")
    return limit(limit_id, regime_id)


def applicable(
    kind: str, regime_or_id: Regime | str, trigger: str, facts: Collection[str] = ()
) -> list[Limit]:
    """Give the limits that this event starts for a case of this kind, D1 first.

    ``facts`` name what is known of the case and switches on limits that need it: ``real_name`` (D6) and
    ``advertising`` (D7).  An unknown kind or trigger raises ValueError.
    """
    kind, trigger = Kind(kind), Trigger(trigger)
    under = regime_or_id if isinstance(regime_or_id, Regime) else regime(regime_or_id)
    return [
        one
        for one in limits()
        if one.regime == under.id
        and kind in one.kinds
        and trigger in one.triggers
        and one.requires <= frozenset(facts)
    ]


@cache
def overlays() -> tuple[Overlay, ...]:
    """Give the special laws' duties."""
    raw = json.loads((DATA / "overlays.json").read_text(encoding="utf-8"))["overlays"]
    return tuple(
        Overlay(
            id=one["id"],
            article=one["article"],
            kinds=tuple(Kind(kind) for kind in one["kinds"]),
            requires=frozenset(one["requires"]),
            duty=one["duty"],
            limit=one["limit"],
        )
        for one in raw
    )


def duties(kind: str, facts: Collection[str]) -> list[Overlay]:
    """Give the special laws' duties that a case of this kind with these facts has."""
    return [one for one in overlays() if Kind(kind) in one.kinds and one.requires <= frozenset(facts)]
