"""Changes of many cases at once: selected on the work list, previewed, made, read later, undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person, Unit
from suqing.accounts.queries import can
from suqing.cases.actions import bulk_changes as actions
from suqing.cases.actions.moving import Refused, Stale
from suqing.cases.models import BulkChange, BulkItem
from suqing.cases.queries import bulk_changes as queries
from suqing.lawclock.queries import citation
from suqing.taxonomy.models import ClassKind, ClassNode
from suqing.web.context import moment_of
from suqing.web.desks import keyset, work_list
from suqing.web.desks.bulk_forms import FORMS
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.supervision import put_beside
from suqing.web.desks.typed import all_typed, cleaned
from suqing.web.desks.work_list_look import plain_heads

N_ = str
VERBS = {
    BulkChange.Kind.ASSIGN: N_("Assign these cases"),
    BulkChange.Kind.REMIND: N_("Remind the units of these cases"),
    BulkChange.Kind.RECLASSIFY: N_("Reclassify these cases"),
}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


# The work list's part


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many cases the list has whose filters are asked for; a part of the bar."""
    person, now = _person(request), moment_of(request).now
    narrowing = work_list.narrowing(person, cleaned(request.GET), now)
    found = queries.count_of_list(person, narrowing.filters, now)
    return render(
        request,
        "web/bulk/_count.html",
        {"count": found, "most": queries.MOST_CASES, "url": request.get_full_path()},
    )


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Take the ticked cases, or all of the list, over into a change that is not made yet."""
    person, now = _person(request), moment_of(request).now
    given = cleaned(QueryDict(request.POST.get("list", "")))
    back = f"{reverse('cases')}?{given.urlencode()}"
    kind = request.POST.get("kind", "")
    if kind not in queries.kinds_for(person):
        messages.error(request, _("Choose what shall be done with the cases."))
        return redirect(back)
    filters = work_list.narrowing(person, given, now).filters if request.POST.get("all") else None
    try:
        change = actions.select_cases(
            kind=kind, numbers=all_typed(request, "case"), filters=filters, by=person, at=now
        )
        if kind == BulkChange.Kind.REMIND:
            change = actions.preview(change=change, values={}, note="", by=person, at=now)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values)
        return redirect(back)
    return redirect("bulk-change", ref=change.ref)


# One change


def _change(request: HttpRequest, ref: UUID) -> BulkChange:
    try:
        return queries.change_for(_person(request), ref)
    except BulkChange.DoesNotExist:
        raise Http404 from None


@require_GET
def change(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A draft with its form and preview, or what a change did."""
    found = _change(request, ref)
    if found.at is None:
        return _draft(request, found)
    return render(request, "web/bulk/change.html", _made_facts(request, found))


def _draft(request: HttpRequest, found: BulkChange, form: Any = None) -> HttpResponse:
    person = _person(request)
    form = form or FORMS[found.kind](person=person, change=found)
    facts = {
        "change": found,
        "form": form,
        "verb": _(VERBS[BulkChange.Kind(found.kind)]),
        "count": len(found.seen.get("cases", ())),
        "units": queries.units_of_change(person, found).most_common(),
        "list": work_list.saved(found.filters, person, moment_of(request).now) if found.is_list else None,
        "is_previewed": bool(found.seen.get("is_previewed")),
        "chosen": _chosen(found),
        "reasons": _told(queries.foreseen_refusals(person, found)),
    }
    return render(request, "web/bulk/draft.html", facts, status=422 if form.errors else 200)


def _told(reasons: list[queries.Reason]) -> list[dict[str, Any]]:
    return [
        {
            "text": _(one.message) % one.values if one.values else _(one.message),
            "law": citation((one.article,)) if one.article else "",
            "count": one.count,
            "numbers": one.numbers,
            "more": one.count - len(one.numbers),
        }
        for one in reasons
    ]


def _chosen(found: BulkChange) -> list[tuple[str, str]]:
    """What the cases shall get, in words."""
    values, shown = found.values, []
    if values.get("unit"):
        name = Unit.objects.filter(code=values["unit"]).values_list("name", flat=True).first()
        shown.append((_("Station or unit"), name or values["unit"]))
        people = Person.objects.filter(pk=values.get("handler") or 0).values_list("display_name", flat=True)
        shown.append((_("Person"), people.first() or _("Nobody in particular")))
    for kind in (ClassKind.OBJECT, ClassKind.ISSUE, ClassKind.REPORT_ISSUE):
        if values.get(kind):
            nodes = ClassNode.objects.filter(tree__kind=kind, tree__is_active=True, code=values[kind])
            node = nodes.order_by("-tree__valid_from").first()
            shown.append((str(kind.label), node.label if node else values[kind]))
    if found.note:
        shown.append((_("Note"), found.note))
    return shown


@require_POST
def preview(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Take what was chosen and show what would become of each case; nothing is changed."""
    found, person = _change(request, ref), _person(request)
    if found.at is not None:
        return redirect("bulk-change", ref=ref)
    form = FORMS[found.kind](request.POST, person=person, change=found)
    if form.is_valid():
        note = form.cleaned_data.get("note", "")
        try:
            actions.preview(
                change=found, values=form.values(), note=note, by=person, at=moment_of(request).now
            )
        except Refused as refused:
            put_beside(form, refused)
        else:
            return redirect(f"{reverse('bulk-change', args=[ref])}#preview")
    return _draft(request, found, form)


@require_POST
def make(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Make the change as it was previewed."""
    found, person = _change(request, ref), _person(request)
    try:
        made = actions.make_change(
            change=found,
            by=person,
            at=moment_of(request).now,
            previewed_at=_moment(request.POST.get("seen", "")),
        )
    except Stale:
        messages.error(request, _("The preview has changed since you opened it. Look at it again."))
        return redirect("bulk-change", ref=ref)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values)
        return redirect("bulk-change", ref=ref)
    text = ngettext("%(count)s case has been changed.", "%(count)s cases have been changed.", made.changed)
    messages.success(
        request,
        text % {"count": made.changed},
        extra_tags=f"undo:{reverse('bulk-change-undo', args=[ref])}" if made.changed else "",
    )
    return redirect("bulk-change", ref=ref)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@require_POST
def undo(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Give the cases back what they had."""
    found, person = _change(request, ref), _person(request)
    try:
        undone = actions.undo(change=found, by=person, at=moment_of(request).now)
    except Refused as refused:
        messages.error(request, _(refused.message) % refused.values)
        return redirect("bulk-change", ref=ref)
    if undone.kept:
        text = _("Undone for %(count)s cases; %(kept)s had changed since and were left as they are.")
    else:
        text = _("Undone for %(count)s cases.")
    messages.success(request, text % {"count": undone.changed - undone.kept, "kept": undone.kept})
    return redirect("bulk-change", ref=ref)


def _made_facts(request: HttpRequest, found: BulkChange) -> dict[str, Any]:
    person, now = _person(request), moment_of(request).now
    fate = request.GET.get("show", "")
    fate = fate if fate in BulkItem.Fate.values else BulkItem.Fate.CHANGED.value
    address = reverse("bulk-change", args=[found.ref])
    cases = queries.cases_of(person, found, fate).select_related(
        "entity", "place", "issue_class", "object_class", "responsible_unit", "party"
    )
    page = keyset.page(cases, request.GET.dict())
    counts = {"changed": found.changed, "already": found.already, "refused": found.refused}
    return {
        "change": found,
        "verb": _(VERBS[BulkChange.Kind(found.kind)]),
        "chosen": _chosen(found),
        "list": work_list.saved(found.filters, person, now) if found.is_list else None,
        "fates": [(one.label, f"{address}?show={one}", counts[one], one == fate) for one in BulkItem.Fate],
        "moved_since": found.foreseen - found.changed,
        "reasons": _told(queries.reasons_of(person, found)),
        "kept": _told(queries.reasons_of(person, found, of_undo=True)) if found.kept else [],
        "columns": plain_heads(),
        "rows": rows_of(page.rows, now),
        "pager": page.pager(address, {"show": fate}, ""),
        "view_name": str(BulkItem.Fate(fate).label),
        "empty": {
            "title": _("No case here"),
            "text": _("None of them in your sight ended so."),
            "icon": "list-details",
        },
        "may_undo": found.undone_at is None
        and bool(found.changed)
        and can(person, queries.PERMISSIONS[BulkChange.Kind(found.kind)]),
    }


# The register


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """What has been changed at once, newest first."""
    page = keyset.page(queries.register(_person(request)), request.GET.dict(), field="at")
    facts = {
        "rows": [{"change": one, "verb": str(BulkChange.Kind(one.kind).label)} for one in page.rows],
        "pager": page.pager(reverse("bulk-changes"), {}, ""),
        "empty": {
            "title": _("No bulk change yet"),
            "text": _(
                "Tick cases on the work list with X: what can be done with all of them shows below it."
            ),
            "icon": "checklist",
            "url": reverse("cases"),
            "verb": _("Work list"),
        },
    }
    return render(request, "web/bulk/register.html", facts)
