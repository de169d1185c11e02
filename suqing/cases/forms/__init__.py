"""The forms of a case as data and as .docx: the set of April 2026 and the set of 2019; pure, no Django.

The wording is local wording, to be checked against the official forms: of those only the names, some fields and the
pattern of the number are known here (docs/documents.md says which).  No text below claims to be the official one.
"""

from suqing.cases.forms.checking import Problem, problems
from suqing.cases.forms.model import (
    Addressee,
    Audience,
    Block,
    Cell,
    Content,
    Field,
    FieldKind,
    Foot,
    Form,
    Grid,
    Heading,
    Paragraph,
    Row,
    Seal,
    Section,
    SetCode,
    Signatures,
)
from suqing.cases.forms.register import FORMS, compose, erased, form_set, forms_for
from suqing.cases.forms.typesetting import typeset

__all__ = [
    "FORMS",
    "Addressee",
    "Audience",
    "Block",
    "Cell",
    "Content",
    "Field",
    "FieldKind",
    "Foot",
    "Form",
    "Grid",
    "Heading",
    "Paragraph",
    "Problem",
    "Row",
    "Seal",
    "Section",
    "SetCode",
    "Signatures",
    "compose",
    "erased",
    "form_set",
    "forms_for",
    "problems",
    "typeset",
]
