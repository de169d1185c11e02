"""Layouts: which header names hold which field, and what the words in the cells mean.

Origin of the names: the national export as read by two public programs (``wangxx-yu/market-complaint-agent``, MIT, and
a public analysis script), the lists of a bureau in 佛山顺德 (``linyu199507/demo``, names only), the table of a contest
about 深圳坪山, and the messages of TipDM 2020.  The national list is not the whole header, only the columns known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from suqing.cases.importing.fields import FIELDS

N_ = str

PROBLEM_COLUMN = "问题说明"  # written into files of rejected rows; never read

Columns = Mapping[str, tuple[str, ...]]
Values = Mapping[str, Mapping[str, str]]


class BadMapping(ValueError):
    """A mapping names a field or a word that there is not.  ``field`` says which."""

    def __init__(self, field_code: str, value: str = "") -> None:
        super().__init__(f"{field_code} {value}".strip())
        self.field, self.value = field_code, value


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """How one kind of table is read.

    ``columns``: field -> header names, the first that holds something counts.  ``values``: field -> {text in the
    cell: our word}; the text "" is what a blank cell (or a missing column) means.  ``source`` says whose registration
    numbers they are and is part of a case's identity.  ``signature``: headers by which the layout is known.
    """

    code: str
    label: str  # English message id for layouts that ship, the given name for mappings
    source: str
    columns: Columns
    values: Values = field(default_factory=dict)
    signature: tuple[str, ...] = ()
    is_national: bool = False


def plain_header(text: str) -> str:
    """Bring a header to the form in which headers are compared: half width, no spaces, no mark of required fields."""
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text)).casefold()


KIND_WORDS = {"投诉": "complaint", "举报": "report", "咨询": "consultation"}
CHANNEL_WORDS = {
    "电话": "phone", "话务接收": "phone", "来电": "phone", "12315电话": "phone", "热线": "phone",
    "互联网": "web", "互联网络": "web", "网络": "web", "网站": "web", "群众互联网填写": "web", "app": "web", "APP": "web",
    "微信": "web", "小程序": "web", "微信小程序": "web", "支付宝小程序": "web", "邮件": "web", "电子邮件": "web",
    "来函": "letter", "来信": "letter", "信函": "letter", "传真": "letter",
    "来人": "visit", "来访": "visit", "窗口": "visit",
    "上级交办": "transfer", "转办": "transfer", "12345转办": "transfer", "其他部门转办": "transfer",
    "其它": "other", "其他": "other", "监管人员录入": "other",
}  # fmt: skip
FIRST_CHECK_WORDS = {
    "已受理": "accepted", "受理": "accepted",
    "不受理": "refused", "不予受理": "refused",
    "立案": "filed", "已立案": "filed",
    "不立案": "not_filed", "不予立案": "not_filed",
}  # fmt: skip
PROGRESS_WORDS = {
    "已办结": "ended", "办结": "ended", "已归档": "ended", "已完成": "ended",
    "办理中": "under_way", "在办": "under_way", "处理中": "under_way", "未办结": "under_way", "已受理": "under_way",
    "待处理": "waiting", "待办": "waiting", "待初查": "waiting", "待受理": "waiting", "待分派": "waiting", "已登记": "waiting",
}  # fmt: skip
OUTCOME_WORDS = {
    "达成调解协议": "mediated", "协商和解成功": "settled", "消费者撤回投诉": "withdrawn",
    "协商和解不成功": "no_settlement", "终止调解": "mediation_ended",
}  # fmt: skip
URGENCY_WORDS = {
    "一般事件": "normal", "一般": "normal", "普通": "normal",
    "紧急事件": "urgent", "紧急": "urgent",
    "特别紧急事件": "very_urgent", "特急": "very_urgent",
}  # fmt: skip
WORDS: Values = {
    "kind": KIND_WORDS,
    "channel": CHANNEL_WORDS,
    "first_check": FIRST_CHECK_WORDS,
    "progress": PROGRESS_WORDS,
    "outcome": OUTCOME_WORDS,
    "urgency": URGENCY_WORDS,
}

NATIONAL = Layout(
    code="national",
    label=N_("National 12315 platform, export of business information"),
    source="national_12315",
    columns={
        "number": ("登记编号",),
        "kind": ("类型",),
        "channel": ("接收方式",),
        "entity_name": ("企业名称",),
        "entity_address": ("企业地址",),
        "requests": ("诉求内容",),
        "issue_class_short": ("问题类别",),
        "issue_class": ("问题类别全称",),
        "object_class": ("客体类别全称",),
        "place": ("事发地",),
        "narrative": ("具体问题",),
        "first_check": ("初查受理状态",),
        "progress": ("办理情况状态",),
        "unit": ("处理机构",),
        "department": ("处理部门",),
        "result_note": ("反馈内容",),
        "sales_way": ("销售方式",),
        "amount": ("消费金额(单位:元)", "消费金额(元)", "消费金额"),
        "recovered_amount": ("挽回经济损失(单位:元)", "挽回经济损失(元)", "挽回经济损失"),
        "penalty_amount": ("罚款金额(单位:元)", "罚款金额(元)", "罚款金额"),
        "confiscated_amount": ("没收金额(单位:元)", "没收金额(元)", "没收金额"),
        # not in the known header; read where a table has them
        "received_at": ("登记时间", "登记日期", "接收时间"),
        "closed_at": ("办结时间", "办结日期"),
        "decided_at": ("初查时间", "受理时间"),
        "outcome": ("调解结果",),
    },
    values=WORDS,
    signature=("登记编号", "类型", "接收方式", "企业名称"),
    is_national=True,
)

SHUNDE_12315 = Layout(
    code="shunde_12315",
    label=N_("Bureau in Foshan Shunde, list of 12315 matters"),
    source="shunde_12315",
    columns={
        "number": ("登记编号",),
        "kind": ("类型",),
        "progress": ("当前环节",),
        "received_at": ("登记时间",),
        "person_name": ("提供方",),
        "entity_name": ("涉及主体名称",),
        "narrative": ("登记内容",),
        "unit": ("处理部门",),
        "person_phone": ("来电号码",),
    },
    values=WORDS,
    signature=("登记编号", "类型", "当前环节", "登记时间", "登记内容"),
)

SHUNDE_12345 = Layout(
    code="shunde_12345",
    label=N_("Bureau in Foshan Shunde, list of 12345 work orders"),
    source="shunde_12345",
    columns={
        "number": ("工单号", "表单号"),
        "kind": ("业务类型",),
        "title": ("工单标题",),
        "narrative": ("登记内容",),
        "progress": ("当前环节",),
        "received_at": ("交办时间",),
        "person_phone": ("来电号码",),
    },
    values={**WORDS, "channel": {"": "transfer"}},
    signature=("业务类型", "工单号", "登记内容", "交办时间"),
)

PINGSHAN = Layout(
    code="pingshan",
    label=N_("Shenzhen Pingshan, public events of a contest"),
    source="pingshan",
    columns={
        "number": ("REC_ID",),
        "kind": ("EVENT_PROPERTY_NAME",),
        "received_at": ("CREATE_TIME",),
        "channel": ("EVENT_SRC_NAME",),
        "district": ("DISTRICT_NAME",),
        "street": ("STREET_NAME",),
        "issue_class": ("SUB_TYPE_NAME",),
        "unit": ("DISPOSE_UNIT_NAME",),
    },
    values=WORDS,
    signature=("REC_ID", "CREATE_TIME", "EVENT_SRC_NAME"),
)

TIPDM = Layout(
    code="tipdm",
    label=N_("TipDM 2020, messages to the authorities"),
    source="tipdm",
    columns={
        "number": ("留言编号",),
        "person_name": ("留言用户",),
        "title": ("留言主题",),
        "received_at": ("留言时间",),
        "narrative": ("留言详情",),
    },
    # The messages state no kind and came through a page of the internet; a mapping can say otherwise.
    values={**WORDS, "kind": {"": "consultation"}, "channel": {"": "web"}},
    signature=("留言编号", "留言主题", "留言时间", "留言详情"),
)

LAYOUTS: Mapping[str, Layout] = {
    one.code: one for one in (NATIONAL, SHUNDE_12315, SHUNDE_12345, PINGSHAN, TIPDM)
}


def recognise(header: Sequence[str]) -> Layout | None:
    """Give the shipped layout whose signature the header holds; the one that knows most of its columns.

    The national export is also known without one of its signature's columns, as long as the number is there and it
    has at least six of the layout's columns: its real header is not known completely.
    """
    names = {plain_header(name) for name in header}
    fitting = [layout for layout in LAYOUTS.values() if _fits(layout, names)]
    return max(fitting, key=lambda layout: _known(layout, names), default=None)


def of_mapping(name: str, source: str, columns: Mapping[str, object], values: Values | None = None) -> Layout:
    """Make a layout of a saved mapping: field -> header text (or several), and what words mean beside the usual ones.

    Raise BadMapping for a field or a word that there is not, and for a missing registration number.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for code, headers in columns.items():
        if code not in FIELDS:
            raise BadMapping(code)
        texts = (headers,) if isinstance(headers, str) else tuple(str(one) for one in _listed(headers))
        if kept := tuple(text for text in texts if text.strip()):
            chosen[code] = kept
    if "number" not in chosen:
        raise BadMapping("number")
    meant = {code: dict(words) for code, words in WORDS.items()}
    for code, words in (values or {}).items():
        for word in words.values():
            if code not in FIELDS or word not in FIELDS[code].words:
                raise BadMapping(code, word)
        meant.setdefault(code, {}).update(words)
    return Layout(code="", label=name, source=source, columns=chosen, values=meant)


def _listed(headers: object) -> Sequence[object]:
    return headers if isinstance(headers, (list, tuple)) else ()


def _fits(layout: Layout, names: set[str]) -> bool:
    if all(plain_header(name) in names for name in layout.signature):
        return True
    return layout.is_national and plain_header("登记编号") in names and _known(layout, names) >= 6


def _known(layout: Layout, names: set[str]) -> int:
    return sum(any(plain_header(text) in names for text in headers) for headers in layout.columns.values())
