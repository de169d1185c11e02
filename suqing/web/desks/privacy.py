"""Looks at personal data, each with its reason; erasing a person for good."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from suqing.accounts.actions import ReasonMissing, look_at_personal
from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import NotPermitted, can_in
from suqing.cases.actions.parties import erase
from suqing.cases.models import Case
from suqing.cases.queries import same_person
from suqing.cases.queries.people import person_beside
from suqing.ledger.queries import setting
from suqing.web.context import moment_of
from suqing.web.desks.case_desk import case_or_404, note_shown, page_facts, personal_facts
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels.people import card_of, may_see, role_of


@require_POST
def unmask(request: HttpRequest, number: str) -> HttpResponse:
    """Show the person and the words of a case in plain; the look is logged with its reason first."""
    case = case_or_404(request, number)
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    if not (
        can_in(person, P.PERSONAL_SEE, case.responsible_unit)
        or can_in(person, P.PERSONAL_UNMASK, case.responsible_unit)
    ):
        raise NotPermitted(P.PERSONAL_UNMASK)
    try:
        look_at_personal(
            by=person,
            subject=case.party or case,
            reason=request.POST.get("reason", ""),
            at=moment_of(request).now,
        )
    except ReasonMissing:
        return _asked_again(request, case, person)
    if request.htmx:  # type: ignore[attr-defined]
        facts = personal_facts(request, case, Sight.on(person, case, unmasked=True))
        return render(request, "web/cases/_unmasked.html", {"case": case, **facts})
    return render(request, "web/cases/case.html", page_facts(request, case, unmasked=True))


def _asked_again(request: HttpRequest, case: Case, person: Person) -> HttpResponse:
    shortest = setting("accounts.look_reason_min")
    error = _("Give a reason of at least %(count)d characters.") % {"count": shortest}
    facts = personal_facts(request, case, Sight.on(person, case), error=error)
    facts["person"]["reason"] = request.POST.get("reason", "")
    if request.htmx:  # type: ignore[attr-defined]
        note_shown(request, case)
        return render(request, "web/_components/person_card.html", facts, status=422)
    return render(request, "web/cases/case.html", page_facts(request, case) | facts, status=422)


@require_http_methods(["GET", "POST"])
def unmask_beside(request: HttpRequest, number: str, party: int) -> HttpResponse:
    """Show an agent or a joint complainant: masked, or in plain once the look is logged with its reason."""
    case = case_or_404(request, number)
    person = request.user
    assert isinstance(person, Person)  # the permission table lets nobody else in
    known = person_beside(case, party)
    if known is None or known.erased_at is not None:
        raise Http404
    if not may_see(person, case):
        raise NotPermitted(P.PERSONAL_UNMASK)
    role, status = role_of(case, known), 200
    card = card_of(person, case, known, role)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            look_at_personal(by=person, subject=known, reason=reason, at=moment_of(request).now)
            card = card_of(person, case, known, role, plain=True)
        except ReasonMissing:
            shortest = setting("accounts.look_reason_min")
            error = _("Give a reason of at least %(count)d characters.") % {"count": shortest}
            card, status = card | {"error": error, "reason": reason}, 422
    template = "web/_components/person_card.html" if request.htmx else "web/cases/person_beside.html"  # type: ignore[attr-defined]
    return render(request, template, {"case": case, "person": card}, status=status)


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        min_length=4,
        help_text=gettext_lazy("It stays in the log for good: do not name the person."),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
    understood = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone"),
        error_messages={"required": gettext_lazy("Tick this to go on.")},
    )


@require_http_methods(["GET", "POST"])
def erase_person(request: HttpRequest, number: str) -> HttpResponse:
    """Say what goes and what stays; erase after a reason."""
    case = case_or_404(request, number)
    party = case.party
    if party is None or party.erased_at is not None:
        raise Http404
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = request.user
        assert isinstance(person, Person)
        erase(party=party, reason=form.cleaned_data["reason"], by=person, at=moment_of(request).now)
        messages.success(request, _("The person's data have been erased."))
        return redirect("case", number=case.number)
    facts = {
        "case": case,
        "party": party,
        "form": form,
        "count": Case.objects.filter(submission__party=party).count(),
        "others": len(same_person(party)) - 1,
    }
    return render(request, "web/cases/erase.html", facts, status=422 if form.errors else 200)
