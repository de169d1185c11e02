"""Charts of every kind, as lifelike as a bulletin's."""

from __future__ import annotations

from datetime import date

from suqing.charts.spec import Axis, Chart, Kind, Mark, Series

LONG = "苏州某某某某某某医药连锁有限公司工业园区第一分公司金鸡湖路门店"
DISTRICTS = Axis(("姑苏区", "吴中区", "工业园区"))

LINE = Chart(
    Kind.LINE,
    "价格举报",
    Axis.of_days([date(2020, 1, day) for day in range(24, 30)]),
    (Series("登记", (31, 74, 81, 88, 66, 60)), Series("受理", (10, 30, 45, None, 58, 59))),
    (Mark.on(date(2020, 1, 25), "会商研判"), Mark.on(date(2020, 1, 26), "专项行动")),
    unit="件",
    source_note="模拟数据，按登记时间统计",
)
BAR = Chart(Kind.BAR, "量", DISTRICTS, (Series("2020年", (30, 20.5, 0)), Series("2019年", (9, None, 4))))
HBAR = Chart(Kind.HBAR, "经营者", Axis(("口罩$1$", LONG, "蔬菜")), (Series("件数", (12, 7, 3)),))
STACKED = Chart(
    Kind.STACKED,
    "构成",
    DISTRICTS,
    (Series("咨询", (30, 20, 25)), Series("投诉", (20, 14, 8)), Series("举报", (40, 22, 0))),
)
EMPTY = Chart(Kind.BAR, "无", Axis(()), (Series("件", ()),), empty_text="本期无数据")
ALL = (LINE, BAR, HBAR, STACKED, EMPTY)
