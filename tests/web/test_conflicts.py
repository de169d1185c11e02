"""Who comes too late: the refusal names its article, and everything typed can be copied."""

from __future__ import annotations

import pytest

from suqing.cases.actions import dispatching, extensions, reports
from suqing.cases.vocabulary import Kind
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db


def test_a_step_that_is_gone_is_refused_with_its_article_and_keeps_all_fields(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.REPORT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = reports.check(case=case, by=centre.handler, at=AT)
    case = reports.not_file(case=case, note="不属实", by=centre.handler, at=AT)
    typed = {
        "revision": case.revision,
        "note": "属实",
        "filing_number": "苏姑市监案〔2020〕1号",
        "cause": "哄抬价格",
    }
    answer = seat(centre.handler).post(
        f"/cases/{case.number}/steps/file/", typed, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "第十八条" in page
    for text in ("属实", "苏姑市监案〔2020〕1号", "哄抬价格"):
        assert f">{text}</textarea>" in page, text


def test_a_choice_is_kept_in_its_words_and_what_the_form_proposed_is_not(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    typed = {"revision": case.revision, "ground": "absent", "note": "", "found": "", "way": ""}
    answer = seat(centre.handler).post(
        f"/cases/{case.number}/steps/terminate/", typed, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "无正当理由不参加调解\n《市场监督管理投诉举报处理暂行办法》第二十一条第一款第（三）项" in page
    assert page.count("<textarea") == 1


def test_a_step_that_keeps_the_state_tells_its_article_and_no_change(centre: Cast) -> None:
    case = one_case(centre.call_taker, Kind.REPORT)
    case = dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    case = reports.check(case=case, by=centre.handler, at=AT)
    extensions.ask_extension(case=case, reason="需核实批次", by=centre.handler, at=AT)
    page = seat(centre.handler).get(f"/cases/{case.number}/").content.decode()
    assert "核查中 → 核查中" not in page
    assert "已分送 → 核查中" in page
    assert f"/cases/{case.number}/steps/ask_extension/" not in page, "it waits for its decision already"
    assert (
        f"/cases/{case.number}/steps/ask_extension/"
        not in seat(centre.head).get(f"/cases/{case.number}/").content.decode()
    )
