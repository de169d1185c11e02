"""What the law leaves open, as switches: local policy, never law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    YEAR = "year"


class Rolling(StrEnum):
    """Which last days move to a later day (O121 art. 45 and PROC art. 80 say 法定节假日 only)."""

    DECLARED_OFF_DAYS = "declared_off_days"  # only days that the notice declares off
    EVERY_OFF_DAY = "every_off_day"  # ordinary weekends too
    NONE = "none"


class RegimeDate(StrEnum):
    """Which date of a case decides the regime."""

    RECEIVED = "received"
    ACCEPTED = "accepted"


class Binding(StrEnum):
    """Which of two mediation limits binds while O20 (45 working days) and XBLR (60 days) both stand."""

    EARLIER = "earlier"  # whoever keeps the earlier date keeps both rules
    D2A = "D2a"
    D2B = "D2b"


@dataclass(frozen=True, slots=True)
class LocalLimit:
    """A limit that the centre or bureau sets itself, in place of "promptly" or tighter than the law."""

    limit_id: str
    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"{self.limit_id}: a local limit must be at least 1, not {self.amount}")


@dataclass(frozen=True, slots=True)
class Policy:
    """All open switches with their defaults (docs/law-clock.md says what is known about each)."""

    rolling: Rolling = Rolling.DECLARED_OFF_DAYS
    regime_date: RegimeDate = RegimeDate.RECEIVED
    mediation_binding: Binding = Binding.EARLIER
    recusal_stops_mediation: bool = False
    local_limits: tuple[LocalLimit, ...] = ()
    warning_hours: tuple[int, ...] = (48, 24, 12)

    def local_limit(self, limit_id: str) -> LocalLimit | None:
        """Give the local limit set for this deadline, if there is one."""
        return next((one for one in self.local_limits if one.limit_id == limit_id), None)

    def to_json(self) -> dict[str, Any]:
        """Give the policy as JSON-safe data."""
        return {
            "rolling": self.rolling.value,
            "regime_date": self.regime_date.value,
            "mediation_binding": self.mediation_binding.value,
            "recusal_stops_mediation": self.recusal_stops_mediation,
            "local_limits": {one.limit_id: [one.amount, one.unit.value] for one in self.local_limits},
            "warning_hours": list(self.warning_hours),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """Read what ``to_json`` wrote; absent keys keep their defaults.  Raise ValueError if unknown."""
        local: Mapping[str, tuple[int, str]] = data.get("local_limits", {})
        return cls(
            rolling=Rolling(data.get("rolling", Rolling.DECLARED_OFF_DAYS)),
            regime_date=RegimeDate(data.get("regime_date", RegimeDate.RECEIVED)),
            mediation_binding=Binding(data.get("mediation_binding", Binding.EARLIER)),
            recusal_stops_mediation=bool(data.get("recusal_stops_mediation", False)),
            local_limits=tuple(LocalLimit(key, int(pair[0]), Unit(pair[1])) for key, pair in local.items()),
            warning_hours=tuple(int(hours) for hours in data.get("warning_hours", (48, 24, 12))),
        )


DEFAULT = Policy()
