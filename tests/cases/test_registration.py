"""Registration: one transaction from what was typed to cases with topics, clocks and events."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import close_old_connections, connection

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import drafts, parties
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, Invalid, PartyInput
from suqing.cases.models import Case, Draft, MarketEntity, Party, Submission
from suqing.cases.queries import personal_data
from suqing.cases.vocabulary import Channel, ContactOutcome, Kind, State
from suqing.ledger.models import Event
from suqing.ledger.queries import open_personal
from suqing.telephony.actions import open_typed_call
from tests.cases.examples import NARRATIVE, WANG, contact, matter, one_case, registered
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


def test_a_call_becomes_a_submission_and_a_case(centre: Cast) -> None:
    call = open_typed_call(number="138 0000 1234", by=centre.call_taker, at=AT)
    submission = registered(centre.call_taker, call=call.pk)
    case = submission.cases.get()
    assert (case.kind, case.state, case.regime) == (Kind.COMPLAINT, State.REGISTERED, "O20")
    assert case.number.startswith("TS20200127")
    assert submission.call == call
    assert case.responsible_unit == centre.centre
    assert case.place_id == "320508"
    assert case.entity is not None and case.entity.name == "平江大药房"


def test_the_narrative_is_kept_and_beside_it_the_redacted_text(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    assert case.narrative == NARRATIVE
    assert "13800001234" not in case.match_text
    assert "王小明" not in case.match_text
    assert "口罩" in case.match_text
    assert case.redactor_version > 0


def test_topics_are_given_in_the_same_transaction(centre: Cast) -> None:
    case = one_case(centre.call_taker)
    codes = set(case.topics.values_list("version__topic__code", flat=True))
    assert "mask_price" in codes


def test_a_mixed_contact_becomes_two_cases_with_words_of_their_own(centre: Cast) -> None:
    submission = registered(
        centre.call_taker,
        matter(Kind.COMPLAINT, narrative="要求退还口罩差价"),
        matter(Kind.REPORT, narrative="举报药店哄抬口罩价格"),
    )
    complaint, report = submission.cases.order_by("id")
    assert complaint.narrative == "要求退还口罩差价"
    assert "举报" not in complaint.narrative + complaint.match_text
    assert report.kind == Kind.REPORT
    assert complaint.number[2:] != report.number[2:]  # the number of one does not betray the other


def test_an_anonymous_report_carries_no_person(centre: Cast) -> None:
    submission = registered(
        centre.call_taker, matter(Kind.REPORT, is_real_name=False, narrative="哄抬口罩价格")
    )
    assert submission.cases.get().party is None


def test_a_contact_without_a_case_is_still_counted(centre: Cast) -> None:
    silent = contact(outcome=ContactOutcome.SILENT, party=PartyInput(), narrative="")
    stored = register(submission=replace(silent, matters=()), by=centre.call_taker, at=AT)
    assert stored.outcome == ContactOutcome.SILENT
    assert not Case.objects.exists()


def test_the_same_ref_is_registered_once(centre: Cast) -> None:
    given = contact()
    first = register(submission=given, by=centre.call_taker, at=AT)
    again = register(submission=given, by=centre.call_taker, at=AT + timedelta(seconds=5))
    assert again.pk == first.pk
    assert Submission.objects.count() == Case.objects.count() == 1


def test_bad_input_writes_nothing(centre: Cast) -> None:
    before = Event.objects.count()
    with pytest.raises(Invalid) as refused:
        registered(centre.call_taker, matter(issue_class=987654, place="999999"), narrative="x" * 20_001)
    assert set(refused.value.problems) >= {"narrative", "matters.0.issue_class", "matters.0.place"}
    assert Event.objects.count() == before
    assert not Party.objects.exists() and not MarketEntity.objects.exists()


def test_who_may_not_take_calls_may_not_register(centre: Cast) -> None:
    for person in (centre.handler, centre.analyst, centre.stranger):
        with pytest.raises(NotPermitted):
            registered(person)


def test_personal_data_is_encrypted_in_rows_and_events(centre: Cast) -> None:
    submission = registered(centre.call_taker)
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(p::text, '') from cases_party p")
        (row,) = cursor.fetchone()
        cursor.execute("select string_agg(data::text, '') from ledger_event")
        (events,) = cursor.fetchone()
    for secret in ("王小明", "13800001234", "平江路"):
        assert secret not in row
        assert secret not in events
    assert submission.party is not None
    assert submission.party.name_masked == "王**"
    assert personal_data(submission.party).phone == "13800001234"
    event = Event.objects.get(verb="submission.registered")
    assert open_personal(event)[submission.party.key_subject]["name"] == "王小明"


def test_the_same_person_is_remembered_once(centre: Cast) -> None:
    first, again = registered(centre.call_taker), registered(centre.other_call_taker)
    other = registered(centre.call_taker, party=PartyInput("李四", WANG.phone))
    assert first.party == again.party
    assert other.party != first.party
    assert Party.objects.filter(phone_hash=parties.phone_hash(WANG.phone)).count() == 2


def test_operators_are_the_same_by_code_whatever_the_name(centre: Cast) -> None:
    code = "91440300085948158H"
    one = one_case(centre.call_taker, entity=EntityInput("平江大药房", code))
    two = one_case(centre.call_taker, entity=EntityInput("平江大药房有限公司", code))
    assert one.entity == two.entity
    assert MarketEntity.objects.count() == 1


def test_an_operator_known_by_name_takes_the_code_that_is_given_later(centre: Cast) -> None:
    one = one_case(centre.call_taker)
    two = one_case(centre.call_taker, entity=EntityInput("平江大药房", "91440300085948158H"))
    assert one.entity == two.entity
    assert MarketEntity.objects.get().uscc == "91440300085948158H"


def test_a_consultation_can_be_answered_on_the_spot(centre: Cast) -> None:
    case = one_case(
        centre.call_taker, Kind.CONSULTATION, entity=EntityInput(), answer="口罩应明码标价，可拨打12315举报。"
    )
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.CLOSED, "answered")
    assert case.closed_at == AT
    assert not case.clocks.exists()


def test_the_draft_goes_when_it_is_registered(centre: Cast) -> None:
    ref = uuid4()
    drafts.save_draft(ref=ref, content={"narrative": NARRATIVE}, by=centre.call_taker, at=AT)
    register(submission=contact(ref=ref, draft=ref), by=centre.call_taker, at=AT)
    assert not Draft.objects.exists()
    with pytest.raises(drafts.AlreadyRegistered):
        drafts.save_draft(ref=ref, content={}, by=centre.call_taker, at=AT)


def test_registration_costs_a_fixed_number_of_queries(centre: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        registered(centre.call_taker)
    with django_assert_max_num_queries(45):
        registered(centre.call_taker)


def test_every_channel_is_accepted(centre: Cast) -> None:
    for channel in Channel:
        assert registered(centre.call_taker, channel=channel).channel == channel


@pytest.mark.django_db(transaction=True)
def test_two_desks_sending_the_same_form_at_once_register_it_once(centre: Cast) -> None:
    given = contact()
    numbers: list[str] = []

    def send() -> None:
        try:
            numbers.append(register(submission=given, by=centre.call_taker, at=AT).number)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 4
    assert len(set(numbers)) == 1
    assert Case.objects.count() == 1


def test_goods_that_bulletins_print_hold_no_number_of_a_person(centre: Cast) -> None:
    case = one_case(centre.call_taker, goods="口罩，联系13800001234")
    assert case.goods.startswith("口罩")
    assert "13800001234" not in case.goods
    assert one_case(centre.call_taker, goods="N95口罩 3M 9501+").goods == "N95口罩 3M 9501+"
