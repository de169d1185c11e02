"""Two people at one case: what the second sends is merged where it does not contradict what the first has done.

A step that only adds is taken whatever happened; a decision is taken if since then others have only added.  Fields that
this person left as they were proposed follow the case; fields that both changed are shown side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from suqing.cases.queries import TimelineEntry
from suqing.web.desks.steps.conflicts import as_read
from suqing.web.desks.steps.forms import StepDesk, StepForm, as_text

# What adds to a case and changes nothing that a decision on it rests on.
ADDITIONS = frozenset(
    {
        "case.noted",
        "case.reminded",
        "case.reminder_answered",
        "case.parties_told",
        "case.publicity_recorded",
        "case.publicised",
        "case.document_issued",
        "case.file_text_asked",
        "case.supervised",
        "personal.looked_at",
        "personal.shown_by_role",
    }
)


@dataclass(slots=True)
class Merged:
    """The data of a form for the case as it is now."""

    data: QueryDict
    followed: list[str] = field(default_factory=list)  # labels of fields that follow the others
    clashes: list[tuple[str, str, str]] = field(default_factory=list)  # label, mine, theirs


def may_join(desk: StepDesk, since: Iterable[TimelineEntry]) -> bool:
    """Whether the step can be taken although the case has moved on."""
    return desk.joins or all(entry.event.verb in ADDITIONS for entry in since)


def events_since(form: StepForm, entries: list[TimelineEntry], missed: int) -> list[TimelineEntry]:
    """What happened after the form was drawn; without its word for that, the last ``missed`` entries."""
    upto = form.data.get("upto", "")
    if upto.isdecimal() and len(upto) < 19:
        found = [entry for entry in entries if entry.event.pk > int(upto)]
        if found:
            return found
    return entries[-missed:]


def merged(form: StepForm, fresh: StepForm) -> Merged:
    """``form`` as it was sent, brought to the case of ``fresh``: field by field, by what both had begun with."""
    base, now = _proposed(form.data.get("was", "")), fresh.proposed()
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["revision"], data["was"] = str(fresh.case.revision), json.dumps(now, ensure_ascii=False)
    found = Merged(data)
    if base is None:
        return found
    for bound in fresh.visible_fields():
        name, kind = bound.name, bound.field
        sent = data.getlist(name)
        mine, before, theirs = as_text(kind, sent), base.get(name, ""), now.get(name, "")
        if theirs in (before, mine):
            continue
        if mine == before:
            data.setlist(name, theirs.split("\n"))
            found.followed.append(str(bound.label))
        else:
            found.clashes.append((str(bound.label), as_read(kind, sent), as_read(kind, theirs.split("\n"))))
    return found


def _proposed(text: str) -> dict[str, str] | None:
    """What the page says that it proposed; None for a page that does not say, or says what none of ours does."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else None
