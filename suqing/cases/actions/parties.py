"""People who turn to the centre: remembered once per number and name, erased on request."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.attachments import forget_files
from suqing.cases.actions.import_files import forget_files_of
from suqing.cases.intake import PartyInput
from suqing.cases.models import (
    Case,
    Clock,
    CompetenceDispute,
    Dispatch,
    ExcludedPeriod,
    ExtensionRequest,
    IdentityRequest,
    ImportedCase,
    ImportProblem,
    ImportRun,
    JointComplainant,
    Mediation,
    MediationSession,
    Party,
    Recusal,
    Reminder,
    Representation,
    ReturnVisit,
    Submission,
    SupervisedCase,
    SupervisedReply,
    SupervisionOrder,
)
from suqing.kit import masks, phones
from suqing.ledger.actions import destroy_key, record
from suqing.ledger.queries import keyed_hash
from suqing.ledger.writing import writer
from suqing.taxonomy.text.redact import redact
from suqing.telephony.actions import forget_number


def phone_hash(number: str) -> str:
    """Return the keyed hash under which a number is found, "" for none."""
    normal = phones.normalise(number)
    return keyed_hash("phone", normal) if normal else ""


def remember(*, party: PartyInput, at: datetime) -> Party | None:
    """Return the party of this number and name, made or brought up to date; None if nothing is given.

    Called inside a registration; the registration's event carries the personal data.
    """
    if not (party.name or party.phone or party.address or party.id_number):
        return None
    number_hash = phone_hash(party.phone)
    name_hash = keyed_hash("name", party.name) if party.name else ""
    write = writer()
    known = _known(number_hash, name_hash)
    if known is not None:
        changed = _encrypt(known, address=party.address, id_number=party.id_number)
        if changed:
            write.save(known, *changed)
        return known
    fresh = Party(
        ref=uuid4(),
        created_at=at,
        name_hash=name_hash,
        name_masked=masks.mask_name(party.name) if party.name else "",
        phone_hash=number_hash,
        phone_masked=phones.mask(phones.normalise(party.phone)) if number_hash else "",
    )
    _encrypt(fresh, name=party.name, phone=party.phone, address=party.address, id_number=party.id_number)
    try:
        with transaction.atomic(savepoint=not write.is_gathering):
            write.new(fresh)
    except IntegrityError:
        # Two desks registered the same person at the same moment: the other one's row stands.
        return Party.objects.select_for_update().get(
            phone_hash=number_hash, name_hash=name_hash, erased_at=None
        )
    write.hold(fresh, (number_hash, name_hash))
    return fresh


def _known(number_hash: str, name_hash: str) -> Party | None:
    if not (number_hash and name_hash):
        return None
    key = (number_hash, name_hash)
    known = writer().held(Party, key)
    if known is None:
        rows = Party.objects.select_for_update().filter(phone_hash=number_hash, name_hash=name_hash)
        known = rows.filter(erased_at=None).first()
        if known is not None:
            writer().hold(known, key)
    return known


@transaction.atomic
def erase(*, party: Party, reason: str, by: Person, at: datetime) -> Party:
    """Erase a person for good: keys destroyed, their number gone from their calls too, names of the rows emptied,
    what was said and written about them replaced by its redacted text.

    The files of their cases are let go: no case has them any more, and the sweeper removes the bytes.
    Agents who stand in no other case go with them, and so do joint complainants of ended cases; those of an open case
    complain in their own right and stay.  Cases, clocks and figures stay; the chain of events stays whole because it
    covers the ciphertext.
    """
    require(by, Permission.PERSON_ERASE)
    party = Party.objects.select_for_update().get(pk=party.pk)
    if party.erased_at is not None:
        return party
    for submission in (
        Submission.objects.select_for_update(of=("self",)).select_related("call").filter(party=party)
    ):
        submission.narrative = submission.match_text
        submission.save(update_fields=["narrative"])
        # What was said in an anonymous report of the same contact is under the contact's key.
        destroy_key(f"submission:{submission.ref}", by=by, at=at)
        if submission.call is not None:
            forget_number(call=submission.call, by=by, at=at)
    for case in Case.objects.select_for_update().filter(submission__party=party):
        case.narrative, case.request_note = case.match_text, ""
        case.result_note = redact(case.result_note).text
        case.save(update_fields=["narrative", "request_note", "result_note"])
    _redact_ways(party)
    _redact_mediation(party)
    _redact_limits(party)
    _redact_orders(party)
    forget_files(party=party, by=by, at=at)
    _forget_cells(party, at)
    beside = _known_only_beside(party)
    _redact_people(party)
    for person in (party, *beside):
        _empty(person, reason=reason, by=by, at=at)
    return party


def _forget_cells(party: Party, at: datetime) -> None:
    """What imports keep of the person's cases beside their fields: cells, previews, what was wrong with a row, files."""
    origins = ImportedCase.objects.select_for_update().filter(case__submission__party=party)
    rows = list(origins.exclude(run=None).values_list("run", "row"))
    forget_files_of({run for run, _row in rows}, at=at)
    for run, row in rows:
        ImportProblem.objects.filter(run=run, row=row).update(value="")
        told = ImportRun.objects.select_for_update().get(pk=run)
        told.preview = [one for one in told.preview if one.get("row") != row]
        told.save(update_fields=["preview"])
    origins.update(told={}, fingerprint="")


def _empty(party: Party, *, reason: str, by: Person, at: datetime) -> None:
    """Destroy the key of a person and empty their row."""
    destroy_key(party.key_subject, by=by, at=at)
    for name in ("name_cipher", "phone_cipher", "address_cipher", "id_number_cipher"):
        setattr(party, name, None)
    party.name_hash = party.phone_hash = party.name_masked = party.phone_masked = ""
    party.erased_at, party.erased_by = at, by
    party.save()
    record("party.erased", party, by=by, at=at, data={"reason": redact(reason).text})


def _known_only_beside(party: Party) -> list[Party]:
    """Agents, and joint complainants of ended cases, who never turned to the centre and stand in nobody else's case."""
    theirs = Case.objects.filter(party=party)
    acting = Representation.objects.filter(case__in=theirs).values("agent")
    joined = JointComplainant.objects.filter(case__in=theirs.exclude(closed_at=None)).values("party")
    elsewhere = (
        Q(submissions__isnull=False)
        | Q(pk__in=Representation.objects.exclude(case__in=theirs).values("agent"))
        | Q(pk__in=JointComplainant.objects.exclude(case__in=theirs.exclude(closed_at=None)).values("party"))
    )
    found = Party.objects.filter(Q(pk__in=acting) | Q(pk__in=joined), erased_at=None)
    return list(
        Party.objects.select_for_update().filter(
            pk__in=found.exclude(pk=party.pk).exclude(elsewhere).values("pk")
        )
    )


def _redact_people(party: Party) -> None:
    """What was written about agents and about proof of identity, in the person's cases and where they were an agent."""
    for acting in Representation.objects.select_for_update().filter(
        Q(case__submission__party=party) | Q(agent=party)
    ):
        acting.matters = redact(acting.matters).text[:500]
        acting.save(update_fields=["matters"])
    for asked in IdentityRequest.objects.select_for_update().filter(case__submission__party=party):
        asked.wanted = redact(asked.wanted).text[:300]
        asked.save(update_fields=["wanted"])


def _redact_ways(party: Party) -> None:
    """What units wrote about the person when they dispatched, objected to or disputed a case."""
    for sent in Dispatch.objects.select_for_update().filter(case__submission__party=party):
        sent.note, sent.return_note = redact(sent.note).text, redact(sent.return_note).text
        sent.objection_note = redact(sent.objection_note).text
        sent.save(update_fields=["note", "return_note", "objection_note"])
    for called in ReturnVisit.objects.select_for_update().filter(case__submission__party=party):
        called.note = redact(called.note).text[:500]
        called.save(update_fields=["note"])
    for reminder in Reminder.objects.select_for_update().filter(case__submission__party=party):
        reminder.note, reminder.answer = redact(reminder.note).text[:500], redact(reminder.answer).text[:500]
        reminder.save(update_fields=["note", "answer"])
    for dispute in CompetenceDispute.objects.select_for_update().filter(case__submission__party=party):
        dispute.reason, dispute.note = redact(dispute.reason).text, redact(dispute.note).text
        dispute.save(update_fields=["reason", "note"])


def _redact_mediation(party: Party) -> None:
    """What was written about the consents to a mediation and about an application for recusal."""
    for held in Mediation.objects.select_for_update().filter(case__submission__party=party):
        held.consent_note = redact(held.consent_note).text[:500]
        held.save(update_fields=["consent_note"])
    for asked in Recusal.objects.select_for_update().filter(case__submission__party=party):
        asked.note = redact(asked.note).text[:500]
        asked.save(update_fields=["note"])
    for session in MediationSession.objects.select_for_update().filter(case__submission__party=party):
        session.place = redact(session.place).text[:200]
        session.save(update_fields=["place"])


def _redacted(row: Model, name: str) -> str:
    """A text of a row without personal data, cut to its column: what stands for a short word may be longer."""
    longest: int | None = getattr(row._meta.get_field(name), "max_length", None)
    return redact(getattr(row, name)).text[:longest]


def _redact_limits(party: Party) -> None:
    """What was written where limits were paused or extended; a granted extension keeps its reason in the clock."""
    for period in ExcludedPeriod.objects.select_for_update().filter(case__submission__party=party):
        for name in ("note", "subject", "body"):
            setattr(period, name, _redacted(period, name))
        period.save(update_fields=["note", "subject", "body"])
    for asked in ExtensionRequest.objects.select_for_update().filter(case__submission__party=party):
        asked.reason, asked.decision_note = _redacted(asked, "reason"), _redacted(asked, "decision_note")
        asked.save(update_fields=["reason", "decision_note"])
    for clock in (
        Clock.objects.select_for_update().filter(case__submission__party=party).exclude(extensions=[])
    ):
        clock.extensions = [
            {name: redact(value).text if name == "reason" else value for name, value in one.items()}
            for one in clock.extensions
        ]
        clock.save(update_fields=["extensions"])


def _redact_orders(party: Party) -> None:
    """What supervision orders that name a case of the person say, and the replies to them."""
    named = SupervisedCase.objects.filter(case__submission__party=party).values("order")
    for order in SupervisionOrder.objects.select_for_update().filter(pk__in=named):
        for name in ("title", "text", "closing_note"):
            setattr(order, name, _redacted(order, name))
        order.save(update_fields=["title", "text", "closing_note"])
    for reply in SupervisedReply.objects.select_for_update().filter(bound__order__in=named):
        reply.text, reply.review_note = _redacted(reply, "text"), _redacted(reply, "review_note")
        reply.save(update_fields=["text", "review_note"])


def _encrypt(party: Party, **texts: str) -> list[str]:
    """Put the given texts into the party's columns; return the names of the columns."""
    changed = []
    for name, text in texts.items():
        if text:
            writer().encrypt(party, f"{name}_cipher", party.key_subject, text)
            changed.append(f"{name}_cipher")
    return changed
