"""Two people decide on one objection or one dispute at the same moment: one decision stands, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from suqing.cases.actions import dispatching
from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, CompetenceDispute, Dispatch
from suqing.cases.vocabulary import DispatchState, State
from suqing.cases.workflow import NotAllowed
from suqing.ledger.models import Event
from tests.cases.test_dispatching import LATER, disputed, objected
from tests.cast import Cast
from tests.ledger.threads import threads

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[str]:
    """What became of each, by name: "done" or the class of the refusal."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        gate.wait(timeout=60)
        try:
            work()
        except (Refused, NotAllowed) as refused:
            return type(refused).__name__
        return "done"

    with threads() as running:
        futures = [running.start(run, work) for work in works]
        return sorted(future.result(timeout=120) for future in futures)


def test_of_two_decisions_on_an_objection_at_once_one_stands(centre: Cast) -> None:
    case = objected(centre)
    seen = case.revision
    outcomes = at_once(
        lambda: dispatching.uphold(case=case, by=centre.dispatcher, at=LATER, revision=seen),
        lambda: dispatching.reject(case=case, note="不成立", by=centre.supervisor, at=LATER, revision=seen),
    )
    assert outcomes == ["Stale", "done"]
    sent = Dispatch.objects.get(case=case)
    stored = Case.objects.get(pk=case.pk)
    assert stored.revision == seen + 1
    assert (sent.is_upheld, stored.state) in ((True, State.REGISTERED), (False, State.DISPATCHED))
    decided = Event.objects.filter(subject_id=str(case.pk), verb__startswith="case.objection_")
    assert decided.count() == 1


def test_of_two_settlements_of_a_dispute_at_once_one_stands(centre: Cast) -> None:
    case = disputed(centre)
    outcomes = at_once(
        lambda: dispatching.designate(
            case=case, unit=centre.wuzhong, note="指定", by=centre.superior, at=LATER
        ),
        lambda: dispatching.agree(case=case, competent_unit=centre.gusu, by=centre.handler, at=LATER),
    )
    assert outcomes in (["NotAllowed", "done"], ["NotYours", "done"])
    found = CompetenceDispute.objects.get(case=case)
    assert found.competent_unit == Case.objects.get(pk=case.pk).responsible_unit
    assert Dispatch.objects.filter(case=case, state=DispatchState.OPEN).count() == 1
