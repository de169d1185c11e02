"""A week of a small centre, made through the actions: figures in it can be counted by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4

from suqing.cases.actions import complaints, dispatching, mediation
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, MatterInput, PartyInput, SubmissionInput
from suqing.cases.models import Case, Submission
from suqing.cases.vocabulary import Channel, ContactOutcome, Kind
from suqing.lawclock.actions import load_calendars
from suqing.taxonomy.actions import load_reference_data
from suqing.taxonomy.models import ClassNode
from tests.cast import SHANGHAI, SYSTEM, Cast

LOADED = datetime(2019, 12, 30, 9, 0, tzinfo=SHANGHAI)
MONDAY = date(2020, 1, 27)
CALLER = PartyInput("王小明", "13800001234")
MASKS = "在药店买口罩，平时五元一只，现在涨到三十元一只，价格太高，请求查处"
HOTEL = "预订的酒店因为疫情不能入住，要求退还房费，商家只同意改期"
KETTLE = "买的电水壶用了三天就不通电，商家不肯换货"
PARKING = "问小区门口停车收费有没有标准"
FOOD = "买到的面包有异物，要求查处"


def moment(day: date, clock: str = "10:00") -> datetime:
    """A local time of a day."""
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def load(cast: Cast) -> Cast:
    """Everything a case needs besides people."""
    load_calendars(by=SYSTEM, at=LOADED)
    load_reference_data(by=SYSTEM, at=LOADED)
    return cast


def node(kind: str, name: str) -> int:
    """The key of a class of the tree in use, by name."""
    return ClassNode.objects.get(tree__kind=kind, tree__is_active=True, name=name).pk


def take(cast: Cast, at: datetime, *matters: MatterInput, **changes: object) -> Submission:
    """Register a contact at the moment it comes in."""
    given = {"ref": uuid4(), "received_at": at, "narrative": "来电", "party": CALLER, "matters": matters}
    return register(submission=SubmissionInput(**{**given, **changes}), by=cast.call_taker, at=at)  # type: ignore[arg-type]


def mask_report(**changes: object) -> MatterInput:
    """A report of a pharmacy in Gusu for the price of masks."""
    given = {
        "kind": Kind.REPORT, "narrative": MASKS, "entity": EntityInput("苏州平江大药房有限公司"), "place": "320508",
        "issue_class": node("report_issue", "哄抬价格"), "object_class": node("object", "医疗器械"), "goods": "口罩",
    }  # fmt: skip
    return MatterInput(**{**given, **changes})  # type: ignore[arg-type]


def food_report(**changes: object) -> MatterInput:
    return mask_report(
        narrative=FOOD, issue_class=node("report_issue", "违反食品安全法法规"), object_class=node("object", "食品"),
        goods="", entity=EntityInput("吴中区某面包房"), place="320506", **changes,
    )  # fmt: skip


def hotel_complaint(**changes: object) -> MatterInput:
    """A complaint against a hotel in Wuzhong about a refund."""
    given = {
        "kind": Kind.COMPLAINT, "narrative": HOTEL, "entity": EntityInput("太湖度假酒店"), "place": "320506",
        "issue_class": node("issue", "退订退费"), "object_class": node("object", "餐饮和住宿服务"),
    }  # fmt: skip
    return MatterInput(**{**given, **changes})  # type: ignore[arg-type]


def kettle_complaint(**changes: object) -> MatterInput:
    """A complaint about which place, issue and goods nothing is known."""
    given = {"kind": Kind.COMPLAINT, "narrative": KETTLE, "entity": EntityInput("某电器商场")}
    return MatterInput(**{**given, **changes})  # type: ignore[arg-type]


def question(**changes: object) -> MatterInput:
    return MatterInput(**{"kind": Kind.CONSULTATION, "narrative": PARKING, **changes})  # type: ignore[arg-type]


def close_complaint(
    cast: Cast, case: Case, *, accepted: datetime, closed: datetime, recovered: str | None
) -> None:
    """Dispatch to Wuzhong, accept and end with a settlement."""
    dispatching.dispatch(
        case=case, to_unit=cast.wuzhong, by=cast.dispatcher, at=accepted - timedelta(minutes=5)
    )
    complaints.accept(case=case, by=cast.other_handler, at=accepted)
    mediation.terminate(
        case=case, ground="settled", note="已和解", by=cast.other_handler, at=closed,
        recovered_amount=None if recovered is None else Decimal(recovered),
    )  # fmt: skip


def make_week(cast: Cast) -> None:
    """20 to 27 January 2020.

    Day by day price reports: 1 1 1 1 2 3 4 on 20..26 and 9 on the 27th, seven of them in Gusu, one in Wuzhong, one
    whose place nobody knows.  The 27th also has 1 food report, 3 complaints, 4 consultations and a silent call.
    """
    for offset, count in enumerate((1, 1, 1, 1, 2, 3, 4)):
        day = MONDAY - timedelta(days=7 - offset)
        for number in range(count):
            take(cast, moment(day, f"{9 + number:02d}:00"), mask_report())
        take(cast, moment(day, "15:00"), question())
        if offset >= 5:
            take(cast, moment(day, "16:00"), hotel_complaint())
    _monday(cast)


def _monday(cast: Cast) -> None:
    for number in range(7):
        take(cast, moment(MONDAY, f"0{number}:00"), mask_report())
    take(cast, moment(MONDAY, "08:00"), mask_report(place="320506", goods="酒精"))
    take(cast, moment(MONDAY, "09:00"), mask_report(place="", goods=""), food_report())
    hotels = [take(cast, moment(MONDAY, f"1{n}:00"), hotel_complaint()).cases.get() for n in (0, 1)]
    take(cast, moment(MONDAY, "12:00"), kettle_complaint(), channel=Channel.WEB)
    for number in range(4):
        take(cast, moment(MONDAY, f"1{3 + number}:00"), question(answer="按公示标准收费"))
    take(cast, moment(MONDAY, "23:59"), outcome=ContactOutcome.SILENT)
    close_complaint(
        cast, hotels[0], accepted=moment(MONDAY, "17:00"), closed=moment(MONDAY, "18:00"), recovered="388.50"
    )
