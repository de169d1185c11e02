"""Why something cannot be done with a bulletin.  Pure."""

from __future__ import annotations


class CannotDo(Exception):
    """The bulletin does not allow this now; the message is an English message id, ``field`` where it belongs."""

    def __init__(self, message: str, *, field: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.field, self.values = message, field, values
