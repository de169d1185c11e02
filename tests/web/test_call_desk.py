"""The call desk without a browser: who may, what is kept, what is refused, what it costs."""

from __future__ import annotations

import html
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suqing.accounts.models import PersonalLook
from suqing.cases.actions.standards import issue_standard
from suqing.cases.entry_standard import FIRST
from suqing.cases.models import Case, Draft, MarketEntity, Submission
from suqing.cases.queries import personal_data
from suqing.cases.vocabulary import Kind
from suqing.ledger.actions import set_centre_clock
from suqing.ledger.models import SubjectKey
from suqing.taxonomy.models import ClassNode
from suqing.telephony.models import Call
from suqing.telephony.queries import number_of
from tests.cases.examples import registered
from tests.cast import AT, SYSTEM, Cast
from tests.web.seats import seat

NARRATIVE = "我昨天在观前街平江大药房买口罩，一只要三十元，平时只卖五元，要求退款"


@pytest.fixture
def centre(centre: Cast) -> Cast:
    set_centre_clock(mode="rehearsal", centre=AT, speed=1.0, by=SYSTEM)
    return centre


def opened(client: Client, number: str = "138 0000 1234") -> str:
    """Open a typed call and return the address of its form."""
    answer = client.post(reverse("call-open"), {"number": number})
    assert answer.status_code == 302
    return str(answer["Location"])


def complaint(**changes: str) -> dict[str, str]:
    given = {
        "narrative": NARRATIVE,
        "party-name": "王小明",
        "m0-kind": "complaint",
        "m0-entity": "平江大药房",
        "m0-place": "320508",
        "m0-address": "观前街10号",
        "m0-amount": "30",
        "m0-requests": "refund",
        "m0-incident_on": "2020-01-26",
    }
    return given | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize("name", ["handler", "analyst", "inspector", "stranger"])
def test_only_those_who_take_calls_sit_at_the_desk(centre: Cast, name: str) -> None:
    assert seat(getattr(centre, name)).get(reverse("call-desk")).status_code == 403


def test_a_visitor_is_led_to_the_sign_in_page_and_autosave_is_told_with_401(centre: Cast) -> None:
    assert Client().get(reverse("call-desk"))["Location"].startswith(reverse("sign-in"))
    save = reverse("call-save", args=[uuid4()])
    assert Client().post(save, {"narrative": "x"}, headers={"X-Autosave": "1"}).status_code == 401


def test_a_typed_number_opens_a_call_and_shows_only_its_mask(centre: Cast) -> None:
    client = seat(centre.call_taker)
    page = client.get(opened(client))
    call = Call.objects.get()
    assert number_of(call) == "13800001234"
    assert b"138****1234" in page.content
    assert b"13800001234" not in page.content


def test_an_empty_number_is_a_withheld_one_and_a_wrong_one_is_said_to_be_wrong(centre: Cast) -> None:
    client = seat(centre.call_taker)
    opened(client, "")
    assert Call.objects.get().number_hash == ""
    refused = client.post(reverse("call-open"), {"number": "no digits here"})
    assert refused.status_code == 422
    assert "no digits here" in refused.content.decode()
    assert Call.objects.count() == 1


def test_a_complaint_becomes_a_case_with_the_calling_number(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    answer = client.post(address, complaint())
    case = Case.objects.get()
    assert answer["Location"] == f"{address}done/"
    assert case.party.phone_masked == "138****1234"
    assert (case.kind, case.requests, str(case.amount), case.narrative) == (
        "complaint",
        ["refund"],
        "30.00",
        NARRATIVE,
    )
    assert case.is_synthetic
    page = client.get(answer["Location"]).content.decode()
    assert case.number in page
    assert "第十四条" in page  # the ground of the first clock
    assert "还剩 7 个工作日" in page


def test_sending_twice_registers_once(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    first, second = client.post(address, complaint()), client.post(address, complaint())
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_the_kinds_of_one_call_become_cases_of_their_own(centre: Cast) -> None:
    client = seat(centre.call_taker)
    report = {
        "m0-narrative": "口罩有质量问题，要求退款",
        "m4-kind": "report",
        "m4-narrative": "店里卖的口罩没有生产日期",
        "m4-entity": "平江大药房",
        "m4-anonymous": "1",
    }
    client.post(opened(client), complaint() | report)
    cases = {case.kind: case for case in Case.objects.all()}
    assert cases["complaint"].narrative == "口罩有质量问题，要求退款"
    assert cases["report"].narrative == "店里卖的口罩没有生产日期"
    assert cases["report"].party is None
    assert cases["complaint"].party is not None


def test_a_contact_of_nothing_but_an_anonymous_report_keeps_no_person(centre: Cast) -> None:
    client = seat(centre.call_taker)
    given = {"narrative": NARRATIVE, "m0-kind": "report", "m0-entity": "平江大药房", "m0-anonymous": "1"}
    client.post(opened(client), given)
    assert Submission.objects.get().party is None


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(centre: Cast) -> None:
    client = seat(centre.call_taker)
    given = complaint(
        m0__uscc="91440300085948158X", m0__amount="viel", m0__incident_on="2020-02-03", party__name=""
    )
    answer = client.post(opened(client), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert NARRATIVE in page
    assert 'value="viel"' in page
    assert "91440300085948158X" in page
    for name in ("party-name", "m0-uscc", "m0-amount", "m0-incident_on"):
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}_error"' in page
    assert not Case.objects.exists()


@pytest.mark.parametrize("typed", ["1234.5", "1,234.50", "1，234.50元", "１２３４.５"])
def test_amounts_are_read_as_people_write_them(centre: Cast, typed: str) -> None:
    client = seat(centre.call_taker)
    client.post(opened(client), complaint(m0__amount=typed))
    assert str(Case.objects.get().amount) == "1234.50"


@pytest.mark.parametrize("typed", ["-3", "Infinity", "NaN", "1e400", "99999999999999999999"])
def test_amounts_that_cannot_be_are_refused_beside_the_field(centre: Cast, typed: str) -> None:
    client = seat(centre.call_taker)
    answer = client.post(opened(client), complaint(m0__amount=typed))
    assert answer.status_code == 422
    assert 'id="id_m0-amount_error"' in answer.content.decode()


@pytest.mark.parametrize("field", ["m0-object_class", "m0-issue_class", "m0-place", "m0-entity"])
def test_made_up_keys_are_refused_or_stay_text(centre: Cast, field: str) -> None:
    client = seat(centre.call_taker)
    for value in ("999999999", "99999999999999999999999", "e:999999999", "e:", "<script>"):
        answer = client.post(opened(client), complaint() | {field: value})
        assert answer.status_code in (302, 422)
        assert (
            b"<script>" not in client.get(answer["Location"]).content if answer.status_code == 302 else True
        )


def test_a_matter_needs_a_kind_and_a_contact_a_matter(centre: Cast) -> None:
    client = seat(centre.call_taker)
    assert 'href="#id_m0-kind"' in client.post(opened(client), {"narrative": NARRATIVE}).content.decode()
    nothing = client.post(opened(client), {"m0-urgency": "normal"})
    assert nothing.status_code == 422
    assert 'href="#id_narrative"' in nothing.content.decode()


def test_100_000_characters_are_refused_in_clear_words_and_the_draft_keeps_them_all(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address, long = opened(client), "很" * 100_000
    saved = client.post(f"{address}draft/", complaint(narrative=long))
    assert saved.status_code == 200
    answer = client.post(address, complaint(narrative=long))
    assert answer.status_code == 422
    assert answer.content.decode().count("最多可登记") == 2, (
        "one text too long is one mistake: on top and at its field"
    )
    assert "100000" in answer.content.decode()
    assert long in client.get(address).content.decode()


@pytest.mark.parametrize("outcome", ["wrong_number", "silent", "harassment", "other_authority", "praise"])
def test_one_key_closes_a_contact_without_a_case(centre: Cast, outcome: str) -> None:
    client = seat(centre.call_taker)
    client.post(opened(client), {"outcome": outcome, "narrative": "", "m0-urgency": "normal"})
    submission = Submission.objects.get()
    assert submission.outcome == outcome
    assert not submission.cases.exists()


def test_a_note_and_a_kind_chosen_too_early_do_not_keep_a_contact_from_being_closed(centre: Cast) -> None:
    client = seat(centre.call_taker)
    typed = {"narrative": "打错了", "m0-whole": "打", "m0-kind": "consultation", "m0-urgency": "normal"}
    client.post(opened(client), {"outcome": "wrong_number", **typed})
    submission = Submission.objects.get()
    assert submission.outcome == "wrong_number"
    assert not submission.cases.exists()


def test_a_contact_without_cases_is_refused_while_matters_are_filled_in(centre: Cast) -> None:
    client = seat(centre.call_taker)
    answer = client.post(opened(client), complaint(outcome="silent"))
    assert answer.status_code == 422
    assert not Submission.objects.exists()


def test_a_draft_is_saved_and_restored_on_another_seat_of_the_same_person(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    answer = client.post(f"{address}draft/", {**complaint(), "m2-kind": "report", "m2-narrative": "第二件事"})
    assert answer.json()["version"] == 1
    assert len(answer.json()["saved_at"]) == 8
    other_seat = seat(centre.call_taker)
    page = other_seat.get(address).content.decode()
    assert "第二件事" in page
    assert "平江大药房" in page
    assert "苏州市" in page  # the look-up shows the place, not its code
    assert address in other_seat.get(reverse("call-desk")).content.decode()


def test_somebody_elses_call_and_draft_do_not_exist(centre: Cast) -> None:
    client, other = seat(centre.call_taker), seat(centre.other_call_taker)
    address = opened(client)
    client.post(f"{address}draft/", complaint())
    ref = Draft.objects.get().ref
    assert other.get(address).status_code == 404
    assert other.post(address, complaint()).status_code == 404
    assert other.post(f"{address}draft/", {"narrative": "mine now"}).status_code == 404
    assert other.post(f"{address}end/").status_code == 404
    assert other.post(reverse("draft-discard", args=[ref])).status_code == 404
    assert address not in other.get(reverse("call-desk")).content.decode()
    assert Draft.objects.get().revision == 1


def test_registration_takes_the_draft_away_with_its_key(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    client.post(f"{address}draft/", complaint())
    subject = f"draft:{Draft.objects.get().ref}"
    client.post(address, complaint())
    assert Submission.objects.count() == 1
    assert not Draft.objects.exists()
    assert SubjectKey.objects.get(subject=subject).destroyed_at is not None


def test_a_late_save_after_registration_is_told_so(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    client.post(address, complaint())
    late = client.post(f"{address}draft/", complaint())
    assert late.status_code == 409
    assert Submission.objects.get().number in late.json()["message"]
    assert client.get(address)["Location"] == f"{address}done/"


def test_a_draft_is_thrown_away_by_its_owner(centre: Cast) -> None:
    client = seat(centre.call_taker)
    client.post(f"{opened(client)}draft/", complaint())
    client.post(reverse("draft-discard", args=[Draft.objects.get().ref]))
    assert not Draft.objects.exists()


def test_the_callers_earlier_cases_and_people_show_masked(centre: Cast) -> None:
    earlier = registered(centre.other_call_taker).cases.get()
    client = seat(centre.call_taker)
    page = client.get(opened(client)).content.decode()
    assert earlier.number in page
    assert "王**" in page
    assert "王小明" not in page
    assert "平江路" not in page


def test_taking_over_a_known_person_is_logged(centre: Cast) -> None:
    party = registered(centre.other_call_taker).party
    client = seat(centre.call_taker)
    answer = client.post(reverse("call-fill-in", args=[_ref(opened(client)), party.pk]))
    assert answer.json() == {"party-name": "王小明", "party-address": "姑苏区平江路1号"}
    assert PersonalLook.objects.get(person=centre.call_taker).subject == f"party:{party.pk}"


def test_a_person_of_another_number_cannot_be_taken_over(centre: Cast) -> None:
    party = registered(centre.other_call_taker).party
    client = seat(centre.call_taker)
    address = opened(client, "13911112222")
    assert client.post(reverse("call-fill-in", args=[_ref(address), party.pk])).status_code == 404
    assert client.post(reverse("call-fill-in", args=[_ref(opened(client, "")), party.pk])).status_code == 404
    assert not PersonalLook.objects.exists()


def test_the_words_offer_classes_with_what_decided_and_figures(centre: Cast) -> None:
    client = seat(centre.call_taker)
    given = {"matter": "m0", "narrative": NARRATIVE, "m0-kind": "complaint"}
    page = client.post(reverse("call-offers"), given).content.decode()
    assert "口罩" in page
    assert "m0-price_asked" in page
    assert "m0-price_earlier" in page
    assert 'data-key="alt+q"' in page
    assert "m0-issue_class" in page
    taken = client.post(reverse("call-offers"), given | {"m0-amount": "30"}).content.decode()
    assert "m0-amount" in page
    assert "m0-amount" not in taken


def test_the_words_offer_the_place_with_the_unit_that_would_have_it(centre: Cast) -> None:
    client = seat(centre.call_taker)
    given = {"matter": "m0", "narrative": "吴中区木渎镇金山路88号的药店口罩卖三十元", "m0-kind": "complaint"}
    page = html.unescape(client.post(reverse("call-offers"), given).content.decode())
    assert '"m0-place": "320506103"' in page
    assert '"m0-address": "金山路88号"' in page
    assert f"<em>{centre.wuzhong.name}</em>" in page
    by_address = given | {"m0-address": "观前街1号"}
    page = html.unescape(client.post(reverse("call-offers"), by_address).content.decode())
    assert '"m0-place": "320508"' in page
    assert "m0-address" not in page
    assert f"<em>{centre.gusu.name}</em>" in page
    chosen = given | {"m0-place": "320508"}
    assert "m0-place" not in client.post(reverse("call-offers"), chosen).content.decode()


def test_the_words_offer_the_day_they_name(centre: Cast) -> None:
    given = {"matter": "m0", "narrative": "2019年12月3号买的口罩，第二天就坏了", "m0-kind": "complaint"}
    client = seat(centre.call_taker)
    page = html.unescape(client.post(reverse("call-offers"), given).content.decode())
    assert '"m0-incident_on": "2019-12-03"' in page
    month = given | {"narrative": "2019年12月买的口罩"}
    assert "m0-incident_on" not in client.post(reverse("call-offers"), month).content.decode()


def test_two_equal_places_are_both_offered_and_none_is_taken_for_granted(centre: Cast) -> None:
    given = {"matter": "m0", "narrative": "网上买的口罩，卖家在朝阳区", "m0-kind": "complaint"}
    page = html.unescape(seat(centre.call_taker).post(reverse("call-offers"), given).content.decode())
    assert '"m0-place": "110105"' in page
    assert '"m0-place": "220104"' in page


def test_places_are_found_by_initials_and_classes_by_the_tree_of_the_kind(centre: Cast) -> None:
    client = seat(centre.call_taker)
    places = client.get(reverse("lookup-places"), {"q": "gsq"}).json()["results"]
    assert places[0]["value"] == "320508"
    assert all(r["value"].startswith("3205") for r in client.get(reverse("lookup-places")).json()["results"])
    address = reverse("lookup-classes", args=["issue"])
    for kind, tree in (("complaint", "issue"), ("report", "report_issue")):
        found = client.get(address, {"q": "", "m0-kind": kind}).json()["results"]
        assert {ClassNode.objects.get(pk=row["value"]).tree.kind for row in found} == {tree}


def test_operators_are_found_by_pinyin_initials(centre: Cast) -> None:
    registered(centre.call_taker)
    found = seat(centre.call_taker).get(reverse("lookup-entities"), {"q": "pjdyf"}).json()["results"]
    assert [(row["text"], row["place"]) for row in found] == [("平江大药房", "320508")]


def test_a_known_operator_is_registered_as_itself(centre: Cast) -> None:
    registered(centre.call_taker)
    known = MarketEntity.objects.get()
    client = seat(centre.call_taker)
    client.post(opened(client), complaint(m0__entity=f"e:{known.pk}"))
    assert MarketEntity.objects.count() == 1
    assert Case.objects.filter(entity=known).count() == 2


@pytest.mark.parametrize(
    ("code", "says"), [("9144", "14"), ("91440300085948158X", "is-bad"), ("91440300085948158h", "is-good")]
)
def test_a_credit_code_is_checked_while_it_is_typed(centre: Cast, code: str, says: str) -> None:
    page = seat(centre.call_taker).get(reverse("credit-code"), {"m0-uscc": code}).content.decode()
    assert says in page


def test_the_end_of_a_call_stops_its_timer_once(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    for _attempt in range(2):
        assert 'data-speed="0"' in client.post(f"{address}end/").content.decode()
    assert Call.objects.get().ended_at is not None


def test_the_form_costs_a_fixed_number_of_queries(centre: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        registered(centre.call_taker)
    client = seat(centre.call_taker)
    address = opened(client)
    client.post(f"{address}draft/", complaint() | {f"m{n}-kind": "report" for n in range(1, 9)})
    with django_assert_max_num_queries(19):
        client.get(address)


def test_the_start_costs_a_fixed_number_of_queries(centre: Cast, django_assert_max_num_queries: Any) -> None:
    client = seat(centre.call_taker)
    for _ in range(4):
        registered(centre.call_taker)
        client.post(f"{opened(client)}draft/", complaint())
    with django_assert_max_num_queries(15):
        client.get(reverse("call-desk"))


def test_what_decides_competence_and_the_consents_are_taken_in_the_folded_part(centre: Cast) -> None:
    client = seat(centre.call_taker)
    more = {
        "m0__seller_role": "on_platform",
        "m0__platform": "示例商城",
        "m0__platform_place": "320506",
        "m0__act_place": "320508",
        "m0__publicity_consent": "yes",
        "m0__delegation_consent": "no",
        "party__id_number": "320508199001011234",
    }
    answer = client.post(opened(client), complaint(**more))
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.seller_role, case.platform, case.platform_place_id, case.act_place_id) == (
        "on_platform",
        "示例商城",
        "320506",
        "320508",
    )
    assert (case.publicity_consent, case.delegation_consent) == (True, False)
    assert personal_data(case.party).id_number == "320508199001011234"
    page = client.get(reverse("case", args=[case.number])).content.decode()
    assert "示例商城" in page
    assert "平台内经营者" in page


def test_a_usual_complaint_needs_nothing_of_the_folded_part(centre: Cast) -> None:
    client = seat(centre.call_taker)
    address = opened(client)
    page = client.get(address).content.decode()
    assert "data-more hidden>" in page
    client.post(address, complaint(m0__seller_role="ordinary"))
    case = Case.objects.get()
    assert (case.seller_role, case.publicity_consent, case.platform) == ("ordinary", None, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [("m0__platform_place", "999999"), ("m0__seller_role", "king"), ("m0__platform", "平" * 201)],
)
def test_a_wrong_entry_in_the_folded_part_opens_it(centre: Cast, field: str, value: str) -> None:
    client = seat(centre.call_taker)
    refused = client.post(opened(client), complaint(**{field: value}))
    assert refused.status_code == 422
    assert "data-more open hidden>" in refused.content.decode()
    assert not Case.objects.exists()


def test_what_the_standard_in_force_requires_is_asked_for_and_refused_beside_its_field(centre: Cast) -> None:
    levels = {
        fact.code: "must" if fact.must or fact.code == "amount" else "should"
        for fact in FIRST[Kind.COMPLAINT]
    }
    issue_standard(kind=Kind.COMPLAINT, levels=levels, effective_on=AT.date(), by=centre.supervisor, at=AT)
    client = seat(centre.call_taker)
    address = opened(client)
    refused = client.post(address, complaint(m0__amount=""))
    assert refused.status_code == 422
    assert 'id="id_m0-amount_error"' in refused.content.decode()
    assert client.post(address, complaint()).status_code == 302
    assert Case.objects.get().entry_standard == 2


def _ref(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[1]
