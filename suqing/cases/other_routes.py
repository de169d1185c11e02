"""The other ways open to a consumer whose complaint is not accepted.  Pure.

中华人民共和国消费者权益保护法 art. 39 names five; O121 art. 15(2) has the refusal tell of them, O20 does not ask for it.
"""

from __future__ import annotations

N_ = str

ROUTES: dict[str, str] = {
    "negotiate": N_("Negotiate and settle with the operator"),
    "mediation_body": N_("Ask a consumer association or another lawful mediation body to mediate"),
    "authority": N_("Complain to the authority concerned"),
    "arbitration": N_("Apply to an arbitration body under an arbitration agreement with the operator"),
    "court": N_("Sue at a people's court"),
}
MUST_BE_TOLD = frozenset({"O121"})
ARTICLE = "O121:15.2"
SOURCE = "XBL:39"
