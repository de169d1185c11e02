"""The tables of states: every transition of every kind under every regime, and that everything else is refused.

``ALLOWED`` is written out by hand from the law, not read from the table: a row is from state, by step, to state, and who
may do it.  Steps of the new regulation only (order no. 121) stand apart.
"""

from __future__ import annotations

from itertools import product

import pytest

from suqing.accounts.permissions import Permission
from suqing.cases import workflow
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.cases.workflow import NotAllowed
from suqing.lawclock.articles import laws
from suqing.lawclock.regimes import regimes

REGIMES = [regime.id for regime in regimes()]

BETWEEN_UNITS = """
    registered  dispatch  dispatched  case.dispatch
    dispatched  return    objected    case.return
    objected    uphold    registered  case.dispatch
    objected    reject    dispatched  case.dispatch
"""
COMPETENCE = """
    dispatched  dispute          disputed    case.decide
    disputed    agree            dispatched  case.decide
    disputed    ask_designation  disputed    case.decide
    disputed    designate        dispatched  case.designate
    dispatched  transfer         closed      case.decide
"""
AFTERWARDS = """
    closed  visit    closed      case.visit
    closed  archive  closed      case.archive
    closed  reopen   dispatched  case.reopen
"""
EVER = {
    Kind.CONSULTATION: f"""
    {BETWEEN_UNITS}
    registered  answer   closed      call.take
    dispatched  answer   closed      case.handle
    closed      visit    closed      case.visit
    closed      archive  closed      case.archive
    closed      reopen   registered  case.reopen
    """,
    Kind.COMPLAINT: f"""
    {BETWEEN_UNITS}
    {COMPETENCE}
    {AFTERWARDS}
    registered  withdraw        closed      case.dispatch
    dispatched  withdraw        closed      case.decide
    dispatched  accept          accepted    case.decide
    dispatched  refuse          refused     case.decide
    accepted    consent         accepted    case.handle
    accepted    delegate        accepted    case.handle
    accepted    mediate         mediating   case.handle
    accepted    find_leads      accepted    case.handle
    accepted    end_period      accepted    case.handle
    accepted    terminate       closed      case.close
    mediating   delegate        mediating   case.handle
    mediating   schedule        mediating   case.handle
    mediating   ask_recusal     suspended   case.handle
    mediating   begin_period    mediating   case.handle
    mediating   end_period      mediating   case.handle
    mediating   find_leads      mediating   case.handle
    mediating   close           closed      case.close
    mediating   terminate       closed      case.close
    suspended   decide_recusal  mediating   case.approve
    suspended   end_period      suspended   case.handle
    suspended   find_leads      suspended   case.handle
    suspended   terminate       closed      case.close
    refused     visit           refused     case.visit
    refused     archive         refused     case.archive
    refused     reopen          dispatched  case.reopen
    """,
    Kind.REPORT: f"""
    {BETWEEN_UNITS}
    {COMPETENCE}
    {AFTERWARDS}
    dispatched  tell_elsewhere    closed     case.decide
    dispatched  check             checking   case.handle
    checking    ask_extension     checking   case.handle
    checking    decide_extension  checking   case.approve
    checking    begin_period      checking   case.handle
    checking    end_period        checking   case.handle
    checking    file              filed      case.decide
    checking    not_file          not_filed  case.decide
    filed       ask_extension     filed      case.handle
    filed       decide_extension  filed      case.approve
    filed       begin_period      filed      case.handle
    filed       end_period        filed      case.handle
    filed       investigate       filed      case.handle
    filed       close             closed     case.close
    not_filed   close             closed     case.close
    """,
}
ONLY_NEW = {
    Kind.CONSULTATION: "",
    Kind.COMPLAINT: """
    dispatched  ask_identity     dispatched  case.decide
    dispatched  record_identity  dispatched  case.handle
    """,
    Kind.REPORT: """
    registered  not_again  closed      case.dispatch
    dispatched  not_again  closed      case.decide
    dispatched  merge      dispatched  case.handle
    checking    merge      checking    case.handle
    """,
}


def allowed(kind: Kind, regime: str) -> dict[tuple[str, str], tuple[str, str]]:
    text = EVER[kind] + (ONLY_NEW[kind] if regime == "O121" else "")
    rows = [line.split() for line in text.splitlines() if line.strip()]
    assert all(len(row) == 4 for row in rows)
    found = {(source, step): (target, permission) for source, step, target, permission in rows}
    assert len(found) == len(rows), "a row stands twice"
    return found


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("kind", Kind)
def test_exactly_the_steps_of_the_law_are_allowed(kind: Kind, regime: str) -> None:
    known = allowed(kind, regime)
    for state, step in product(State, Step):
        if (state, step) in known:
            row = workflow.transition(kind, state, step, regime)
            assert (str(row.target), row.permission) == known[(state, step)], f"{state} {step}"
        else:
            with pytest.raises(NotAllowed) as refused:
                workflow.move(kind, state, step, regime)
            assert (refused.value.kind, refused.value.state, refused.value.step) == (kind, state, step)


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("kind", Kind)
def test_what_a_page_offers_is_what_the_table_allows(kind: Kind, regime: str) -> None:
    known = allowed(kind, regime)
    for state in State:
        offered = {str(row.step) for row in workflow.steps_from(kind, state, regime)}
        assert offered == {step for source, step in known if source == state}


@pytest.mark.parametrize("kind", Kind)
def test_from_the_archive_a_case_can_only_be_taken_out(kind: Kind) -> None:
    for state in workflow.ENDED:
        offered = workflow.steps_from(kind, state, "O121", is_archived=True)
        assert {row.step for row in offered} <= {Step.REOPEN}


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("kind", Kind)
def test_every_state_can_be_reached_and_an_end_is_never_out_of_reach(kind: Kind, regime: str) -> None:
    def follow(start: set[State]) -> set[State]:
        reached, edge = set(start), set(start)
        while edge:
            edge = {
                row.target for state in edge for row in workflow.steps_from(kind, state, regime)
            } - reached
            reached |= edge
        return reached

    reached = follow({State.REGISTERED})
    used = {
        State(name) for (source, _), (target, _) in allowed(kind, regime).items() for name in (source, target)
    }
    assert reached == used
    for state in reached:
        assert follow({state}) & workflow.ENDED, f"a {kind} is stuck when {state}"


# Steps that no article speaks of before the new regulation, or at all: local practice, said so in docs/law.md.
WITHOUT_ARTICLE = {
    Kind.CONSULTATION: {"visit", "archive", "reopen"},
    Kind.COMPLAINT: {"withdraw"},
    Kind.REPORT: set(),
}
WITHOUT_OLD_ARTICLE = {"visit", "reopen"}


@pytest.mark.parametrize("regime", [one for one in REGIMES if one != "none"])
@pytest.mark.parametrize("kind", Kind)
def test_every_step_rests_on_an_article_of_its_regime_or_is_named_as_practice(
    kind: Kind, regime: str
) -> None:
    for (state, step), row in workflow.TABLES[kind].items():
        if not row.exists_in(regime):
            continue
        assert Permission(row.permission)
        article = row.articles.get(regime, "")
        practice = step in WITHOUT_ARTICLE[kind] or (regime != "O121" and step in WITHOUT_OLD_ARTICLE)
        assert bool(article) is not practice, f"{state} {step} under {regime}: {article!r}"
        if article:
            assert article.partition(":")[0] in laws()


def test_every_closing_state_says_which_results_it_can_have() -> None:
    closing = {
        (kind, row.source)
        for kind, table in workflow.TABLES.items()
        for row in table.values()
        if row.step == Step.CLOSE
    }
    assert set(workflow.CLOSING_OUTCOMES) == closing
    # An agreement needs a mediation; what the parties settle themselves terminates it (O20 art. 21(1), O121 art. 23(1)).
    assert workflow.CLOSING_OUTCOMES[(Kind.COMPLAINT, State.MEDIATING)] == {Outcome.MEDIATED}
