"""Where a case came from: the table, the row, the number over there, and what the row said beyond the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.importing.layouts import LAYOUTS
from suqing.cases.importing.national import shown_told
from suqing.cases.models import Case, ImportedCase
from suqing.cases.queries.imports import origin_of
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel


def origin_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """The origin of an imported case; nothing for one that was registered here.  Asks nothing."""
    del reader, now
    origin = origin_of(case)
    if origin is None:
        return None
    told = [(name, shown(text, sight)) for name, text in shown_told(origin.told).items()]
    return Panel("web/cases/panels/_origin.html", {**_facts(origin), "told": told})


def _facts(origin: ImportedCase) -> dict[str, Any]:
    names = {layout.source: layout.label for layout in LAYOUTS.values()}
    return {
        "source": _(names[origin.source]) if origin.source in names else origin.source,
        "number": origin.number,
        "file": origin.run.file_name if origin.run else "",
        "row": origin.row,
        "first_at": origin.first_at,
        "last_at": origin.last_at,
        "is_old": origin.case.regime == "none",
    }
