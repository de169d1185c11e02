"""The pages of operators: who sees which, the file of one, merging, splitting, relating and taking back."""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suqing.cases.actions import dispatching, entity_merging
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case, EntityDistinction, EntityMerge, EntityRelation, MarketEntity
from suqing.cases.vocabulary import Kind, SellerRole
from suqing.ledger.actions import change_setting, set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db

CODE, OTHER_CODE = "91440300085948158H", "92320508MA1N0ABC0F"
KEEPERS = ("supervisor", "dispatcher")


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def operator(centre: Cast, name: str, code: str = "", *, cases: int = 1, **changes: object) -> MarketEntity:
    kind = changes.pop("kind", Kind.COMPLAINT)
    made = [
        one_case(
            centre.call_taker, kind, entity=EntityInput(name, code), narrative=f"{name}{number}", **changes
        )  # type: ignore[arg-type]
        for number in range(cases)
    ]
    assert made[0].entity is not None
    return made[0].entity


def page(centre: Cast, who: str, name: str, *args: object, query: str = "") -> HttpResponse:
    return seat(getattr(centre, who)).get(reverse(name, args=args) + query)


def text_of(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def send(
    centre: Cast, entity: MarketEntity, act: str, who: str = "supervisor", **given: object
) -> HttpResponse:
    return seat(getattr(centre, who)).post(reverse("entity-act", args=[entity.pk, act]), given, follow=True)


def test_the_list_is_narrowed_by_words_place_and_cases(centre: Cast) -> None:
    busy = operator(centre, "平江大药房", cases=3)
    calm = operator(centre, "吴中面包房", OTHER_CODE, place="320506")
    for query, names in (
        ("", [busy, calm]),
        ("?q=pjdyf", [busy]),
        ("?q=wuzhong", [calm]),
        (f"?q={OTHER_CODE}", [calm]),
        ("?q=不存在的", []),
        ("?place=320506", [calm]),
        ("?only=several", [busy]),
        ("?only=open", [busy, calm]),
        ("?sort=newest", [calm, busy]),
        ("?sort=newest&page=2", []),
        ("?page=x&only=y&place=z", [busy, calm]),
    ):
        answer = page(centre, "supervisor", "entities", query=query)
        assert [row["entity"] for row in answer.context["rows"]] == names, query
        assert answer.context["rows"] or "没有经营者" in text_of(answer)


def test_several_is_a_local_policy_that_can_be_changed(centre: Cast) -> None:
    operator(centre, "平江大药房", cases=3)
    change_setting("entities.several", 4, by=SYSTEM, at=AT)
    assert page(centre, "supervisor", "entities", query="?only=several").context["rows"] == []


def test_an_operator_known_only_by_a_report_does_not_exist_for_who_may_not_see_reports(centre: Cast) -> None:
    secret = operator(centre, "镜湖秘记药材行", kind=Kind.REPORT)
    known = operator(centre, "平江大药房", cases=1)
    one_case(centre.call_taker, Kind.REPORT, entity=EntityInput("平江大药房"), narrative="举报")
    for who, sees in (("inspector", False), ("leader", False), ("supervisor", True), ("analyst", True)):
        assert ("镜湖秘记" in text_of(page(centre, who, "entities"))) is sees, who
        assert page(centre, who, "entity", secret.pk).status_code == (200 if sees else 404)
        file = page(centre, who, "entity", known.pk)
        assert file.context["figures"][0]["value"] == (2 if sees else 1), who
        assert len(file.context["rows"]) == (2 if sees else 1)
        assert ("story" in file.context) is sees


def test_a_handler_sees_the_operators_of_the_own_cases_only(centre: Cast) -> None:
    mine, other = operator(centre, "平江大药房"), operator(centre, "吴中面包房")
    dispatching.dispatch(case=mine.cases.get(), to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    answer = page(centre, "handler", "entities")
    assert [row["entity"] for row in answer.context["rows"]] == [mine]
    assert page(centre, "handler", "entity", mine.pk).status_code == 200
    assert page(centre, "handler", "entity", other.pk).status_code == 404


def test_each_number_of_the_file_opens_as_many_cases(centre: Cast) -> None:
    one = operator(centre, "平江大药房", cases=3)
    one_case(centre.call_taker, Kind.REPORT, entity=EntityInput("平江大药房"), narrative="举报")
    operator(centre, "吴中面包房")
    for who in ("supervisor", "call_taker"):
        file = page(centre, who, "entity", one.pk)
        counted = [found for found in file.context["figures"] if found["url"]]
        assert [found["value"] for found in counted][:3] == [4, 3, 1], who
        for found in [*counted[:3], file.context["recent"]]:
            listed = seat(getattr(centre, who)).get(found["url"])
            assert listed.status_code == 200
            assert len(listed.context["rows"]) == found["value"], found["url"]


def test_the_work_list_is_narrowed_to_one_operator_also_after_a_merge(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房", cases=2), operator(centre, "姑苏药房")
    entity_merging.merge(survivor=one, absorbed=other, by=centre.supervisor, at=AT)
    answer = page(centre, "supervisor", "cases", query=f"?view=all&entity={other.pk}")
    assert len(answer.context["rows"]) == 3
    assert "一个经营者" in text_of(answer)


def test_the_case_leads_to_the_file_of_its_operator(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    answer = page(centre, "supervisor", "case", one.cases.get().number)
    assert f'href="{reverse("entity", args=[one.pk])}"' in text_of(answer)


def test_a_merge_and_its_undo_by_the_pages(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "苏州平江大药房有限公司", CODE, cases=2)
    file = page(centre, "supervisor", "entity", one.pk)
    assert [found["entity"] for found in file.context["suggestions"]] == [other]
    beside = page(centre, "supervisor", "entity-compare", one.pk, other.pk)
    assert "合并到" in text_of(beside)
    answer = send(centre, one, "merge", other=other.pk, note="同一门头")
    assert "平江大药房有限公司" in text_of(answer)
    assert set(Case.objects.values_list("entity", flat=True)) == {one.pk}
    moved = page(centre, "supervisor", "entity", other.pk)
    assert moved.headers["Location"] == reverse("entity", args=[one.pk])
    send(centre, one, "undo", merge=EntityMerge.objects.get().pk)
    assert other.cases.count() == 2
    assert page(centre, "supervisor", "entity", other.pk).status_code == 200


def test_two_codes_offer_no_merge(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房", CODE), operator(centre, "平江药房", OTHER_CODE)
    answer = page(centre, "supervisor", "entity-compare", one.pk, other.pk)
    assert "依法" in text_of(answer)
    assert "合并到" not in text_of(answer)
    assert "统一社会信用代码不同" in text_of(send(centre, one, "merge", other=other.pk))
    assert one.cases.count() == other.cases.count() == 1


def test_two_are_told_apart_and_that_is_taken_back(centre: Cast) -> None:
    one, other = operator(centre, "平江大药房"), operator(centre, "苏州平江大药房有限公司")
    send(centre, one, "apart", other=other.pk)
    assert EntityDistinction.objects.count() == 1
    assert page(centre, "supervisor", "entity", one.pk).context["suggestions"] == []
    send(centre, one, "together", other=other.pk)
    assert EntityDistinction.objects.count() == 0


def test_a_split_by_the_page_says_what_is_wrong_beside_the_field(centre: Cast) -> None:
    one = operator(centre, "平江大药房", cases=3)
    keys = list(one.cases.order_by("pk").values_list("pk", flat=True))
    client, url = seat(centre.supervisor), reverse("entity-split", args=[one.pk])
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"name": "观前药房", "code": "91440300085948158X", "cases": keys[:1]})
    assert (wrong.status_code, "code" in wrong.context["form"].errors) == (422, True)
    assert [key for key, _row, is_chosen in wrong.context["rows"] if is_chosen] == keys[:1]
    assert client.post(url, {"name": "观前药房"}).status_code == 422
    done = client.post(url, {"name": "观前药房", "cases": keys[:2]}, follow=True)
    made = MarketEntity.objects.get(name="观前药房")
    assert (made.cases.count(), one.cases.count()) == (2, 1)
    assert "观前药房" in text_of(done)
    send(centre, one, "undo", merge=EntityMerge.objects.get().pk)
    assert one.cases.count() == 3


def test_a_name_that_somebody_else_corrected_meanwhile_is_not_overwritten(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    url = reverse("entity-correct", args=[one.pk])
    form = {"name": "平江新药房", "seen": "平江大药房", "is_former": "on", "code": CODE, "address": ""}
    assert seat(centre.supervisor).post(url, form).status_code == 302
    late = seat(centre.dispatcher).post(url, {**form, "name": "平江老药房"})
    assert late.status_code == 422
    one.refresh_from_db()
    assert (one.name, one.uscc) == ("平江新药房", CODE)
    assert one.names.get().name == "平江大药房"


def test_a_seller_is_linked_to_the_platform_that_its_case_names(centre: Cast) -> None:
    platform = operator(centre, "某购平台")
    seller = operator(
        centre, "平江大药房", seller_role=SellerRole.ON_PLATFORM, platform="某购", platform_place="320508"
    )
    file = page(centre, "supervisor", "entity", seller.pk)
    assert file.context["platforms_said"] == ["某购"]
    found = page(centre, "supervisor", "entity-others", seller.pk, query="?for=relation&q=某购")
    assert found.context["found"] == [platform]
    send(centre, seller, "relate", other=platform.pk, kind="platform")
    assert "某购平台" in text_of(page(centre, "supervisor", "entity", seller.pk))
    assert page(centre, "supervisor", "entity", platform.pk).context["sellers"][0]["other"] == seller
    assert "不能互相" in text_of(send(centre, platform, "relate", other=seller.pk, kind="platform"))
    send(centre, platform, "unrelate", relation=EntityRelation.objects.get().pk)
    assert EntityRelation.objects.get().ended_at is not None


def test_another_name_is_added_once(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    send(centre, one, "name", name="老平江")
    assert "已经" in text_of(send(centre, one, "name", name="老平江"))
    answer = page(centre, "supervisor", "entities", query="?q=老平江")
    assert [row["entity"] for row in answer.context["rows"]] == [one]


def test_who_does_not_keep_the_files_sees_no_button(centre: Cast) -> None:
    one = operator(centre, "平江大药房")
    for who in ("call_taker", "analyst", "inspector"):
        text = text_of(page(centre, who, "entity", one.pk))
        assert reverse("entity-correct", args=[one.pk]) not in text
        assert "/acts/" not in text
    for who in KEEPERS:
        assert reverse("entity-correct", args=[one.pk]) in text_of(page(centre, who, "entity", one.pk))


@pytest.mark.parametrize(
    "given", [{}, {"other": "x"}, {"other": "9" * 30}, {"merge": "1"}, {"relation": "0"}]
)
def test_hostile_keys_find_nothing(centre: Cast, given: dict[str, str]) -> None:
    one = operator(centre, "平江大药房")
    for act in ("merge", "undo", "apart", "together", "relate", "unrelate", "nonsense"):
        assert send(centre, one, act, **given).status_code == 404, act
    assert page(centre, "supervisor", "entity", 10**15).status_code == 404


def test_the_queries_of_the_file_do_not_grow_with_its_cases(centre: Cast) -> None:
    one = operator(centre, "平江大药房", cases=2)
    counts = []
    for more in (0, 6):
        if more:
            operator(centre, "平江大药房", cases=more)
        client = seat(centre.supervisor)
        client.get(reverse("entity", args=[one.pk]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("entity", args=[one.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 45, counts
