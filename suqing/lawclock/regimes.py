"""Which set of rules governs a day: the regimes as data, with the articles that put them in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from suqing.lawclock.policies import DEFAULT, Policy, RegimeDate

REGIMES = Path(__file__).parent / "data" / "regimes.json"


@dataclass(frozen=True, slots=True)
class Regime:
    """A set of rules in force from ``since`` to ``until``, both included; None means without end.

    ``mediation_limits`` run side by side; which one binds is ``Policy.mediation_binding``.
    ``repeat_report_restarts`` is None where the rules are silent about repeated reports.
    """

    id: str
    since: date | None
    until: date | None
    laws: tuple[str, ...]
    articles: tuple[str, ...]
    counting: str | None
    counting_excludes: tuple[str, ...]
    mediation_limits: tuple[str, ...]
    repeat_report_restarts: bool | None

    def covers(self, day: date) -> bool:
        """Whether the regime is in force on this day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@cache
def counting_excludes() -> dict[str, tuple[str, ...]]:
    """Give, for each article on counting, the kinds of time that it leaves out."""
    data = json.loads(REGIMES.read_text(encoding="utf-8"))
    return {article: tuple(rule["excluded"]) for article, rule in data["counting"].items()}


@cache
def regimes() -> tuple[Regime, ...]:
    """Give all regimes, oldest first; together they cover every day once."""
    data = json.loads(REGIMES.read_text(encoding="utf-8"))
    return tuple(
        Regime(
            id=one["id"],
            since=date.fromisoformat(one["since"]) if one["since"] else None,
            until=date.fromisoformat(one["until"]) if one["until"] else None,
            laws=tuple(one["laws"]),
            articles=tuple(one["articles"]),
            counting=one["counting"],
            counting_excludes=counting_excludes()[one["counting"]] if one["counting"] else (),
            mediation_limits=tuple(one["mediation_limits"]),
            repeat_report_restarts=one["repeat_report_restarts"],
        )
        for one in data["regimes"]
    )


def regime(regime_id: str) -> Regime:
    """Give a regime by its id.  Raise KeyError for an unknown one."""
    for one in regimes():
        if one.id == regime_id:
            return one
    raise KeyError(regime_id)


def regime_on(day: date) -> Regime:
    """Give the regime in force on a day; before 2020-01-01 that is ``none``, which has no limits."""
    return next(one for one in regimes() if one.covers(day))


def governing_regime(received: date, accepted: date | None = None, policy: Policy = DEFAULT) -> Regime:
    """Give the regime of a case; which date decides is policy, because O121 has no transitional article."""
    if policy.regime_date is RegimeDate.ACCEPTED and accepted is not None:
        return regime_on(accepted)
    return regime_on(received)
