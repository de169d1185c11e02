"""Documents of a case: which there are, which can be issued now, what fills them, and the paper again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from suqing.accounts.models import Person, Unit
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import can_in
from suqing.cases import forms
from suqing.cases.forms import Audience, Block, Content, Form, SetCode
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseDocument, Dispatch
from suqing.cases.queries.document_facts import is_anonymous
from suqing.cases.queries.sight import visible_cases
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.queries import decrypt_for, is_rehearsal

_OURS = {Unit.Kind.BUREAU: "我局", Unit.Kind.CENTRE: "我中心"}


def documents_of(case: Case) -> list[CaseDocument]:
    """The documents of a case, newest first; one query."""
    rows = CaseDocument.objects.filter(case=case).defer("content_cipher")
    return list(rows.select_related("issued_by", "voided_by").order_by("-issued_at", "-id"))


def document_for(case: Case, pk: int) -> CaseDocument:
    """One document of this case.  Raise CaseDocument.DoesNotExist for another one's."""
    rows = CaseDocument.objects.filter(case=case)
    return rows.select_related("unit", "issued_by", "voided_by").get(pk=pk)


# What can be issued now


def offered(person: Person, case: Case) -> list[Form]:
    """The forms this person can issue for this case now; no query of its own."""
    if case.archived_at is not None:
        return []
    return [form for form in fitting(case) if may_issue(person, case, form)]


def fitting(case: Case) -> list[Form]:
    """The forms that fit the case by kind, state, regime and result, and that somebody can be addressed with."""
    known = forms.forms_for(
        Kind(case.kind),
        State(case.state),
        case.regime,
        outcome=case.outcome,
        is_accepted=case.decided_at is not None,
    )
    return [form for form in known if can_be_addressed(case, form)]


def can_be_addressed(case: Case, form: Form) -> bool:
    """Whether there is somebody to write to: an anonymous reporter and an erased person cannot be told."""
    if form.audience not in (Audience.PERSON, Audience.SIDES):
        return True
    return not is_anonymous(case) and case.party is not None and case.party.erased_at is None


def may_issue(person: Person, case: Case, form: Form) -> bool:
    """Whoever may take the step that a document tells of and may issue documents, in the unit of the case."""
    unit = case.responsible_unit
    return can_in(person, Permission.DOCUMENT_ISSUE, unit) and can_in(
        person, Permission(form.permission), unit
    )


def sees_plain(person: Person, case: Case) -> bool:
    """Whether the person sees who is behind the case without giving a reason; of an anonymous report nobody does."""
    return not is_anonymous(case) and can_in(person, Permission.PERSONAL_SEE, case.responsible_unit)


# The paper


def issuing_unit(case: Case, form: Form) -> Unit:
    """In whose name a document goes out: the unit that dispatches, or the authority that has the case.

    A station or division acts in the name of its bureau (for reports O20 art. 26 and O121 art. 30).
    """
    if form.permission == Permission.CASE_DISPATCH:
        sent = Dispatch.objects.filter(case=case).select_related("from_unit").order_by("-at", "-id").first()
        if sent is not None:
            return sent.from_unit
    unit = case.responsible_unit
    if unit.kind in (Unit.Kind.BUREAU, Unit.Kind.CENTRE):
        return unit
    return unit.ancestors().filter(kind=Unit.Kind.BUREAU).last() or unit


def content_for(
    case: Case, form: Form, values: Mapping[str, str], *, unit: Unit, on: date, number: str = ""
) -> Content:
    """What the document says; without a number it is a preview."""
    known = forms.form_set(case.regime)
    if known is None:
        raise ValueError(f"regime {case.regime} has no forms")
    return Content(
        form=form.code,
        set=known,
        regime=case.regime,
        kind=Kind(case.kind),
        unit=unit.name,
        our=_OURS.get(Unit.Kind(unit.kind), "我单位"),
        number=number,
        on=on,
        values={field.key: values.get(field.key, "") for field in form.fields},
        synthetic=case.is_synthetic or is_rehearsal(),
    )


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """The .docx of a document; after an erasure it only says that its content was erased."""

    name: str
    data: bytes
    is_erased: bool


def file_of(document: CaseDocument) -> DocumentFile:
    """The paper again, byte for byte, from what was kept of it."""
    form = forms.FORMS[document.form]
    name = f"{form.title.replace('/', '、')} {document.number}.docx"
    paper = paper_of(document)
    return DocumentFile(name, forms.typeset(paper.content, paper.blocks), paper.is_erased)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a document says, block by block."""

    content: Content
    blocks: tuple[Block, ...]
    is_erased: bool


def paper_of(document: CaseDocument) -> Paper:
    """The document as it was issued; what is left of it once its person is erased.  The caller logs the look."""
    kept = decrypt_for(document.content_subject, document.content_cipher)
    if kept is None:
        content = _bare(document)
        return Paper(content, tuple(forms.erased(content)), True)
    content = Content.from_json(json.loads(kept))
    return Paper(content, tuple(forms.compose(content)), False)


def _bare(document: CaseDocument) -> Content:
    """What the row itself still says after the erasure."""
    return replace(
        Content(
            form=document.form,
            set=SetCode(document.form_set),
            regime=document.case.regime,
            kind=Kind(document.case.kind),
            unit=document.unit.name,
            our="",
            number=document.number,
            on=local_day(document.issued_at),
        ),
        synthetic=document.case.is_synthetic,
    )


def visible_case(person: Person, number: str) -> Case:
    """The case as it stands now, if the person may see it.  Raise Case.DoesNotExist otherwise."""
    rows = visible_cases(person).select_related("party", "responsible_unit")
    return rows.get(number=number)
