"""What is said to somebody who comes too late: that nothing was changed, on what ground, and what had been typed."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from suqing.cases import workflow
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case
from suqing.cases.vocabulary import LABELS, Kind, State
from suqing.lawclock.queries import citation
from suqing.web.desks.steps.forms import StepDesk, StepForm
from suqing.web.wording import day_text


def refusal_words(refused: Refused, *, today: date) -> str:
    """The words of a refusal in the reader's language, its days as days are told everywhere."""
    told = {
        name: day_text(value, today) if isinstance(value, date) else value
        for name, value in refused.values.items()
    }
    return _(refused.message) % told if told else _(refused.message)


def with_ground(text: str, articles: tuple[str, ...]) -> str:
    """A refusal with the articles it rests on."""
    if not articles:
        return text
    return _("%(message)s Ground: %(article)s.") % {"message": text, "article": citation(articles)}


def not_possible(case: Case, desk: StepDesk) -> str:
    """That a case in this state does not know the step, with the article the step rests on elsewhere."""
    words = _("“%(verb)s” is not possible for a case that is “%(state)s”. Nothing was changed.") % {
        "verb": _(desk.verb),
        "state": _(LABELS[State(case.state)]),
    }
    known = (row for row in workflow.TABLES[Kind(case.kind)].values() if row.step == desk.code)
    articles = dict.fromkeys(row.articles.get(case.regime, "") for row in known)
    return with_ground(words, tuple(filter(None, articles)))


def typed_into(form: StepForm | None) -> list[tuple[str, str]]:
    """What was typed and chosen in a form that cannot be sent any more, by label: it can be copied."""
    if form is None:
        return []
    found = []
    for bound in form.visible_fields():
        text = as_read(bound.field, bound.data)
        if text.strip() and text != as_read(bound.field, bound.initial):
            found.append((str(bound.label), text))
    return found


def as_read(field: forms.Field, value: object) -> str:
    """A value as the person read it: of a choice its words, of a tick nothing, for it is quickly made again."""
    if value is None or isinstance(field, forms.BooleanField):
        return ""
    if not isinstance(field, forms.ChoiceField):
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one != ""}
    # A choice tells its article in small print below its words.
    told = (str(words).replace("<small", "\n<small") for code, words in _flat(field) if code in chosen)
    return "\n".join(map(strip_tags, told))


def _flat(field: forms.ChoiceField) -> list[tuple[str, object]]:
    """The choices without their groups."""
    found: list[tuple[str, object]] = []
    for code, words in field.choices:  # type: ignore[misc, union-attr]
        inner = words if isinstance(words, list | tuple) else [(code, words)]
        found += [(str(key), text) for key, text in inner]
    return found
