"""A form that words a rule of the rule language: for a topic, for the radar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.taxonomy.queries import check_names
from suqing.taxonomy.rule_told import sentence
from suqing.taxonomy.text.rules.faults import BadRule
from suqing.taxonomy.text.rules.tree import Rule
from suqing.taxonomy.text.topics import CODE, BadList, parse_rule, read_lists


class RuledForm(forms.Form):
    """Code, name, rule and word lists; ``lists`` are these as they were read.  Who needs none of a field deletes it."""

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
        max_length=60,
        error_messages={"required": gettext_lazy("Fill in this field.")},
    )
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists: dict[str, list[str]] = {}

    def clean_words(self) -> str:
        text: str = self.cleaned_data["words"]
        self.lists = lists_of(text)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "rule" in cleaned and "words" in cleaned:
            try:
                read_checked(cleaned["rule"], self.lists)
            except BadRule as fault:
                self.add_error("rule", sentence(fault))
        return cleaned

    def stored(self, rule: str) -> dict[str, Any]:
        """The rule as a version keeps it."""
        return {"text": rule, "lists": self.lists} if self.lists else {"text": rule}


def lists_of(text: str) -> dict[str, list[str]]:
    """Word lists as they are typed.  Raise ValidationError, which names the line."""
    try:
        return read_lists(text.splitlines())
    except BadList as fault:
        raise forms.ValidationError(
            _("Line %(number)d: write the name of the list, =, and its words.") % {"number": fault.number}
        ) from None


def read_checked(text: str, lists: dict[str, list[str]]) -> Rule:
    """A rule with the names in it checked.  Raise BadRule."""
    rule = parse_rule("rule", 0, {"text": text, "lists": lists}).rule
    assert rule is not None  # a text is never without one
    check_names(rule)
    return rule
