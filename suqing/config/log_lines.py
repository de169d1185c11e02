"""Log lines that carry nothing a consumer told us."""

from __future__ import annotations

import logging
import re

# PostgreSQL's DETAIL quotes the row at fault; Python's messages may quote a number or an identity number.
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|QUERY):.*$", re.MULTILINE)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


class ReticentFormatter(logging.Formatter):
    """Formats a record, then leaves out database details, phone numbers and identity numbers."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        text = _DETAIL.sub(r"\1: (left out)", text)
        return _PHONE.sub("(phone)", _IDENTITY.sub("(identity)", text))
