"""A gathered block writes what the desk writes: same rows, same clocks, same events."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max, Model

from suqing.cases.actions import (
    complaints,
    dispatching,
    handling,
    leads,
    mediation,
    mediation_sessions,
    reports,
)
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import (
    Case,
    CaseLink,
    Clock,
    Dispatch,
    MarketEntity,
    Mediation,
    Party,
    Recusal,
    Submission,
    TopicMembership,
)
from suqing.cases.queries import personal_data
from suqing.cases.vocabulary import Kind, Outcome
from suqing.ledger.models import Event
from suqing.ledger.queries import open_personal
from suqing.ledger.writing import GatheringWriter, gathered, writer
from suqing.telephony.actions import end_call, open_typed_call
from suqing.telephony.models import Call
from tests.cases.examples import contact, matter
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db
CODE = "91440300085948158H"
OWN = {
    "id",
    "ref",
    "number",
    "case",
    "submission",
    "party",
    "entity",
    "call",
    "handler",
    "by",
    "registered_by",
    "other",
}


def day(centre: Cast) -> None:
    """Three contacts with everything that can happen to them."""
    first = _take(
        centre,
        "13900000001",
        matter(entity=EntityInput("平江大药房", CODE), narrative="口罩三十元一只，要求退款"),
        matter(Kind.REPORT, narrative="哄抬口罩价格"),
    )
    _take(centre, "13900000001", matter(Kind.CONSULTATION, entity=EntityInput(), answer="请拨打12315"))
    third = _take(
        centre, "13900000002", matter(entity=EntityInput("平江大药房", CODE), narrative="口罩质量差")
    )
    complaint, report, other = first[0], first[1], third[0]
    complaint = dispatching.dispatch(case=complaint, to_unit=centre.wuzhong, by=centre.dispatcher, at=AT)
    complaint = dispatching.send_back(
        case=complaint, reason="competence", note="不在吴中", by=centre.other_handler, at=AT
    )
    complaint = dispatching.reject(case=complaint, note="登记地址在吴中", by=centre.dispatcher, at=AT)
    complaint = dispatching.send_back(
        case=complaint, reason="competence", note="门店已迁走", by=centre.other_handler, at=AT
    )
    complaint = dispatching.uphold(case=complaint, by=centre.dispatcher, at=AT)
    complaint = dispatching.dispatch(
        case=complaint, to_unit=centre.gusu, by=centre.dispatcher, at=AT + timedelta(hours=1)
    )
    report = dispatching.dispatch(case=report, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    other = dispatching.dispatch(case=other, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    later, handler = AT + timedelta(days=9), centre.handler
    complaint = mediation.mediate(
        case=complaints.accept(case=complaint, by=handler, at=later), both_consent=True, by=handler, at=later
    )
    complaint = mediation_sessions.ask_recusal(
        case=complaint, side="complainant", mediator="林调解", ground="relative", by=handler, at=later
    )
    complaint = mediation_sessions.decide_recusal(
        case=complaint, is_granted=True, new_mediators="何调解", note="回避", by=centre.head, at=later
    )
    leads.find_leads(case=complaint, text="另售过期消毒液", by=handler, at=later)
    handling.close(
        case=complaint,
        outcome=Outcome.MEDIATED,
        note="退还",
        recovered_amount=Decimal("25.5"),
        by=handler,
        at=later,
    )
    report = reports.file_case(
        case=reports.check(case=report, by=handler, at=later), note="立案", by=handler, at=later
    )
    complaints.refuse(case=other, ground="no_consumer_dispute", note="无票据", by=handler, at=later)
    (fourth,) = _take(
        centre, "13900000003", matter(entity=EntityInput("平江大药房", CODE), narrative="口罩不退不换")
    )
    fourth = dispatching.dispatch(case=fourth, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    fourth = complaints.accept(case=fourth, by=handler, at=later)
    fourth = mediation.record_consent(case=fourth, complainant=True, by=handler, at=later)
    fourth = mediation.mediate(case=fourth, both_consent=True, by=handler, at=later)
    fourth = mediation_sessions.ask_recusal(
        case=fourth, side="respondent", mediator="林调解", ground="interest", by=handler, at=later
    )
    mediation.terminate(case=fourth, ground="withdrawn", note="撤回", by=handler, at=later)


def _take(centre: Cast, number: str, *matters: Any) -> list[Case]:
    call = open_typed_call(number=number, by=centre.call_taker, at=AT)
    given = contact(*matters, party=PartyInput("王小明", number, "姑苏区"), call=call.pk)
    register(submission=given, by=centre.call_taker, at=AT)
    end_call(call=call, by=centre.call_taker, at=AT)
    return cases_of_block(given.ref)


def cases_of_block(ref: object) -> list[Case]:
    """The cases of a contact: from the block's memory, else from the table."""
    current = writer()
    if isinstance(current, GatheringWriter):
        return [case for case in current.fresh(Case) if case.submission.ref == ref]
    return list(Case.objects.filter(submission__ref=ref).order_by("id"))


def picture(model: type[Model], **only: Any) -> list[dict[str, Any]]:
    """All rows without what differs from run to run: keys, numbers, ciphers, hashes."""
    names = [
        f.name
        for f in model._meta.concrete_fields
        if f.name not in OWN and not f.name.endswith(("_cipher", "_hash"))
    ]
    return list(model._default_manager.filter(**only).order_by("pk").values(*names))


def everything() -> dict[str, Any]:
    models = (Call, Party, MarketEntity, Submission, Case, Clock, Dispatch, TopicMembership)
    models += (Mediation, Recusal, CaseLink)
    found: dict[str, Any] = {model.__name__: picture(model) for model in models}
    found["handlers"] = list(
        Case.objects.order_by("pk").values_list("handler__username", "entity__name", "party__name_masked")
    )
    found["events"] = [
        (e.verb, e.actor, e.at, _facts(e.data)) for e in Event.objects.order_by("id") if "case" in e.verb
    ]
    found["personal"] = [
        sorted(v for part in open_personal(e).values() for v in part.values())
        for e in Event.objects.order_by("id")
    ]
    return found


def _facts(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in ("number", "entity", "complaint")}


def forget(before: int) -> None:
    for model in (CaseLink, TopicMembership, Clock, Dispatch, Case, Submission, MarketEntity, Party, Call):
        model._default_manager.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_event WHERE id > %s", [before])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_gathered_actions_write_what_single_actions_write(centre: Cast) -> None:
    before = Event.objects.aggregate(last=Max("id"))["last"] or 0
    day(centre)
    one_by_one = everything()
    forget(before)
    with gathered():
        day(centre)
    assert everything() == one_by_one


def test_a_gathered_block_costs_few_statements(centre: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with gathered():
        day(centre)
    with django_assert_max_num_queries(74), gathered():
        day(centre)


def test_a_step_can_follow_on_a_case_of_an_earlier_block(centre: Cast) -> None:
    with gathered():
        case = _take(centre, "13900000001", matter())[0]
    with gathered():
        dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=AT)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.responsible_unit, stored.state) == (centre.gusu, "dispatched")
    assert stored.party is not None and personal_data(stored.party).phone == "13900000001"


def test_a_block_that_raises_writes_nothing(centre: Cast) -> None:
    events = Event.objects.count()
    with pytest.raises(ValueError, match="in the middle"), gathered():
        _take(centre, "13900000001", matter())
        raise ValueError("in the middle")
    assert Event.objects.count() == events
    assert not Submission.objects.exists()


def test_blocks_do_not_nest(centre: Cast) -> None:
    with pytest.raises(RuntimeError), gathered(), gathered():
        pass
