"""Issuing a document of a case, and voiding one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases import forms
from suqing.cases.actions.document_numbers import next_number
from suqing.cases.actions.moving import NotYours, Refused, Stale, key_of, locked
from suqing.cases.forms import Audience, Content, Form
from suqing.cases.forms.wording import clean
from suqing.cases.intake import local_day
from suqing.cases.models import Case, CaseDocument
from suqing.cases.queries.document_facts import prefilled
from suqing.cases.queries.documents import (
    can_be_addressed,
    content_for,
    fitting,
    issuing_unit,
    may_issue,
    sees_plain,
)
from suqing.cases.queries.one_case import personal_data
from suqing.cases.vocabulary import Kind, LinkKind
from suqing.ledger.queries import decrypt_for
from suqing.ledger.writing import one_transaction, writer
from suqing.taxonomy.text.redact import redact

N_ = str

LONGEST_REASON = 300
SENT_TWICE = timedelta(minutes=1)
SHORTEST_ADDRESS = 5  # characters; a shorter one is a place name that may stand anywhere
SHORTEST_CLAUSE = 12
REPORT_NUMBER = re.compile(r"JB\d{8}", re.IGNORECASE)


@one_transaction
def issue_document(
    *,
    case: Case,
    form: str,
    fields: Mapping[str, str],
    by: Person,
    at: datetime,
    revision: int | None = None,
    from_a_form: bool = False,
) -> CaseDocument:
    """Issue a form with the next number of its unit and year; what it says is kept under the person's key.

    Fields left out are taken from the case; those that say who the person is are always taken from the case unless
    ``by`` may see them.  Raise Refused for a form that does not fit the case, for a field that is wrong, and for text
    that the addressee must not read (O20 art. 33 and 35, O121 art. 37 and 39); and for the same paper ``from_a_form``
    that was sent twice.
    """
    row = locked(case)
    if revision is not None and row.revision != revision:
        raise Stale
    chosen = _chosen(row, form, by)
    values = _values(row, chosen, fields, by=by, at=at)
    for problem in forms.problems(chosen, row.regime, values):
        raise Refused(problem.message, field=problem.key, **problem.values)
    refuse_disclosure(row, chosen, values)
    if from_a_form:
        _check_sent_once(row, chosen, values, by, at)
    return _issue(row, chosen, values, by=by, at=at)


def _chosen(row: Case, code: str, by: Person) -> Form:
    """The form, if it fits the case and is this person's to issue."""
    require(by, Permission.DOCUMENT_ISSUE)
    form = forms.FORMS.get(code)
    if form is None:
        raise Refused(N_("There is no such form."))
    require(by, Permission(form.permission))
    if not may_issue(by, row, form):
        raise NotYours
    if row.archived_at is not None:
        raise Refused(
            N_("The case lies in the archive; no document can be issued for it."), article="PROC:78"
        )
    if form not in fitting(row):
        if not can_be_addressed(row, form):
            raise Refused(N_("There is nobody to write to: anonymous, or the person’s data were erased."))
        raise Refused(N_("This form does not fit the case as it stands now."))
    earlier = CaseDocument.objects.filter(case=row, form=code, voided_at=None).first() if form.once else None
    if earlier is not None:
        raise Refused(
            N_("This decision was issued as %(number)s. Void that document first."), number=earlier.number
        )
    return form


def _values(row: Case, form: Form, fields: Mapping[str, str], *, by: Person, at: datetime) -> dict[str, str]:
    """What was typed, and the case's own facts where nothing was or may be typed."""
    plain = sees_plain(by, row)
    known = prefilled(row, form, by=by, at=at, plain=True)
    return {
        one.key: clean(known[one.key])
        if one.key not in fields or one.fixed or (one.personal and not plain)
        else clean(fields[one.key])
        for one in form.fields
    }


def _check_sent_once(row: Case, form: Form, values: Mapping[str, str], by: Person, at: datetime) -> None:
    """Refuse the same paper a second time from one click too many; the case is locked."""
    known = CaseDocument.objects.filter(case=row, form=form.code, issued_by=by, voided_at=None)
    for earlier in known.filter(issued_at__gt=at - SENT_TWICE):
        kept = decrypt_for(earlier.content_subject, earlier.content_cipher)
        if kept is not None and Content.from_json(json.loads(kept)).values == dict(values):
            raise Refused(N_("This document has just been issued as %(number)s."), number=earlier.number)


def _issue(row: Case, form: Form, values: Mapping[str, str], *, by: Person, at: datetime) -> CaseDocument:
    unit, on = issuing_unit(row, form), local_day(at)
    serial, number = next_number(unit, form, on.year)
    content = content_for(row, form, values, unit=unit, on=on, number=number)
    document = CaseDocument(
        case=row,
        form=form.code,
        form_set=str(content.set),
        unit=unit,
        year=on.year,
        serial=serial,
        number=number,
        content_subject=key_of(row),
        issued_by=by,
        issued_at=at,
    )
    write = writer()
    kept = json.dumps(content.to_json(), ensure_ascii=False, sort_keys=True)
    write.encrypt(document, "content_cipher", document.content_subject, kept)
    write.new(document)
    write.hold(document, ("last number", unit.pk, on.year))
    paper = forms.typeset(content, forms.compose(content))
    write.record(
        "case.document_issued",
        row,
        by=by,
        at=at,
        data={
            "document": document.pk,
            "form": form.code,
            "form_set": str(content.set),
            "number": number,
            "unit": unit.code,
            "sha256": hashlib.sha256(paper).hexdigest(),
        },
    )
    return document


@one_transaction
def void_document(*, document: CaseDocument, reason: str, by: Person, at: datetime) -> CaseDocument:
    """Void an issued document with a reason; its number is not given again and its text stays to be read."""
    case = locked(Case(pk=document.case_id))
    row = CaseDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    require(by, Permission.DOCUMENT_ISSUE)
    form = forms.FORMS[row.form]
    require(by, Permission(form.permission))
    if not may_issue(by, case, form):
        raise NotYours
    if row.voided_at is not None:
        raise Refused(N_("This document is void already."))
    reason = clean(reason)
    if not reason:
        raise Refused(N_("Say why the document is void."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(
            N_("The text has %(length)s characters; at most %(limit)s can be kept."),
            field="reason",
            length=len(reason),
            limit=LONGEST_REASON,
        )
    # Kept beside the number for good, so without personal data; in plain it is in the event.
    row.voided_by, row.voided_at, row.void_reason = by, at, redact(reason).text[:LONGEST_REASON]
    writer().save(row, "voided_by", "voided_at", "void_reason")
    writer().record(
        "case.document_voided",
        case,
        by=by,
        at=at,
        data={"document": row.pk, "form": row.form, "number": row.number},
        personal={key_of(case): {"text": reason}},
    )
    return row


# What a paper must not say


def refuse_disclosure(case: Case, form: Form, values: Mapping[str, str]) -> None:
    """Raise Refused if a paper would tell the other side how to reach the complainant, or a complaint's paper
    anything of a report of the same contact."""
    if form.audience == Audience.SIDES:
        _refuse_contact(case, values)
    if case.kind == Kind.COMPLAINT:
        _refuse_report(case, values)


def _refuse_contact(case: Case, values: Mapping[str, str]) -> None:
    if case.party is None:
        return
    known = personal_data(case.party)
    numbers = [_bare(one) for one in (known.phone, known.id_number) if one]
    address = _bare(known.address or "")
    for key, text in values.items():
        bare = _bare(text)
        is_told = any(len(one) >= 7 and one in bare for one in numbers)
        if is_told or (len(address) >= SHORTEST_ADDRESS and address in bare):
            raise Refused(
                N_("This paper goes to the other side: take out the phone, address or identity number."),
                field=key,
                article=_article(case, "O20:35", "O121:39"),
            )


def _refuse_report(case: Case, values: Mapping[str, str]) -> None:
    """Numbers of reports, and words of a report of the same contact or of one that leads found here became, unless the
    complaint itself says them too.

    Any number of a report is refused, or the answer would tell whether the contact holds that one.
    """
    kin = Q(submission_id=case.submission_id) | Q(links__other=case, links__kind=LinkKind.LEADS)
    reports = Case.objects.filter(kin, kind=Kind.REPORT)
    own = _bare(case.narrative)
    texts = (text for pair in reports.values_list("narrative", "result_note") for text in pair)
    marks = [clause for clause in _clauses(texts) if clause not in own]
    for key, text in values.items():
        bare = _bare(text)
        if REPORT_NUMBER.search(bare) or any(mark in bare for mark in marks):
            raise Refused(
                N_("A paper of a complaint says nothing of a report: take that out."),
                field=key,
                article=_article(case, "O20:33", "O121:37"),
            )


def _clauses(texts: Iterable[str]) -> list[str]:
    pieces = (_bare(piece) for text in texts for piece in re.split(r"[，。；！？,;\n]", text))
    return [piece for piece in pieces if len(piece) >= SHORTEST_CLAUSE]


def _bare(text: str) -> str:
    """Without what people write between the figures of a number."""
    return re.sub(r"[\s\-－—()（）]", "", text).removeprefix("+86")


def _article(case: Case, o20: str, o121: str) -> str:
    return o121 if case.regime == "O121" else o20
