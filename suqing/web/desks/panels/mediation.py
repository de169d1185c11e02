"""The mediation on the case page: consents, who mediates, meetings, recusals, delegation, paper; and leads found on
the way, for those alone who may see the report they became."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.grounds import found_later
from suqing.cases.mediation_terms import LABELS, ConsentWay, Mode, Paper, RecusalGround, Side
from suqing.cases.models import Case, Mediation, MediationSession, Recusal
from suqing.cases.queries.mediation import leads_of, mediation_view, origin_of_leads
from suqing.cases.vocabulary import Kind, State
from suqing.lawclock.queries import citation
from suqing.web.desks.case_facts import Fact, Sight, shown
from suqing.web.desks.panels.panel import Panel
from suqing.web.wording import moment_text

# Before a complaint is accepted nobody has been asked about mediation.
_BEFORE = frozenset({State.REGISTERED, State.DISPATCHED, State.OBJECTED, State.DISPUTED, State.REFUSED})


def mediation_panel(_reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """What is recorded of the mediation; two queries once there is one."""
    if case.kind != Kind.COMPLAINT or case.state in _BEFORE:
        return None
    view = mediation_view(case)
    if view is None:
        return None
    facts = {
        "facts": [
            *_consents(view.mediation, now),
            *_ways(view.mediation, now),
            *_ending(case, view.mediation),
        ],
        "note": shown(view.mediation.consent_note, sight),
        "sessions": [_session(one) for one in view.sessions],
        "recusals": [_recusal(one, sight) for one in view.recusals],
    }
    return Panel("web/cases/panels/_mediation.html", facts)


def _consents(held: Mediation, now: datetime) -> list[Fact]:
    found = []
    for label, at, way in (
        (_("Consent of the complainant"), held.complainant_consented_at, held.complainant_consent_way),
        (_("Consent of the respondent"), held.respondent_consented_at, held.respondent_consent_way),
    ):
        if at is None:
            found.append((label, _("not recorded")))
            continue
        told = moment_text(at, now, now.tzinfo or at.tzinfo)  # type: ignore[arg-type]
        found.append((label, f"{told} · {_(LABELS[ConsentWay(way)])}" if way else told))
    return found


def _ways(held: Mediation, now: datetime) -> list[Fact]:
    found = []
    if held.mode:
        found.append((_("How the sides meet"), _(LABELS[Mode(held.mode)])))
    if held.mediators:
        found.append((_("Mediators"), held.mediators))
    if held.delegated_to and held.delegated_at:
        told = moment_text(held.delegated_at, now, now.tzinfo or held.delegated_at.tzinfo)  # type: ignore[arg-type]
        found.append((_("Delegated to"), f"{held.delegated_to} · {told}"))
    return found


def _ending(case: Case, held: Mediation) -> list[Fact]:
    found = []
    later = found_later(case.regime).get(held.found_ground)
    if later:
        found.append((_("Found after acceptance"), f"{_(later.text)} ({citation((later.article,))})"))
    if held.paper:
        found.append((_("Paper"), _(LABELS[Paper(held.paper)])))
    if held.is_performed_at_once:
        found.append((_("Agreement"), _("performed at once")))
    if held.both_waive_statement:
        found.append((_("Statement"), _("both sides waived it")))
    return found


def _session(one: MediationSession) -> dict[str, Any]:
    return {"row": one, "mode": _(LABELS[Mode(one.mode)])}


def _recusal(one: Recusal, sight: Sight) -> dict[str, Any]:
    if one.lapsed_at is not None:
        state = _("Not decided, the mediation ended")
    elif one.is_granted is None:
        state = _("Not decided yet")
    else:
        state = _("Granted") if one.is_granted else _("Rejected")
    return {
        "row": one,
        "side": _(LABELS[Side(one.side)]),
        "ground": _(LABELS[RecusalGround(one.ground)]),
        "note": shown(one.note, sight),
        "state": state,
    }


def leads_panel(reader: Person, case: Case, _sight: Sight, _now: datetime) -> Panel | None:
    """The other side of leads found in a mediation, for who may see both; one query at most."""
    if case.kind == Kind.COMPLAINT and case.state not in _BEFORE:
        found = leads_of(reader, case)
        title = _("Leads found in the mediation")
    else:
        origin = origin_of_leads(reader, case)
        found = [origin] if origin is not None else []
        title = _("Found in a mediation")
    if not found:
        return None
    return Panel("web/cases/panels/_leads.html", {"title": title, "cases": found})
