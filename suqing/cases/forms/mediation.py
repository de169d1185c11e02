"""Papers of the mediation: the notice of a session and the mediation statement.

Articles: O20 art. 18, 19, 21, 22; O121 art. 20, 21, 23, 24.  That form seven leaves the window for a recusal blank and
that the statement has three copies, both signatures and the seal is known (domain 2.8); other wording is local, check
against the official forms.
"""

from __future__ import annotations

from suqing.cases.forms.decisions import COMPLAINT_ONLY, UNDER_WAY
from suqing.cases.forms.model import (
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
    Paragraph,
    Row,
    Seal,
    Section,
    Signatures,
)
from suqing.cases.forms.shared_fields import (
    BOTH,
    CASE_NUMBER,
    CONTACT,
    HANDLER,
    KEPT,
    PERSON,
    RESPONDENT,
    SUMMARY,
    contact_line,
    day,
    letter,
    line,
    text,
)
from suqing.cases.forms.wording import article, clause, sentence
from suqing.cases.forms.wording import day as on_day
from suqing.cases.forms.wording import moment as at_moment
from suqing.cases.vocabulary import Outcome, State, Step

N_ = str

MODES = (
    ("on_site", N_("On site")),
    ("internet", N_("By internet")),
    ("phone", N_("By phone")),
    ("audio", N_("By audio")),
    ("video", N_("By video")),
    ("remote", N_("Remote")),
)
_MODES = {
    "on_site": "现场",
    "internet": "互联网",
    "phone": "电话",
    "audio": "音频",
    "video": "视频",
    "remote": "非现场",
}


def _notice(content: Content) -> tuple[Block, ...]:
    v = content.value
    to = v("respondent") if v("to_side") == "respondent" else v("person_name")
    blocks: list[Block] = [
        Paragraph(
            f"{v('person_name')}与{v('respondent')}之间的消费者权益争议（登记编号：{v('case_number')}；"
            f"争议事项：{clause(v('dispute'))}），{content.our}已经受理。经投诉人和被投诉人同意，依据"
            f"{article(content, '16.1', '18.1')}组织调解。"
        ),
        Grid(
            (
                _row("调解时间", at_moment(v("session_at"))),
                _row("调解地点", v("place")),
                _row("调解方式", _MODES.get(v("mode"), "")),
                _row("调解人员", v("mediators")),
            )
        ),
        Paragraph(
            f"认为调解人员是投诉人或者被投诉人的近亲属或者有其他利害关系，可能影响公正处理投诉的，可以于"
            f"{on_day(v('recusal_until'))}前依据{article(content, '19', '21')}申请其回避。"
        ),
        Paragraph(
            f"请按时参加。无正当理由不参加调解的，依据{article(content, '21.1.3', '23.1.2')}终止调解。"
        ),
    ]
    if v("bring"):
        blocks.append(Paragraph(f"请携带：{sentence(v('bring'))}"))
    return letter(content, "调解通知书", to, *blocks, copies=KEPT)


def _row(label: str, value: str) -> Row:
    return Row((Cell(label, 3, is_label=True), Cell(value, 9)))


NOTICE = Form(
    code="mediation_notice",
    title="调解通知书",
    name=N_("Notice of mediation"),
    sets=BOTH,
    kinds=COMPLAINT_ONLY,
    states=UNDER_WAY,
    steps=frozenset({Step.SCHEDULE, Step.MEDIATE}),
    permission="case.handle",
    audience=Audience.SIDES,
    word="调通",
    fields=(
        Field("to_side", N_("Goes to"), FieldKind.CHOICE, required=True,
              choices=(("complainant", N_("Complainant")), ("respondent", N_("Operator complained of")))),
        PERSON,
        RESPONDENT,
        CASE_NUMBER,
        SUMMARY,
        Field("session_at", N_("Time of the session"), FieldKind.MOMENT, required=True),
        line("place", N_("Place of the session")),
        Field("mode", N_("How they meet"), FieldKind.CHOICE, required=True, choices=MODES),
        line("mediators", N_("Mediators"), required=True),
        day("recusal_until", N_("Recusal may be asked for until")),
        line("bring", N_("To bring along")),
        HANDLER,
        CONTACT,
    ),
    body=_notice,
)  # fmt: skip


def _statement(content: Content) -> tuple[Block, ...]:
    v = content.value
    third = article(content, "22", "24")
    agreed = [part for part in v("agreement").split("\n") if part.strip()]
    small = [
        f"本调解书一式三份，投诉人、被投诉人各执一份，{content.unit}留存一份归档（{third}）。",
        contact_line(content),
    ]
    return (
        Heading(content.unit, "调解书", content.number),
        Grid(
            (
                Row((Cell("投诉人", 2, is_label=True), Cell(v("person_name"), 10))),
                Row((Cell("代理人", 2, is_label=True), Cell(v("agent"), 10))),
                Row((Cell("被投诉人", 2, is_label=True), Cell(v("respondent"), 10))),
                Row((Cell("被投诉人地址", 2, is_label=True), Cell(v("respondent_address"), 10))),
                Row((Cell("调解人员", 2, is_label=True), Cell(v("mediators"), 10))),
                Row((Cell("登记编号", 2, is_label=True), Cell(v("case_number"), 4),
                     Cell("调解日期", 2, is_label=True), Cell(on_day(v("mediated_on")), 4))),
            )
        ),
        Section("争议事项"),
        Paragraph(sentence(v("dispute"))),
        Section("调解协议"),
        Paragraph(f"经{content.our}主持调解，投诉人和被投诉人自愿达成如下协议："),
        *(Paragraph(part.strip()) for part in agreed),
        *((Paragraph(f"履行期限：{on_day(v('perform_by'))}前。"),) if v("perform_by") else ()),
        Signatures(("投诉人（签字或者盖章）", "被投诉人（签字或者盖章）", "调解人员（签字）")),
        Seal(content.unit, content.on),
        Foot(tuple(part for part in small if part)),
    )  # fmt: skip


STATEMENT = Form(
    code="mediation_statement",
    title="调解书",
    name=N_("Mediation statement"),
    sets=BOTH,
    kinds=COMPLAINT_ONLY,
    states=frozenset({State.MEDIATING, State.CLOSED}),
    steps=frozenset({Step.CLOSE}),
    permission="case.close",
    audience=Audience.SIDES,
    word="调解",
    fields=(
        PERSON,
        line("agent", N_("Agent"), personal=True),
        RESPONDENT,
        line("respondent_address", N_("Address of the operator")),
        CASE_NUMBER,
        SUMMARY,
        text("agreement", N_("What both sides agreed"), required=True, limit=600),
        day("perform_by", N_("To be performed by")),
        day("mediated_on", N_("Mediated on"), required=True),
        line("mediators", N_("Mediators")),
        HANDLER,
        CONTACT,
    ),
    body=_statement,
    outcomes=frozenset({Outcome.MEDIATED}),
    once=True,
)
FORMS = (NOTICE, STATEMENT)
