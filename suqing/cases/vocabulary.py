"""The words a case is described with: closed lists that the law or the work fixes.  Pure; pages translate the labels.

Open lists (classes, requests, return reasons) are versioned trees in ``taxonomy``; these here decide behaviour.
"""

from __future__ import annotations

from enum import StrEnum

from suqing.cases.labels import Labels

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
    OBJECTED = "objected"
    DISPUTED = "disputed"
    ACCEPTED = "accepted"
    MEDIATING = "mediating"
    SUSPENDED = "suspended"
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
    UPHOLD = "uphold"
    REJECT = "reject"
    DISPUTE = "dispute"
    AGREE = "agree"
    ASK_DESIGNATION = "ask_designation"
    DESIGNATE = "designate"
    TRANSFER = "transfer"
    TELL_ELSEWHERE = "tell_elsewhere"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK_IDENTITY = "ask_identity"
    RECORD_IDENTITY = "record_identity"
    CONSENT = "consent"
    DELEGATE = "delegate"
    MEDIATE = "mediate"
    SCHEDULE = "schedule"
    ASK_RECUSAL = "ask_recusal"
    DECIDE_RECUSAL = "decide_recusal"
    BEGIN_PERIOD = "begin_period"
    END_PERIOD = "end_period"
    FIND_LEADS = "find_leads"
    TERMINATE = "terminate"
    CHECK = "check"
    NOT_AGAIN = "not_again"
    MERGE = "merge"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    FILE = "file"
    NOT_FILE = "not_file"
    INVESTIGATE = "investigate"
    CLOSE = "close"
    VISIT = "visit"
    REOPEN = "reopen"
    ARCHIVE = "archive"


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
    ADMONITION = "admonition"
    NOT_FILED = "not_filed"
    REPEAT = "repeat"
    TOLD_ELSEWHERE = "told_elsewhere"
    TRANSFERRED = "transferred"


class SellerRole(StrEnum):
    """How the operator sells, as far as competence depends on it (O20 art. 12 and 27, O121 art. 13, 31 and 32)."""

    ORDINARY = "ordinary"
    PLATFORM = "platform"
    OWN_SITE = "own_site"
    ON_PLATFORM = "on_platform"
    MEDIA_AD = "media_ad"
    INTERNET_AD = "internet_ad"
    OWN_INTERNET_AD = "own_internet_ad"


class LinkKind(StrEnum):
    """How one case came of another."""

    LEADS = "leads"
    REPEAT = "repeat"
    MERGED = "merged"


class VisitGrade(StrEnum):
    """The four grades of a return visit (domain 6.3)."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    FAIR = "fair"
    DISSATISFIED = "dissatisfied"


class Urgency(StrEnum):
    """Three levels of an event (work-order attributes of the same system)."""

    NORMAL = "normal"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"


class FlagState(StrEnum):
    """What became of a flag of the radar."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class ProposalState(StrEnum):
    """What became of an event that the centre proposed; absorbed: it turned out to be one with another."""

    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    ABSORBED = "absorbed"


class ReviewState(StrEnum):
    """What became of a class in the review queue: WAITING for the model's look is not in the queue yet."""

    WAITING = "waiting"
    OPEN = "open"
    CHOSEN = "chosen"
    KEPT = "kept"
    SKIPPED = "skipped"


class ReviewReason(StrEnum):
    """Why a class is in the review queue."""

    MISSING = "missing"
    UNSURE = "unsure"
    DIFFERS = "differs"


class ClockState(StrEnum):
    """A clock runs, was stopped in time or too late, or lost its object (returned, withdrawn)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    VOID = "void"


class DispatchState(StrEnum):
    """A dispatch is open until the unit has answered it, objected to it with success, or a newer one took its place."""

    OPEN = "open"
    OBJECTED = "objected"
    RETURNED = "returned"
    ANSWERED = "answered"
    SUPERSEDED = "superseded"


LABELS = Labels(
    (Kind.CONSULTATION, N_("Consultation")),
    (Kind.COMPLAINT, N_("Complaint")),
    (Kind.REPORT, N_("Report")),
    (State.REGISTERED, N_("Registered")),
    (State.DISPATCHED, N_("Dispatched")),
    (State.OBJECTED, N_("Objection pending")),
    (State.DISPUTED, N_("Competence disputed")),
    (State.ACCEPTED, N_("Accepted")),
    (State.MEDIATING, N_("In mediation")),
    (State.SUSPENDED, N_("Mediation suspended")),
    (State.CHECKING, N_("Being checked")),
    (State.FILED, N_("Filed for investigation")),
    (State.NOT_FILED, N_("Not filed")),
    (State.REFUSED, N_("Not accepted")),
    (State.CLOSED, N_("Closed")),
    (Step.ANSWER, N_("Answer the consultation")),
    (Step.DISPATCH, N_("Dispatch the case")),
    (Step.RETURN, N_("Return to the centre")),
    (Step.UPHOLD, N_("Uphold the objection")),
    (Step.REJECT, N_("Reject the objection")),
    (Step.DISPUTE, N_("Dispute competence")),
    (Step.AGREE, N_("Record the agreement on competence")),
    (Step.ASK_DESIGNATION, N_("Ask the superior to designate")),
    (Step.DESIGNATE, N_("Designate the competent unit")),
    (Step.TRANSFER, N_("Transfer with written notice")),
    (Step.TELL_ELSEWHERE, N_("Point the reporter to the competent bureau")),
    (Step.WITHDRAW, N_("Record the withdrawal")),
    (Step.ACCEPT, N_("Accept the complaint")),
    (Step.REFUSE, N_("Refuse the complaint")),
    (Step.ASK_IDENTITY, N_("Ask for proof of identity")),
    (Step.RECORD_IDENTITY, N_("Record the proof of identity")),
    (Step.CONSENT, N_("Record consent to mediation")),
    (Step.DELEGATE, N_("Delegate the mediation")),
    (Step.MEDIATE, N_("Begin mediation")),
    (Step.SCHEDULE, N_("Arrange a mediation session")),
    (Step.ASK_RECUSAL, N_("Record an application for recusal")),
    (Step.DECIDE_RECUSAL, N_("Decide on the recusal")),
    (Step.BEGIN_PERIOD, N_("Begin time that is not counted")),
    (Step.END_PERIOD, N_("End time that is not counted")),
    (Step.FIND_LEADS, N_("Record leads of a violation")),
    (Step.TERMINATE, N_("Terminate the mediation")),
    (Step.CHECK, N_("Begin check")),
    (Step.NOT_AGAIN, N_("Do not handle the repeat report again")),
    (Step.MERGE, N_("Merge new facts of a repeat report")),
    (Step.ASK_EXTENSION, N_("Ask for an extension")),
    (Step.DECIDE_EXTENSION, N_("Decide on the extension")),
    (Step.FILE, N_("File a case")),
    (Step.NOT_FILE, N_("Decide not to file")),
    (Step.INVESTIGATE, N_("Record a step of the investigation")),
    (Step.CLOSE, N_("Close the case")),
    (Step.VISIT, N_("Record a return visit")),
    (Step.REOPEN, N_("Have it handled anew")),
    (Step.ARCHIVE, N_("Put into the archive")),
    (Channel.PHONE, N_("Phone")),
    (Channel.WEB, N_("Internet")),
    (Channel.LETTER, N_("Letter")),
    (Channel.VISIT, N_("Visit")),
    (Channel.TRANSFER, N_("Transferred")),
    (Channel.OTHER, N_("Other channel")),
    (ContactOutcome.CASES, N_("Registered as cases")),
    (ContactOutcome.WRONG_NUMBER, N_("Wrong number")),
    (ContactOutcome.SILENT, N_("Silent call")),
    (ContactOutcome.HARASSMENT, N_("Harassment")),
    (ContactOutcome.OTHER_AUTHORITY, N_("Matter of another authority")),
    (ContactOutcome.SUGGESTION, N_("Suggestion")),
    (ContactOutcome.PRAISE, N_("Praise")),
    (ContactOutcome.ASSISTANCE, N_("Request for help")),
    (Outcome.ANSWERED, N_("Answered")),
    (Outcome.MEDIATED, N_("Mediation agreement reached")),
    (Outcome.SETTLED, N_("Settled by the parties")),
    (Outcome.WITHDRAWN, N_("Withdrawn by the complainant")),
    (Outcome.NO_SETTLEMENT, N_("Parties did not settle")),
    (Outcome.MEDIATION_ENDED, N_("Mediation terminated")),
    (Outcome.REFUSED, N_("Not accepted")),
    (Outcome.PENALTY, N_("Penalty imposed")),
    (Outcome.NO_PENALTY, N_("Closed without penalty")),
    (Outcome.ADMONITION, N_("Admonition")),
    (Outcome.NOT_FILED, N_("Not filed")),
    (Outcome.REPEAT, N_("Repeat report, not handled again")),
    (Outcome.TOLD_ELSEWHERE, N_("Reporter told of the competent bureau")),
    (Outcome.TRANSFERRED, N_("Transferred to the competent authority")),
    (SellerRole.ORDINARY, N_("Shop or other ordinary operator")),
    (SellerRole.PLATFORM, N_("Platform operator")),
    (SellerRole.OWN_SITE, N_("Seller on its own website")),
    (SellerRole.ON_PLATFORM, N_("Seller inside a platform")),
    (SellerRole.MEDIA_AD, N_("Advertisement in mass media")),
    (SellerRole.INTERNET_AD, N_("Internet advertisement")),
    (SellerRole.OWN_INTERNET_AD, N_("Internet advertisement published by the advertiser")),
    (LinkKind.LEADS, N_("Leads found in mediation")),
    (LinkKind.REPEAT, N_("Repeat of an earlier report")),
    (LinkKind.MERGED, N_("Merged into an earlier report")),
    (VisitGrade.VERY_SATISFIED, N_("Very satisfied")),
    (VisitGrade.SATISFIED, N_("Satisfied")),
    (VisitGrade.FAIR, N_("Fair")),
    (VisitGrade.DISSATISFIED, N_("Dissatisfied")),
    (Urgency.NORMAL, N_("Ordinary")),
    (Urgency.URGENT, N_("Urgent")),
    (Urgency.VERY_URGENT, N_("Very urgent")),
    (ProposalState.OPEN, N_("Proposed")),
    (ProposalState.TAKEN, N_("Taken over")),
    (ProposalState.DISMISSED, N_("Dismissed")),
    (ProposalState.ABSORBED, N_("One with another proposal")),
    (FlagState.OPEN, N_("To decide")),
    (FlagState.CONFIRMED, N_("Confirmed as sensitive")),
    (FlagState.DISMISSED, N_("Dismissed as not sensitive")),
    (ReviewState.WAITING, N_("Not looked at by the model yet")),
    (ReviewState.OPEN, N_("To decide")),
    (ReviewState.CHOSEN, N_("Class chosen")),
    (ReviewState.KEPT, N_("Class kept")),
    (ReviewState.SKIPPED, N_("Skipped")),
    (ReviewReason.MISSING, N_("No class")),
    (ReviewReason.UNSURE, N_("The model is not sure")),
    (ReviewReason.DIFFERS, N_("The model says otherwise")),
    (ClockState.RUNNING, N_("Running")),
    (ClockState.PAUSED, N_("Paused")),
    (ClockState.MET, N_("Met in time")),
    (ClockState.BREACHED, N_("Breached")),
    (ClockState.VOID, N_("No longer applies")),
    (DispatchState.OPEN, N_("With the unit")),
    (DispatchState.OBJECTED, N_("Objection pending")),
    (DispatchState.RETURNED, N_("Returned")),
    (DispatchState.ANSWERED, N_("Answered")),
    (DispatchState.SUPERSEDED, N_("Superseded")),
)
