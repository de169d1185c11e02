"""The story of a case: one sentence for each event, who did what, where to, and what changed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from suqing.accounts.models import Person, Unit
from suqing.cases.grounds import refusal
from suqing.cases.models import Case
from suqing.cases.queries import TimelineEntry
from suqing.cases.vocabulary import LABELS, ClockState, Kind, Outcome, State
from suqing.lawclock.limits import limits
from suqing.lawclock.queries import citation
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassNode
from suqing.web.desks.timeline import afterwards as afterwards_story
from suqing.web.desks.timeline import bulk as bulk_story
from suqing.web.desks.timeline import classes as classes_story
from suqing.web.desks.timeline import clocks as clocks_story
from suqing.web.desks.timeline import dispatching as dispatching_story
from suqing.web.desks.timeline import documents as documents_story
from suqing.web.desks.timeline import events as events_story
from suqing.web.desks.timeline import files as files_story
from suqing.web.desks.timeline import imports as imports_story
from suqing.web.desks.timeline import mediation as mediation_story
from suqing.web.desks.timeline import people as people_story
from suqing.web.desks.timeline import radar as radar_story
from suqing.web.desks.timeline import reminders as reminders_story
from suqing.web.desks.timeline import reports as timeline_reports
from suqing.web.wording import day_text, money_text

N_ = str
Facts = dict[str, Any]

# Groups by which the story can be narrowed.
GROUPS = {"steps": N_("Steps"), "ways": N_("Ways between units"), "clocks": N_("Clocks")}


@dataclass(frozen=True, slots=True)
class Names:
    """What codes and keys in events are called; read once for a whole story."""

    units: dict[str, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is told."""

    icon: str
    title: str
    at: datetime
    text: str
    is_masked: bool
    notes: list[str]
    tone: str
    pk: int  # of the event
    actor: str
    is_look: bool  # somebody looked; nothing changed


@dataclass(frozen=True, slots=True)
class _Way:
    """How one kind of event is told."""

    icon: str
    group: str
    say: Callable[[Case, Facts, Names], str]
    tone: str = ""


def _plain(sentence: str) -> Callable[[Case, Facts, Names], str]:
    return lambda _case, _data, _names: _(sentence)


def _registered(case: Case, data: Facts, names: Names) -> str:
    values = {
        "who": "%(who)s",
        "kind": _(LABELS[Kind(data.get("kind", case.kind))]),
        "unit": _unit(names, data, "unit"),
    }
    return _("%(who)s registered the case at %(unit)s: %(kind)s") % values


def _dispatched(_case: Case, data: Facts, names: Names) -> str:
    unit = data.get("to_unit_name") or _unit(names, data, "to_unit")
    return _("%(who)s dispatched the case from %(from)s to %(to)s") % {
        "who": "%(who)s",
        "from": _unit(names, data, "from_unit"),
        "to": unit,
    }


def _returned(_case: Case, data: Facts, names: Names) -> str:
    return _("%(who)s returned the case from %(from)s to %(to)s: %(reason)s") % {
        "who": "%(who)s",
        "from": _unit(names, data, "from_unit"),
        "to": _unit(names, data, "to_unit"),
        "reason": names.reasons.get(data.get("reason", ""), data.get("reason", "")),
    }


def _refused(case: Case, data: Facts, _names: Names) -> str:
    ground = refusal(case.regime).get(data.get("ground", ""))
    return _("%(who)s did not accept the complaint: %(ground)s") % {
        "who": "%(who)s",
        "ground": _(ground.text) if ground else data.get("ground", ""),
    }


def _closed(_case: Case, data: Facts, _names: Names) -> str:
    outcome = _(LABELS[Outcome(data["outcome"])]) if data.get("outcome") else ""
    return _("%(who)s closed the case: %(outcome)s") % {"who": "%(who)s", "outcome": outcome}


def _assigned(_case: Case, data: Facts, names: Names) -> str:
    after = data.get("after", {})
    unit = data.get("unit_name") or _unit(names, after, "unit")
    handler = names.people.get(after.get("handler") or 0, "")
    if handler:
        return _("%(who)s assigned the case to %(handler)s (%(unit)s)") % {
            "who": "%(who)s",
            "handler": handler,
            "unit": unit,
        }
    return _("%(who)s assigned the case to %(unit)s") % {"who": "%(who)s", "unit": unit}


WAYS: dict[str, _Way] = {
    "case.registered": _Way("plus", "steps", _registered, "key"),
    "case.answered": _Way("messages", "steps", _plain(N_("%(who)s answered the consultation")), "key"),
    "case.dispatched": _Way("send", "ways", _dispatched),
    "case.returned": _Way("arrow-back-up", "ways", _returned, "breach"),
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in dispatching_story.WAYS},
    "case.assigned": _Way("users", "ways", _assigned),
    "case.accepted": _Way("circle-check", "steps", _plain(N_("%(who)s accepted the complaint")), "key"),
    "case.refused": _Way("circle-x", "steps", _refused, "key"),
    "case.mediation_begun": _Way("messages", "steps", _plain(N_("%(who)s began the mediation"))),
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in mediation_story.WAYS},
    "case.check_begun": _Way("search", "steps", _plain(N_("%(who)s began to check the leads"))),
    "case.filed": _Way("scale", "steps", _plain(N_("%(who)s filed the case for investigation")), "key"),
    "case.not_filed": _Way("circle-x", "steps", _plain(N_("%(who)s decided not to file a case")), "key"),
    "case.closed": _Way("check", "steps", _closed, "key"),
    "case.parties_told": _Way("bell", "clocks", timeline_reports.parties_told),
    "case.not_handled_again": _Way("link", "steps", timeline_reports.not_again, "key"),
    "case.repeat_merged": _Way(
        "link", "steps", _plain(N_("%(who)s merged the new facts of a repeat report"))
    ),
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in afterwards_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in reminders_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in radar_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in classes_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in clocks_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in documents_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in events_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in files_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in people_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in bulk_story.WAYS},
    **{verb: _Way(icon, group, say, tone) for verb, icon, group, say, tone in imports_story.WAYS},
    "case.noted": _Way("edit", "steps", _plain(N_("%(who)s added a note"))),
    "case.investigated": _Way("search", "steps", timeline_reports.investigated),
    "personal.looked_at": _Way(
        "eye", "looks", _plain(N_("%(who)s looked at personal data, giving a reason"))
    ),
    "personal.shown_by_role": _Way("eye", "looks", _plain(N_("%(who)s was shown personal data by role"))),
}
_UNKNOWN = _Way("history", "steps", lambda _c, _d, _n: _("%(who)s recorded something in this case"))


def tell(case: Case, entries: Sequence[TimelineEntry], *, group: str, now: datetime) -> list[Told]:
    """Tell the story, oldest first, all of it or one group.  Texts that the entries hold back are marked."""
    names = _names(entries)
    return [_told(case, entry, names, now) for entry in entries if belongs(entry.event, group)]


def belongs(event: Event, group: str) -> bool:
    """Whether the story narrowed to ``group`` tells this event; no group, or an unknown one, tells all."""
    return group not in GROUPS or _in_group(event, group)


def _in_group(event: Event, group: str) -> bool:
    if group == "clocks" and {"clocks_started", "clocks_stopped", "clocks_moved"} & event.data.keys():
        return True
    return WAYS.get(event.verb, _UNKNOWN).group == group


def _told(case: Case, entry: TimelineEntry, names: Names, now: datetime) -> Told:
    event = entry.event
    way = WAYS.get(event.verb, _UNKNOWN)
    title = way.say(case, entry.data, names)
    # The name comes last, so that a name with a percent sign cannot spoil the sentence.
    title = title.replace("%(who)s", event.actor_name or _("The system"))
    return Told(
        icon=way.icon,
        title=title,
        at=event.at,
        text=entry.text or "",
        is_masked=entry.text is None and bool(event.sealed) and event.verb != "case.registered",
        notes=_notes(entry.data, now),
        tone=way.tone,
        pk=event.pk,
        actor=event.actor,
        is_look=way.group == "looks",
    )


def _notes(data: Facts, now: datetime) -> list[str]:
    """What changed by the event: the state, the date to report back, the amounts, the clocks."""
    return [
        *_state_note(data),
        *_date_notes(data, now),
        *people_story.notes(data, now),
        *_clock_notes(data, now),
        *clocks_story.moved(data, now),
    ]


def _state_note(data: Facts) -> list[str]:
    before, after = (data.get(side, {}).get("state") for side in ("before", "after"))
    if not before or not after:
        return []
    article = data.get("ground_article") or data.get("article")
    law = citation((article,)) if article else ""
    # A step that leaves the state as it is has no change to tell.
    change = f"{_(LABELS[State(before)])} → {_(LABELS[State(after)])}" if before != after else ""
    said = " · ".join(filter(None, (change, law)))
    return [said] if said else []


def _date_notes(data: Facts, now: datetime) -> list[str]:
    found = []
    if data.get("report_back_on"):
        day = day_text(date.fromisoformat(data["report_back_on"]), now.date())
        found.append(_("Report back by %(day)s") % {"day": day})
    for name, words in (
        ("recovered_amount", N_("Recovered for the consumer: %(amount)s")),
        ("penalty_amount", N_("Penalty: %(amount)s")),
    ):
        if data.get(name):
            found.append(_(words) % {"amount": money_text(Decimal(data[name]))})
    return found


def _clock_notes(data: Facts, now: datetime) -> list[str]:
    found = []
    for clock in data.get("clocks_stopped", ()):
        values = {"clock": _limit_name(clock["limit"]), "state": _(LABELS[ClockState(clock["state"])])}
        found.append(_("Limit ended: %(clock)s (%(state)s)") % values)
    for clock in data.get("clocks_started", ()):
        due = day_text(datetime.fromisoformat(clock["due_at"]).date(), now.date())
        values = {"clock": _limit_name(clock["limit"]), "day": due}
        found.append(_("Limit begun: %(clock)s, due %(day)s") % values)
    return found


def _limit_name(code: str) -> str:
    return _(limit_names().get(code, code))


def limit_names() -> dict[str, str]:
    """The English ids of the names of all limits, by code."""
    return {one.id: one.name for one in limits()}


def _unit(names: Names, data: Facts, key: str) -> str:
    code = data.get(key) or ""
    return names.units.get(code, code)


def _names(entries: Iterable[TimelineEntry]) -> Names:
    """Read what units, people, return reasons and classes are called; at most four queries."""
    units: set[str] = set()
    people: set[int] = set()
    reasons: set[str] = set()
    classes: set[int] = set()
    for entry in entries:
        event, data = entry.event, entry.data
        after = data.get("after", {})
        units |= {data.get(key, "") for key in ("unit", "from_unit", "to_unit")} | {after.get("unit", "")}
        units |= imports_story.units_in(data)
        people |= {after.get("handler") or 0}
        reasons |= {data.get("reason", "")} if event.verb == "case.returned" else set()
        classes |= bulk_story.classes_in(data) if event.verb.startswith("bulk.") else set()
    return Names(
        dict(Unit.objects.filter(code__in=units - {""}).values_list("code", "name")) if units - {""} else {},
        dict(Person.objects.filter(pk__in=people - {0}).values_list("pk", "display_name"))
        if people - {0}
        else {},
        {
            node.code: node.label
            for node in ClassNode.objects.filter(tree__kind="return_reason", code__in=reasons)
        }
        if reasons
        else {},
        {node.pk: node.label for node in ClassNode.objects.filter(pk__in=classes)} if classes else {},
    )
