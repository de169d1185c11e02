"""Texts in files that spreadsheets open: none may start a formula, and reading them back gives them unharmed.  Pure."""

from __future__ import annotations

import re

# What Excel, WPS and LibreOffice take for the start of a formula, their full-width twins, and what they skip before it.
_STARTS = "[=+\\-@\t\r\n＝＋－＠]"
_DANGEROUS = re.compile(rf"'* *{_STARTS}")
_NEUTRALISED = re.compile(rf"'+ *{_STARTS}")


def neutral(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restored(text: str) -> str:
    """The text as it was before ``neutral``: ``restored(neutral(text)) == text`` for every text."""
    return text[1:] if _NEUTRALISED.match(text) else text
