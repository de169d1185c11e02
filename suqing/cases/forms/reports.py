"""Papers to the reporter: filing, no filing (2019 set only), the result where a law wants it told.

Articles: O20 art. 31(2) (real-name reporters are told within five working days); O121 knows no such duty and has only
the result, where a law or rule says so (art. 36).  None of these goes to the reported operator (O20 art. 33, O121
art. 37).  Wording is local, check against the official forms.
"""

from __future__ import annotations

from suqing.cases.forms.model import Audience, Block, Content, Field, FieldKind, Form, Paragraph
from suqing.cases.forms.shared_fields import (
    CASE_NUMBER,
    CONTACT,
    HANDLER,
    KEPT,
    ONLY_2019,
    ONLY_2026,
    PERSON,
    RECEIVED,
    RESPONDENT,
    day,
    letter,
    text,
)
from suqing.cases.forms.wording import clause, received, sentence
from suqing.cases.forms.wording import day as on_day
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.lawclock.articles import cite

N_ = str

REPORT_ONLY = frozenset({Kind.REPORT})
_DECIDED = (PERSON, CASE_NUMBER, RECEIVED, RESPONDENT, day("decided_on", N_("Decided on"), required=True))


def _filed(content: Content) -> tuple[Block, ...]:
    v = content.value
    blocks = (
        Paragraph(
            f"{received(content, '举报')}经核查，{content.our}于{on_day(v('decided_on'))}决定立案。依据{cite('O20:31.2')}，"
            "特此告知。"
        ),
    )
    return letter(content, "举报立案告知书", v("person_name"), *blocks, copies=KEPT)


FILED = Form(
    code="report_filed",
    title="举报立案告知书",
    name=N_("Information that a case was filed"),
    sets=ONLY_2019,
    kinds=REPORT_ONLY,
    states=frozenset({State.FILED}),
    steps=frozenset({Step.FILE}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="举立",
    fields=(*_DECIDED, HANDLER, CONTACT),
    body=_filed,
    once=True,
)


def _not_filed(content: Content) -> tuple[Block, ...]:
    v = content.value
    blocks = (
        Paragraph(
            f"{received(content, '举报')}经核查，{clause(v('reason'))}，{content.our}于{on_day(v('decided_on'))}决定不予立案。"
            f"依据{cite('O20:31.2')}，特此告知。"
        ),
    )
    return letter(content, "举报不予立案告知书", v("person_name"), *blocks, copies=KEPT)


NOT_FILED = Form(
    code="report_not_filed",
    title="举报不予立案告知书",
    name=N_("Information that no case was filed"),
    sets=ONLY_2019,
    kinds=REPORT_ONLY,
    states=frozenset({State.NOT_FILED, State.CLOSED}),
    steps=frozenset({Step.NOT_FILE}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="举不立",
    fields=(
        *_DECIDED,
        text("reason", N_("Reason"), required=True, source="result_note", limit=600),
        HANDLER,
        CONTACT,
    ),
    body=_not_filed,
    outcomes=frozenset({Outcome.NOT_FILED}),
    once=True,
)

# Laws that want the result told (domain 2.9); a duty elsewhere is written in words.
BASES = tuple(
    (key, key) for key in ("AD:53", "AUCL:20", "UNLIC:9", "FOOD:115", "DEVICE:79", "DRUG:106", "COSM:58")
)


def _result(content: Content) -> tuple[Block, ...]:
    v = content.value
    basis = "、".join(
        part for part in (cite(v("basis")) if v("basis") else "", clause(v("other_basis"))) if part
    )
    blocks = (
        Paragraph(f"{received(content, '举报')}{content.our}已依法处理，处理结果如下："),
        Paragraph(sentence(v("result"))),
        Paragraph(f"依据{basis}和{cite('O121:36')}，特此告知。"),
    )
    return letter(content, "举报处理结果告知书", v("person_name"), *blocks, copies=KEPT)


RESULT = Form(
    code="report_result",
    title="举报处理结果告知书",
    name=N_("Information on the result of a report"),
    sets=ONLY_2026,
    kinds=REPORT_ONLY,
    states=frozenset({State.NOT_FILED, State.CLOSED}),
    steps=frozenset({Step.CLOSE, Step.NOT_FILE}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="举告",
    fields=(
        PERSON,
        CASE_NUMBER,
        RECEIVED,
        RESPONDENT,
        text("result", N_("What came of it"), required=True, source="result_note", limit=800),
        Field("basis", N_("Law that wants the result told"), FieldKind.CHOICE,
              choices=(("", N_("Another law or rule, written below")), *BASES)),
        Field("other_basis", N_("Another law or rule with its article")),
        HANDLER,
        CONTACT,
    ),
    body=_result,
    once=True,
)  # fmt: skip
FORMS = (FILED, NOT_FILED, RESULT)
