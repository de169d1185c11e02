"""Chinese numerals and amounts as people write them: 三千, 两万五, 2.5万, 1,200."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = dict(zip("零〇一二三四五六七八九", [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))
_DIGITS |= {"两": 2, "俩": 2, "幺": 1} | dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
CHARACTERS = "".join([*_DIGITS, *_STEPS, *_MYRIADS])


def parse(text: str) -> Decimal | None:
    """Read a number in figures, in Chinese numerals, or in figures with 千、万、亿 behind; None if it is none."""
    head = text.rstrip("百千万亿")
    if head and head.replace(",", "").replace(".", "", 1).isascii() and head[0].isdigit():
        value = Decimal(head.replace(",", ""))
        for step in text[len(head) :]:
            value *= _STEPS.get(step) or _MYRIADS[step]
        return value
    return _chinese(text) if text and all(character in CHARACTERS for character in text) else None


def _chinese(text: str) -> Decimal | None:
    if all(character in _DIGITS for character in text):
        return Decimal("".join(str(_DIGITS[character]) for character in text)) if len(text) < 3 else None
    total = section = 0
    digit: int | None = None
    last_step = 1
    after_zero = False
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
            after_zero = after_zero or digit == 0
            continue
        if character in _STEPS:
            last_step = _STEPS[character]
            section += (1 if digit is None else digit) * last_step
        else:
            last_step = _MYRIADS[character]
            above, total = (total, 0) if total >= last_step else (0, total)  # 一亿二千万: the 亿 is done with
            total = above + (total + section + (digit or 0)) * last_step
            section = 0
        digit, after_zero = None, False
    # 两万五 is 25,000 and 三百二 is 320, but 两万零五 is 20,005
    tail = 0 if digit is None else digit * (1 if after_zero else max(1, last_step // 10))
    return Decimal(total + section + tail)
