"""Reports on the case page: repeats, the investigation, notices owed, the facts of the result."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqing.accounts.models import Person
from suqing.cases.actions import dispatching, reports
from suqing.cases.models import Case, CaseResult
from suqing.cases.vocabulary import Kind, Outcome, State
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import one_case
from tests.cast import SHANGHAI, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
MAY = datetime(2026, 5, 11, 10, 0, tzinfo=SHANGHAI)
LATER = MAY + timedelta(days=2)


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=LATER, speed=1.0, by=SYSTEM)
    return centre


def reported(centre: Cast, *, at: datetime = MAY, **changes: object) -> Case:
    case = one_case(centre.call_taker, Kind.REPORT, at=at, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def checked(centre: Cast, **changes: object) -> Case:
    return reports.check(case=reported(centre, **changes), by=centre.handler, at=MAY)


def filed(centre: Cast, **changes: object) -> Case:
    return reports.file_case(case=checked(centre, **changes), note="属实", by=centre.handler, at=MAY)


def food() -> int:
    return ClassNode.objects.get(tree__code="object-sz-ch20", code="101").pk


def page_of(person: Person, case: Case) -> str:
    return seat(person).get(f"/cases/{case.number}/").content.decode()


def form_of(person: Person, case: Case, code: str) -> str:
    answer = seat(person).get(f"/cases/{case.number}/steps/{code}/", headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def step(person: Person, case: Case, code: str, **typed: object):  # type: ignore[no-untyped-def]
    case.refresh_from_db()
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


def test_a_repeat_report_is_offered_with_the_earlier_one_and_closed(centre: Cast) -> None:
    first = checked(centre)
    again = one_case(centre.call_taker, Kind.REPORT, at=LATER)
    form = form_of(centre.dispatcher, again, "not_again")
    assert first.number in form
    assert "第三十五条第二款" in form
    answer = step(centre.dispatcher, again, "not_again", earlier=first.pk, note="同一事实")
    assert answer.status_code == 200, answer.content.decode()
    again.refresh_from_db()
    assert (again.state, again.outcome) == (State.CLOSED, Outcome.REPEAT)
    page = page_of(centre.dispatcher, again)
    assert first.number in page
    assert "重复举报不再另行处理" in page
    assert again.number in page_of(centre.dispatcher, first)


def test_an_anonymous_report_is_refused_with_its_reason(centre: Cast) -> None:
    checked(centre)
    again = one_case(centre.call_taker, Kind.REPORT, at=LATER, is_real_name=False)
    answer = step(centre.dispatcher, again, "not_again", note="同一事实")
    assert answer.status_code == 422
    assert "匿名举报无法比对举报人" in answer.content.decode()
    assert "第三十五条第二款" in answer.content.decode()
    again.refresh_from_db()
    assert again.state == State.REGISTERED


def test_a_crafted_choice_of_another_report_is_refused(centre: Cast) -> None:
    foreign = one_case(centre.call_taker, Kind.REPORT, at=MAY, is_real_name=False)
    checked(centre)
    again = one_case(centre.call_taker, Kind.REPORT, at=LATER)
    answer = step(centre.dispatcher, again, "not_again", earlier=foreign.pk, note="同一事实")
    assert answer.status_code == 422
    assert 'id="id_earlier_error"' in answer.content.decode()


def test_new_facts_are_merged_by_the_page_and_both_stories_tell_it(centre: Cast) -> None:
    first = checked(centre)
    repeat = reported(centre, at=LATER)
    assert repeat.number in form_of(centre.handler, first, "merge")
    assert step(centre.handler, first, "merge", repeat=repeat.pk, note="补充进货单").status_code == 200
    assert "合并了重复举报补充的新事实" in page_of(centre.handler, first)
    assert "将本举报合并至同一举报人在先的举报" in page_of(centre.handler, repeat)


def test_a_merge_and_a_repeat_are_no_steps_of_the_old_rules(centre: Cast) -> None:
    old = datetime(2020, 1, 27, 10, 0, tzinfo=SHANGHAI)
    page = page_of(centre.handler, reported(centre, at=old))
    assert "/steps/check/" in page
    assert "/steps/merge/" not in page
    assert "/steps/not_again/" not in page


def test_acts_of_the_investigation_stand_on_the_page_with_their_limits(centre: Cast) -> None:
    case = filed(centre)
    typed = {"event": "evidence_registered", "on": "2026-05-12", "note": "两箱"}
    assert step(centre.handler, case, "investigate", **typed).status_code == 200
    page = page_of(centre.handler, case)
    assert page.count("先行登记保存证据") >= 2, "in the list and in the story"
    assert "第三十五条" in page
    refused = step(centre.handler, case, "investigate", **typed)
    assert refused.status_code == 422
    assert "请先记录其结束" in refused.content.decode()


def test_what_a_special_law_wants_told_stands_there_until_it_is_recorded(centre: Cast) -> None:
    case = reported(centre, object_class=food())
    page = page_of(centre.handler, case)
    assert "食品安全事项的答复" in page
    assert "《中华人民共和国食品安全法》第一百一十五条" in page
    typed = {"matters": "food_answer", "way": "sms", "given_on": "2026-05-12", "note": "已答复"}
    assert step(centre.handler, case, "notice", **typed).status_code == 200
    page = page_of(centre.handler, case)
    assert "/steps/notice/" not in page
    assert "食品安全事项的答复（举报人、短信）" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"way": "sms", "given_on": "2026-05-12"}, "matters"),
        ({"matters": "food_answer", "given_on": "2026-05-12"}, "way"),
        ({"matters": "food_answer", "way": "sms", "given_on": "2026-05-20"}, "given_on"),
        ({"matters": "drug", "way": "sms", "given_on": "2026-05-12"}, "matters"),
    ],
)
def test_a_notice_that_cannot_be_speaks_beside_its_field(
    centre: Cast, typed: dict[str, str], field: str
) -> None:
    case = reported(centre, object_class=food())
    answer = step(centre.handler, case, "notice", **typed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_the_new_rules_know_no_general_duty_to_tell_the_reporter(centre: Cast) -> None:
    page = page_of(centre.handler, filed(centre))
    assert "没有法律、法规、规章要求将决定或者处理结果告知举报人" in page
    assert "第三十六条" in page
    assert "/steps/notice/" not in page


def test_a_report_ends_with_the_facts_of_its_result(centre: Cast) -> None:
    case = checked(centre)
    typed = {"note": "属实", "filing_number": "苏姑市监案〔2026〕7号", "cause": "哄抬价格"}
    assert step(centre.handler, case, "file", **typed).status_code == 200
    form = form_of(centre.handler, case, "close")
    assert "苏姑市监案〔2026〕7号" in form, "what was said at the filing stands there"
    assert 'name="mediation_way"' not in form
    ended = {
        "outcome": "penalty",
        "penalty_amount": "5000",
        "finding": "true_filed",
        "confiscated_amount": "80",
    }
    answer = step(centre.handler, case, "close", **ended)
    assert answer.status_code == 200, answer.content.decode()
    page = page_of(centre.handler, case)
    for told in ("5,000.00", "80.00", "属实（立案）", "苏姑市监案〔2026〕7号"):
        assert told in page
    assert CaseResult.objects.get(case=case).cause == "哄抬价格"


def test_a_wrong_fact_opens_the_folded_fields(centre: Cast) -> None:
    case = filed(centre)
    typed = {"outcome": "no_penalty", "note": "轻微", "finding": "true_not_filed"}
    answer = step(centre.handler, case, "close", **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_finding_error"' in page
    assert '<details class="sq-more-fields" open>' in page


def test_an_admonition_ends_what_was_not_filed(centre: Cast) -> None:
    case = reports.not_file(case=checked(centre), note="轻微", by=centre.handler, at=MAY)
    form = form_of(centre.handler, case, "close")
    assert "告诫" in form
    assert 'name="penalty_amount"' not in form
    assert step(centre.handler, case, "close", outcome="admonition", note="已告诫").status_code == 200
    assert "告诫" in page_of(centre.handler, case)


@pytest.mark.parametrize("code", ["not_again", "merge", "investigate", "notice", "file"])
def test_who_may_not_take_the_step_is_refused(centre: Cast, code: str) -> None:
    case = filed(centre) if code == "investigate" else checked(centre)
    for person in (centre.analyst, centre.other_handler, centre.leader):
        answer = step(person, case, code, note="x")
        assert answer.status_code in (403, 404, 409, 422)
    before = case.revision
    case.refresh_from_db()
    assert case.revision == before


def test_the_panels_say_it_in_english_too(centre: Cast) -> None:
    case = filed(centre, object_class=food())
    client = seat(centre.handler)
    client.post("/language/", {"language": "en", "next": "/"})
    told = client.get(f"/cases/{case.number}/").content.decode()
    assert "Answer in the food matter" in told
    assert "owed, in time" in told


def test_links_acts_and_notices_cost_a_fixed_number_of_queries(centre: Cast) -> None:
    few, many = filed(centre), filed(centre)
    for _number in range(6):
        reports.investigate(case=many, event="questioning", on=MAY.date(), by=centre.handler, at=MAY)
    client = seat(centre.handler)
    counts = []
    for case in (few, many):
        client.get(f"/cases/{case.number}/")
        with CaptureQueriesContext(connection) as spent:
            client.get(f"/cases/{case.number}/")
        counts.append(len(spent))
    assert counts[0] == counts[1]
