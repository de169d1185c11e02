"""Pinyin keys, stored in columns: PostgreSQL has no Chinese collation everywhere that we run."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=20_000)
def sort_key(text: str) -> str:
    """Give the key by which names sort as a Chinese reader expects: ``苏州市`` is ``su zhou shi``."""
    return " ".join(_syllables(text, Style.NORMAL))


def initials(text: str) -> str:
    """Give the first letters that people type for a name: ``苏州市`` is ``szs``."""
    return "".join(_syllables(text, Style.FIRST_LETTER)).replace(" ", "")


def _syllables(text: str, style: Style) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    return [part.strip() for part in lazy_pinyin(plain, style=style) if part.strip()]
