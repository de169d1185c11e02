"""An event in words: homes sold only together with a parking place, among what callers tell every day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from suqing.cases.actions import event_search
from suqing.cases.actions.event_search import forget_memory, search_some
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case
from suqing.cases.same_event import clues_of
from suqing.cases.vocabulary import Kind
from tests.cases.examples import matter, registered
from tests.cast import AT, Cast

PARKING = (
    "开发商把车位和房子捆绑销售，不买车位就取消购房资格，请管一管",
    "买房必须捆绑买车位，否则取消购房资格，这样捆绑销售合法吗",
    "楼盘捆绑销售车位，不认购车位不给购房资格",
    "捆绑销售车位，没有买车位的购房资格都取消了",
)
EVERYDAY = (
    "快递放在门口丢了，网点不肯赔偿",
    "健身房关门，年卡的钱退不回来",
    "电水壶用三天就漏水，店家不肯换",
    "超市买的面包发霉，要求十倍赔偿",
    "理发店办卡之后换了老板不认账",
)
ESTATE = EntityInput("滨河花园房地产开发有限公司")


def tell_what_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of ordinary days, told to each memory: which words are common.  What was in memory is forgotten."""
    told = [(clues_of(text), 60.0) for text in EVERYDAY]
    monkeypatch.setattr(event_search, "_background", lambda since: iter(told))  # noqa: ARG005
    forget_memory()


def case(
    cast: Cast,
    words: str,
    *,
    number: int = 0,
    kind: Kind = Kind.COMPLAINT,
    hours: int = 0,
    **changes: object,
) -> Case:
    """A case of its own person, ``hours`` after the cast's moment."""
    party = PartyInput(f"李{'甲乙丙丁戊己庚辛壬'[number]}", f"1390000567{number}", "吴中区木渎镇2号")
    given = matter(kind, **{"entity": ESTATE, **changes})
    at = AT + timedelta(hours=hours)
    return registered(cast.call_taker, given, at=at, narrative=words, party=party).cases.get()


def parking(cast: Cast, count: int = 3) -> list[Case]:
    """Cases of the event, an hour apart."""
    return [case(cast, PARKING[number % 4], number=number, hours=number) for number in range(count)]


def search(at: datetime = AT + timedelta(hours=12)) -> None:
    """Look through all cases that wait."""
    while search_some(at=at):
        pass
