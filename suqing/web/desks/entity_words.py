"""What is said of operators: why two look alike, how they are related, what was done to a file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.cases.entity_names import STRONG, Likeness, Reason
from suqing.cases.models import MarketEntity
from suqing.cases.queries.same_entities import Suggestion
from suqing.kit.masks import mask_address, mask_name
from suqing.ledger.models import Event

N_ = str
KINDS = {"platform": N_("e-commerce platform"), "market": N_("market with stalls")}
REASONS = {
    Reason.SAME_CODE: N_("same social credit code"),
    Reason.OTHER_CODE: N_("different social credit codes"),
    Reason.SAME_NAME: N_("same name"),
    Reason.SAME_KEY: N_("same name but for place and legal form"),
    Reason.SAME_SOUND: N_("names that sound alike"),
    Reason.SHORTENED: N_("one name is short for the other"),
    Reason.NEAR_NAME: N_("names that look alike"),
    Reason.BRANCH: N_("a branch or another shop"),
    Reason.SAME_PLACE: N_("same district"),
    Reason.OTHER_PLACE: N_("different places"),
    Reason.NEAR_ADDRESS: N_("nearly the same address"),
    Reason.OTHER_ADDRESS: N_("different addresses"),
}
SENTENCES = {
    "made": N_("%(who)s made the file: %(name)s"),
    "code_given": N_("%(who)s learned the social credit code %(uscc)s"),
    "corrected": N_("%(who)s corrected what is known"),
    "became_person": N_("%(who)s recorded that it is a natural person without registration"),
    "became_registered": N_("%(who)s recorded that it is registered: %(name)s"),
    "name_added": N_("%(who)s added the name %(name)s"),
    "merged survivor": N_("%(who)s merged %(name)s into this operator (%(cases)s cases)"),
    "merged absorbed": N_("%(who)s merged this operator into %(name)s (%(cases)s cases)"),
    "merge_undone survivor": N_("%(who)s undid the merge with %(name)s (%(cases)s cases went back)"),
    "merge_undone absorbed": N_("%(who)s undid the merge with %(name)s (%(cases)s cases came back)"),
    "split survivor": N_("%(who)s gave %(cases)s cases an operator of their own: %(name)s"),
    "split absorbed": N_("%(who)s took this operator out of %(name)s (%(cases)s cases)"),
    "split_undone survivor": N_("%(who)s took %(cases)s cases back from %(name)s"),
    "split_undone absorbed": N_("%(who)s gave %(cases)s cases back to %(name)s"),
    "said_distinct": N_("%(who)s said that %(name)s is another operator"),
    "distinction_taken_back": N_("%(who)s took back that %(name)s is another operator"),
    "related seller": N_("%(who)s recorded that it sells inside %(name)s"),
    "related platform": N_("%(who)s recorded that %(name)s sells inside it"),
    "relation_ended seller": N_("%(who)s recorded that it sells inside %(name)s no longer"),
    "relation_ended platform": N_("%(who)s recorded that %(name)s sells inside it no longer"),
}
_FIELDS = {"name": N_("Name"), "uscc": N_("Social credit code"), "address": N_("Address")}


def reasons(found: Likeness) -> list[str]:
    """Why two operators look like one or like two."""
    return [_(REASONS[reason]) for reason in found.reasons]


def likeness_word(found: Likeness) -> str:
    """How alike, in a word."""
    if found.is_never:
        return _("two operators by law")
    if found.score >= STRONG:
        return _("very much alike")
    return _("alike") if found.is_suggested else _("not much alike")


def suggestion_facts(one: Suggestion, beside: MarketEntity) -> dict[str, Any]:
    """A suggestion as a line of the file."""
    return {
        "entity": one.entity,
        "word": likeness_word(one.likeness),
        "is_strong": one.likeness.score >= STRONG,
        "reasons": "、".join(reasons(one.likeness)),
        "url": reverse("entity-compare", args=[beside.pk, one.entity.pk]),
    }


def tell(event: Event, persons: Collection[int] = ()) -> dict[str, Any]:
    """An event of the file as timeline.html asks for it.

    ``persons``: keys of the operators that are natural persons now.  What was written of one before somebody said so
    stands in the log for good and is masked here.
    """
    data, verb = event.data, event.verb.rpartition(".")[2]
    sentence = SENTENCES.get(f"{verb} {data.get('as', '')}".strip(), N_("%(who)s changed the file"))
    values = {"who": event.actor_name or _("The system")}
    after = data.get("after", {})
    called = data.get("name") or after.get("name")
    about = data["other"] if "other" in data else int(event.subject_id)
    values |= {name: str(data.get(name) or "—") for name in ("uscc", "cases")}
    values["name"] = (mask_name(called) if about in persons else called) if called else "—"
    hidden = int(event.subject_id) in persons
    changes = [
        (
            _(_FIELDS.get(name, name)),
            *(_hidden(name, text) if hidden else text for text in (before, after.get(name, ""))),
        )
        for name, before in data.get("before", {}).items()
    ]
    return {
        "icon": "building-store",
        "title": _(sentence) % values,
        "at": event.at,
        "body": data.get("note", ""),
        "changes": changes,
    }


def _hidden(field: str, text: str) -> str:
    masks = {"name": mask_name, "address": mask_address}
    return masks[field](text) if field in masks else text
