"""The page of entry standards: who reads, who issues, what is shown of each version, what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from suqing.accounts.models import Person
from suqing.cases.entry_standard import FIRST
from suqing.cases.models import EntryStandard
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.taxonomy.models import Topic
from suqing.telephony.actions import open_typed_call
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db
PAGE = "/entry-standards/"
NEW = "/entry-standards/complaint/new/"
ROWS = {"topics-TOTAL_FORMS": "3", "topics-INITIAL_FORMS": "0"}


@pytest.fixture
def centre(centre: Cast) -> Cast:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def sent(person: Person, **changes: str) -> Any:
    """The form as it opens, with changes."""
    levels = {fact.code: "should" for fact in FIRST[Kind.COMPLAINT] if not fact.must}
    data = {**levels, "effective_on": "2020-02-01", "notice": "关于规范初始数据录入的通知", **ROWS, **changes}
    return seat(person).post(NEW, data)


def text_of(person: Person, address: str = PAGE) -> str:
    answer = seat(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "reads", "issues"),
    [
        ("call_taker", 200, 403),
        ("supervisor", 200, 200),
        ("administrator", 200, 200),
        ("handler", 403, 403),
        ("analyst", 200, 403),
        ("leader", 200, 403),
    ],
)
def test_call_takers_read_and_those_who_manage_rules_issue(
    centre: Cast, name: str, reads: int, issues: int
) -> None:
    client = seat(getattr(centre, name))
    assert client.get(PAGE).status_code == reads
    assert client.get(NEW).status_code == issues
    assert (NEW in client.get(PAGE).content.decode()) is (issues == 200)


def test_the_first_version_stands_without_having_been_issued(centre: Cast) -> None:
    page = text_of(centre.call_taker)
    assert "投诉人姓名" in page
    assert "第十条" in page
    assert "is-active" in page
    assert EntryStandard.objects.count() == 0


def test_a_version_is_issued_and_waits_for_its_day(centre: Cast) -> None:
    answer = sent(centre.supervisor, amount="must", goods="should", contact="")
    assert answer["Location"] == f"{PAGE}?kind=complaint&version=2"
    levels = {fact["code"]: fact["level"] for fact in EntryStandard.objects.get().facts}
    assert (levels["amount"], levels["goods"], levels["name"]) == ("must", "should", "must")
    assert "contact" not in levels
    page = text_of(centre.call_taker, f"{PAGE}?kind=complaint&version=2")
    assert "关于规范初始数据录入的通知" in page
    assert "is-soon" in page
    assert "沈督导" in page


def test_what_the_law_asks_for_is_no_choice(centre: Cast) -> None:
    form = text_of(centre.supervisor, NEW)
    for fact in FIRST[Kind.COMPLAINT]:
        assert (f'name="{fact.code}"' in form) is not fact.must
    sent(centre.supervisor, name="", narrative="should")
    levels = {fact["code"]: fact["level"] for fact in EntryStandard.objects.get().facts}
    assert (levels["name"], levels["narrative"]) == ("must", "must")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_on": "2020-01-26"}, "effective_on"),
        ({"effective_on": ""}, "effective_on"),
        ({"effective_on": "the first"}, "effective_on"),
        ({"amount": "perhaps"}, "amount"),
        ({"notice": "通" * 501}, "notice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(centre: Cast, changes: dict[str, str], field: str) -> None:
    answer = sent(centre.supervisor, **changes)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not EntryStandard.objects.exists()


@pytest.mark.parametrize(
    "address", [f"{PAGE}?kind=king", f"{PAGE}?kind=report&version=9", "/entry-standards/king/new/"]
)
def test_what_does_not_exist_is_not_found(centre: Cast, address: str) -> None:
    assert seat(centre.supervisor).get(address).status_code == 404


def test_the_case_page_tells_completeness_and_version(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    page = text_of(centre.handler if case.dispatched_at else centre.call_taker, f"/cases/{case.number}/")
    assert "58%" in page


def test_the_page_is_on_the_rail(centre: Cast) -> None:
    assert reverse("entry-standards") in text_of(centre.call_taker, "/desk/")
    assert f'href="{reverse("entry-standards")}"' not in text_of(centre.handler, "/cases/")


def test_the_page_costs_few_queries(centre: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        sent(centre.supervisor)
    client = seat(centre.call_taker)
    client.get(PAGE)
    with django_assert_max_num_queries(10):
        client.get(PAGE)


def test_the_page_tells_validity_before_and_after_to_who_may_read_it(centre: Cast) -> None:
    for amount in (None, None, 5):
        one_case(centre.call_taker, amount=Decimal(amount) if amount else None)
    fewer = {"contact": "", "place": "", "address": "", "requests": "", "incident_on": ""}
    sent(centre.supervisor, amount="should", object_class="", issue_class="", **fewer)
    address = f"{PAGE}?kind=complaint&version=2"
    page = text_of(centre.analyst, address)
    assert "施行前后的齐全率" in page and "尚未开始施行" in page
    assert "3 件中 1 件要素齐全" in page and "33.3 %" in page and "6.1–79.2%" in page
    assert "施行后" not in page
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=9), speed=1.0, by=SYSTEM)
    one_case(centre.call_taker, amount=Decimal(3), at=AT + timedelta(days=8))
    page = text_of(centre.leader, address)
    assert "施行后" in page and "1 件中 1 件要素齐全" in page and "100.0 %" in page
    assert "3 件中 1 件要素齐全" in text_of(centre.leader, f"{address}&days=7")
    assert "施行前后的齐全率" not in text_of(centre.call_taker, address)
    assert "施行前后的齐全率" not in text_of(
        centre.analyst, f"{PAGE}?version=1"
    )  # the first version holds from the beginning


def test_the_call_desk_and_the_inbox_tell_what_is_coming(centre: Cast) -> None:
    call = open_typed_call(number="13800001234", by=centre.call_taker, at=AT)
    sent(centre.supervisor, amount="must", goods="should")
    desk = text_of(centre.call_taker, f"/desk/calls/{call.ref}/")
    assert "录入规范还要求填写" in desk and "商品" in desk
    set_centre_clock(mode="rehearsal", centre=AT + timedelta(days=9), speed=1.0, by=SYSTEM)
    assert "录入规范还要求填写" not in text_of(centre.call_taker, f"/desk/calls/{call.ref}/")
    inbox = text_of(centre.call_taker, "/inbox/")
    assert "施行新的录入规范" in inbox and "由应询问改为必填 1 项" in inbox


def demand(row: int, topic: str, fact: str, level: str) -> dict[str, str]:
    return {f"topics-{row}-topic": topic, f"topics-{row}-fact": fact, f"topics-{row}-level": level}


def test_a_version_that_asks_more_of_a_topic_is_shown_and_begins_the_next_one(centre: Cast) -> None:
    answer = sent(
        centre.supervisor,
        effective_on=AT.date().isoformat(),
        **demand(0, "mask_price", "price_asked", "must"),
        **demand(2, "mask_price", "goods", "should"),
    )
    assert answer.status_code == 302
    issued = EntryStandard.objects.get()
    assert [one for one in issued.facts if "topic" in one] == [
        {"code": "goods", "level": "should", "topic": "mask_price"},
        {"code": "price_asked", "level": "must", "topic": "mask_price"},
    ]
    page = text_of(centre.call_taker, f"{PAGE}?version=2")
    assert Topic.objects.get(code="mask_price").label in page and "1 个专题另有要求" in page
    rows = text_of(centre.supervisor, NEW)
    assert rows.count('<option value="mask_price" selected>') == 2
    Topic.objects.filter(code="mask_price").update(is_active=False)
    assert "不再使用的专题不再收入工单" in text_of(centre.call_taker, f"{PAGE}?version=2")
    assert '<option value="mask_price"' not in text_of(centre.supervisor, NEW)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (demand(0, "mask_price", "price_asked", ""), "请填写此项"),
        (
            demand(0, "mask_price", "price_asked", "must") | demand(1, "mask_price", "price_asked", "should"),
            "重复",
        ),
        (demand(0, "mask_price", "narrative", "must"), "已对全部工单提出"),
        (demand(0, "no_topic", "price_asked", "must"), "no_topic"),
        (demand(0, "mask_price", "price_asked", "always"), "always"),
        ({"topics-TOTAL_FORMS": "99999"}, ""),
    ],
)
def test_what_is_wrong_in_the_rows_of_topics_is_said_and_kept(
    centre: Cast, rows: dict[str, str], said: str
) -> None:
    answer = sent(centre.supervisor, **rows)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not EntryStandard.objects.exists()
    if "topics-0-fact" in rows and rows["topics-0-topic"] == "mask_price":
        assert f'<option value="{rows["topics-0-fact"]}" selected>' in answer.content.decode()


def test_more_rows_keep_what_was_typed_and_issue_nothing(centre: Cast) -> None:
    answer = sent(
        centre.supervisor, more="1", notice="另一份通知", **demand(0, "mask_price", "goods", "should")
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and "另一份通知" in page and "topics-6-topic" in page
    assert '<option value="mask_price" selected>' in page and not EntryStandard.objects.exists()
    for odd in ("", "x", "-1", "99999"):
        assert sent(centre.supervisor, **{"more": "1", "topics-TOTAL_FORMS": odd}).status_code == 200


def test_the_call_desk_asks_what_the_topic_of_the_words_asks(centre: Cast) -> None:
    sent(
        centre.supervisor,
        effective_on=AT.date().isoformat(),
        **demand(0, "mask_price", "price_asked", "must"),
        **demand(1, "mask_price", "amount", "must"),
    )
    client = seat(centre.call_taker)
    call = open_typed_call(number="13800001111", by=centre.call_taker, at=AT)
    page = text_of(centre.call_taker, reverse("call", args=[call.ref]))
    assert 'data-topics="mask_price"' in page and 'data-unless="mask_price"' in page
    given = {"matter": "m0", "narrative": "药店的口罩涨价太多，卖三十元", "m0-kind": "complaint"}
    told = client.post(reverse("call-offers"), given).content.decode()
    assert 'data-topics-told="mask_price"' in told
    for other in (
        {"narrative": "健身卡退费一直拖延"},
        {"m0-kind": "report"},
        {"matter": "x"},
        {"narrative": ""},
    ):
        assert 'data-topics-told=""' in client.post(reverse("call-offers"), given | other).content.decode()
    refused = client.post(
        reverse("call", args=[call.ref]),
        given | {"party-name": "王某", "m0-entity": "某药房", "outcome": "cases"},
    )
    page = refused.content.decode()
    assert refused.status_code == 422 and "id_m0-price_asked" in page and "现行录入规范要求填写" in page
