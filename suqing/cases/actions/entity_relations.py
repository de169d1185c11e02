"""Who sells inside whom: an e-commerce platform, or a market with stalls.

Competence asks for it: a complaint about an operator inside a platform goes where that operator is, one about the
platform where the platform is (O121 art. 13), reports likewise (art. 31 and 32).
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from suqing.accounts.models import Person
from suqing.accounts.permissions import Permission
from suqing.accounts.queries import require
from suqing.cases.actions.entities import locked
from suqing.cases.actions.moving import Refused
from suqing.cases.models import EntityRelation, MarketEntity
from suqing.ledger.writing import one_transaction, writer

N_ = str
PLATFORM, MARKET = "platform", "market"
KINDS = (PLATFORM, MARKET)


@one_transaction
def relate(
    *, seller: MarketEntity, platform: MarketEntity, kind: str, by: Person, at: datetime
) -> EntityRelation:
    """Record that ``seller`` does business inside ``platform``.

    Raise Refused for an operator inside itself, for two that would be inside each other, and for what is known already.
    """
    require(by, Permission.ENTITY_MANAGE)
    if kind not in KINDS:
        raise Refused(N_("Choose whether it is a platform or a market."), field="kind")
    if seller.pk == platform.pk:
        raise Refused(N_("An operator cannot be inside itself."))
    inside, around = locked(seller, platform)
    if EntityRelation.objects.filter(seller=around, platform=inside, ended_at=None).exists():
        raise Refused(
            N_("%(other)s is inside %(one)s already: they cannot be inside each other."),
            one=inside.name,
            other=around.name,
        )
    made = EntityRelation(seller=inside, platform=around, kind=kind, added_by=by, added_at=at)
    try:
        with transaction.atomic():
            writer().new(made)
    except IntegrityError as known:
        raise Refused(N_("This is known already.")) from known
    _tell("related", made, by=by, at=at)
    return made


@one_transaction
def end_relation(*, relation: EntityRelation, by: Person, at: datetime) -> EntityRelation:
    """Record that the seller is inside the platform no longer.  Raise Refused if that is known already."""
    require(by, Permission.ENTITY_MANAGE)
    row = EntityRelation.objects.select_for_update().get(pk=relation.pk)
    if row.ended_at is not None:
        raise Refused(N_("This has ended already."))
    row.ended_at = at
    writer().save(row, "ended_at")
    _tell("relation_ended", row, by=by, at=at)
    return row


def _tell(verb: str, relation: EntityRelation, *, by: Person, at: datetime) -> None:
    seller, platform = relation.seller, relation.platform
    for entity, beside, role in ((seller, platform, "seller"), (platform, seller, "platform")):
        data = {"kind": relation.kind, "as": role, "other": beside.pk, "name": beside.name}
        writer().record(f"market_entity.{verb}", entity, by=by, at=at, data=data)
