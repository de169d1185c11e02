"""The form of a topic: its words, its rule, who answers for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import holders
from suqing.accounts.roles import roles_with
from suqing.taxonomy.models import Topic
from suqing.taxonomy.queries import check_names
from suqing.taxonomy.rule_told import sentence
from suqing.taxonomy.text.rules.faults import BadRule
from suqing.taxonomy.text.rules.tree import Rule
from suqing.taxonomy.text.topics import CODE, BadList, parse_rule, read_lists, rule_text


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

    description = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner = forms.ChoiceField(label=gettext_lazy("Who answers for it"), required=False)

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
            self.initial.setdefault("description", topic.description)
            self.initial.setdefault("owner", topic.owner_id or "")
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", _("nobody named"))] + [(one.pk, str(one)) for one in self._owners().values()]

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
                read_checked(cleaned["rule"], self.lists)
            except BadRule as fault:
                self.add_error("rule", sentence(fault))
        return cleaned

    def stored(self, rule: str) -> dict[str, Any]:
        """The rule as a version keeps it."""
        return {"text": rule, "lists": self.lists} if self.lists else {"text": rule}

    def is_as_worded(self, stored: dict[str, Any]) -> bool:
        """Whether the topic's newest version says just this."""
        newest = self.topic and self.topic.versions.order_by("-number").first()
        if not newest:
            return False
        if "text" in newest.rule:
            return bool(newest.rule == stored)
        return stored == {"text": rule_text(newest.rule)}

    def owner_chosen(self) -> Person | None:
        """Who answers for the topic."""
        chosen = self.cleaned_data["owner"]
        return self._owners()[int(chosen)] if chosen else None

    def _owners(self) -> dict[int, Person]:
        """Who may word topics, and who answers for this one by now."""
        roles = set(roles_with(Permission.TOPIC_MANAGE))
        found = {
            row.person.pk: row.person for role, rows in holders().items() if role in roles for row in rows
        }
        if self.topic and self.topic.owner:
            found.setdefault(self.topic.owner.pk, self.topic.owner)
        return found


def lists_of(text: str) -> dict[str, list[str]]:
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
