"""Every form of both sets filled in: with short values, and with the longest that a field takes."""

from __future__ import annotations

from datetime import date

from suqing.cases.forms import FORMS, Content, Field, FieldKind, Form, SetCode
from suqing.cases.forms.checking import choices_of
from suqing.cases.vocabulary import Kind

REGIMES = {SetCode.OF_2019: "O20", SetCode.OF_2026: "O121"}
DAYS = {SetCode.OF_2019: date(2020, 2, 3), SetCode.OF_2026: date(2026, 5, 6)}
SHORT = {
    "registering_unit": "苏州市12315投诉举报中心",
    "case_number": "TS20200127000001",
    "person_name": "王小明",
    "person_phone": "13800001234",
    "person_id_type": "居民身份证",
    "person_id_number": "320502199001010018",
    "person_address": "苏州市姑苏区平江路1号",
    "publicity_consent": "yes",
    "delegation_consent": "no",
    "real_name": "yes",
    "respondent": "苏州市平江大药房有限公司",
    "respondent_contact": "李店长",
    "respondent_address": "苏州市姑苏区观前街10号",
    "respondent_phone": "0512-65880000",
    "incident_place": "江苏省苏州市姑苏区",
    "amount": "125.00",
    "narrative": "在观前街一家药店购买口罩，每只三十元，节前同款每只五元，价格明显偏高，有购物小票为证。",
    "requests": "退货、赔偿损失、赔礼道歉",
    "request_note": "希望退还差价。",
    "to_unit": "姑苏区市场监督管理局",
    "from_unit": "苏州市12315投诉举报中心",
    "matter": "口罩价格明显高于节前",
    "attachments": "登记表及购物小票照片各一份",
    "handler": "顾办理",
    "contact": "0512-12345678",
    "wanted": "居民身份证正反面复印件，购物小票原件",
    "how": "现场提交或者通过全国12315平台上传",
    "reason": "经核对，所购口罩用于转售，不是为生活消费需要购买",
    "dispute": "口罩价格明显高于节前，争议金额125元",
    "place": "姑苏区市场监督管理局一楼调解室",
    "mediators": "顾办理、陈调解",
    "bring": "购物小票、所购商品",
    "agreement": "一、平江大药房退还王小明货款125元。\n二、王小明退回未使用的口罩。\n三、双方就本争议再无其他纠纷。",
    "result": "当事人哄抬价格的行为属实，已处以罚款5000元",
    "outcome": "达成调解协议",
    "recovered": "125.00",
    "penalty": "",
}


def value_of(field: Field, regime: str, *, full: bool) -> str:
    """A value of the field's kind."""
    if field.kind == FieldKind.DAY:
        return "2020-02-10"
    if field.kind == FieldKind.MOMENT:
        return "2020-02-10T14:30"
    if field.kind == FieldKind.CHOICE:
        known = [value for value, _label in choices_of(field, regime) if value]
        return max(known, key=len) if full else SHORT.get(field.key, known[0])
    if not full or field.key in ("case_number", "person_phone", "person_id_number", "amount"):
        return SHORT.get(field.key, "")
    seed = SHORT.get(field.key) or field.key
    # Longest texts, but lines as long as people's names, addresses and firms really are.
    limit = field.limit if field.kind == FieldKind.TEXT else min(field.limit, 40)
    return (seed.replace("\n", "") * (limit // len(seed) + 1))[:limit]


def sample(form: Form, set_code: SetCode, *, full: bool = False, kind: Kind | None = None) -> Content:
    """A document of this form."""
    regime = REGIMES[set_code]
    return Content(
        form=form.code,
        set=set_code,
        regime=regime,
        kind=kind or min(form.kinds),
        unit="姑苏区市场监督管理局",
        our="我局",
        number=f"姑苏市监{form.word}﹝{DAYS[set_code].year}﹞第12号",
        on=DAYS[set_code],
        values={one.key: value_of(one, regime, full=full) for one in form.fields},
    )


def samples(*, full: bool = False) -> dict[str, Content]:
    """Every form in every set it belongs to and for every kind, by a name for its file."""
    return {
        f"{form.code}-{set_code}-{kind}": sample(form, set_code, full=full, kind=kind)
        for form in FORMS.values()
        for set_code in sorted(form.sets)
        for kind in sorted(form.kinds)
    }
