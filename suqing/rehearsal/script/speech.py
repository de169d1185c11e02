"""How people and agents write: sums in several writings, slips of the input method, traditional characters."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from random import Random

import opencc

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SPOKEN_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九")

# Homophones and look-alikes as an input method offers them.
_SLIPS = (
    ("口罩", "口照"), ("口罩", "囗罩"), ("价格", "价隔"), ("举报", "举抱"), ("投诉", "头诉"), ("超市", "超是"), ("发票", "发漂"),
    ("退款", "退宽"), ("态度", "太度"), ("消毒", "销毒"), ("酒精", "九精"), ("蔬菜", "疏菜"), ("一直", "一只"), ("已经", "以经"),
    ("应该", "因该"), ("客服", "客付"), ("平台", "平抬"), ("酒店", "九店"), ("电话", "电华"), ("手续费", "手需费"), ("涨价", "长价"),
    ("涨到", "长到"), ("现在", "先在"), ("他们", "她们"), ("再", "在"), ("药店", "要店"), ("定金", "订金"), ("严重", "言重"),
    ("处理", "处里"), ("合同", "和同"), ("机票", "鸡票"), ("小票", "小飘"), ("老板", "老版"), ("快递", "快弟"), ("质量", "制量"),
)  # fmt: skip


def chinese_number(number: int) -> str:
    """Write a number below 100,000,000 in Chinese as it is spoken: 115 is 一百一十五, 20,030 is 两万零三十."""
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        tail = "" if not rest else ("零" if rest < 1000 else "") + chinese_number(rest)
        return ("两" if head == 2 else chinese_number(head)) + "万" + tail
    said, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            said += ("零" if gap and said else "") + _digit(digit, power, first=not said) + _PLACES[power]
            gap = False
        else:
            gap = True
    return said or _DIGITS[0]


def _digit(digit: int, power: int, *, first: bool) -> str:
    if digit == 1 and power == 1 and first:
        return ""
    return "两" if digit == 2 and power >= 2 else _DIGITS[digit]


def money(rng: Random, amount: Decimal) -> str:
    """Write a sum as one of many people would."""
    plain = f"{amount.normalize():f}"
    way = rng.random()
    if way < 0.34:
        return f"{plain}元"
    if way < 0.60:
        return f"{plain}块" if rng.random() < 0.7 else f"{plain}块钱"
    if way < 0.84 and amount == amount.to_integral_value():
        return chinese_number(int(amount)) + rng.choice(("块", "元", "块钱", "元钱"))
    if way < 0.90:
        return f"¥{plain}"
    if way < 0.95:
        return f"{amount:.2f}元"
    return f"{plain}元".translate(_FULL_WIDTH)


def count(rng: Random, number: int) -> str:
    """Write a small number in figures or characters; two before a measure word is 两."""
    if rng.random() < 0.55:
        return str(number)
    return "两" if number == 2 else chinese_number(number)


def phone(rng: Random, number: str) -> str:
    """Write a phone number whole, in groups, in full width or spoken digit by digit."""
    if number.startswith("0"):
        area = 3 if number.startswith("02") else 4
        return rng.choice("- ").join((number[:area], number[area:]))
    way, groups = rng.random(), (number[:3], number[3:7], number[7:])
    if way < 0.66:
        return number
    if way < 0.78:
        return " ".join(groups)
    if way < 0.88:
        return "-".join(groups)
    if way < 0.94:
        return number.translate(_FULL_WIDTH)
    return number.translate(_SPOKEN_DIGITS)


def worn(rng: Random, text: str) -> str:
    """Give a text the marks of haste: slips, missing or half-width punctuation, traditional characters."""
    way = rng.random()
    if way < 0.09:
        text = _slipped(rng, text)
    elif way < 0.115:
        text = _traditional().convert(text)
    elif way < 0.145:
        text = text.replace("，", ",").replace("。", ".")
    elif way < 0.185:
        text = text.replace("，", " ").replace("。", " ").replace("；", " ")
    elif way < 0.20:
        text = text.replace("。", "，").rstrip("，")
    return text


def _slipped(rng: Random, text: str) -> str:
    fitting = [pair for pair in _SLIPS if pair[0] in text]
    for right, wrong in rng.sample(fitting, min(len(fitting), rng.choice((1, 1, 2)))):
        text = text.replace(right, wrong, 1)
    return text


@lru_cache(maxsize=1)
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
