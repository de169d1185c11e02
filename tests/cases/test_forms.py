"""The forms: which belong to which case, what they hold, and how they come out of the printer."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from suqing.cases.forms import (
    FORMS,
    Audience,
    Content,
    SetCode,
    compose,
    form_set,
    forms_for,
    problems,
    typeset,
)
from suqing.cases.forms.registration import requests_line
from suqing.cases.forms.wording import ROUTES, day, moment, statute_items
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.cases.workflow import TABLES
from tests.bulletins.printed import lines, needs_libreoffice, pages, to_pdf
from tests.cases.sample_forms import sample, samples
from tests.cast import SHARED_DATA

LAWS = SHARED_DATA / "market_12315" / "law_articles.json"
TITLES = {
    "O20": "市场监督管理投诉举报处理暂行办法（已废止，历史参考） 第{}条",
    "O121": "市场监督管理投诉举报处理办法 第{}条",
}
NUMERALS = {"15": "十五", "16": "十六", "21": "二十一", "23": "二十三"}


def text_of(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = archive.read("word/document.xml").decode()
    return "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", body))


def paper(content: Content) -> bytes:
    return typeset(content, compose(content))


# Which forms there are


def test_the_set_of_2026_has_ten_forms_and_that_of_2019_twelve() -> None:
    of = {code: {form.title for form in FORMS.values() if code in form.sets} for code in SetCode}
    assert of[SetCode.OF_2026] == {
        *("投诉登记表", "举报登记表", "投诉/举报分送通知书", "限期提供身份证明材料通知书", "受理决定书"),
        *("不予受理决定书", "调解通知书", "终止调解决定书", "调解书", "举报处理结果告知书"),
    }
    assert len(of[SetCode.OF_2026]) == 10
    assert len(of[SetCode.OF_2019]) == 12
    assert len(of[SetCode.OF_2019] & of[SetCode.OF_2026]) == 8
    assert of[SetCode.OF_2019] - of[SetCode.OF_2026] == {
        *("举报立案告知书", "举报不予立案告知书", "投诉/举报分送情况告知书", "投诉/举报处理结果报告书")
    }


@pytest.mark.parametrize(
    ("regime", "wanted"), [("none", None), ("O20", "2019"), ("O20+XBLR", "2019"), ("O121", "2026")]
)
def test_the_regime_of_a_case_decides_its_set(regime: str, wanted: str | None) -> None:
    assert form_set(regime) == wanted


def test_no_form_before_any_regulation_and_none_for_a_consultation() -> None:
    for state in State:
        assert forms_for(Kind.COMPLAINT, state, "none") == []
        assert forms_for(Kind.CONSULTATION, state, "O121") == []


def offered(kind: Kind, state: State, regime: str, outcome: str = "", *, accepted: bool = False) -> list[str]:
    found = forms_for(kind, state, regime, outcome=outcome, is_accepted=accepted)
    return [form.code for form in found if not form.code.endswith("registration")]


def test_which_forms_fit_which_state() -> None:
    assert offered(Kind.COMPLAINT, State.REGISTERED, "O121") == []
    assert offered(Kind.COMPLAINT, State.DISPATCHED, "O121") == ["dispatch_notice", "identity_notice"]
    assert offered(Kind.COMPLAINT, State.DISPATCHED, "O20") == ["dispatch_notice", "dispatch_told"]
    assert "acceptance" in offered(Kind.COMPLAINT, State.ACCEPTED, "O20")
    assert offered(Kind.COMPLAINT, State.REFUSED, "O121") == ["refusal"]
    assert offered(Kind.COMPLAINT, State.CLOSED, "O121", Outcome.MEDIATED, accepted=True) == [
        "mediation_statement"
    ]
    assert offered(Kind.COMPLAINT, State.CLOSED, "O121", Outcome.NO_SETTLEMENT, accepted=True) == [
        "termination"
    ]
    assert offered(Kind.REPORT, State.FILED, "O20") == ["report_filed"]
    assert offered(Kind.REPORT, State.FILED, "O121") == []
    assert offered(Kind.REPORT, State.CLOSED, "O121", Outcome.PENALTY) == ["report_result"]


def test_a_complaint_withdrawn_before_acceptance_has_no_termination() -> None:
    assert "termination" not in offered(Kind.COMPLAINT, State.CLOSED, "O121", Outcome.WITHDRAWN)


def test_every_form_stands_beside_steps_that_its_kind_knows() -> None:
    for form in FORMS.values():
        known = {step for kind in form.kinds for _state, step in TABLES[kind]}
        assert form.steps <= known, form.code
        assert len({one.key for one in form.fields}) == len(form.fields), form.code


# What a paper says


def test_the_grounds_are_the_words_of_the_regulations() -> None:
    if not LAWS.exists():
        pytest.skip("the texts of the regulations are not here")
    by_title = {one["title"]: one["content"] for one in json.loads(LAWS.read_text(encoding="utf-8"))}
    for key, words in statute_items().items():
        law, _colon, place = key.partition(":")
        article, _paragraph, item = place.split(".")
        text = by_title[TITLES[law].format(NUMERALS[article])]
        assert f"（{'一二三四五六七八'[int(item) - 1]}）{words}" in text, key
    routes = by_title["中华人民共和国消费者权益保护法 第三十九条"]
    assert all(route.rstrip("；。") in routes for route in ROUTES)


def test_a_refusal_states_ground_article_reason_and_the_other_routes() -> None:
    text = text_of(paper(sample(FORMS["refusal"], SetCode.OF_2026)))
    assert "《市场监督管理投诉举报处理办法》第十六条第一款第（一）项" in text
    assert "投诉事项不属于市场监督管理部门职责" in text
    assert "所购口罩用于转售" in text
    assert "《中华人民共和国消费者权益保护法》第三十九条" in text
    assert all(route in text for route in ROUTES)


def test_the_article_is_that_of_the_regulation_of_the_time() -> None:
    old = text_of(paper(sample(FORMS["acceptance"], SetCode.OF_2019)))
    new = text_of(paper(sample(FORMS["acceptance"], SetCode.OF_2026)))
    assert "《市场监督管理投诉举报处理暂行办法》第十四条" in old
    assert "四十五个工作日" in old
    assert "《市场监督管理投诉举报处理办法》第十五条" in new
    assert "六十日" in new
    assert "暂行" not in new


def test_where_two_limits_stood_side_by_side_the_acceptance_names_none() -> None:
    content = sample(FORMS["acceptance"], SetCode.OF_2019)
    both = Content(**{**{name: getattr(content, name) for name in content.__slots__}, "regime": "O20+XBLR"})
    assert "四十五" not in text_of(paper(both))
    assert "六十日" not in text_of(paper(both))


def test_a_termination_names_the_ways_that_stay_open() -> None:
    new = text_of(paper(sample(FORMS["termination"], SetCode.OF_2026)))
    assert "第二十五条" in new
    assert "民事诉讼、仲裁等其他途径" in new
    assert "第二十五条" not in text_of(paper(sample(FORMS["termination"], SetCode.OF_2019)))


def test_a_statement_has_three_copies_and_places_to_sign() -> None:
    text = text_of(paper(sample(FORMS["mediation_statement"], SetCode.OF_2026)))
    for words in ("一式三份", "投诉人（签字或者盖章）", "被投诉人（签字或者盖章）", "（印章）"):
        assert words in text


def test_forms_for_the_other_side_have_no_field_for_phone_address_or_papers_of_the_complainant() -> None:
    for form in FORMS.values():
        if form.audience == Audience.SIDES:
            assert {one.key for one in form.fields if one.personal} <= {"person_name", "agent"}, form.code
            assert form.kinds == {Kind.COMPLAINT}, form.code


def test_no_paper_of_a_report_goes_to_the_reported_operator() -> None:
    for form in FORMS.values():
        if Kind.REPORT in form.kinds:
            assert form.audience in (Audience.FILE, Audience.UNIT, Audience.PERSON), form.code


def test_the_notice_of_a_session_is_addressed_to_the_side_it_goes_to() -> None:
    to_person = sample(FORMS["mediation_notice"], SetCode.OF_2026)
    values = {**to_person.values, "to_side": "respondent"}
    fields = {name: getattr(to_person, name) for name in to_person.__slots__}
    to_operator = Content(**{**fields, "values": values})
    assert "王小明：王小明与苏州市平江" in text_of(paper(to_person))
    assert "苏州市平江大药房有限公司：王小明与苏州市平江" in text_of(paper(to_operator))


def test_requests_beyond_the_seven_of_the_form_are_written_after_them() -> None:
    line = requests_line("退货、赔礼道歉")
    assert "■退货" in line
    assert "□修理" in line
    assert line.endswith("■其他：赔礼道歉")
    assert requests_line("").count("■") == 0


def test_days_and_moments_are_written_in_chinese_and_blank_ones_to_fill_in() -> None:
    assert day("2020-01-27") == "2020年1月27日"
    assert moment("2020-02-03T14:05") == "2020年2月3日14时05分"
    assert day("") == "　　　年　　月　　日"


def test_the_same_content_gives_the_same_bytes_also_after_it_was_kept() -> None:
    for name, content in samples().items():
        kept = json.loads(json.dumps(content.to_json(), ensure_ascii=False))
        assert paper(content) == paper(Content.from_json(kept)), name


def test_practice_papers_say_that_they_are() -> None:
    content = sample(FORMS["acceptance"], SetCode.OF_2026)
    fields = {name: getattr(content, name) for name in content.__slots__}
    with zipfile.ZipFile(io.BytesIO(paper(Content(**{**fields, "synthetic": True})))) as archive:
        heads = [archive.read(name).decode() for name in archive.namelist() if "header" in name]
    assert any("模拟数据" in head for head in heads)


# What is wrong with a field


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("person_name", "  ", True),
        ("deadline_on", "", True),
        ("deadline_on", "2026-02-30", True),
        ("deadline_on", "2026-05-10", False),
        ("wanted", "证" * 301, True),
        ("wanted", "证" * 300, False),
        ("how", "到\n窗口", True),
    ],
)
def test_wrong_fields_are_named(key: str, value: str, wrong: bool) -> None:
    form = FORMS["identity_notice"]
    values = {**sample(form, SetCode.OF_2026).values, key: value}
    assert [one.key for one in problems(form, "O121", values)] == ([key] if wrong else [])


def test_a_ground_of_the_other_regulation_is_not_taken() -> None:
    form = FORMS["refusal"]
    values = {**sample(form, SetCode.OF_2026).values, "ground": "O20:15.1.1"}
    assert [one.key for one in problems(form, "O121", values)] == ["ground"]
    assert problems(form, "O20", values) == []


def test_the_result_of_a_report_names_the_law_that_wants_it_told() -> None:
    form = FORMS["report_result"]
    values = {**sample(form, SetCode.OF_2026).values, "basis": "", "other_basis": ""}
    assert [one.key for one in problems(form, "O121", values)] == ["other_basis"]
    assert problems(form, "O121", {**values, "other_basis": "某条例第十条"}) == []


# On paper


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Content, Path]]:
    folder = tmp_path_factory.mktemp("forms")
    contents = {
        f"{name}{end}": content for end in ("", "-full") for name, content in samples(full=bool(end)).items()
    }
    done = to_pdf(folder, {name: paper(content) for name, content in contents.items()})
    return {name: (contents[name], done[name]) for name in contents}


@needs_libreoffice
def test_every_form_fits_one_or_two_pages_and_a_short_one_fits_one(
    printed: dict[str, tuple[Content, Path]],
) -> None:
    counts = {name: len(pages(pdf)) for name, (_content, pdf) in printed.items()}
    assert {name: count for name, count in counts.items() if count > 2} == {}
    assert {name: count for name, count in counts.items() if count > 1 and not name.endswith("-full")} == {}


@needs_libreoffice
def test_every_paper_prints_its_title_number_and_every_typed_field(
    printed: dict[str, tuple[Content, Path]],
) -> None:
    for name, (content, pdf) in printed.items():
        text = re.sub(r"\s", "", "".join(word.text for page in pages(pdf) for word in page))
        # Page numbers and footers stand between the two halves of a text that runs over.
        for one in FORMS[content.form].fields:
            typed = content.value(one.key)
            if one.kind in ("line", "text") and typed and not name.endswith("-full"):
                for piece in re.split(r"[、\n]", typed):
                    assert re.sub(r"\s", "", piece).rstrip("。") in text, f"{name}: {one.key}"
        assert content.number in text, name
        assert content.unit in text, name


@needs_libreoffice
def test_nothing_runs_over_the_edge_and_no_character_is_missing(
    printed: dict[str, tuple[Content, Path]],
) -> None:
    for name, (_content, pdf) in printed.items():
        for page in pages(pdf):
            assert all(word.left > 70 and word.right < 595.3 - 60 for word in page), name
            assert all(word.top > 30 and word.bottom < 842 - 20 for word in page), name
            assert not any("\ufffd" in text or "\u25af" in text for _top, text in lines(page)), name
