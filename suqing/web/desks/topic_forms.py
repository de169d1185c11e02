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
from suqing.taxonomy.text.topics import rule_text
from suqing.web.desks.rule_forms import RuledForm


class TopicForm(RuledForm):
    """A topic's words; of one that exists only the rule can be worded anew."""

    parent = forms.ChoiceField(label=gettext_lazy("Topic above"), required=False)
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
        self.fields["name"].label = _("Name of the topic")
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
