"""Saved views of the work list: the address says everything, a role of a unit shares them, what is deleted comes back;
columns, sorting and density are kept for each person."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from suqing.accounts.models import Person
from suqing.cases.actions import dispatching
from suqing.cases.models import Case
from suqing.cases.queries import ORDERS, Filters, work_list
from suqing.inbox.actions import BadView, NotYourView, save_view
from suqing.inbox.models import ListLook, SavedView
from suqing.inbox.queries import views_of
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import Event
from tests.cases.examples import EntityInput, one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
SHIPPED = ["编号", "期限", "内容", "地点", "状态", "承办单位", "接收时间"]


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def saved(person: Person, name: str = "口罩投诉", **more: Any) -> SavedView:
    given: dict[str, Any] = {"view": "open", "kind": "complaint", "sort": "due"}
    return save_view(name=name, list_code="cases", query=given, by=person, at=AT, **more)


def heads(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>|[↑↓]", "", head) for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
    ]


# Views


def test_a_view_keeps_the_address_of_the_list_and_opens_it(centre: Cast) -> None:
    client = seat(centre.handler)
    address = "view=mine&kind=complaint&sort=due&cols=number,clock,operator&density=compact&same_person=TS1"
    answer = client.post("/views/", {"name": " 我的  投诉 ", "address": address})
    view = SavedView.objects.get()
    assert view.name == "我的 投诉"
    assert (
        answer["Location"]
        == "/cases/?view=mine&kind=complaint&sort=due&cols=number%2Cclock%2Coperator&density=compact"
    )
    assert "same_person" not in view.query, "a case names somebody"
    assert Event.objects.get(verb="saved_view.saved").data["name"] == "我的 投诉"
    page = client.get("/cases/?view=open").content.decode()
    assert "我的 投诉" in page
    assert "我的 投诉" not in seat(centre.other_handler).get("/cases/").content.decode()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": ""}, "id_name"),
        ({"name": "名" * 41}, "id_name"),
        ({"name": "口罩投诉"}, "您已有同名视图"),
        ({"name": "新", "share": "1:handler"}, "id_share"),
        ({"name": "新", "address": "view=all&q=13800001234"}, "不能保存"),
    ],
)
def test_a_view_that_cannot_be_is_refused_beside_its_field(
    centre: Cast, given: dict[str, str], told: str
) -> None:
    saved(centre.handler)
    answer = seat(centre.handler).post("/views/", {"address": "view=all", **given})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_who_directs_a_unit_shares_a_view_with_a_role_of_it(centre: Cast) -> None:
    share = f"{centre.gusu.pk}:handler"
    assert (
        seat(centre.head)
        .post("/views/", {"name": "全局投诉", "address": "view=open", "share": share})
        .status_code
        == 302
    )
    assert [view.name for view in views_of(centre.handler, "cases")] == ["全局投诉"]
    assert list(views_of(centre.other_handler, "cases")) == []
    page = seat(centre.handler).get("/views/").content.decode()
    assert "全局投诉" in page
    assert "/delete/" not in page
    with pytest.raises(NotYourView):
        saved(centre.handler, unit=centre.gusu, role="handler")
    with pytest.raises(BadView):
        saved(centre.head, unit=centre.gusu, role="")


def test_a_view_is_renamed_deleted_and_given_back_by_its_owner_alone(centre: Cast) -> None:
    view = saved(centre.handler)
    client, stranger = seat(centre.handler), seat(centre.other_handler)
    assert stranger.post(f"/views/{view.pk}/delete/").status_code == 404
    assert stranger.post(f"/views/{view.pk}/first/").status_code == 404
    assert client.post(f"/views/{view.pk}/nonsense/").status_code == 404
    client.post(f"/views/{view.pk}/rename/", {"name": "换了名"})
    page = client.post(f"/views/{view.pk}/delete/", follow=True).content.decode()
    assert f'data-undo-url="/views/{view.pk}/restore/"' in page
    assert not views_of(centre.handler).exists()
    client.post(f"/views/{view.pk}/restore/")
    assert [one.name for one in views_of(centre.handler)] == ["换了名"]
    verbs = list(
        Event.objects.filter(subject_type="saved_view").order_by("id").values_list("verb", flat=True)
    )
    assert verbs == ["saved_view.saved", "saved_view.renamed", "saved_view.deleted", "saved_view.restored"]


def test_the_list_opens_with_the_chosen_view_until_it_is_gone(centre: Cast) -> None:
    view, client = saved(centre.handler), seat(centre.handler)
    client.post(f"/views/{view.pk}/first/")
    assert client.get("/cases/")["Location"] == "/cases/?view=open&kind=complaint&sort=due"
    assert client.get("/cases/?view=open").status_code == 200
    client.post(f"/views/{view.pk}/delete/")
    assert client.get("/cases/").status_code == 200
    client.post(f"/views/{view.pk}/restore/")
    client.post(f"/views/{view.pk}/not-first/")
    assert client.get("/cases/").status_code == 200


def test_a_shared_view_shows_each_reader_only_their_own_rows(centre: Cast) -> None:
    case = dispatching.dispatch(
        case=one_case(centre.call_taker), to_unit=centre.wuzhong, by=centre.dispatcher, at=AT
    )
    view = saved(centre.head, unit=centre.gusu, role="handler")
    assert (
        case.number
        not in seat(centre.handler)
        .get(f"/cases/?{'&'.join(f'{k}={v}' for k, v in view.query.items())}")
        .content.decode()
    )


# Columns, sorting, density


def test_columns_and_density_are_kept_for_the_person_and_the_address_goes_first(centre: Cast) -> None:
    one_case(centre.call_taker, entity=EntityInput("苏城超市"))
    client = seat(centre.dispatcher)
    assert heads(client.get("/cases/").content.decode())[-7:] == SHIPPED
    given = {
        "column": ["operator", "clock", "nonsense", "operator"],
        "density": "compact",
        "sort": "received",
    }
    answer = client.post("/views/look/", {**given, "address": "view=open&kind=complaint&sort=due"})
    assert answer["Location"] == "/cases/?view=open&kind=complaint"
    page = client.get("/cases/?view=open").content.decode()
    assert heads(page)[-3:] == ["编号", "经营者", "期限"]
    assert "is-compact" in page
    other = client.get("/cases/?view=open&cols=number,state&density=comfortable").content.decode()
    assert heads(other)[-2:] == ["编号", "状态"]
    assert "is-compact" not in other
    assert "is-compact" not in seat(centre.supervisor).get("/cases/").content.decode()
    client.post("/views/look/", {"reset": "1"})
    assert ListLook.objects.get().columns == []


@pytest.mark.parametrize("sort", list(ORDERS))
def test_every_order_goes_through_all_pages_and_back(centre: Cast, sort: str) -> None:
    """Rows with the same value and rows without one are each met once, in either direction."""
    for turn in range(7):
        case = one_case(
            centre.call_taker, at=AT - timedelta(hours=turn // 2), entity=EntityInput(f"第{turn % 3}家店")
        )
        Case.objects.filter(pk=case.pk).update(
            received_at=AT - timedelta(hours=turn // 2),
            next_due_at=None if turn % 3 == 0 else AT + timedelta(turn // 2),
        )
    person, pages, after = centre.dispatcher, [], ""
    while True:
        page = work_list(person, Filters(), AT, size=2, sort=sort, after=after)
        pages.append([case.pk for case in page.cases])
        if not page.after:
            break
        after = page.after
    walked = [pk for one in pages for pk in one]
    assert sorted(walked) == sorted(Case.objects.values_list("pk", flat=True))
    assert len(walked) == len(set(walked)) == 7
    back, before = [pages[-1]], page.before
    while before:
        page = work_list(person, Filters(), AT, size=2, sort=sort, before=before)
        back.insert(0, [case.pk for case in page.cases])
        before = page.before
    assert back == pages


def test_a_key_of_another_order_starts_at_the_first_page(centre: Cast) -> None:
    numbers = [one_case(centre.call_taker).number for _turn in range(3)]
    key = work_list(centre.dispatcher, Filters(), AT, size=1).after or ""
    found = work_list(centre.dispatcher, Filters(), AT, size=1, sort="number", after=key)
    assert [case.number for case in found.cases] == [min(numbers)]


def test_long_lists_are_sorted_only_by_what_an_index_keeps(centre: Cast) -> None:
    one_case(centre.call_taker)
    page = seat(centre.dispatcher).get("/cases/?view=all&sort=due").content.decode()
    assert "sort=due" not in page.split("<thead>")[1].split("</thead>")[0]
    assert 'aria-sort="descending"' in page
    assert (
        'aria-sort="ascending"' in seat(centre.dispatcher).get("/cases/?view=open&sort=due").content.decode()
    )
