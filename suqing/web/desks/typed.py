"""What was typed, as text that can be kept: no text of the database holds a NUL."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def typed(request: HttpRequest, name: str) -> str:
    """What the form brought under this name, "" for nothing."""
    return request.POST.get(name, "").replace("\0", "")


def all_typed(request: HttpRequest, name: str) -> list[str]:
    """Everything that the form brought under this name."""
    return [text.replace("\0", "") for text in request.POST.getlist(name)]


def cleaned(given: QueryDict) -> QueryDict:
    """The same names and texts without what cannot be kept."""
    if not any("\0" in text for name in given for text in (name, *given.getlist(name))):
        return given
    clean = QueryDict(mutable=True)
    for name in given:
        clean.setlist(name.replace("\0", ""), [text.replace("\0", "") for text in given.getlist(name)])
    return clean
