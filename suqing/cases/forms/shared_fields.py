"""Fields and blocks that several forms have."""

from __future__ import annotations

from suqing.cases.forms.model import (
    LINE,
    TEXT,
    Addressee,
    Block,
    Content,
    Field,
    FieldKind,
    Foot,
    Heading,
    Seal,
    SetCode,
)

N_ = str

BOTH = frozenset(SetCode)
ONLY_2019 = frozenset({SetCode.OF_2019})
ONLY_2026 = frozenset({SetCode.OF_2026})

CASE_NUMBER = Field("case_number", N_("Registration number"), required=True, fixed=True)
RECEIVED = Field("received_on", N_("Received on"), FieldKind.DAY, required=True, fixed=True)
PERSON = Field("person_name", N_("Name of the person"), required=True, personal=True)
RESPONDENT = Field("respondent", N_("Name of the operator"), required=True)
HANDLER = Field("handler", N_("Person in charge"))
CONTACT = Field(
    "contact", N_("Contact of the office"), help=N_("Phone or address under which the office is reached.")
)
SUMMARY = Field(
    "dispute",
    N_("What the dispute is about"),
    FieldKind.TEXT,
    required=True,
    limit=300,
    help=N_("A sentence without phone numbers or addresses of the complainant."),
)


def line(key: str, label: str, *, required: bool = False, personal: bool = False, limit: int = LINE) -> Field:
    return Field(key, label, required=required, personal=personal, limit=limit)


def text(key: str, label: str, *, required: bool = False, source: str = "", limit: int = TEXT) -> Field:
    return Field(key, label, FieldKind.TEXT, required=required, source=source, limit=limit)


def day(key: str, label: str, *, required: bool = False) -> Field:
    return Field(key, label, FieldKind.DAY, required=required)


def letter(content: Content, title: str, to: str, *blocks: Block, copies: str = "") -> tuple[Block, ...]:
    """A letter: heading, addressee, its blocks, seal and date, small print."""
    small = [part for part in (contact_line(content), copies) if part]
    head = (Heading(content.unit, title, content.number), Addressee(f"{to}："))
    tail: tuple[Block, ...] = (Seal(content.unit, content.on),)
    return (*head, *blocks, *tail, *((Foot(tuple(small)),) if small else ()))


def contact_line(content: Content) -> str:
    """Who handles it and how to reach them."""
    parts = [
        f"经办人：{content.value('handler')}" if content.value("handler") else "",
        f"联系方式：{content.value('contact')}" if content.value("contact") else "",
    ]
    return "　　".join(part for part in parts if part)


KEPT = "本文书一式两份，一份送达，一份归档。"
