"""The tables of states: what they allow, and that everything else is refused."""

from itertools import product

import pytest

from suqing.accounts.permissions import Permission
from suqing.cases import workflow
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.cases.workflow import NotAllowed
from suqing.lawclock.regimes import regimes

# Written out by hand from the law, not read from the table: from state, by step, to state.
ALLOWED = {
    Kind.CONSULTATION: {
        ("registered", "answer", "closed"),
        ("registered", "dispatch", "dispatched"),
        ("dispatched", "return", "registered"),
        ("dispatched", "answer", "closed"),
    },
    Kind.COMPLAINT: {
        ("registered", "dispatch", "dispatched"),
        ("dispatched", "return", "registered"),
        ("dispatched", "accept", "accepted"),
        ("dispatched", "refuse", "refused"),
        ("accepted", "mediate", "mediating"),
        ("accepted", "close", "closed"),
        ("mediating", "close", "closed"),
    },
    Kind.REPORT: {
        ("registered", "dispatch", "dispatched"),
        ("dispatched", "return", "registered"),
        ("dispatched", "check", "checking"),
        ("checking", "file", "filed"),
        ("checking", "not_file", "not_filed"),
        ("filed", "close", "closed"),
        ("not_filed", "close", "closed"),
    },
}


@pytest.mark.parametrize("kind", Kind)
def test_exactly_the_steps_of_the_law_are_allowed(kind: Kind) -> None:
    for state, step in product(State, Step):
        targets = {target for source, by, target in ALLOWED[kind] if (source, by) == (state, step)}
        if targets:
            assert {workflow.move(kind, state, step)} == targets
        else:
            with pytest.raises(NotAllowed) as refused:
                workflow.move(kind, state, step)
            assert (refused.value.kind, refused.value.state, refused.value.step) == (kind, state, step)


@pytest.mark.parametrize("kind", Kind)
def test_every_state_of_a_kind_can_be_reached_and_leads_to_an_end(kind: Kind) -> None:
    reached, edge = {State.REGISTERED}, {State.REGISTERED}
    while edge:
        edge = {row.target for state in edge for row in workflow.steps_from(kind, state)} - reached
        reached |= edge
    used = {row.source for row in workflow.TABLES[kind].values()} | {
        row.target for row in workflow.TABLES[kind].values()
    }
    assert reached == used
    for state in reached - workflow.ENDED:
        assert workflow.steps_from(kind, state), f"{kind} is stuck when {state}"
    for state in workflow.ENDED & reached:
        assert not workflow.steps_from(kind, state)


def test_every_step_names_a_known_permission_and_an_article_for_each_regime_in_force() -> None:
    in_force = {regime.id for regime in regimes() if regime.id != "none"}
    for table in workflow.TABLES.values():
        for row in table.values():
            assert Permission(row.permission)
            assert in_force <= set(row.articles), f"{row.step} lacks an article"


def test_every_closing_state_says_which_results_it_can_have() -> None:
    closing = {
        (kind, row.source)
        for kind, table in workflow.TABLES.items()
        for row in table.values()
        if row.step == Step.CLOSE
    }
    assert set(workflow.CLOSING_OUTCOMES) == closing
    assert Outcome.MEDIATED not in workflow.CLOSING_OUTCOMES[(Kind.COMPLAINT, State.ACCEPTED)]
