"""Why something cannot be done with a bulletin.  Pure."""

from __future__ import annotations


class CannotDo(Exception):
    """The bulletin does not allow this now; the message is an English message id."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values
