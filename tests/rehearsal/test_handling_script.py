"""What becomes of a matter obeys the table of states and, but for a few, the limits of the law."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from suqing.cases import grounds, workflow
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.rehearsal.script import Matter
from tests.rehearsal.scripted import SEEDS, baseline, codes, matters, replay


def play(matter: Matter) -> State:
    state = State.REGISTERED
    for stage in matter.stages:
        if stage.step == Step.CLOSE:
            assert stage.outcome in workflow.CLOSING_OUTCOMES[matter.kind, state]
        state = workflow.move(matter.kind, state, stage.step, "O20")
    return state


@pytest.mark.parametrize("seed", SEEDS)
def test_every_handling_can_be_played_on_the_table_of_states(seed: int) -> None:
    ends = Counter(play(matter) for matter in matters([*replay(seed), *baseline(seed)]))
    assert {State.CLOSED, State.REFUSED, State.MEDIATING, State.ACCEPTED, State.REGISTERED} >= set(ends)


def test_steps_follow_one_another_in_time() -> None:
    for contact in replay(1):
        for matter in contact.matters:
            delays = [contact.registered_at - contact.moment, *(stage.after for stage in matter.stages)]
            assert delays == sorted(delays)


def test_reports_are_dispatched_within_the_day() -> None:
    first = [m.stages[0] for m in matters(replay(1)) if m.kind == Kind.REPORT and m.is_epidemic]
    assert {stage.step for stage in first} == {Step.DISPATCH}
    assert max(stage.after for stage in first) < timedelta(hours=10)


def test_returns_and_refusals_name_a_reason_of_the_lists() -> None:
    stages = [stage for matter in matters(replay(1)) for stage in matter.stages]
    returned = [stage for stage in stages if stage.step == Step.RETURN]
    refused = [stage for stage in stages if stage.step == Step.REFUSE]
    assert len(returned) > 50 and len(refused) > 100
    assert {stage.reason for stage in returned} <= codes("return_reason_sd_2020.json")
    assert {stage.reason for stage in refused} <= set(grounds.refusal("O20"))
    assert all(stage.note for stage in returned + refused)


def test_money_is_recovered_only_where_the_parties_agreed() -> None:
    closed = [(m, s) for m in matters(replay(1)) for s in m.stages if s.outcome]
    recovered = [(m, s) for m, s in closed if s.recovered]
    assert len(recovered) > 300
    assert all(
        s.outcome in (Outcome.MEDIATED, Outcome.SETTLED) and m.amount and s.recovered <= m.amount
        for m, s in recovered
    )


def test_most_consultations_are_answered_on_the_spot() -> None:
    questions = [m for m in matters(replay(1)) if m.kind == Kind.CONSULTATION]
    share = sum(bool(m.answer) for m in questions) / len(questions)
    assert 0.85 < share < 0.95
    assert all(bool(m.answer) != bool(m.stages) for m in questions)


def test_nothing_is_refused_or_returned_before_the_regulation_was_in_force() -> None:
    steps = {stage.step for matter in matters(baseline(1)) for stage in matter.stages}
    assert not steps & {Step.REFUSE, Step.RETURN}


def test_every_end_of_a_mediation_names_a_ground_of_its_time() -> None:
    for contacts, regime in ((replay(1), "O20"), (baseline(1), "none")):
        known = grounds.termination(regime)
        ended = [s for m in matters(contacts) for s in m.stages if s.step == Step.TERMINATE]
        assert len(ended) > 50
        assert {stage.reason for stage in ended} <= set(known)
        assert all(known[stage.reason].outcome == stage.outcome for stage in ended)
        for matter in matters(contacts):
            steps = [stage.step for stage in matter.stages]
            failed = any(stage.reason == grounds.NO_AGREEMENT for stage in matter.stages)
            assert not failed or Step.MEDIATE in steps
