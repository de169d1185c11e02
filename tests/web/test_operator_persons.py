"""Natural persons as operators on the pages: masked for everybody, one logged reason away for who may see them."""

from __future__ import annotations

import html

import pytest
from django.http import HttpResponse
from django.urls import reverse

from suqing.accounts.models import PersonalLook
from suqing.cases.actions import dispatching
from suqing.cases.actions.entities import Correction, correct
from suqing.cases.intake import EntityInput
from suqing.cases.models import Case, MarketEntity, Submission
from suqing.ledger.actions import set_centre_clock
from tests.cases.examples import one_case
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "张三丰", "江苏省苏州市姑苏区平江街道白塔东路5号301室"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


@pytest.fixture
def case(centre: Cast) -> Case:
    words = f"在微信群里向{NAME}买口罩，付了钱不发货"
    return one_case(
        centre.call_taker, entity=EntityInput(NAME, is_person=True), narrative=words, address=ADDRESS
    )


def text_of(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("who", ["call_taker", "supervisor", "analyst", "editor"])
def test_nobody_reads_the_name_unasked(centre: Cast, case: Case, who: str) -> None:
    client = seat(getattr(centre, who))
    pages = [reverse("case", args=[case.number]), reverse("entity", args=[case.entity_id])]
    pages += [f"{reverse('entities')}?sort=newest", reverse("cases") + "?view=all"]
    pages += [reverse("case-preview", args=[case.number])]
    for page in pages:
        text = text_of(client.get(page))
        assert NAME not in text and "白塔东路" not in text, page
        assert "张**" in text


def test_a_reason_opens_the_operator_and_is_logged(centre: Cast, case: Case) -> None:
    client, address = seat(centre.supervisor), reverse("entity-unmask", args=[case.entity_id])
    short = client.post(address, {"reason": "x"})
    assert short.status_code == 422 and NAME not in text_of(short)
    opened = text_of(client.post(address, {"reason": "需要联系该卖家核实"}))
    assert NAME in opened and ADDRESS in opened
    look = PersonalLook.objects.get(subject=f"market_entity:{case.entity_id}")
    assert (look.person, look.reason) == (centre.supervisor, "需要联系该卖家核实")


@pytest.mark.parametrize(("who", "status"), [("analyst", 403), ("handler", 404)])
def test_who_may_not_unmask_cannot(centre: Cast, case: Case, who: str, status: int) -> None:
    client = seat(getattr(centre, who))
    answer = client.post(reverse("entity-unmask", args=[case.entity_id]), {"reason": "好奇心驱使的查看"})
    assert answer.status_code == status
    assert not PersonalLook.objects.filter(subject=f"market_entity:{case.entity_id}").exists()


def test_the_handler_of_the_case_reads_it_there_and_asks_on_the_file(centre: Cast, case: Case) -> None:
    dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    client = seat(centre.handler)
    assert NAME in text_of(client.get(reverse("case", args=[case.number])))
    address = reverse("entity", args=[case.entity_id])
    assert NAME not in text_of(client.get(address))
    opened = client.post(reverse("entity-unmask", args=[case.entity_id]), {"reason": "办案需要联系卖家"})
    assert NAME in text_of(opened)


def test_unmasking_the_case_names_its_operator_too(centre: Cast, case: Case) -> None:
    answer = seat(centre.supervisor).post(
        reverse("unmask", args=[case.number]), {"reason": "核对卖家身份"}, headers={"HX-Request": "true"}
    )
    assert 'hx-swap-oob="outerHTML:#case-operator"' in text_of(answer) and NAME in text_of(answer)


def test_the_file_is_corrected_without_showing_what_is_hidden(centre: Cast, case: Case) -> None:
    client, address = seat(centre.supervisor), reverse("entity-correct", args=[case.entity_id])
    form = text_of(client.get(address))
    assert NAME not in form and "白塔东路" not in form
    answer = client.post(
        address, {"seen": "张**", "is_person": "on", "name": "", "address": "吴中区木渎镇1号"}
    )
    assert answer.status_code == 302
    row = MarketEntity.objects.get(pk=case.entity_id)
    assert row.is_person and row.name == "张**" and row.address == "吴中区木渎镇****"


def test_the_history_of_a_file_masks_what_was_written_before(centre: Cast) -> None:
    case = one_case(centre.call_taker, entity=EntityInput(NAME))
    assert case.entity is not None
    correct(entity=case.entity, to=Correction(is_person=True), by=centre.supervisor, at=AT)
    text = text_of(seat(centre.supervisor).get(reverse("entity", args=[case.entity_id])))
    assert NAME not in text and "张**" in text


def test_the_palette_says_the_mask(centre: Cast, case: Case) -> None:
    for who, is_found in ((centre.supervisor, True), (centre.analyst, False)):
        answer = seat(who).post(reverse("jump"), {"q": NAME, "part": "offers"})
        offered = [item["text"] for group in answer.json()["groups"] for item in group["items"]]
        assert ("张**" in offered) is is_found
        assert NAME not in [text for text in offered if "“" not in text and "「" not in text]


def test_the_tick_is_proposed_by_the_name(centre: Cast) -> None:
    client, address = seat(centre.call_taker), reverse("call-natural-person")
    person = text_of(client.post(address, {"m0-entity": NAME}))
    assert 'name="m0-is_person"' in person and "checked" in person
    shop = text_of(client.post(address, {"m0-entity": "平江大药房"}))
    assert 'name="m0-is_person"' in shop and "checked" not in shop
    for given in ({"m0-entity": NAME, "m0-uscc": "91440300085948158H"}, {"m0-entity": "e:1"}, {}):
        assert 'name="m0-is_person"' not in text_of(client.post(address, given))


def test_a_call_registers_a_natural_person(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = str(client.post(reverse("call-open"), {"number": "13800001234"})["Location"])
    given = {"narrative": f"向{NAME}买口罩不发货", "m0-kind": "complaint", "m0-entity": NAME, "m0-is_person": "1",
             "m0-place": "320508", "outcome": "cases", "party-name": "王小明", "party-phone": "13800001234"}  # fmt: skip
    client.post(address, given)
    made = Submission.objects.latest("pk").cases.get()
    assert made.entity is not None and made.entity.is_person and made.entity_name == "张**"


def test_a_person_and_a_shop_are_offered_no_merge(centre: Cast, case: Case) -> None:
    shop = one_case(centre.call_taker, entity=EntityInput("平江大药房")).entity
    assert shop is not None
    text = text_of(seat(centre.supervisor).get(reverse("entity-compare", args=[case.entity_id, shop.pk])))
    assert "/acts/merge/" not in text and "不能合并" in text
