"""Made-up examples for the style guide, in Chinese as real data are.  Nobody here is real."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from suqing.charts.spec import Axis, Chart, Kind, Series

NARRATIVE = (
    "市民反映1月26日在姑苏区观前街某大药房购买N95口罩一盒20只，标价39元，结账时收取198元，店员称“要就这个价”。"
    "市民认为哄抬价格，保留有小票和店内价签照片，要求退还差价159元，并请市场监管部门查处。"
)
PLACES = [
    {"value": "320508", "text": "姑苏区", "hint": "江苏省苏州市"},
    {"value": "320508001", "text": "观前街道", "hint": "江苏省苏州市姑苏区"},
    {"value": "320506", "text": "吴中区", "hint": "江苏省苏州市"},
    {"value": "320507", "text": "相城区", "hint": "江苏省苏州市"},
    {"value": "320104", "text": "秦淮区", "hint": "江苏省南京市"},
    {"value": "320102", "text": "玄武区", "hint": "江苏省南京市"},
]


def clocks(now: datetime) -> list[dict[str, Any]]:
    day = now.date()
    rows = [
        (day - timedelta(days=3), False, None, "收到之日，不计入"),
        (day - timedelta(days=2), True, 1, ""),
        (day - timedelta(days=1), False, None, "法定节假日，不计入"),
        (day, True, 2, "今天"),
        (day + timedelta(days=1), True, 3, ""),
    ]
    article = "《市场监督管理投诉举报处理暂行办法》第十四条"
    return [
        {
            "tone": "running",
            "word": "进行中",
            "label": "作出是否受理决定",
            "remaining": "还剩 5 个工作日",
            "due_at": now + timedelta(days=9),
            "article": article,
            "rows": rows,
        },
        {
            "tone": "soon",
            "word": "将到期",
            "label": "分送",
            "remaining": "还剩 1 个工作日",
            "due_at": now + timedelta(days=1),
            "article": article,
            "rows": rows,
        },
        {
            "tone": "breach",
            "word": "已超期",
            "label": "告知举报人",
            "remaining": "2 个工作日",
            "due_at": now - timedelta(days=2),
            "article": article,
        },
        {
            "tone": "paused",
            "word": "已中止",
            "label": "调解期限",
            "remaining": "检定期间不计入",
            "due_at": now + timedelta(days=30),
            "article": article,
        },
        {"tone": "met", "word": "按期", "label": "登记", "remaining": "", "due_at": now, "article": article},
    ]


def rows(now: datetime) -> list[dict[str, Any]]:
    running, soon, breach, paused, met = clocks(now)
    about = [
        (
            "投诉",
            "某大药房（观前店）",
            "口罩一盒标价39元实收198元，要求退还差价",
            "待分送",
            "active",
            soon,
            "姑苏区局",
            [("疫情", "active")],
        ),
        (
            "举报",
            "某生鲜超市",
            "大白菜每斤12元，前一日3.5元，涉嫌哄抬价格",
            "核查中",
            "",
            breach,
            "吴中区局",
            [("敏感", "breach")],
        ),
        ("咨询", "", "预付卡门店停业，如何申请退款", "已答复", "", met, "12315中心", []),
        ("投诉", "某旅行社", "春节团费2,460元因疫情取消，拒不退款", "待受理", "", running, "工业园区局", []),
        (
            "投诉",
            "某电子经营部",
            "额温枪收到后测温误差超过2℃，要求退货",
            "调解中",
            "",
            paused,
            "相城区局",
            [],
        ),
        ("举报", "某网店", "以普通防护口罩冒充医用口罩销售", "待核查", "", running, "网监支队", []),
    ]
    return [
        {
            "url": "#case",
            "number": f"SZ20200127{3100 + index}",
            "kind": kind,
            "operator": operator,
            "summary": text,
            "state": state,
            "state_tone": tone,
            "clock": clock,
            "unit": unit,
            "flags": flags,
            "received_at": now - timedelta(minutes=17 * index + 3),
            "is_selected": index == 1,
        }
        for index, (kind, operator, text, state, tone, clock, unit, flags) in enumerate(about)
    ]


def filters() -> dict[str, Any]:
    return {
        "filters": [
            {"name": "q", "label": "搜索", "kind": "search", "value": ""},
            {
                "name": "kind",
                "label": "类型",
                "kind": "select",
                "value": "投诉",
                "options": [("", "全部"), ("投诉", "投诉"), ("举报", "举报")],
            },
            {
                "name": "unit",
                "label": "承办单位",
                "kind": "select",
                "value": "",
                "options": [("", "全部"), ("gs", "姑苏区局")],
            },
            {"name": "since", "label": "接收日期从", "kind": "date", "value": "2020-01-24"},
        ],
        "chips": [{"label": "类型：投诉", "remove_url": "?"}, {"label": "1月24日起", "remove_url": "?"}],
        "pager": {"newer_url": "", "older_url": "?before=3100", "shown": 6, "total_text": "本页 6 件"},
    }


def case(now: datetime) -> dict[str, Any]:
    return {
        "head": _case_head(),
        "head_clocks": clocks(now)[:2],
        "steps": _case_steps(),
        "people": _case_people(),
        "entries": _case_entries(now),
        "changes": [
            ("经营者", "某药房", "某大药房（观前店）"),
            ("统一社会信用代码", "", "91320508MA1XXXXXX0"),
            ("备注", "重复来电", ""),
        ],
    }


def _case_head() -> dict[str, Any]:
    return {
        "number": "SZ202001273100",
        "kind": "投诉",
        "title": "口罩一盒标价39元实收198元，要求退还差价",
        "state": "待受理",
        "state_tone": "active",
        "flags": [("疫情", "active"), ("敏感", "breach")],
        "facts": [
            ("经营者", "某大药房（观前店）"),
            ("地点", "苏州市姑苏区观前街道"),
            ("金额", "198.00 元"),
            ("承办", "姑苏区局"),
            ("来源", "电话"),
        ],
    }


def _case_steps() -> list[dict[str, Any]]:
    return [
        {
            "verb": "受理",
            "sentence": "符合受理条件，通知投诉人。",
            "law": "第十四条第一款",
            "law_text": "具有处理权限的市场监督管理部门，应当自收到投诉之日起七个工作日内作出受理或者不予受理的决定，并告知投诉人。",
            "url": "#",
            "method": "get",
            "is_main": True,
            "key": "alt+a",
        },
        {
            "verb": "不予受理",
            "sentence": "有第十五条所列情形之一，选择情形并告知理由。",
            "law": "第十五条",
            "url": "sample-dialog",
            "method": "dialog",
            "is_grave": True,
            "key": "alt+r",
        },
        {
            "verb": "退回",
            "sentence": "不属于本单位管辖，附理由退回中心。",
            "law": "第十二条",
            "url": "#",
            "method": "get",
        },
        {
            "verb": "办结",
            "sentence": "调解结束后办结。",
            "law": "第二十一条",
            "shut": "尚未受理，现在不能办结。",
        },
    ]


def _case_people() -> list[dict[str, Any]]:
    return [
        {
            "id": 1,
            "role": "投诉人",
            "name": "张**",
            "phone": "138****5678",
            "address": "苏州市姑苏区观前街道****",
            "is_masked": True,
            "unmask_url": "/styleguide/",
            "facts": [("以往来电", "2 次")],
        },
        {
            "id": 2,
            "role": "被投诉人",
            "name": "某大药房（观前店）",
            "phone": "0512-6512****",
            "address": "苏州市姑苏区观前街100号",
            "is_masked": False,
            "facts": [("统一社会信用代码", "91320508MA1XXXXXX0")],
        },
    ]


def _case_entries(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "icon": "phone",
            "title": "来电登记",
            "who": "李敏",
            "at": now - timedelta(hours=2),
            "body": "通话 6 分 12 秒，拆分为投诉与举报各一件。",
            "tone": "key",
        },
        {
            "icon": "edit",
            "title": "更正",
            "who": "李敏",
            "at": now - timedelta(hours=1, minutes=40),
            "changes": [("金额", "189.00 元", "198.00 元")],
        },
        {
            "icon": "send",
            "title": "分送至姑苏区局",
            "who": "王强",
            "at": now - timedelta(hours=1),
            "body": "1月31日前反馈。",
        },
        {"icon": "alert-octagon", "title": "将超期提醒", "who": "系统", "at": now, "tone": "breach"},
    ]


def figures() -> dict[str, Any]:
    return {
        "figures": [
            {
                "label": "受理总量",
                "value": 1404,
                "unit": "件",
                "url": "#work-list",
                "definition": "当日登记的投诉、举报、咨询件数",
                "comparisons": [("环比", "+12.4%", "up"), ("同比", "+86.0%", "up")],
            },
            {
                "label": "投诉",
                "value": 789,
                "unit": "件",
                "url": "#work-list",
                "comparisons": [("环比", "−3.1%", "down")],
            },
            {
                "label": "举报",
                "value": 658,
                "unit": "件",
                "url": "#work-list",
                "comparisons": [("环比", "+41.2%", "up")],
            },
            {
                "label": "涉疫情",
                "value": 457,
                "unit": "件",
                "url": "#work-list",
                "comparisons": [("环比", "0.0%", "flat")],
            },
        ],
        "tiles": [
            {"label": "今日来电", "value": 12840, "unit": "个", "note": "前一日 9,310"},
            {
                "label": "排队中",
                "value": 14,
                "unit": "人",
                "note": "最长等待 2 分 40 秒",
                "tone": "soon",
                "word": "将满",
            },
            {"label": "超期", "value": 3, "unit": "件", "tone": "breach", "word": "超期"},
        ],
    }


def sample(now: datetime) -> dict[str, Any]:
    checks = [
        {"needs": "narrative", "label": "诉求内容", "target": "id_narrative"},
        {"needs": "kind", "label": "类型", "target": "id_kind"},
        {
            "needs": "operator",
            "label": "经营者",
            "target": "id_operator-ts-control",
            "kinds": "complaint report",
        },
        {
            "needs": "division|address",
            "label": "地点",
            "target": "id_division-ts-control",
            "kinds": "complaint report",
        },
        {"needs": "amount", "label": "金额", "target": "id_amount", "kinds": "complaint"},
    ]
    return {
        "at": now,
        "earlier": now - timedelta(days=400),
        "amount": Decimal("1234.5"),
        "narrative": NARRATIVE,
        "kinds": ["咨询", "投诉", "将到期", "敏感"],
        "clocks": clocks(now),
        "rows": rows(now),
        "checks": checks,
        "alarm": {
            "title": "口罩价格举报异常",
            "why": "1小时内 23 件，预计 4 件；集中在姑苏区、吴中区的药店。",
            "level": "红色",
            "at": now,
            "url": "#",
            "verb": "查看",
        },
        "empty": {
            "title": "没有待分送的件",
            "text": "新登记的件会自动出现在这里。",
            "url": "#",
            "verb": "查看已分送",
        },
        "job": {"label": "回填“口罩”专题", "done": 41200, "total": 100000, "left": "还剩 6 分钟"},
        **filters(),
        **case(now),
        **figures(),
    }


def chart(today: date) -> Chart:
    days = [today - timedelta(days=6 - index) for index in range(7)]
    return Chart(
        Kind.LINE,
        "近七日登记量",
        Axis.of_days(days),
        (
            Series("投诉", (412, 398, 455, 520, 610, 742, 789)),
            Series("举报", (88, 102, 180, 310, 466, 590, 658)),
        ),
        unit="件",
        source_note="示例数据",
    )
