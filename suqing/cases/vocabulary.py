"""The words a case is described with: closed lists that the law or the work fixes.  Pure; pages translate the labels.

Open lists (classes, requests, return reasons) are versioned trees in ``taxonomy``; these here decide behaviour.
"""

from __future__ import annotations

from enum import StrEnum

N_ = str  # marks an English message id for the catalogue; the page translates it


class Kind(StrEnum):
    """What a case is in law (O20 and O121, art. 3; consultations: art. 39 and 44)."""

    CONSULTATION = "consultation"
    COMPLAINT = "complaint"
    REPORT = "report"


class State(StrEnum):
    """Where a case stands; which step leads on is the table of its kind in ``workflow``."""

    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    MEDIATING = "mediating"
    CHECKING = "checking"
    FILED = "filed"
    NOT_FILED = "not_filed"
    REFUSED = "refused"
    CLOSED = "closed"


class Step(StrEnum):
    """What a person does to a case; each is one action and one event."""

    ANSWER = "answer"
    DISPATCH = "dispatch"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    MEDIATE = "mediate"
    CHECK = "check"
    FILE = "file"
    NOT_FILE = "not_file"
    CLOSE = "close"


class Channel(StrEnum):
    """How a matter reached the centre."""

    PHONE = "phone"
    WEB = "web"
    LETTER = "letter"
    VISIT = "visit"
    TRANSFER = "transfer"
    OTHER = "other"


class ContactOutcome(StrEnum):
    """What became of a contact; all but CASES leave no case and are still counted."""

    CASES = "cases"
    WRONG_NUMBER = "wrong_number"
    SILENT = "silent"
    HARASSMENT = "harassment"
    OTHER_AUTHORITY = "other_authority"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    ASSISTANCE = "assistance"


class Outcome(StrEnum):
    """How a case ended (result fields of a real bureau system of 2019-20)."""

    ANSWERED = "answered"
    MEDIATED = "mediated"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    NO_SETTLEMENT = "no_settlement"
    MEDIATION_ENDED = "mediation_ended"
    REFUSED = "refused"
    PENALTY = "penalty"
    NO_PENALTY = "no_penalty"
    NOT_FILED = "not_filed"


class Urgency(StrEnum):
    """Three levels of an event (work-order attributes of the same system)."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"


class ClockState(StrEnum):
    """A clock runs, was stopped in time or too late, or lost its object (returned, withdrawn)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    VOID = "void"


class DispatchState(StrEnum):
    """A dispatch is open until the unit has answered it, sent it back, or a newer one took its place."""

    OPEN = "open"
    RETURNED = "returned"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"


LABELS: dict[StrEnum, str] = {
    Kind.CONSULTATION: N_("Consultation"),
    Kind.COMPLAINT: N_("Complaint"),
    Kind.REPORT: N_("Report"),
    State.REGISTERED: N_("Registered"),
    State.DISPATCHED: N_("Dispatched"),
    State.ACCEPTED: N_("Accepted"),
    State.MEDIATING: N_("In mediation"),
    State.CHECKING: N_("Being checked"),
    State.FILED: N_("Filed for investigation"),
    State.NOT_FILED: N_("Not filed"),
    State.REFUSED: N_("Not accepted"),
    State.CLOSED: N_("Closed"),
    Step.ANSWER: N_("Answer the consultation"),
    Step.DISPATCH: N_("Dispatch the case"),
    Step.RETURN: N_("Return to the centre"),
    Step.ACCEPT: N_("Accept the complaint"),
    Step.REFUSE: N_("Refuse the complaint"),
    Step.MEDIATE: N_("Begin mediation"),
    Step.CHECK: N_("Begin check"),
    Step.FILE: N_("File a case"),
    Step.NOT_FILE: N_("Decide not to file"),
    Step.CLOSE: N_("Close the case"),
    Channel.PHONE: N_("Phone"),
    Channel.WEB: N_("Internet"),
    Channel.LETTER: N_("Letter"),
    Channel.VISIT: N_("Visit"),
    Channel.TRANSFER: N_("Transferred"),
    Channel.OTHER: N_("Other channel"),
    ContactOutcome.CASES: N_("Registered as cases"),
    ContactOutcome.WRONG_NUMBER: N_("Wrong number"),
    ContactOutcome.SILENT: N_("Silent call"),
    ContactOutcome.HARASSMENT: N_("Harassment"),
    ContactOutcome.OTHER_AUTHORITY: N_("Matter of another authority"),
    ContactOutcome.SUGGESTION: N_("Suggestion"),
    ContactOutcome.PRAISE: N_("Praise"),
    ContactOutcome.ASSISTANCE: N_("Request for help"),
    Outcome.ANSWERED: N_("Answered"),
    Outcome.MEDIATED: N_("Mediation agreement reached"),
    Outcome.SETTLED: N_("Settled by the parties"),
    Outcome.WITHDRAWN: N_("Withdrawn by the complainant"),
    Outcome.NO_SETTLEMENT: N_("Parties did not settle"),
    Outcome.MEDIATION_ENDED: N_("Mediation terminated"),
    Outcome.REFUSED: N_("Not accepted"),
    Outcome.PENALTY: N_("Penalty imposed"),
    Outcome.NO_PENALTY: N_("Closed without penalty"),
    Outcome.NOT_FILED: N_("Not filed"),
    Urgency.NORMAL: N_("Ordinary"),
    Urgency.URGENT: N_("Urgent"),
    Urgency.VERY_URGENT: N_("Very urgent"),
    ClockState.RUNNING: N_("Running"),
    ClockState.PAUSED: N_("Paused"),
    ClockState.MET: N_("Met in time"),
    ClockState.BREACHED: N_("Breached"),
    ClockState.VOID: N_("No longer applies"),
    DispatchState.OPEN: N_("With the unit"),
    DispatchState.RETURNED: N_("Returned"),
    DispatchState.ANSWERED: N_("Answered"),
    DispatchState.SUPERSEDED: N_("Superseded"),
}
