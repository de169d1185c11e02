"""Events that the centre proposes: the list, one proposal with its cases, what is decided; and the hot list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can
from suqing.cases.actions import event_proposals as proposals
from suqing.cases.actions.groups import LONGEST_TITLE
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, EventProposal
from suqing.cases.queries import event_proposals as queries
from suqing.cases.vocabulary import LABELS, ProposalState
from suqing.surveillance.hot_list import Order
from suqing.surveillance.queries import SHOWN, HotEvent, hot_list
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.similar_rows import percent
from suqing.web.desks.typed import typed

N_ = str
CASES_SHOWN = 100
TOLD = 5  # words of what its cases have in common that a proposal is called by
STATES = (ProposalState.OPEN, ProposalState.TAKEN, ProposalState.DISMISSED)
ORDERS = {
    Order.HEAT: N_("All together"),
    Order.SIZE: N_("By size"),
    Order.GROWTH: N_("By growth"),
    Order.SEVERITY: N_("By severity"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def views_of(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    """The ways to look at events that this person has, as tabs."""
    person, address = _person(request), reverse("events")
    found = [("going", _("Going on"), address), ("hot", _("Hot"), reverse("events-hot"))]
    if can(person, Permission.CASE_GROUP):
        count = queries.waiting(person)
        name = f"{_('Proposed')} {count}" if count else _("Proposed")
        found.append(("proposed", name, reverse("event-proposals")))
    found.append(("closed", pgettext("events", "Closed"), f"{address}?view=closed"))
    return [(name, url, key == current) for key, name, url in found]


# Proposals


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Proposals of one state, those with most cases first."""
    person, state, start = _person(request), _state(request), _start(request)
    rows, total = queries.proposal_page(person, moment_of(request).now, state=state, offset=start)
    if start and not rows:
        return redirect(_url(state))
    operators = queries.operators_of(person, [row.proposal for row in rows])
    facts = {
        "views": views_of(request, "proposed"),
        "states": [(_(LABELS[one]), _url(one), one == state) for one in STATES],
        "rows": [
            {"row": row, "title": _title(row.proposal, operators.get(row.proposal.pk, ""))} for row in rows
        ],
        "pager": {
            "newer_url": _url(state, start - queries.PAGE) if start else "",
            "older_url": _url(state, start + queries.PAGE) if start + len(rows) < total else "",
            "shown": len(rows),
            "total_text": ngettext("%(count)d proposal", "%(count)d proposals", total) % {"count": total},
        },
        "empty": {
            "title": _("No event is proposed") if state == ProposalState.OPEN else _("No such proposal"),
            "text": _(
                "New cases are compared with those of the last weeks every minute. From three cases on that tell of one thing, an event is proposed here."
            ),
            "icon": "link",
        },
    }
    return render(request, "web/events/proposals.html", facts)


def _state(request: HttpRequest) -> ProposalState:
    asked = request.GET.get("state", "")
    return next((state for state in STATES if state == asked), ProposalState.OPEN)


def _start(request: HttpRequest) -> int:
    asked = request.GET.get("from", "")
    return int(asked) // queries.PAGE * queries.PAGE if asked.isdecimal() and len(asked) < 9 else 0


def _url(state: str, start: int = 0) -> str:
    asked = {"state": state if state != ProposalState.OPEN else "", "from": start or ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("event-proposals") + (f"?{query}" if query else "")


def _proposal(request: HttpRequest, pk: int) -> EventProposal:
    try:
        return queries.proposal_for(_person(request), pk)
    except EventProposal.DoesNotExist:
        raise Http404 from None


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: its counts, its cases with what they share, what can be decided."""
    return render(request, "web/events/proposal.html", _facts(request, _proposal(request, pk)))


def _facts(request: HttpRequest, found: EventProposal, **given: Any) -> dict[str, Any]:
    person, now = _person(request), moment_of(request).now
    cases = list(
        queries.cases_in_sight(person, found).select_related(
            "responsible_unit", "issue_class", "object_class", "place", "handler"
        )[:CASES_SHOWN]
    )
    came = queries.proposed_with(found, cases)
    operator = queries.operators_of(person, [found]).get(found.pk, "")
    first = cases[-1] if cases else None
    rows = [
        row
        | {
            "percent": percent(came[case.pk].likeness) if came[case.pk].likeness else None,
            "shared": "、".join(came[case.pk].shared),
            "beside_url": _beside(first, case),
        }
        for case, row in zip(cases, rows_of(cases, now), strict=True)
    ]
    return {
        "proposal": found,
        "title": _title(found, operator),
        "state": _(LABELS[ProposalState(found.state)]),
        "is_open": found.state == ProposalState.OPEN,
        "is_taken": found.state == ProposalState.TAKEN,
        "counts": queries.proposal_rows(person, [found], now)[0],
        "rows": rows,
        "typed": {"title": _title(found, operator)[:LONGEST_TITLE]},
        "errors": {},
        **given,
    }


def _beside(first: Case | None, case: Case) -> str:
    """Where a case stands beside the first one of the proposal."""
    return "" if first is None or first == case else reverse("case-beside", args=[first.number, case.number])


def _title(found: EventProposal, operator: str) -> str:
    """What a proposed event is called: the operator, and what its cases have in common."""
    return " ".join(part for part in (operator, "、".join(found.words[:TOLD])) if part) or _("Proposed event")


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Decide on a proposal; what is refused is said on its page with what was typed."""
    found, doing = _proposal(request, pk), ACTS.get(act)
    if doing is None:
        raise Http404
    try:
        return doing(request, found)
    except Refused as refused:
        text = _(refused.message) % refused.values if refused.values else _(refused.message)
        if not refused.field:
            messages.error(request, text)
            return redirect("event-proposal", pk=pk)
        kept = {name: typed(request, name) for name in ("title", "reason")}
        facts = _facts(request, found, errors={refused.field: text})
        facts["typed"] |= {name: value for name, value in kept.items() if name in request.POST}
        return render(request, "web/events/proposal.html", facts, status=422)


def _when(request: HttpRequest) -> dict[str, Any]:
    return {"by": _person(request), "at": moment_of(request).now}


def _case(request: HttpRequest) -> Case:
    return case_or_404(request, typed(request, "case") or request.GET.get("case", "").replace("\0", ""))


def _undo(found: EventProposal, act: str, case: Case | None = None) -> str:
    address = reverse("event-proposal-act", args=[found.pk, act])
    return f"undo:{address}?case={case.number}" if case else f"undo:{address}"


def _take(request: HttpRequest, found: EventProposal) -> HttpResponse:
    group = proposals.take_over(proposal=found, title=typed(request, "title"), **_when(request))
    text = _("The cases are in the event %(number)s.") % {"number": group.number}
    messages.success(request, text, extra_tags=_undo(found, "give-back"))
    return redirect("event", number=group.number)


def _give_back(request: HttpRequest, found: EventProposal) -> HttpResponse:
    proposals.undo_take_over(proposal=found, **_when(request))
    messages.success(request, _("The cases are only proposed again."))
    return redirect("event-proposal", pk=found.pk)


def _dismiss(request: HttpRequest, found: EventProposal) -> HttpResponse:
    proposals.dismiss(proposal=found, reason=typed(request, "reason"), **_when(request))
    messages.success(request, _("The proposal is dismissed."), extra_tags=_undo(found, "reopen"))
    return redirect("event-proposals")


def _reopen(request: HttpRequest, found: EventProposal) -> HttpResponse:
    proposals.reopen(proposal=found, **_when(request))
    messages.success(request, _("The proposal waits for a decision again."))
    return redirect("event-proposal", pk=found.pk)


def _take_out(request: HttpRequest, found: EventProposal) -> HttpResponse:
    case = _case(request)
    proposals.take_out(proposal=found, case=case, **_when(request))
    text = _("The case %(case)s is not proposed for this event any more.") % {"case": case.number}
    messages.success(request, text, extra_tags=_undo(found, "put-back", case))
    return redirect("event-proposal", pk=found.pk)


def _put_back(request: HttpRequest, found: EventProposal) -> HttpResponse:
    case = _case(request)
    proposals.put_back(proposal=found, case=case, **_when(request))
    messages.success(request, _("The case %(case)s is proposed again.") % {"case": case.number})
    return redirect("event-proposal", pk=found.pk)


ACTS: dict[str, Callable[[HttpRequest, EventProposal], HttpResponse]] = {
    "take": _take,
    "give-back": _give_back,
    "dismiss": _dismiss,
    "reopen": _reopen,
    "take-out": _take_out,
    "put-back": _put_back,
}


# The hot list


@require_GET
def hot(request: HttpRequest) -> HttpResponse:
    """Events and proposals with a case within seven days, the hottest first."""
    asked = request.GET.get("order", "")
    order = next((one for one in Order if one == asked), Order.HEAT)
    rows, total = hot_list(_person(request), moment_of(request).now, order=order)
    operators = queries.operators_of(_person(request), [row.proposal for row in rows if row.proposal])
    address = reverse("events-hot")
    facts = {
        "views": views_of(request, "hot"),
        "orders": [
            (_(name), address if one == Order.HEAT else f"{address}?order={one}", one == order)
            for one, name in ORDERS.items()
        ],
        "rows": [_hot_row(number, row, operators) for number, row in enumerate(rows, start=1)],
        "total_text": _("The first %(shown)d of %(total)d") % {"shown": SHOWN, "total": total}
        if total > SHOWN
        else "",
        "empty": {
            "title": _("Nothing is hot"),
            "text": _("No event has a case of the last seven days."),
            "icon": "link",
        },
    }
    return render(request, "web/events/hot.html", facts)


def _hot_row(number: int, row: HotEvent, operators: Mapping[int, str]) -> dict[str, Any]:
    if row.group is not None:
        about, url = row.group.title, reverse("event", args=[row.group.number])
    else:
        assert row.proposal is not None
        about = _title(row.proposal, operators.get(row.proposal.pk, ""))
        url = reverse("event-proposal", args=[row.proposal.pk])
    return {
        "rank": number,
        "about": about,
        "url": url,
        "number": row.group.number if row.group else "",
        "counts": row.counts,
        "growth": row.heat.growth,
        "percent": round(100 * row.counts.sensitive / row.counts.cases),
        "heat": row.heat.heat,
    }
