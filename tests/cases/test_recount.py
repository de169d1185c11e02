"""Limits counted anew when the calendar or the policy changes: wholly, once, and after a death of the process too."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from suqing.cases.actions import periods, recount
from suqing.cases.actions.recount import finish_runs, note_changes, recount_clocks
from suqing.cases.models import Case, Clock, ClockChange, ClockRecount
from suqing.cases.vocabulary import ClockState, Kind
from suqing.lawclock.actions import change_day
from suqing.ledger.actions import change_setting, seal_events
from suqing.ledger.models import Event
from suqing.ledger.queries import latest_progress
from tests.cases.examples import one_case
from tests.cases.handled import checked, clock, due, filed, mediated, on
from tests.cast import SHANGHAI, SYSTEM, Cast
from tests.dying import killed_until_finished

pytestmark = pytest.mark.django_db
LATER = on("2020-02-04")


def declare_off(day: date = date(2020, 2, 5)) -> None:
    change_day(by=SYSTEM, at=LATER, day=day, is_off=True, name="", notice="苏州市通知")


def test_a_day_off_more_moves_what_counts_working_days_and_leaves_what_counts_days(centre: Cast) -> None:
    case = filed(centre)
    before, decision = clock(case, "D6").due_at, due(case, "D10")
    met = clock(case, "D5").due_at
    declare_off()
    run = recount_clocks("one", at=LATER)
    assert due(case, "D6") == date(2020, 2, 11)
    assert due(case, "D10") == decision
    assert clock(case, "D5").due_at == met  # it has ended: what is past is not judged anew
    change = ClockChange.objects.get(clock=clock(case, "D6"))
    assert (change.run, change.was_due_at, change.due_at) == ("one", before, clock(case, "D6").due_at)
    case.refresh_from_db()
    assert case.next_due_at == clock(case, "D6").due_at
    assert run.changed == ClockChange.objects.count() == 1
    assert run.finished_at == LATER


def test_a_sealed_change_of_the_calendar_opens_one_run(centre: Cast) -> None:
    case = checked(centre)
    before = due(case, "D5")
    declare_off()
    declare_off(date(2020, 2, 6))
    assert note_changes(at=LATER) == []  # not sealed yet
    seal_events()
    runs = note_changes(at=LATER)
    assert len(runs) == 1
    assert finish_runs(at=LATER) == 1
    assert due(case, "D5") > before
    assert ClockRecount.objects.get().cause == "calendar 2020-02-05; calendar 2020-02-06"
    seal_events()
    assert note_changes(at=LATER) == []
    assert finish_runs(at=LATER) == 0


def test_a_change_of_policy_that_moves_last_days_opens_a_run_another_does_not(centre: Cast) -> None:
    seal_events()
    note_changes(at=LATER)
    ClockRecount.objects.all().delete()
    case = one_case(centre.call_taker, at=on("2020-02-03"))
    assert due(case, "D15") == date(2020, 2, 4)
    change_setting("lawclock.warning_hours", [8], by=SYSTEM, at=LATER)
    seal_events()
    assert note_changes(at=LATER) == []
    change_setting("lawclock.local_limits", {"D15": [3, "working_day"]}, by=SYSTEM, at=LATER)
    seal_events()
    assert len(note_changes(at=LATER)) == 1
    finish_runs(at=LATER)
    assert due(case, "D15") == date(2020, 2, 6)


def test_the_limit_that_binds_follows_the_policy(centre: Cast) -> None:
    case = mediated(centre, "2025-03-04")
    assert clock(case, "D2b").is_binding and not clock(case, "D2a").is_binding
    change_setting("lawclock.mediation_binding", "D2a", by=SYSTEM, at=LATER)
    recount_clocks("binding", at=LATER)
    assert clock(case, "D2a").is_binding and not clock(case, "D2b").is_binding
    case.refresh_from_db()
    assert case.next_due_at == clock(case, "D2a").due_at


def test_of_two_mediation_limits_the_one_that_runs_binds_while_the_other_stands_still(centre: Cast) -> None:
    case = mediated(centre, "2025-01-20")
    case = periods.begin_period(
        case=case, kind="inspection", first_on=date(2025, 1, 21), body="质检院", chosen_by="joint",
        cost_by="agreement", by=centre.handler, at=on("2025-01-21"),
    )  # fmt: skip
    assert clock(case, "D2a").state == ClockState.PAUSED  # only order 20 leaves inspection out
    assert clock(case, "D2b").state == ClockState.RUNNING
    assert clock(case, "D2b").is_binding
    assert case.next_due_at == clock(case, "D2b").due_at


def test_a_suspension_for_a_recusal_counts_as_policy_says_now(centre: Cast) -> None:
    from suqing.cases.actions.mediation_sessions import ask_recusal, decide_recusal

    case = mediated(centre)
    plain = due(case, "D2a")
    case = ask_recusal(
        case=case, side="complainant", mediator="张调解", ground="other", note="同学", by=centre.handler,
        at=on("2020-02-10"),
    )  # fmt: skip
    assert clock(case, "D2a").state == ClockState.RUNNING  # as shipped its period goes on
    change_setting("lawclock.recusal_stops_mediation", True, by=SYSTEM, at=LATER)
    recount_clocks("stops", at=LATER)
    assert clock(case, "D2a").state == ClockState.PAUSED
    case = decide_recusal(case=case, is_granted=False, note="不成立", by=centre.head, at=on("2020-02-14"))
    assert due(case, "D2a") > plain
    change_setting("lawclock.recusal_stops_mediation", False, by=SYSTEM, at=LATER)
    recount_clocks("goes on", at=LATER)
    assert due(case, "D2a") == plain


def test_a_run_is_done_once_however_often_it_is_asked_for(centre: Cast) -> None:
    checked(centre)
    declare_off()
    first = recount_clocks("once", at=LATER)
    declare_off(date(2020, 2, 6))
    again = recount_clocks("once", at=on("2020-02-07"))
    assert (first.finished_at, first.changed) == (again.finished_at, again.changed)
    assert Event.objects.filter(verb="clocks.recounted").count() == 1
    assert latest_progress(recount.PROGRESS).finished_at is not None  # type: ignore[union-attr]


def test_a_paused_clock_is_counted_too_and_stays_paused(centre: Cast) -> None:
    case = periods.begin_period(
        case=checked(centre),
        kind="testing",
        first_on=date(2020, 2, 10),
        by=centre.handler,
        at=on("2020-02-10"),
    )
    declare_off()
    recount_clocks("paused", at=LATER)
    assert clock(case, "D5").state == ClockState.PAUSED
    case.refresh_from_db()
    assert case.next_due_at is None  # nothing else of it runs


def test_the_command_counts_anew_and_says_how_many(centre: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    checked(centre)
    declare_off()
    call_command("recount_clocks", "--run", "by hand")
    assert "by hand:" in capsys.readouterr().out
    assert ClockRecount.objects.get(run="by hand").cause == "command"


SCRIPT = """
import sys, time
import django
django.setup()
from datetime import datetime
from suqing.cases.actions import recount
recount.BATCH = 2
inner = recount._recount
def told(ids, run, at):
    done = inner(ids, run, at)
    print("written", flush=True)
    time.sleep(0.02)  # the batch is written but not committed: here death is worst
    return done
recount._recount = told
recount.recount_clocks("killed", at=datetime.fromisoformat(sys.argv[1]))
print("finished", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_run_that_is_killed_again_and_again_counts_every_case_once(centre: Cast) -> None:
    for _number in range(40):
        one_case(centre.call_taker, Kind.REPORT, at=on("2020-02-03"))
    declare_off(date(2020, 2, 4))
    deaths = killed_until_finished(SCRIPT, LATER.isoformat(), lines=(1, 5))
    assert deaths >= 3
    run = ClockRecount.objects.get(run="killed")
    assert run.finished_at is not None
    unfinished = Clock.objects.filter(state=ClockState.RUNNING)
    assert run.counted == unfinished.count()
    assert run.changed == ClockChange.objects.filter(run="killed").count() == 80  # D15 and D5 of each
    days = {one.limit: one.due_at.astimezone(SHANGHAI).date() for one in unfinished}
    assert {one.due_at.astimezone(SHANGHAI).date() for one in unfinished} == set(days.values())
    for case in Case.objects.all():
        nearest = min(one.due_at for one in case.clocks.all())
        assert case.next_due_at == nearest
    assert Event.objects.filter(verb="clocks.recounted").count() == 1
