"""Objections, disputes and proposals on the case page; the pages of the dispatch catalogue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import translation

from suqing.accounts.models import Person, Unit
from suqing.cases.actions import complaints, dispatching
from suqing.cases.actions.catalogue import RuleInput, end_rule, save_rule
from suqing.cases.models import Case, CompetenceDispute, Dispatch, DispatchRule
from suqing.cases.queries import timeline
from suqing.cases.vocabulary import Kind, State
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import ClassNode
from suqing.web.desks.timeline_words import tell
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
TODAY = AT.date()


@pytest.fixture
def centre(centre: Cast) -> Cast:
    """A centre at work on the morning of 27 January 2020."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def dispatched(centre: Cast, kind: Kind = Kind.COMPLAINT, **changes: object) -> Case:
    case = one_case(centre.call_taker, kind, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)


def objected(centre: Cast) -> Case:
    return dispatching.send_back(
        case=dispatched(centre), reason="competence", note="经营地在吴中区", by=centre.handler, at=AT
    )


def disputed(centre: Cast) -> Case:
    return dispatching.dispute(
        case=dispatched(centre), other_unit=centre.wuzhong, reason="两区交界", by=centre.handler, at=AT
    )


def page_of(person: Person, case: Case) -> str:
    answer = seat(person).get(f"/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def form_of(person: Person, case: Case, code: str) -> str:
    answer = seat(person).get(f"/cases/{case.number}/steps/{code}/", headers=HTMX)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def step(person: Person, case: Case, code: str, **typed: object):  # type: ignore[no-untyped-def]
    data = {"revision": case.revision, **typed}
    return seat(person).post(f"/cases/{case.number}/steps/{code}/", data, headers=HTMX)


# Objections


def test_an_objection_is_made_and_upheld_on_the_case_page(centre: Cast) -> None:
    case = dispatched(centre)
    assert step(centre.handler, case, "return", reason="competence", note="经营地在吴中区").status_code == 200
    case.refresh_from_db()
    assert case.state == State.OBJECTED
    page = page_of(centre.dispatcher, case)
    assert "经营地在吴中区" in page
    assert 'data-key="u"' in page
    assert 'data-key="r"' in page
    answer = step(centre.dispatcher, case, "uphold", note="属实")
    assert answer["HX-Redirect"] == f"/cases/{case.number}/"
    case.refresh_from_db()
    assert case.state == State.REGISTERED
    page = page_of(centre.dispatcher, case)
    assert "异议成立" in page
    assert "金分派" in page


def test_a_rejection_needs_words_and_says_so_beside_the_field(centre: Cast) -> None:
    case = objected(centre)
    answer = step(centre.dispatcher, case, "reject", note=" ")
    assert answer.status_code == 422
    assert 'id="id_note_error"' in answer.content.decode()
    assert step(centre.dispatcher, case, "reject", note="登记住所在姑苏区").status_code == 200
    page = page_of(centre.handler, Case.objects.get(pk=case.pk))
    assert "登记住所在姑苏区" in page
    assert "/steps/accept/" in page


def test_of_two_dispatchers_the_second_is_told_and_keeps_the_words(centre: Cast) -> None:
    case = objected(centre)
    assert step(centre.dispatcher, case, "uphold").status_code == 200
    answer = step(centre.supervisor, case, "reject", note="不同意退回的理由")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "不同意退回的理由" in page
    assert Dispatch.objects.get(case=case).is_upheld is True


def test_the_objections_are_a_list_of_their_own(centre: Cast) -> None:
    case, other = objected(centre), dispatched(centre)
    page = seat(centre.dispatcher).get("/cases/?view=objections").content.decode()
    assert case.number in page
    assert other.number not in page


def test_passing_back_and_forth_is_marked_in_the_list_and_on_the_page(centre: Cast) -> None:
    case = objected(centre)
    assert "往返" not in page_of(centre.dispatcher, case)
    case = dispatching.reject(case=case, note="不成立", by=centre.dispatcher, at=AT)
    case = dispatching.send_back(case=case, reason="competence", note="再退", by=centre.handler, at=AT)
    assert "往返 2 次" in seat(centre.dispatcher).get("/cases/").content.decode()
    assert page_of(centre.dispatcher, case).count("往返 2 次") >= 2


# Proposals


def test_each_proposal_stands_with_its_reason_and_article_the_first_preselected(centre: Cast) -> None:
    price = Unit.objects.get(code="sz-price")
    save_rule(rule=RuleInput(price, TODAY, kind="complaint"), by=centre.supervisor, at=AT)
    form = form_of(centre.dispatcher, one_case(centre.call_taker), "dispatch")
    assert f'<option value="{price.pk}" selected>' in form
    assert "派单目录第 100 号" in form
    assert "《市场监督管理投诉举报处理暂行办法》第十二条" in form
    assert form.index(price.name) < form.index(centre.gusu.name)


def test_the_form_says_when_no_day_to_report_back_could_be_proposed(centre: Cast) -> None:
    set_centre_clock(mode="rehearsal", centre=AT.replace(year=2031), speed=1.0, by=SYSTEM)
    form = form_of(centre.dispatcher, one_case(centre.call_taker), "dispatch")
    assert "id_report_back_on_helptext" in form
    assert 'name="report_back_on" value' not in form


def test_a_dispatch_without_a_day_is_shown_as_such(centre: Cast) -> None:
    assert "未设定反馈日期" in page_of(centre.handler, dispatched(centre))


def test_a_place_out_of_reach_is_told_on_the_form(centre: Cast) -> None:
    form = form_of(centre.dispatcher, one_case(centre.call_taker, place="320102"), "dispatch")
    assert "南京" in form
    assert "不在本中心辖区" in form


def test_the_first_receiver_is_pointed_out_on_the_form_and_the_page(centre: Cast) -> None:
    first = one_case(centre.call_taker)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    second = one_case(centre.call_taker, at=AT + timedelta(minutes=5))
    form = form_of(centre.dispatcher, second, "dispatch")
    assert "先收到" in form
    assert "第十三条" in form
    page = page_of(centre.dispatcher, second)
    assert first.number in page
    second = dispatching.dispatch(case=second, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    page = page_of(centre.handler, second)
    assert "先收到" in page
    assert centre.wuzhong.name in page
    assert first.number not in page, "the other unit's case is not in this handler's sight"


# Disputes


def test_a_dispute_is_raised_and_settled_on_the_case_page(centre: Cast) -> None:
    case = dispatched(centre)
    form = form_of(centre.handler, case, "dispute")
    assert f'value="{centre.wuzhong.pk}"' in form
    assert f'value="{centre.gusu.pk}"' not in form
    assert f'value="{centre.centre.pk}"' not in form
    answer = step(centre.handler, case, "dispute", other_unit=centre.wuzhong.pk, reason="两区交界")
    assert answer.status_code == 200
    case.refresh_from_db()
    page = page_of(centre.handler, case)
    assert "管辖争议" in page
    assert "两区交界" in page
    assert "/steps/designate/" not in page
    answer = step(centre.handler, case, "agree", competent_unit=centre.wuzhong.pk, note="协商一致")
    assert answer["HX-Redirect"] == "/cases/", "the case has left this handler's sight"
    case.refresh_from_db()
    assert case.responsible_unit == centre.wuzhong


def test_the_superior_designates_and_the_head_of_a_side_is_not_offered_it(centre: Cast) -> None:
    case = disputed(centre)
    assert "/steps/designate/" not in page_of(centre.head, case)
    assert "/steps/designate/" in page_of(centre.superior, case)
    assert centre.bureau.name in form_of(centre.handler, case, "ask_designation")
    assert step(centre.handler, case, "ask_designation").status_code == 200
    case.refresh_from_db()
    refused = step(centre.head, case, "designate", unit=centre.gusu.pk, note="归我")
    assert refused.status_code == 422
    assert CompetenceDispute.objects.get(case=case).settled_at is None
    assert (
        step(centre.superior, case, "designate", unit=centre.wuzhong.pk, note="指定吴中").status_code == 200
    )
    case.refresh_from_db()
    assert (case.state, case.responsible_unit) == (State.DISPATCHED, centre.wuzhong)


def test_reasons_of_a_dispute_are_masked_for_those_without_the_right(centre: Cast) -> None:
    case = dispatching.dispute(
        case=dispatched(centre),
        other_unit=centre.wuzhong,
        reason="投诉人13800001234称在吴中",
        by=centre.handler,
        at=AT,
    )
    assert "13800001234" in page_of(centre.handler, case)
    assert "13800001234" not in page_of(centre.analyst, case)


# Other authorities


def test_only_a_food_matter_is_offered_for_transfer(centre: Cast) -> None:
    food = ClassNode.objects.get(tree__code="object-sz-ch20", code="101")
    plain, meal = dispatched(centre), dispatched(centre, object_class=food.pk)
    assert "/steps/transfer/" not in page_of(centre.handler, plain)
    assert "/steps/transfer/" in page_of(centre.handler, meal)
    refused = step(centre.handler, meal, "transfer", to_authority="农业农村局", note="种植环节")
    assert refused.status_code == 422
    assert "第一百一十五条" in refused.content.decode()
    told = step(
        centre.handler, meal, "transfer", to_authority="农业农村局", note="种植环节", notice_given="on"
    )
    assert told.status_code == 200
    assert "农业农村局" in page_of(centre.handler, Case.objects.get(pk=meal.pk))
    unfit = step(centre.handler, plain, "transfer", to_authority="某局", note="不属本局", notice_given="on")
    assert unfit.status_code == 422
    assert "第十五条" in unfit.content.decode()


def test_a_reporter_is_told_elsewhere_on_the_page(centre: Cast) -> None:
    case = dispatched(centre, Kind.REPORT)
    assert step(centre.handler, case, "tell_elsewhere", bureau="", note="x").status_code == 422
    answer = step(centre.handler, case, "tell_elsewhere", bureau="无锡市市场监督管理局", note="已电话告知")
    assert answer.status_code == 200
    assert "无锡市市场监督管理局" in page_of(centre.handler, Case.objects.get(pk=case.pk))


def test_the_story_tells_of_objections_and_disputes_in_both_languages(centre: Cast) -> None:
    case = dispatching.reject(case=objected(centre), note="不成立", by=centre.dispatcher, at=AT)
    case = dispatching.dispute(case=case, other_unit=centre.wuzhong, reason="交界", by=centre.handler, at=AT)
    case = dispatching.ask_designation(case=case, by=centre.handler, at=AT)
    case = dispatching.designate(case=case, unit=centre.gusu, note="指定", by=centre.superior, at=AT)
    complaints.accept(case=case, by=centre.handler, at=AT)
    titles = [one.title for one in tell(case, timeline(case, with_texts=False), group="ways", now=AT)]
    assert len(titles) == 6
    assert titles[-1] == f"苏局长指定{centre.gusu.name}管辖"
    with translation.override("en"):
        english = [one.title for one in tell(case, timeline(case, with_texts=False), group="", now=AT)]
    assert f"顾办理 asked {centre.bureau.name} to designate the competent unit" in english
    assert all("%(" not in title for title in titles + english)


# The catalogue


def test_an_empty_catalogue_says_what_happens_without_it(centre: Cast) -> None:
    page = seat(centre.dispatcher).get("/dispatch-catalogue/").content.decode()
    assert "目录中没有有效的条目" in page
    assert "/dispatch-catalogue/new/" not in page
    assert "/dispatch-catalogue/new/" in seat(centre.supervisor).get("/dispatch-catalogue/").content.decode()


def typed(centre: Cast, **changes: object) -> dict[str, object]:
    price = Unit.objects.get(code="sz-price")
    given = {"unit": price.pk, "rank": 10, "kind": "complaint", "valid_from": TODAY.isoformat()}
    blank = dict.fromkeys(("seller_role", "object_class", "issue_class", "place", "article", "note"), "")
    return {**blank, **given, **changes}


def test_a_row_is_added_changed_and_ended(centre: Cast) -> None:
    client = seat(centre.supervisor)
    answer = client.post("/dispatch-catalogue/new/", typed(centre, article="O20:37", place="320508"))
    row = DispatchRule.objects.get()
    assert answer["Location"] == f"/dispatch-catalogue/{row.pk}/"
    listed = client.get("/dispatch-catalogue/").content.decode()
    assert "价格监管部门" in listed
    assert "姑苏区" in listed
    assert "第三十七条" in listed
    shown = client.get(f"/dispatch-catalogue/{row.pk}/change/").content.decode()
    assert f'<option value="{row.unit_id}" selected>' in shown
    assert '<option value="complaint" selected>' in shown
    client.post(f"/dispatch-catalogue/{row.pk}/change/", typed(centre, rank=20))
    new = DispatchRule.objects.get(replaces=row)
    assert (new.rank, DispatchRule.objects.in_force(TODAY).get()) == (20, new)
    story = client.get(f"/dispatch-catalogue/{new.pk}/").content.decode()
    assert f"/dispatch-catalogue/{row.pk}/" in story
    assert "沈督导" in story
    client.post(f"/dispatch-catalogue/{new.pk}/end/", {"until": TODAY.isoformat()})
    assert not DispatchRule.objects.in_force(TODAY).exists()
    ended = client.get("/dispatch-catalogue/?status=ended").content.decode()
    assert f"/dispatch-catalogue/{row.pk}/" in ended
    assert f"/dispatch-catalogue/{new.pk}/" in ended


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rank": "0"}, "rank"),
        ({"rank": "x"}, "rank"),
        ({"unit": ""}, "unit"),
        ({"unit": "999999"}, "unit"),
        ({"article": "第十条"}, "article"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"valid_from": "gestern"}, "valid_from"),
    ],
)
def test_mistakes_are_told_beside_their_field_and_nothing_typed_is_lost(
    centre: Cast, changes: dict[str, object], field: str
) -> None:
    answer = seat(centre.supervisor).post("/dispatch-catalogue/new/", typed(centre, note="价格类", **changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert 'value="价格类"' in page
    assert not DispatchRule.objects.exists()


def test_who_comes_second_is_told_that_the_row_has_changed(centre: Cast) -> None:
    price = Unit.objects.get(code="sz-price")
    row = save_rule(rule=RuleInput(price, TODAY), by=centre.supervisor, at=AT)
    end_rule(rule=row, until=TODAY, by=centre.administrator, at=AT)
    for address, data in (("change", typed(centre)), ("end", {"until": TODAY.isoformat()})):
        answer = seat(centre.supervisor).post(f"/dispatch-catalogue/{row.pk}/{address}/", data)
        assert answer.status_code == 409
        assert "没有覆盖任何内容" in answer.content.decode()
    assert DispatchRule.objects.count() == 1


def test_dispatchers_read_the_catalogue_and_change_nothing(centre: Cast) -> None:
    price = Unit.objects.get(code="sz-price")
    row = save_rule(rule=RuleInput(price, TODAY), by=centre.supervisor, at=AT)
    client = seat(centre.dispatcher)
    page = client.get(f"/dispatch-catalogue/{row.pk}/").content.decode()
    assert "/change/" not in page
    for address in ("new/", f"{row.pk}/change/", f"{row.pk}/end/"):
        assert client.get(f"/dispatch-catalogue/{address}").status_code == 403
    assert seat(centre.handler).get("/dispatch-catalogue/").status_code == 403


def test_strange_addresses_of_the_catalogue_do_no_harm(centre: Cast) -> None:
    client = seat(centre.supervisor)
    for address in ("?status=zzz&kind=x&unit=abc", "?unit=99999999999999999999", "?status=all&unit=5"):
        assert client.get(f"/dispatch-catalogue/{address}").status_code == 200
    for number in (999999, 10**30):
        assert client.get(f"/dispatch-catalogue/{number}/").status_code == 404


@pytest.mark.parametrize(
    "article", ["O20:0", "O20:12.0", "O20:9999", "O20:１２", "O20:12\0", ":", "https://x:1"]
)
def test_an_article_that_is_none_is_refused(centre: Cast, article: str) -> None:
    answer = seat(centre.supervisor).post("/dispatch-catalogue/new/", typed(centre, article=article))
    assert answer.status_code == 422
    assert not DispatchRule.objects.exists()
