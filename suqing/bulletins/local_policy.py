"""Settings of bulletins; no norm fixes them, so all are local policy."""

from __future__ import annotations

from datetime import date
from typing import Any

from suqing.ledger.policy import BadSetting, declare

N_ = str


def _names(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
        raise BadSetting("a list of names is wanted")


def _marks(value: Any) -> None:
    """Pairs of a day and a label."""
    try:
        for day, label in value:
            date.fromisoformat(day)
            if not label.strip():
                raise ValueError("a mark has no label")
    except (TypeError, ValueError, AttributeError) as error:
        raise BadSetting(f"marks are pairs of a day and a label: {error}") from error


COMPILED_BY = declare(
    "bulletins.compiled_by", "", N_("Who compiles bulletins; empty means the centre's own name")
)
REPORT_TO = declare("bulletins.report_to", [], N_("Superiors that bulletins are reported to"), check=_names)
SEND_TO = declare("bulletins.send_to", [], N_("Peers that bulletins are sent to"), check=_names)
DISTRIBUTE_TO = declare(
    "bulletins.distribute_to", [], N_("Subordinates that bulletins are distributed to"), check=_names
)
MARKS = declare("bulletins.marks", [], N_("Dated events drawn on the curves of bulletins"), check=_marks)
SECOND_PERSON = declare(
    "bulletins.second_person", True, N_("A bulletin is approved by somebody who did not write in it")
)
