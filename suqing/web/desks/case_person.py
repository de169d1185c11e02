"""What the case page shows of the person in a case."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can
from suqing.cases import queries
from suqing.cases.models import Case
from suqing.cases.vocabulary import Kind
from suqing.ledger.queries import setting
from suqing.web.desks.case_facts import Sight, is_anonymous


def person_card(reader: Person, case: Case, sight: Sight, *, error: str = "") -> dict[str, Any]:
    """The values that person_card.html asks for; one more query if the person is known."""
    party = case.party
    card: dict[str, Any] = {
        "id": case.pk,
        "role": _role(case),
        "is_masked": not sight.plain,
        "unmask_url": reverse("unmask", args=[case.number]) if sight.may_unmask and not sight.plain else "",
        "error": error,
        "reason_min": setting("accounts.look_reason_min"),
        "facts": [],
    }
    if party is None:
        nobody = _("Anonymous") if is_anonymous(case) else _("Not given")
        return card | {"name": nobody, "is_nobody": True}
    if party.erased_at is not None:
        return card | {"name": _("Personal data erased"), "is_nobody": True, "unmask_url": ""}
    facts = _person_facts(reader, case)
    if not sight.plain:
        return card | {"name": party.name_masked or "—", "phone": party.phone_masked, "facts": facts}
    plain = queries.personal_data(party)
    if plain.id_number:
        facts.insert(0, (_("Identity number"), plain.id_number))
    told = {"name": plain.name or "—", "phone": plain.phone or "", "address": plain.address or ""}
    return card | told | {"facts": facts}


def _role(case: Case) -> str:
    roles = {Kind.COMPLAINT: _("Complainant"), Kind.REPORT: _("Reporter"), Kind.CONSULTATION: _("Caller")}
    return roles[Kind(case.kind)]


def _person_facts(reader: Person, case: Case) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    others = earlier_cases(reader, case)
    text = ngettext("%(count)d case", "%(count)d cases", others) % {"count": others}
    if others:
        address = f"{reverse('cases')}?same_person={case.number}"
        found.append((_("Under this number"), format_html('<a href="{}">{}</a>', address, text)))
    if can(reader, P.PERSON_ERASE):
        erase = reverse("erase-person", args=[case.number])
        link = format_html('<a href="{}">{}</a>', erase, _("Erase this person's data…"))
        found.append((_("Privacy"), link))
    return found


def earlier_cases(reader: Person, case: Case) -> int:
    """How many cases this reader may see under the number of the person, this one included; 0 if only this one."""
    if case.party is None:
        return 0
    mine = queries.visible_cases(reader).filter(party__in=queries.same_person(case.party))
    count: int = mine.aggregate(count=Count("pk"))["count"]
    return count if count > 1 else 0
