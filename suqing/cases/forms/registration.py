"""Forms one and two: the registration of a complaint and of a report.

Fields of the 2026 set as known (domain 2.4); wording and arrangement are local, check against the official form.
Articles: O20 art. 9 and 24, O121 art. 10 and 28 (what a complaint and a report contain; staff record what was said).
"""

from __future__ import annotations

from suqing.cases.forms.model import (
    TEXT,
    Audience,
    Block,
    Cell,
    Content,
    Field,
    FieldKind,
    Foot,
    Form,
    Grid,
    Heading,
    Row,
)
from suqing.cases.forms.shared_fields import BOTH, CASE_NUMBER, HANDLER, RECEIVED, line
from suqing.cases.forms.wording import boxes, day
from suqing.cases.vocabulary import Kind, State

N_ = str

# What form one prints beside its boxes; everything else asked for is written after them.
REQUESTS = ("修理", "重作", "更换", "退货", "补足商品数量", "退还货款和服务费用", "赔偿损失")
CONSENT = (("yes", N_("Agrees")), ("no", N_("Does not agree")), ("", N_("Not asked")))
_AGREES = (("yes", "同意"), ("no", "不同意"))

_WHO = (
    line("person_name", N_("Name of the person"), personal=True),
    line("person_phone", N_("Phone of the person"), personal=True),
    line("person_id_type", N_("Kind of identity document"), personal=True),
    line("person_id_number", N_("Number of the identity document"), personal=True),
    line("person_address", N_("Address of the person"), personal=True),
)
_WHOM = (
    line("respondent", N_("Name of the operator")),
    line("respondent_contact", N_("Contact person of the operator")),
    line("respondent_address", N_("Address of the operator")),
    line("respondent_phone", N_("Phone of the operator")),
)
_FACTS = Field(
    "narrative", N_("Facts and what they rest on"), FieldKind.TEXT, required=True, limit=TEXT, personal=True
)


def _label(text: str) -> Cell:
    return Cell(text, 2, is_label=True)


def _pair(left: str, value: str, right: str, other: str) -> Row:
    return Row((_label(left), Cell(value, 4), _label(right), Cell(other, 4)))


def _wide(label: str, value: str, lines: int = 1) -> Row:
    return Row((_label(label), Cell(value, 10, lines=lines)))


def requests_line(asked: str) -> str:
    """The seven requests of the form with what was asked for marked; others are written after them."""
    chosen = [one.strip() for one in asked.split("、") if one.strip()]
    known = "　".join(f"{'■' if one in chosen else '□'}{one}" for one in REQUESTS)
    others = "、".join(one for one in chosen if one not in REQUESTS)
    return f"{known}　{'■' if others else '□'}其他：{others}"


def _complaint(content: Content) -> tuple[Block, ...]:
    v = content.value
    grid = Grid(
        (
            _pair("登记单位", v("registering_unit"), "登记编号", v("case_number")),
            _pair("投诉人姓名", v("person_name"), "联系电话", v("person_phone")),
            _pair("证件类型", v("person_id_type"), "证件号码", v("person_id_number")),
            _wide("联系地址", v("person_address")),
            _wide("代理人", v("agent")),
            _pair(
                "是否同意公示投诉信息",
                boxes(_AGREES, v("publicity_consent")),
                "是否同意委托调解",
                boxes(_AGREES, v("delegation_consent")),
            ),
            _pair("被投诉人名称（姓名）", v("respondent"), "联系人", v("respondent_contact")),
            _pair("被投诉人地址", v("respondent_address"), "联系电话", v("respondent_phone")),
            _pair(
                "争议发生时间",
                day(v("incident_on")) if v("incident_on") else "",
                "争议金额（元）",
                v("amount"),
            ),
            _wide("争议发生地点", v("incident_place")),
            _wide("消费者权益争议事实依据", v("narrative"), lines=6),
            _wide("投诉请求", requests_line(v("requests"))),
            _wide("请求说明", v("request_note"), lines=2),
            Row((Cell(f"投诉人（签字）：\n\n{day('')}", 6), Cell(f"经办人：{v('handler')}\n\n{day(content.on)}", 6))),
        )
    )  # fmt: skip
    note = f"收到日期：{day(v('received_on'))}。投诉人不在现场的，不需投诉人签字。"
    return Heading(content.unit, "投诉登记表", content.number), grid, Foot((note,))


def _report(content: Content) -> tuple[Block, ...]:
    v = content.value
    name = v("person_name") or ("匿名" if v("real_name") == "no" else "")
    grid = Grid(
        (
            _pair("登记单位", v("registering_unit"), "登记编号", v("case_number")),
            _pair("举报人姓名（名称）", name, "联系电话", v("person_phone")),
            _pair("身份证件号码", v("person_id_number"), "是否实名", boxes((("yes", "实名"), ("no", "匿名")), v("real_name"))),
            _wide("联系地址", v("person_address")),
            _wide("被举报人名称（姓名）", v("respondent")),
            _wide("被举报人地址", v("respondent_address")),
            _wide("举报线索及事实依据", v("narrative"), lines=11),
            Row((Cell(f"举报人（签字）：\n\n{day('')}", 6), Cell(f"经办人：{v('handler')}\n\n{day(content.on)}", 6))),
        )
    )  # fmt: skip
    notes = (
        f"收到日期：{day(v('received_on'))}。可以匿名举报；实名举报的，应当提供真实身份信息。举报人不在现场的，不需举报人签字。",
        "对举报人的信息依法保密，不得泄露给被举报人或者与处理举报工作无关的人员。",
    )
    return Heading(content.unit, "举报登记表", content.number), grid, Foot(notes)


_UNIT = Field("registering_unit", N_("Registered by"), required=True)

COMPLAINT = Form(
    code="complaint_registration",
    title="投诉登记表",
    name=N_("Registration of a complaint"),
    sets=BOTH,
    kinds=frozenset({Kind.COMPLAINT}),
    states=frozenset(State),
    steps=frozenset(),
    permission="document.issue",
    audience=Audience.FILE,
    word="投登",
    fields=(
        _UNIT, CASE_NUMBER, RECEIVED, *_WHO,
        line("agent", N_("Agent"), personal=True),
        Field("publicity_consent", N_("Publication of the complaint"), FieldKind.CHOICE, choices=CONSENT),
        Field("delegation_consent", N_("Delegation of the mediation"), FieldKind.CHOICE, choices=CONSENT),
        *_WHOM,
        Field("incident_on", N_("Date of the matter"), FieldKind.DAY),
        line("incident_place", N_("Place of the matter")),
        line("amount", N_("Amount in dispute (yuan)"), limit=20),
        _FACTS,
        line("requests", N_("Asked for")),
        Field("request_note", N_("In their words"), FieldKind.TEXT, limit=200, personal=True),
        HANDLER,
    ),
    body=_complaint,
)  # fmt: skip

REPORT = Form(
    code="report_registration",
    title="举报登记表",
    name=N_("Registration of a report"),
    sets=BOTH,
    kinds=frozenset({Kind.REPORT}),
    states=frozenset(State),
    steps=frozenset(),
    permission="document.issue",
    audience=Audience.FILE,
    word="举登",
    fields=(
        _UNIT,
        CASE_NUMBER,
        RECEIVED,
        Field(
            "real_name",
            N_("Under the real name"),
            FieldKind.CHOICE,
            fixed=True,
            choices=(("yes", N_("Real name")), ("no", N_("Anonymous"))),
        ),
        *(one for one in _WHO if one.key != "person_id_type"),
        *(one for one in _WHOM if one.key in ("respondent", "respondent_address")),
        _FACTS,
        HANDLER,
    ),
    body=_report,
)
FORMS = (COMPLAINT, REPORT)
