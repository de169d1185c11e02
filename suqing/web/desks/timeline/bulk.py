"""Sentences for what changes of many cases did to one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from suqing.cases.models import Case

Facts = dict[str, Any]


def _assigned(_case: Case, data: Facts, names: Any) -> str:
    after = data.get("after", {})
    values = {
        "who": "%(who)s",
        "count": data.get("count", 1),
        "unit": names.units.get(after.get("unit", ""), after.get("unit", "")),
        "handler": names.people.get(after.get("handler") or 0, ""),
    }
    if values["handler"]:
        return _("%(who)s assigned %(count)s cases at once, this one to %(handler)s (%(unit)s)") % values
    return _("%(who)s assigned %(count)s cases at once, this one to %(unit)s") % values


def _reminded(_case: Case, data: Facts, names: Any) -> str:
    after = data.get("after", {})
    return _("%(who)s reminded %(unit)s of %(total)s cases at once, of this one (no. %(count)s)") % {
        "who": "%(who)s",
        "unit": names.units.get(after.get("unit", ""), after.get("unit", "")),
        "total": data.get("count", 1),
        "count": after.get("count", 1),
    }


def _reclassified(_case: Case, data: Facts, names: Any) -> str:
    return _("%(who)s reclassified %(count)s cases at once, this one: %(changes)s") % {
        "who": "%(who)s",
        "count": data.get("count", 1),
        "changes": _changes(data, names),
    }


def _undone(case: Case, data: Facts, names: Any) -> str:
    if data.get("kind") == "reclassify":
        return _("%(who)s undid the change of many cases, for this one: %(changes)s") % {
            "who": "%(who)s",
            "changes": _changes(data, names),
        }
    if data.get("kind") == "remind":
        return _("%(who)s took back the reminder that nobody had answered")
    del case
    return _("%(who)s undid the assignment of many cases; this one is as it was before")


def _changes(data: Facts, names: Any) -> str:
    """Both codings, the field that changed first."""
    before, after = data.get("before", {}), data.get("after", {})
    changed = [name for name in ("object_class", "issue_class") if before.get(name) != after.get(name)]
    return _(", ").join(
        f"{names.classes.get(before.get(name) or 0) or _('not classed')}"
        f" → {names.classes.get(after.get(name) or 0) or _('not classed')}"
        for name in changed
    )


def classes_in(data: Facts) -> set[int]:
    """The keys of the classes that an event names."""
    sides = (data.get("before", {}), data.get("after", {}))
    return {side.get(name) or 0 for side in sides for name in ("object_class", "issue_class")} - {0}


# verb, icon, group, sentence, tone
WAYS: tuple[tuple[str, str, str, Callable[[Case, Facts, Any], str], str], ...] = (
    ("bulk.assigned", "users", "ways", _assigned, ""),
    ("bulk.reminded", "bell-ringing", "steps", _reminded, "breach"),
    ("bulk.reclassified", "table", "steps", _reclassified, ""),
    ("bulk.undone", "arrow-back-up", "steps", _undone, ""),
)
