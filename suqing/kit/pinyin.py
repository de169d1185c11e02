"""Pinyin keys, stored in columns: PostgreSQL has no Chinese collation everywhere that we run."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_FOREIGN = "\0"  # marks what is not Chinese in pypinyin's answer; no name holds it


def sort_key(text: str) -> str:
    """Give the key by which names sort as a Chinese reader expects: ``苏州市`` is ``su zhou shi``."""
    return " ".join(part for part, _is_chinese in _parts(text))


def initials(text: str) -> str:
    """Give the first letters that people type for a name: ``苏州市`` is ``szs``."""
    found = (part[0] if is_chinese else part for part, is_chinese in _parts(text))
    return "".join(found).replace(" ", "")


@lru_cache(maxsize=20_000)
def _parts(text: str) -> tuple[tuple[str, bool], ...]:
    """The syllables of a text and what stands between them, read once for both keys."""
    plain = unicodedata.normalize("NFKC", text).lower().strip().replace(_FOREIGN, "")
    read = lazy_pinyin(plain, style=Style.NORMAL, errors=lambda other: _FOREIGN + other)
    return tuple(
        (stripped, not part.startswith(_FOREIGN))
        for part in read
        if (stripped := part.removeprefix(_FOREIGN).strip())
    )
