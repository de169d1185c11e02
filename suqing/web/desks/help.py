"""Help: all topics with a search, and one topic, as a page of its own or as the panel beside a page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.middleware import HtmxDetails

from suqing.accounts.roles import ROLES, roles_with
from suqing.web.context import may_open
from suqing.web.desks.tour import card_of
from suqing.web.help import BY_CODE, TOPICS, topic_of
from suqing.web.help.topic import Topic, parts_of
from suqing.web.permission_table import PAGES, Door

LONGEST = 80


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: where the help on this page stands, and the running step of the tour."""
    match = getattr(request, "resolver_match", None)  # none on pages of errors before routing
    found = topic_of(match.view_name if match else "")
    return {
        "help_url": reverse("help-topic", args=[found.code]) if found else reverse("help"),
        "tour": SimpleLazyObject(lambda: card_of(request)),
    }


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every topic, or those that hold a word; the ones of the person's own pages first."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = [topic for topic in TOPICS if _holds(topic, words)]
    mine = [topic for topic in found if _is_mine(request, topic)]
    facts = {
        "fields": [{"name": "q", "label": _("Search in help"), "kind": "search", "value": words}],
        "groups": [
            (_("Pages open to you"), [_line(topic) for topic in mine]),
            (_("Pages of others"), [_line(topic) for topic in found if topic not in mine]),
        ],
        "found": len(found),
        "empty": {"title": _("No help holds these words"), "url": reverse("help"), "verb": _("All topics")},
    }
    return render(request, "web/help/index.html", facts)


@require_GET
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """What one page is for; alone as a part when the panel asks for it."""
    if (found := BY_CODE.get(code)) is None:
        raise Http404
    facts = {
        "topic": found,
        "purpose": parts_of(_(found.purpose)),
        "parts": [
            (label, [parts_of(_(text)) for text in texts])
            for label, texts in (
                (_("What can be done here"), found.steps),
                (_("Good to know"), found.notes),
                (_("What the law says"), found.law),
                (_("Where the figures come from"), found.source),
            )
            if texts
        ],
        "roles": _roles(found),
        "is_mine": _is_mine(request, found),
    }
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return render(request, "web/help/_topic.html" if htmx else "web/help/topic.html", facts)


def _line(topic: Topic) -> tuple[str, str, list[tuple[str, bool]]]:
    return reverse("help-topic", args=[topic.code]), _(topic.title), parts_of(_(topic.purpose))


def _holds(topic: Topic, words: str) -> bool:
    text = " ".join(_(one) for one in (topic.title, *topic.texts)).casefold()
    return all(word in text for word in words.casefold().split())


def _pages(topic: Topic) -> list[str]:
    return [name for name in PAGES if topic_of(name) is topic]


def _is_mine(request: HttpRequest, topic: Topic) -> bool:
    return any(may_open(request.user, name) for name in _pages(topic))


def _roles(topic: Topic) -> list[Any]:
    """The roles that can open a page of the topic; none where everybody can."""
    rules = [PAGES[name] for name in _pages(topic)]
    if any(isinstance(rule, Door) for rule in rules):
        return []
    held = {
        code for rule in rules if not isinstance(rule, Door) for verb in rule for code in roles_with(verb)
    }
    return [role.label for code, role in ROLES.items() if code in held]
