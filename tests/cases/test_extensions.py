"""Longer limits: asked for in time, decided in time, by somebody else."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from suqing.accounts.queries import NotPermitted
from suqing.cases.actions import periods, reports
from suqing.cases.actions.extensions import ask_extension, decide_extension
from suqing.cases.actions.moving import NotYours, Refused, Stale
from suqing.cases.models import Case, ExtensionRequest
from suqing.cases.queries import explanation
from suqing.cases.vocabulary import ClockState
from suqing.lawclock.actions import change_day
from suqing.ledger.models import Event
from tests.cases.handled import checked, clock, due, filed, mediated, on
from tests.cast import SYSTEM, Cast
from tests.lawclock import slow_reference

pytestmark = pytest.mark.django_db
START = date(2020, 2, 3)


def ask(centre: Cast, case: Case, at: str, **more: object) -> Case:
    given = {"reason": "案情复杂", "by": centre.handler, **more}
    return ask_extension(case=case, at=on(at), **given)  # type: ignore[arg-type]


def decide(centre: Cast, case: Case, at: str, *, grant: bool = True, **more: object) -> Case:
    given = {"note": "" if grant else "理由不足", "by": centre.head, **more}
    return decide_extension(case=case, is_granted=grant, at=on(at), **given)  # type: ignore[arg-type]


def test_the_head_extends_the_check_of_a_report_by_fifteen_working_days(centre: Cast) -> None:
    case = decide(centre, ask(centre, checked(centre), "2020-02-10"), "2020-02-12")
    assert due(case, "D5") == slow_reference.walk(START, 30, True, [])
    assert case.next_due_at == clock(case, "D5").due_at
    kept = clock(case, "D5").extensions[0]
    assert (kept["granted_on"], kept["approved_by"]) == ("2020-02-12", "顾局长")
    assert kept["within"] == slow_reference.walk(START, 15, True, []).isoformat()


def test_on_the_last_day_it_is_not_too_late_a_minute_after_it_is(centre: Cast) -> None:
    case = checked(centre)
    last = due(case, "D5")
    case = ask(centre, case, last.isoformat())
    after = on(last.isoformat(), 23).replace(day=last.day + 1, hour=0)
    with pytest.raises(Refused) as refused:
        decide_extension(case=case, is_granted=True, by=centre.head, at=after)
    assert refused.value.article == "PROC:18"
    assert refused.value.values == {"day": last}
    assert ExtensionRequest.objects.get().is_granted is None  # nothing lost: it can still be declined
    assert due(case, "D5") == last
    case = decide_extension(case=case, is_granted=False, note="已逾期", by=centre.head, at=after)
    assert ExtensionRequest.objects.get().is_granted is False


def test_nobody_asks_after_the_end(centre: Cast) -> None:
    with pytest.raises(Refused, match="only be extended before it ends") as refused:
        ask(centre, checked(centre), "2020-06-01")
    assert refused.value.article == "PROC:18"
    assert not ExtensionRequest.objects.exists()


def test_one_request_at_a_time_and_no_second_extension_of_a_check(centre: Cast) -> None:
    case = ask(centre, checked(centre), "2020-02-10")
    with pytest.raises(Refused, match="asked for already"):
        ask(centre, case, "2020-02-10")
    case = decide(centre, case, "2020-02-11")
    with pytest.raises(Refused, match="as often as the law allows") as refused:
        ask(centre, case, "2020-02-12")
    assert refused.value.article == "PROC:18"
    assert ExtensionRequest.objects.count() == 1


def test_a_request_that_was_declined_can_be_made_again(centre: Cast) -> None:
    case = decide(centre, ask(centre, checked(centre), "2020-02-10"), "2020-02-11", grant=False)
    assert due(case, "D5") == slow_reference.walk(START, 15, True, [])
    case = decide(centre, ask(centre, case, "2020-02-12"), "2020-02-12")
    assert due(case, "D5") == slow_reference.walk(START, 30, True, [])


def test_a_refusal_needs_its_reason(centre: Cast) -> None:
    case = ask(centre, checked(centre), "2020-02-10")
    with pytest.raises(Refused) as refused:
        decide(centre, case, "2020-02-11", grant=False, note=" ")
    assert refused.value.field == "note"


def test_a_case_gets_thirty_days_from_the_head_then_what_the_collective_decision_names(centre: Cast) -> None:
    case = decide(centre, ask(centre, filed(centre), "2020-04-01"), "2020-04-02")
    assert due(case, "D10") == slow_reference.move_on(slow_reference.walk(START, 120, False, []))
    for amount in (None, 0, 5000):
        with pytest.raises(Refused) as refused:
            ask(centre, case, "2020-05-01", amount=amount)
        assert (refused.value.field, refused.value.article) == ("amount", "PROC:64")
    case = decide(centre, ask(centre, case, "2020-05-01", amount=20), "2020-05-08")
    assert due(case, "D10") == slow_reference.move_on(slow_reference.walk(START, 140, False, []))
    with pytest.raises(Refused, match="as often as the law allows"):
        ask(centre, case, "2020-05-09", amount=5)


def test_where_the_law_gives_the_number_no_other_can_be_asked_for(centre: Cast) -> None:
    case = checked(centre)
    with pytest.raises(Refused) as refused:
        ask(centre, case, "2020-02-10", amount=20)
    assert (refused.value.field, refused.value.article) == ("amount", "PROC:18")
    assert ask(centre, case, "2020-02-10", amount=15)


def test_a_limit_without_an_extension_cannot_be_asked_for(centre: Cast) -> None:
    case = checked(centre)
    with pytest.raises(Refused) as refused:
        ask(centre, case, "2020-02-10", limit="D10")
    assert refused.value.field == "limit"
    case.clocks.filter(limit="D5").update(limit="D1", regime="O20")
    with pytest.raises(Refused, match="allows no extension"):
        ask(centre, case, "2020-02-10", limit="D1")


def test_who_asked_does_not_decide_and_a_handler_never_does(centre: Cast) -> None:
    case = ask(centre, checked(centre), "2020-02-10", by=centre.head)
    with pytest.raises(Refused, match="does not decide") as refused:
        decide(centre, case, "2020-02-11")
    assert refused.value.article == "PROC:18"
    with pytest.raises(NotPermitted):
        decide(centre, case, "2020-02-11", by=centre.handler)
    with pytest.raises(NotYours):
        ask(centre, case, "2020-02-11", by=centre.other_handler)
    assert decide(centre, case, "2020-02-11", by=centre.superior).clocks.get(limit="D5").extensions


def test_a_request_whose_limit_was_met_waits_no_more(centre: Cast) -> None:
    case = ask(centre, checked(centre), "2020-02-10")
    case = reports.file_case(case=case, note="涉嫌", by=centre.handler, at=on("2020-02-11"))
    with pytest.raises(Refused, match="No extension waits"):
        decide(centre, case, "2020-02-12")
    assert ask(centre, case, "2020-02-12").extension_requests.count() == 2


def test_a_limit_that_stands_still_can_be_extended_late(centre: Cast) -> None:
    case = periods.begin_period(
        case=checked(centre),
        kind="testing",
        first_on=date(2020, 2, 5),
        by=centre.handler,
        at=on("2020-02-05"),
    )
    case = decide(centre, ask(centre, case, "2020-07-01"), "2020-07-02")
    assert clock(case, "D5").state == ClockState.PAUSED
    case = periods.end_period(
        case=case, kind="testing", last_on=date(2020, 7, 3), by=centre.handler, at=on("2020-07-03")
    )
    assert due(case, "D5") == slow_reference.walk(START, 30, True, [(date(2020, 2, 5), date(2020, 7, 3))])


def test_a_calendar_that_changes_later_does_not_undo_a_decision(centre: Cast) -> None:
    case = checked(centre)
    last = due(case, "D5")
    case = decide(centre, ask(centre, case, last.isoformat()), last.isoformat())
    change_day(by=SYSTEM, at=on("2020-03-01"), day=date(2020, 2, 8), is_off=False, name="", notice="地方通知")
    found = explanation(clock(case, "D5"), last)
    assert found.deadline.extended_by == 15


def test_a_mediation_cannot_be_extended_at_all(centre: Cast) -> None:
    from suqing.cases.workflow import NotAllowed

    with pytest.raises(NotAllowed):
        ask(centre, mediated(centre), "2020-02-10")


def test_the_events_hold_no_reason_in_plain(centre: Cast) -> None:
    case = decide(centre, ask(centre, checked(centre), "2020-02-10", reason="举报人刘某补充"), "2020-02-11")
    asked, decided = (
        Event.objects.get(verb=f"case.extension_{verb}", subject_id=str(case.pk))
        for verb in ("asked", "decided")
    )
    assert (asked.data["limit"], asked.data["amount"], asked.data["article"]) == ("D5", 15, "PROC:18")
    assert decided.data["is_granted"] is True
    assert "刘某" not in str(asked.data) and asked.sealed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_revision", [True, False])
def test_of_two_decisions_at_once_one_is_taken_and_one_refused(centre: Cast, with_revision: bool) -> None:
    case = ask(centre, checked(centre), "2020-02-10")
    answers: list[object] = []
    gate = threading.Barrier(2)

    def run(grant: bool, by: object) -> None:
        gate.wait()
        try:
            answers.append(
                decide_extension(
                    case=case,
                    is_granted=grant,
                    note="集体研究",
                    by=by,  # type: ignore[arg-type]
                    at=on("2020-02-11"),
                    revision=case.revision if with_revision else None,
                )
            )
        except (Refused, Stale) as refused:
            answers.append(refused)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(True, centre.head)),
        threading.Thread(target=run, args=(False, centre.superior)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(one, Refused) for one in answers) == [False, True]
    decided = ExtensionRequest.objects.get()
    assert Event.objects.filter(verb="case.extension_decided").count() == 1
    assert bool(clock(case, "D5").extensions) is decided.is_granted
