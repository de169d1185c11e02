"""A contact of the script with its handling, folded into the case as it stands at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from suqing.cases.intake import EntityInput, PartyInput
from suqing.cases.past_cases import PastCase
from suqing.cases.vocabulary import Kind, Outcome, State, Step
from suqing.rehearsal.script.cities import city_of
from suqing.rehearsal.script.contact import Contact, Matter, Stage


@dataclass(slots=True)
class _Standing:
    """Where the case stands after the steps so far."""

    state: State = State.REGISTERED
    unit: str = ""
    dispatched_at: datetime | None = None
    decided_at: datetime | None = None
    filed_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    ground: str = ""
    note: str = ""
    recovered: Decimal | None = None
    penalty: Decimal | None = None

    def end(self, state: State, outcome: Outcome, note: str, at: datetime) -> None:
        self.state, self.outcome, self.note, self.closed_at = state, outcome, note, at


def past_case(contact: Contact, horizon: datetime) -> PastCase:
    """Give the contact's one matter as the case that it is at the horizon: later steps have not happened yet."""
    (matter,) = contact.matters
    standing = _standing(contact, matter, horizon)
    caller, operator, price = contact.caller, matter.operator, matter.price
    return PastCase(
        ref=contact.ref,
        kind=matter.kind,
        received_at=contact.moment,
        registered_at=contact.registered_at,
        narrative=matter.narrative,
        channel=contact.channel,
        person=PartyInput(
            name=caller.name if contact.gives_name else "",
            phone=caller.phone,
            address=caller.place.address if contact.gives_name else "",
        ),
        object_class=matter.object_class,
        issue_class=matter.issue_class,
        entity=EntityInput(operator.name, operator.uscc if matter.names_code else "")
        if operator
        else EntityInput(),
        entity_address=operator.place.address if operator else "",
        place=matter.place.division,
        address=matter.place.address if operator else "",
        incident_on=matter.incident_on,
        amount=matter.amount,
        requests=matter.requests,
        goods=price.goods if price else "",
        price_unit=price.unit if price else "",
        price_asked=price.asked if price else None,
        price_earlier=price.earlier if price else None,
        price_earlier_on=price.earlier_on if price else None,
        is_real_name=matter.is_real_name,
        unit=standing.unit,
        state=standing.state,
        outcome=standing.outcome,
        ground=standing.ground,
        dispatched_at=standing.dispatched_at,
        decided_at=standing.decided_at,
        filed_at=standing.filed_at,
        closed_at=standing.closed_at,
        result_note=standing.note,
        recovered_amount=standing.recovered,
        penalty_amount=standing.penalty,
        is_synthetic=True,
    )


def _standing(contact: Contact, matter: Matter, horizon: datetime) -> _Standing:
    standing = _Standing()
    if matter.kind == Kind.CONSULTATION and matter.answer:
        standing.end(State.CLOSED, Outcome.ANSWERED, matter.answer, contact.registered_at)
        return standing
    held = [(contact.moment + stage.after, stage) for stage in matter.stages]
    happened = [(at, stage) for at, stage in held if at <= horizon]
    # An objection that waits is more than a past case tells: the unit has not said it yet.
    if happened and happened[-1][1].step == Step.RETURN:
        happened.pop()
    for at, stage in happened:
        _STEPS[stage.step](standing, stage, at)
    return standing


def _dispatch(standing: _Standing, stage: Stage, at: datetime) -> None:
    standing.unit = city_of(stage.district).roster.districts[stage.district].unit
    standing.state, standing.dispatched_at = State.DISPATCHED, at


def _uphold(standing: _Standing, _stage: Stage, _at: datetime) -> None:
    standing.state, standing.unit, standing.dispatched_at = State.REGISTERED, "", None


def _stay(_standing: _Standing, _stage: Stage, _at: datetime) -> None:
    """An objection that was not followed leaves the case where it is."""


def _accept(standing: _Standing, _stage: Stage, at: datetime) -> None:
    standing.state, standing.decided_at = State.ACCEPTED, at


def _refuse(standing: _Standing, stage: Stage, at: datetime) -> None:
    standing.end(State.REFUSED, Outcome.REFUSED, stage.note, at)
    standing.decided_at, standing.ground = at, stage.reason


def _mediate(standing: _Standing, _stage: Stage, _at: datetime) -> None:
    standing.state = State.MEDIATING


def _check(standing: _Standing, _stage: Stage, _at: datetime) -> None:
    standing.state = State.CHECKING


def _file(standing: _Standing, stage: Stage, at: datetime) -> None:
    standing.state, standing.decided_at, standing.filed_at, standing.note = State.FILED, at, at, stage.note


def _not_file(standing: _Standing, stage: Stage, at: datetime) -> None:
    standing.state, standing.decided_at, standing.note = State.NOT_FILED, at, stage.note


def _answer(standing: _Standing, stage: Stage, at: datetime) -> None:
    standing.end(State.CLOSED, Outcome.ANSWERED, stage.note, at)


def _close(standing: _Standing, stage: Stage, at: datetime) -> None:
    if stage.outcome is None:
        raise ValueError("the script closes a case without a result")
    standing.end(State.CLOSED, stage.outcome, stage.note, at)
    standing.ground = stage.reason
    standing.recovered, standing.penalty = stage.recovered, stage.penalty


_STEPS: Mapping[Step, Callable[[_Standing, Stage, datetime], None]] = {
    Step.DISPATCH: _dispatch,
    Step.RETURN: _stay,
    Step.REJECT: _stay,
    Step.UPHOLD: _uphold,
    Step.ACCEPT: _accept,
    Step.REFUSE: _refuse,
    Step.MEDIATE: _mediate,
    Step.TERMINATE: _close,
    Step.CHECK: _check,
    Step.FILE: _file,
    Step.NOT_FILE: _not_file,
    Step.ANSWER: _answer,
    Step.CLOSE: _close,
}
