"""How numbers of a bulletin are written, and what is said of a change; official Chinese.  Pure.

Every number is a ``FigureRef`` whose key names the stored figure and the part of it that is printed:
``reports``, ``reports:previous.ratio``, ``epidemic_share:denominator``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from suqing.bulletins.documents import FigureRef, Run, Text

NOTHING = "—"
WAN = 10_000
MANY = 1000  # per cent
NAMES = {"previous": "环比", "last_year": "同比"}


@dataclass(frozen=True, slots=True)
class BaseFact:
    """What a figure is compared with; ``missing`` is "no_data", "zero" or ""."""

    value: Decimal | None = None
    difference: Decimal | None = None
    ratio: Decimal | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class FigureFact:
    """A stored figure as the composition reads it."""

    key: str
    label: str
    unit: str
    value: Decimal | None
    numerator: int | None = None
    denominator: int | None = None
    previous: BaseFact | None = None
    last_year: BaseFact | None = None
    mean: Decimal | None = None

    def base(self, which: str) -> BaseFact | None:
        return self.previous if which == "previous" else self.last_year


def number(value: Decimal | int | None, unit: str = "件") -> str:
    """A number as printed: whole where it counts, money in 万元 from 10,000 on, a dash where there is none."""
    if value is None:
        return NOTHING
    if unit == "元":
        return _two_places(Decimal(value) / WAN) if _is_many(value) else _two_places(value)
    if unit == "%":
        return f"{_trimmed(value)}%"
    return str(int(value))


def unit_word(value: Decimal | int | None, unit: str) -> str:
    """The unit behind ``number``."""
    if unit == "元" and value is not None and _is_many(value):
        return "万元"
    return "" if unit == "%" else unit


def _is_many(value: Decimal | int) -> bool:
    return not -WAN < value < WAN


def _two_places(value: Decimal | int) -> str:
    return str(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _trimmed(value: Decimal | int) -> str:
    """Without zeros at the end, one decimal at least."""
    text = f"{Decimal(value):f}"
    whole, _dot, places = text.partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}"


def part_text(fact: FigureFact, part: str) -> str:
    """The text of one part of a figure; this alone says how a number looks."""
    if part == "":
        return number(fact.value, fact.unit)
    if part == "mean":
        return NOTHING if fact.mean is None else _trimmed(fact.mean)
    if part in ("numerator", "denominator"):
        return number(getattr(fact, part))
    which, _dot, what = part.partition(".")
    base = fact.base(which)
    if what == "change":
        return _change_words(base)
    return NOTHING if base is None else _base_text(base, what, fact.unit)


def _change_words(base: BaseFact | None) -> str:
    """The change with its verb, to stand after 环比 or 同比: 上升18.4%, 下降2.1个百分点, 持平."""
    if base is None or base.missing == "no_data":
        return "无可比数据"
    if base.missing == "zero":
        return "不可比" if base.difference else "持平"
    moved = base.difference if base.ratio is None else base.ratio
    if not moved:
        return "持平"
    size = f"{_trimmed(abs(moved))}个百分点" if base.ratio is None else _change_text(moved)
    return f"{'上升' if moved > 0 else '下降'}{size}"


def _base_text(base: BaseFact, what: str, unit: str) -> str:
    if what == "value":
        return number(base.value, unit)
    if what == "points":
        return NOTHING if base.difference is None else _trimmed(abs(base.difference))
    ratio = base.ratio
    if ratio is None and what == "signed" and base.missing == "zero" and base.difference == 0:
        return "持平"
    if ratio is None:
        return NOTHING
    if what == "ratio":
        return _change_text(ratio)
    return "持平" if ratio == 0 else f"{'+' if ratio > 0 else '-'}{_change_text(ratio)}"


def _change_text(ratio: Decimal) -> str:
    """A change by so many per cent; from tenfold on by how many times, as 4600% says little."""
    return (
        f"{_trimmed(abs(ratio))}%"
        if abs(ratio) < MANY
        else f"{_trimmed(abs(ratio) / 100).removesuffix('.0')}倍"
    )


def ref(fact: FigureFact, part: str = "") -> FigureRef:
    """The part of a figure as a run that can be traced."""
    return FigureRef(part_text(fact, part), f"{fact.key}:{part}" if part else fact.key)


def counted(fact: FigureFact) -> list[Run]:
    """The value with its unit."""
    return [ref(fact), *_unit(fact.value, fact.unit)]


def _unit(value: Decimal | None, unit: str) -> list[Run]:
    word = unit_word(value, unit)
    return [Text(word)] if word else []


def change(fact: FigureFact, which: str, base_word: str) -> list[Run]:
    """What is said of the change: 环比上升18.4%（前一日348件）, or why nothing can be said."""
    name, base = NAMES[which], fact.base(which)
    if base is None or base.missing == "no_data":
        return [Text(f"{name}无可比数据")]
    if base.missing == "zero" and base.difference == 0:
        return [Text(f"{name}持平（{base_word}为零）")]
    if base.missing == "zero":
        return [Text(f"{base_word}为零，{name}不可比")]
    if base.ratio is None:
        return _points(fact, which, name, base)
    if base.ratio == 0:
        return [
            Text(f"{name}持平（{base_word}"),
            ref(fact, f"{which}.value"),
            *_unit(base.value, fact.unit),
            Text("）"),
        ]
    verb = "上升" if base.ratio > 0 else "下降"
    told: list[Run] = [Text(f"{name}{verb}"), ref(fact, f"{which}.ratio"), Text(f"（{base_word}")]
    return [*told, ref(fact, f"{which}.value"), *_unit(base.value, fact.unit), Text("）")]


def _points(fact: FigureFact, which: str, name: str, base: BaseFact) -> list[Run]:
    if not base.difference:
        return [Text(f"{name}持平")]
    verb = "上升" if base.difference > 0 else "下降"
    return [Text(f"{name}{verb}"), ref(fact, f"{which}.points"), Text("个百分点")]


def cell(fact: FigureFact, part: str = "") -> Run:
    """A cell of a table; a ratio with its sign, "不可比" where the base allows none."""
    text = part_text(fact, part)
    return Text("不可比") if text == NOTHING and part.endswith(".signed") else ref(fact, part)
