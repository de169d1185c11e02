"""What the next version of an entry standard asks of the cases of a topic alone: rows of topic, fact and level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.cases.entry_standard import KNOWN, Level, Standard
from suqing.cases.vocabulary import Kind
from suqing.taxonomy.models import Topic

N_ = str
LEVELS = {Level.MUST: N_("Must be given"), Level.SHOULD: N_("Should be given")}
EMPTY, MOST = 4, 60  # rows offered beside those there are, and at most


class DemandForm(forms.Form):
    """One row: a topic, a fact, how strictly it is asked for; all three or none."""

    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    fact = forms.ChoiceField(label=gettext_lazy("Fact"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)

    def __init__(self, *args: Any, kind: Kind, topics: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", "—")]
        _choose(self, "topic", [*none, *topics.items()])
        _choose(self, "fact", [*none, *((fact.code, _(fact.label)) for fact in KNOWN[kind])])
        _choose(self, "level", [*none, *((str(one), _(LEVELS[one])) for one in reversed(Level))])

    def clean(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name, "") for name in ("topic", "fact", "level")}
        if any(given.values()) and not self.errors:
            for name, value in given.items():
                if not value:
                    self.add_error(name, _("Fill in this field."))
        return given


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


if TYPE_CHECKING:
    _Rows = forms.BaseFormSet[DemandForm]
else:
    _Rows = forms.BaseFormSet


class _Demands(_Rows):
    """All rows: no topic asks for a fact twice."""

    def clean(self) -> None:
        seen: set[tuple[str, str]] = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", {})
            pair = (row.get("topic", ""), row.get("fact", ""))
            if all(pair):
                if pair in seen:
                    form.add_error("fact", _("This fact is asked for twice."))
                seen.add(pair)

    def levels(self) -> dict[str, dict[str, str]]:
        """What was chosen, by topic and fact."""
        found: dict[str, dict[str, str]] = {}
        for form in self.forms:
            row = form.cleaned_data
            if row.get("topic"):
                found.setdefault(row["topic"], {})[row["fact"]] = row["level"]
        return found


def demands_form(data: Any, kind: Kind, newest: Standard, *, more: bool = False) -> Any:
    """The rows of the version in force for topics in use, and empty ones; with ``more`` as posted and as many again."""
    topics = {topic.code: topic.label for topic in Topic.objects.active().order_by("order", "code")}
    rows = [
        {"topic": code, "fact": fact.code, "level": str(Level.MUST if fact.must else Level.SHOULD)}
        for code, facts in newest.topics.items()
        if code in topics
        for fact in facts
    ]
    made = forms.formset_factory(
        DemandForm, formset=_Demands, extra=EMPTY, max_num=MOST, absolute_max=MOST, validate_max=True
    )
    if more:
        data = data.copy()
        total = data.get("topics-TOTAL_FORMS", "")
        data["topics-TOTAL_FORMS"] = str(
            min(MOST, (int(total) if total.isdecimal() and len(total) < 4 else 0) + EMPTY)
        )
    return made(data, initial=rows, prefix="topics", form_kwargs={"kind": kind, "topics": topics})
