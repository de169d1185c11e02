"""Saved views of the work list: kept under a name, shared with a role, renamed, deleted; and how the list is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.models import Appointment, Person, Unit
from suqing.accounts.roles import ROLES
from suqing.inbox.actions import (
    LONGEST_NAME,
    BadView,
    NotYourView,
    delete_view,
    draw_list,
    open_with,
    rename_view,
    restore_view,
    save_view,
)
from suqing.inbox.models import ListLook, SavedView
from suqing.inbox.queries import look_of, may_change_view, sharing_units, views_of
from suqing.taxonomy.text.redact import redact
from suqing.web.context import moment_of
from suqing.web.desks.work_list_filters import TEXTS, asked_of, list_url
from suqing.web.desks.work_list_look import DENSITIES, LIST, LOOK, SORTS, chosen_columns
from suqing.web.desks.work_list_views import FIRST, known_view

N_ = str
# One case, one import: nothing to come back to, and a case names somebody.
NOT_KEPT = ("same_person", "run")
NAMES_SOMEBODY = N_("The words of this list name somebody; a view cannot keep them.")


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


def address_of(view: SavedView) -> str:
    """The address of the list that a view keeps; it says everything itself."""
    return list_url(
        {name: str(view.query.get(name, "")) for name in (*TEXTS, *LOOK)}, view.query.get("view", FIRST)
    )


def entries(person: Person, look: ListLook | None, current: str = "") -> list[dict[str, Any]]:
    """The saved views of this person for the menu and the page; one query."""
    first = look.first_view_id if look else None
    return [
        {
            "view": view,
            "url": address_of(view),
            "is_current": address_of(view) == current,
            "is_first": view.pk == first,
            "shared": _shared_words(view, person),
            "may_change": may_change_view(person, view),
        }
        for view in views_of(person, LIST)
    ]


def _shared_words(view: SavedView, person: Person) -> str:
    if view.unit is None:
        return ""
    role = ROLES[view.role].label if view.role in ROLES else view.role
    words = _("%(role)s, %(unit)s") % {"role": role, "unit": view.unit.name}
    return words if view.owner_id == person.pk else f"{words} · {view.owner.display_name}"


def shares_of(person: Person) -> list[tuple[str, str]]:
    """With whom this person may share a view: the roles that people hold in the units they direct."""
    found = []
    for unit in sharing_units(person):
        # Appointments run by the real clock, in a rehearsal too.
        held = Appointment.objects.in_force(timezone.now()).filter(unit__path__startswith=unit.path)
        codes = set(held.values_list("role", flat=True))
        found += [
            (f"{unit.pk}:{code}", f"{ROLES[code].label}, {unit.name}") for code in ROLES if code in codes
        ]
    return found


class ViewForm(forms.Form):
    """A list on its way to become a view."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=LONGEST_NAME)
    share = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    address = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, *given: Any, shares: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["share"].choices = [("", _("only for me")), *shares]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The views a person has; a list is kept as a new one."""
    person, now = _person(request), moment_of(request).now
    shares = shares_of(person)
    if request.method == "POST":
        form = ViewForm(request.POST, shares=shares)
        view = _saved(person, form, now) if form.is_valid() else None
        if view is not None:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(address_of(view))
    else:
        form = ViewForm(initial={"address": request.GET.urlencode()}, shares=shares)
    facts = {
        "entries": entries(person, look_of(person, LIST)),
        "form": form,
        "shares": shares,
        "is_saving": form.is_bound or bool(request.GET),
        "empty": {
            "title": _("No view is saved yet"),
            "text": _("Filter and sort the work list, then save it under a name; V opens the menu there."),
            "icon": "device-floppy",
            "url": reverse("cases"),
            "verb": _("To the work list"),
        },
    }
    return render(request, "web/saved_views/saved_views.html", facts, status=422 if form.errors else 200)


def _saved(person: Person, form: ViewForm, now: datetime) -> SavedView | None:
    """Let the action decide; put what it objects to beside the field."""
    given = form.cleaned_data
    unit_key, _colon, role = given["share"].partition(":")
    try:
        return save_view(
            name=given["name"],
            list_code=LIST,
            query=_query_of(given["address"]),
            unit=Unit.objects.get(pk=int(unit_key)) if unit_key else None,
            role=role,
            by=person,
            at=now,
        )
    except BadView as bad:
        form.add_error(bad.field, _(str(bad)))
        return None


def _query_of(address: str) -> dict[str, str]:
    """What is kept of a list's address.  Raise BadView where it would keep who somebody is."""
    asked = QueryDict(address[:4000])
    kept = {name: value for name, value in asked_of(asked).items() if value and name not in NOT_KEPT}
    words = kept.get("q", "")
    if words and redact(words).text != words:
        raise BadView(NAMES_SOMEBODY)
    return kept | {"view": known_view(asked.get("view", FIRST))}


@require_POST
def change(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Rename, delete or restore a view, or let the work list open with it."""
    person, now = _person(request), moment_of(request).now
    if act not in ACTS:
        raise Http404
    mine = views_of(person, LIST).values("pk")
    view = SavedView.objects.filter(list_code=LIST, pk=pk).select_related("owner", "unit").first()
    if view is None or not (may_change_view(person, view) or view.pk in {row["pk"] for row in mine}):
        raise Http404
    try:
        ACTS[act](request, view, person, now)
    except NotYourView:
        raise Http404 from None
    except BadView as bad:
        messages.error(request, _(str(bad)))
    return redirect("saved-views")


def _rename(request: HttpRequest, view: SavedView, by: Person, at: datetime) -> None:
    rename_view(view=view, name=request.POST.get("name", ""), by=by, at=at)
    messages.success(request, _("The view has a new name."))


def _delete(request: HttpRequest, view: SavedView, by: Person, at: datetime) -> None:
    delete_view(view=view, by=by, at=at)
    undo = reverse("saved-view-act", args=[view.pk, "restore"])
    messages.success(
        request, _("The view “%(name)s” is deleted.") % {"name": view.name}, extra_tags=f"undo:{undo}"
    )


def _restore(_request: HttpRequest, view: SavedView, by: Person, at: datetime) -> None:
    restore_view(view=view, by=by, at=at)


def _first(request: HttpRequest, view: SavedView, by: Person, at: datetime) -> None:
    open_with(view=view, list_code=LIST, by=by, at=at)
    messages.success(request, _("The work list opens with “%(name)s”.") % {"name": view.name})


def _not_first(request: HttpRequest, _view: SavedView, by: Person, at: datetime) -> None:
    open_with(view=None, list_code=LIST, by=by, at=at)
    messages.success(request, _("The work list opens as it ships."))


ACTS = {
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "first": _first,
    "not-first": _not_first,
}


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Keep how this person wants the work list drawn, and go back to it."""
    given = request.POST
    sort, density = given.get("sort", ""), given.get("density", "")
    draw_list(
        list_code=LIST,
        columns=[] if "reset" in given else chosen_columns(given.getlist("column")),
        sort=sort if sort in SORTS and "reset" not in given else "",
        density=density if density in DENSITIES and "reset" not in given else "",
        by=_person(request),
    )
    back = QueryDict(given.get("address", "")[:4000])
    asked = asked_of(back)
    return redirect(list_url(asked | dict.fromkeys(LOOK, ""), known_view(back.get("view", FIRST))))
