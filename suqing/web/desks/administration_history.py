"""What was done to a person, a unit, a year of the calendar or a setting, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from suqing.accounts.models import Unit
from suqing.accounts.roles import ROLES
from suqing.ledger.models import Event
from suqing.web.wording import day_text

N_ = str
# Sentences with who did it; %(unit)s, %(role)s, %(before)s and %(after)s are filled from the event.
SENTENCES = {
    "person.created": N_("%(who)s made the account"),
    "person.corrected": N_("%(who)s corrected name or staff number"),
    "person.appointed": N_("%(who)s appointed: %(role)s in %(unit)s"),
    "person.appointment_ended": N_("%(who)s ended the appointment: %(role)s in %(unit)s"),
    "person.deactivated": N_("%(who)s took away the right to sign in"),
    "person.reactivated": N_("%(who)s gave back the right to sign in"),
    "person.password_reset": N_("%(who)s set a one-time password"),
    "person.password_expired": N_("the password grew too old; a new one was asked for"),
    "person.second_factor_begun": N_("%(who)s began to set up a second step of signing in"),
    "person.second_factor_set": N_("%(who)s set up a second step of signing in"),
    "person.second_factor_removed": N_("%(who)s gave up the second step of signing in"),
    "person.second_factor_reset": N_("%(who)s took away the second step of signing in"),
    "person.recovery_code_used": N_("%(who)s signed in with a recovery code"),
    "person.recovery_codes_renewed": N_("%(who)s got new recovery codes"),
    "person.passkey_added": N_("%(who)s added the passkey “%(name)s”"),
    "person.passkey_removed": N_("%(who)s took away the passkey “%(name)s”"),
    "person.passkey_suspect": N_("the counter of the passkey “%(name)s” went backwards; it was not taken"),
    "person.sessions_ended": N_("%(who)s ended sessions: %(count)s"),
    "person.password_changed": N_("%(who)s changed the own password"),
    "person.duty_set": N_("%(who)s entered a duty in %(unit)s"),
    "person.duty_ended": N_("%(who)s ended a duty in %(unit)s"),
    "unit.added": N_("%(who)s added the unit"),
    "unit.renamed": N_("%(who)s renamed it from “%(before)s” to “%(after)s”"),
    "unit.moved": N_("%(who)s moved it from %(from)s to %(to)s"),
    "unit.closed": N_("%(who)s closed the unit"),
    "unit.reopened": N_("%(who)s took the unit into use again"),
}
FIELDS = {"display_name": N_("Name"), "staff_no": N_("Staff number")}


def unit_names() -> dict[str, str]:
    """The name of every unit by its code, closed ones too; one query."""
    return dict(Unit.objects.values_list("code", "name"))


def lines(events: Iterable[Event], units: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    """Each event as a sentence with its moment, what differed, and from when until when."""
    return [
        {
            "text": _sentence(event, units),
            "at": event.at,
            "changes": _changes(event),
            "note": _span(event, now),
        }
        for event in events
    ]


def who_did(event: Event) -> str:
    """The person's name at that time; the system where nobody did it."""
    return event.actor_name or _("The system")


def _sentence(event: Event, units: Mapping[str, str]) -> str:
    data, nobody = event.data, _("no unit above it")

    def unit(code: object) -> str:
        return units.get(str(code), str(code)) if code else nobody

    role = ROLES.get(str(data.get("role", "")))
    values = {
        "who": who_did(event),
        "unit": unit(data.get("unit")),
        "role": str(role.label) if role else str(data.get("role", "")),
        "name": data.get("name", ""),
        "count": data.get("count", ""),
        "before": data.get("before"),
        "after": data.get("after"),
        "from": unit(data.get("before")) if event.verb == "unit.moved" else "",
        "to": unit(data.get("after")) if event.verb == "unit.moved" else "",
    }
    known = SENTENCES.get(event.verb)
    if known is None:
        return _("%(who)s: %(what)s") % {"who": values["who"], "what": event.verb}
    return _(known) % values


def _changes(event: Event) -> list[tuple[str, str, str]]:
    before, after = event.data.get("before"), event.data.get("after")
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return []
    return [
        (_(label), str(before.get(name, "")), str(after.get(name, "")))
        for name, label in FIELDS.items()
        if before.get(name, "") != after.get(name, "")
    ]


def _span(event: Event, now: datetime) -> str:
    """From when until when an appointment or a duty was given."""
    since, until = (_day(event.data.get(name), now.date()) for name in ("since", "until"))
    if since and until:
        return _("from %(since)s until %(until)s") % {"since": since, "until": until}
    return _("from %(since)s") % {"since": since} if since else ""


def _day(value: object, today: date) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return day_text(timezone.localtime(datetime.fromisoformat(value)).date(), today)
    except ValueError:
        return ""
