"""Editing a draft: the text of a section, the order of sections, typical cases.

Each section has a version of its own: who saves an older one is refused, so that two people can write in one draft.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.bulletins import queries, sections
from suqing.bulletins.documents import BadDocument, CaseBox
from suqing.bulletins.gathering import fact_of
from suqing.bulletins.models import Bulletin, State
from suqing.bulletins.refusals import CannotDo
from suqing.bulletins.sections import BadText, Section
from suqing.bulletins.typical import KINDS
from suqing.bulletins.wording import part_text
from suqing.cases.models import Case
from suqing.cases.queries import visible_cases
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import record
from suqing.taxonomy.text.redact import redact

N_ = str

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CASE = 200, 20_000, 600


class Stale(Exception):
    """The section was saved by somebody else meanwhile; ``stored`` is what stands now."""

    def __init__(self, stored: Section, saved: dict[str, str]) -> None:
        super().__init__(f"section {stored.number} is at version {stored.version}")
        self.stored, self.saved = stored, saved


def open_draft(bulletin: Bulletin, by: Person | str) -> Bulletin:
    """The row, locked, with its text prepared for editing.  Raise CannotDo for what is no draft any more."""
    require(by, Permission.BULLETIN_DRAFT)
    row = Bulletin.objects.select_for_update(of=("self",)).select_related("series").get(pk=bulletin.pk)
    if row.state != State.DRAFT:
        raise CannotDo(N_("Only a draft can be edited."))
    row.text = sections.prepared(row.text)
    return row


def store_draft(row: Bulletin, verb: str, *, by: Person | str, at: datetime, data: dict[str, Any]) -> None:
    """Store what was edited as the next revision and tell it."""
    row.revision += 1
    row.text["edited"] = True
    if isinstance(by, Person) and by.pk not in row.authors:
        row.authors = [*row.authors, by.pk]
    row.save(update_fields=["text", "title", "revision", "authors", "snapshot", "is_synthetic"])
    record(verb, row, by=by, at=at, data={**data, "revision": row.revision})


@transaction.atomic
def save_section(
    *, bulletin: Bulletin, number: int, title: str, text: str, version: int, by: Person, at: datetime
) -> Section:
    """Write one section anew.  Raise Stale for an older version, CannotDo for a text that cannot be read."""
    row = open_draft(bulletin, by)
    figures = queries.figure_names(row)
    known = {one.number: one for one in sections.sections(row.text, figures)}
    stored = known.get(number)
    if stored is None:
        raise CannotDo(N_("This section is no longer there."))
    if (stored.title, stored.text) == (title.strip(), text.strip().replace("\r\n", "\n")):
        return stored  # a save whose answer was lost
    if stored.version != version:
        raise Stale(stored, row.text.get("saved", {}).get(str(number), {}))
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise CannotDo(N_("The section takes at most %(limit)s characters."), limit=LONGEST_TEXT)
    facts = {one.key: fact_of(one) for one in queries.figures_without_rows(row)}

    def said(key: str) -> str:
        name, _colon, part = key.partition(":")
        return part_text(facts[name], part)

    row.text = _read(row.text, number, title, text, figures, said)
    if number == sections.OPENING:
        row.title = " ".join(title.split())
    _remember(row, number, by, at)
    store_draft(row, "bulletin.edited", by=by, at=at, data={"section": number, "title": title.strip()})
    return next(one for one in sections.sections(row.text, figures) if one.number == number)


def _read(text: dict[str, Any], *arguments: Any) -> dict[str, Any]:
    try:
        return sections.rewritten(text, *arguments)
    except BadText as bad:
        raise CannotDo(bad.message, field="text", **bad.values) from bad


def _remember(row: Bulletin, number: int, by: Person, at: datetime) -> None:
    row.text.setdefault("saved", {})[str(number)] = {"by": by.display_name, "at": at.isoformat()}


@transaction.atomic
def move_section(*, bulletin: Bulletin, number: int, step: int, by: Person, at: datetime) -> None:
    """Move a section one place up (-1) or down (1)."""
    row = open_draft(bulletin, by)
    row.text = _changed(sections.moved, row.text, number, 1 if step > 0 else -1)
    store_draft(row, "bulletin.section_moved", by=by, at=at, data={"section": number, "step": step})


@transaction.atomic
def add_section(*, bulletin: Bulletin, title: str, by: Person, at: datetime) -> int:
    """Add an empty section at the end; give its number."""
    row = open_draft(bulletin, by)
    if len(title) > LONGEST_TITLE:
        raise CannotDo(N_("The title takes at most %(limit)s characters."), limit=LONGEST_TITLE)
    row.text = _changed(sections.with_section, row.text, title)
    number = int(row.text["blocks"][-1]["section"])
    store_draft(row, "bulletin.section_added", by=by, at=at, data={"section": number, "title": title})
    return number


@transaction.atomic
def remove_section(*, bulletin: Bulletin, number: int, by: Person, at: datetime) -> None:
    """Remove a section; its words stay in the event, its tables, curves and cases stand aside."""
    row = open_draft(bulletin, by)
    gone = {one.number: one for one in sections.sections(row.text, queries.figure_names(row))}.get(number)
    row.text = _changed(sections.without_section, row.text, number)
    assert gone is not None  # without_section has found it
    store_draft(
        row, "bulletin.section_removed", by=by, at=at,
        data={"section": number, "title": gone.title, "text": gone.text},
    )  # fmt: skip


def _changed(change: Any, *arguments: Any) -> dict[str, Any]:
    try:
        made: dict[str, Any] = change(*arguments)
    except BadText as bad:
        raise CannotDo(bad.message, field="text", **bad.values) from bad
    return made


@transaction.atomic
def add_case(
    *, bulletin: Bulletin, case: Case, section: int, title: str, text: str, is_read: bool, is_operator_shown: bool,
    by: Person, at: datetime,
) -> None:  # fmt: skip
    """Put a case into a section in the words of its editor, who must have read it.

    Reports stay out: what they say goes only to those who handle them (O20 art. 33, O121 art. 37).  Words in which the
    redactor still finds personal data are refused.
    """
    row = open_draft(bulletin, by)
    if not visible_cases(by).filter(pk=case.pk).exists() or case.kind == Kind.REPORT:
        raise CannotDo(N_("This case cannot stand in a bulletin."))
    if not is_read:
        raise CannotDo(N_("Say that you have read the case."), field="read")
    title, text = (" ".join(words.splitlines()).strip() for words in (title, text))
    _check_words(title, text)
    if any(block.get("case_id") == case.pk for block in row.text["blocks"]):
        raise CannotDo(N_("This case stands in the bulletin already."))
    row.text["aside"] = [block for block in row.text["aside"] if block.get("case_id") != case.pk]
    row.text = _with_case(row.text, section, title, text, case)
    row.text["versions"][str(section)] = row.text["versions"].get(str(section), 1) + 1
    _remember(row, section, by, at)
    store_draft(
        row, "bulletin.case_added", by=by, at=at,
        data={"section": section, "case": case.number, "is_operator_shown": is_operator_shown},
    )  # fmt: skip


def _check_words(title: str, text: str) -> None:
    if not title or not text:
        raise CannotDo(N_("Give the case a title and a text."), field="text" if title else "title")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_CASE:
        raise CannotDo(N_("The case takes at most %(limit)s characters."), field="text", limit=LONGEST_CASE)
    found = [one for one in (title, text) if redact(one).text != one]
    if found:
        raise CannotDo(
            N_("The text still holds personal data: %(text)s"), field="text", text=redact(found[0]).text
        )
    try:
        CaseBox(title, text)
    except BadDocument as bad:
        raise CannotDo(N_("The text still holds a personal number."), field="text") from bad


def _with_case(stored: dict[str, Any], section: int, title: str, text: str, case: Case) -> dict[str, Any]:
    kind = KINDS[Kind(case.kind)]
    facts = [["诉求类型", f"{kind}，涉及{case.object_class.name}" if case.object_class else kind]]
    block = {"type": "case", "title": title, "narrative": text, "facts": facts, "case_id": case.pk}
    parts = sections.parted(stored["blocks"])
    place = next((blocks for number, blocks in parts if number == section), None)
    if place is None:
        raise CannotDo(N_("This section is no longer there."), field="section")
    # Before the notes that close a section, as they speak of the cases.
    end = len(place)
    while end > 1 and place[end - 1]["type"] == "note":
        end -= 1
    place.insert(end, block)
    stored["blocks"] = sections.joined(parts)
    return sections.prepared(stored)
