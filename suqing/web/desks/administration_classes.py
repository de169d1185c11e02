"""The lists by which matters are classed, version by version, and the topics with the words that decide.  Read only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree, TopicVersion
from suqing.taxonomy.queries import classes_of, topics_with_versions, trees_of

N_ = str
SHOWN = 1_500


@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """One version of one kind of list, searched if words are given; beside it all its versions."""
    kind, words = request.GET.get("kind", ClassKind.ISSUE), request.GET.get("q", "").strip()[:60]
    if kind not in ClassKind.values:
        raise Http404
    trees = trees_of(kind)
    asked = request.GET.get("version", "")
    shown = (
        next((tree for tree in trees if tree.code == asked), None) if asked else (trees[0] if trees else None)
    )
    if asked and shown is None:
        raise Http404
    found = classes_of(shown, words.replace("\0", "")) if shown else []
    facts = {
        "tabs": [(label, _url(value), value == kind) for value, label in ClassKind.choices],
        "topics_url": reverse("administration-topics"),
        "shown": shown,
        "rows": [_row(node) for node in found[:SHOWN]],
        "count": len(found),
        "is_cut": len(found) > SHOWN,
        "versions": [_version(tree, shown) for tree in trees],
        "fields": [{"name": "q", "label": _("Name, pinyin or code"), "kind": "search", "value": words}],
        "hidden": [("kind", kind), ("version", shown.code if shown else "")],
        "empty": {
            "title": _("No class fits these words"),
            "text": _("Search by name, pinyin, initials or code."),
            "icon": "search",
            "url": _url(kind, shown.code if shown else ""),
            "verb": _("See all classes"),
        },
    }
    return render(request, "web/administration/classes.html", facts)


def _url(kind: str, version: str = "") -> str:
    asked = {"kind": kind} | ({"version": version} if version else {})
    return f"{reverse('administration-classes')}?{urlencode(asked)}"


def _row(node: ClassNode) -> dict[str, Any]:
    parent = node.parent
    return {
        "node": node,
        "depth": 0 if parent is None else 1 if parent.parent_id is None else 2,
        "path": parent.path_name.replace("->", " › ") if parent else "",
    }


def _version(tree: ClassTree, shown: ClassTree | None) -> dict[str, Any]:
    in_use = tree.is_active and tree.valid_to is None
    state = N_("In use") if in_use else N_("Replaced") if tree.is_active else N_("Kept for comparison")
    return {
        "tree": tree,
        "url": _url(tree.kind, tree.code),
        "state": _(state),
        "tone": "active" if in_use else "plain",
        "classes": tree.classes,  # type: ignore[attr-defined]  # trees_of() counts them along
        "is_shown": shown is not None and tree.pk == shown.pk,
    }


@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic, the words of its newest version, and when the earlier ones held."""
    facts = {
        "rows": [
            {
                "topic": topic,
                "versions": versions,
                "words": _words(versions[0]) if versions else ([], []),
                "text": versions[0].rule.get("text", "") if versions else "",
                "depth": 1 if topic.parent_id else 0,
            }
            for topic, versions in topics_with_versions()
        ],
    }
    return render(request, "web/administration/topics.html", facts)


def _words(version: TopicVersion) -> tuple[list[list[str]], list[str]]:
    """Groups of which each must be named by one word, and words that rule the topic out."""
    return version.rule.get("any_of", []), version.rule.get("none_of", [])
