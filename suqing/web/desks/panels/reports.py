"""What stands beside a report: what it came of, repeats of it, the steps of the investigation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.investigation import ACTS
from suqing.cases.models import Case
from suqing.cases.queries.reports import Done, Link, acts_of, links_of
from suqing.cases.vocabulary import LABELS, Kind, LinkKind, State
from suqing.lawclock.queries import citation
from suqing.web.desks.case_facts import Sight, more_of_result
from suqing.web.desks.panels.panel import Panel

N_ = str

# How a link is told from each end: from the case that came of the other, and from the other.
_TOLD = {
    (LinkKind.LEADS, True): N_("Found while this complaint was mediated"),
    (LinkKind.LEADS, False): N_("Leads found in mediation"),
    (LinkKind.REPEAT, True): N_("Repeats this earlier report"),
    (LinkKind.REPEAT, False): N_("Repeated by this report"),
    (LinkKind.MERGED, True): N_("Merged into this earlier report"),
    (LinkKind.MERGED, False): N_("This later report was merged in"),
}


def report_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """The links of a report as far as this reader may see the other case, and the acts once it is filed."""
    del sight  # neither links nor acts hold words that somebody wrote
    if case.kind != Kind.REPORT:
        return None
    links = [_link(link) for link in links_of(reader, case)]
    acts = [_act(done) for done in acts_of(case)] if case.filed_at else []
    # An ended case tells the facts of its filing with its result.
    filing = more_of_result(case, now) if case.filed_at and not case.outcome else []
    if not (links or acts or filing):
        return None
    return Panel("web/cases/panels/_report.html", {"links": links, "acts": acts, "filing": filing})


def _link(link: Link) -> dict[str, Any]:
    return {
        "how": _(_TOLD[LinkKind(link.kind), link.is_source]),
        "number": link.other.number,
        "url": reverse("case", args=[link.other.number]),
        "state": _(LABELS[State(link.other.state)]),
        "at": link.at,
    }


def _act(done: Done) -> dict[str, Any]:
    act = ACTS.get(done.act)
    label, article = (act.label, act.article) if act else (done.act, "")
    law = citation((article,)) if article else ""
    return {"label": _(label), "law": law, "on": done.on, "by": done.by}
