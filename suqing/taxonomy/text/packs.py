"""How many pieces a pack holds, where a text says so: 一包50只, 每盒20片, 50只一盒, 10片/袋.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from suqing.taxonomy.text import numerals

OUTER = "包|盒|袋|箱|提|板"
PIECE = "只|个|片|枚|支|粒|颗|张|袋|瓶|盒|包|斤|公斤|千克"
_COUNT = rf"[0-9]{{1,4}}|[{numerals.CHARACTERS}]{{1,6}}"
_FILL = r"(?:里面|里|内|装有|装|只有|有|是|共|才|含|\(|:){0,3}\s?"
PACK = re.compile(
    rf"(?:一|每|1)(?P<outer>{OUTER}){_FILL}(?P<count>{_COUNT})(?P<piece>{PIECE})(?:装|\))?"
    rf"|(?P<count_first>{_COUNT})(?P<piece_first>{PIECE})装?的?(?:/|一|每|1)(?P<outer_last>{OUTER})"
)
MOST_PIECES = 10_000


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack (``outer``) of ``count`` pieces, and where the normalised text says so."""

    outer: str
    count: Decimal
    piece: str
    start: int
    end: int


def find_packs(plain: str) -> tuple[Pack, ...]:
    """The packs of which a normalised text tells the pieces, in order.  A pack of one piece is left out."""
    found = []
    for match in PACK.finditer(plain):
        outer, piece = match["outer"] or match["outer_last"], match["piece"] or match["piece_first"]
        count = numerals.parse(match["count"] or match["count_first"])
        if count is not None and 1 < count <= MOST_PIECES and outer != piece:
            found.append(Pack(outer, Decimal(count), piece, *match.span()))
    return tuple(found)
