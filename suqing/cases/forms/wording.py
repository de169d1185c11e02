"""How days, moments, choices and statutory texts are written on paper."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

from suqing.cases.forms.model import Content
from suqing.lawclock.articles import cite

STATUTE = Path(__file__).parent / "data" / "statute_items.json"
BLANK_DAY = "　　　年　　月　　日"
TICKED, OPEN = "■", "□"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without what XML cannot hold, with plain line breaks and no spaces around."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()


def day(value: str | date) -> str:
    """2020年1月27日, or blanks to fill in by hand."""
    if not value:
        return BLANK_DAY
    on = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{on.year}年{on.month}月{on.day}日"


def moment(value: str) -> str:
    """2020年2月3日14时30分, or blanks to fill in by hand."""
    if not value:
        return f"{BLANK_DAY}　　时　　分"
    at = datetime.fromisoformat(value)
    return f"{day(at.date())}{at.hour}时{at.minute:02d}分"


def boxes(options: tuple[tuple[str, str], ...], chosen: str) -> str:
    """■同意　□不同意."""
    return "　".join(f"{TICKED if value == chosen else OPEN}{text}" for value, text in options)


def sentence(text: str) -> str:
    """Ended by exactly one full stop."""
    return text.rstrip("。．. ；;，,") + "。" if text.strip() else ""


def clause(text: str) -> str:
    """Without its final stop, to stand inside a sentence."""
    return text.strip().rstrip("。．.；;，,")


def is_new(content: Content) -> bool:
    """Whether O121 governs."""
    return content.regime == "O121"


def article(content: Content, o20: str, o121: str) -> str:
    """Cite the article of the regulation that governs."""
    return cite(f"O121:{o121}" if is_new(content) else f"O20:{o20}")


@cache
def statute_items() -> dict[str, str]:
    """The words of the items that decisions rest on, by article key, as the regulations print them."""
    items: dict[str, str] = json.loads(STATUTE.read_text(encoding="utf-8"))
    return items


def items_of(prefix: str) -> tuple[str, ...]:
    """The keys of all items of an article, such as all grounds of O121 art. 16, in order."""
    return tuple(key for key in statute_items() if key.startswith(f"{prefix}."))


def cited(key: str) -> str:
    """Cite the article of a ground; words to fill in where none is chosen yet."""
    return cite(key) if key in statute_items() else "有关规定"


def ground(key: str) -> str:
    """《…》第十六条第一款第（一）项规定的“…”情形."""
    text = statute_items().get(key, "")
    return f"{cite(key)}规定的“{clause(text)}”情形" if text else "依法应当如此处理的情形"


ROUTES_KEY = "XBL:39"
ROUTES = (
    "（一）与经营者协商和解；",
    "（二）请求消费者协会或者依法成立的其他调解组织调解；",
    "（三）向有关行政部门投诉；",
    "（四）根据与经营者达成的仲裁协议提请仲裁机构仲裁；",
    "（五）向人民法院提起诉讼。",
)


def received(content: Content, word: str) -> str:
    """The first sentence of what is sent to a person: their complaint or report (``word``) has arrived."""
    v = content.value
    return (
        f"你（单位）提出的关于{v('respondent')}的{word}（登记编号：{v('case_number')}）已于"
        f"{day(v('received_on'))}收悉。"
    )
