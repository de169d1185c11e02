"""Topics: the list with what is being brought over all cases, and the bench where a rule is tried and saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from suqing.accounts.models import Person
from suqing.analytics.actions.topic_backfills import word_topic
from suqing.analytics.jobs import begin_backfills
from suqing.analytics.models import TopicBackfill
from suqing.analytics.topic_trial import SAMPLE, KeptSamples, tried
from suqing.cases.models import Case
from suqing.cases.queries import visible_cases
from suqing.cases.queries.sight import units_in_sight
from suqing.taxonomy.actions import TopicDraft
from suqing.taxonomy.models import Topic
from suqing.taxonomy.queries import topics_with_versions
from suqing.taxonomy.rule_told import sentence
from suqing.taxonomy.text.rules.faults import BadRule
from suqing.taxonomy.text.rules.tree import Rule
from suqing.taxonomy.text.told import Told
from suqing.taxonomy.text.topics import CODE, BadList, parse_rule, read_lists, rule_text
from suqing.web.context import moment_of

_SAMPLES = KeptSamples()


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the permission table lets nobody else in
    return request.user


@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic with its newest rule, and how far a backfill has come."""
    running = {
        row.version.topic_id: row
        for row in TopicBackfill.objects.filter(is_superseded=False, ended_at=None).select_related("version")
    }
    rows = [
        {
            "topic": topic,
            "version": versions[0] if versions else None,
            "rule": rule_text(versions[0].rule) if versions else "",
            "running": running.get(topic.pk),
            "depth": 1 if topic.parent_id else 0,
            "url": _bench_url(topic.code),
            "figures_url": f"{reverse('figures')}?{urlencode({'topic': topic.code})}",
        }
        for topic, versions in topics_with_versions()
    ]
    return render(request, "web/topics/topics.html", {"rows": rows, "is_running": bool(running)})


def _bench_url(code: str) -> str:
    return f"{reverse('topic-trial')}?{urlencode({'code': code})}"


class TopicForm(forms.Form):
    """A topic's words; of one that exists only the rule can be worded anew."""

    code = forms.RegexField(
        regex=f"^{CODE}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small Latin letters, digits and _, such as mask_price; it never changes."),
        error_messages={
            "invalid": gettext_lazy("A code is made of small Latin letters, digits and _: mask_price."),
            "required": gettext_lazy("Fill in this field."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the topic"),
        max_length=60,
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
    parent = forms.ChoiceField(label=gettext_lazy("Topic above"), required=False)
    rule = forms.CharField(
        label=gettext_lazy("Rule"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Word lists"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, such as: masks = mask, N95. The rule calls it @masks."),
    )

    def __init__(self, *args: Any, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic = topic
        self.lists: dict[str, list[str]] = {}
        choices = [("", _("none"))] + [
            (one.code, one.label) for one in Topic.objects.active().filter(parent=None) if one != topic
        ]
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ChoiceField)
        parent.choices = choices
        if topic is not None:
            for name in ("code", "name", "parent"):
                del self.fields[name]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Topic.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a topic of this code already."))
        return code

    def clean_words(self) -> str:
        text: str = self.cleaned_data["words"]
        self.lists = lists_of(text)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "rule" in cleaned and "words" in cleaned:
            try:
                parse_rule("rule", 0, self.stored(cleaned["rule"]))
            except BadRule as fault:
                self.add_error("rule", sentence(fault))
        return cleaned

    def stored(self, rule: str) -> dict[str, Any]:
        """The rule as a version keeps it."""
        return {"text": rule, "lists": self.lists} if self.lists else {"text": rule}


def lists_of(text: str) -> dict[str, list[str]]:
    try:
        return read_lists(text.splitlines())
    except BadList as fault:
        raise forms.ValidationError(
            _("Line %(number)d: write the name of the list, =, and its words.") % {"number": fault.number}
        ) from None


@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """The bench: a rule, and what it finds in the sample."""
    topic = _topic(request.GET.get("code", ""))
    initial = (
        {"rule": request.GET["rule"], "words": request.GET.get("words", "")}
        if "rule" in request.GET
        else _kept(topic)
    )
    form = TopicForm(topic=topic, initial={**initial, "parent": request.GET.get("parent", "")})
    return render(request, "web/topics/trial.html", _bench(request, form, topic, initial))


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the rule as a topic or its next version, and have it brought over all cases."""
    topic = _topic(request.POST.get("topic", ""))
    form = TopicForm(request.POST, topic=topic)
    if not form.is_valid():
        given = {name: request.POST.get(name, "") for name in ("rule", "words")}
        return render(request, "web/topics/trial.html", _bench(request, form, topic, given), status=422)
    given, by, at = form.cleaned_data, _person(request), moment_of(request).now
    code, name = (topic.code, topic.name) if topic else (given["code"], given["name"])
    parent = topic.parent.code if topic and topic.parent else given.get("parent") or None
    word_topic(TopicDraft(code, name, form.stored(given["rule"]), parent=parent), by=by, at=at)
    begin_backfills()
    messages.success(request, _("The rule is saved. New cases follow it; earlier ones are being looked at."))
    return redirect("topics")


def _topic(code: str) -> Topic | None:
    if not code:
        return None
    topic = Topic.objects.filter(code=code, is_active=True).select_related("parent").first()
    if topic is None:
        raise Http404
    return topic


def _kept(topic: Topic | None) -> dict[str, str]:
    """The newest wording of the topic as it was typed."""
    version = topic and topic.versions.order_by("-number").first()
    if not version:
        return {"rule": "", "words": ""}
    lists = version.rule.get("lists", {})
    words = "\n".join(f"{name} = {', '.join(listed)}" for name, listed in lists.items())
    return {"rule": rule_text(version.rule), "words": words}


def _bench(
    request: HttpRequest, form: TopicForm, topic: Topic | None, given: dict[str, Any]
) -> dict[str, Any]:
    return {
        "form": form,
        "topic": topic,
        "sample_size": SAMPLE,
        **found_by(request, given["rule"] or "", given["words"]),
    }


def found_by(request: HttpRequest, text: str, words: str) -> dict[str, Any]:
    """What the rule finds, or what is wrong with it and where."""
    if not text.strip():
        return {}
    try:
        rule = parse_rule("rule", 0, {"text": text, "lists": lists_of(words)}).rule
    except BadRule as fault:
        place = fault.at
        parts = (text[: place.start], text[place.start : place.end] or " ", text[place.end :])
        return {"fault": sentence(fault), "fault_parts": parts}
    except forms.ValidationError as fault:
        return {"fault": fault.messages[0]}
    assert rule is not None  # a text is never without one
    return _facts(request, rule)


def _facts(request: HttpRequest, rule: Rule) -> dict[str, Any]:
    person = _person(request)
    total, sampled = _SAMPLES.get(units_in_sight(person), visible_cases(person))
    found = tried(rule, total, sampled)
    low, high = found.bounds
    numbers = _numbers((*found.hits, *found.near_misses))
    most = max((count / of for _month, count, of in found.months if of), default=0) or 1
    return {
        "found": found,
        "share": round(100 * found.matched / found.sampled, 1) if found.sampled else 0,
        "low": low,
        "high": high,
        "is_whole": found.sampled == found.cases,
        "months": [
            {"month": month, "count": count, "of": of, "bar": round(100 * count / of / most) if of else 0}
            for month, count, of in found.months
        ],
        "shown": [
            (_("Some that it finds"), _lines(found.hits, numbers)),
            (_("Some that it just misses"), _lines(found.near_misses, numbers)),
        ],
    }


def _numbers(told: Sequence[Told]) -> dict[int, str]:
    return dict(Case.objects.filter(pk__in=[one.case for one in told]).values_list("pk", "number"))


def _lines(told: Sequence[Told], numbers: dict[int, str]) -> list[dict[str, Any]]:
    return [{"number": numbers[one.case], "parts": one.parts()} for one in told if one.case in numbers]
