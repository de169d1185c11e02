"""Which document the law wants after a step, for the message that the step was taken."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.cases.forms import FORMS
from suqing.cases.models import Case
from suqing.cases.queries import documents


def offer_after(person: Person, number: str, step: str) -> SafeString | str:
    """A link to the form that tells of the step just taken, "" if there is none for this person to issue."""
    if not any(step in form.steps for form in FORMS.values()):
        return ""
    try:
        case = documents.visible_case(person, number)
    except Case.DoesNotExist:
        return ""
    fitting = [form for form in documents.offered(person, case) if step in form.steps]
    if not fitting:
        return ""
    text = _("Issue the document: %(form)s") % {"form": _(fitting[0].name)}
    return format_html('<a href="{}">{}</a>', reverse("document-new", args=[number, fitting[0].code]), text)
