"""Joint complaints: who takes part, who represents them, and the consents that representatives need.

O20 art. 11, O121 art. 12: two or more people, the same dispute with the same operator, with their consent; two
representatives at most, chosen in writing, whose acts bind the others except a change of representative, giving up
claims and a settlement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from suqing.accounts.models import Person
from suqing.cases.actions.moving import Refused
from suqing.cases.actions.people_desk import begin_beside, past_day, record_beside, remembered, words_of
from suqing.cases.agency import JOINT_ARTICLES, MATERIALS_ARTICLES, MAX_REPRESENTATIVES, JointAct
from suqing.cases.intake import PartyInput
from suqing.cases.models import Case, JointComplainant, JointConsent
from suqing.cases.queries.people import represented
from suqing.ledger.writing import one_transaction, writer

N_ = str


@one_transaction
def join(
    *,
    case: Case,
    party: PartyInput,
    consented_on: date,
    by: Person,
    at: datetime,
    first_consented_on: date | None = None,
    revision: int | None = None,
) -> JointComplainant:
    """Let somebody take part in a complaint about the same dispute with the same operator, with their consent.

    The first to join makes it a joint complaint: the first complainant consents too, on ``first_consented_on`` or the
    same day.
    """
    row = begin_beside(case, by=by, revision=revision)
    article = _article(row)
    if row.party is None or row.party.erased_at is not None:
        raise Refused(N_("The complainant is not known any more: nobody can join."), article=article)
    past_day(consented_on, at, field="consented_on")
    first_day = first_consented_on or consented_on
    past_day(first_day, at, field="first_consented_on")
    person = remembered(party, at=at, article=MATERIALS_ARTICLES.get(row.regime, ""), needs_phone=True)
    rows = _complainants(row)
    if person.pk in {row.party.pk, *(one.party_id for one in _active(rows))}:
        raise Refused(N_("This person takes part in the complaint already."), field="name", article=article)
    if not any(one.party_id == row.party.pk for one in _active(rows)):
        first = JointComplainant(
            case=row, party=row.party, consented_on=first_day, recorded_by=by, recorded_at=at
        )
        rows.append(writer().new(first))
    made = JointComplainant(case=row, party=person, consented_on=consented_on, recorded_by=by, recorded_at=at)
    rows.append(writer().new(made))
    record_beside(
        row,
        "case.joined",
        by=by,
        at=at,
        data={
            "article": article,
            "complainant": made.pk,
            "consented_on": consented_on.isoformat(),
            "count": len(_active(rows)),
        },
        personal={person.key_subject: words_of(party)},
    )
    return made


@one_transaction
def choose_representatives(
    *,
    case: Case,
    complainants: Sequence[JointComplainant],
    chosen_on: date,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> Case:
    """Record the representatives whom the complainants chose in writing, at most two.

    Another choice takes the place of the first only with the consent of those represented.
    """
    row = begin_beside(case, by=by, revision=revision)
    article = _article(row)
    taking_part = _joint(row)
    past_day(chosen_on, at, field="chosen_on")
    chosen = {one.pk for one in complainants}
    if not chosen or not chosen <= {one.pk for one in taking_part}:
        raise Refused(N_("Choose among those who take part."), field="complainants", article=article)
    if len(chosen) > MAX_REPRESENTATIVES:
        raise Refused(N_("At most two representatives can be chosen."), field="complainants", article=article)
    before = {one.pk for one in taking_part if one.is_representative}
    if before == chosen:
        raise Refused(N_("These are the representatives already."), field="complainants")
    if before:
        require_joint_consent(row, JointAct.CHANGE_REPRESENTATIVE, at=at)
    for one in taking_part:
        if (one.pk in chosen) is not one.is_representative or one.pk in chosen:
            one.is_representative = one.pk in chosen
            one.chosen_on = chosen_on if one.is_representative else None
            writer().save(one, "is_representative", "chosen_on")
    data = {
        "article": article,
        "chosen_on": chosen_on.isoformat(),
        "before": {"representatives": sorted(before)},
        "after": {"representatives": sorted(chosen)},
        "count": len(chosen),
    }
    return record_beside(row, "case.representatives_chosen", by=by, at=at, data=data)


@one_transaction
def leave(
    *,
    case: Case,
    complainant: JointComplainant,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> Case:
    """Record that somebody takes part no longer; what they consented to counts no more."""
    row = begin_beside(case, by=by, revision=revision)
    taking_part = _joint(row)
    going = next((one for one in taking_part if one.pk == complainant.pk), None)
    if going is None:
        raise Refused(N_("Choose among those who take part."), field="complainant", article=_article(row))
    if going.party_id == row.party_id:
        raise Refused(
            N_("The case is the first complainant's: record a withdrawal instead."), field="complainant"
        )
    going.left_at = at
    writer().save(going, "left_at")
    data = {"complainant": going.pk, "was_representative": going.is_representative}
    return record_beside(row, "case.left", by=by, at=at, data={**data, "count": len(taking_part) - 1})


@one_transaction
def record_joint_consent(
    *,
    case: Case,
    act: str,
    complainants: Sequence[JointComplainant],
    given_on: date,
    by: Person,
    at: datetime,
    revision: int | None = None,
) -> Case:
    """Record who of those represented consents to an act; a consent counts for one act and is used up by it."""
    row = begin_beside(case, by=by, revision=revision)
    article = _article(row)
    if act not in set(JointAct):
        raise Refused(N_("Choose what they consent to."), field="act", article=article)
    past_day(given_on, at, field="given_on")
    must = {one.pk: one for one in represented(_joint(row), row.party_id)}
    asked = {one.pk for one in complainants}
    if not asked or not asked <= set(must):
        raise Refused(N_("Choose among those who are represented."), field="complainants", article=article)
    consents = _consents(row)
    new = asked - {one.complainant_id for one in consents if one.act == act and one.used_at is None}
    if not new:
        raise Refused(N_("This consent is recorded already."), field="complainants")
    for key in sorted(new):
        given = JointConsent(
            complainant=must[key], act=act, given_on=given_on, recorded_by=by, recorded_at=at
        )
        consents.append(writer().new(given))
    data = {
        "article": article,
        "act": act,
        "given_on": given_on.isoformat(),
        "complainants": sorted(new),
        "count": len(new),
    }
    return record_beside(row, "case.joint_consent_recorded", by=by, at=at, data=data)


def require_joint_consent(case: Case, act: JointAct, *, at: datetime) -> None:
    """Use up the consents that this act needs; raise Refused with the article while one is missing.

    Nothing is asked where one person complains.  Without representatives everybody but the first complainant, for whom
    the case stands, must consent.  Call it on the locked row, in the transaction of the act.
    """
    must = represented(_active(_complainants(case)), case.party_id)
    if not must:
        return
    given = {one.complainant_id: one for one in _consents(case) if one.act == act and one.used_at is None}
    missing = [one for one in must if one.pk not in given]
    if missing:
        raise Refused(
            N_("The consent of %(count)s joint complainants is missing: record it first."),
            article=_article(case),
            count=len(missing),
        )
    for one in must:
        given[one.pk].used_at = at
        writer().save(given[one.pk], "used_at")


def _article(case: Case) -> str:
    return JOINT_ARTICLES.get(case.regime, "")


def _active(rows: Sequence[JointComplainant]) -> list[JointComplainant]:
    return [one for one in rows if one.left_at is None]


def _joint(case: Case) -> list[JointComplainant]:
    """Those who take part.  Raise Refused where one person complains."""
    found = _active(_complainants(case))
    if len(found) < 2:
        raise Refused(N_("This is not a joint complaint."), article=_article(case))
    return found


def _complainants(case: Case) -> list[JointComplainant]:
    """The rows of a case; in a gathered block one question about all cases spares one for each."""
    write = writer()
    stored = JointComplainant.objects.select_for_update().filter(case=case).order_by("id")
    if not write.is_gathering:
        return list(stored)
    joint = write.memo("joint cases", lambda: set(JointComplainant.objects.values_list("case_id", flat=True)))
    return write.memo(("joint", case.pk), lambda: list(stored) if case.pk in joint else [])


def _consents(case: Case) -> list[JointConsent]:
    stored = JointConsent.objects.select_for_update(of=("self",)).filter(complainant__case=case)
    return writer().memo(("joint consents", case.pk), lambda: list(stored.order_by("id")))
