"""Which place decides who is competent, by kind, regime and how the operator sells.  Pure.

The table is O20 art. 12, 25, 27 and 28 and O121 art. 13, 29, 31 and 32 as data.  A basis names a place of the case; the
market supervision authority of that place is competent.  Where a rule names two places without an order, the operator's
own stands first; an authority that is competent only because it received the report first (先行收到) stands last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from suqing.cases.vocabulary import Kind, SellerRole

N_ = str  # marks an English message id for the catalogue; the page translates it


class Place(StrEnum):
    """A place of a case that a rule of jurisdiction can rest on."""

    # Where the operator really trades or has its domicile (实际经营地、住所地).
    OPERATOR = "operator"
    # Where the platform operator has its domicile.
    PLATFORM = "platform"
    # The address that a seller published on the platform (O121 alone asks for it), or the publisher of an advertisement.
    PUBLISHED = "published"
    # Where the reported act occurred (被举报行为发生地).
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Basis:
    """One ground of competence: the place, why it counts, the article; "" where no article of a regulation says it."""

    place: Place
    reason: str  # English message id with %(place)s
    article: str = ""
    only_if_first: bool = False  # competent only if this authority received the report first
    or_above: bool = False  # of county level or above; otherwise county level


_OPERATOR = N_("The operator trades or has its domicile in %(place)s.")
_DOMICILE = N_("The platform operator or seller on its own website has its domicile in %(place)s.")
_TRADES = N_("The seller inside the platform really trades in %(place)s.")
_PLATFORM = N_("The platform operator has its domicile in %(place)s.")
_PUBLISHED = N_("The address that the seller published on the platform lies in %(place)s.")
_UNPUBLISHED = N_("The seller has no lawful address on the platform; the platform operator is in %(place)s.")
_ACT = N_("The reported act occurred in %(place)s.")
ACT_ASSUMED = N_("Where the act occurred is not recorded; the operator is in %(place)s.")
_PLATFORM_FIRST = N_("The platform operator is in %(place)s; its bureau may handle what it received first.")
_PUBLISHER = N_("The publisher of the advertisement is in %(place)s.")
_ADVERTISER_FIRST = N_("The advertiser is in %(place)s; its bureau may handle what it received first.")
_ADVERTISER = N_("The advertiser, who published the advertisement itself, is in %(place)s.")
_LOCAL = N_("The matter lies in %(place)s.")

Bases = tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class _Articles:
    """Where one regulation says it."""

    complaint: str
    report: str
    report_online: str
    report_advertising: str


_OLD = _Articles("O20:12", "O20:25", "O20:27", "O20:28")
_NEW = _Articles("O121:13", "O121:29", "O121:31", "O121:32")
_ARTICLES: Mapping[str, _Articles] = {"O20": _OLD, "O20+XBLR": _OLD, "O121": _NEW}

_R = SellerRole


def _complaints(law: _Articles) -> dict[SellerRole, Bases]:
    """O20 art. 12, O121 art. 13: the operator's place, the domicile of platforms and of sellers on their own site.

    An advertisement changes nothing for a complaint: it goes where the operator is.
    """
    ordinary = (Basis(Place.OPERATOR, _OPERATOR, law.complaint),)
    domicile = (Basis(Place.OPERATOR, _DOMICILE, law.complaint),)
    found: dict[SellerRole, Bases] = dict.fromkeys(SellerRole, ordinary)
    found |= {_R.PLATFORM: domicile, _R.OWN_SITE: domicile, _R.ON_PLATFORM: _seller_of_platform(law)}
    return found


def _seller_of_platform(law: _Articles) -> Bases:
    """A complaint about a seller inside a platform: O20 looks where it really trades, O121 at its published address."""
    published = Basis(Place.PUBLISHED, _PUBLISHED, law.complaint)
    trades = Basis(Place.OPERATOR, _TRADES, law.complaint)
    return (published if law is _NEW else trades, Basis(Place.PLATFORM, _PLATFORM, law.complaint))


def _reports(law: _Articles) -> dict[SellerRole, Bases]:
    """O20 art. 25, 27, 28 and O121 art. 29, 31, 32: where the act occurred, with rules of their own for what is online."""
    online, advertising = law.report_online, law.report_advertising
    ordinary = (Basis(Place.ACT, _ACT, law.report, or_above=True),)
    domicile = (Basis(Place.OPERATOR, _DOMICILE, online, or_above=True),)
    publisher = Basis(Place.PUBLISHED, _PUBLISHER, advertising, or_above=True)
    advertiser = Basis(Place.OPERATOR, _ADVERTISER_FIRST, advertising, only_if_first=True, or_above=True)
    return {
        _R.ORDINARY: ordinary,
        _R.PLATFORM: domicile,
        _R.OWN_SITE: domicile,
        _R.ON_PLATFORM: (
            Basis(Place.OPERATOR, _TRADES, online, or_above=True),
            Basis(Place.PLATFORM, _PLATFORM_FIRST, online, only_if_first=True, or_above=True),
        ),
        _R.MEDIA_AD: (publisher,),
        _R.INTERNET_AD: (publisher, advertiser),
        _R.OWN_INTERNET_AD: (Basis(Place.OPERATOR, _ADVERTISER, advertising, or_above=True),),
    }


_TABLE: dict[tuple[Kind, str], dict[SellerRole, Bases]] = {
    **{(Kind.COMPLAINT, regime): _complaints(law) for regime, law in _ARTICLES.items()},
    **{(Kind.REPORT, regime): _reports(law) for regime, law in _ARTICLES.items()},
}
# Consultations, and cases of before the first of the regulations: no article says who is competent.
_NO_RULE: Bases = (Basis(Place.OPERATOR, _LOCAL),)


def bases(kind: Kind, regime: str, role: SellerRole, *, has_published_address: bool = True) -> Bases:
    """The grounds of competence in order, the first before the others.

    O121 art. 13: where a seller inside a platform has published no lawful address there, or cannot be reached
    at it, the platform operator's place alone decides.
    """
    rules = _TABLE.get((kind, regime))
    if rules is None:
        return _NO_RULE
    found = rules[role]
    is_sought = role == SellerRole.ON_PLATFORM and found[0].place == Place.PUBLISHED
    if is_sought and not has_published_address:
        return (Basis(Place.PLATFORM, _UNPUBLISHED, found[0].article),)
    return found
