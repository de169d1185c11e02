"""The parts of the case page beside the narrative: each says whether it has anything to show for this case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from suqing.accounts.models import Person
from suqing.cases.models import Case
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels import dispatching, supervision
from suqing.web.desks.panels.clocks import clocks_panel
from suqing.web.desks.panels.documents import documents_panel
from suqing.web.desks.panels.files import files_panel
from suqing.web.desks.panels.mediation import leads_panel, mediation_panel
from suqing.web.desks.panels.notices import notice_panel
from suqing.web.desks.panels.origin import origin_panel
from suqing.web.desks.panels.panel import Panel
from suqing.web.desks.panels.people import people_panel
from suqing.web.desks.panels.radar import radar_panel
from suqing.web.desks.panels.reminders import reminders_panel
from suqing.web.desks.panels.reports import report_panel
from suqing.web.desks.panels.similar import similar_panel

Maker = Callable[[Person, Case, Sight, datetime], Panel | None]

# In the order of the page; None from a maker leaves the part out.
MAKERS: tuple[Maker, ...] = (
    radar_panel,
    people_panel,
    origin_panel,
    files_panel,
    dispatching.same_dispute_panel,
    dispatching.disputes_panel,
    reminders_panel,
    supervision.orders_panel,
    supervision.visits_panel,
    mediation_panel,
    leads_panel,
    notice_panel,
    report_panel,
    similar_panel,
    clocks_panel,
    documents_panel,
)


def panels(reader: Person, case: Case, sight: Sight, now: datetime) -> list[Panel]:
    """The parts that have something to show to this reader."""
    made = (make(reader, case, sight, now) for make in MAKERS)
    return [panel for panel in made if panel is not None]
