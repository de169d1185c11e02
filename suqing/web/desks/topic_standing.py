"""What a labelled sample says of a topic's rule, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from suqing.analytics.rule_accuracy import Interval, Stratum
from suqing.analytics.topic_accuracy import Standing

N_ = str
STRATA = {
    Stratum.HIT: N_("found"),
    Stratum.NEAR: N_("not found, with words of the rule"),
    Stratum.KIN: N_("not found, with words that found ones share"),
    Stratum.FAR: N_("not found, all others"),
}


def standing_told(known: Standing) -> dict[str, Any]:
    """What a sample says, as pages show it."""
    kappa = known.agreement.kappa
    return {
        "precision": _percent(known.accuracy.precision),
        "recall": _percent(known.accuracy.recall),
        "read": known.read,
        "drawn": known.drawn,
        "readers": known.readers,
        "disputed": known.disputed,
        "both": known.agreement.both,
        "alike": known.agreement.alike,
        "kappa": None if kappa is None else f"{kappa:.2f}",
        "strata": [
            {
                "label": _(STRATA[stratum]),
                "total": share.total,
                "read": share.read,
                "belonging": f"{share.belonging:g}",
            }
            for stratum, share in known.shares.items()
        ],
    }


def _percent(found: Interval | None) -> str:
    if found is None:
        return ""
    low, share, high = (round(100 * one) for one in (found.low, found.share, found.high))
    return _("%(share)d %% (%(low)d–%(high)d %%)") % {"share": share, "low": low, "high": high}
