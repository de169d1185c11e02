"""How files say no: an English message id with its values; pages translate it."""

from __future__ import annotations


class Refused(Exception):
    """The file is not taken; nothing of it was kept.  A value may be a list: who tells it joins its words."""

    def __init__(self, message: str, **values: object) -> None:
        told = {name: ", ".join(one) if isinstance(one, list) else one for name, one in values.items()}
        super().__init__(message % told if told else message)
        self.message, self.values = message, values
