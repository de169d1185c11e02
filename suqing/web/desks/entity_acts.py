"""What is done to the files of operators: correct, merge, tell apart, split, relate, and take back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suqing.cases.actions import entities as actions
from suqing.cases.actions import entity_merging
from suqing.cases.actions.entity_relations import end_relation, relate
from suqing.cases.actions.moving import Refused
from suqing.cases.models import EntityMerge, EntityRelation, MarketEntity
from suqing.cases.queries import entities as queries
from suqing.cases.queries import same_entities
from suqing.web.context import moment_of
from suqing.web.desks.case_rows import rows_of
from suqing.web.desks.entities import LISTED, entity_or_404, person_of
from suqing.web.desks.entity_words import KINDS, likeness_word, reasons, suggestion_facts
from suqing.web.desks.typed import typed

CHOICES_SHOWN = 200  # cases that a split offers; more are split again
FOUND = 20


IS_PERSON = gettext_lazy("A natural person without registration")
WHAT_IS_A_PERSON = gettext_lazy(
    "Somebody who sells without a social credit code. Name and address are masked like a consumer’s; companies and"
    " individual businesses are in the public register and are not."
)


class CorrectForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the operator"), max_length=actions.LONGEST_NAME)
    is_person = forms.BooleanField(label=IS_PERSON, help_text=WHAT_IS_A_PERSON, required=False)
    is_former = forms.BooleanField(
        label=gettext_lazy("The old name was right once: keep it as a former name"), required=False
    )
    code = forms.CharField(label=gettext_lazy("Social credit code"), max_length=40, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=actions.LONGEST_ADDRESS, required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class SplitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the other operator"), max_length=actions.LONGEST_NAME)
    is_person = forms.BooleanField(label=IS_PERSON, required=False)
    code = forms.CharField(label=gettext_lazy("Social credit code"), max_length=40, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=actions.LONGEST_ADDRESS, required=False
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=entity_merging.LONGEST_NOTE, required=False)


def _when(request: HttpRequest) -> dict[str, Any]:
    at: datetime = moment_of(request).now
    return {"by": person_of(request), "at": at}


def _words(refused: Refused) -> str:
    return _(refused.message) % refused.values if refused.values else _(refused.message)


def _beside(form: forms.Form, refused: Refused) -> None:
    """Say what is refused beside its field."""
    field = {"uscc": "code"}.get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, _words(refused))


def _begun(form: forms.Form) -> forms.Form:
    for field in form.fields.values():
        field.error_messages["required"] = _("Fill in this field.")
    next(iter(form.fields.values())).widget.attrs["autofocus"] = True
    return form


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what is known of an operator."""
    entity = entity_or_404(request, pk)
    form = _begun(_correct_form(request, entity))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        seen = given.pop("seen")
        if entity.is_person:  # what is hidden and was not typed anew stays
            given |= {name: given[name] or None for name in ("name", "address")}
        try:
            actions.correct(entity=entity, to=actions.Correction(**given), seen=seen, **_when(request))
        except Refused as refused:
            _beside(form, refused)
        else:
            messages.success(request, _("The file has been corrected."))
            return redirect("entity", pk=entity.pk)
    status = 422 if form.errors else 200
    return render(request, "web/entities/correct.html", {"form": form, "entity": entity}, status=status)


def _correct_form(request: HttpRequest, entity: MarketEntity) -> CorrectForm:
    """What is known stands in the fields; of a natural person nothing does, and what is left empty stays as it is."""
    start = {"seen": entity.name, "is_former": True, "is_person": entity.is_person, "code": entity.uscc}
    if not entity.is_person:
        start |= {"name": entity.name, "address": entity.address}
        return CorrectForm(request.POST or None, initial=start)
    form = CorrectForm(request.POST or None, initial=start)
    form.fields["name"].required = False
    del form.fields["is_former"]
    for name in ("name", "address"):
        form.fields[name].help_text = _("Masked. Leave the field empty to keep what is known.")
    return form


@require_GET
def others(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose another operator: to merge with it, or to say that one sells inside the other."""
    entity, words = entity_or_404(request, pk), request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = [one for one in queries.search_entities(words, limit=FOUND) if one.pk != entity.pk]
    facts = {
        "entity": entity,
        "words": words,
        "found": found,
        "suggestions": [suggestion_facts(one, entity) for one in same_entities.suggestions(entity)],
        "is_relation": request.GET.get("for") == "relation",
    }
    return render(request, "web/entities/others.html", facts)


@require_GET
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two operators side by side, before they are merged, related or told apart."""
    entity, beside = entity_or_404(request, pk), entity_or_404(request, other)
    if entity.pk == beside.pk:
        messages.info(request, _("Both are one operator already."))
        return redirect("entity", pk=entity.pk)
    likeness = same_entities.compared(entity, beside)
    person, now = person_of(request), moment_of(request).now
    sides = []
    for one, another in ((entity, beside), (beside, entity)):
        cases = queries.cases_of(person, one)
        sides.append({
            "entity": one,
            "other": another,
            "names": queries.names_of(one),
            "rows": rows_of(list(cases.select_related(*LISTED).newest_first()[:5]), now),
            "all_url": f"{reverse('cases')}?view=all&entity={one.pk}",
        })  # fmt: skip
    facts = {
        "entity": entity,
        "other": beside,
        "sides": sides,
        "word": likeness_word(likeness),
        "reasons": reasons(likeness),
        "is_never": likeness.is_never,
        "is_mixed": entity.is_person != beside.is_person,
        "kinds": [(code, _(name)) for code, name in KINDS.items()],
    }
    return render(request, "web/entities/compare.html", facts)


@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the cases that are another operator's."""
    entity = entity_or_404(request, pk)
    form = _begun(SplitForm(request.POST or None))
    chosen = {int(key) for key in request.POST.getlist("cases") if key.isdecimal() and len(key) < 19}
    if request.method == "POST" and form.is_valid():
        try:
            given = dict(form.cleaned_data)
            note, to = given.pop("note"), entity_merging.NewOperator(**given)
            done = entity_merging.split(
                entity=entity, cases=sorted(chosen), to=to, note=note, **_when(request)
            )
        except Refused as refused:
            _beside(form, refused)
        else:
            _say_moved(request, done, _("%(name)s has a file of its own."), done.absorbed)
            return redirect("entity", pk=done.absorbed.pk)
    cases = (
        queries.cases_of(person_of(request), entity).select_related(*LISTED).newest_first()[:CHOICES_SHOWN]
    )
    listed = list(cases)
    rows = rows_of(listed, moment_of(request).now)
    facts = {
        "form": form,
        "entity": entity,
        "rows": [(case.pk, row, case.pk in chosen) for case, row in zip(listed, rows, strict=True)],
        "most": CHOICES_SHOWN,
    }
    return render(request, "web/entities/split.html", facts, status=422 if form.errors else 200)


def _say_moved(request: HttpRequest, done: EntityMerge, sentence: str, named: MarketEntity) -> None:
    count = len(done.case_ids)
    moved = ngettext("%(count)d case moved.", "%(count)d cases moved.", count) % {"count": count}
    url = f"{reverse('entity-act', args=[done.survivor_id, 'undo'])}?merge={done.pk}"
    messages.success(request, f"{sentence % {'name': named.name}} {moved}", extra_tags=f"undo:{url}")


# One press


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do something to a file; what is refused is said on the page of the file."""
    doing = ACTS.get(act)
    if doing is None:
        raise Http404
    # What is undone may have been done to an operator that is merged by now: its key is taken as it is.
    found = _as_it_was(pk) if act == "undo" else entity_or_404(request, pk)
    try:
        return doing(request, found)
    except Refused as refused:
        messages.error(request, _words(refused))
        return redirect("entity", pk=found.pk)


def _as_it_was(pk: int) -> MarketEntity:
    found = MarketEntity.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _given(request: HttpRequest, name: str) -> int:
    """A key from the form or the address of an undo."""
    text = request.POST.get(name, "") or request.GET.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _merge(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    other = entity_or_404(request, _given(request, "other"))
    note = typed(request, "note")
    done = entity_merging.merge(survivor=found, absorbed=other, note=note, **_when(request))
    _say_moved(request, done, _("%(name)s is in this file now."), other)
    return redirect("entity", pk=found.pk)


def _undo(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    done = EntityMerge.objects.filter(pk=_given(request, "merge"), survivor=found).first()
    if done is None:
        raise Http404
    undone = entity_merging.undo(merge=done, **_when(request))
    text = ngettext(
        "Undone: %(count)d case went back.", "Undone: %(count)d cases went back.", undone.moved
    ) % {"count": undone.moved}
    if undone.stayed:
        text += " " + ngettext(
            "%(count)d case has another operator since and stayed.",
            "%(count)d cases have another operator since and stayed.",
            undone.stayed,
        ) % {"count": undone.stayed}
    messages.success(request, text)
    return redirect("entity", pk=found.pk)


def _apart(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    other = entity_or_404(request, _given(request, "other"))
    entity_merging.say_distinct(one=found, other=other, **_when(request))
    url = f"{reverse('entity-act', args=[found.pk, 'together'])}?other={other.pk}"
    text = _("%(name)s will not be suggested again.") % {"name": other.name}
    messages.success(request, text, extra_tags=f"undo:{url}")
    return redirect("entity", pk=found.pk)


def _together(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    other = entity_or_404(request, _given(request, "other"))
    entity_merging.take_back_distinction(one=found, other=other, **_when(request))
    messages.success(request, _("%(name)s may be suggested again.") % {"name": other.name})
    return redirect("entity", pk=found.pk)


def _name(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    actions.add_name(entity=found, name=typed(request, "name"), **_when(request))
    messages.success(request, _("The operator is found by this name too now."))
    return redirect("entity", pk=found.pk)


def _relate(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    """``found`` sells inside the other; the page asks it of the seller."""
    other = entity_or_404(request, _given(request, "other"))
    made = relate(seller=found, platform=other, kind=typed(request, "kind"), **_when(request))
    url = f"{reverse('entity-act', args=[found.pk, 'unrelate'])}?relation={made.pk}"
    text = _("%(seller)s sells inside %(platform)s.") % {"seller": found.name, "platform": other.name}
    messages.success(request, text, extra_tags=f"undo:{url}")
    return redirect("entity", pk=found.pk)


def _unrelate(request: HttpRequest, found: MarketEntity) -> HttpResponse:
    rows = EntityRelation.objects.filter(pk=_given(request, "relation"))
    relation = rows.filter(seller=found).first() or rows.filter(platform=found).first()
    if relation is None:
        raise Http404
    end_relation(relation=relation, **_when(request))
    messages.success(request, _("The relation has ended; it stays in the history."))
    return redirect("entity", pk=found.pk)


ACTS: dict[str, Callable[[HttpRequest, MarketEntity], HttpResponse]] = {
    "merge": _merge,
    "undo": _undo,
    "apart": _apart,
    "together": _together,
    "name": _name,
    "relate": _relate,
    "unrelate": _unrelate,
}
