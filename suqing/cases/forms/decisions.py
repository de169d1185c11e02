"""Papers of the decisions on a complaint: proof of identity, acceptance, refusal, termination.

Articles: O20 art. 14, 15, 21; O121 art. 10(3), 15, 16, 23, 25; XBL art. 39 (the other routes, which O121 art. 15(2)
wants in a refusal).  Wording is local, check against the official forms.
"""

from __future__ import annotations

from suqing.cases.forms.model import (
    Audience,
    Block,
    Content,
    Field,
    FieldKind,
    Form,
    Paragraph,
)
from suqing.cases.forms.shared_fields import (
    BOTH,
    CASE_NUMBER,
    CONTACT,
    HANDLER,
    KEPT,
    ONLY_2026,
    PERSON,
    RECEIVED,
    RESPONDENT,
    day,
    letter,
    line,
    text,
)
from suqing.cases.forms.wording import (
    ROUTES,
    ROUTES_KEY,
    article,
    cited,
    clause,
    ground,
    is_new,
    items_of,
    received,
    sentence,
)
from suqing.cases.forms.wording import day as on_day
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.lawclock.articles import cite

N_ = str

COMPLAINT_ONLY = frozenset({Kind.COMPLAINT})
UNDER_WAY = frozenset({State.ACCEPTED, State.MEDIATING, State.SUSPENDED})


def grounds(prefixes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """All items of these articles by key; their words are the statute's own."""
    return tuple((key, key) for prefix in prefixes for key in items_of(prefix))


REFUSAL_GROUNDS = grounds(("O20:15.1", "O121:16.1"))
TERMINATION_GROUNDS = grounds(("O20:21.1", "O121:23.1"))


def _identity(content: Content) -> tuple[Block, ...]:
    v = content.value
    blocks: list[Block] = [
        Paragraph(received(content, "投诉")),
        Paragraph(
            f"为核验投诉人的真实身份信息，依据{cite('O121:10.3')}，请你于{on_day(v('deadline_on'))}前向{content.our}"
            f"提供下列身份证明材料：{sentence(v('wanted'))}"
        ),
        Paragraph(f"拒不配合核验真实身份信息的，依据{cite('O121:16.1.6')}，投诉不予受理。"),
    ]
    if v("how"):
        blocks.insert(2, Paragraph(f"提供方式：{sentence(v('how'))}"))
    return letter(content, "限期提供身份证明材料通知书", v("person_name"), *blocks, copies=KEPT)


IDENTITY = Form(
    code="identity_notice",
    title="限期提供身份证明材料通知书",
    name=N_("Notice to prove the identity by a day"),
    sets=ONLY_2026,
    kinds=COMPLAINT_ONLY,
    states=frozenset({State.DISPATCHED}),
    steps=frozenset({Step.ASK_IDENTITY}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="身核",
    fields=(
        PERSON,
        CASE_NUMBER,
        RECEIVED,
        RESPONDENT,
        day("deadline_on", N_("To be proved by"), required=True),
        text("wanted", N_("Papers asked for"), required=True, limit=300),
        line("how", N_("How to hand them in")),
        HANDLER,
        CONTACT,
    ),
    body=_identity,
)


def _acceptance(content: Content) -> tuple[Block, ...]:
    v = content.value
    blocks: list[Block] = [
        Paragraph(
            f"{received(content, '投诉')}经审查，依据{article(content, '14', '15.1')}，{content.our}于"
            f"{on_day(v('accepted_on'))}决定受理。"
        ),
        Paragraph(
            f"经投诉人和被投诉人同意，{content.our}将依据{article(content, '16.1', '18.1')}采用调解的方式处理。"
            f"{_period(content)}"
        ),
    ]
    return letter(content, "受理决定书", v("person_name"), *blocks, copies=KEPT)


def _period(content: Content) -> str:
    """How long mediation may take; left out where two texts stood side by side (July 2024 to April 2026)."""
    if is_new(content):
        return f"自投诉受理之日起六十日内未能达成调解协议的，依据{cite('O121:23.1.5')}终止调解。"
    if content.regime == "O20":
        return f"自投诉受理之日起四十五个工作日内未能达成调解协议的，依据{cite('O20:21.1.5')}终止调解。"
    return "未能在规定的期限内达成调解协议的，依法终止调解。"


ACCEPTANCE = Form(
    code="acceptance",
    title="受理决定书",
    name=N_("Decision to accept"),
    sets=BOTH,
    kinds=COMPLAINT_ONLY,
    states=UNDER_WAY,
    steps=frozenset({Step.ACCEPT}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="投受",
    fields=(
        PERSON,
        CASE_NUMBER,
        RECEIVED,
        RESPONDENT,
        day("accepted_on", N_("Accepted on"), required=True),
        HANDLER,
        CONTACT,
    ),
    body=_acceptance,
    once=True,
)


def _refusal(content: Content) -> tuple[Block, ...]:
    v = content.value
    basis = "和".join((article(content, "14", "15"), cited(v("ground"))))
    blocks: list[Block] = [
        Paragraph(
            f"{received(content, '投诉')}经审查，{clause(v('reason'))}，属于{ground(v('ground'))}。依据{basis}，"
            f"{content.our}决定不予受理。"
        ),
        Paragraph(f"依据{cite(ROUTES_KEY)}，你（单位）可以通过下列其他途径解决消费者权益争议："),
        *(Paragraph(route) for route in ROUTES),
    ]
    return letter(content, "不予受理决定书", v("person_name"), *blocks, copies=KEPT)


REFUSAL = Form(
    code="refusal",
    title="不予受理决定书",
    name=N_("Decision not to accept"),
    sets=BOTH,
    kinds=COMPLAINT_ONLY,
    states=frozenset({State.REFUSED}),
    steps=frozenset({Step.REFUSE}),
    permission="case.decide",
    audience=Audience.PERSON,
    word="投不受",
    fields=(
        PERSON,
        CASE_NUMBER,
        RECEIVED,
        RESPONDENT,
        Field("ground", N_("Ground"), FieldKind.CHOICE, required=True, choices=REFUSAL_GROUNDS),
        text("reason", N_("Reason"), required=True, source="result_note", limit=600),
        HANDLER,
        CONTACT,
    ),
    body=_refusal,
    once=True,
)


def _termination(content: Content) -> tuple[Block, ...]:
    v = content.value
    blocks: list[Block] = [
        Paragraph(
            f"{content.our}于{on_day(v('accepted_on'))}受理的{v('person_name')}与{v('respondent')}之间的消费者权益争议"
            f"（登记编号：{v('case_number')}），{clause(v('reason'))}，属于{ground(v('ground'))}。依据"
            f"{cited(v('ground'))}，{content.our}于{on_day(v('ended_on'))}决定终止调解。"
        ),
        Paragraph(_remedy(content)),
    ]
    to = f"{v('person_name')}、{v('respondent')}"
    copies = "本文书一式三份，投诉人、被投诉人各一份，归档一份。"
    return letter(content, "终止调解决定书", to, *blocks, copies=copies)


def _remedy(content: Content) -> str:
    """The way to a court or to arbitration; only O121 art. 25 says so of its own, XBL art. 39 always."""
    if is_new(content):
        return (
            f"对本决定不服的，依据{cite('O121:25')}，可以按照{cite(ROUTES_KEY)}规定，通过民事诉讼、仲裁等其他途径"
            "解决消费者权益争议。"
        )
    return f"依据{cite(ROUTES_KEY)}，可以通过仲裁、民事诉讼等其他途径解决消费者权益争议。"


TERMINATION = Form(
    code="termination",
    title="终止调解决定书",
    name=N_("Decision to terminate the mediation"),
    sets=BOTH,
    kinds=COMPLAINT_ONLY,
    states=frozenset({State.CLOSED}),
    steps=frozenset({Step.TERMINATE}),
    permission="case.close",
    audience=Audience.SIDES,
    word="终调",
    fields=(
        PERSON,
        RESPONDENT,
        CASE_NUMBER,
        day("accepted_on", N_("Accepted on"), required=True),
        Field("ground", N_("Ground"), FieldKind.CHOICE, required=True, choices=TERMINATION_GROUNDS,
              source="termination_ground"),
        text("reason", N_("Reason"), required=True, source="result_note", limit=600),
        day("ended_on", N_("Terminated on"), required=True),
        HANDLER,
        CONTACT,
    ),
    body=_termination,
    outcomes=frozenset(
        {Outcome.WITHDRAWN, Outcome.SETTLED, Outcome.NO_SETTLEMENT, Outcome.MEDIATION_ENDED}
    ),
    once=True,
    needs_accepted=True,
)  # fmt: skip
FORMS = (IDENTITY, ACCEPTANCE, REFUSAL, TERMINATION)
