"""Reports: check, filing, repeats of the same reporter, the acts of an investigation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import close_old_connections

from suqing.accounts.models import Person
from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import dispatching, handling, reports
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.models import Case, CaseLink, Clock
from suqing.cases.queries.reports import acts_of, earlier_reports, links_of, repeats_to_merge
from suqing.cases.vocabulary import ClockState, Kind, LinkKind, Outcome, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.examples import matter, one_case, registered
from tests.cast import AT, SHANGHAI, Cast

pytestmark = pytest.mark.django_db

# A Monday under order no. 121.
MAY = datetime(2026, 5, 11, 10, 0, tzinfo=SHANGHAI)


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00").replace(tzinfo=SHANGHAI)


def reported(centre: Cast, *, at: datetime = MAY, by: Person | None = None, **changes: object) -> Case:
    """A report in the hands of Gusu district."""
    case = one_case(centre.call_taker, Kind.REPORT, at=at, **changes)
    return dispatching.dispatch(case=case, to_unit=centre.gusu, by=by or centre.dispatcher, at=at)


def checked(centre: Cast, *, at: datetime = MAY, **changes: object) -> Case:
    return reports.check(case=reported(centre, at=at, **changes), by=centre.handler, at=at)


def filed(centre: Cast, *, at: datetime = MAY) -> Case:
    return reports.file_case(case=checked(centre, at=at), note="线索属实", by=centre.handler, at=at)


def running(case: Case, limit: str) -> Clock | None:
    return case.clocks.filter(limit=limit, ended_at=None).first()


# Filing


def test_filing_keeps_the_number_and_cause_and_starts_the_decision(centre: Cast) -> None:
    case = reports.file_case(
        case=checked(centre),
        note="涉嫌哄抬价格",
        filing_number=" 苏姑市监案〔2026〕7号 ",
        cause="哄抬价格",
        by=centre.handler,
        at=MAY,
    )
    case.refresh_from_db()
    assert (case.state, case.filed_at) == (State.FILED, MAY)
    assert (case.result.filing_number, case.result.cause) == ("苏姑市监案〔2026〕7号", "哄抬价格")
    decision = running(case, "D10")
    assert decision is not None
    assert decision.article == "PROC:64"
    assert case.clocks.get(limit="D5").state == ClockState.MET


def test_the_reporter_is_told_of_the_filing_under_the_old_rules_only(centre: Cast) -> None:
    old = filed(centre, at=AT)
    tell = running(old, "D6")
    assert tell is not None
    assert tell.article == "O20:31.2"
    assert running(filed(centre, at=MAY), "D6") is None


def test_an_anonymous_reporter_is_told_nothing(centre: Cast) -> None:
    case = checked(centre, at=AT, is_real_name=False)
    case = reports.not_file(case=case, note="查无实据", by=centre.handler, at=AT)
    assert case.party is None
    assert running(case, "D6") is None


def test_a_decision_on_filing_needs_words_and_the_right(centre: Cast) -> None:
    case = checked(centre)
    with pytest.raises(Refused) as refused:
        reports.not_file(case=case, note=" ", by=centre.handler, at=MAY)
    assert refused.value.field == "note"
    with pytest.raises(NotPermitted):
        reports.file_case(case=case, note="x", by=centre.dispatcher, at=MAY)
    with pytest.raises(NotYours):
        reports.file_case(case=case, note="x", by=centre.other_handler, at=MAY)


# Repeat reports


def test_a_repeat_report_is_not_handled_again_and_points_to_the_first(centre: Cast) -> None:
    first = checked(centre)
    again = one_case(centre.call_taker, Kind.REPORT, at=MAY + timedelta(days=3))
    assert [case.pk for case in earlier_reports(centre.dispatcher, again)] == [first.pk]
    done = reports.not_again(
        case=again, earlier=first, note="同一事实，已在核查", by=centre.dispatcher, at=MAY + timedelta(days=3)
    )
    assert (done.state, done.outcome) == (State.CLOSED, Outcome.REPEAT)
    link = CaseLink.objects.get(case=done)
    assert (link.other_id, link.kind) == (first.pk, LinkKind.REPEAT)
    assert not done.clocks.filter(ended_at=None).exists()
    event = Event.objects.get(subject_type="case", subject_id=str(done.pk), verb="case.not_handled_again")
    assert event.data["article"] == "O121:35.2"
    assert first.number not in str(event.data), "who may see one report need not see the other"


def test_order_no_20_knows_no_repeat_reports(centre: Cast) -> None:
    first = reported(centre, at=AT)
    again = one_case(centre.call_taker, Kind.REPORT, at=AT + timedelta(days=1))
    with pytest.raises(NotAllowed):
        reports.not_again(case=again, earlier=first, note="重复", by=centre.dispatcher, at=AT)
    with pytest.raises(NotAllowed):
        reports.merge(case=first, repeat=again, by=centre.handler, at=AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"entity": EntityInput("另一家药房")},
        {"is_real_name": False},
        {"kind": Kind.COMPLAINT},
    ],
    ids=["another operator", "anonymous", "a complaint"],
)
def test_what_is_no_report_of_the_same_reporter_on_the_same_operator_is_refused(
    centre: Cast, changes: dict[str, object]
) -> None:
    kind = changes.pop("kind", Kind.REPORT)
    other = one_case(centre.call_taker, kind, at=MAY, **changes)  # type: ignore[arg-type]
    again = one_case(centre.call_taker, Kind.REPORT, at=MAY + timedelta(days=1))
    assert earlier_reports(centre.dispatcher, again) == []
    with pytest.raises(Refused) as refused:
        reports.not_again(case=again, earlier=other, note="重复", by=centre.dispatcher, at=MAY)
    assert (refused.value.field, refused.value.article) == ("earlier", "O121:35.2")
    again.refresh_from_db()
    assert again.state == State.REGISTERED


def test_another_reporter_is_no_repeat(centre: Cast) -> None:
    li = PartyInput("李四", "13900005678")
    other = registered(centre.call_taker, matter(Kind.REPORT), at=MAY, party=li).cases.get()
    again = one_case(centre.call_taker, Kind.REPORT, at=MAY + timedelta(days=1))
    with pytest.raises(Refused):
        reports.not_again(case=again, earlier=other, note="重复", by=centre.dispatcher, at=MAY)


def test_a_repeat_cannot_be_the_earlier_of_the_two(centre: Cast) -> None:
    first = one_case(centre.call_taker, Kind.REPORT, at=MAY)
    second = one_case(centre.call_taker, Kind.REPORT, at=MAY + timedelta(days=1))
    with pytest.raises(Refused):
        reports.not_again(case=first, earlier=second, note="重复", by=centre.dispatcher, at=MAY)
    with pytest.raises(Refused):
        reports.not_again(case=first, earlier=first, note="重复", by=centre.dispatcher, at=MAY)


def test_another_units_report_looks_like_none_at_all(centre: Cast) -> None:
    first = one_case(centre.call_taker, Kind.REPORT, at=MAY)
    dispatching.dispatch(case=first, to_unit=centre.wuzhong, by=centre.dispatcher, at=MAY)
    again = reported(centre, at=MAY + timedelta(days=1))
    assert earlier_reports(centre.handler, again) == []
    with pytest.raises(NotYours):
        reports.not_again(case=again, earlier=first, note="重复", by=centre.handler, at=MAY)


def test_new_facts_are_merged_and_the_check_begins_anew(centre: Cast) -> None:
    first = checked(centre)
    before = running(first, "D5")
    assert before is not None
    later = on("2026-05-20")
    repeat = reported(centre, at=later)
    assert [case.pk for case in repeats_to_merge(centre.handler, first)] == [repeat.pk]
    merged = reports.merge(
        case=first, repeat=repeat, note="补充进货单", by=centre.handler, at=on("2026-05-21")
    )
    repeat.refresh_from_db()
    assert (repeat.state, repeat.outcome) == (State.CLOSED, Outcome.REPEAT)
    assert merged.state == State.CHECKING
    after = running(merged, "D5")
    assert after is not None
    assert after.started_at == later, "from the receipt of the last report, O121 art. 35(2)"
    assert after.due_at > before.due_at
    before.refresh_from_db()
    assert before.state == ClockState.VOID
    assert merged.next_due_at == after.due_at
    assert CaseLink.objects.get(case=repeat).kind == LinkKind.MERGED
    assert [link.is_source for link in links_of(centre.handler, merged)] == [False]


def test_only_a_report_in_the_same_hands_that_nobody_has_taken_up_is_merged(centre: Cast) -> None:
    first = checked(centre)
    at_centre = one_case(centre.call_taker, Kind.REPORT, at=on("2026-05-12"))
    with pytest.raises(NotYours):
        reports.merge(case=first, repeat=at_centre, by=centre.handler, at=on("2026-05-12"))
    taken_up = checked(centre, at=on("2026-05-13"))
    with pytest.raises(Refused) as refused:
        reports.merge(case=first, repeat=taken_up, by=centre.handler, at=on("2026-05-13"))
    assert refused.value.article == "O121:35.2"
    filed_first = filed(centre, at=on("2026-05-14"))
    with pytest.raises(NotAllowed):
        reports.merge(
            case=filed_first, repeat=reported(centre, at=on("2026-05-15")), by=centre.handler, at=MAY
        )


# The investigation


def test_registered_evidence_starts_its_limit_and_its_disposal_ends_it(centre: Cast) -> None:
    case = filed(centre)
    day = on("2026-05-13")
    case = reports.investigate(
        case=case, event="evidence_registered", on=date(2026, 5, 12), by=centre.handler, at=day
    )
    clock = running(case, "D12")
    assert clock is not None
    assert clock.article == "PROC:35"
    assert clock.due_at.astimezone(SHANGHAI).date() == date(2026, 5, 21), "seven working days after the 12th"
    with pytest.raises(Refused) as twice:
        reports.investigate(
            case=case, event="evidence_registered", on=date(2026, 5, 13), by=centre.handler, at=day
        )
    assert (twice.value.field, twice.value.article) == ("event", "PROC:35")
    with pytest.raises(Refused) as too_early:
        reports.investigate(
            case=case, event="evidence_disposed", on=date(2026, 5, 11), by=centre.handler, at=day
        )
    assert too_early.value.field == "on"
    reports.investigate(case=case, event="evidence_disposed", on=date(2026, 5, 13), by=centre.handler, at=day)
    assert case.clocks.get(limit="D12").state == ClockState.MET


def test_a_case_is_not_closed_over_registered_evidence(centre: Cast) -> None:
    case = filed(centre)
    for event in ("evidence_registered", "evidence_disposed"):
        case = reports.investigate(case=case, event=event, on=MAY.date(), by=centre.handler, at=MAY)
        if event == "evidence_registered":
            with pytest.raises(Refused) as refused:
                handling.close(case=case, outcome=Outcome.NO_PENALTY, note="轻微", by=centre.handler, at=MAY)
            assert refused.value.article == "PROC:35"
    case = handling.close(case=case, outcome=Outcome.NO_PENALTY, note="轻微", by=centre.handler, at=MAY)
    assert case.clocks.get(limit="D12").state == ClockState.MET


def test_evidence_disposed_of_too_late_is_a_breach(centre: Cast) -> None:
    case = filed(centre)
    late = on("2026-06-15")
    reports.investigate(
        case=case, event="evidence_registered", on=date(2026, 5, 12), by=centre.handler, at=late
    )
    reports.investigate(
        case=case, event="evidence_disposed", on=date(2026, 6, 15), by=centre.handler, at=late
    )
    assert case.clocks.get(limit="D12").state == ClockState.BREACHED


@pytest.mark.parametrize(
    ("begins", "ends", "limit"),
    [
        ("assistance_received", "assistance_replied", "D11"),
        ("closing_condition_met", None, "D13"),
        (None, "decision_made", "D10"),
    ],
)
def test_acts_start_and_fulfil_limits(centre: Cast, begins: str | None, ends: str | None, limit: str) -> None:
    case = filed(centre)
    if begins:
        case = reports.investigate(case=case, event=begins, on=MAY.date(), by=centre.handler, at=MAY)
    assert running(case, limit) is not None
    if ends:
        case = reports.investigate(case=case, event=ends, on=MAY.date(), by=centre.handler, at=MAY)
        assert case.clocks.get(limit=limit).state == ClockState.MET
    assert case.state == State.FILED


def test_closing_ends_the_limit_for_the_closure(centre: Cast) -> None:
    case = filed(centre)
    case = reports.investigate(
        case=case, event="closing_condition_met", on=MAY.date(), by=centre.handler, at=MAY
    )
    case = handling.close(
        case=case, outcome=Outcome.NO_PENALTY, note="轻微，已改正", by=centre.handler, at=MAY
    )
    assert case.clocks.get(limit="D13").state == ClockState.MET


def test_plain_acts_are_listed_by_their_day(centre: Cast) -> None:
    case = filed(centre)
    now = on("2026-05-20")
    for event, day in (("order_to_correct", date(2026, 5, 15)), ("on_site_record", date(2026, 5, 12))):
        case = reports.investigate(case=case, event=event, on=day, by=centre.handler, at=now)
    assert [done.act for done in acts_of(case)] == ["on_site_record", "order_to_correct"]


@pytest.mark.parametrize(
    ("event", "day", "field"),
    [
        ("burn_the_file", date(2026, 5, 11), "event"),
        ("on_site_record", date(2026, 5, 12), "on"),
        ("on_site_record", date(2026, 5, 10), "on"),
        ("assistance_replied", date(2026, 5, 11), "event"),
    ],
)
def test_acts_that_cannot_be_are_refused(centre: Cast, event: str, day: date, field: str) -> None:
    case = filed(centre)
    with pytest.raises(Refused) as refused:
        reports.investigate(case=case, event=event, on=day, by=centre.handler, at=MAY)
    assert refused.value.field == field
    assert acts_of(case) == []


def test_nothing_is_investigated_before_the_filing_or_on_an_old_page(centre: Cast) -> None:
    case = checked(centre)
    with pytest.raises(NotAllowed):
        reports.investigate(case=case, event="on_site_record", on=MAY.date(), by=centre.handler, at=MAY)
    seen = case.revision
    reports.file_case(case=case, note="属实", by=centre.handler, at=MAY)
    with pytest.raises(Stale):
        reports.investigate(
            case=case, event="on_site_record", on=MAY.date(), by=centre.handler, at=MAY, revision=seen
        )


# Two people at once


def at_once(*works: Callable[[], object]) -> list[BaseException | None]:
    """Run all of it at the same moment; what each raised, None for the one that went through."""
    start, caught = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            caught[number] = error  # type: ignore[call-overload]
        finally:
            close_old_connections()

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return caught  # type: ignore[return-value]


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_repeat_at_once_merge_it_once(centre: Cast) -> None:
    first = checked(centre)
    repeat = reported(centre, at=on("2026-05-12"))
    seen, now = first.revision, on("2026-05-12")

    def merge(by: Person) -> Callable[[], object]:
        return lambda: reports.merge(case=first, repeat=repeat, by=by, at=now, revision=seen)

    caught = at_once(merge(centre.handler), merge(centre.head))
    assert [type(error) for error in caught if error is not None] == [Stale]
    assert CaseLink.objects.filter(case=repeat).count() == 1
    assert Clock.objects.filter(case=first, limit="D5", ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_filing_and_not_filing_at_once_leaves_one_decision(centre: Cast) -> None:
    case = checked(centre)
    seen = case.revision
    caught = at_once(
        lambda: reports.file_case(case=case, note="属实", by=centre.handler, at=MAY, revision=seen),
        lambda: reports.not_file(case=case, note="不属实", by=centre.head, at=MAY, revision=seen),
    )
    assert len([error for error in caught if isinstance(error, Stale)]) == 1
    decided = Event.objects.filter(
        subject_type="case", subject_id=str(case.pk), verb__in=("case.filed", "case.not_filed")
    )
    assert decided.count() == 1
