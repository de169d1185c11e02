"""What the centre itself does on its days, beside the contacts: the joint supervision of the price reports, return visits,
reminders, extensions.  Values only.

The order, of Suzhou only, follows what it did from 25 to 30 January 2020; the days of replies, all counts and all grades are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from suqing.rehearsal.script.cities.city import City
from suqing.rehearsal.script.days import DAY, days, is_office_day
from suqing.rehearsal.script.moments import SHANGHAI

ORDER_TITLE = "关于疫情期间价格举报办理的联动督办"
ORDER_TEXT = (
    "近期口罩、消毒用品和蔬菜价格举报明显增多。请价格监管部门牵头，会同有关区局对接收的价格举报逐件核查，"
    "对涉嫌哄抬价格的从快从严处理，并于期限前回复核查和处理情况。"
)
ORDER_LEAD = "sz-price"
ORDER_ASSISTANTS = ("sz-gusu", "sz-wuzhong", "sz-wujiang", "sz-sip")
ORDER_TOPIC = "price_surge"
ORDER_DUE = date(2020, 1, 29)
REPLY = "已对辖区内接收的价格举报逐件核查，对涉嫌哄抬价格的立案查处，对其余经营者予以告诫并责令明码标价。"

VISITS_A_DAY = 12
REMINDERS_A_DAY = 5
EXTENSIONS_A_DAY = 3


class Deed(StrEnum):
    """One kind of thing the centre does."""

    ISSUE_ORDER = "issue_order"
    REPLY = "reply"
    REVIEW = "review"
    CLOSE_ORDER = "close_order"
    VISIT = "visit"
    REDO = "redo"
    REMIND = "remind"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"


@dataclass(frozen=True, slots=True)
class Planned:
    """A deed and its moment."""

    moment: datetime
    deed: Deed


def deeds(city: City) -> tuple[Planned, ...]:
    """Give everything the centre does, in order of time."""
    return tuple(sorted(_all(city), key=lambda planned: planned.moment))


def deeds_between(city: City, after: datetime, until: datetime) -> tuple[Planned, ...]:
    """Cut out what happens after one moment and not after the other."""
    return tuple(planned for planned in deeds(city) if after < planned.moment <= until)


def _all(city: City) -> Iterator[Planned]:
    if city.has_order:
        yield _at(date(2020, 1, 26), 9, 30, Deed.ISSUE_ORDER)
        yield _at(date(2020, 1, 28), 17, 0, Deed.REPLY)
        yield _at(date(2020, 1, 29), 10, 0, Deed.REVIEW)
        yield _at(date(2020, 1, 30), 17, 0, Deed.CLOSE_ORDER)
    for day in days(city.replay[0] + 2 * DAY, city.replay[1] - DAY):
        yield _at(day, 15, 30, Deed.VISIT)
        if is_office_day(day):
            yield _at(day, 10, 10, Deed.REDO)
            yield _at(day, 10, 30, Deed.REMIND)
    if city.extensions is None:
        return
    for day in days(*city.extensions):
        yield _at(day, 11, 0, Deed.ASK_EXTENSION)
        if day < city.extensions[1]:  # the last requests wait for whoever practises
            yield _at(day, 16, 0, Deed.DECIDE_EXTENSION)


def _at(day: date, hour: int, minute: int, deed: Deed) -> Planned:
    return Planned(datetime.combine(day, time(hour, minute), SHANGHAI), deed)
