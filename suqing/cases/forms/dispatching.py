"""Papers of the ways between units: the dispatch, what the person is told of it, the report back.

Articles: O20 art. 37, O121 art. 41.  That the dispatch notice names a day to report back is known (domain 2.6); all
other wording is local, check against the official form.
"""

from __future__ import annotations

from suqing.cases.forms.model import Audience, Block, Cell, Content, Form, Grid, Paragraph, Row
from suqing.cases.forms.shared_fields import (
    BOTH,
    CASE_NUMBER,
    CONTACT,
    HANDLER,
    KEPT,
    ONLY_2019,
    PERSON,
    RECEIVED,
    RESPONDENT,
    day,
    letter,
    line,
    text,
)
from suqing.cases.forms.wording import article, received, sentence
from suqing.cases.forms.wording import day as on_day
from suqing.cases.vocabulary import Kind, State, Step

N_ = str

SENT = frozenset({State.DISPATCHED})
BOTH_KINDS = frozenset({Kind.COMPLAINT, Kind.REPORT})


def _word(content: Content) -> str:
    return "举报" if content.kind == Kind.REPORT else "投诉"


def _notice(content: Content) -> tuple[Block, ...]:
    v, word = content.value, _word(content)
    by = f"于{on_day(v('report_back_on'))}前" if v("report_back_on") else "及时"
    matter = f"，内容为{sentence(v('matter')).rstrip('。')}" if v("matter") else ""
    blocks: list[Block] = [
        Paragraph(
            f"{on_day(v('received_on'))}收到的关于{v('respondent')}的{word}"
            f"（登记编号：{v('case_number')}）{matter}。依据{article(content, '37.1', '41.1')}，现分送你单位处理。"
        ),
        Paragraph(f"请依法处理，并将处理结果{by}报告{content.our}。"),
        Paragraph(
            f"不具备处理权限的，请依据{article(content, '37', '41')}及时反馈{content.our}，不得自行移送。"
        ),
    ]
    if content.kind == Kind.REPORT:
        blocks.append(
            Paragraph(
                f"请依据{article(content, '33', '37')}，对举报人的信息予以保密，不得将举报人个人信息、举报处理情况"
                "泄露给被举报人或者与处理举报工作无关的人员。"
            )
        )
    if v("attachments"):
        blocks.append(Paragraph(f"附件：{v('attachments')}"))
    return letter(content, f"{word}分送通知书", v("to_unit"), *blocks, copies=KEPT)


NOTICE = Form(
    code="dispatch_notice",
    title="投诉/举报分送通知书",
    name=N_("Notice of dispatch"),
    sets=BOTH,
    kinds=BOTH_KINDS,
    states=SENT,
    steps=frozenset({Step.DISPATCH, Step.REJECT}),
    permission="case.dispatch",
    audience=Audience.UNIT,
    word="分送",
    fields=(
        CASE_NUMBER,
        RECEIVED,
        line("to_unit", N_("Unit it is dispatched to"), required=True),
        RESPONDENT,
        text("matter", N_("What it is about"), limit=400),
        day("report_back_on", N_("Report back by")),
        line("attachments", N_("Attachments")),
        HANDLER,
        CONTACT,
    ),
    body=_notice,
)


def _told(content: Content) -> tuple[Block, ...]:
    v, word = content.value, _word(content)
    blocks = (
        Paragraph(received(content, word)),
        Paragraph(
            f"依据{article(content, '37.1', '41.1')}，该{word}已于{on_day(v('dispatched_on'))}分送"
            f"{v('to_unit')}处理，由该单位依法处理并告知有关情况。"
        ),
    )
    return letter(content, f"{word}分送情况告知书", v("person_name"), *blocks, copies=KEPT)


TOLD = Form(
    code="dispatch_told",
    title="投诉/举报分送情况告知书",
    name=N_("Information on the dispatch"),
    sets=ONLY_2019,
    kinds=BOTH_KINDS,
    states=SENT,
    steps=frozenset({Step.DISPATCH}),
    permission="case.dispatch",
    audience=Audience.PERSON,
    word="分告",
    fields=(
        PERSON,
        CASE_NUMBER,
        RECEIVED,
        RESPONDENT,
        line("to_unit", N_("Unit it is dispatched to"), required=True),
        day("dispatched_on", N_("Dispatched on"), required=True),
        HANDLER,
        CONTACT,
    ),
    body=_told,
)


def _result(content: Content) -> tuple[Block, ...]:
    v, word = content.value, _word(content)
    grid = Grid(
        (
            Row((Cell("登记编号", 2, is_label=True), Cell(v("case_number"), 4),
                 Cell("分送日期", 2, is_label=True), Cell(on_day(v("dispatched_on")), 4))),
            Row((Cell(f"被{word}人", 2, is_label=True), Cell(v("respondent"), 10))),
            Row((Cell("处理情况", 2, is_label=True), Cell(v("outcome"), 10))),
            Row((Cell("处理结果", 2, is_label=True), Cell(v("result"), 10, lines=6))),
            Row((Cell("挽回经济损失（元）", 2, is_label=True), Cell(v("recovered"), 4),
                 Cell("罚款金额（元）", 2, is_label=True), Cell(v("penalty"), 4))),
        )
    )  # fmt: skip
    opening = Paragraph(
        f"分送我单位处理的{word}已经办理，现依据{article(content, '37', '41')}报告处理结果如下："
    )
    return letter(content, f"{word}处理结果报告书", v("from_unit"), opening, grid, copies=KEPT)


RESULT = Form(
    code="result_report",
    title="投诉/举报处理结果报告书",
    name=N_("Report of the result to the dispatching unit"),
    sets=ONLY_2019,
    kinds=BOTH_KINDS,
    states=frozenset({State.CLOSED, State.REFUSED}),
    steps=frozenset({Step.CLOSE, Step.TERMINATE, Step.REFUSE}),
    permission="case.handle",
    audience=Audience.UNIT,
    word="结报",
    fields=(
        line("from_unit", N_("Unit that dispatched it"), required=True),
        CASE_NUMBER,
        day("dispatched_on", N_("Dispatched on"), required=True),
        RESPONDENT,
        line("outcome", N_("How it ended"), required=True),
        text("result", N_("What came of it"), required=True, source="result_note", limit=800),
        line("recovered", N_("Recovered (yuan)"), limit=20),
        line("penalty", N_("Penalty (yuan)"), limit=20),
        HANDLER,
        CONTACT,
    ),
    body=_result,
)
FORMS = (NOTICE, TOLD, RESULT)
