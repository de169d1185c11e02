"""The documents of a case, and the forms that can be issued now."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission as P
from suqing.accounts.queries import can_in
from suqing.cases.forms import FORMS, form_set
from suqing.cases.models import Case
from suqing.cases.queries import documents
from suqing.cases.vocabulary import Kind
from suqing.web.desks.case_facts import Sight
from suqing.web.desks.panels.panel import Panel


def documents_panel(reader: Person, case: Case, sight: Sight, _now: datetime) -> Panel | None:
    """One query, none for consultations and for cases before any form was in force."""
    if case.kind == Kind.CONSULTATION or form_set(case.regime) is None:
        return None
    rows = documents.documents_of(case)
    offered = documents.offered(reader, case)
    if not rows and not offered:
        return None
    may_read = sight.plain or can_in(reader, P.PERSONAL_UNMASK, case.responsible_unit)
    facts = {
        "rows": [
            {
                "row": row,
                "title": _(FORMS[row.form].name),
                "file": reverse("document-file", args=[case.number, row.pk]) if may_read else "",
                "here": sight.plain,
                "void": _void_url(reader, case, row.pk, row.form) if row.voided_at is None else "",
            }
            for row in rows
        ],
        "offered": [
            (_(form.name), reverse("document-new", args=[case.number, form.code])) for form in offered
        ],
    }
    return Panel("web/cases/panels/_documents.html", facts)


def _void_url(reader: Person, case: Case, pk: int, form: str) -> str:
    if case.archived_at is not None or not documents.may_issue(reader, case, FORMS[form]):
        return ""
    return reverse("document-void", args=[case.number, pk])
