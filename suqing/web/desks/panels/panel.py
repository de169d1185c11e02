"""What a part of the case page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """A template of ``web/cases/panels/`` and what it shows."""

    template: str
    facts: dict[str, Any]
