"""Who must be told what: limits for it, the special laws' duties, and what is recorded of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import dispatching, handling, reports
from suqing.cases.actions.handling import NoticeGiven
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import Case, Notice
from suqing.cases.notices import LIMIT_OF, Matter, Told, Way, may_be_told, who_is_told
from suqing.cases.queries.notices import notices_of, owed
from suqing.cases.special_law import HEADINGS, duties_without_days, facts_of, facts_of_classes
from suqing.cases.vocabulary import ClockState, Kind, Outcome, State
from suqing.lawclock.limits import overlays
from suqing.ledger.models import Event
from suqing.taxonomy.models import ClassNode
from tests.cases.examples import one_case
from tests.cases.test_reports import MAY
from tests.cast import AT, Cast

pytestmark = pytest.mark.django_db


def node(tree: str, code: str) -> int:
    return ClassNode.objects.get(tree__code=tree, code=code).pk


def case_of(
    centre: Cast,
    kind: Kind = Kind.REPORT,
    *,
    at: datetime = MAY,
    goods: str = "",
    issue: str = "",
    **more: object,
) -> Case:
    """A case of these classes in the hands of Gusu district."""
    tree = "report-issue-platform-2021" if kind == Kind.REPORT else "issue-sd-2020"
    case = one_case(
        centre.call_taker,
        kind,
        at=at,
        object_class=node("object-sz-ch20", goods) if goods else None,
        issue_class=node(tree, issue) if issue else None,
        **more,
    )
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=centre.dispatcher, at=at)


def matters(case: Case) -> list[str]:
    return [str(one.matter) for one in owed(Case.objects.get(pk=case.pk))]


def tell(centre: Cast, case: Case, *what: Matter, at: datetime = MAY, **said: object) -> bool:
    given = NoticeGiven(matters=what, **said)  # type: ignore[arg-type]
    return handling.record_notice(case=case, by=centre.handler, at=at, given=given)


# Which special law


@pytest.mark.parametrize(
    ("goods", "issue", "kind", "wanted"),
    [
        ("101", "", Kind.COMPLAINT, ["food_answer"]),
        ("10103", "", Kind.REPORT, ["food_answer"]),
        ("S0104", "", Kind.COMPLAINT, ["food_answer"]),
        ("S0103", "", Kind.COMPLAINT, []),
        ("", "R04", Kind.REPORT, ["food_answer"]),
        ("11001", "", Kind.REPORT, ["medical_device"]),
        ("10802", "", Kind.COMPLAINT, ["drug"]),
        ("114", "", Kind.COMPLAINT, ["cosmetics"]),
        ("", "R08", Kind.REPORT, ["unfair_competition"]),
        ("", "R06", Kind.REPORT, ["unlicensed_trade"]),
        ("", "05", Kind.COMPLAINT, []),
        ("117", "", Kind.REPORT, []),
        ("", "", Kind.REPORT, []),
    ],
)
def test_classes_bring_a_case_under_a_special_law(
    centre: Cast, goods: str, issue: str, kind: Kind, wanted: list[str]
) -> None:
    assert matters(case_of(centre, kind, goods=goods, issue=issue)) == wanted


def test_each_heading_names_its_source_and_stands_in_a_shipped_tree() -> None:
    known = set(ClassNode.objects.values_list("tree__code", "code"))
    assert {(one.tree, one.code) for one in HEADINGS} <= known
    assert all(one.source for one in HEADINGS)


def test_every_duty_of_the_data_can_be_told() -> None:
    assert {one.id for one in overlays()} <= set(Matter)
    assert set(LIMIT_OF.values()) == {"D3", "D6", "D7"}


def test_a_law_binds_from_the_day_its_article_is_in_force() -> None:
    facts = facts_of(Kind.REPORT, [("object-sz-ch20", "11001")], is_real_name=True)
    before, since = date(2021, 5, 31), date(2021, 6, 1)
    assert [one.article for one in duties_without_days(Kind.REPORT, facts, before)] == []
    assert [one.article for one in duties_without_days(Kind.REPORT, facts, since)] == ["DEVICE:79"]


def test_a_code_of_another_tree_means_nothing() -> None:
    assert facts_of_classes([("return-reason-sd-2020", "101"), ("issue-sz-ch27", "06")]) == frozenset()


def test_an_anonymous_reporter_is_owed_nothing(centre: Cast) -> None:
    assert matters(case_of(centre, goods="101", issue="R08", is_real_name=False)) == []


def test_food_outside_our_competence_is_transferred_in_writing(centre: Cast) -> None:
    facts = facts_of(Kind.COMPLAINT, [("object-sz-ch20", "101")], is_real_name=True, ground="not_competent")
    found = duties_without_days(Kind.COMPLAINT, facts, MAY.date())
    assert [(one.id, one.article) for one in found] == [("food_transfer", "FOOD:115")]


def test_an_answered_consultation_owes_no_second_answer(centre: Cast) -> None:
    case = one_case(
        centre.call_taker,
        Kind.CONSULTATION,
        at=MAY,
        object_class=node("object-sz-ch20", "101"),
        narrative="问",
    )
    assert matters(case) == ["food_answer"]
    handling.answer(case=case, text="已答复", by=centre.call_taker, at=MAY)
    assert matters(case) == []


# Recording


def test_a_result_is_told_once_there_is_one(centre: Cast) -> None:
    case = reports.check(case=case_of(centre, issue="R08"), by=centre.handler, at=MAY)
    with pytest.raises(Refused) as refused:
        tell(centre, case, Matter.UNFAIR_COMPETITION)
    assert (refused.value.field, refused.value.article) == ("matters", "AUCL:20")
    case = reports.not_file(case=case, note="查无实据", by=centre.handler, at=MAY)
    assert tell(centre, case, Matter.UNFAIR_COMPETITION, way=Way.PHONE, note="电话告知，已记录")
    assert matters(case) == []
    assert not tell(centre, case)


def test_a_notice_is_kept_with_whom_how_and_when(centre: Cast) -> None:
    case = case_of(centre, Kind.COMPLAINT, goods="101")
    later = MAY + timedelta(days=2)
    assert tell(
        centre, case, Matter.FOOD_ANSWER, at=later, way=Way.SMS, given_on=date(2026, 5, 12), note="已短信答复"
    )
    kept = notices_of(case)
    assert [(one.matter, one.told, one.way, one.given_on, one.by) for one in kept] == [
        ("food_answer", ["complainant"], "sms", date(2026, 5, 12), centre.handler)
    ]
    event = Event.objects.get(subject_type="case", subject_id=str(case.pk), verb="case.parties_told")
    assert event.data["notices"] == [
        {"matter": "food_answer", "told": ["complainant"], "way": "sms", "on": "2026-05-12"}
    ]
    assert "已短信答复" not in str(event.data), "what was said is sealed under the person's key"


def test_the_filing_is_told_within_its_limit_and_late_is_a_breach(centre: Cast) -> None:
    for days, state in ((1, ClockState.MET), (30, ClockState.BREACHED)):
        case = reports.check(case=case_of(centre, at=AT), by=centre.handler, at=AT)
        case = reports.not_file(case=case, note="查无实据", by=centre.handler, at=AT)
        assert matters(case) == ["filing"]
        assert tell(centre, case, Matter.FILING, at=AT + timedelta(days=days), way=Way.PHONE)
        assert case.clocks.get(limit="D6").state == state


def test_a_notice_given_in_time_and_written_down_late_was_in_time(centre: Cast) -> None:
    case = reports.check(case=case_of(centre, at=AT), by=centre.handler, at=AT)
    case = reports.not_file(case=case, note="查无实据", by=centre.handler, at=AT)
    late = AT + timedelta(days=30)
    assert tell(centre, case, Matter.FILING, at=late, way=Way.PHONE, given_on=AT.date() + timedelta(days=1))
    assert case.clocks.get(limit="D6").state == ClockState.MET


def test_advertising_is_told_in_seven_working_days(centre: Cast) -> None:
    case = case_of(centre, Kind.REPORT, issue="R0301")
    clock = case.clocks.get(limit="D7")
    assert clock.article == "AD:53"
    assert matters(case) == ["advertising"]
    assert tell(centre, case, Matter.ADVERTISING, way=Way.INTERNET)
    clock.refresh_from_db()
    assert clock.state == ClockState.MET


def test_telling_one_thing_leaves_the_others_owed(centre: Cast) -> None:
    case = case_of(centre, Kind.COMPLAINT, goods="101", issue="0301")
    assert matters(case) == ["advertising", "food_answer"]
    tell(centre, case, Matter.FOOD_ANSWER, way=Way.PHONE)
    assert matters(case) == ["advertising"]
    assert handling.record_notice(case=case, by=centre.handler, at=MAY)
    assert matters(case) == []


def test_of_a_report_only_the_reporter_is_told(centre: Cast) -> None:
    case = case_of(centre, goods="101")
    with pytest.raises(Refused) as refused:
        tell(centre, case, Matter.FOOD_ANSWER, told=(Told.REPORTER, Told.RESPONDENT), way=Way.PHONE)
    assert (refused.value.field, refused.value.article) == ("told", "O121:37")
    assert not Notice.objects.filter(case=case).exists()
    assert may_be_told(Kind.REPORT) == (Told.REPORTER,)


def test_both_sides_are_told_that_a_mediation_ended() -> None:
    assert who_is_told(Kind.COMPLAINT, Matter.TERMINATION) == (Told.COMPLAINANT, Told.RESPONDENT)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"way": "pigeon"}, "way"),
        ({"given_on": date(2026, 5, 12)}, "given_on"),
        ({"given_on": date(2026, 5, 10)}, "given_on"),
        ({"told": (Told.RESPONDENT,)}, "told"),
    ],
)
def test_notices_that_cannot_be_are_refused(centre: Cast, said: dict[str, object], field: str) -> None:
    case = case_of(centre, Kind.COMPLAINT, goods="101")
    with pytest.raises(Refused) as refused:
        tell(centre, case, Matter.FOOD_ANSWER, **said)
    assert refused.value.field == field
    assert matters(case) == ["food_answer"]


def test_a_written_notice_is_not_given_by_phone(centre: Cast) -> None:
    case = case_of(centre, Kind.REPORT, goods="101")
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, outcome=Outcome.TOLD_ELSEWHERE, closed_at=MAY)
    with pytest.raises(Refused) as refused:
        tell(centre, case, Matter.FOOD_TRANSFER, way=Way.PHONE)
    assert (refused.value.field, refused.value.article) == ("way", "FOOD:115")
    assert tell(centre, case, Matter.FOOD_TRANSFER, way=Way.LETTER)


def test_notices_need_the_own_handler_and_a_fresh_page(centre: Cast) -> None:
    case = case_of(centre, Kind.COMPLAINT, goods="101")
    with pytest.raises(NotYours):
        handling.record_notice(case=case, by=centre.other_handler, at=MAY)
    with pytest.raises(NotPermitted):
        handling.record_notice(case=case, by=centre.analyst, at=MAY)
    with pytest.raises(Stale):
        handling.record_notice(case=case, by=centre.handler, at=MAY, revision=case.revision - 1)
    with pytest.raises(Refused):
        tell(centre, case, Matter.DRUG)


def test_nothing_is_recorded_in_the_archive(centre: Cast) -> None:
    case = case_of(centre, Kind.COMPLAINT, goods="101")
    Case.objects.filter(pk=case.pk).update(archived_at=MAY)
    with pytest.raises(Refused):
        handling.record_notice(case=case, by=centre.handler, at=MAY)
