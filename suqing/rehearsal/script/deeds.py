"""What the centre itself does on its days, beside the contacts: the joint supervision of the price reports, return visits,
reminders, extensions.  Values only.

The order follows what Suzhou did from 25 to 30 January 2020; the days of replies, all counts and all grades are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from suqing.rehearsal.script.moments import SHANGHAI
from suqing.rehearsal.script.volumes import DAY, is_office_day

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


def deeds() -> tuple[Planned, ...]:
    """Give everything the centre does, in order of time."""
    return tuple(sorted(_all(), key=lambda planned: planned.moment))


def deeds_between(after: datetime, until: datetime) -> tuple[Planned, ...]:
    """Cut out what happens after one moment and not after the other."""
    return tuple(planned for planned in deeds() if after < planned.moment <= until)


def _all() -> Iterator[Planned]:
    yield _at(date(2020, 1, 26), 9, 30, Deed.ISSUE_ORDER)
    yield _at(date(2020, 1, 28), 17, 0, Deed.REPLY)
    yield _at(date(2020, 1, 29), 10, 0, Deed.REVIEW)
    yield _at(date(2020, 1, 30), 17, 0, Deed.CLOSE_ORDER)
    for day in _days(date(2020, 1, 22), date(2020, 2, 9)):
        yield _at(day, 15, 30, Deed.VISIT)
        if is_office_day(day):
            yield _at(day, 10, 10, Deed.REDO)
            yield _at(day, 10, 30, Deed.REMIND)
    for day in _days(date(2020, 2, 3), date(2020, 2, 7)):
        yield _at(day, 11, 0, Deed.ASK_EXTENSION)
        if day < date(2020, 2, 7):  # the last requests wait for whoever practises
            yield _at(day, 16, 0, Deed.DECIDE_EXTENSION)


def _at(day: date, hour: int, minute: int, deed: Deed) -> Planned:
    return Planned(datetime.combine(day, time(hour, minute), SHANGHAI), deed)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
