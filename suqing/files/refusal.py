"""How files say no: an English message id with its values; pages translate it."""

from __future__ import annotations


class Refused(Exception):
    """The file is not taken; nothing of it was kept."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values
