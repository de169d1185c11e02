"""The files of a case: shown to who may see personal data, counted for everybody else."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases.models import Case
from suqing.cases.queries.attachments import attachments_of
from suqing.files.reading import is_available
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.file_facts import offers_of, row_of, seen
from suqing.web.desks.panels.panel import Panel
from suqing.web.desks.uploads import upload_field


def files_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """One query.  The look at small pictures and names is the look at the page, which is logged."""
    found = attachments_of(case)
    here = [one for one in found if one.removed_at is None]
    may_attach = case.archived_at is None and can_in(reader, P.CASE_ATTACH, case.responsible_unit)
    if not here and not may_attach:
        return None
    shown = sight.plain or sight.may_unmask
    rows = [row_of(case, one, token=seen(reader, one) if sight.plain else "") for one in here]
    gone = [one for one in found if one.removed_at is not None] if may_attach and shown else []
    facts = {
        "rows": rows if shown else [],
        "gone": [row_of(case, one, token=seen(reader, one) if sight.plain else "") for one in gone],
        "count": len(here),
        "is_plain": sight.plain,
        "may_attach": may_attach,
        "url": reverse("case-files", args=[case.number]),
        "upload": upload_field("attachment", label=_("Attach files"), multiple=True, camera=True)
        if may_attach
        else None,
        "can_read": is_available() and may_attach,
        "offers": offers_of(reader, case, [one.text for one in here], now) if sight.plain else [],
    }
    return Panel("web/cases/panels/_files.html", facts)
