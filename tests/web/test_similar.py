"""Similar cases and events on the pages: what is offered, side by side, joined and undone, and to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from suqing.cases.actions import groups
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case, EventGroup, GroupMember, GroupMerge, NotTheSame
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.telephony.actions import open_typed_call
from tests.cases.examples import WANG, matter, registered
from tests.cast import AT, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db

MASKS = "我是王小明，电话13800001234，昨天在观前街一家药店买口罩，一只要三十元，平时只要五元，价格太高了，要求退款"
NEARLY = "我叫李四，昨天在观前街一家药店买口罩，一只要三十五元，平时只要五元，价格太高了，要求退款"
HEATER = "电水壶用了三天就漏水，店家不肯换，说过了七天"
LI = PartyInput("李四", "13900005678")


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(
        mode="rehearsal", centre=AT + timedelta(hours=1, minutes=10), speed=1.0, by="system:test"
    )
    return centre


def case(
    cast: Cast,
    words: str,
    party: PartyInput = LI,
    shop: str = "平江大药房",
    kind: Kind = Kind.COMPLAINT,
    **changes: object,
) -> Case:
    given = matter(kind, entity=EntityInput(shop), **changes)
    return registered(cast.call_taker, given, narrative=words, party=party).cases.get()


def text(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_while_typing_similar_cases_are_offered_with_their_reasons(centre: Cast) -> None:
    old = case(centre, MASKS, WANG)
    call = open_typed_call(number="13800001234", by=centre.call_taker, at=AT)
    typed = {"narrative": NEARLY, "m0-kind": "complaint", "m0-entity": "平江大药房"}
    said = seat(centre.call_taker).post(f"/desk/calls/{call.ref}/similar/", typed).content.decode()
    assert old.number in said
    for reason in ("电话号码相同", "同一经营者，相隔", "文字相似"):
        assert reason in said
    assert "13800001234" not in said and "王小明" not in said
    assert f"/desk/calls/{call.ref}/similar/{old.number}/" in said


def test_too_little_to_compare_offers_nothing_and_asks_for_no_text(centre: Cast) -> None:
    case(centre, MASKS, WANG)
    said = seat(centre.call_taker).post(f"/desk/calls/{uuid4()}/similar/", {"narrative": "想问"})
    assert said.status_code == 200 and said.content.strip() == b""


def test_at_most_five_are_offered_and_nothing_that_ended_long_ago(centre: Cast) -> None:
    for _ in range(6):
        case(centre, MASKS)
    gone = registered(centre.call_taker, narrative=NEARLY, at=AT - timedelta(days=120)).cases.get()
    Case.objects.filter(pk=gone.pk).update(state="closed", closed_at=AT)
    said = (
        seat(centre.call_taker)
        .post(f"/desk/calls/{uuid4()}/similar/", {"narrative": NEARLY})
        .content.decode()
    )
    assert said.count("<li>") == 5
    assert gone.number not in said


def test_somebody_elses_call_gives_its_number_to_nobody(centre: Cast) -> None:
    case(centre, HEATER, WANG)
    call = open_typed_call(number="13800001234", by=centre.call_taker, at=AT)
    said = seat(centre.other_call_taker).post(f"/desk/calls/{call.ref}/similar/", {"narrative": "想问"})
    assert said.content.strip() == b""


def test_a_case_stands_beside_what_was_typed_with_what_both_say_marked(centre: Cast) -> None:
    old = case(centre, MASKS, WANG)
    said = (
        seat(centre.call_taker)
        .post(f"/desk/calls/{uuid4()}/similar/{old.number}/", {"narrative": NEARLY})
        .content.decode()
    )
    assert "<mark>" in said and "平时只要五元" in said
    assert "13800001234" not in said


def test_the_case_page_shows_the_event_and_asks_for_similar_cases_afterwards(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, NEARLY)
    client = seat(centre.dispatcher)
    page = text(client, f"/cases/{one.number}/")
    assert f'hx-get="/cases/{one.number}/similar/"' in page and other.number not in page
    found = text(client, f"/cases/{one.number}/similar/")
    assert f"/cases/{one.number}/beside/{other.number}/" in found
    client.post(f"/cases/{one.number}/beside/{other.number}/join/")
    event = EventGroup.objects.get()
    page = text(client, f"/cases/{one.number}/")
    assert f"/events/{event.number}/" in page
    assert f"金分派将该件归入事件 {event.number}" in page


def test_side_by_side_shows_what_differs_and_masks_everybody(centre: Cast) -> None:
    one, other = case(centre, MASKS, WANG), case(centre, NEARLY, LI, "另一家药店")
    page = text(seat(centre.supervisor), f"/cases/{one.number}/beside/{other.number}/")
    assert "<mark>" in page and page.count("is-different") >= 3
    assert "平江大药房" in page and "另一家药店" in page
    for secret in ("13800001234", "13900005678", "王小明", "李四"):
        assert secret not in page


def test_a_pair_is_joined_or_told_apart_and_both_can_be_taken_back(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, NEARLY)
    client, base = seat(centre.handler), f"/cases/{one.number}/beside/{other.number}"
    Case.objects.update(responsible_unit=centre.gusu)
    answer = client.post(f"{base}/apart/", follow=True)
    assert "undo:" not in answer.content.decode() and f"{base}/together/" in answer.content.decode()
    assert NotTheSame.objects.count() == 1
    assert other.number not in text(client, f"/cases/{one.number}/similar/")
    client.post(f"{base}/together/")
    assert other.number in text(client, f"/cases/{one.number}/similar/")
    client.post(f"{base}/join/")
    event = EventGroup.objects.get()
    refused = client.post(f"{base}/apart/", follow=True).content.decode()
    assert "先把其中一件移出" in refused
    client.post(f"/events/{event.number}/leave/?case={other.number}")
    assert GroupMember.objects.filter(removed_at=None).count() == 1
    assert client.post(f"{base}/nonsense/").status_code == 404


def test_two_events_are_merged_from_side_by_side_and_the_toast_undoes_it(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, NEARLY)
    client, base = seat(centre.dispatcher), f"/cases/{one.number}/beside/{other.number}"
    client.post(f"/cases/{one.number}/event/", {"event": "药店口罩涨价"})
    client.post(f"/cases/{other.number}/event/", {"event": "另一件"})
    assert "事件合并" in text(client, f"{base}/") or "合并这两个事件" in text(client, f"{base}/")
    client.post(f"{base}/merge/")
    merge = GroupMerge.objects.get()
    page = text(client, f"/events/{merge.survivor.number}/")
    assert one.number in page and other.number in page and "撤销合并" in page
    client.post(f"/events/{merge.survivor.number}/undo-merge/?merge={merge.pk}")
    assert GroupMember.objects.filter(group=merge.absorbed, removed_at=None).count() == 1


def test_a_case_joins_an_event_by_its_number_and_an_unknown_number_is_said(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, HEATER)
    client = seat(centre.dispatcher)
    event = groups.make_group(cases=[one], title="药店口罩涨价", by=centre.dispatcher, at=AT)
    client.post(f"/cases/{other.number}/event/", {"event": event.number.lower()})
    assert event.members.filter(removed_at=None).count() == 2
    answer = client.post(f"/cases/{other.number}/event/", {"event": "EV2020999999"}, follow=True)
    assert "EV2020999999" in answer.content.decode()


def test_the_list_of_events_counts_cases_persons_and_events_apart(centre: Cast) -> None:
    mine = [case(centre, MASKS, WANG), case(centre, NEARLY, WANG), case(centre, HEATER, LI)]
    groups.make_group(cases=mine, title="药店口罩涨价", by=centre.dispatcher, at=AT)
    client = seat(centre.dispatcher)
    page = text(client, "/events/")
    assert "1 个事件，3 件，2 人" in page
    assert "药店口罩涨价" in page and ">+3<" in page
    assert "没有进行中的事件" in text(seat(centre.other_handler), "/events/")
    assert "没有已结束的事件" in text(client, "/events/?view=closed")


def test_the_work_list_is_narrowed_to_an_event(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, HEATER)
    event = groups.make_group(cases=[one], title="药店口罩涨价", by=centre.dispatcher, at=AT)
    page = text(seat(centre.dispatcher), f"/cases/?view=all&event={event.number}")
    assert one.number in page and other.number not in page
    assert f"事件 {event.number}" in page


def test_an_event_is_renamed_closed_and_opened_again_and_refusals_stand_beside_the_field(
    centre: Cast,
) -> None:
    event = groups.make_group(cases=[case(centre, MASKS)], title="口罩", by=centre.dispatcher, at=AT)
    client, base = seat(centre.dispatcher), f"/events/{event.number}"
    answer = client.post(f"{base}/rename/", {"title": " ", "note": "保留的说明"})
    assert answer.status_code == 422 and "id_title_error" in answer.content.decode()
    assert "保留的说明" in answer.content.decode()
    client.post(f"{base}/rename/", {"title": "观前街口罩涨价", "note": "三家药店"})
    assert "观前街口罩涨价" in text(client, f"{base}/")
    client.post(f"{base}/close/")
    assert "观前街口罩涨价" in text(client, "/events/?view=closed")
    client.post(f"{base}/reopen/")
    assert "观前街口罩涨价" in text(client, "/events/")


# Who sees what


def test_a_report_is_nowhere_for_who_may_not_see_reports(centre: Cast) -> None:
    complaint = case(centre, MASKS, WANG)
    report = case(centre, NEARLY, WANG, kind=Kind.REPORT)
    groups.make_group(cases=[complaint, report], title="口罩", by=centre.dispatcher, at=AT)
    groups.say_not_the_same(case=complaint, other=case(centre, HEATER), by=centre.dispatcher, at=AT)
    client = seat(centre.inspector)
    event = EventGroup.objects.get()
    for address in (
        f"/cases/{complaint.number}/",
        f"/cases/{complaint.number}/similar/",
        "/events/",
        f"/events/{event.number}/",
        f"/cases/?view=all&event={event.number}",
    ):
        assert report.number not in text(client, address), address
    assert "1 个事件，1 件，1 人" in text(client, "/events/")
    assert client.get(f"/cases/{complaint.number}/beside/{report.number}/").status_code == 404


def test_the_story_of_an_event_does_not_tell_of_steps_with_hidden_cases(centre: Cast) -> None:
    """Who may not see reports reads the same story whether a report was joined, merged in and taken out or not."""
    complaint, other = case(centre, MASKS, WANG), case(centre, HEATER)
    group = groups.make_group(cases=[complaint, other], title="口罩", by=centre.dispatcher, at=AT)
    address = f"/events/{group.number}/"
    before = text(seat(centre.inspector), address)
    report = case(centre, NEARLY, WANG, kind=Kind.REPORT)
    groups.join_group(group=group, case=report, by=centre.analyst, at=AT)
    assert centre.analyst.display_name in text(seat(centre.dispatcher), address)
    groups.leave_group(group=group, case=report, by=centre.analyst, at=AT)
    hidden = groups.make_group(cases=[report], title="举报平江大药房", by=centre.analyst, at=AT)
    groups.merge_groups(survivor=group, absorbed=hidden, by=centre.analyst, at=AT)
    assert "举报平江大药房" in text(seat(centre.dispatcher), address)
    after = text(seat(centre.inspector), address)
    for word in (centre.analyst.display_name, "举报平江大药房", hidden.number, report.number):
        assert word not in before and word not in after, word


def test_the_words_of_a_report_without_a_name_are_not_held_against_others(centre: Cast) -> None:
    complaint = case(centre, MASKS, WANG)
    report = case(centre, NEARLY, WANG, kind=Kind.REPORT, is_real_name=False)
    Case.objects.update(responsible_unit=centre.gusu)
    page = text(seat(centre.handler), f"/cases/{complaint.number}/beside/{report.number}/")
    assert "<mark>" not in page and "匿名举报" in page
    assert "<mark>" in text(seat(centre.supervisor), f"/cases/{complaint.number}/beside/{report.number}/")


def test_who_may_not_group_is_offered_nothing_to_press(centre: Cast) -> None:
    one, other = case(centre, MASKS), case(centre, NEARLY)
    event = groups.make_group(cases=[one], title="口罩", by=centre.dispatcher, at=AT)
    client = seat(centre.call_taker)
    for address in (
        f"/cases/{one.number}/beside/{other.number}/",
        f"/cases/{one.number}/similar/",
        f"/events/{event.number}/",
    ):
        assert 'method="post" action="/cases' not in text(client, address)
        assert 'method="post" action="/events' not in text(client, address)


def test_an_event_out_of_sight_and_one_that_does_not_exist_look_the_same(centre: Cast) -> None:
    event = groups.make_group(cases=[case(centre, MASKS)], title="口罩", by=centre.dispatcher, at=AT)
    client = seat(centre.handler)
    for number in (event.number, "EV2020999999"):
        assert client.get(f"/events/{number}/").status_code == 404
        assert client.post(f"/events/{number}/close/").status_code == 404


def test_a_call_taker_puts_the_case_of_the_call_into_an_event_and_the_toast_undoes_it(centre: Cast) -> None:
    old, new = case(centre, MASKS, WANG), case(centre, NEARLY)
    event = groups.make_group(cases=[old], title="平江口罩涨价", by=centre.dispatcher, at=AT)
    client = seat(centre.call_taker)
    address = f"/cases/{new.number}/own-event/{event.number}/"
    assert f"{address}join/" in text(client, f"/cases/{new.number}/similar/")
    said = client.post(f"{address}join/", follow=True)
    assert said.redirect_chain == [(f"/desk/calls/{new.submission.ref}/done/", 302)]
    assert f"{address}leave/" in said.content.decode()
    assert GroupMember.objects.filter(case=new, group=event, removed_at=None).exists()
    assert f"{address}join/" not in text(client, f"/cases/{new.number}/similar/")
    client.post(f"{address}leave/")
    assert not GroupMember.objects.filter(case=new, removed_at=None).exists()


def test_nobody_else_is_offered_that_and_what_is_refused_is_said(centre: Cast) -> None:
    old, new = case(centre, MASKS, WANG), case(centre, NEARLY)
    event = groups.make_group(cases=[old], title="平江口罩涨价", by=centre.dispatcher, at=AT)
    address = f"/cases/{new.number}/own-event/{event.number}/join/"
    assert address not in text(seat(centre.dispatcher), f"/cases/{new.number}/similar/")
    assert seat(centre.dispatcher).post(address).status_code == 403
    groups.close_group(group=event, by=centre.dispatcher, at=AT)
    client = seat(centre.call_taker)
    assert address not in text(client, f"/cases/{new.number}/similar/")
    assert event.number in client.post(address, follow=True).content.decode()
    assert not GroupMember.objects.filter(case=new).exists()
    assert client.post(address.replace("join", "burn")).status_code == 404
