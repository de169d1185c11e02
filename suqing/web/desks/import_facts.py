"""What the page of one import shows: its state, counts, problems in pages, the first rows, how far it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqing.accounts.models import Person, Unit
from suqing.cases.actions.import_reader import COLUMNS_MISSING, UNKNOWN_COLUMNS
from suqing.cases.importing.layouts import LAYOUTS
from suqing.cases.importing.unreadable import Unreadable
from suqing.cases.models import ImportRun
from suqing.cases.queries import import_cases, import_pages
from suqing.cases.vocabulary import LABELS, Kind, Outcome
from suqing.cases.vocabulary import State as CaseState
from suqing.files.storage import Missing
from suqing.web.context import moment_of
from suqing.web.desks import import_mapping

N_ = str
State = ImportRun.State
TONES = {State.READING: "soon", State.CHECKED: "active", State.RUNNING: "soon", State.REFUSED: "breach"}
FATES = {
    "added": N_("new"),
    "updated": N_("brought up to date"),
    "unchanged": N_("without anything new"),
    "kept": N_("kept as they are"),
    "rejected": N_("rejected"),
}
FATE_HELP = {
    "unchanged": N_("Rows that say what is here already change nothing; which they were is not kept."),
    "kept": N_("The file says otherwise, but people here have worked on these cases."),
    "rejected": N_("They are not imported; fetch them as a file, correct it and import it again."),
}
PROBLEMS_SHOWN = 50
SETTLED = (State.CHECKED, State.DONE, State.STOPPED)


def said(message: str, values: dict[str, Any]) -> str:
    """A message of an import in the reader's language."""
    return _(message) % values if values else _(message)


def run_facts(request: HttpRequest, person: Person, found: ImportRun) -> dict[str, Any]:
    """The values that _run.html asks for; ``shows_values`` if cells of the file are among them."""
    now = moment_of(request).now
    groups = import_pages.problem_groups(found) if found.state in SETTLED else []
    key = request.GET.get("group", "")
    page = _problems(found, key, request)
    facts: dict[str, Any] = {
        "run": found,
        "state": state_of(found),
        "tone": tone_of(found),
        "layout": _layout_name(found),
        "counts": [
            {
                "code": name,
                "label": _(label),
                "number": getattr(found, name),
                "help": _(FATE_HELP[name]) if name in FATE_HELP else "",
                "url": _count_url(found, name),
            }
            for name, label in FATES.items()
        ],
        "is_moving": found.state in (State.READING, State.RUNNING),
        "job": _job(found, now),
        "importable": found.added + found.updated + found.kept,
        "preview": _previewed_rows(found) if found.state == State.CHECKED else [],
        "groups": [_group(found, one, key) for one in groups],
        "problems": page,
        "refusal": said(found.refusal.get("message", ""), plain_words(found.refusal.get("values", {})))
        if found.refusal
        else "",
        "list_url": f"{reverse('cases')}?view=all&run={found.ref}",
        "may_correct": bool(found.rejected)
        and found.state != State.READING
        and found.file.removed_at is None,
        "mapping": None,
    }
    if _asks_columns(found):
        with suppress(Unreadable, Missing):
            facts["mapping"] = import_mapping.fresh_page(found).facts(person)
    facts["shows_values"] = bool(facts["preview"] or page["rows"] or facts["mapping"])
    return facts


def _count_url(found: ImportRun, name: str) -> str:
    """What is behind a count; "" before anything was imported, and for rows of which nothing is kept."""
    if not getattr(found, name):
        return ""
    if name == "rejected":
        address = reverse("import", args=[found.ref])
        return f"{address}?group={import_pages.REJECTING}#problems" if found.state in SETTLED else ""
    if found.confirmed_at is None or name not in import_cases.FATES:
        return ""
    return f"{reverse('cases')}?view=all&run={import_cases.Brought(found.ref, name)}"


def _asks_columns(found: ImportRun) -> bool:
    """Whether the file is fine, but somebody must say which column holds what."""
    return found.state == State.REFUSED and found.refusal.get("message") in (UNKNOWN_COLUMNS, COLUMNS_MISSING)


def state_of(found: ImportRun) -> str:
    """The state of a run in words."""
    return _("Waits for its columns") if _asks_columns(found) else found.get_state_display()


def tone_of(found: ImportRun) -> str:
    """The tone of the state's tag."""
    return "soon" if _asks_columns(found) else TONES.get(State(found.state), "plain")


def _problems(found: ImportRun, key: str, request: HttpRequest) -> dict[str, Any]:
    """One page of problems behind the problem that ``after`` names, in the order of the rows."""
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    if found.state not in SETTLED:
        # The part that asks for itself every two seconds shows nothing that must be put on record.
        return {"rows": [], "older_url": ""}
    like = import_pages.problems_like(found, key)
    rows = list(like.filter(pk__gt=start).order_by("pk")[: PROBLEMS_SHOWN + 1])
    more = len(rows) > PROBLEMS_SHOWN
    rows = rows[:PROBLEMS_SHOWN]
    address = reverse("import", args=[found.ref])
    group = f"group={key}&" if key else ""
    return {
        "rows": [{"one": row, "text": said(row.message, plain_words(row.values))} for row in rows],
        "older_url": f"{address}?{group}after={rows[-1].pk}#problems" if more else "",
        "newer_url": f"{address}?{group}#problems" if start else "",
        "shown": len(rows),
    }


def plain_words(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a problem; names of fields in the reader's language."""
    return {
        name: _(", ").join(_(str(one)) for one in value)
        if isinstance(value, list)
        else _(value)
        if name in ("field", "fields") and isinstance(value, str) and value
        else value
        for name, value in values.items()
    }


def _group(found: ImportRun, one: import_pages.Group, key: str) -> dict[str, Any]:
    address = reverse("import", args=[found.ref])
    return {
        "one": one,
        "text": said(one.message, plain_words(one.values)),
        "url": f"{address}?group={one.key}#problems",
        "is_current": str(one.key) == key,
    }


def _layout_name(found: ImportRun) -> str:
    if found.mapping is not None:
        return found.mapping.name
    return _(LAYOUTS[found.layout].label) if found.layout in LAYOUTS else ""


def _previewed_rows(found: ImportRun) -> list[dict[str, Any]]:
    codes = {row.get("unit", "") for row in found.preview}
    names = dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        _previewed(row) | {"unit": names.get(row.get("unit", ""), row.get("unit", ""))}
        for row in found.preview
    ]


def _previewed(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it will be read, in words."""
    kind, state, outcome = row.get("kind"), row.get("state"), row.get("outcome")
    received, fate = row.get("received_at"), row["fate"]
    return row | {
        "kind": _(LABELS[Kind(kind)]) if kind else "",
        "state": _(LABELS[CaseState(state)]) if state else "",
        "outcome": _(LABELS[Outcome(outcome)]) if outcome else "",
        "received_at": datetime.fromisoformat(received) if received else None,
        "fate": _(FATES[fate]),
        "is_rejected": fate == "rejected",
    }


def _job(found: ImportRun, now: datetime) -> dict[str, Any]:
    """Progress with an estimate; how long a table is shows only once it has been read."""
    done = sum(getattr(found, name) for name in FATES)
    if found.state != State.RUNNING or not found.total:
        return {"done": found.checked, "total": 0, "left": ""}
    left = ""
    seconds = (now - found.confirmed_at).total_seconds() if found.confirmed_at else 0.0
    if done and seconds > 0:
        minutes = round(seconds / done * (found.total - done) / 60)
        left = (
            ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes)
            % {"count": minutes}
            if minutes
            else _("less than a minute left")
        )
    return {"done": done, "total": found.total, "left": left}
