"""Plays contacts and steps of the script through the same actions that the desks call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zlib import crc32

from suqing.accounts.models import Person
from suqing.cases.actions import complaints, dispatching, handling, mediation, moving, reports
from suqing.cases.actions.registration import register
from suqing.cases.intake import EntityInput, MatterInput, PartyInput, SubmissionInput
from suqing.cases.models import Case, Submission
from suqing.cases.vocabulary import Channel, Kind, Step
from suqing.cases.workflow import NotAllowed
from suqing.ledger.writing import writer
from suqing.rehearsal.actions.staff import Staff
from suqing.rehearsal.script.contact import Contact, Matter, Stage
from suqing.rehearsal.script.timeline import Due
from suqing.taxonomy.queries import class_nodes
from suqing.telephony.actions import end_call, open_typed_call

CLASSES_ON = date(
    2020, 1, 20
)  # the trees by which the script is classed; 2019 is classed by the same for comparison

FORGETS = 25  # of so many endings and decisions on filing one is told to nobody
_TOLD_OF = frozenset({Step.TERMINATE, Step.FILE, Step.NOT_FILE, Step.CLOSE})


class TakenOver(Exception):
    """A person has moved the case on: the gathered block must be played again one by one."""


@dataclass(slots=True)
class Tally:
    """What has been played: contacts, steps, and steps that a person had taken over."""

    contacts: int = 0
    steps: int = 0
    left_to_people: int = 0


@dataclass(slots=True)
class Player:
    """Knows the staff and the classes; plays one due thing at a time inside the caller's transaction."""

    staff: Staff
    tally: Tally = field(default_factory=Tally)
    _classes: dict[tuple[str, str], int] = field(default_factory=dict)
    _cases: dict[tuple[str, int], int] = field(default_factory=dict)

    def play(self, due: Due) -> None:
        """Register the contact, or take the step of its case."""
        if due.stage is None:
            self._register(due)
            self.tally.contacts += 1
        elif self._step(due, due.stage):
            self.tally.steps += 1
        else:
            self.tally.left_to_people += 1

    def _register(self, due: Due) -> None:
        contact = due.contact
        taker = self.staff.takers[contact.agent]
        call = None
        if contact.channel == Channel.PHONE:
            call = open_typed_call(number=contact.caller.phone, by=taker, at=contact.moment)
        given = self._submission(contact, call.pk if call else None)
        submission = register(submission=given, by=taker, at=due.moment)
        if call is not None:
            end_call(call=call, by=taker, at=due.moment)
        self._remember(contact, submission)

    def _remember(self, contact: Contact, submission: Submission) -> None:
        """Keep the keys of the cases: inside a gathered block no query finds them yet."""
        for number in range(len(contact.matters)):
            case = writer().held(Case, (contact.ref, number))
            if case is not None:
                self._cases[contact.key, number] = case.pk
        if contact.matters and not writer().is_gathering:
            for number, key in enumerate(submission.cases.order_by("id").values_list("pk", flat=True)):
                self._cases[contact.key, number] = key

    def _submission(self, contact: Contact, call: int | None) -> SubmissionInput:
        caller = contact.caller
        party = PartyInput(
            name=caller.name if contact.gives_name else "",
            phone=caller.phone,
            address=caller.place.address if contact.gives_name and contact.matters else "",
        )
        return SubmissionInput(
            ref=contact.ref,
            received_at=contact.moment,
            channel=contact.channel,
            narrative=contact.narrative,
            party=party,
            outcome=contact.outcome,
            matters=tuple(self._matter(matter) for matter in contact.matters),
            call=call,
            is_synthetic=True,
        )

    def _matter(self, matter: Matter) -> MatterInput:
        operator, price = matter.operator, matter.price
        issue_kind = "report_issue" if matter.kind == Kind.REPORT else "issue"
        return MatterInput(
            kind=matter.kind,
            narrative=matter.narrative,
            object_class=self._class("object", matter.object_class),
            issue_class=self._class(issue_kind, matter.issue_class),
            entity=EntityInput(operator.name, operator.uscc if matter.names_code else "")
            if operator
            else EntityInput(),
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
            answer=matter.answer,
        )

    def _class(self, kind: str, code: str) -> int | None:
        if not self._classes:
            for tree in ("object", "issue", "report_issue"):
                self._classes |= {(tree, node.code): node.pk for node in class_nodes(tree, CLASSES_ON)}
        return self._classes[kind, code] if code else None

    def _step(self, due: Due, stage: Stage) -> bool:
        """Take the step; False if a person has taken the case elsewhere meanwhile: the script yields.

        Raise TakenOver instead inside a gathered block, which cannot take single rows back.
        """
        case = self._case(due)
        if case is None:
            return False
        by = self._actor(due, stage)
        act: Keywords = {"by": by, "at": due.moment}
        try:
            _ACTIONS[stage.step](case, stage, self.staff, act)
            if stage.step in _TOLD_OF and not _forgets(due):
                handling.record_notice(case=case, **act)
        except (NotAllowed, moving.Refused) as refused:
            if writer().is_gathering:
                raise TakenOver(due.contact.key) from refused
            return False
        return True

    def _case(self, due: Due) -> Case | None:
        key = self._cases.get((due.contact.key, due.matter))
        if key is not None:
            return Case(pk=key)  # the actions read today's row by its key
        found = Case.objects.filter(submission__ref=due.contact.ref).order_by("id")[
            due.matter : due.matter + 1
        ]
        return found[0] if found else None

    def _actor(self, due: Due, stage: Stage) -> Person:
        if stage.step in (Step.DISPATCH, Step.UPHOLD, Step.REJECT):
            return self.staff.dispatchers[due.contact.agent % len(self.staff.dispatchers)]
        return self.staff.handlers[_holder(due, stage)]


def _forgets(due: Due) -> bool:
    """Whether the handler forgets to tell the parties: once in so many cases, always the same ones."""
    return crc32(f"{due.contact.key}:{due.matter}".encode()) % FORGETS == 0


def _holder(due: Due, stage: Stage) -> str:
    """Name the district that has the case when this step is due: where the last dispatch before it went."""
    held = ""
    for earlier in due.contact.matters[due.matter].stages:
        if earlier is stage:
            break
        held = earlier.district or held
    return held


Keywords = dict[str, Any]


def _close(case: Case, stage: Stage, _staff: Staff, act: Keywords) -> object:
    if stage.outcome is None:
        raise ValueError(f"the script closes case {case.pk} without a result")
    return handling.close(
        case=case,
        outcome=stage.outcome,
        note=stage.note,
        recovered_amount=stage.recovered,
        penalty_amount=stage.penalty,
        **act,
    )


_ACTIONS: dict[Step, Callable[[Case, Stage, Staff, Keywords], object]] = {
    Step.ANSWER: lambda case, stage, _, act: handling.answer(case=case, text=stage.note, **act),
    Step.DISPATCH: lambda case, stage, staff, act: dispatching.dispatch(
        case=case, to_unit=staff.units[stage.district], note=stage.note, **act
    ),
    Step.RETURN: lambda case, stage, _, act: dispatching.send_back(case=case, reason=stage.reason, note=stage.note, **act),
    Step.UPHOLD: lambda case, stage, _, act: dispatching.uphold(case=case, note=stage.note, **act),
    Step.REJECT: lambda case, stage, _, act: dispatching.reject(case=case, note=stage.note, **act),
    Step.ACCEPT: lambda case, stage, _, act: complaints.accept(case=case, note=stage.note, **act),
    Step.REFUSE: lambda case, stage, _, act: complaints.refuse(case=case, ground=stage.reason, note=stage.note, **act),
    Step.MEDIATE: lambda case, stage, _, act: mediation.mediate(case=case, note=stage.note, both_consent=True, **act),
    Step.TERMINATE: lambda case, stage, _, act: mediation.terminate(
        case=case, ground=stage.reason, note=stage.note, recovered_amount=stage.recovered, **act
    ),
    Step.CHECK: lambda case, stage, _, act: reports.check(case=case, note=stage.note, **act),
    Step.FILE: lambda case, stage, _, act: reports.file_case(case=case, note=stage.note, **act),
    Step.NOT_FILE: lambda case, stage, _, act: reports.not_file(case=case, note=stage.note, **act),
    Step.CLOSE: _close,
}  # fmt: skip
