"""The rows of a mediation as the steps find them: one mediation a case, at most one recusal undecided."""

from __future__ import annotations

from datetime import datetime

from suqing.cases.actions.moving import Refused
from suqing.cases.models import Case, Mediation, Recusal
from suqing.ledger.writing import writer

N_ = str

_KEPT = frozenset({"id", "case"})
SHORT = 500  # characters of a note


def mediation_of(row: Case) -> Mediation:
    """Return the mediation of a locked case; a case that is handled anew begins with an empty one.

    What was there before stays in the events.
    """
    write = writer()
    known = write.held(Mediation, row.pk) or _stored(row)
    if known is None:
        known = write.new(Mediation(case=row))
    elif known.ended_at is not None:
        blank = Mediation()
        names = [field.name for field in Mediation._meta.concrete_fields if field.name not in _KEPT]
        for name in names:
            setattr(known, name, getattr(blank, name))
        write.save(known, *names)
    write.hold(known, row.pk)
    return known


def _stored(row: Case) -> Mediation | None:
    """The stored row; in a gathered block one question about all cases spares one for each."""
    write = writer()
    if write.is_gathering:
        mediated = write.memo("mediated", lambda: set(Mediation.objects.values_list("case_id", flat=True)))
        if row.pk not in mediated:
            return None
    return Mediation.objects.filter(case_id=row.pk).first()


def open_recusal(row: Case) -> Recusal | None:
    """Return the application of a locked case that nobody has decided on."""
    known = writer().held(Recusal, row.pk)
    if known is not None:
        return known if known.is_granted is None and known.lapsed_at is None else None
    return Recusal.objects.filter(case_id=row.pk, is_granted=None, lapsed_at=None).first()


def lapse_open_recusal(row: Case, at: datetime) -> None:
    """An application that nobody decided on falls away with the mediation."""
    pending = open_recusal(row)
    if pending is not None:
        pending.lapsed_at = at
        writer().save(pending, "lapsed_at")


def short(text: str, *, field: str, limit: int = SHORT) -> str:
    """Return a text without blank ends.  Raise Refused if it is longer than its column."""
    text = text.strip()
    if len(text) > limit:
        raise Refused(
            N_("The text has %(length)s characters; at most %(limit)s can be kept."),
            field=field,
            length=len(text),
            limit=limit,
        )
    return text
