"""Cases written many at once are as the desk would have left them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, models, transaction

from suqing.cases.actions.complaints import accept, refuse
from suqing.cases.actions.dispatching import dispatch, send_back
from suqing.cases.actions.handling import answer
from suqing.cases.actions.parties import erase
from suqing.cases.actions.past_cases import Unfit, Written, write_past
from suqing.cases.actions.registration import register
from suqing.cases.actions.reports import check, file_case, not_file
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import (
    Case,
    CaseResult,
    Clock,
    Dispatch,
    ImportedCase,
    MarketEntity,
    Party,
    Submission,
    TextBand,
    TopicMembership,
)
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Channel, ClockState, Kind, Outcome, State
from suqing.ledger.copying import copy_rows
from suqing.ledger.models import Event
from suqing.ledger.queries import decrypt_for
from suqing.taxonomy.models import ClassKind, ClassNode, ClassTree
from tests.cases.examples import NARRATIVE, WANG, contact, matter
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Keys, numbers and what only this desk adds.
OWN = {"id", "number", "ref", "submission", "party", "case", "created_at", "revision", "handler"}


def past(kind: Kind = Kind.COMPLAINT, *, at: datetime = AT, **changes: Any) -> PastCase:
    """The past twin of ``examples.matter``."""
    given: dict[str, Any] = {
        "ref": uuid4(),
        "kind": kind,
        "received_at": at,
        "narrative": NARRATIVE,
        "channel": Channel.PHONE,
        "person": WANG,
        "entity": EntityInput("平江大药房"),
        "place": "320508",
        "address": "观前街10号",
    }
    return PastCase(**{**given, **changes})


def write(cast: Cast, *cases: PastCase, at: datetime = AT) -> list[Written]:
    return write_past(cases, by=cast.call_taker, at=at, verb="history.written", subject=("history", "1"))


def written(cast: Cast, one: PastCase, at: datetime = AT) -> Case:
    return Case.objects.get(pk=write(cast, one, at=at)[0].case_id)


def values(row: models.Model) -> dict[str, Any]:
    """All fields of a row except its keys, ciphers and what differs by nature."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in OWN and not field.name.endswith("_cipher")
    }


def clocks(case: Case) -> list[dict[str, Any]]:
    return [values(clock) for clock in Clock.objects.filter(case=case).order_by("limit", "id")]


def topics(case: Case) -> list[tuple[int, datetime]]:
    return sorted(TopicMembership.objects.filter(case=case).values_list("version", "since"))


def assert_same(live: Case, bulk: Case) -> None:
    assert values(bulk) == values(live)
    assert clocks(bulk) == clocks(live)
    assert topics(bulk) == topics(live)
    assert values(bulk.submission) == values(live.submission)
    rows = [
        [values(row) for row in Dispatch.objects.filter(case=case).order_by("id")] for case in (live, bulk)
    ]
    assert rows[1] == rows[0]
    bands = [
        sorted(TextBand.objects.filter(case=case).values_list("key", flat=True)) for case in (live, bulk)
    ]
    assert bands[1] == bands[0] != []


def live(cast: Cast, kind: Kind = Kind.COMPLAINT, *, at: datetime = AT, **changes: Any) -> Case:
    return register(submission=contact(matter(kind, **changes), at=at), by=cast.call_taker, at=at).cases.get()


def node_of(kind: str) -> ClassNode:
    tree = ClassTree.objects.in_use(kind, AT.date()).first()
    found = ClassNode.objects.filter(tree=tree, parent__isnull=False).first()
    assert found is not None
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_a_case_written_in_bulk_equals_the_one_registered_at_the_desk(centre: Cast, kind: Kind) -> None:
    desk = live(centre, kind, amount=Decimal("30.00"), goods="口罩", price_asked=Decimal(30))
    bulk = past(kind, amount=Decimal("30.00"), goods="口罩", price_asked=Decimal(30))
    assert_same(desk, written(centre, bulk))
    assert topics(desk)  # the sample belongs to topics, so that equality says something


def test_classes_are_those_of_the_day_and_of_the_kind(centre: Cast) -> None:
    thing, issue = node_of(ClassKind.OBJECT), node_of(ClassKind.REPORT_ISSUE)
    desk = live(centre, Kind.REPORT, object_class=thing.pk, issue_class=issue.pk)
    bulk = written(centre, past(Kind.REPORT, object_class=thing.code, issue_class=issue.code))
    assert_same(desk, bulk)
    assert (bulk.object_class_id, bulk.issue_class_id) == (thing.pk, issue.pk)


def test_a_dispatched_case_has_the_dispatch_and_the_clocks_of_the_desk(centre: Cast) -> None:
    desk = live(centre)
    dispatch(case=desk, to_unit=centre.gusu, by=centre.dispatcher, at=AT + HOUR)
    desk = Case.objects.get(pk=desk.pk)
    bulk = written(centre, past(unit="sz-gusu", state=State.DISPATCHED, dispatched_at=AT + HOUR))
    Dispatch.objects.filter(case=desk).update(by=centre.call_taker)  # who sent it is not in a past case
    assert_same(desk, bulk)
    assert bulk.dispatched_at == AT + HOUR


def test_an_accepted_complaint_counts_for_mediation_as_at_the_desk(centre: Cast) -> None:
    for at in (AT, datetime.fromisoformat("2024-08-01T09:00:00+08:00")):
        desk = live(centre, at=at)
        dispatch(case=desk, to_unit=centre.gusu, by=centre.dispatcher, at=at + HOUR)
        accept(case=desk, by=centre.handler, at=at + DAY)
        bulk = written(
            centre,
            past(at=at, unit="sz-gusu", state=State.ACCEPTED, dispatched_at=at + HOUR, decided_at=at + DAY),
            at=at,
        )
        desk = Case.objects.get(pk=desk.pk)
        assert clocks(bulk) == clocks(desk)
        assert (bulk.next_due_at, bulk.regime) == (desk.next_due_at, desk.regime)


@pytest.mark.parametrize("days", [1, 30])
def test_a_refused_complaint_met_or_broke_its_limit_as_at_the_desk(centre: Cast, days: int) -> None:
    desk = live(centre)
    dispatch(case=desk, to_unit=centre.gusu, by=centre.dispatcher, at=AT + HOUR)
    refuse(case=desk, ground="not_competent", note="不属于本局", by=centre.handler, at=AT + days * DAY)
    desk = Case.objects.get(pk=desk.pk)
    bulk = written(
        centre,
        past(
            unit="sz-gusu",
            state=State.REFUSED,
            outcome=Outcome.REFUSED,
            ground="not_competent",
            result_note="不属于本局",
            dispatched_at=AT + HOUR,
            decided_at=AT + days * DAY,
            closed_at=AT + days * DAY,
        ),
    )
    Dispatch.objects.filter(case=desk).update(by=centre.call_taker)
    assert_same(desk, bulk)
    state = Clock.objects.get(case=bulk, limit="D1").state
    assert state == (ClockState.MET if days == 1 else ClockState.BREACHED)


@pytest.mark.parametrize("is_filed", [True, False])
def test_a_decided_report_counts_as_at_the_desk_except_for_notices(centre: Cast, is_filed: bool) -> None:
    desk = live(centre, Kind.REPORT)
    dispatch(case=desk, to_unit=centre.gusu, by=centre.dispatcher, at=AT + HOUR)
    check(case=desk, by=centre.handler, at=AT + DAY)
    step = file_case if is_filed else not_file
    step(case=desk, note="决定", by=centre.head, at=AT + 2 * DAY)
    bulk = written(
        centre,
        past(
            Kind.REPORT,
            unit="sz-gusu",
            state=State.FILED if is_filed else State.NOT_FILED,
            dispatched_at=AT + HOUR,
            decided_at=AT + 2 * DAY,
            filed_at=AT + 2 * DAY if is_filed else None,
        ),
    )
    desk_clocks = [clock for clock in clocks(desk) if clock["limit"] != "D6"]
    assert clocks(bulk) == desk_clocks != []


def test_an_answered_consultation_equals_the_one_of_the_desk(centre: Cast) -> None:
    desk = live(centre, Kind.CONSULTATION)
    answer(case=desk, text="请到门诊咨询", by=centre.call_taker, at=AT + HOUR)
    bulk = past(
        Kind.CONSULTATION,
        state=State.CLOSED,
        outcome=Outcome.ANSWERED,
        result_note="请到门诊咨询",
        closed_at=AT + HOUR,
    )
    assert_same(Case.objects.get(pk=desk.pk), written(centre, bulk))


def test_an_ended_case_owes_nothing_any_more(centre: Cast) -> None:
    case = written(
        centre,
        past(
            unit="sz-gusu",
            state=State.CLOSED,
            outcome=Outcome.NO_SETTLEMENT,
            dispatched_at=AT + HOUR,
            decided_at=AT + DAY,
            closed_at=AT + 9 * DAY,
            recovered_amount=Decimal("12.50"),
        ),
    )
    assert case.next_due_at is None
    assert not Clock.objects.filter(case=case, ended_at=None).exists()
    assert Clock.objects.get(case=case, limit="D2a").state == ClockState.MET
    assert Dispatch.objects.get(case=case).state == "answered"


def test_old_cases_have_no_regime_and_no_clocks(centre: Cast) -> None:
    at = datetime.fromisoformat("2019-12-31T23:00:00+08:00")
    case = written(centre, past(at=at, unit="sz-gusu", state=State.DISPATCHED))
    assert case.regime == "none"
    assert not Clock.objects.filter(case=case).exists()


def test_people_can_go_on_with_a_case_from_the_past(centre: Cast) -> None:
    first = written(centre, past(unit="sz-gusu"))
    accept(case=first, by=centre.handler, at=AT + DAY)
    second = written(centre, past(unit="sz-gusu", state=State.DISPATCHED))
    reason = ClassNode.objects.filter(tree__kind=ClassKind.RETURN_REASON).values_list("code", flat=True)[0]
    send_back(case=second, reason=reason, note="不在辖区", by=centre.handler, at=AT + DAY)
    third = written(centre, past())
    dispatch(case=third, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT + DAY)
    states = [Case.objects.get(pk=one.pk).state for one in (first, second, third)]
    assert states == [State.ACCEPTED, State.OBJECTED, State.DISPATCHED]


def test_the_same_ref_is_written_once(centre: Cast) -> None:
    one, other = past(), past()
    before = write(centre, one)
    after = write(centre, other, one, one)
    assert after[1] == after[2] == before[0] != after[0]
    assert Submission.objects.count() == Case.objects.count() == 2


def test_a_batch_has_one_event_that_tells_its_numbers_and_nothing_personal(centre: Cast) -> None:
    before = Event.objects.count()
    numbers = [one.number for one in write(centre, *(past() for _number in range(5)))]
    event = Event.objects.latest("id")
    assert Event.objects.count() == before + 1
    assert (event.verb, event.subject_type) == ("history.written", "history")
    assert event.data == {"count": 5, "first": numbers[0], "last": numbers[-1], "operators_made": 1}
    assert event.sealed is None


def test_a_person_is_remembered_once_and_keeps_what_is_known(centre: Cast) -> None:
    desk = live(centre)
    first, second, third = write(
        centre,
        past(person=replace(WANG, address="别处2号", id_number="320504199001011234")),
        past(person=PartyInput("李四", "13900000000")),
        past(person=PartyInput("李四", "139 0000 0000", "新家3号")),
    )
    wang, li, again = (Case.objects.get(pk=one.case_id).party for one in (first, second, third))
    assert wang == desk.party and li == again != wang
    wang.refresh_from_db()
    assert decrypt_for(wang.key_subject, wang.address_cipher) == WANG.address
    assert decrypt_for(wang.key_subject, wang.id_number_cipher) == "320504199001011234"
    assert decrypt_for(li.key_subject, li.address_cipher) == "新家3号"
    assert (li.name_masked, li.phone_masked) == ("李*", "139****0000")
    assert values(wang) == values(desk.party)


def test_a_past_person_can_be_erased(centre: Cast) -> None:
    case = written(centre, past(person=PartyInput("李四", "13900000000", "新家3号")))
    erase(party=case.party, reason="本人要求", by=centre.supervisor, at=AT)
    case.refresh_from_db()
    assert "13800001234" not in case.narrative
    assert Party.objects.get(pk=case.party_id).name_cipher is None


def test_nobody_and_the_anonymous_have_no_party(centre: Cast) -> None:
    nobody = written(centre, past(person=PartyInput()))
    hidden = written(centre, past(Kind.REPORT, is_real_name=False))
    assert nobody.party is None and nobody.submission.party is None
    assert hidden.party is None and hidden.submission.party is not None


def test_operators_are_found_by_code_then_by_name_and_place(centre: Cast) -> None:
    coded = EntityInput("平江大药房有限公司", "91320508MA1MW5HX1E")
    rows = write(
        centre,
        past(),
        past(),
        past(place="320506"),
        past(entity=coded),
        past(entity=EntityInput("别名", coded.uscc)),
        past(entity=EntityInput("平江大药房", "91320500MA1XAMPLE0")),
        past(entity=EntityInput()),
    )
    ids = [Case.objects.get(pk=row.case_id).entity_id for row in rows]
    assert ids[0] == ids[1] == ids[5]
    assert len({ids[0], ids[2], ids[3]}) == 3
    assert ids[4] == ids[3] and ids[6] is None
    assert MarketEntity.objects.get(pk=ids[0]).uscc == "91320500MA1XAMPLE0"
    again = write(centre, past(), past(entity=EntityInput("又一名", coded.uscc)))
    assert [Case.objects.get(pk=row.case_id).entity_id for row in again] == [ids[0], ids[3]]


def test_a_merged_operator_is_followed(centre: Cast) -> None:
    one = written(centre, past())
    other = written(centre, past(entity=EntityInput("大药房总店")))
    MarketEntity.objects.filter(pk=one.entity_id).update(merged_into=other.entity_id)
    again = written(centre, past())
    assert (again.entity_id, again.entity_name) == (other.entity_id, "大药房总店")


def test_money_and_origin_are_kept(centre: Cast) -> None:
    case = written(
        centre,
        past(
            Kind.REPORT,
            unit="sz-gusu",
            state=State.CLOSED,
            outcome=Outcome.PENALTY,
            closed_at=AT + DAY,
            penalty_amount=Decimal("5000.00"),
            confiscated_amount=Decimal("300.00"),
            source="national",
            number="132050800202001270001",
            row=7,
            told={"办理部门": "某\0所"},
            fingerprint="f" * 64,
        ),
    )
    assert CaseResult.objects.get(case=case).confiscated_amount == Decimal("300.00")
    imported = ImportedCase.objects.get(case=case)
    assert (imported.source, imported.number, imported.row) == ("national", "132050800202001270001", 7)
    assert imported.told == {"办理部门": "某所"}
    assert imported.events == [Event.objects.latest("id").pk]
    assert (case.completeness, case.entry_standard) == (None, None)


def test_what_cannot_stand_is_refused_before_anything_is_written(centre: Cast) -> None:
    for bad in (
        past(state=State.OBJECTED),
        past(state=State.CLOSED),
        past(closed_at=AT),
        past(Kind.CONSULTATION, state=State.MEDIATING),
    ):
        with pytest.raises(Unfit):
            write(centre, past(), bad)
    assert not Case.objects.exists()


def test_a_fixed_number_of_queries_writes_a_batch(centre: Cast, django_assert_max_num_queries: Any) -> None:
    many = [
        past(person=PartyInput(f"王{n}", f"1380000{n:04d}"), entity=EntityInput(f"店{n}")) for n in range(60)
    ]
    with django_assert_max_num_queries(40):
        write(centre, *many)
    assert Case.objects.count() == 60


def test_what_copy_raises_is_djangos(centre: Cast) -> None:
    with pytest.raises(DataError):
        write(centre, past(amount=Decimal(10) ** 13))
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(MarketEntity, ("id", "name"), [(1, "x")])
