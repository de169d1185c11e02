"""Agent, joint complainants and proof of identity on the case page: masked, each one reason away from plain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases import agency, queries
from suqing.cases.agency import LABELS, Authority, JointAct
from suqing.cases.intake import local_day
from suqing.cases.models import Case, IdentityRequest, JointComplainant, Party, Representation
from suqing.cases.queries.people import People, people_of, represented
from suqing.cases.vocabulary import Kind
from suqing.ledger.queries import setting
from suqing.web.desks.case_facts import Sight, shown
from suqing.web.desks.panels.panel import Panel
from suqing.web.wording import day_text


def people_panel(reader: Person, case: Case, sight: Sight, now: datetime) -> Panel | None:
    """Who stands behind a complaint; nothing for other kinds and where there is nobody."""
    if case.kind != Kind.COMPLAINT:
        return None
    beside = people_of(case)
    if beside.agent is None and not beside.is_joint and not beside.identity:
        return None
    facts: dict[str, Any] = {
        "agent": _agent(reader, case, beside.agent, sight, now) if beside.agent else None,
        "joint": _joint(reader, case, beside, now) if beside.is_joint else [],
        "consents": _consents(case, beside) if beside.is_joint else [],
        "identity": [_identity(one, sight, now) for one in beside.identity],
    }
    return Panel("web/cases/panels/_people.html", facts)


def card_of(reader: Person, case: Case, party: Party, role: str, *, plain: bool = False) -> dict[str, Any]:
    """The values of person_card.html for somebody beside the complainant.  Whoever asks for ``plain`` has logged it."""
    card: dict[str, Any] = {"id": f"{case.pk}-{party.pk}", "role": role, "facts": []}
    if party.erased_at is not None:
        return card | {"name": _("Personal data erased"), "is_nobody": True}
    if plain:
        known = queries.personal_data(party)
        facts = [(_("Identity number"), known.id_number)] if known.id_number else []
        told = {"name": known.name or "—", "phone": known.phone or "", "address": known.address or ""}
        return card | told | {"facts": facts, "is_masked": False}
    return card | {
        "name": party.name_masked or "—",
        "phone": party.phone_masked,
        "is_masked": True,
        "unmask_url": reverse("unmask-beside", args=[case.number, party.pk]) if may_see(reader, case) else "",
        "reason_min": setting("accounts.look_reason_min"),
    }


def may_see(reader: Person, case: Case) -> bool:
    """Whether the reader may see people of this case in plain for a reason."""
    return any(can_in(reader, one, case.responsible_unit) for one in (P.PERSONAL_SEE, P.PERSONAL_UNMASK))


def role_of(case: Case, party: Party) -> str:
    """What somebody beside the complainant is in the case."""
    agent = people_of(case).agent
    return _("Agent") if agent is not None and agent.agent_id == party.pk else _("Joint complainant")


def _agent(reader: Person, case: Case, row: Representation, sight: Sight, now: datetime) -> dict[str, Any]:
    until = day_text(row.valid_until, now.date()) if row.valid_until else _("until the matter is done")
    facts = [
        (_("Authority"), _(LABELS[Authority(row.authority)])),
        (_("Matters"), shown(row.matters, sight)),
        (_("Valid until"), until),
    ]
    return {
        "person": card_of(reader, case, row.agent, _("Agent")),
        "facts": facts,
        "warnings": [_(one) for one in agency.warnings(row.authority, row.valid_until, local_day(now))],
    }


def _joint(reader: Person, case: Case, beside: People, now: datetime) -> list[dict[str, Any]]:
    return [_complainant(reader, case, one, now) for one in beside.complainants]


def _complainant(reader: Person, case: Case, row: JointComplainant, now: datetime) -> dict[str, Any]:
    is_first = row.party_id == case.party_id
    role = _("First complainant") if is_first else _("Joint complainant")
    card = card_of(reader, case, row.party, role)
    if is_first:
        card |= {"unmask_url": "", "id": f"{case.pk}-first"}  # their own card stands on the page
    return {
        "person": card,
        "consented": day_text(row.consented_on, now.date()),
        "chosen": day_text(row.chosen_on, now.date()) if row.is_representative and row.chosen_on else "",
    }


def _consents(case: Case, beside: People) -> list[tuple[str, int, int]]:
    """How many of those represented have consented to each act that needs it."""
    must = {one.pk for one in represented(beside.complainants, case.party_id)}
    return [
        (
            _(LABELS[act]),
            len(must & {one.complainant_id for one in beside.consents if one.act == act}),
            len(must),
        )
        for act in JointAct
    ]


def _identity(row: IdentityRequest, sight: Sight, now: datetime) -> dict[str, Any]:
    states = {None: _("Waiting"), True: _("Identity is proved"), False: _("Identity is not proved")}
    is_late = row.is_proved is None and row.deadline_on < local_day(now)
    return {
        "wanted": shown(row.wanted, sight),
        "day": day_text(row.deadline_on, now.date()) if row.wanted else "",
        "state": states[row.is_proved],
        "tone": "breach" if is_late or row.is_proved is False else "active" if row.is_proved is None else "",
        "answered_at": row.answered_at,
    }
