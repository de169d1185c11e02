"""Calls as they happen.  A number typed by hand is a call too."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.kit import phones
from suqing.ledger.actions import destroy_key
from suqing.ledger.queries import keyed_hash
from suqing.ledger.writing import writer
from suqing.telephony.models import Call


class BadNumber(ValueError):
    """What was typed is not a phone number."""


class AlreadyEnded(Exception):
    """The call has ended before."""


@transaction.atomic
def open_typed_call(*, number: str, by: Person, at: datetime) -> Call:
    """Record an answered call whose number a person typed; an empty number is a withheld one.

    Raise BadNumber if something was typed that is no phone number.
    """
    require(by, Permission.CALL_TAKE)
    write = writer()
    normal = phones.normalise(number)
    if number.strip() and not normal:
        raise BadNumber(number)
    call = Call(ref=uuid4(), source="typed", agent=by, started_at=at, answered_at=at)
    if normal:
        call.number_hash = keyed_hash("phone", normal)
        call.number_masked = phones.mask(normal)
        write.encrypt(call, "number_cipher", call.key_subject, normal)
    write.new(call)
    write.record("call.opened", call, by=by, at=at, data={"source": "typed", "is_withheld": not normal})
    return call


@transaction.atomic
def end_call(*, call: Call, by: Person, at: datetime) -> Call:
    """Record that the call is over.  Raise AlreadyEnded if it was over before."""
    require(by, Permission.CALL_TAKE)
    write = writer()
    if not write.is_gathering:
        call = Call.objects.select_for_update().get(pk=call.pk)
    if call.ended_at is not None:
        raise AlreadyEnded(str(call.pk))
    call.ended_at = max(at, call.started_at)
    write.save(call, "ended_at")
    write.record("call.ended", call, by=by, at=at)
    return call


@transaction.atomic
def forget_number(*, call: Call, by: Person, at: datetime) -> None:
    """Erase the number of a call for good; the call itself stays.  The caller has checked the right to erase."""
    destroy_key(call.key_subject, by=by, at=at)
    call.number_cipher, call.number_hash, call.number_masked = None, "", ""
    call.save(update_fields=["number_cipher", "number_hash", "number_masked"])
