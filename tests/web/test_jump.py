"""What the palette of the top bar offers, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from suqing.accounts.models import Person
from suqing.bulletins.actions import draft_daily, withdraw
from suqing.cases.intake import EntityInput
from suqing.cases.vocabulary import Kind
from suqing.web import permission_table
from suqing.web.context import may_open
from suqing.web.desks.jump import ACTIONS, PAGES, Page
from tests.bulletins.steps import issued
from tests.cases.examples import one_case
from tests.cast import AT, Cast
from tests.web.seats import seat
from tests.web.test_work_list import to_gusu

pytestmark = pytest.mark.django_db
MOST_QUERIES = 16


def offered(person: Person, typed: str) -> list[str]:
    """The addresses (or buttons) offered for what is typed."""
    answer = seat(person).post("/jump/", {"q": typed, "part": "offers"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    items = [item for group in answer.json()["groups"] for item in group["items"]]
    return [item.get("url") or item["press"] for item in items]


def test_a_number_is_found_whole_in_part_and_without_its_letters_by_who_sees_the_case(centre: Cast) -> None:
    case = to_gusu(centre, one_case(centre.call_taker))
    there = f"/cases/{case.number}/"
    for typed in (case.number, case.number.lower(), case.number[:-1], case.number[2:]):
        assert there in offered(centre.handler, typed)
        assert there not in offered(centre.other_handler, typed)


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.COMPLAINT])
def test_a_case_and_its_operator_are_offered_to_exactly_those_who_may_open_them(
    centre: Cast, kind: Kind
) -> None:
    case = one_case(centre.call_taker, kind, entity=EntityInput("苏州某某大药房"))
    assert case.entity is not None
    told = []
    for person in (centre.call_taker, centre.dispatcher, centre.handler, centre.analyst, centre.stranger):
        for url, typed in (
            (f"/cases/{case.number}/", case.number),
            (f"/entities/{case.entity.pk}/", "某某大药房"),
        ):
            opens = seat(person).get(url).status_code == 200
            assert (url in offered(person, typed)) is opens, (person, url)
            told.append(opens)
    assert True in told and False in told


def test_a_phone_number_leads_to_its_cases_only_for_who_may_look_and_never_shows_whole(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    there = f"/cases/?view=all&same_person={case.number}"
    assert there in offered(centre.dispatcher, "138 0000 1234")
    answer = seat(centre.dispatcher).post("/jump/", {"q": "13800001234", "part": "offers"}).content.decode()
    assert "13800001234" not in answer
    assert "138****1234" in answer
    for person in (centre.analyst, centre.editor, centre.leader, centre.inspector):
        assert there not in offered(person, "13800001234")
    assert not any("same_person" in url for url in offered(centre.dispatcher, "13900009999"))


def test_a_contact_is_offered_by_its_number(centre: Cast) -> None:
    contact = one_case(centre.call_taker).submission
    assert f"/submissions/{contact.number}/" in offered(centre.dispatcher, contact.number)
    assert f"/submissions/{contact.number}/" not in offered(centre.stranger, contact.number)


def test_pages_are_found_in_chinese_pinyin_initials_and_english(centre: Cast) -> None:
    for typed in ("工单", "gongdan", "gd", "work LIST"):
        assert "/cases/" in offered(centre.handler, typed)


def test_only_permitted_pages_and_actions_are_offered(centre: Cast) -> None:
    stranger = offered(centre.stranger, "")
    assert "/cases/" not in stranger
    assert "/password/" in stranger
    for person in (centre.handler, centre.call_taker, centre.analyst):
        client = seat(person)
        for url in offered(person, ""):
            if url.startswith("/"):
                assert client.get(url, follow=True).status_code == 200, url
    assert "/calls/" not in offered(centre.analyst, "")


def test_every_offered_page_stands_in_the_permission_table() -> None:
    named = {place.url_name for place in (*PAGES, *ACTIONS) if isinstance(place, Page)}
    assert named <= set(permission_table.PAGES)


def test_the_number_of_queries_is_fixed(centre: Cast) -> None:
    for number in range(3):
        one_case(centre.call_taker, entity=EntityInput(f"苏州大药房{number}"))
    client = seat(centre.supervisor)
    for typed in ("大药房", "TS2020", "13812345678", "", "%_'\\", "\0", "9" * 500):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.post("/jump/", {"q": typed, "part": "offers"}).status_code == 200
        assert len(asked) <= MOST_QUERIES, [one["sql"][:120] for one in asked]


def test_without_the_script_the_form_still_goes_to_the_list(centre: Cast) -> None:
    assert seat(centre.handler).post("/jump/", {"q": "口罩"})["Location"].startswith("/cases/?")


def test_help_is_offered_by_its_title_and_the_daily_bulletin_to_who_drafts_it(centre: Cast) -> None:
    for typed in ("接听台", "call desk", "jieting", "jtt"):
        assert "/help/call-desk/" in offered(centre.leader, typed)
    assert "/help/" in offered(centre.leader, "bangzhu")
    assert not [url for url in offered(centre.leader, "") if url.startswith("/help/")], (
        "only for what was typed"
    )
    with override("zh-hans"):
        typed = gettext("Draft the daily bulletin")
    assert "/bulletins/" in offered(centre.editor, typed)
    assert "/bulletins/" not in offered(centre.leader, typed)


def test_the_newest_daily_bulletin_is_offered_to_its_readers_and_no_withdrawn_one(centre: Cast) -> None:
    assert not [url for url in offered(centre.editor, "zuixinmeiri") if url.startswith("/bulletins/")]
    older = draft_daily(day=AT.date() - timedelta(days=1), by=centre.editor, at=AT)
    newest = issued(draft_daily(day=AT.date(), by=centre.editor, at=AT), centre, AT)
    for typed in ("最新每日快报", "zuixinmeiri", "zxmrkb", "newest"):
        assert f"/bulletins/{newest.pk}/" in offered(centre.editor, typed)
        assert f"/bulletins/{newest.pk}/" not in offered(centre.call_taker, typed)
    withdraw(bulletin=newest, reason="数字有误，另发更正。", by=centre.editor, at=AT)
    assert f"/bulletins/{older.pk}/" in offered(centre.editor, "zxmrkb")


def test_the_export_of_the_work_list_is_offered_to_who_may_export(centre: Cast) -> None:
    for person in (centre.supervisor, centre.handler, centre.call_taker, centre.stranger):
        may = may_open(person, "export-new") and may_open(person, "cases")
        assert ("/cases/?view=all#export" in offered(person, "导出工单")) is may
    assert "/cases/?view=all#export" in offered(centre.supervisor, "export")
