"""A lifelike 12315每日重热点快报 of Suzhou, 27 January 2020, all invented and marked so; run it to get the file.

python -m tests.bulletins.sample_daily OUT.docx
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from suqing.bulletins.documents import (
    Block,
    CaseBox,
    Document,
    FigureRef,
    Heading,
    Lead,
    Masthead,
    Note,
    Picture,
    Table,
    Tail,
    Title,
    paragraph,
    runs,
    typeset,
)
from suqing.charts.figure import draw
from suqing.charts.spec import Axis, Chart, Kind, Mark, Series

CREATED = datetime(2020, 1, 28, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS = [date(2020, 1, day) for day in range(20, 28)]
LONG_OPERATOR = "苏州工业园区某某某大药房连锁有限公司金鸡湖路第一百二十三分店（原某某某医药商场金鸡湖店）"


def chart() -> Chart:
    """The curve of the price reports with the two countermeasures."""
    return Chart(
        kind=Kind.LINE,
        title="价格举报登记量",
        x=Axis.of_days(DAYS),
        series=(Series("价格举报", (3, 4, 6, 9, 31, 74, 81, 88)),),
        marks=(
            Mark.on(date(2020, 1, 25), "25日会商研判"),
            Mark.on(date(2020, 1, 26), "26日部署价格专项行动"),
        ),
        unit="件",
        source_note="模拟数据，按登记时间统计",
    )


def masthead() -> Masthead:
    """The head of number 4 of the year."""
    return Masthead(
        series="12315每日重热点快报",
        issue_no=4,
        total_no=37,
        compiled_by="苏州市12315投诉举报中心",
        date=date(2020, 1, 28),
        synthetic=True,
    )


def document() -> Document:
    """The whole bulletin."""
    blocks: tuple[Block, ...] = (
        Title("关于2020年1月27日疫情期间12315投诉举报重热点情况的快报"),
        Lead(
            runs(
                "1月27日，全市12315共登记诉求",
                FigureRef("412", "total.2020-01-27"),
                "件，环比上升",
                FigureRef("18.4%", "total.change"),
                "，其中价格举报",
                FigureRef("88", "price.2020-01-27"),
                "件，集中在口罩、消毒用品和蔬菜。",
            )
        ),
        *_overall(),
        *_prices(),
        *_cases(),
        Heading(1, "工作建议"),
        Heading(2, "加强口罩价格监管"),
        paragraph("建议价格监督检查机构对一日内被举报三次以上的经营者优先核查，依法从快从严处理。"),
        Heading(3, "网格排查"),
        paragraph("由属地市场监督管理局对辖区药店明码标价情况开展一次全面检查。"),
        Heading(4, "时限"),
        paragraph("各地于1月30日前报送检查情况。"),
        Heading(1, "其他"),
    )
    tail = Tail(
        report_to=("江苏省市场监督管理局", "苏州市人民政府办公室"),
        send_to=("苏州市发展和改革委员会", "苏州市卫生健康委员会"),
        distribute_to=("各县级市、区市场监督管理局", "局机关各处室，各直属单位"),
        copies=30,
    )
    return Document(masthead(), blocks, tail, CREATED)


def _overall() -> tuple[Block, ...]:
    return (
        Heading(1, "总体情况"),
        paragraph(
            "全天登记咨询",
            FigureRef("203", "consultations"),
            "件、投诉",
            FigureRef("111", "complaints"),
            "件、举报",
            FigureRef("98", "reports"),
            "件。与上年春节同日相比,咨询上升明显,投诉主要反映酒店、旅游、餐饮等服务合同的退订退费问题,"
            "举报主要反映防疫用品价格上涨、经营者未明码标价等问题.",
        ),
        Table(
            caption="各类诉求登记量",
            header=("类型", "当日", "前一日", "环比", "上年同日", "同比"),
            rows=(
                ("咨询", "203", "180", "+12.8%", "46", "+341.3%"),
                ("投诉", "111", "96", "+15.6%", "31", "+258.1%"),
                ("举报", "98", "72", "+36.1%", "12", "+716.7%"),
                ("合计", "412", "348", "+18.4%", "89", "+362.9%"),
            ),
            numeric=(1, 2, 3, 4, 5),
        ),
        Note("数据按登记时间统计，截至1月28日8时；环比为与前一日相比，同比为与上年农历同日相比。"),
    )


def _prices() -> tuple[Block, ...]:
    return (
        Heading(1, "价格举报"),
        Heading(2, "变化趋势"),
        paragraph("1月25日起价格举报量明显高于常态，27日登记", FigureRef("88", "price.2020-01-27"), "件。"),
        Picture(draw(chart(), 150, 75), "1月20日至27日价格举报登记量", "折线图，由3件升至88件"),
        Heading(2, "涉及商品和经营者"),
        Table(
            caption="被举报较多的经营者",
            header=("经营者", "所在地", "商品", "件数"),
            rows=(
                (LONG_OPERATOR, "苏州工业园区", "一次性使用医用口罩", "7"),
                ("姑苏区某某便利店", "姑苏区", "口罩", "4"),
                ("吴中区某某农贸市场某摊位", "吴中区", "大白菜、青椒", "3"),
            ),
            numeric=(3,),
        ),
    )


def _cases() -> tuple[Block, ...]:
    return (
        Heading(1, "典型案例"),
        CaseBox(
            title="案例1：口罩价格一夜上涨近四倍",
            narrative="张**（138****5678）反映，1月26日在姑苏区某药店购买一次性使用医用口罩，"
            "标价为每包12元，1月27日再次购买时价格为每包58元，且未见价目牌，要求查处。",
            facts=(("承办单位", "姑苏区市场监督管理局"), ("当前状态", "已分送，核查中")),
        ),
        CaseBox(
            title="案例2：年夜饭退订遭拒",
            narrative="李*反映，因疫情取消1月24日年夜饭，酒店拒绝退还定金2,000元，要求退费。",
        ),
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(typeset(document()))
