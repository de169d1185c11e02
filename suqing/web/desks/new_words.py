"""Words heard more than usual: the list of a look, one word with its cases, and words that are told no more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.kit.dates import day_bounds
from suqing.surveillance.actions import heed_word, ignore_word
from suqing.surveillance.models import DAY, WEEK, IgnoredWord, RisingWord, WordLook
from suqing.surveillance.new_words import FEWEST_BEFORE, is_enough
from suqing.surveillance.word_queries import (
    SeenWord,
    cases_of,
    ignored_words,
    newest_look,
    word_for,
    words_in_sight,
)
from suqing.web.context import moment_of
from suqing.web.desks.case_rows import rows_of

N_ = str
PAGE = 30
SPAN_NAMES = {DAY: N_("Last 24 hours"), WEEK: N_("Last 7 days")}
_CASE_FIELDS = ("responsible_unit", "issue_class", "object_class", "place", "handler")


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def new_words(request: HttpRequest) -> HttpResponse:
    """The words of the last look, or of the last one of a day, the most surprising first."""
    days, day = _asked(request)
    look = newest_look(days, _end_of(request, day) if day else None)
    shown = words_in_sight(_person(request), look) if look else []
    facts = {
        "look": look,
        "knows_enough": look is not None and is_enough(look.voices),
        "windows": len(look.voices) - 1 if look else 0,
        "heard": look.voices[-1] if look else 0,
        "heard_before": sum(look.voices[:-1]) if look else 0,
        "more": max(0, look.found - look.words.count()) if look and look.found else 0,
        "day": day,
        "today": moment_of(request).now.date(),
        "spans": [(_(name), _address(span, day), span == days) for span, name in SPAN_NAMES.items()],
        "days": days,
        "rows": [_row(one) for one in shown],
        "ignored": list(ignored_words()),
        "empty": _empty(look),
    }
    return render(request, "web/topics/new_words.html", facts)


def _asked(request: HttpRequest) -> tuple[int, date | None]:
    days = WEEK if request.GET.get("days") == str(WEEK) else DAY
    try:
        return days, date.fromisoformat(request.GET.get("day", "")[:10])
    except ValueError:
        return days, None


def _end_of(request: HttpRequest, day: date) -> Any:
    zone = moment_of(request).now.tzinfo
    assert zone is not None  # the centre's time has a zone
    last = min(max(day, date(1971, 1, 1)), date(9998, 1, 1))
    return day_bounds(last, zone)[1] - timedelta(microseconds=1)


def _address(days: int, day: date | None) -> str:
    asked = {"days": days if days != DAY else "", "day": day.isoformat() if day else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("new-words") + (f"?{query}" if query else "")


def _empty(look: WordLook | None) -> dict[str, str]:
    if look is None:
        title, text = _("Nobody has looked yet"), _("The words of the last day are looked at every hour.")
    elif not is_enough(look.voices):
        title = _("Too little was heard before")
        text = _("What is usual is known from %(count)d voices on in the windows before.") % {
            "count": FEWEST_BEFORE
        }
    else:
        title = _("No word stands out")
        text = _("Nothing was heard more than chance and the weeks before explain.")
    return {"title": title, "text": text, "icon": "tags"}


def _row(seen: SeenWord) -> dict[str, Any]:
    row = seen.word
    return {
        "word": row,
        "url": reverse("new-word", args=[row.pk]),
        "beside": "、".join(row.beside),
        "cases": seen.cases,
        "voices": row.voices if seen.curve else None,
        "expected": row.expected if seen.curve else None,
        "most_before": max(seen.curve[:-1], default=0) if seen.curve else None,
        "bars": _bars(seen.curve),
        "is_new": row.is_new,
        "topic_url": f"{reverse('topic-trial')}?{urlencode({'rule': _as_rule(row.word)})}",
    }


def _bars(curve: tuple[int, ...]) -> list[int]:
    most = max(curve, default=0) or 1
    return [round(100 * count / most) for count in curve]


def _as_rule(word: str) -> str:
    """The word as a rule of one phrase."""
    return f'"{word}"' if word.isascii() else word


@require_GET
def new_word(request: HttpRequest, pk: int) -> HttpResponse:
    """One word: when it was heard, and the cases that hold it."""
    person, seen = _person(request), _word_or_404(request, pk)
    asked = request.GET.get("from", "")
    start = int(asked) // PAGE * PAGE if asked.isdecimal() and len(asked) < 9 else 0
    found = list(cases_of(person, seen.word).select_related(*_CASE_FIELDS)[start : start + PAGE])
    here = reverse("new-word", args=[pk])
    if start and not found:
        return redirect(here)
    facts = {
        **_row(seen),
        "look": seen.word.look,
        "back_url": _address(seen.word.look.days, None),
        "windows": _windows(seen),
        "rows": rows_of(found, moment_of(request).now),
        "pager": {
            "newer_url": f"{here}?from={start - PAGE}" if start else "",
            "older_url": f"{here}?from={start + PAGE}" if start + len(found) < seen.cases else "",
            "shown": len(found),
            "total_text": ngettext("%(count)d case", "%(count)d cases", seen.cases) % {"count": seen.cases},
        },
    }
    return render(request, "web/topics/new_word.html", facts)


def _windows(seen: SeenWord) -> list[dict[str, Any]]:
    """Each window with its end, the voices that held the word and how many were heard, the newest first."""
    look, bars = seen.word.look, _bars(seen.curve)
    last = len(seen.curve) - 1
    return [
        {
            "until": look.until - timedelta(days=look.days * (last - place)),
            "count": count,
            "of": look.voices[place],
            "bar": bars[place],
        }
        for place, count in reversed(list(enumerate(seen.curve)))
    ]


def _word_or_404(request: HttpRequest, pk: int) -> SeenWord:
    try:
        return word_for(_person(request), pk)
    except RisingWord.DoesNotExist:
        raise Http404 from None


@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a word no more."""
    row = _word_or_404(request, pk).word
    ignored = ignore_word(word=row.word, by=_person(request), at=moment_of(request).now)
    undo = f"undo:{reverse('new-word-heed', args=[ignored.pk])}"
    messages.success(request, _("“%(word)s” is told no more.") % {"word": row.word}, extra_tags=undo)
    return redirect(_address(row.look.days, None))


@require_POST
def heed(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell an ignored word again."""
    row = get_object_or_404(IgnoredWord, pk=pk)
    heed_word(ignored=row, by=_person(request), at=moment_of(request).now)
    messages.success(request, _("“%(word)s” is told again.") % {"word": row.word})
    return redirect("new-words")
