"""From a document to the bytes of a .docx: same document, same bytes."""

from __future__ import annotations

import io
from datetime import UTC

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from suqing.bulletins.documents.body import Compositor
from suqing.bulletins.documents.ends import hang_tail, masthead_elements
from suqing.bulletins.documents.model import Document
from suqing.bulletins.documents.punctuation import tidy
from suqing.bulletins.documents.sheet import SYNTHETIC, lay
from suqing.kit.ooxml import Element, with_fixed_times

_LONGEST_PROPERTY = 255


def typeset(document: Document) -> bytes:
    """The document as a .docx after GB/T 9704-2012; deterministic."""
    word = docx.Document()
    lay(word, synthetic=document.masthead.synthetic)
    body: Element = word.element.body
    elements = [*masthead_elements(document.masthead), *Compositor(word, document.blocks).elements()]
    hang_tail(document.tail, elements)
    section = body.find(qn("w:sectPr"))
    for element in elements:
        section.addprevious(element)
    _describe(word, document)
    _drop_thumbnail(word)
    raw = io.BytesIO()
    word.save(raw)
    return with_fixed_times(raw.getvalue())


def _describe(word: WordDocument, document: Document) -> None:
    """Fill the file's properties; nothing of the template's author is left."""
    properties = word.core_properties
    created = document.created.astimezone(UTC).replace(tzinfo=None)
    properties.title = tidy(document.title)[:_LONGEST_PROPERTY]
    properties.subject = tidy(document.masthead.series)[:_LONGEST_PROPERTY]
    properties.author = tidy(document.masthead.compiled_by)[:_LONGEST_PROPERTY]
    properties.last_modified_by = properties.author
    properties.created = properties.modified = created
    properties.comments = SYNTHETIC if document.masthead.synthetic else ""
    properties.category = tidy(document.masthead.classification)[:_LONGEST_PROPERTY]
    properties.keywords = ""
    properties.language = "zh-CN"
    properties.revision = 1


def _drop_thumbnail(word: WordDocument) -> None:
    """The template carries a picture of itself, which file managers would show."""
    relations = word.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]
