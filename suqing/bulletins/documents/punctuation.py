"""Words as Chinese print wants them: full-width punctuation, printable characters, even title lines."""

from __future__ import annotations

import re

_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_CHINESE = r"\u3400-\u9fff\U00020000-\U0003ffff"
_CLOSERS = "。，、；：？！）》〉」』】”’％…"
_MARK = re.compile(rf"(?<=[{_CHINESE}])[ ]?[,;:?!][ ]?|(?<=[）”」》%\d])[,;?!](?=[{_CHINESE}])")
_STOP = re.compile(rf"(?<=[{_CHINESE}])\.(?=[{_CHINESE}]|$)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_HAS_CHINESE = re.compile(rf"[{_CHINESE}]")
_BREAK_AFTER = "、，；的和与及"


def tidy(text: str) -> str:
    """Drop what XML cannot hold, join lines, and widen punctuation that stands next to Chinese."""
    text = _UNPRINTABLE.sub("", text)
    text = re.sub(r"\s*[\r\n\t\v]+\s*", " ", text).strip(" ")
    text = _BRACKETS.sub(_widen_brackets, text)
    text = _MARK.sub(lambda found: _WIDE[found.group().strip()], text)
    return _STOP.sub("。", text)


def _widen_brackets(found: re.Match[str]) -> str:
    before = found.string[max(found.start() - 1, 0) : found.start()]
    if _HAS_CHINESE.search(found.group(1)) or _HAS_CHINESE.search(before):
        return f"（{found.group(1)}）"
    return found.group()


def em_width(text: str) -> float:
    """Width in full-width characters; Latin letters and digits are half as wide."""
    return sum(1.0 if ord(char) > 0x2E7F or char in "—…“”‘’" else 0.5 for char in text)


def even_lines(text: str, most: float) -> list[str]:
    """Break a title into the fewest lines of at most ``most`` characters, about equally long.

    Numbers, Latin words and the character before a closing mark stay whole; breaks after a comma or 的 are
    preferred.  Lines that stand in the text already are kept.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [piece for line in lines for piece in _break(line, most)]


def _break(line: str, most: float) -> list[str]:
    count = int(-(-em_width(line) // most))
    if count <= 1:
        return [line]
    target = em_width(line) / count
    places = [at for at in range(1, len(line)) if _may_break(line, at) and em_width(line[:at]) <= most]
    if not places:
        return [line]
    best = min(
        places, key=lambda at: abs(em_width(line[:at]) - target) - 1.5 * (line[at - 1] in _BREAK_AFTER)
    )
    return [line[:best], *_break(line[best:], most)]


def _may_break(line: str, at: int) -> bool:
    before, after = line[at - 1], line[at]
    if after in _CLOSERS or before in "（《〈「『【“‘":
        return False
    if before.isascii() and after.isascii():
        return False
    # A number keeps its unit: 27 | 日 would tear a date apart.
    return not (before.isdigit() and not after.isascii())
