"""Articles of laws: a key such as ``O20:21.1.5`` (law, article, paragraph, item) and how it is cited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAWS = Path(__file__).parent / "data" / "laws.json"
DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Law:
    """A law, regulation or rule with its title and document number."""

    key: str
    title: str
    number: str


@cache
def laws() -> dict[str, Law]:
    """Give every law that the data cite, by key."""
    return {key: Law(key, **fields) for key, fields in json.loads(LAWS.read_text(encoding="utf-8")).items()}


def cite(key: str, *, chinese: bool = True) -> str:
    """Cite an article the way a notice does (《…》第二十一条第一款第（五）项), or in short English form."""
    law, _, place = key.partition(":")
    article, *inner = place.split(".") if place else [""]
    if not chinese:
        numbers = "".join(f"({part})" for part in inner)
        return f"{law} art. {article}{numbers}" if article else law
    text = f"《{laws()[law].title}》"
    if article:
        text += f"第{chinese_number(int(article))}条"
    if inner:
        text += f"第{chinese_number(int(inner[0]))}款"
    if len(inner) > 1:
        text += f"第（{chinese_number(int(inner[1]))}）项"
    return text


def chinese_number(number: int) -> str:
    """Write 1–999 in Chinese numerals as article numbers are written (115 is 一百一十五)."""
    if not 0 < number < 1000:
        raise ValueError(f"Only 1 to 999, not {number}")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    return text + (DIGITS[ones] if ones else "")
