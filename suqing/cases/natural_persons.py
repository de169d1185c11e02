"""Operators without registration who are natural persons: what tells them, and how their names are hidden in words.

Companies and individual businesses (个体工商户) are registered and have a social credit code; the register is public.
Whoever sells without one, in a chat or at the roadside, is a natural person with personal data like any consumer.
PIPL art. 51 asks for encryption and de-identification, art. 25 forbids disclosure without consent (domain.md, 11).
That a seller's own name is spared by no rule we know of is our reading, not a text: local policy, the careful side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from suqing.kit.masks import COMPOUND_SURNAMES, mask_name
from suqing.taxonomy.text.names import SURNAMES

SHORTEST = 2  # characters of a name that is looked for in words: a single one would be found everywhere
_HAN = re.compile(r"[㐀-鿿]+")
_SHOP = re.compile(r"[店行坊馆厅部厂社铺城楼院所家堂轩阁居园网司]$|公司|超市|药房|商|食品|服饰|批发|经营")
_CALLED = re.compile(r"^(?P<name>[㐀-鿿]{1,4})(?:先生|女士|小姐|师傅|阿姨|老板)$")


def looks_like_person(name: str, code: str = "") -> bool:
    """Whether to propose that an operator of this name is a natural person.  Whoever has a code is none."""
    name = name.strip()
    if code or not name:
        return False
    if _CALLED.match(name):
        return True
    if not _HAN.fullmatch(name) or _SHOP.search(name):
        return False
    if name[:2] in COMPOUND_SURNAMES and 3 <= len(name) <= 4:
        return True
    return 2 <= len(name) <= 3 and name[0] in SURNAMES


def hide(text: str, names: Iterable[str]) -> str:
    """The text with these names masked as they are masked elsewhere."""
    for name in sorted({one for one in names if len(one) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text
