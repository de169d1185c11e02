"""Bulletins as .docx after GB/T 9704-2012, where a bulletin has a rule to follow; pure, no Django.

``typeset(document) -> bytes`` is the whole of it; the values it takes are in ``model``.
"""

from suqing.bulletins.documents.model import (
    BadDocument,
    Block,
    CaseBox,
    Document,
    FigureRef,
    Heading,
    Lead,
    Masthead,
    Note,
    Paragraph,
    Picture,
    Run,
    Table,
    Tail,
    Text,
    Title,
    Unmasked,
    heading_labels,
    paragraph,
    runs,
)
from suqing.bulletins.documents.typesetting import typeset

__all__ = [
    "BadDocument",
    "Block",
    "CaseBox",
    "Document",
    "FigureRef",
    "Heading",
    "Lead",
    "Masthead",
    "Note",
    "Paragraph",
    "Picture",
    "Run",
    "Table",
    "Tail",
    "Text",
    "Title",
    "Unmasked",
    "heading_labels",
    "paragraph",
    "runs",
    "typeset",
]
