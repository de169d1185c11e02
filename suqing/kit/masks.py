"""What may be shown of personal data to somebody without the right to see it.  Every mask is idempotent."""

from __future__ import annotations

import re

STAR = "*"
HIDDEN = "****"
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门南荣第五"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[place : place + 2] for place in range(0, len(_COMPOUND), 2))
_HAN = "㐀-鿿〇"
_UNIT = f"[{_HAN}]{{1,8}}?"
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_UNIT}(?:省|自治区|特别行政区)",
        rf"{_UNIT}(?:(?<![超门夜菜城集])市|自治州|地区|盟)",
        rf"{_UNIT}(?:(?<![小社校厂库])区|县|旗|(?<![超门夜菜城集])市)",
        rf"{_UNIT}(?:街道|镇|乡|苏木)",
    )
)


def mask_name(name: str) -> str:
    """Keep the surname: ``张三丰`` becomes ``张**``, ``欧阳修`` becomes ``欧阳*``."""
    name = name.strip()
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:kept] + STAR * (len(name) - kept)


def mask_id_number(number: str) -> str:
    """Keep the first three and the last two characters of a document's number; hide all of a short one."""
    number = number.strip()
    if len(number) < 10:
        return STAR * len(number)
    return number[:3] + STAR * (len(number) - 5) + number[-2:]


def mask_address(text: str) -> str:
    """Keep an address down to its street office or township (街道、镇、乡) and hide everything below it."""
    text = text.strip()
    position = 0
    for level in _LEVELS:
        found = level.match(text, position)
        position = found.end() if found else position
    return text[:position] + HIDDEN if text[position:] else text
