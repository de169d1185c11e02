"""Two cases side by side: what is the same and what differs; one event, or not the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions import groups
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, GroupMember, NotTheSame
from suqing.cases.near_text import likeness
from suqing.cases.queries.groups import group_of, open_groups_of
from suqing.cases.queries.similar import may_compare_words, similar_cases
from suqing.cases.vocabulary import LABELS, Channel
from suqing.web.context import moment_of
from suqing.web.desks import case_facts, similar_rows
from suqing.web.desks.case_desk import case_or_404
from suqing.web.desks.case_facts import Sight

FEW, MANY = 5, 30


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def similar(request: HttpRequest, number: str) -> HttpResponse:
    """The cases like this one, for the part of the case page that is read after it."""
    case, person = case_or_404(request, number), _person(request)
    limit = MANY if request.GET.get("all") else FEW
    found = similar_cases(person, case, limit=limit + 1)
    may_group, now = can(person, Permission.CASE_GROUP), moment_of(request).now
    may_join = not may_group and group_of(case) is None and groups.may_join_own(person, case, now)
    events = open_groups_of(person, [one.case for one in found[:limit]]) if may_join else {}
    facts = {
        "case": case,
        "rows": similar_rows.rows(found[:limit], case, events),
        "more_url": f"{reverse('case-similar', args=[number])}?all=1" if len(found) > limit == FEW else "",
        "may_group": may_group,
    }
    return render(request, "web/cases/_similar_rows.html", facts)


def _pair(request: HttpRequest, number: str, other: str) -> tuple[Case, Case]:
    if number == other:
        raise Http404
    return case_or_404(request, number), case_or_404(request, other)


@require_GET
def beside(request: HttpRequest, number: str, other: str) -> HttpResponse:
    """Both cases: their words with what they share, their facts in two columns."""
    case, second = _pair(request, number, other)
    person, now = _person(request), moment_of(request).now
    return render(request, "web/cases/beside.html", _facts(person, case, second, now))


def _facts(person: Person, case: Case, second: Case, now: datetime) -> dict[str, Any]:
    texts = similar_rows.masked(case), similar_rows.masked(second)
    compared = likeness(*texts) if may_compare_words(person, case, second) else None
    shared = (compared.one, compared.other) if compared else ((), ())
    heads = [case_facts.head(one, now) for one in (case, second)]
    events = {
        row.case_id: row.group
        for row in GroupMember.objects.filter(case__in=(case, second), removed_at=None).select_related(
            "group"
        )
    }
    here, there = events.get(case.pk), events.get(second.pk)
    one, two = sorted((case.pk, second.pk))
    return {
        "case": case,
        "other": second,
        "columns": [
            {
                "case": one_case,
                "head": head,
                "pieces": list(similar_rows.stretches(text, passages)),
                "event": event,
            }
            for one_case, head, text, passages, event in zip(
                (case, second), heads, texts, shared, (here, there), strict=True
            )
        ],
        "percent": similar_rows.percent(compared.score) if compared else None,
        "facts": _rows(case, second, now),
        "is_one_event": here is not None and here == there,
        "are_two_events": here is not None and there is not None and here != there,
        "event": here or there,
        "is_told_apart": NotTheSame.objects.filter(one_id=one, other_id=two).exists(),
        "may_group": can(person, Permission.CASE_GROUP),
    }


def _rows(case: Case, second: Case, now: datetime) -> list[dict[str, Any]]:
    """Every fact that either case has, side by side."""
    one, other = dict(_told(case, now)), dict(_told(second, now))
    return [
        {"label": label, "one": one.get(label, "—"), "other": other.get(label, "—"),
         "differs": one.get(label) != other.get(label)}
        for label in dict.fromkeys([*one, *other])
    ]  # fmt: skip


def _told(case: Case, now: datetime) -> list[case_facts.Fact]:
    head = case_facts.head(case, now)
    facts = [(_("Kind"), head["kind"]), (_("State"), head["state"]), *head["facts"]]
    facts = [fact for fact in facts if fact[0] != _("Channel")]
    facts.append((_("Channel"), _(LABELS[Channel(case.channel)])))
    if case.party is not None and case.party.erased_at is None:
        told = (case.party.name_masked, case.party.phone_masked)
        facts.append((_("The person"), " ".join(part for part in told if part) or "—"))
    sight = Sight.masked(case)
    return [*facts, *case_facts.operator_facts(case, sight), *case_facts.matter_facts(case, now, sight)]


@require_POST
def pair(request: HttpRequest, number: str, other: str, act: str) -> HttpResponse:
    """Say that both cases are one event, or that they are not the same; and take that back."""
    case, second = _pair(request, number, other)
    doing = ACTS.get(act)
    if doing is None:
        raise Http404
    try:
        doing(request, case, second)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values if refused.values else _(refused.message))
    back = request.POST.get("back", "")
    return (
        redirect("case", number=number)
        if back == "case"
        else redirect("case-beside", number=number, other=other)
    )


def _join(request: HttpRequest, case: Case, second: Case) -> None:
    group = groups.join_cases(case=case, other=second, by=_person(request), at=moment_of(request).now)
    messages.success(request, _("Both cases are in the event %(number)s.") % {"number": group.number})


def _apart(request: HttpRequest, case: Case, second: Case) -> None:
    groups.say_not_the_same(case=case, other=second, by=_person(request), at=moment_of(request).now)
    undo = reverse("case-pair", args=[case.number, second.number, "together"])
    messages.success(
        request, _("These cases are not suggested to each other any more."), extra_tags=f"undo:{undo}"
    )


def _together(request: HttpRequest, case: Case, second: Case) -> None:
    groups.take_back_not_the_same(case=case, other=second, by=_person(request), at=moment_of(request).now)
    messages.success(request, _("These cases may be suggested to each other again."))


def _merge(request: HttpRequest, case: Case, second: Case) -> None:
    rows = GroupMember.objects.filter(case__in=(case, second), removed_at=None).select_related("group")
    of = {row.case_id: row.group for row in rows}
    if len(of) < 2:
        raise Refused("This case is not in the event any more.")
    merge = groups.merge_groups(
        survivor=of[case.pk], absorbed=of[second.pk], by=_person(request), at=moment_of(request).now
    )
    undo = reverse("event-act", args=[merge.survivor.number, "undo-merge"]) + f"?merge={merge.pk}"
    messages.success(
        request,
        _("The event %(number)s took over %(other)s.")
        % {"number": merge.survivor.number, "other": merge.absorbed.number},
        extra_tags=f"undo:{undo}",
    )


ACTS: dict[str, Callable[[HttpRequest, Case, Case], None]] = {
    "join": _join,
    "merge": _merge,
    "apart": _apart,
    "together": _together,
}
